"use strict";
// What the reader sees is in the address after `#`, so that a link can be shared: filter, search, order, selected call.
(() => {
  const { byId } = page;
  const NOTHING = { show: "all", find: "", sort: "", call: null };
  const numbers = new Map();

  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(Object.entries(NOTHING).map(([name, none]) => [name, given.get(name) ?? none]));
  };
  const written = (view) => {
    const given = new URLSearchParams(Object.entries(view).filter(([name, value]) => value && value !== NOTHING[name]));
    return `#${given}`;
  };

  page.view = read();
  page.isReady = false;
  page.cursor = null;
  // A number for each call, for ids of elements.
  page.number = (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return numbers.get(id);
  };
  page.link = (changes) => written({ ...page.view, ...changes });

  // Changes what the reader sees. A step that the reader wants to go back from is a new entry of the history.
  page.go = (changes, isStep = false) => {
    const link = page.link(changes);
    if (link !== (location.hash || "#")) history[isStep ? "pushState" : "replaceState"](null, "", link);
    follow();
  };

  function follow() {
    const before = page.view;
    page.view = read();
    const { show, find, sort, call } = page.view;
    if (byId("find").value !== find) byId("find").value = find;
    heads();
    if (show !== before.show || find !== before.find || sort !== before.sort) {
      byId("grid").scrollTop = 0;
      page.list.arrange();
    } else {
      page.list.draw();
    }
    if (call !== before.call) {
      page.detail.show(call);
      if (call === null) byId("grid").focus({ preventScroll: true });
      else if (page.list.isNarrow()) { scrollTo(0, 0); byId("call").querySelector("h2")?.focus({ preventScroll: true }); }
    }
  }

  function heads() {
    const { sort } = page.view;
    const titles = { state: "State", call: "Call", with: "With", history: "History", result: "Result", order: "Order", last: "Last report" };
    const head = Object.entries(titles).map(([key, title]) => {
      const order = sort === key ? "ascending" : sort === `-${key}` ? "descending" : "none";
      const next = { none: key, ascending: `-${key}`, descending: "" }[order];
      return page.make("div", { role: "columnheader", class: key, "aria-sort": order },
        page.make("button", { type: "button", tabindex: "0", onclick: () => page.go({ sort: next }) }, title,
          page.make("span", { "aria-hidden": "true" }, { none: "", ascending: " ↑", descending: " ↓" }[order])));
    });
    const row = document.querySelector("#head .head");
    const focused = [...row.children].findIndex((one) => one.contains(document.activeElement));
    row.replaceChildren(...head);
    row.children[focused]?.firstChild.focus();
  }

  const KEYS = [["/", "search"], ["j or ↓", "next call"], ["k or ↑", "previous call"], ["Enter", "open the call"], ["Esc", "close the call, or empty the search"], ["?", "this help"]];
  byId("help").append(page.make("h2", {}, "Keys"),
    page.make("dl", {}, ...KEYS.flatMap(([key, what]) => [page.make("dt", {}, page.make("kbd", {}, key)), page.make("dd", {}, what)])),
    page.make("p", {}, "⤨ steps put right, ~ inferred steps, ! anomalies. A hatched span is inferred."),
    page.make("form", { method: "dialog" }, page.make("button", {}, "Close")));

  addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    if (event.key === "Escape") {
      if (isTyping) { if (page.view.find) page.go({ find: "" }); event.target.blur(); byId("grid").focus({ preventScroll: true }); }
      else if (page.view.call) page.go({ call: null }, true);
      else if (page.cursor) { page.cursor = null; page.list.draw(); }
      else if (page.view.find) page.go({ find: "" });
      return;
    }
    if (isTyping) {
      if (event.key === "Enter" && event.target.id === "find") { byId("grid").focus(); page.list.move(0); }
      return;
    }
    const acts = {
      "/": () => byId("find").focus(), "?": () => byId("help").showModal(),
      j: () => page.list.move(1), k: () => page.list.move(-1),
    };
    if (event.target === byId("grid") || event.target === document.body) {
      acts.ArrowDown = acts.j;
      acts.ArrowUp = acts.k;
      acts.Enter = () => page.cursor && page.go({ call: page.cursor }, true);
    }
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
  byId("find").addEventListener("input", (event) => page.go({ find: event.target.value.trim() }));
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);

  heads();
  byId("find").value = page.view.find;
  page.source.start();
  page.list.arrange();
  page.detail.show(page.view.call);
})();
