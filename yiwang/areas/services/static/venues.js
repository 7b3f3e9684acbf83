// The grid of hours: drag over free time to book, drag one's own booking to move it. Without this the cells are links.
const STEP = 15;
const grid = document.querySelector("[data-grid]");
const wide = window.matchMedia("(min-width: 761px)");

function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
// The minute under the pointer, from the place of the cell in which it is.
function minuteAt(cell, x) {
  const box = cell.getBoundingClientRect();
  const from = Number(cell.dataset.from), to = Number(cell.dataset.to);
  return from + Math.min(Math.max((x - box.left) / box.width, 0), 1) * (to - from);
}
function cellAt(event) {
  const found = document.elementFromPoint(event.clientX, event.clientY);
  return found ? found.closest("[data-grid] td") : null;
}
function say(text, no = false) {
  const place = document.querySelector("[data-says]");
  place.textContent = text;
  place.classList.toggle("no", no);
}
function why(cell) {
  if (!cell) return "请放到表里空闲的时间上。";
  const reasons = { closed: "这段时间不开放。", past: "这段时间已经过去。", buffer: "这段时间留作准备、整理。" };
  return reasons[cell.className.split(" ")[0]] || `已占用:${cell.title}`;
}
function unmark() {
  grid.querySelectorAll(".drop, .nodrop").forEach((cell) => cell.classList.remove("drop", "nodrop"));
}

let picking = null;
let moving = null;

function beginPick(event, cell) {
  const first = Math.floor(minuteAt(cell, event.clientX) / STEP) * STEP;
  picking = { cell, first: Math.max(first, Number(cell.dataset.from)), last: first + STEP, moved: false };
}
function drawPick(event) {
  const { cell } = picking;
  const from = Number(cell.dataset.from), to = Number(cell.dataset.to);
  const here = minuteAt(cell, event.clientX);
  picking.last = Math.min(Math.max(Math.ceil(here / STEP) * STEP, picking.first + STEP), to);
  picking.moved = picking.moved || picking.last - picking.first > STEP;
  if (!picking.mark) {
    picking.mark = document.createElement("div");
    picking.mark.className = "picked";
    cell.append(picking.mark);
  }
  picking.mark.style.left = `${((picking.first - from) / (to - from)) * 100}%`;
  picking.mark.style.width = `${((picking.last - picking.first) / (to - from)) * 100}%`;
  picking.mark.textContent = `${clock(picking.first)}–${clock(picking.last)}`;
  say(`选中 ${clock(picking.first)}–${clock(picking.last)},松开后填写内容。`);
}
function endPick() {
  const { cell, first, last, moved, mark } = picking;
  picking = null;
  if (mark) mark.remove();
  if (!moved) return;
  const row = cell.parentElement, link = cell.querySelector("a");
  const query = new URLSearchParams({ venue: row.dataset.venue, date: row.dataset.date, start: clock(first), end: clock(last) });
  location.assign(`${new URL(link.href).pathname}?${query}`);
}

function beginMove(event, cell) {
  const grip = minuteAt(cell, event.clientX) - Number(cell.dataset.from);
  moving = { cell, grip, length: Number(cell.dataset.to) - Number(cell.dataset.from), moved: false, x: event.clientX, y: event.clientY };
}
function drawMove(event) {
  if (Math.hypot(event.clientX - moving.x, event.clientY - moving.y) > 6) moving.moved = true;
  if (!moving.moved) return;
  unmark();
  const cell = cellAt(event);
  moving.target = cell;
  if (cell && (cell.classList.contains("free") || cell === moving.cell)) {
    cell.classList.add("drop");
    const first = begin(cell, event);
    say(`放到 ${cell.parentElement.dataset.date} ${clock(first)}–${clock(first + moving.length)}。`);
  } else {
    if (cell) cell.classList.add("nodrop");
    say(`不能放下:${why(cell)}`, true);
  }
}
function begin(cell, event) {
  const first = Math.round((minuteAt(cell, event.clientX) - moving.grip) / STEP) * STEP;
  return Math.max(first, 0);
}
async function endMove(event) {
  const { cell, length, moved, target } = moving;
  const first = target ? begin(target, event) : 0;
  moving = null;
  unmark();
  if (!moved || !target || !(target.classList.contains("free") || target === cell)) return;
  const form = document.getElementById("mover"), row = target.parentElement, body = new FormData(form);
  body.set("venue", row.dataset.venue);
  body.set("date", row.dataset.date);
  body.set("start", clock(first));
  body.set("end", clock(first + length));
  const answer = await fetch(form.action.replace("/0/", `/${cell.dataset.booking}/`), { method: "POST", body });
  if (answer.ok) {
    location.reload();
    return;
  }
  const said = await answer.json().catch(() => null);
  say(`不能放下:${said ? said.message : "请刷新后再试。"}`, true);
}

if (grid) {
  let dragged = false;
  grid.addEventListener("pointerdown", (event) => {
    dragged = false;
    if (!wide.matches || event.button !== 0) return;
    const cell = event.target.closest("td");
    if (cell && cell.classList.contains("free") && cell.querySelector("a")) beginPick(event, cell);
    else if (cell && cell.dataset.booking) beginMove(event, cell);
  });
  grid.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("pointermove", (event) => {
    if (picking) drawPick(event);
    if (moving) drawMove(event);
  });
  document.addEventListener("pointerup", (event) => {
    dragged = Boolean((picking && picking.moved) || (moving && moving.moved));
    if (picking) endPick();
    if (moving) endMove(event);
  });
  // A drag ends with a click on the link under it: that click opens nothing.
  grid.addEventListener("click", (event) => {
    if (dragged) event.preventDefault();
    dragged = false;
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (picking && picking.mark) picking.mark.remove();
    picking = moving = null;
    unmark();
    say("");
  });
}
