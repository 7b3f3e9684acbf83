// The little that HTML cannot do by itself. No framework; every page works without it.
// data-submit: a select or date input that sends its form as soon as it is changed.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
// data-dialog="id" opens a <dialog>; data-close closes the one it is in.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog).showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});
// On a phone the tabs are one line that is pushed aside: the present one is brought into view.
for (const one of document.querySelectorAll(":is(.tabs, .subtabs) > [aria-current]")) {
  const line = one.parentElement;
  line.scrollLeft = one.offsetLeft - line.offsetLeft - (line.clientWidth - one.offsetWidth) / 2;
}
// data-twig: a button that shows and hides the list after it.
document.addEventListener("click", (event) => {
  const twig = event.target.closest("[data-twig]");
  if (!twig) return;
  const open = twig.getAttribute("aria-expanded") !== "true";
  twig.setAttribute("aria-expanded", String(open));
  twig.parentElement.querySelector(":scope > ul").hidden = !open;
});
// A refusal answered with 4xx is still shown where the answer belongs.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

// A link to a folded form (href="#id") opens it and puts the cursor into it; so does an address that ends in #id, and
// a link that was pressed before this script had come.
(() => {
  const unfold = (id) => {
    const fold = id && document.getElementById(id);
    if (!fold || fold.tagName !== "DETAILS") return;
    fold.open = true;
    const input = fold.querySelector("select, textarea, input:not([type=hidden])");
    if (input) input.focus();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link) unfold(link.hash.slice(1));
  });
  unfold(location.hash.slice(1));
})();

// What a page keeps for work without the network is forgotten when its user logs out.
document.getElementById("me")?.addEventListener("submit", () => window.caches?.delete("yw-returns-1"));
