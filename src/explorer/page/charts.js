// Time and Map.

import { $, el, svg, dim, para, scroll, plural, act, h2, h3, grid, rowHead, pick, tally } from "./dom.js";
import { QUAD, VIEW, state, filter, parties, shown, set, toggle, api, timeOf, iso, within } from "./state.js";
import { counted, table } from "./views.js";
import { show } from "./page.js";

/** The hour, day, week or month of a time: its name, and its last day where these are two. */
function unit(time, by) {
  const day = new Date(time.slice(0, 10));
  if (by !== "week" || Number.isNaN(+day)) return [time.slice(0, { hour: 13, month: 7 }[by] || 10)];
  const monday = day - ((day.getUTCDay() + 6) % 7) * 864e5;
  return [monday, monday + 6 * 864e5].map((ms) => iso(ms).slice(0, 10));
}
let brush;
/** Stacked bars, at most 400, with a table beneath. One is chosen, or several, by dragging or with Shift. */
export function bars(rows, by, refused = []) {
  const bins = new Map(), bin = (time) => { const [k, end = k] = unit(time, by); return bins.get(k) || bins.set(k, { k, end, n: [0, 0, 0, 0, 0], refused: 0 }).get(k); };
  for (const r of rows) { const time = timeOf(r); if (time) bin(time).n[r.quad || 0]++; }
  for (const i of refused) if (i.at) bin(iso(i.at)).refused++;
  const all = [...bins.values()].sort((a, b) => (a.k < b.k ? -1 : 1)).slice(-400), total = (b) => b.n.reduce((s, n) => s + n);
  if (!all.length) return para("Nothing passes the filters.");
  const choose = (b) => { const [x, y] = [brush, b].sort((p, q) => (p.k < q.k ? -1 : 1)); toggle("day", x.k === y.end ? x.k : x.k + ".." + y.end); };
  const w = Math.max(6, Math.min(60, 900 / all.length)), width = Math.max(320, all.length * w + 40), h = 180, top = Math.max(1, ...all.map(total)), s = svg("svg", { viewBox: `0 0 ${width} ${h + 46}`, width, height: h + 46, role: "group", "aria-label": `Findings by ${by}` });
  all.forEach((b, i) => {
    let y = h + 6;
    b.n.forEach((n, q) => { const height = (n / top) * h; y -= height; if (n) s.append(svg("rect", { class: "bar q" + q, x: i * w + 1, y, width: w - 2, height })); });
    if (b.refused) s.append(svg("rect", { class: "bar", x: i * w + 1, y: h + 10, width: w - 2, height: 6 }));
    if (i % Math.ceil(80 / w) === 0) s.append(svg("text", { x: i * w + 1, y: h + 34 }, b.k));
    const hit = svg("rect", { class: "hit" + (filter.day && within(b.k, filter.day) ? " on" : ""), x: i * w, y: 0, width: w, height: h + 18 }, svg("title", {}, `${b.k}: ${total(b)}`));
    const begin = (e) => { if (!e.shiftKey || !brush) brush = b; };
    act(hit, `${b.k}: ${total(b)}`, (e) => { begin(e); choose(b); });
    hit.onpointerdown = begin;
    hit.onpointerup = () => { if (brush && brush !== b) choose(b); };
    s.append(hit);
  });
  const kinds = ["speech", ...Object.values(QUAD).map((q) => q.join(" "))];
  return el("div", scroll("Chart", s), el("p.legend", ...kinds.map((kind, q) => el("span", el("b.q" + q, "■ "), kind))),
    el("details", el("summary", "As a table"), grid("table", `Findings by ${by}`, ["", ...kinds, "refused"], all.map((b) => [rowHead(b.k), ...[...b.n, b.refused].map((n) => el("td.num", String(n)))]))));
}
VIEW.time = function () {
  const day = filter.day;
  filter.day = undefined;
  const rows = shown();
  filter.day = day;
  const turn = (key) => (value) => { state[key] = value; show(); };
  return [h2("When"), el("div.tools", pick("Day of", state.clock, [["event", "the event"], ["published", "publication"]], turn("clock")), pick("By", state.unit, [["day"], ["hour"], ["week"], ["month"]], turn("unit")), dim("Drag or hold Shift for several bars; the thin band is what was refused.")),
    bars(rows, state.unit || "day", state.items.filter((i) => i.refused)), h3(day ? `Findings of ${day}` : "Findings"), table(shown(), "Findings")];
};

