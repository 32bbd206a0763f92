"use strict";
// What the page derives from a call: its kind, its marks, and the instants of its steps.

// Instants of a call: its first and last known ones.
page.span = (call) => call.span ??= (() => {
  const times = [...call.page.arrivals.map((arrival) => arrival[1]), ...call.page.stays.map((one) => one.since)].filter((at) => at !== null);
  const bounds = call.timeline.flatMap((step) => [step.notBefore, step.notAfter]).filter(Boolean).map(Date.parse);
  const all = [...times, ...bounds];
  const start = all.reduce((least, at) => Math.min(least, at), Infinity);
  const end = all.reduce((most, at) => Math.max(most, at), -Infinity);
  return Number.isFinite(start) ? { start, end } : null;
})();

// `failed`, `ended`, or the state.
page.kind = (call) => {
  if (call.state !== "terminated") return call.state ?? "unknown";
  return call.page.failed ? "failed" : "ended";
};
page.hasEnded = (call) => call.state === "terminated" && !call.alternatives.length;
// What else the state may be.
page.others = (call) => call.alternatives.length ? page.make("span", { class: "doubt" }, ` or ${call.alternatives.join(" or ")}`) : null;
page.name = (call) => call.reference ?? (/^[0-9a-f]{8}-/.test(call.id) ? call.id.slice(0, 8) : call.id);
page.inferred = (call) => call.timeline.filter((step) => step.basis === "inferred").length;
page.isSilent = (call) => !page.hasEnded(call) && call.page.silence !== null && call.page.heard !== null
  && page.now() - call.page.heard > call.page.silence + 60_000;
page.needsCare = (call) => call.alternatives.length > 0 || call.anomalies.length > 0 || page.isSilent(call);
page.result = (call) => {
  const { result, page: { meaning } } = call;
  if (call.state !== "terminated") return "";
  if (meaning) return meaning.words.replace(/\.$/, "");
  if (!result) return call.terminationReason ?? "";
  return result.message ?? (page.codes(call) || "?/?");
};
page.codes = ({ result }) => result && (result.code !== null || result.subcode !== null)
  ? `${result.code ?? "?"}/${result.subcode ?? "?"}` : "";

// The words in which the search looks.
page.words = (call) => call.words ??= [call.id, call.reference, call.page.with, page.codes(call), page.result(call),
  call.result?.message, ...call.page.facts.flat(), ...call.page.stays.map((one) => one.who),
].filter((word) => typeof word === "string").join("\n").toLowerCase();

// The instants at which the steps begin, and the end of the last one. Each step takes a visible part of the whole.
page.beginnings = (call) => {
  const span = page.span(call);
  if (!span) return null;
  const over = call.state === "terminated" && call.timeline.at(-1)?.notAfter;
  const end = over ? Date.parse(over) : Math.max(span.end, page.hasEnded(call) ? 0 : page.now());
  let last = span.start;
  const arrived = new Map();
  for (const [, at, , , step] of call.page.arrivals) {
    if (step !== null && at !== null && !(arrived.get(step) <= at)) arrived.set(step, at);
  }
  const starts = call.timeline.map((step, number) => {
    const at = step.notAfter ? Date.parse(step.notAfter) : arrived.get(number) ?? last;
    return last = Math.min(Math.max(last, at), end);
  });
  return { starts, end };
};

// The history of a call: one span for each step, hatched if it is inferred, and a cap for its end.
page.strip = (call) => {
  const strip = page.make("div", { class: "strip", role: "img" });
  const all = page.beginnings(call);
  const steps = call.timeline.filter((step) => step.state !== "terminated");
  const whole = all ? Math.max(1, all.end - (all.starts[0] ?? all.end)) : 1;
  const words = [];
  steps.forEach((step, number) => {
    const [from, to] = all ? [all.starts[number], all.starts[number + 1] ?? all.end] : [number, number + 1];
    const share = all && whole > 1 ? (to - from) / whole : 1 / steps.length;
    const lasts = all ? `, ${page.lasting(to - from)}` : "";
    const said = `${step.state}${step.basis === "inferred" ? " (inferred)" : ""}${lasts}, entered ${page.bounds(step)}`;
    const part = page.make("span", { class: `span ${page.sign(step.state)[1]} ${step.basis}`, title: said });
    part.style.flexGrow = String(Math.max(share, 0.001) * 1000);
    strip.append(part);
    words.push(said);
  });
  const last = call.timeline.at(-1);
  if (last?.state === "terminated") {
    const kind = page.kind(call);
    strip.append(page.make("span", { class: `cap ${kind}`, title: `${kind} ${page.bounds(last)}` }));
    words.push(kind);
  }
  strip.setAttribute("aria-label", page.visible(words.slice(0, 20).join("; ")) || "nothing is known");
  return strip;
};
