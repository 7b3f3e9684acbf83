// The map of the cars: live positions, one car's day, fences. Asks this server only, unless tiles are set.
// Without WebGL 2 the page keeps its table (and, of a day, the server's drawing), and says so.
const place = document.querySelector("[data-map]");
const CHINA = [[73, 18], [135, 54]];
const COLOURS = { UNORDERED: "#ad1519", DRIVING: "#12519c", WAITING: "#85500a", IDLE: "#1a6638", SILENT: "#667283", LAID_UP: "#667283" };
const WORDS = { UNORDERED: "无单行驶", DRIVING: "出车行驶", WAITING: "出车等候", IDLE: "空闲", SILENT: "失去信号", LAID_UP: "封存停驶" };
const EVERY = 5000;

const given = (id) => {
  const found = document.getElementById(id);
  return found ? JSON.parse(found.textContent) : null;
};
const collection = (features) => ({ type: "FeatureCollection", features });
const feature = (type, coordinates, properties = {}) => ({ type: "Feature", geometry: { type, coordinates }, properties });
const clock = (seconds) =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60].map((n) => String(n).padStart(2, "0")).join(":");

function say(text) {
  const status = place.querySelector("[data-map-status]");
  status.textContent = text;
  status.hidden = !text;
}
function canDraw() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}
function withoutMap() {
  place.hidden = true;
  document.querySelectorAll("[data-map-needed]").forEach((one) => (one.hidden = true));
  document.querySelectorAll("[data-map-off]").forEach((one) => (one.hidden = false));
}

// The sign of a state, 36 pixels at twice the density: an arrow, a diamond, a square, a dot, a ring, a cross.
const SHAPES = {
  DRIVING: (pen) => pen.fill(new Path2D("M18 4 L29 31 L18 25 L7 31 Z")),
  UNORDERED: (pen) => pen.fill(new Path2D("M18 3 L33 18 L18 33 L3 18 Z")),
  WAITING: (pen) => pen.fillRect(8, 8, 20, 20),
  IDLE: (pen) => pen.fill(new Path2D("M18 8 a10 10 0 1 0 .1 0 Z")),
  SILENT: (pen) => { pen.lineWidth = 5; pen.stroke(new Path2D("M18 9 a9 9 0 1 0 .1 0 Z")); },
  LAID_UP: (pen) => { pen.lineWidth = 6; pen.stroke(new Path2D("M9 9 L27 27 M27 9 L9 27")); },
};
function signs(map) {
  for (const [state, draw] of Object.entries(SHAPES)) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 36;
    const pen = canvas.getContext("2d");
    pen.fillStyle = pen.strokeStyle = COLOURS[state];
    pen.shadowColor = "#fff";
    pen.shadowBlur = 4;
    draw(pen);
    draw(pen);
    map.addImage(state, pen.getImageData(0, 0, 36, 36), { pixelRatio: 2 });
  }
}

function style(roads) {
  const tiles = given("map-tiles") || [];
  const sources = { roads: { type: "geojson", data: roads }, streets: { type: "geojson", data: collection([]) } };
  const layers = [{ id: "paper", type: "background", paint: { "background-color": "#f7f9fb" } }];
  tiles.forEach((address, number) => {
    sources[`tiles${number}`] = { type: "raster", tiles: [address], tileSize: 256, maxzoom: 18 };
    layers.push({ id: `tiles${number}`, type: "raster", source: `tiles${number}` });
  });
  const width = (low, high) => ["interpolate", ["linear"], ["zoom"], 7, low, 15, high];
  if (!tiles.length) {
    layers.push(
      { id: "streets", type: "line", source: "streets", minzoom: 10, paint: { "line-color": "#dfe5ec", "line-width": width(0.5, 5) } },
      { id: "roads", type: "line", source: "roads", layout: { "line-cap": "round" }, paint: {
        "line-color": ["match", ["get", "kind"], "trunk", "#e3b96a", "#c6d0db"], "line-width": width(1.2, 7) } },
    );
  }
  return { version: 8, sources, layers };
}

