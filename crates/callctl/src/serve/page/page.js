"use strict";
// Shows the calls of /v1/events as they change. What comes from outside becomes text, never markup.

const MOST = 500;
const LONGEST = 400;
const calls = new Map();
const element = (id) => document.getElementById(id);
let secret = sessionStorage.getItem("secret") ?? "";
let isDue = false;
let isLocked = false;
let again = () => {};

// What could forge a line or change the order of the text is shown as an escape, and a long text is cut.
function visible(text) {
  const whole = String(text ?? "").replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

function make(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = visible(text);
  if (kind) made.className = kind;
  return made;
}

function step(step) {
  const at = (step.notAfter ?? step.notBefore ?? "").slice(11, 23);
  const made = make("span", at ? `${step.state} ${at}` : step.state, `step ${step.basis}`);
  const bounds = `not before ${step.notBefore ?? "?"}, not after ${step.notAfter ?? "?"}`;
  made.title = [bounds, ...step.evidence.slice(0, 20).map(visible)].join("\n");
  return made;
}

function row(call) {
  const made = document.createElement("tr");
  const name = make("td");
  name.append(make("code", call.id), make("div", call.direction ?? ""));
  const state = make("td");
  state.append(make("b", call.state ?? "unknown", call.phase ?? ""));
  if (call.alternatives.length) state.append(make("div", `or ${call.alternatives.join(", ")}`, "doubt"));
  if (call.participants.length) state.append(make("div", `${call.participants.length} present`));
  const timeline = make("td");
  timeline.append(...call.timeline.map(step));
  const result = call.result && [[call.result.code, call.result.subcode].join("/"), call.result.message].join(" ");
  made.append(name, state, timeline, make("td", result || call.terminationReason));
  return made;
}

function show() {
  isDue = false;
  // The last changed call is first.
  const newest = [...calls.values()].reverse();
  element("calls").replaceChildren(...newest.slice(0, MOST).map(row));
  element("more").textContent = newest.length > MOST ? `and ${newest.length - MOST} more calls that changed earlier` : "";
}

function take(event) {
  const data = event.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
  if (!data) return;
  const call = JSON.parse(data);
  calls.delete(call.id);
  calls.set(call.id, call);
  if (!isDue) {
    isDue = true;
    requestAnimationFrame(show);
  }
}

function say(text, isDown) {
  element("state").textContent = text;
  element("state").className = isDown ? "down" : "";
}

async function listen() {
  const response = await fetch("/v1/events?masked=true", { headers: secret ? { Authorization: `Bearer ${secret}` } : {} });
  const isRefused = response.status === 401;
  element("secret").hidden = !isRefused;
  isLocked = isRefused;
  if (isRefused) throw new Error(secret ? "the API token is wrong" : "the API token is needed");
  if (!response.ok) throw new Error(`status ${response.status}`);
  say("live");
  calls.clear();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the connection ended");
    const events = (text + value).split("\n\n");
    text = events.pop();
    events.forEach(take);
  }
}

async function listenOn() {
  for (;;) {
    await listen().catch((error) => say(`not live: ${error.message}`, true));
    await new Promise((resolve) => {
      again = resolve;
      if (!isLocked) setTimeout(resolve, 2000);
    });
  }
}

element("secret").addEventListener("submit", (event) => {
  event.preventDefault();
  secret = event.target.querySelector("input").value.trim();
  sessionStorage.setItem("secret", secret);
  say("connecting");
  again();
});
listenOn();
