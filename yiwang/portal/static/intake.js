// The page of columns: a header dragged onto a column of the register is chosen in its list; one header, one column.
const form = document.getElementById("columns");
const lists = () => [...form.querySelectorAll("select[name^='column-']")];

function show() {
  const used = new Set(lists().map((list) => list.value));
  for (const source of form.querySelectorAll(".source")) source.classList.toggle("used", used.has(source.dataset.name));
}

function choose(list, name) {
  for (const other of lists()) if (other !== list && other.value === name) other.value = "";
  list.value = name;
  show();
}

form.addEventListener("change", (event) => {
  if (event.target.name.startsWith("column-") && event.target.value) choose(event.target, event.target.value);
  show();
});
form.addEventListener("dragstart", (event) => {
  const source = event.target.closest(".source");
  if (!source) return;
  event.dataTransfer.setData("text/plain", source.dataset.name);
  event.dataTransfer.effectAllowed = "link";
  source.classList.add("dragged");
});
form.addEventListener("dragend", () => {
  for (const one of form.querySelectorAll(".dragged, .target.over")) one.classList.remove("dragged", "over");
});
form.addEventListener("dragover", (event) => {
  const target = event.target.closest(".target");
  for (const one of form.querySelectorAll(".target.over")) if (one !== target) one.classList.remove("over");
  if (!target) return;
  event.preventDefault();
  target.classList.add("over");
});
form.addEventListener("drop", (event) => {
  const target = event.target.closest(".target");
  if (!target) return;
  event.preventDefault();
  choose(target.querySelector("select[name^='column-']"), event.dataTransfer.getData("text/plain"));
});
show();