function bounds(coordinates) {
  const lons = coordinates.map((one) => one[0]), lats = coordinates.map((one) => one[1]);
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}
// The roads there are: drawn below all, and what is shown where there is nothing else to show.
async function roadMap() {
  try {
    return await (await fetch(place.dataset.roads)).json();
  } catch {
    return collection([]);
  }
}
function fit(map, coordinates) {
  if (coordinates.length) map.fitBounds(bounds(coordinates), { padding: 40, maxZoom: 15, duration: 0 });
}

function drawFences(map) {
  const areas = given("map-areas") || [];
  const features = areas.map((one) => ({ type: "Feature", geometry: one.polygon, properties: { name: one.name, kind: one.kind } }));
  map.addSource("fences", { type: "geojson", data: collection(features) });
  const colour = ["match", ["get", "kind"], "APPROVED", "#1a6638", "YARD", "#12519c", "#85500a"];
  map.addLayer({ id: "fences", type: "fill", source: "fences", paint: { "fill-color": colour, "fill-opacity": 0.1 } });
  map.addLayer({ id: "fence-lines", type: "line", source: "fences", paint: { "line-color": colour, "line-width": 1.6, "line-dasharray": [3, 2] } });
  return features.flatMap((one) => one.geometry.coordinates[0]);
}

// --- live cars ---------------------------------------------------------------------------------------------------
function carFeature(row) {
  const [pk, plate, lon, lat, doing, speed, direction, age, trip] = row;
  const rotate = doing === "DRIVING" ? direction : 0;
  return feature("Point", [lon, lat], { pk, plate, doing, speed, rotate, age, trip });
}
function popup(library, map, found) {
  const car = found.properties;
  const box = document.createElement("div");
  const line = (text) => {
    const one = document.createElement("p");
    one.textContent = text;
    box.append(one);
  };
  const head = document.createElement(place.dataset.track ? "a" : "b"); // a track is for who has the right to it
  if (place.dataset.track) head.href = place.dataset.track.replace("/0/", `/${car.pk}/`);
  head.textContent = place.dataset.track ? `${car.plate} 当天轨迹` : car.plate;
  line(`${WORDS[car.doing]} · ${car.speed} km/h${car.trip ? ` · ${car.trip}` : ""}`);
  line(car.age < 90 ? `${car.age} 秒前` : car.age < 5400 ? `${Math.round(car.age / 60)} 分钟前` : `${Math.round(car.age / 3600)} 小时前`);
  box.prepend(head);
  new library.Popup({ maxWidth: "260px" }).setLngLat(found.geometry.coordinates).setDOMContent(box).addTo(map);
}
async function live(library, map, fences) {
  signs(map);
  map.addSource("cars", { type: "geojson", data: collection([]) });
  map.addLayer({ id: "cars", type: "symbol", source: "cars", layout: {
    "icon-image": ["get", "doing"], "icon-rotate": ["get", "rotate"], "icon-rotation-alignment": "map", "icon-allow-overlap": true,
    "symbol-sort-key": ["match", ["get", "doing"], "UNORDERED", 9, "DRIVING", 5, "WAITING", 4, 1] } });
  map.on("click", "cars", (event) => popup(library, map, event.features[0]));
  map.on("mouseenter", "cars", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "cars", () => (map.getCanvas().style.cursor = ""));
  let first = true, timer = 0, asking = false;
  const refresh = async () => {
    clearTimeout(timer);
    if (!document.hidden && !asking) {
      asking = true;
      const box = first ? "" : map.getBounds().toArray().flat().map((one) => one.toFixed(4)).join(",");
      const query = new URLSearchParams({ box, doing: place.dataset.doing, q: place.dataset.plate });
      try {
        const answer = await fetch(`${place.dataset.live}?${query}`, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.status);
        const data = await answer.json();
        const features = data.cars.map(carFeature);
        map.getSource("cars").setData(collection(features));
        say(`${first ? "共" : "画面内"} ${data.cars.length} 辆 · ${data.at} 更新`);
        if (first) fit(map, features.length ? features.map((one) => one.geometry.coordinates) : fences);
        first = false;
      } catch {
        say("没有取到车辆位置,稍后自动再试。");
      }
      asking = false;
    }
    timer = setTimeout(refresh, EVERY);
  };
  map.on("moveend", () => { if (!first) refresh(); });
  await refresh();
}

