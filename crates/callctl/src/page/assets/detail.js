"use strict";
// One call: what is known about it, the picture, and everything that arrived.
page.detail = (() => {
  const place = document.getElementById("call");
  let opened = new Set(), lines = null, shownId = null, shown = null;

  const fact = (name, ...values) => [page.make("dt", {}, name), page.make("dd", {}, ...values)];
  const section = (title, ...children) => children.flat().filter(Boolean).length
    ? page.make("section", {}, page.make("h3", {}, title), ...children) : null;
  const button = (text, onclick, more = {}) => page.make("button", { type: "button", onclick, ...more }, text);

  async function copy(event, text) {
    const from = event.currentTarget;
    const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    from.textContent = copied ? "copied" : "press Ctrl+C";
    if (!copied) getSelection().selectAllChildren(from.parentElement.querySelector("code"));
    setTimeout(() => { from.textContent = "copy"; }, 2000);
  }

  // What a reader must know first: doubt, contradiction, or what was put right.
  function sentences(call) {
    const { reordered } = call.page;
    const said = [];
    const why = () => page.make("a", { href: "#", onclick: (event) => {
      event.preventDefault();
      place.querySelector(".lines .late, .picture")?.scrollIntoView({ block: "center" });
      const late = call.page.arrivals.find((arrival) => arrival[5]);
      place.querySelector(`[data-step="${late?.[4]}"][role]`)?.focus();
    } }, "Why?");
    if (call.alternatives.length) {
      said.push(["doubt", `It is ${page.kind(call)}, or ${call.alternatives.join(" or ")}: what arrived allows both. GET /communications/calls/{id} decides.`]);
    }
    if (call.anomalies.length) said.push(["fault", `The reports contradict themselves or contain something unknown: ${page.many(call.anomalies.length, "anomaly", "anomalies")}.`]);
    if (page.isSilent(call)) said.push(["doubt", `Nothing was reported for ${page.ago(page.now() - call.page.heard)}, which is longer than usual.`]);
    if (reordered) said.push(["right", `${page.many(reordered, "step")} arrived out of order and ${reordered === 1 ? "was" : "were"} put right. `, why()]);
    return said.map(([kind, ...text]) => page.make("p", { class: `said-first ${kind}` }, ...text));
  }

  function about(call) {
    const span = page.span(call);
    const codes = page.codes(call), { meaning } = call.page;
    const result = page.hasEnded(call) || call.result
      ? fact("Result", page.make("b", {}, page.result(call) || "unknown"), " ", page.make("code", {}, codes)) : [];
    const all = page.beginnings(call);
    return page.make("dl", {},
      ...fact("Direction", call.direction ?? "unknown"), ...fact("With", call.page.with),
      ...(call.reference ? fact("Reference", call.reference) : []),
      ...(span ? fact("Started", page.make("span", { title: page.day(span.start) }, `${page.day(span.start)} ${page.clock(span.start)} UTC`),
        `, ${page.hasEnded(call) ? "" : "so far "}${page.lasting(all.end - span.start)}`) : []),
      ...result,
      ...(call.result?.message ? fact("Message", call.result.message) : []),
      ...(meaning ? [...fact("Likely cause", meaning.cause), ...fact("Retry", meaning.retry)] : []));
  }

  const stays = (call) => call.page.stays.slice(0, 200).map((one) => page.make("li", {},
    one.who ?? "participant", " ", page.make("code", {}, one.id ?? "without an id"),
    one.since === null ? "" : ` from ${page.plus(one.since, page.span(call).start)} ${one.until === null ? page.hasEnded(call) ? "to the end" : "on" : `to ${page.plus(one.until, page.span(call).start)}`}`,
    ...one.tags.map((tag) => page.make("span", { class: "tag" }, tag))));

  const operations = (call) => call.operations.map((one) => {
    const result = one.result && [page.codes(one), one.result.message].filter(Boolean).join(" ");
    const outcome = one.outcome ?? one.status ?? "not known yet";
    return page.make("li", {}, one.kind ?? "operation", " ", page.make("span", { class: `tag ${outcome}` }, outcome),
      ` ${[result, one.completionReason, one.clientContext].filter(Boolean).join(", ")} `, page.make("code", {}, one.id ?? one.key ?? ""));
  });

  const anomalies = (call) => call.anomalies.map((one) => page.make("li", {},
    page.make("b", {}, one.kind), ` ${page.visible(one.detail)} `,
    ...one.evidence.slice(0, 20).map((id) => button(id, () => open(call, id), { class: "link" })),
    one.evidence.length > 20 ? ` and ${one.evidence.length - 20} more` : ""));

  // Opens the payload of a piece of evidence. A part of a batch has the id of its delivery before the slash.
  async function open(call, id) {
    opened.add(id.split("/")[0]);
    await load(call);
    const item = [...place.querySelectorAll("details.line")].find((one) => one.dataset.id === id.split("/")[0]);
    if (!item) return;
    item.open = true;
    item.scrollIntoView({ block: "nearest" });
    item.querySelector("summary").focus();
  }

  const read = async (call) => (await page.source.text(call)).split("\n").filter(Boolean).map((line) => JSON.parse(line));

  async function load(call) {
    const box = place.querySelector(".arrived");
    if (!box) return;
    if (!lines) {
      box.replaceChildren("loading …");
      const loaded = await read(call).catch((error) => [{ fault: error.message }]);
      if (shownId !== call.id) return;
      lines = loaded;
    }
    list(call, box);
  }

  const idOf = (line) => String(line.id ?? `${line.node ?? 0}.${line.seq}`);
  function list(call, box, most = 50) {
    const start = page.span(call)?.start;
    const item = (line) => {
      if (line.fault) return page.make("p", { class: "said-first fault" }, line.fault);
      const id = idOf(line);
      const at = Date.parse(line.receivedAt ?? "");
      const time = Number.isFinite(at) && start !== undefined ? page.plus(at, start) : "";
      const body = line.body ?? line.bodyBase64 ?? line;
      const text = typeof body === "string" ? body : JSON.stringify(body, null, 2);
      const made = page.make("details", { class: "line", "data-id": id },
        page.make("summary", {}, page.make("span", { class: "time" }, time), page.make("span", {}, line.kind ?? "notification"), page.make("code", {}, id)));
      const fill = () => { if (made.open && made.children.length === 1) made.append(page.block(text)); };
      made.addEventListener("toggle", () => { fill(); if (made.open) opened.add(id); else opened.delete(id); });
      if (opened.has(id)) { made.open = true; fill(); }
      return made;
    };
    const all = lines.filter((line, number) => number < most || opened.has(idOf(line)));
    box.replaceChildren(...all.map(item));
    if (all.length < lines.length) box.append(button(`Show all ${lines.length}`, () => list(call, box, Infinity)));
    if (!lines.length) box.append("Nothing is kept of what arrived.");
  }

  function save(name, type, loading) {
    loading.then((text) => {
      const link = page.make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }).catch((error) => place.querySelector(".saves")?.append(page.visible(error.message)));
  }

  function show(call) {
    const isSame = shownId === call.id;
    if (!isSame) { lines = null; opened = new Set(); }
    const focused = isSame && place.contains(document.activeElement) ? document.activeElement.dataset.step ?? document.activeElement.dataset.key : null;
    [shownId, shown] = [call.id, call];
    const kind = page.kind(call);
    const file = page.name(call).replace(/[^\w-]/g, "_");
    const arrived = page.make("div", { class: "arrived" }, button("Show every delivery with its content", () => load(call), { "data-key": "load" }));
    const parts = [
      page.make("div", { class: "top" },
        button("← Calls", () => page.go({ call: null }, true), { class: "back", "data-key": "back" }),
        page.make("h2", { tabindex: "-1" }, page.mark(kind), " ", kind, page.others(call)),
        button("×", () => page.go({ call: null }, true), { class: "close", "aria-label": "Close", "data-key": "close" })),
      page.make("p", { class: "id" }, page.make("code", {}, call.id), button("copy", (event) => copy(event, call.id), { "data-key": "copy" }),
        page.make("a", { href: page.link({ call: call.id }), "data-key": "link" }, "permalink")),
      ...sentences(call), about(call),
      section("History", page.strip(call)),
      call.page.arrivals.length || call.timeline.length ? page.picture(call, (id) => open(call, id)) : null,
      section("Participants", listOf(stays(call))), section("Operations", listOf(operations(call))),
      section("Sharing", listOf(call.sharing.map((one) => page.make("li", {}, page.make("span", { class: "tag" }, one.state), " ", page.make("code", {}, one.id))))),
      section("Anomalies", listOf(anomalies(call))),
      section("Facts", call.page.facts.length ? page.make("dl", {}, ...call.page.facts.flatMap(([name, text]) => fact(name, text))) : null),
      section("Deliveries", arrived),
      page.make("p", { class: "saves" },
        button("Download JSON", () => save(`${file}.json`, "application/json", page.source.json(call)), { "data-key": "json" }),
        button("Download replay lines", () => save(`${file}.jsonl`, "application/x-ndjson", page.source.text(call)), { "data-key": "lines" })),
    ];
    place.replaceChildren(...parts.filter(Boolean));
    place.hidden = false;
    if (isSame && lines) {
      // What arrived since is loaded, and until then the list stays.
      list(call, arrived);
      read(call).then((loaded) => { if (shown === call) { lines = loaded; list(call, arrived); } }, () => {});
    }
    if (focused) place.querySelector(`[data-step="${focused}"][role], [data-key="${focused}"]`)?.focus();
  }
  const listOf = (items) => items.length ? page.make("ul", {}, ...items) : null;

  return {
    // Shows a call, or that there is none, or nothing.
    show(id) {
      document.body.classList.toggle("open", id !== null);
      if (id === null) {
        shownId = shown = null;
        place.hidden = true;
        return;
      }
      const call = page.calls.get(id);
      if (call) return show(call);
      shownId = null;
      place.hidden = false;
      place.replaceChildren(button("← Calls", () => page.go({ call: null }), { class: "back" }),
        page.make("p", {}, page.isReady ? `There is no call ${page.visible(id)} here: it is forgotten, or of another sidecar.` : "loading …"));
    },
    change(id) { if (id === page.view.call && page.calls.get(id) !== shown) this.show(id); },
    // What arrived must be loaded again.
    forget() { lines = null; opened = new Set(); shown = null; },
  };
})();
