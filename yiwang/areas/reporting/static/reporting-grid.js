/* The grid of a return: keys, paste, edit checks as one types, autosave, and a queue that outlives the network. The page is whole
   without this file but for saving cell by cell. Facts come in data attributes; nothing is evaluated as code. */
(function () {
  "use strict";
  const X = window.YwExpr;
  const grid = document.querySelector("[data-returns-grid]");
  if (!grid || !X) return;
  const scheme = JSON.parse(grid.dataset.scheme);
  const beside = JSON.parse(grid.dataset.beside);
  const editable = grid.dataset.editable === "1";
  const place = "yw-return-" + grid.dataset.user + "-" + grid.dataset.pk;
  const items = Object.fromEntries(scheme.items.map((one) => [one.key, one]));
  const inputs = [...grid.querySelectorAll("input[data-key], select[data-key]")];
  const byKey = Object.fromEntries(inputs.map((one) => [one.dataset.key, one]));
  const status = document.querySelector("[data-save-state]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  /* What the server has, by item: what stood there when a cell was changed. */
  const saved = Object.fromEntries(inputs.map((one) => [one.dataset.key, one.value]));
  let mark = Number(grid.dataset.mark);

  // ── what was typed ────────────────────────────────────────────────────────────────────────────────────────────────

  const NUMBER = /^[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?$|^[-+]?\.\d+$/;
  const SCALED = /^[-+]?[\d,.]+(?:[千百十]?[万亿]|千)/;

  function half(textOf) {
    return textOf.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/\s/g, "");
  }

  /* {value} or {error}: the rules of schemes/cells.py. */
  function read(item, typed) {
    if (!typed.trim()) return { value: null };
    if (item.type === "date") return /^\d{4}-\d{2}-\d{2}$/.test(typed.trim()) ? { value: typed.trim() } : { error: "应是日期,如 2026-03-01。" };
    if (item.type === "choice") return item.choices.includes(typed.trim()) ? { value: typed.trim() } : { error: "应是" + item.choices.join("、") + "之一。" };
    if (item.type === "text") return typed.length > 200 ? { error: "最多 200 个字。" } : { value: typed.trim() };
    const word = half(typed);
    if (!NUMBER.test(word)) {
      if (SCALED.test(word)) return { error: "请按" + (item.unit || "个") + "填写完整数字,不要写“" + typed.trim() + "”。" };
      return { error: "应是数字,填的是“" + typed.trim().slice(0, 30) + "”。" };
    }
    const value = X.parse(word.replace(/,/g, ""));
    if (item.least !== null && value < X.parse(item.least)) return { error: X.parse(item.least) ? "不能小于 " + item.least + "。" : "不能是负数。" };
    const most = X.parse(item.most);
    if ((value < 0n ? -value : value) > most) return { error: "超过 " + item.most + ",请核对单位(" + (item.unit || "无") + ")。" };
    if (X.rounded(value, item.places) !== value) return { error: item.places ? "最多 " + item.places + " 位小数。" : "应是整数。" };
    return { value };
  }

  function typed(values) {
    const found = {};
    for (const [key, textOf] of Object.entries(values)) {
      const item = items[key.replace(/^(last|year|peer|sum)_/, "")] || items[key];
      found[key] = item && item.numeric ? X.parse(textOf) : textOf;
    }
    return found;
  }

  const FIXED = typed(beside);

  function facts() {
    const found = { ...FIXED };
    const errors = {};
    for (const one of inputs) {
      const result = read(items[one.dataset.key], one.value);
      if (result.error) errors[one.dataset.key] = result.error;
      found[one.dataset.key] = result.error ? null : result.value;
    }
    for (const table of scheme.tables) {
      const rows = rowsOf(table.key);
      found["rows_" + table.key] = X.parse(String(rows.length));
      for (const column of table.items.filter((one) => one.numeric)) {
        const known = rows.map((row) => read(column, row[column.key] || "").value).filter((value) => typeof value === "bigint");
        found["sum_" + column.key] = known.reduce((a, b) => a + b, 0n);
      }
    }
    for (const made of scheme.derived) {
      const value = X.run(made.tree, found);
      found[made.key] = value === null ? null : X.rounded(value, made.places);
    }
    return { found, errors };
  }

  function filled(message, known) {
    return message.replace(/\{([a-z][a-z0-9_]*)\}/g, (_, name) => X.shown(known[name]));
  }

  function judged() {
    const { found, errors } = facts();
    const said = [];
    for (const [key, error] of Object.entries(errors)) said.push({ mark: "cell_" + key, level: "hard", text: "“" + items[key].label + "”" + error, items: [key], cell: true });
    for (const item of scheme.items) {
      if (item.required && !item.derived && found[item.key] === null && !errors[item.key]) {
        said.push({ mark: "required_" + item.key, level: "hard", text: "“" + item.label + "”必填。", items: [item.key] });
      }
    }
    for (const rule of scheme.rules) {
      if (X.run(rule.tree, found) === true) said.push({ mark: rule.key, level: rule.level, text: filled(rule.message, found), items: rule.items });
    }
    for (const table of scheme.tables) rowsOf(table.key).forEach((row, at) => judgeRow(table, row, at + 1, said));
    for (const [key, figure] of Object.entries(scheme.taken)) {
      const value = found[key];
      if (typeof value === "bigint" && value !== X.parse(figure)) {
        said.push({ mark: "fill_" + key, level: "soft", text: "“" + items[key].label + "”填的是 " + X.shown(value) + ",台账是 " + X.shown(X.parse(figure)) + "。", items: [key] });
      }
    }
    return { found, said: said.sort((a, b) => (a.level === "hard" ? 0 : 1) - (b.level === "hard" ? 0 : 1)) };
  }

  function judgeRow(table, row, number, said) {
    const known = {};
    for (const column of table.items) {
      const result = read(column, row[column.key] || "");
      known[column.key] = result.error ? null : result.value;
      const named = table.title + "第 " + number + " 行“" + column.label + "”";
      if (result.error) said.push({ mark: "cell_" + column.key + ":" + number, level: "hard", text: named + result.error, items: [], cell: true });
      else if (column.required && known[column.key] === null) said.push({ mark: "required_" + column.key + ":" + number, level: "hard", text: named + "必填。", items: [] });
    }
    for (const rule of table.rules) {
      if (X.run(rule.tree, known) === true) said.push({ mark: rule.key + ":" + number, level: rule.level, text: filled(rule.message, known), items: [] });
    }
  }

  // ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────

  const list = document.querySelector("[data-said]");
  const empty = document.querySelector("[data-nothing-said]");
  const counter = document.querySelector("[data-said-count]");

  function show() {
    const { found, said } = judged();
    for (const made of scheme.derived) {
      const cell = grid.querySelector('[data-derived="' + made.key + '"]');
      if (cell) cell.textContent = X.shown(found[made.key]);
    }
    for (const one of inputs) {
      const mine = said.filter((message) => message.items.includes(one.dataset.key) && !(message.mark.startsWith("required_") && !touched.has(one.dataset.key)));
      const worst = mine.length ? mine[0].level : "";
      one.setAttribute("aria-invalid", worst === "hard" ? "true" : "false");
      const says = document.getElementById("says-" + one.dataset.key);
      if (says) {
        says.textContent = mine.map((message) => message.text).join(" ");
        says.className = "says " + worst;
      }
    }
    draw(said);
    return said;
  }

  const touched = new Set();

  function draw(said) {
    if (!list) return;
    const kept = new Map([...list.children].map((row) => [row.dataset.mark, row]));
    said.forEach((message, at) => {
      let row = kept.get(message.mark);
      kept.delete(message.mark);
      if (!row) row = line(message);
      row.querySelector("[data-text]").textContent = message.text;
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] || null);
    });
    kept.forEach((row) => row.remove());
    const hard = said.filter((message) => message.level === "hard").length;
    if (empty) empty.hidden = said.length > 0;
    if (counter) counter.textContent = said.length ? hard + " 处必须改正," + (said.length - hard) + " 处须核实" : "";
  }

  function line(message) {
    const row = document.createElement("li");
    row.dataset.mark = message.mark;
    const chip = document.createElement("span");
    chip.className = "chip " + (message.level === "hard" ? "over" : "warning");
    chip.textContent = message.level === "hard" ? "▲ 须改正" : "! 须核实";
    const words = document.createElement("a");
    words.dataset.text = "";
    words.href = message.items.length ? "#cell-" + message.items[0] : "#said";
    row.append(chip, " ", words);
    if (message.level === "soft") {
      const reason = document.createElement("input");
      reason.maxLength = 200;
      reason.placeholder = "核实无误的,写明原因";
      reason.setAttribute("aria-label", "原因:" + message.text);
      reason.value = queue.reasons[message.mark] !== undefined ? queue.reasons[message.mark] : scheme.reasons[message.mark] || "";
      reason.disabled = !editable;
      reason.addEventListener("input", () => {
        queue.reasons[message.mark] = reason.value;
        keep();
      });
      row.append(reason);
    }
    return row;
  }

  // ── the queue ─────────────────────────────────────────────────────────────────────────────────────────────────────

  function loaded() {
    try {
      const found = JSON.parse(localStorage.getItem(place));
      if (found && found.changes) return found;
    } catch (error) {
      /* A queue that cannot be read is no queue. */
    }
    return { changes: {}, reasons: {}, tables: {}, submit: false };
  }

  const queue = loaded();
  let timer = 0;
  let sending = false;

  function waiting() {
    return Object.keys(queue.changes).length + Object.keys(queue.reasons).length + Object.keys(queue.tables).length > 0;
  }

  function keep(soon) {
    if (waiting() || queue.submit) localStorage.setItem(place, JSON.stringify(queue));
    else localStorage.removeItem(place);
    clearTimeout(timer);
    if (editable && (waiting() || queue.submit)) {
      say(navigator.onLine ? "正在保存…" : "没有网络,已存在本机,联网后自动发送");
      timer = setTimeout(send, soon ? 0 : 700);
    }
  }

  function say(words, kind) {
    if (status) {
      status.textContent = words;
      status.dataset.kind = kind || "";
    }
  }

  function changed(one) {
    const key = one.dataset.key;
    touched.add(key);
    if (one.value === saved[key]) delete queue.changes[key];
    else queue.changes[key] = { before: saved[key], after: one.value };
    keep();
  }

  async function send() {
    if (sending || !editable || !(waiting() || queue.submit)) return;
    const changes = Object.entries(queue.changes)
      .filter(([key, change]) => !read(items[key], change.after).error)
      .map(([key, change]) => ({ key, ...change }));
    const body = { changes, reasons: { ...queue.reasons }, tables: sound(queue.tables), mark };
    const whole = Object.keys(body.tables).length === Object.keys(queue.tables).length && changes.length === Object.keys(queue.changes).length;
    sending = true;
    let answer = null;
    try {
      answer = await fetch(grid.dataset.cells, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token.value },
        body: JSON.stringify(body),
      });
    } catch (error) {
      sending = false;
      say("没有网络,已存在本机,联网后自动发送");
      timer = setTimeout(send, 15000);
      return;
    }
    sending = false;
    const data = await answer.json().catch(() => ({}));
    if (answer.ok) return stored(body, data, whole);
    if (answer.status === 409 && data.cells) return clash(data);
    say(data.message || "没有保存,请刷新页面后再试。", "over");
  }

  function sound(tables) {
    const found = {};
    for (const [key, rows] of Object.entries(tables)) {
      const columns = scheme.tables.find((table) => table.key === key).items;
      if (rows.every((row) => columns.every((column) => !read(column, row[column.key] || "").error))) found[key] = rows;
    }
    return found;
  }

  function stored(body, data, whole) {
    mark = data.mark;
    for (const change of body.changes) {
      saved[change.key] = change.after;
      const now = queue.changes[change.key];
      if (now && now.after === change.after) delete queue.changes[change.key];
      else if (now) now.before = change.after;
    }
    for (const [key, textOf] of Object.entries(body.reasons)) {
      scheme.reasons[key] = textOf;
      if (queue.reasons[key] === textOf) delete queue.reasons[key];
    }
    for (const [key, rows] of Object.entries(body.tables)) if (JSON.stringify(queue.tables[key]) === JSON.stringify(rows)) delete queue.tables[key];
    if (!waiting() && queue.submit) return submit();
    if (!waiting()) {
      localStorage.removeItem(place);
      say("已保存", "within");
    } else {
      localStorage.setItem(place, JSON.stringify(queue));
      if (whole) keep();
      else say("有填错的格没有保存,请改正", "over");
    }
    return undefined;
  }

  /* Somebody else has changed the same cell: what he wrote is shown, one's own stays until one chooses. */
  function clash(data) {
    say(data.message, "over");
    for (const [key, theirs] of Object.entries(data.cells)) {
      const one = byKey[key];
      const says = document.getElementById("says-" + key);
      if (!one || !says) continue;
      const take = document.createElement("button");
      take.type = "button";
      take.className = "btn";
      take.textContent = "采用对方的 " + (theirs || "(空)");
      const mine = document.createElement("button");
      mine.type = "button";
      mine.className = "btn";
      mine.textContent = "保留我的 " + one.value;
      const settle = (value) => {
        saved[key] = theirs;
        one.value = value;
        changed(one);
        show();
      };
      take.addEventListener("click", () => settle(theirs));
      mine.addEventListener("click", () => settle(one.value));
      says.replaceChildren("别人填了 " + (theirs || "(空)") + " ", take, " ", mine);
    }
  }

  async function submit() {
    const form = document.querySelector("form[data-submit]");
    queue.submit = false;
    localStorage.removeItem(place);
    form.requestSubmit ? form.submit() : form.submit();
  }

  // ── floating tables ───────────────────────────────────────────────────────────────────────────────────────────────

  function rowsOf(key) {
    const body = document.querySelector('[data-rows="' + key + '"]');
    if (!body) return scheme.rows[key] || [];
    return [...body.rows]
      .map((row) => Object.fromEntries([...row.querySelectorAll("[data-column]")].map((one) => [one.dataset.column, one.value.trim()])))
      .filter((row) => Object.values(row).some((value) => value));
  }

  function grow(body) {
    const last = body.rows[body.rows.length - 1];
    if ([...last.querySelectorAll("[data-column]")].some((one) => one.value.trim())) {
      const fresh = last.cloneNode(true);
      fresh.querySelectorAll("[data-column]").forEach((one) => (one.value = ""));
      body.append(fresh);
    }
  }

  for (const body of document.querySelectorAll("[data-rows]")) {
    const key = body.dataset.rows;
    if (queue.tables[key]) refill(body, queue.tables[key]);
    body.addEventListener("input", () => {
      grow(body);
      queue.tables[key] = rowsOf(key);
      show();
      keep();
    });
    body.addEventListener("paste", (event) => {
      const lines = block(event);
      if (!lines || !event.target.dataset.column) return;
      event.preventDefault();
      let row = event.target.closest("tr");
      const start = [...row.querySelectorAll("[data-column]")].indexOf(event.target);
      for (const line of lines) {
        const cells = [...row.querySelectorAll("[data-column]")].slice(start);
        line.forEach((textOf, at) => cells[at] && (cells[at].value = textOf.trim()));
        grow(body);
        row = row.nextElementSibling;
        if (!row) break;
      }
      body.dispatchEvent(new Event("input"));
    });
  }

  function refill(body, rows) {
    while (body.rows.length > 1) body.deleteRow(0);
    for (const row of rows) {
      const last = body.rows[body.rows.length - 1];
      last.querySelectorAll("[data-column]").forEach((one) => (one.value = row[one.dataset.column] || ""));
      grow(body);
    }
  }

  // ── keys and paste ────────────────────────────────────────────────────────────────────────────────────────────────

  function block(event) {
    const textOf = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    const lines = textOf.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((one) => one.split("\t"));
    return lines.length > 1 || lines[0].length > 1 ? lines : null;
  }

  const visible = () => inputs.filter((one) => !one.disabled);

  function move(from, step) {
    const all = visible();
    const next = all[all.indexOf(from) + step];
    if (next) {
      next.focus();
      if (next.select) next.select();
    }
  }

  grid.addEventListener("keydown", (event) => {
    const one = event.target;
    if (!one.dataset.key || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (one.tagName === "SELECT" && event.key !== "Enter")) return;
    event.preventDefault();
    move(one, step);
  });

  /* A block from a spreadsheet: rows that name an item (by label or code) go there, others follow the cell one is in. */
  grid.addEventListener("paste", (event) => {
    const lines = block(event);
    const from = event.target;
    if (!lines || !from.dataset.key) return;
    event.preventDefault();
    const all = visible();
    let at = all.indexOf(from);
    let put = 0;
    for (const line of lines) {
      const cells = line.map((one) => one.trim());
      const named = scheme.items.find((item) => cells.slice(0, -1).some((cell) => cell && (cell === item.label || cell === item.code)));
      const target = named ? byKey[named.key] : all[at];
      if (named && !target) continue; // derived: it is not typed in
      if (!target) break;
      if (!named) at += 1;
      const values = cells.filter((cell) => cell);
      target.value = cells.length > 1 ? values[values.length - 1] || "" : cells[0];
      changed(target);
      put += 1;
    }
    show();
    say("粘贴了 " + put + " 格");
  });

  grid.addEventListener("input", (event) => {
    if (!event.target.dataset.key) return;
    changed(event.target);
    show();
  });

  const form = document.querySelector("form[data-submit]");
  if (form) {
    form.addEventListener("submit", (event) => {
      const hard = show().filter((message) => message.level === "hard");
      inputs.forEach((one) => touched.add(one.dataset.key));
      show();
      if (hard.length) {
        event.preventDefault();
        say("还有 " + hard.length + " 处必须改正,不能报送", "over");
        document.getElementById("said").scrollIntoView();
      } else if (waiting() || !navigator.onLine) {
        event.preventDefault();
        queue.submit = true;
        keep(true);
        if (!navigator.onLine) say("没有网络,已存在本机,联网后自动保存并报送");
      }
    });
  }

  window.addEventListener("online", send);
  window.addEventListener("offline", () => say("没有网络,填的都存在本机,联网后自动发送"));
  for (const [key, change] of Object.entries(queue.changes)) {
    const one = byKey[key];
    if (!one) delete queue.changes[key];
    else if (change.after === one.value) delete queue.changes[key];
    else {
      one.value = change.after;
      touched.add(key);
    }
  }
  show();
  if (waiting() || queue.submit) keep(true);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(grid.dataset.worker, { scope: grid.dataset.scope }).catch(() => {});
  grid.dataset.ready = "1";
})();