// --- one car's day -----------------------------------------------------------------------------------------------
function track(library, map) {
  const { points, halts, ways } = given("map-track");
  const line = points.map((one) => [one[1], one[2]]);
  map.addSource("ways", { type: "geojson", data: collection(ways.map((one) => feature("LineString", one))) });
  map.addLayer({ id: "ways", type: "line", source: "ways", paint: { "line-color": "#1a6638", "line-width": 3, "line-dasharray": [2, 1.5] } });
  map.addSource("line", { type: "geojson", data: collection(line.length > 1 ? [feature("LineString", line)] : []) });
  map.addLayer({ id: "line", type: "line", source: "line", layout: { "line-join": "round" }, paint: { "line-color": "#12519c", "line-width": 3.5 } });
  map.addSource("halts", { type: "geojson", data: collection(halts.map((one) => feature("Point", [one[0], one[1]], { minutes: one[2] }))) });
  map.addLayer({ id: "halts", type: "circle", source: "halts", paint: {
    "circle-color": "#ad1519", "circle-stroke-color": "#fff", "circle-stroke-width": 2, "circle-radius": ["interpolate", ["linear"], ["get", "minutes"], 5, 5, 120, 11] } });
  signs(map);
  map.addSource("car", { type: "geojson", data: collection([]) });
  map.addLayer({ id: "car", type: "symbol", source: "car", layout: { "icon-image": "DRIVING", "icon-rotate": ["get", "rotate"], "icon-size": 1.4, "icon-allow-overlap": true } });
  fit(map, line.length ? line : ways.flat());
  return (at) => map.getSource("car").setData(collection([feature("Point", at.place, { rotate: at.rotate })]));
}
// Where the car was at a second of the day: between the two points around it.
function positionAt(points, seconds) {
  let low = 0, high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= seconds) low = middle;
    else high = middle;
  }
  const [one, other] = [points[low], points[high]];
  const share = other[0] > one[0] ? Math.min(Math.max((seconds - one[0]) / (other[0] - one[0]), 0), 1) : 0;
  const east = (other[1] - one[1]) * Math.cos((one[2] * Math.PI) / 180), north = other[2] - one[2];
  return {
    place: [one[1] + (other[1] - one[1]) * share, one[2] + north * share],
    rotate: (Math.atan2(east, north) * 180) / Math.PI,
    speed: Math.round(one[3] + (other[3] - one[3]) * share),
  };
}
function playback(show) {
  const data = given("map-track"), box = document.querySelector("[data-playback]");
  if (!data || !box || data.points.length < 2) return;
  const slider = box.querySelector("input"), output = box.querySelector("output"), button = box.querySelector("button");
  slider.min = data.points[0][0];
  slider.max = data.points.at(-1)[0];
  slider.value = slider.min;
  const draw = () => {
    const at = positionAt(data.points, Number(slider.value));
    const words = `${clock(Number(slider.value))} · ${at.speed} km/h`;
    output.textContent = words;
    slider.setAttribute("aria-valuetext", words);
    show(at);
  };
  let playing = 0;
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    button.textContent = "播放";
  };
  slider.addEventListener("input", draw);
  button.addEventListener("click", () => {
    if (playing) return stop();
    if (Number(slider.value) >= Number(slider.max)) slider.value = slider.min;
    button.textContent = "暂停";
    playing = setInterval(() => { // a minute of the day in a second
      slider.value = Number(slider.value) + 6;
      draw();
      if (Number(slider.value) >= Number(slider.max)) stop();
    }, 100);
  });
  draw();
}