let outlines;
/** Equal Earth (Šavrič, Patterson, Jenny 2018), as the outlines were drawn. */
function project(lon, lat, k) {
  const m = Math.sqrt(3) / 2, l = Math.asin(m * Math.sin((lat * Math.PI) / 180)), l2 = l * l, l6 = l2 ** 3;
  return [480 + (k * ((lon * Math.PI) / 180) * Math.cos(l)) / (m * (1.340264 + 3 * -0.081106 * l2 + l6 * (7 * 0.000893 + 9 * 0.003796 * l2))), 234 - k * l * (1.340264 - 0.081106 * l2 + l6 * (0.000893 + 0.003796 * l2))];
}
VIEW.map = async function () {
  outlines ||= $("map-data") ? JSON.parse($("map-data").textContent) : await (await api("/map.json")).json();
  const rows = shown(), countries = tally(rows.flatMap((r) => [...new Set(parties(r).map((p) => p.country))])), count = new Map(countries);
  const found = rows.flatMap((r) => r.place || []), at = new Map(found.filter((p) => p.lat != null).map((p) => [p.name, p]));
  const placed = tally(found.map((p) => at.has(p.name) && p.name)), nowhere = tally(found.map((p) => !at.has(p.name) && p.name));
  const most = Math.max(1, ...count.values()), s = svg("svg", { viewBox: "0 0 990 425", role: "group", "aria-label": "Map of the world" });
  for (const [code, c] of Object.entries(outlines.countries)) {
    // Too small to be drawn: a circle at the capital.
    const n = count.get(code), shape = c.d ? ["path", { d: c.d }] : ["circle", { cx: c.c[0], cy: c.c[1], r: 3 }];
    const land = svg(...shape, svg("title", {}, `${c.n}: ${n || 0}`));
    land.classList.add("land");
    if (n) { land.classList.add("some"); land.style.setProperty("--w", 15 + (70 * n) / most); act(land, `${c.n}: ${plural(n, "finding")}`, () => toggle("party", code)); }
    if (n || c.d) s.append(land);
  }
  const pair = [filter.who, filter.whom].map((c) => outlines.countries[c]);
  if (pair[0] && pair[1]) { const [[x, y], [u, v]] = pair.map((c) => c.c); s.append(svg("path", { d: `M${x},${y}Q${(x + u) / 2},${(y + v) / 2 - 60} ${u},${v}`, fill: "none", stroke: "currentColor", "stroke-width": 2 })); }
  for (const [name, n] of placed) {
    const p = at.get(name), [cx, cy] = project(p.lon, p.lat, outlines.k), c = svg("circle", { cx, cy, r: 4 + 2 * Math.sqrt(n), class: "place" }, svg("title", {}, `${name}: ${n}`));
    act(c, `${name}: ${plural(n, "event")}`, () => toggle("place", name));
    s.append(c);
  }
  const list = (title, all, key) => el("div", h3(title), all.length ? el("ul", ...all.slice(0, 30).map((found) => el("li", ...counted(key, found)))) : para("none"));
  return [h2("Where"), para("Circles: where events took place. Outlines: Natural Earth."), s,
    el("div.tiles", list("Countries", countries, "party"), list("Places", placed, "place"), list("Places without coordinates", nowhere, "place")),
    (filter.party || filter.place) && table(rows, "Findings")];
};
