"use strict";
// The calls of a report, which are in the page itself. Nothing is loaded.
page.source = (() => {
  const { byId } = page;
  const read = (id) => JSON.parse(byId(id).textContent);

  // The deliveries of some calls are compressed together.
  async function text(call) {
    const packed = byId(`lines-${call.page.pack}`);
    if (!packed) throw new Error("The deliveries of this call are in the log only.");
    const bytes = Uint8Array.from(atob(packed.textContent), (c) => c.charCodeAt(0));
    const plain = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    const [, part] = plain.split("\u001e").map((of) => of.split("\u001f")).find(([id]) => id && JSON.parse(id) === call.id) ?? [];
    return part ?? "";
  }

  function sum({ results, rejected, lines }) {
    const show = (name, find = "") => (event) => { event.preventDefault(); page.go({ show: name, find }); };
    const parts = results.map(([words, codes, count, isFailed]) => page.make("li", {}, page.mark(isFailed ? "failed" : "ended"), " ",
      page.make("a", { href: page.link({ show: isFailed ? "failed" : "ended", find: codes }), onclick: show(isFailed ? "failed" : "ended", codes) }, words || "no result"),
      ` ${codes} `, page.make("b", {}, String(count))));
    if (parts.length) byId("summary").append(page.make("details", { open: results.length <= 12 }, page.make("summary", {}, "Ended calls by result"), page.make("ul", {}, ...parts)));
    if (rejected.length) {
      const listed = rejected.slice(0, 100).map((one) => page.make("li", {}, `line ${one.line}, column ${one.column}: ${page.visible(one.reason)}`));
      byId("summary").append(page.make("details", {}, page.make("summary", { class: "fault" }, `${page.many(lines.rejected, "rejected part")} of ${page.many(lines.all, "value")}`), page.make("ul", {}, ...listed)));
    }
  }

  return {
    start() {
      const { calls, summary: report } = read("report");
      for (const call of calls) page.calls.set(call.id, call);
      page.report = report;
      page.isReady = true;
      page.now = () => report.end ?? 0;
      byId("state").textContent = report.end === null ? "" : `until ${page.day(report.end)} ${page.clock(report.end)} UTC`;
      sum(report);
    },
    text,
    json: async ({ page: _, span, words, ...call }) => `${JSON.stringify(call)}\n`,
  };
})();
page.now = () => 0;
