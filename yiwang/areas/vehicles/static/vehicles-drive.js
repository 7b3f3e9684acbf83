// A tap that a bad network lost is kept while the page is open and sent again under its own key, so that it counts once.
(() => {
  "use strict";
  const notice = document.getElementById("offline");
  let waiting = []; // in memory alone: nothing of the office's is stored in a browser
  const kept = () => waiting;
  const keep = (some) => {
    waiting = some;
    if (notice) notice.hidden = some.length === 0;
  };
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length > 0) event.preventDefault();
  });
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";

  const send = (one) =>
    fetch(one.url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body: new URLSearchParams(one.fields),
    });

  // In order, and only as far as the network goes. What is refused is not tried again: the page shows how things stand.
  const flush = async () => {
    let some = kept();
    const any = some.length > 0;
    while (some.length > 0) {
      try {
        const answer = await send(some[0]);
        if (answer.status >= 500) return;
      } catch {
        return;
      }
      some = kept().slice(1);
      keep(some);
    }
    if (any) location.reload();
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-drive]")) return;
    const photo = [...form.querySelectorAll("input[type=file]")].some((one) => one.files.length > 0);
    if (photo && navigator.onLine) return; // photographs go the ordinary way
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const fields = [...new FormData(form).entries()].filter(([, value]) => typeof value === "string");
    const one = { url: form.action, fields };
    try {
      const answer = await send(one);
      if (answer.ok) {
        location.reload();
      } else if (answer.status < 500) {
        button.disabled = false;
        HTMLFormElement.prototype.submit.call(form); // the page says what is wrong
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      keep([...kept(), one]);
    }
  });
  window.addEventListener("online", flush);
  setInterval(flush, 15000);
  keep(kept());
  flush();
})();
