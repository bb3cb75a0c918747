// The page over ten thousand articles, and open for an hour: what it takes then. A part of check.mjs.
import assert from "node:assert/strict";

/** Bytes that are in use and elements that exist, once what nobody holds is gone. */
async function weight(page) {
  const tool = await page.context().newCDPSession(page);
  for (let i = 0; i < 3; i++) await tool.send("HeapProfiler.collectGarbage");
  const [{ usedSize }, { nodes, jsEventListeners }] = [await tool.send("Runtime.getHeapUsage"), await tool.send("Memory.getDOMCounters")];
  await tool.detach();
  return { bytes: usedSize, nodes, listeners: jsEventListeners };
}
/** Messages as the service tells of them, newest first: articles up to the `n`th, behind the `old`th, with three findings each. */
function manyMessages(n, old = 0) {
  const party = (code) => ({ name: code, code, country: code }), codes = ["FIN", "BLR", "POL", "FRA", "KEN", "PER", "JPN", "SGP"];
  const rows = (seq) => [1, 2, 3].map((i) => ({ k: i > 1 ? "event" : "statement", id: `${seq}-${i}`, confidence: 0.9, text: `Finding ${i} of ${seq}.`, who: [party(codes[(seq * i) % 8])], whom: [party(codes[(seq + i) % 8])],
    role: null, cue: "said", kind: "direct", attitude: "speech", type: "SANCTION", mode: null, cameo: "161", quad: 1 + (seq % 4), goldstein: -5, status: "occurred", historical: false, date: `2026-03-${String(1 + (seq % 28)).padStart(2, "0")}`, place: null }));
  return Array.from({ length: n - old }, (_, i) => n - i).map((seq) => ({ seq, at: 1773500000000 + seq * 1000, article: { id: `a-${seq}`, title: null, url: null, published_at: null, publisher: null }, headline: `Article ${seq}`, rows: rows(seq) }));
}
/** `check` makes a page of its own for each, `spent` tells what its thread took. */
export async function crowded(check, address, spent) {
  await check("ten thousand articles stay usable, and what comes for hours does not pile up", {}, async (page) => {
    const held = manyMessages(10000), json = (body) => ({ contentType: "application/json", body: JSON.stringify(body) });
    let n_streams = 0;
    await page.route("**/v1/findings*", (route) => {
      const before = Number(new URL(route.request().url()).searchParams.get("before") ?? 10001), items = held.slice(10001 - before, 10501 - before);
      return route.fulfill(json({ items, next: before > 501 ? before - 500 : null }));
    });
    // Another six thousand come, and then nobody answers.
    const more = manyMessages(16000, 10000).reverse().map((item) => `event: article\nid: ${item.seq}\ndata: ${JSON.stringify(item)}\n\n`).join("");
    await page.route("**/v1/stream", (route) => (n_streams++ ? route.fulfill({ status: 429, body: "{}" }) : route.fulfill({ contentType: "text/event-stream", body: more })));
    await page.goto(address + "#flow");
    await page.locator("table.rows button", { hasText: "of 16000." }).first().waitFor();
    assert.equal(await page.locator(".tile b").first().innerText(), "10,000", "the oldest went");
    const times = [];
    for (const view of ["flow", "dyads", "time", "map", "people", "refused", "read"]) {
      const ms = await spent(page, () => page.evaluate(async (name) => {
        const shown = document.querySelector("main").firstChild;
        location.hash = name;
        while (name !== "flow" && document.querySelector("main").firstChild === shown) await new Promise((done) => setTimeout(done));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      }, view));
      times.push(`${view} ${Math.round(ms)}`);
      assert.ok(ms < 1000, `${view} takes ${Math.round(ms)} ms`);
      await page.waitForFunction((name) => document.querySelector("nav [aria-current]").getAttribute("href") === "#" + name, view);
      assert.ok((await page.evaluate(() => document.querySelectorAll("*").length)) < 6000, `${view} draws everything at once`);
    }
    console.log(`   ten thousand articles, ms: ${times.join(", ")}`);
  });
  await check("a page that is open for an hour does not grow", {}, async (page) => {
    const json = (body) => ({ contentType: "application/json", body: JSON.stringify(body) });
    let seq = 10000, n_asked = 0, n_streams = 0;
    const newest = (n) => manyMessages((seq += n), seq - n);
    await page.clock.install();
    await page.route("**/v1/findings*", (route) => route.fulfill(json({ items: manyMessages(10000), next: null })));
    await page.route("**/v1/summary", (route) => { n_asked++; return route.fulfill(json({ committed: seq, held: 10000, held_bytes: 1e7, refused: {}, partitions: [], lag: 0, ready: true, version: "0" })); });
    // Every third time that it asks for them it hears of twenty messages.
    await page.route("**/v1/stream", (route) => n_streams++ % 3 ? route.fulfill({ status: 429, body: "{}" }) : route.fulfill({ contentType: "text/event-stream", body: newest(20).reverse().map((item) => `event: article\nid: ${item.seq}\ndata: ${JSON.stringify(item)}\n\n`).join("") }));
    await page.goto(address + "#flow");
    await page.locator("table.rows button").first().waitFor();
    const spend = async (seconds) => { for (let s = 0; s < seconds; s += 10) await page.clock.runFor(10_000); };
    const walk = async () => { for (const view of ["dyads", "time", "map", "people", "refused", "flow"]) { await page.evaluate((name) => { location.hash = name; }, view); await spend(10); } };
    await walk();
    const before = await weight(page);
    await spend(3600);
    await walk();
    const after = await weight(page);
    assert.ok(n_asked > 1000 && seq > 11000, `it asked ${n_asked} times, and heard of ${seq - 10000} messages`);
    for (const kind of ["bytes", "nodes", "listeners"]) assert.ok(after[kind] < before[kind] * 1.1, `${kind}: ${before[kind]} before, ${after[kind]} behind an hour`);
  });
}
