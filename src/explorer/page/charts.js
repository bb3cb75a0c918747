// Time and Map.

import { $, el, svg, dim, para, scroll, TOOLS, button, plural, TILES, PLAIN, act, h2, h3, heads, pick } from "./dom.js";
import { QUAD, VIEW, state, filter, passes, set, api, dayOf } from "./state.js";
import { table } from "./views.js";
import { show } from "./page.js";

const unit = (day, by) => { if (by !== "week") return day.slice(0, by === "month" ? 7 : 10); const d = new Date(day.slice(0, 10).padEnd(10, "-01")); if (Number.isNaN(+d)) return day; d.setUTCDate(d.getUTCDate() - ((d.getUTCDay() + 6) % 7)); return d.toISOString().slice(0, 10); };
/** Stacked bars, at most 400, with a table beneath. */
export function bars(rows, by, refused = []) {
  const bins = new Map(), bin = (k) => bins.get(k) || bins.set(k, { k, 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, refused: 0 }).get(k);
  for (const r of rows) { const d = dayOf(r); if (d) bin(unit(d, by))[r.quad || 0]++; }
  for (const i of refused) if (i.at) bin(unit(new Date(i.at).toISOString().slice(0, 10), by)).refused++;
  const all = [...bins.values()].sort((a, b) => (a.k < b.k ? -1 : 1)).slice(-400), total = (b) => b[0] + b[1] + b[2] + b[3] + b[4];
  if (!all.length) return para("Nothing with a day passes the filters.");
  const w = Math.max(6, Math.min(60, 900 / all.length)), width = Math.max(320, all.length * w + 40), h = 180, top = Math.max(1, ...all.map(total)), s = svg("svg", { viewBox: `0 0 ${width} ${h + 46}`, width, height: h + 46, role: "group", "aria-label": `Findings by ${by}` });
  all.forEach((b, i) => {
    let y = h + 6;
    for (const q of [0, 1, 2, 3, 4]) { const n = (b[q] / top) * h; y -= n; if (n) s.append(svg("rect", { class: "bar" + q, x: i * w + 1, y, width: w - 2, height: n })); }
    if (b.refused) s.append(svg("rect", { class: "bar0", x: i * w + 1, y: h + 10, width: w - 2, height: 6 }));
    if (i % Math.ceil(80 / w) === 0) s.append(svg("text", { x: i * w + 1, y: h + 34 }, b.k));
    const hit = svg("rect", { class: "hit" + (filter.day === b.k ? " on" : ""), x: i * w, y: 0, width: w, height: h + 18 });
    act(hit, `${b.k}: ${total(b)}`, () => set({ day: filter.day === b.k ? undefined : b.k }));
    hit.append(svg("title", {}, `${b.k}: ${total(b)}`));
    s.append(hit);
  });
  const head = ["", "speech", ...[1, 2, 3, 4].map((q) => QUAD[q].join(" ")), "refused"];
  return el("div", scroll("Chart", s), el("p.legend", ...[0, 1, 2, 3, 4].map((q) => el("span", svg("svg", { width: 12, height: 12, "aria-hidden": "true" }, svg("rect", { class: "bar" + q, width: 12, height: 12 })), " " + head[q + 1]))),
    el("details", el("summary", "As a table"), scroll("Table", el("table", heads(head), el("tbody", ...all.map((b) => el("tr", el("th", { scope: "row" }, b.k), ...[b[0], b[1], b[2], b[3], b[4], b.refused].map((n) => el("td.num", String(n))))))))));
}
VIEW.time = function (main) {
  const day = filter.day;
  filter.day = undefined;
  const rows = state.rows.filter(passes);
  filter.day = day;
  const turn = (key) => (value) => { state[key] = value; show(); };
  main.replaceChildren(h2("When"), el("div", TOOLS, pick("Day of", state.clock, [["event", "the event"], ["published", "publication"]], turn("clock")), pick("By", state.unit, [["day"], ["week"], ["month"]], turn("unit")), dim("A bar opens its findings; the thin band below is what was refused.")),
    bars(rows, state.unit || "day", state.items.filter((i) => i.refused)), h3(day ? `Findings of ${day}` : "Findings"), table(state.rows.filter(passes), "Findings"));
};

