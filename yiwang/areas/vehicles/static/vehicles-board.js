// The dispatch board: pick a trip and drop it on a car, a driver, or back among those that wait. When a trip is picked the
// server is asked once what speaks against every row; the drop is judged again there. Keys: Enter picks and drops, arrows
// go from row to row, Esc lets go. Without this script every trip leads to its form.
const FAR = 6; // pixels before a press becomes a drag
let picked = null; // { trip, source, fits: Map | null, keyboard }
let drag = null;

const root = () => document.querySelector("[data-board]");
const rows = () => [...document.querySelectorAll("[data-row]")];
const waiting = () => document.querySelector("[data-waiting]");

function say(text, no = false) {
  const place = document.querySelector("[data-board-says]");
  place.textContent = text;
  place.classList.toggle("no", no);
}
function reason(row) {
  if (!picked.fits) return { no: false, text: "正在核对…" };
  const found = picked.fits[row.dataset.row];
  if (!found) return { no: true, text: "当天没有这一行,请刷新。" };
  return found[0] ? { no: true, text: found[0] } : { no: false, text: `可以派:${row.dataset.label},${found[1]}` };
}
function paint() {
  for (const row of rows()) {
    const found = picked && picked.fits && picked.fits[row.dataset.row];
    row.classList.toggle("fits", Boolean(found) && !found[0]);
    row.classList.toggle("unfit", Boolean(found) && Boolean(found[0]));
  }
}
async function pick(source, keyboard = false) {
  picked = { trip: source.dataset.trip, source, fits: null, keyboard };
  source.classList.add("picked");
  const mine = picked;
  const board = root();
  const query = new URLSearchParams({ day: board.dataset.day, by: board.dataset.by, trip: picked.trip });
  try {
    const answer = await fetch(`${board.dataset.fits}?${query}`, { headers: { Accept: "application/json" } });
    const data = await answer.json();
    if (picked !== mine) return;
    if (!answer.ok) return say(data.message || "没有查到,请刷新。", true);
    picked.fits = data.fits;
    const able = Object.values(data.fits).filter((one) => !one[0]).length;
    say(able ? `${able} ${board.dataset.by === "drivers" ? "位驾驶员" : "辆车"}可以派,放到绿色的行上。` : "现在没有能派的,看看每一行的原因。", !able);
    paint();
    if (drag) drawDrag(drag.last);
  } catch {
    if (picked === mine) say("没有连上服务器,请稍后再试。", true);
  }
}
function letGo() {
  if (!picked) return;
  picked.source.classList.remove("picked");
  picked = null;
  paint();
  rows().forEach((row) => { row.classList.remove("here"); row.removeAttribute("tabindex"); });
  if (waiting()) waiting().classList.remove("drop");
}
async function send(fields) {
  const board = root();
  const form = document.getElementById("putter");
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries({ day: board.dataset.day, ...fields })) body.set(name, value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const data = await answer.json();
    if (answer.ok) await htmx.ajax("GET", location.href, { target: "[data-board]", select: "[data-board]", swap: "outerHTML" });
    say(answer.ok ? data.said : `没有派成:${data.message}`, !answer.ok);
    return answer.ok;
  } catch {
    say("没有连上服务器,没有改动,请稍后再试。", true);
    return false;
  }
}
function drop(row) {
  const { trip } = picked, { by } = root().dataset, found = reason(row);
  letGo();
  if (found.no) return say(`不能放下:${found.text}`, true);
  say("正在派车…");
  return send({ trip, [by === "drivers" ? "driver" : "vehicle"]: row.dataset.row });
}

// --- pointer -----------------------------------------------------------------------------------------------------
function under(event) {
  const found = document.elementFromPoint(event.clientX, event.clientY);
  return found ? { row: found.closest("[data-row]"), waiting: found.closest("[data-waiting]") } : { row: null, waiting: null };
}
function drawDrag(event) {
  if (!drag.ghost) {
    drag.ghost = document.createElement("div");
    drag.ghost.className = "ghost";
    document.body.append(drag.ghost);
  }
  const target = under(event);
  rows().forEach((row) => row.classList.toggle("here", row === target.row));
  const back = target.waiting && drag.source.matches(".block");
  if (waiting()) waiting().classList.toggle("drop", Boolean(back));
  const found = target.row ? reason(target.row) : { no: false, text: back ? "放下即撤回派车" : drag.source.dataset.name };
  drag.ghost.textContent = found.text;
  drag.ghost.classList.toggle("no", found.no);
  drag.ghost.classList.toggle("yes", Boolean(target.row) && !found.no && Boolean(picked.fits));
  drag.ghost.style.left = `${Math.min(event.clientX + 14, innerWidth - 330)}px`;
  drag.ghost.style.top = `${event.clientY + 16}px`;
  drag.last = event;
  const line = document.querySelector(".timeline"), box = line.getBoundingClientRect(); // near an edge the rows come along
  if (event.clientX < box.right && event.clientY > box.bottom - 40) line.scrollTop += 14;
  if (event.clientX < box.right && event.clientY < box.top + 50) line.scrollTop -= 14;
}
function endDrag() {
  if (drag.ghost) drag.ghost.remove();
  drag = null;
}
document.addEventListener("pointerdown", (event) => {
  const source = event.target.closest("[data-movable]");
  if (!source || event.button !== 0 || event.target.closest("[data-form]")) return;
  letGo();
  drag = { source, x: event.clientX, y: event.clientY, moved: false, last: event };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
  if (!drag.moved) {
    drag.moved = true;
    pick(drag.source);
  }
  event.preventDefault();
  drawDrag(event);
});
document.addEventListener("pointerup", async (event) => {
  if (!drag) return;
  const { moved, source } = drag, target = under(event);
  endDrag();
  if (!moved) return;
  if (target.row) await drop(target.row);
  else if (target.waiting && source.matches(".block")) {
    const { trip } = picked;
    letGo();
    await send({ trip, verb: "release" });
  } else {
    letGo();
    say("没有放在车上,没有改动。");
  }
});
document.addEventListener("pointercancel", () => {
  if (!drag) return;
  endDrag();
  letGo();
});
// A drag that ends over the link it began on is no click.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-movable]");
  if (link && link.classList.contains("picked")) event.preventDefault();
}, true);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest("[data-movable]")) event.preventDefault();
});

// --- keys --------------------------------------------------------------------------------------------------------
function goTo(row) {
  rows().forEach((one) => one.classList.toggle("here", one === row));
  row.tabIndex = -1;
  row.focus();
  const found = reason(row);
  say(`${row.dataset.label}:${found.text}`, found.no);
}
document.addEventListener("keydown", async (event) => {
  if (event.key === "Escape" && picked) {
    const { source } = picked;
    letGo();
    source.focus();
    return say("已放开,没有改动。");
  }
  const source = event.target.closest("[data-movable]");
  if (event.key === " " && source && !picked) {
    event.preventDefault();
    await pick(source, true);
    const first = rows().find((row) => picked && picked.fits && !(picked.fits[row.dataset.row] || ["x"])[0]) || rows()[0];
    if (picked && first) goTo(first);
    return;
  }
  const row = event.target.closest("[data-row]");
  if (!picked || !picked.keyboard || !row) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const all = rows(), next = all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) goTo(next);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    await drop(row);
  } else if (event.key === "Delete" && picked.source.matches(".block")) {
    const { trip } = picked;
    letGo();
    await send({ trip, verb: "release" });
  }
});
