// The picture of a process, drawn by bpmn-js once it comes into view.
//   <div class="picture" data-bpmn="address of the file" data-marks="id of a JSON element"></div>
// The JSON: {"nodes": {id: {"mark": "is-open", "sign": "王敏"}}, "flows": [id, …]}.
(() => {
  const marks = (box) => {
    const holder = document.getElementById(box.dataset.marks || "");
    return holder ? JSON.parse(holder.textContent) : { nodes: {}, flows: [] };
  };

  const sign = (text, mark) => {
    const element = document.createElement("span");
    element.className = `sign ${mark}`;
    element.textContent = text;
    return element;
  };

  const mark = (viewer, given) => {
    const canvas = viewer.get("canvas");
    const overlays = viewer.get("overlays");
    const registry = viewer.get("elementRegistry");
    for (const [id, one] of Object.entries(given.nodes || {})) {
      if (!registry.get(id)) continue;
      canvas.addMarker(id, one.mark);
      if (one.sign) overlays.add(id, { position: { top: -10, left: -6 }, html: sign(one.sign, one.mark) });
    }
    for (const id of given.flows || []) if (registry.get(id)) canvas.addMarker(id, "is-done");
  };

  // The whole picture, with a margin.
  const whole = (viewer) => {
    const canvas = viewer.get("canvas");
    canvas.zoom("fit-viewport", "auto");
    canvas.zoom(canvas.zoom() * 0.94, "auto");
  };

  // The whole where it can be read; else as large as can be read, with the present step in the middle.
  const place = (viewer, given) => {
    const canvas = viewer.get("canvas");
    whole(viewer);
    if (canvas.zoom() > 1.1) canvas.zoom(1.1, "auto");
    if (canvas.zoom() >= 0.6) return;
    const open = Object.entries(given.nodes || {}).find(([, one]) => one.mark === "is-open");
    const shape = open && viewer.get("elementRegistry").get(open[0]);
    canvas.zoom(0.6, shape ? { x: shape.x, y: shape.y } : "auto");
    if (shape) canvas.scrollToElement(shape);
  };

  const controls = (box, viewer, given) => {
    const bar = box.parentElement.querySelector(".zoom");
    if (!bar) return;
    bar.addEventListener("click", (event) => {
      const act = event.target.dataset.zoom;
      if (act === "in") viewer.get("zoomScroll").stepZoom(1);
      if (act === "out") viewer.get("zoomScroll").stepZoom(-1);
      if (act === "fit") whole(viewer);
      if (act === "now") place(viewer, given);
    });
  };

  const draw = async (box) => {
    const given = marks(box);
    const answer = await fetch(box.dataset.bpmn);
    if (!answer.ok) throw new Error(String(answer.status));
    const viewer = new window.BpmnJS({ container: box });
    await viewer.importXML(await answer.text());
    place(viewer, given);
    mark(viewer, given);
    controls(box, viewer, given);
    box.dataset.drawn = "yes";
  };

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      draw(entry.target).catch(() => {
        entry.target.textContent = "流程图暂时画不出来,请看右侧的环节列表。";
        entry.target.classList.add("empty");
      });
    }
  });
  document.querySelectorAll("[data-bpmn]").forEach((box) => seen.observe(box));
})();

// data-all: ticks all boxes of that name in its form.
document.addEventListener("change", (event) => {
  const name = event.target.dataset && event.target.dataset.all;
  if (name) event.target.form.querySelectorAll(`input[name="${name}"]`).forEach((box) => (box.checked = event.target.checked));
});
