"use strict";
// Words, glyphs and times, and the elements that show them. What comes from outside becomes text, never markup.
const page = { calls: new Map(), byId: (id) => document.getElementById(id) };

page.STATES = {
  incoming: ["◇", "incoming"], redirecting: ["◇", "incoming"], establishing: ["○", "establishing"],
  ringing: ["◔", "ringing"], established: ["●", "established"], hold: ["‖", "hold"],
  transferring: ["⇄", "transferring"], transferAccepted: ["⇄", "transferring"],
  terminating: ["■", "ended"], terminated: ["■", "ended"], ended: ["■", "ended"], failed: ["✕", "failed"],
};

// A glyph and the class of its colour, of a state or of `ended` and `failed`.
page.sign = (state) => page.STATES[state] ?? ["?", "unknown"];

// What could forge a line or change the order of the text is shown as an escape, and a long text is cut.
page.visible = (text, longest = 400) => {
  const whole = String(text ?? "");
  const cut = whole.length > longest ? `${whole.slice(0, longest)}…` : whole;
  return cut.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);
};

// Makes an element. Attributes that start with `on` are listeners; children are elements or texts.
page.make = (name, attributes = {}, ...children) => page.fill(document.createElement(name), attributes, children);
page.draw = (name, attributes = {}, ...children) =>
  page.fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
page.fill = (made, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined)
    .map((child) => child instanceof Node ? child : page.visible(child)));
  return made;
};

// A long text as it is.
page.block = (text) => Object.assign(page.make("pre", { tabindex: "0" }), { textContent: page.visible(text, 200_000) });

page.mark = (state) => {
  const [glyph, kind] = page.sign(state);
  return page.make("span", { class: `glyph ${kind}`, "aria-hidden": "true" }, glyph);
};

// A duration in words: its two largest units.
page.lasting = (milliseconds) => {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(whole / unit));
  if (hours < 1) return `${minutes} min ${whole % 60} s`;
  return days < 1 ? `${hours} h ${minutes % 60} min` : `${days} d ${hours % 24} h`;
};
page.ago = (milliseconds) => milliseconds < 10_000 ? `${Math.max(0, Math.floor(milliseconds / 1000))} s` : page.lasting(milliseconds);
page.clock = (at) => new Date(at).toISOString().slice(11, 23);
page.day = (at) => new Date(at).toISOString().slice(0, 10);
page.plus = (at, start) => {
  const past = Math.abs(at - start), sign = at < start ? "−" : "+";
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const part = (unit, size) => Math.floor(past / unit) % size;
  if (past < 100_000) return `${sign}${part(1000, 100)}.${two(part(10, 100))}`;
  if (past < 3_600_000) return `${sign}${part(60_000, 60)}:${two(part(1000, 60))}.${part(100, 10)}`;
  return `${sign}${part(3_600_000, 1e9)}:${two(part(60_000, 60))}:${two(part(1000, 60))}`;
};
page.many = (count, one, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;

page.bounds = ({ notBefore, notAfter }, say = page.clock, to = " to ") => {
  const [after, by] = [notBefore, notAfter].map((at) => at ? say(Date.parse(at)) : null);
  if (after && by) return after === by ? `at ${by}` : after + to + by;
  return by ? `by ${by}` : after ? `after ${after}` : "at an unknown time";
};
