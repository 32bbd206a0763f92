"use strict";
// The live feed: the calls of /v1/events as they change. After an interruption everything is sent again, so nothing is missed.
page.source = (() => {
  const { byId } = page;
  let secret = sessionStorage.getItem("secret") ?? "";
  let isMasked = true, isLocked = false, since = null, reason = "", pause = 1000;
  let again = () => {}, leave = () => {};

  const ask = (path, options = {}) => fetch(path, { ...options, headers: secret ? { Authorization: `Bearer ${secret}` } : {} });
  async function check(response) {
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail ?? `status ${response.status}`);
    return response;
  }
  const text = async (path) => (await check(await ask(path))).text();
  const of = (call, what = "") => `/v1/calls/${encodeURIComponent(call.id)}${what}?masked=${isMasked}`;

  function say() {
    const state = byId("state");
    state.className = since === null ? "live" : "down";
    const words = since === null ? "live" : reason.startsWith("restoring") ? page.visible(reason) : `not live since ${page.clock(since).slice(0, 8)} UTC: ${page.visible(reason)}${isLocked ? "" : ", trying again"}`;
    if (state.textContent !== `● ${words}`) state.replaceChildren(page.make("span", { "aria-hidden": "true" }, "● "), words);
  }
  function lose(error) {
    since ??= Date.now();
    reason = error.message;
    say();
  }

  function take(event, seen) {
    const field = (name) => event.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join("\n");
    const kind = field("event");
    if (kind === "call") {
      const call = JSON.parse(field("data"));
      seen.add(call.id);
      page.calls.set(call.id, call);
      page.list.change();
      page.detail.change(call.id);
    } else if (kind === "listed" || kind === "forgotten") {
      // After the list, calls that were not in it have been forgotten.
      const gone = kind === "listed" ? [...page.calls.keys()].filter((id) => !seen.has(id)) : [JSON.parse(field("data")).id];
      for (const id of gone) page.calls.delete(id);
      if (kind === "forgotten") return;
      const isFirst = !page.isReady;
      page.isReady = true;
      since = null;
      say();
      page.list[isFirst || gone.length ? "arrange" : "draw"]();
      if (page.view.call && !page.calls.has(page.view.call)) page.detail.show(page.view.call);
      if (isFirst) page.list.reveal();
    }
  }

  async function listen() {
    const controller = new AbortController();
    leave = () => controller.abort(new Error("connecting again"));
    const response = await ask(`/v1/events?masked=${isMasked}&page=true`, { signal: controller.signal });
    const isRefused = response.status === 401;
    byId("secret").hidden = !isRefused;
    isLocked = isRefused;
    if (isRefused) {
      byId("secret").querySelector("input").focus();
      throw new Error(secret ? "the API token is wrong" : "the API token is needed");
    }
    byId("private").hidden = !secret;
    await check(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const seen = new Set();
    // A sidecar that says nothing, not even that the stream is open, is gone.
    let heard = Date.now();
    const watch = setInterval(() => { if (Date.now() - heard > 40_000) controller.abort(new Error("the sidecar is silent")); }, 5000);
    try {
      for (let rest = ""; ;) {
        const { done, value } = await reader.read();
        if (done) throw new Error("the sidecar closed the connection");
        heard = Date.now();
        const events = (rest + value).split("\n\n");
        rest = events.pop();
        for (const event of events) take(event, seen);
      }
    } finally {
      clearInterval(watch);
    }
  }

  async function listenOn() {
    for (;;) {
      await listen().catch((error) => lose(error instanceof TypeError ? new Error("the sidecar does not answer") : error));
      await new Promise((resolve) => {
        again = resolve;
        if (!isLocked) setTimeout(resolve, pause);
      });
      pause = 1000;
    }
  }

  byId("secret").addEventListener("submit", (event) => {
    event.preventDefault();
    secret = event.target.querySelector("input").value.trim();
    sessionStorage.setItem("secret", secret);
    reason = "connecting";
    say();
    again();
  });
  byId("private").addEventListener("click", (event) => {
    isMasked = !isMasked;
    event.target.textContent = `${isMasked ? "Show" : "Hide"} names and numbers`;
    pause = 0;
    leave();
    if (page.view.call) page.detail.forget();
  });

  // What to do if there is no call yet.
  function first() {
    const create = `{"@odata.type":"#microsoft.graph.call","targets":[{"identity":{"user":{"id":"112f7296-5fa4-42ca-bae8-6a692b15d4b8"}}}],"requestedModalities":["audio"],"mediaConfig":{"@odata.type":"#microsoft.graph.serviceHostedMediaConfig"}}`;
    byId("first").append(page.make("p", {}, "No calls yet. These two commands make the first one:"),
      page.block(`export TOKEN="Authorization: Bearer $(cat journal/api-token)"\ncurl -H "$TOKEN" --json '${create}' ${location.origin}/v1/calls`));
  }

  return {
    start() {
      first();
      since = Date.now();
      reason = "connecting";
      say();
      listenOn();
    },
    text: (call) => text(of(call, "/deliveries")),
    json: (call) => text(of(call)),
  };
})();
page.now = () => Date.now();
