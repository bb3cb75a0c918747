// The table of findings, and the views that are made of it: Flow, Dyads, People, Refused.

import { el, button, dim, para, dot, svg, plural, PLAIN, copy, section, save, csv, h2, h3, grid, rowHead, pick, tally } from "./dom.js";
import { QUAD, state, country, set, address, VIEW, inlined, filter, parties, shown, dayOf, iso } from "./state.js";
import { bars } from "./charts.js";
import { show } from "./page.js";

const PAGE = 100;

export const sure = (c) => el("span.conf", el("meter", { value: c, ariaLabel: "confidence" }), c.toFixed(2));
const plainly = (words) => ` ${words.toLowerCase().replaceAll("’", "'").replace(/^the /, "")} `;
/** What says more than the name: nothing that stands in it, no code behind its usual name. */
export const beyond = (name, ...all) => [...new Set(all)].filter((x) => x && x[0] !== "-" && !plainly(name).includes(plainly(x)) && !state.usual[x]?.includes(plainly(name).trim()));
export const names = (list) => list.map((p) => p.name + beyond(p.name, p.code).map((code) => ` (${code})`)).join(", ") || "–";
/** An office with its words in the article: "head of the Chilean delegation", for "head" alone says nothing. */
export function office(role, name, ...texts) {
  if (!role) return "";
  const [before, after] = (texts.find((t) => t?.includes(role)) || role).split(role), rest = after.split(name)[0].match(/^ (of|to|for|at|in|on) [^,;(–—]{1,56}(?![^,;(–—])/);
  const whole = before.match(/((?<!\S)(?!(an?|the|his|her|its|their|our|my|of|to|and|both) )[\p{Ll}-]+ )*$/u)[0] + role + (rest?.[0].trimEnd() || "");
  return /^(head|member|part)$/i.test(whole) ? "" : whole;
}
export const quadBadge = (r) => el("span", { className: `badge q${r.quad}`, title: `${QUAD[r.quad][1]}, CAMEO ${r.cameo}` }, `${QUAD[r.quad][0]} ${r.type}${r.mode ? "/" + r.mode : ""}`);
export const statusBadge = (status) => button(status, () => set({ status }), { className: "badge status " + status, title: "Only these" });
/** A value that filters, and how often it is there. */
export const counted = (key, [value, n]) => [button(value, () => set({ [key]: value }), PLAIN), dim(" " + n)];
const clock = (ms) => iso(ms).slice(11, 19);
/** Of a deed done together the first one has done it to the others. */
export const sides = (r) => (r.k === "event" && !r.whom.length ? [r.who.slice(0, 1), r.who.slice(1)] : [r.who, r.whom]);

const COLUMNS = {
  time: ["Time", (r) => dim(clock(r.item.at) || r.item.article.published_at?.slice(0, 10))],
  who: ["Who", (r) => names(sides(r)[0])],
  what: ["What", (r) => (r.k === "event" ? quadBadge(r) : el("span", "❝ " + (r.cue || "said"), dim(` ${r.kind}`)))],
  whom: ["Whom", (r) => (r.k === "event" ? names(sides(r)[1]) : r.whom.map(country).join(", "))],
  status: ["Status", (r) => (r.k === "event" ? dot([r.status, r.historical && "background"]) : r.attitude)],
  date: ["Day", (r) => (r.k === "event" && r.date) || ""],
  words: ["Words", (r) => button(r.text, () => openAt(r.item.seq, r.id), { ...PLAIN, title: "Read it where it stands" })],
  conf: ["Sure", (r) => sure(r.confidence)],
};

export function table(rows, caption) {
  const all = rows.length, from = Math.min(state.page * PAGE, Math.max(0, all - 1)), cut = rows.slice(from, from + PAGE);
  const go = (d) => { state.page += d; show(); };
  const pager = all > PAGE && el("p.tools", button("Newer", () => go(-1), { disabled: from === 0 }), button("Older", () => go(1), { disabled: from + PAGE >= all }),
    dim(`${from + 1}–${from + cut.length} of ${all.toLocaleString("en")}`));
  return el("div", grid("table.rows", caption, state.columns.map((c) => COLUMNS[c][0]), cut.map((r) => state.columns.map((c) => el("td", COLUMNS[c][1](r))))), pager, !all && para("Nothing passes the filters."));
}
export function openAt(open, finding) { Object.assign(state, { open, finding, record: null, problem: null, view: "read" }); address(); show(); }

VIEW.flow = function () {
  const rows = shown(), now = Date.now(), refused = state.items.filter((i) => i.refused).length;
  const spark = (what, count) => {
    const ago = new Array(60).fill(0);
    for (const i of state.items) { const m = Math.floor((now - i.at) / 60000); if (m in ago) ago[m] += count(i); }
    const top = Math.max(1, ...ago), bars = ago.map((n, m) => svg("rect", { class: "bar q1", x: 177 - m * 3, width: 2, y: 35 - (n / top) * 34, height: (n / top) * 34 + 1 }));
    return el("div.tile", svg("svg", { viewBox: "0 0 180 36", width: 180, height: 36, role: "img", "aria-label": `At most ${top}` }, ...bars), dim(what + " a minute, one hour"));
  };
  const tile = (n, what) => el("div.tile", el("b", n.toLocaleString("en")), what);
  const picks = el("details", el("summary", "Columns"), ...Object.entries(COLUMNS).map(([c, [name]]) => el("label", el("input", { type: "checkbox", checked: state.columns.includes(c), onchange: (e) => { state.columns = Object.keys(COLUMNS).filter((x) => (x === c ? e.target.checked : state.columns.includes(x))); show(); } }), " " + name + " ")));
  const stop = button(state.paused ? "Go on" : "Pause", () => { state.paused = !state.paused; show(); }, { ariaPressed: state.paused });
  const tops = (title, key, of = (r) => r[key]) => el("div", h3(title), ...tally(rows.flatMap(of)).slice(0, 6).map((found) => el("p", ...counted(key, found))));
  const of = (kind) => state.rows.filter((r) => r.k === kind).length;
  return [el("div.tiles", tile(state.items.length - refused, "articles"), tile(of("statement"), "statements"), tile(of("event"), "events"), tile(refused, "refused"),
    ...(inlined ? [] : [spark("messages", () => 1), spark("findings", (i) => i.rows?.length || 0), state.summary?.lag != null && tile(state.summary.lag, "lag")])),
    el("div.tools", !inlined && stop, el("span", { id: "paused", className: "dim" }), picks), h2("Newest findings"), table(rows, "Newest findings"),
    el("div.tiles", tops("Types", "type"), tops("Countries", "party", (r) => parties(r).map((p) => p.country)), tops("Status", "status"), tops("Attitude", "attitude"))];
};

VIEW.refused = function () {
  const all = state.items.filter((i) => i.refused), reasons = tally(all.map((i) => i.refused.reason));
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (h) => parseInt(h, 16));
  const kept = all.filter((i) => !filter.reason || i.refused.reason === filter.reason);
  return [h2("What was refused"), el("div.tiles", ...reasons.map(([r, n]) => button(`${r} ${n}`, () => set({ reason: r })))), !kept.length && para("Nothing was."),
    ...kept.slice(0, PAGE).map((i) => { const f = i.refused; return el("details.card", el("summary", el("strong", f.reason), ` ${f.detail} `, dim(dot([i.topic && `${i.topic}[${i.partition}]@${i.offset}`, plural(f.n_bytes, "byte"), clock(i.at)]))),
      para(dot(f.headers.map((h) => h.join(": ")))), h3("Text"), el("pre", { tabIndex: 0 }, new TextDecoder().decode(bytes(f.hex))), h3("First bytes"), el("pre", { tabIndex: 0 }, f.hex.replace(/.{64}/g, "$&\n").replace(/../g, "$& ")), !inlined && button("Copy replay command", () => copy("demarche replay --reason " + f.reason))); })];
};

const pair = (a, b) => a + "\u0000" + b;
const dyads = { of: "deeds", by: "countries", sort: "volume" };
VIEW.dyads = function () {
  const speech = dyads.of === "speech", key = (p) => (dyads.by === "countries" ? p.country : p.name);
  const rows = shown(speech ? "statement" : "event"), cells = new Map(), volume = new Map();
  for (const r of rows) {
    const [left, right] = sides(r);
    for (const a of new Set(left.map(key))) for (const b of new Set(right.map(key))) {
      if (!a || !b || a === b) continue;
      const k = pair(a, b), c = cells.get(k) || { a, b, n: 0, sum: 0 };
      c.n++; c.sum += r.goldstein || 0; cells.set(k, c);
      for (const x of [a, b]) volume.set(x, (volume.get(x) || 0) + 1);
    }
  }
  let who = [...volume.keys()].sort((x, y) => volume.get(y) - volume.get(x)).slice(0, 16);
  if (dyads.sort === "name") who.sort();
  if (dyads.sort === "cluster") { // Each next one is who deals most with those before.
    const tie = (x, y) => (cells.get(pair(x, y))?.n || 0) + (cells.get(pair(y, x))?.n || 0), rest = new Set(who.slice(1)), out = who.slice(0, 1);
    while (rest.size) { const next = [...rest].sort((x, y) => out.reduce((s, o) => s + tie(y, o) - tie(x, o), 0))[0]; out.push(next); rest.delete(next); }
    who = out;
  }
  const most = Math.max(1, ...[...cells.values()].map((c) => c.n));
  const cell = (a, b) => {
    const c = cells.get(pair(a, b));
    if (!c) return el("td");
    const mean = c.sum / c.n, tone = speech ? "" : mean < 0 ? "−" : "+";
    const open = button(c.n + tone, () => set({ who: a, whom: b }), { ariaLabel: `${a} to ${b}: ${plural(c.n, "finding")}${tone && ", mean Goldstein value " + mean.toFixed(1)}` });
    open.style.setProperty("--w", 10 + (32 * c.n) / most);
    return el("td", { className: speech ? "q1" : mean < 0 ? "q4" : "q2" }, open);
  };
  const sum = (n) => el("td.num.dim", n);
  const total = (f) => [...cells.values()].filter(f).reduce((s, c) => s + c.n, 0);
  const choose = (name, ...options) => pick(name, dyads[name], options.map((o) => [o]), (o) => { dyads[name] = o; show(); });
  const picked = filter.who && filter.whom ? rows : [];
  return [h2(speech ? "Who speaks of whom" : "Who did something to whom"), para(speech ? "Statements of somebody from one country that speak of another." : "Events; color and sign: the balance of cooperation (+) and conflict (−)."),
    el("div.tools", choose("of", "deeds", "speech"), choose("by", "countries", "actors"), choose("sort", "volume", "name", "cluster")),
    who.length ? grid("table.matrix", "Rows: who. Columns: whom.", ["who ↓ whom →", ...who, "Σ"],
      [...who.map((a) => [rowHead(a), ...who.map((b) => cell(a, b)), sum(total((c) => c.a === a))]), [rowHead("Σ"), ...who.map((b) => sum(total((c) => c.b === b))), sum(total(() => true))]]) : para("No pair of them passes the filters."),
    ...(picked.length ? [h3(`${filter.who} → ${filter.whom}`), bars(picked, "day"), table(picked, `${filter.who} to ${filter.whom}`)] : [])];
};

VIEW.people = function () {
  const people = new Map(), rows = shown("statement");
  for (const r of rows) for (const p of r.who) {
    const v = people.get(p.name) || { name: p.name, rows: [] };
    v.country ||= p.country; v.role ||= office(r.role, p.name, r.source); v.rows.push(r); people.set(p.name, v);
  }
  const all = [...people.values()].sort((a, b) => b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1)), one = people.get(state.person) || all[0];
  const list = el("ul.plain", ...all.slice(0, 200).map((p) => el("li", button(p.name, () => { state.person = p.name; show(); }, { ...PLAIN, ariaCurrent: p === one }), dim(` · ${dot([...beyond(p.name, p.role, p.country), p.rows.length])}`))));
  const detail = section("Statements of one speaker");
  if (one) {
    const said = [...one.rows].sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : 1)), last = one.name.split(" ").at(-1).toLowerCase();
    const told = rows.filter((r) => r.text.toLowerCase().includes(last) && !r.who.some((p) => p.name === one.name));
    const lines = [["day", "speaker", "role", "country", "cue", "words", "confidence", "article"], ...said.map((r) => [dayOf(r), one.name, r.role, one.country, r.cue, r.text, r.confidence, r.item.article.url || r.item.article.id])];
    detail.append(h2(el("bdi", one.name)), para(dot([...beyond(one.name, one.role, one.country), plural(said.length, "statement")])), el("div.tools", button("Save CSV", () => save("statements.csv", "text/csv", csv(lines))), button("Save JSON", () => save("statements.json", "application/json", JSON.stringify(said.map(({ item, search, ...r }) => ({ ...r, article: item.article })), null, 1)))),
      table(said, "Statements in order of time"), ...(told.length ? [h3("What others say of them"), table(told, "What others say of them")] : []));
  }
  return [el("div.split", section("Speakers", h2("Who speaks"), all.length ? list : para("No statement passes the filters.")), detail)];
};
