"use strict";
// The list: filters, search, order, and the rows that can be seen.
// The order of the rows changes only while the reader is at the top and points at none of them, or asks for it.
page.list = (() => {
  const { byId } = page;
  const grid = byId("grid"), body = byId("rows"), space = byId("space"), news = byId("news");
  const rows = new Map();
  const isNarrow = matchMedia("(max-width: 759px)");
  const height = () => isNarrow.matches ? 48 : 28;
  let order = [], listed = new Set(), isPrinted = false, isPointed = false, isDue = false, countedAt = 0, arrangedAt = 0, touchedAt = -1e6;

  const FILTERS = {
    all: ["All", () => true],
    incoming: null, establishing: null, ringing: null, established: null, hold: null, transferring: null,
    ended: null, failed: null, unknown: null,
    doubtful: ["?", (call) => call.alternatives.length > 0],
    anomalies: ["!", (call) => call.anomalies.length > 0],
    reordered: ["⤨", (call) => call.page.reordered > 0],
    silent: ["…", page.isSilent],
  };
  const kindOf = (call) => page.hasEnded(call) ? page.kind(call) : page.sign(call.state)[1];
  const passes = (name) => FILTERS[name]?.[1] ?? ((call) => kindOf(call) === name);
  const shows = (call) => passes(page.view.show)(call) && (!page.view.find || page.words(call).includes(page.view.find.toLowerCase()));

  const group = (call) => {
    if (page.report && kindOf(call) === "failed") return 0;
    return page.needsCare(call) ? 1 : page.hasEnded(call) ? 3 : 2;
  };
  const KEYS = {
    state: kindOf, call: page.name, with: (call) => call.page.with,
    history: (call) => { const span = page.span(call); return span ? span.end - span.start : -1; },
    result: page.result, order: (call) => -(call.page.reordered * 100 + call.anomalies.length * 10 + page.inferred(call)),
    last: (call) => -(call.page.heard ?? 0),
  };
  const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
  function sorted(calls) {
    const { sort } = page.view;
    const key = KEYS[sort.replace("-", "")];
    const sign = sort.startsWith("-") ? -1 : 1;
    const keyed = calls.map((call) => [key ? key(call) : group(call), -(call.page.heard ?? 0), call]);
    keyed.sort((a, b) => (key ? sign : 1) * compare(a[0], b[0]) || compare(a[1], b[1]) || compare(a[2].id, b[2].id));
    return keyed.map(([, , call]) => call.id);
  }

  // Works the order out again. Filters and order of the reader's own always apply at once.
  function arrange() {
    arrangedAt = performance.now();
    order = sorted([...page.calls.values()].filter(shows));
    listed = new Set(page.calls.keys());
    space.style.height = `${order.length * height()}px`;
    grid.setAttribute("aria-rowcount", String(order.length + 1));
    const showAll = () => page.make("button", { onclick: () => page.go({ show: "all", find: "" }) }, "Show all");
    const isNone = page.calls.size ? !order.length : page.report;
    byId("none").replaceChildren(...(!isNone ? [] : page.calls.size ? ["No call matches. ", showAll()] : ["The log contains no calls."]));
    draw(true);
  }

  function marks(call) {
    const { reordered } = call.page;
    const inferred = page.inferred(call), anomalies = call.anomalies.length;
    const mark = (count, glyph, kind, what) => count > 0 && page.make("span", { class: `mark ${kind}`, title: what },
      page.make("span", { "aria-hidden": "true" }, `${glyph} ${count}`), page.make("span", { class: "said" }, what));
    return [
      mark(reordered, "⤨", "reordered", `${page.many(reordered, "step")} put right`),
      mark(inferred, "~", "inferred", `${page.many(inferred, "step")} inferred`),
      mark(anomalies, "!", "anomaly", page.many(anomalies, "anomaly", "anomalies")),
    ].filter(Boolean);
  }

  function fill(row, call) {
    const cell = (name, ...children) => page.make("div", { role: "gridcell", class: name }, ...children);
    const kind = page.kind(call);
    row.replaceChildren(
      cell("state", page.mark(kind), page.make("span", {}, kind), page.others(call)),
      cell("call", page.name(call)), cell("with", call.page.with), cell("history", page.strip(call)),
      cell("result", page.result(call)), cell("order", ...marks(call)), cell("last", ago(call)));
    row.title = page.visible([call.id, call.reference, page.result(call)].filter(Boolean).join("\n"));
    row.dataset.kind = kind;
    row.drawn = call;
  }
  const ago = (call) => call.page.heard === null ? "" : page.ago(page.now() - call.page.heard);

  // Puts the rows that can be seen into the document, and renews those whose calls have changed.
  function draw(isAll) {
    const tall = height();
    const first = isPrinted ? 0 : Math.max(0, Math.floor(grid.scrollTop / tall) - 6);
    const last = Math.min(order.length, isPrinted ? 5000 : Math.ceil((grid.scrollTop + grid.clientHeight) / tall) + 6);
    const wanted = new Set(order.slice(first, last));
    for (const [id, row] of rows) {
      if (!wanted.has(id)) { row.remove(); rows.delete(id); }
    }
    for (let place = first; place < last; place += 1) {
      const id = order[place], call = page.calls.get(id);
      if (!call) continue;
      let row = rows.get(id);
      if (!row) {
        row = page.make("div", { role: "row", class: "row", id: `row-${page.number(id)}` });
        row.call = id;
        rows.set(id, row);
      }
      // The order of the rows in the document is the order that is read and printed.
      if (body.children[place - first] !== row) body.insertBefore(row, body.children[place - first] ?? null);
      if (row.drawn !== call) fill(row, call);
      row.style.transform = `translateY(${place * tall}px)`;
      row.setAttribute("aria-rowindex", String(place + 2));
      row.setAttribute("aria-selected", String(id === page.view.call));
    }
    const cursor = rows.get(page.cursor ?? page.view.call);
    for (const [id, row] of rows) row.classList.toggle("cursor", id === page.cursor);
    if (cursor) grid.setAttribute("aria-activedescendant", cursor.id);
    else grid.removeAttribute("aria-activedescendant");
    if (isAll) count();
  }

  // The chips with their counts, and what is new.
  function count() {
    countedAt = performance.now();
    const counts = Object.fromEntries(Object.keys(FILTERS).map((name) => [name, 0]));
    const special = ["doubtful", "anomalies", "reordered", "silent"];
    let active = 0;
    for (const call of page.calls.values()) {
      counts.all += 1;
      counts[kindOf(call)] += 1;
      if (!page.hasEnded(call)) active += 1;
      for (const name of special) if (passes(name)(call)) counts[name] += 1;
    }
    for (const chip of byId("chips").children) {
      const name = chip.dataset.show;
      chip.hidden = name !== "all" && counts[name] === 0 && page.view.show !== name;
      chip.setAttribute("aria-pressed", String(page.view.show === name));
      chip.lastChild.textContent = String(counts[name]);
    }
    byId("sum").textContent = page.report ? page.report.words : `${active} active, ${page.calls.size - active} ended in the last day`;
    let fresh = 0;
    for (const call of page.calls.values()) if (!listed.has(call.id) && shows(call)) fresh += 1;
    news.hidden = fresh === 0;
    news.textContent = `↑ ${page.many(fresh, "new call")}`;
    byId("first").hidden = page.calls.size > 0 || !page.isReady;
  }

  function chips() {
    const made = Object.entries(FILTERS).map(([name, filter]) => page.make("button",
      { class: "chip", type: "button", "data-show": name, "aria-pressed": "false", onclick: () => page.go({ show: name }) },
      name === "all" ? null : filter ? page.make("span", { class: `glyph ${name}`, "aria-hidden": "true" }, filter[0]) : page.mark(name),
      ` ${filter && name === "all" ? filter[0] : name} `, page.make("span", { class: "count" }, "0")));
    byId("chips").replaceChildren(...made);
  }

  const isIdle = () => grid.scrollTop < 4 && !isPointed && !page.view.call && performance.now() - touchedAt > 30_000;
  function settle() {
    isDue = false;
    // An order that changes more often cannot be read.
    if (isIdle() && performance.now() - arrangedAt > 900) return arrange();
    draw(performance.now() - countedAt > 250);
  }

  grid.addEventListener("scroll", () => draw(false), { passive: true });
  body.addEventListener("pointerenter", () => { isPointed = true; });
  body.addEventListener("pointerleave", () => { isPointed = false; });
  body.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    touchedAt = performance.now();
    if (row) { page.cursor = row.call; page.go({ call: row.call }, true); }
  });
  news.addEventListener("click", () => { grid.scrollTop = 0; arrange(); });
  addEventListener("resize", () => { space.style.height = `${order.length * height()}px`; for (const row of rows.values()) row.drawn = null; draw(false); });
  for (const [event, is] of [["beforeprint", true], ["afterprint", false]]) addEventListener(event, () => { isPrinted = is; draw(false); });
  setInterval(() => {
    // A report does not change.
    if (page.report) return;
    for (const row of rows.values()) {
      const last = row.querySelector(".last"), call = page.calls.get(row.call);
      if (last && call) last.textContent = ago(call);
    }
    if (isIdle()) arrange();
    else if (performance.now() - countedAt > 900) count();
  }, 1000);
  chips();

  return {
    arrange,
    draw: () => draw(true),
    // A call has changed. Its row changes in place.
    change() {
      if (!isDue) { isDue = true; requestAnimationFrame(settle); }
    },
    // Moves the cursor by some rows, and keeps it in sight.
    move(by) {
      if (!order.length) return;
      touchedAt = performance.now();
      const from = order.indexOf(page.cursor ?? page.view.call);
      const to = Math.min(order.length - 1, Math.max(0, from < 0 ? 0 : from + by));
      page.cursor = order[to];
      this.reveal(to);
      if (page.view.call && !isNarrow.matches) page.go({ call: page.cursor });
      else draw(false);
    },
    reveal(place = order.indexOf(page.view.call)) {
      const tall = height(), head = byId("head").offsetHeight;
      if (place < 0) return;
      if (place * tall < grid.scrollTop) grid.scrollTop = place * tall;
      else if ((place + 1) * tall + head > grid.scrollTop + grid.clientHeight) grid.scrollTop = (place + 1) * tall + head - grid.clientHeight;
      draw(false);
    },
    isNarrow: () => isNarrow.matches,
  };
})();