let outlines;
/** Equal Earth (Šavrič, Patterson, Jenny 2018), as the outlines were drawn. */
function project(lon, lat, k) {
  const m = Math.sqrt(3) / 2, l = Math.asin(m * Math.sin((lat * Math.PI) / 180)), l2 = l * l, l6 = l2 ** 3;
  return [480 + (k * ((lon * Math.PI) / 180) * Math.cos(l)) / (m * (1.340264 + 3 * -0.081106 * l2 + l6 * (7 * 0.000893 + 9 * 0.003796 * l2))), 234 - k * l * (1.340264 - 0.081106 * l2 + l6 * (0.000893 + 0.003796 * l2))];
}
VIEW.map = async function (main) {
  outlines ||= $("map-data") ? JSON.parse($("map-data").textContent) : await (await api("/map.json")).json();
  const rows = state.rows.filter(passes), count = new Map(), places = new Map(), nowhere = new Map();
  for (const r of rows) {
    for (const c of new Set([...r.who, ...r.whom].map((p) => p.country))) if (c) count.set(c, (count.get(c) || 0) + 1);
    const p = r.place;
    if (!p) continue;
    const to = p.lat == null ? nowhere : places, k = p.name, v = to.get(k) || { ...p, n: 0 };
    v.n++; to.set(k, v);
  }
  const most = Math.max(1, ...count.values()), s = svg("svg", { viewBox: "0 0 990 425", role: "group", "aria-label": "Map of the world" });
  for (const [code, c] of Object.entries(outlines.countries)) {
    const n = count.get(code) || 0, path = svg("path", { d: c.d, class: n ? "land some" : "land" });
    path.append(svg("title", {}, n ? `${c.n}: ${n}` : c.n));
    if (n) { path.style.setProperty("--w", String(15 + (70 * n) / most)); act(path, `${c.n}: ${plural(n, "finding")}`, () => set({ party: filter.party === code ? undefined : code })); }
    s.append(path);
  }
  const pair = [filter.who, filter.whom].map((c) => outlines.countries[c]);
  if (pair[0] && pair[1]) { const [[x, y], [u, v]] = pair.map((c) => c.c); s.append(svg("path", { d: `M${x},${y}Q${(x + u) / 2},${(y + v) / 2 - 60} ${u},${v}`, fill: "none", stroke: "currentColor", "stroke-width": 2 })); }
  for (const p of [...places.values()].sort((a, b) => b.n - a.n)) {
    const [cx, cy] = project(p.lon, p.lat, outlines.k), c = svg("circle", { cx, cy, r: 4 + 2 * Math.sqrt(p.n), class: "place" }, svg("title", {}, `${p.name}: ${p.n}`));
    act(c, `${p.name}: ${plural(p.n, "event")}`, () => set({ place: filter.place === p.name ? undefined : p.name }));
    s.append(c);
  }
  const list = (title, all, go) => el("div", h3(title), all.length ? el("ul", ...all.slice(0, 30).map(([k, n]) => el("li", button(k, () => go(k), PLAIN), dim(" " + n)))) : para("none"));
  const sorted = (m, f) => [...m].map(([k, v]) => [k, f(v)]).sort((a, b) => b[1] - a[1]);
  main.replaceChildren(h2("Where"), para("Countries by who takes part; circles where events took place. Outlines: Natural Earth. Small states are in the list only."), s,
    el("div", TILES, list("Countries", sorted(count, (n) => n), (k) => set({ party: k })), list("Places", sorted(places, (p) => p.n), (k) => set({ place: k })), list("Places without coordinates", sorted(nowhere, (p) => p.n), (k) => set({ place: k }))),
    filter.party || filter.place ? table(rows, "Findings") : "");
};