// --- drawing a fence ---------------------------------------------------------------------------------------------
function drawing(map) {
  const text = document.querySelector("[data-polygon]");
  if (!text) return;
  const button = (name) => document.querySelector(`[data-draw="${name}"]`);
  let corners = [], active = false;
  map.addSource("draft", { type: "geojson", data: collection([]) });
  map.addLayer({ id: "draft-fill", type: "fill", source: "draft", paint: { "fill-color": "#ad1519", "fill-opacity": 0.12 } });
  map.addLayer({ id: "draft-line", type: "line", source: "draft", paint: { "line-color": "#ad1519", "line-width": 2 } });
  map.addLayer({ id: "draft-points", type: "circle", source: "draft", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 5, "circle-color": "#ad1519" } });
  const show = () => {
    const ring = [...corners, corners[0]];
    const shapes = corners.map((one) => feature("Point", one));
    if (corners.length > 2) shapes.push(feature("Polygon", [ring]));
    else if (corners.length === 2) shapes.push(feature("LineString", corners));
    map.getSource("draft").setData(collection(shapes));
    button("undo").disabled = button("clear").disabled = !corners.length;
  };
  const keep = () => {
    text.value = corners.length > 2 ? JSON.stringify({ type: "Polygon", coordinates: [[...corners, corners[0]]] }) : "";
    show();
    say(active ? `已点 ${corners.length} 个角点${corners.length < 3 ? ",至少三个" : ",可以保存"}。` : "");
  };
  const set = (on) => {
    active = on;
    place.classList.toggle("drawing", on);
    button("start").textContent = on ? "画好了" : "在地图上画";
    say(on ? "在地图上依次点出角点,首尾自动相连。" : "");
  };
  map.on("click", (event) => {
    if (!active) return;
    corners.push([Number(event.lngLat.lng.toFixed(6)), Number(event.lngLat.lat.toFixed(6))]);
    keep();
  });
  button("start").addEventListener("click", () => set(!active));
  button("undo").addEventListener("click", () => { corners.pop(); keep(); });
  button("clear").addEventListener("click", () => { corners = []; keep(); });
  text.addEventListener("change", () => {
    try {
      const data = JSON.parse(text.value);
      corners = (data.geometry || data).coordinates[0].slice(0, -1);
      fit(map, corners);
    } catch {
      corners = []; // the server says what is wrong with it
    }
    show();
  });
  if (text.value) text.dispatchEvent(new Event("change"));
}

async function begin() {
  if (!canDraw()) {
    withoutMap();
    playback(() => {});
    return;
  }
  const library = await import(place.dataset.library);
  library.setWorkerUrl(new URL(place.dataset.worker, location.href).href);
  const roads = await roadMap();
  const ground = roads.features.flatMap((one) => one.geometry.coordinates);
  const map = new library.Map({
    container: place.querySelector("[data-map-canvas]"), style: style(roads), bounds: ground.length ? bounds(ground) : CHINA, attributionControl: false, dragRotate: false,
    pitchWithRotate: false, locale: { "NavigationControl.ZoomIn": "放大", "NavigationControl.ZoomOut": "缩小", "Map.Title": "地图", "Popup.Close": "关闭" },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.addControl(new library.ScaleControl());
  await new Promise((resolve) => map.once("load", resolve));
  map.on("zoomend", () => {
    if (map.getZoom() < 10 || !place.dataset.roads || map.streets) return;
    map.streets = true;
    map.getSource("streets").setData(`${place.dataset.roads}?streets=1`);
  });
  const fences = drawFences(map);
  if (place.dataset.live) await live(library, map, fences);
  else if (given("map-track")) playback(track(library, map));
  else fit(map, fences);
  drawing(map);
  map.fire("zoomend");
  place.dataset.ready = "1";
}
if (place) begin();
