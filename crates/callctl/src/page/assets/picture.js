"use strict";
// The picture: on the left what arrived, in order of arrival; on the right what happened, in order; lines between them.
page.picture = (() => {
  const MOST = 50, ROW = 22, WIDE = 480, CLAIM = 50, FROM = 180, TO = 262;

  // What is shown of one side: all, or the first and the last ones, and between them how many are left out.
  function ends(all) {
    const entries = all.map((one, number) => ({ one, number }));
    return all.length <= MOST ? entries : [...entries.slice(0, MOST / 2), { left: all.length - MOST }, ...entries.slice(-MOST / 2)];
  }

  const cut = (text, most) => page.visible(text).length > most ? `${page.visible(text).slice(0, most - 1)}…` : page.visible(text);

  function make(call, open) {
    const span = page.span(call), start = span?.start;
    const say = (at) => page.plus(at, start);
    const left = ends(call.page.arrivals), right = ends(call.timeline);
    const tall = Math.max(left.length, right.length, 1) * ROW + 8;
    const pushed = { left: (tall - left.length * ROW) / 2, right: (tall - right.length * ROW) / 2 };
    const svg = page.draw("svg", { viewBox: `0 0 ${WIDE} ${tall}`, class: "picture", role: "group",
      "aria-label": "Lines from what arrived to what happened" });
    const lines = page.draw("g", { class: "lines", "aria-hidden": "true" });
    svg.append(lines);
    // Highlights the lines of what the reader points at, and says what it is.
    const light = (group, isOf, name, text) => {
      const show = (isOn) => () => {
        svg.classList.toggle("lit", isOn);
        for (const line of lines.children) line.classList.toggle("on", isOn && isOf(line));
        if (isOn) svg.why(name, text);
      };
      for (const event of ["pointerenter", "focus", "click"]) group.addEventListener(event, show(true));
      for (const event of ["pointerleave", "blur"]) group.addEventListener(event, show(false));
    };
    const place = new Map();
    right.forEach((entry, row) => {
      const y = pushed.right + row * ROW + ROW / 2;
      if (entry.left) {
        svg.append(page.draw("text", { x: TO + 20, y: y + 4, class: "dim" }, `… ${page.many(entry.left, "step")} left out`));
        return;
      }
      const { one: step, number } = entry;
      place.set(number, y);
      const isInferred = step.basis === "inferred";
      const why = explain(call, number);
      const kind = step.state === "terminated" ? page.kind(call) : page.sign(step.state)[1];
      const group = page.draw("g", { class: `step ${step.basis}`, tabindex: "0", role: "button", "data-step": number },
        page.draw("rect", { x: TO - 4, y: y - ROW / 2, width: WIDE - TO + 4, height: ROW, class: "hit" }),
        page.draw("text", { x: TO + 6, y: y + 4, class: `glyph ${kind}`, "text-anchor": "middle", "aria-hidden": "true" }, page.sign(kind)[0]),
        page.draw("text", { x: TO + 18, y: y + 4 }, cut(step.state, 16) + (isInferred ? " (inferred)" : "")),
        page.draw("text", { x: WIDE, y: y + 4, class: "dim", "text-anchor": "end" }, span ? page.bounds(step, say, " … ") : ""));
      light(group, (line) => Number(line.dataset.step) === number, step.state, why);
      svg.append(group);
    });
    left.forEach((entry, row) => {
      const y = pushed.left + row * ROW + ROW / 2;
      if (entry.left) {
        svg.append(page.draw("text", { x: CLAIM, y: y + 4, class: "dim" }, `… ${page.many(entry.left, "delivery", "deliveries")} left out`));
        return;
      }
      const [id, at, kind, claim, step, late] = entry.one;
      const time = at === null ? `#${entry.number + 1}` : say(at);
      const group = page.draw("g", { class: "arrival", tabindex: "0", role: "button",
        onclick: () => open(id), onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); open(id); } } },
        page.draw("rect", { x: 0, y: y - ROW / 2, width: FROM, height: ROW, class: "hit" }),
        page.draw("text", { x: 0, y: y + 4, class: "dim" }, time), page.draw("text", { x: CLAIM, y: y + 4 }, cut(claim, 17)),
        page.draw("text", { x: FROM - 6, y: y + 4, class: late ? "late" : "dim", "text-anchor": "end" }, kind));
      svg.append(group);
      const said = `${kind || "notification"} ${id}${late ? ": late, evidence of a later step arrived before it" : ""}. Open it to read it.`;
      light(group, (line) => Number(line.dataset.from) === entry.number, claim, said);
      const to = place.get(step);
      if (to !== undefined) {
        const middle = (FROM + TO) / 2;
        lines.append(page.draw("path", { class: late ? "line late" : "line", "data-step": step, "data-from": entry.number,
          d: `M${FROM} ${y}C${middle} ${y} ${middle} ${to} ${TO - 4} ${to}` }));
      }
    });
    // The accented lines are above the others.
    lines.append(...lines.querySelectorAll(".late"));
    return svg;
  }

  // Why a step stands where it stands.
  function explain(call, number) {
    const step = call.timeline[number], why = call.page.why[number] ?? "";
    if (step.basis === "inferred") return `Nobody reported it. ${why.replace("inferred: ", "Inferred ")}.`;
    const result = step.result ? `, with result ${page.codes(step)} ${step.result.message ?? ""}` : "";
    return `Reported by: ${why}${result}`.replace(/\.?$/, ".");
  }

  // The picture with its headings, and the reason for the step that the reader points at.
  return (call, open) => {
    const svg = make(call, open);
    const why = page.make("p", { class: "why", "aria-live": "polite" }, "Point at a step to see why it stands there.");
    svg.why = (name, text) => why.replaceChildren(page.make("b", {}, name), ` ${page.visible(text)}`);
    return page.make("div", { class: "drawn" },
      page.make("div", { class: "titles" }, page.make("h3", {}, "As it arrived"), page.make("h3", {}, "As it happened")), svg, why);
  };
})();
