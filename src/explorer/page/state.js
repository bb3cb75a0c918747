// What the page knows, where it comes from, and the filters: one set for all views, kept in the address.

import { $, el, button, para, dot, plural } from "./dom.js";
import { show } from "./page.js";

export const QUAD = { 1: ["V+", "verbal cooperation"], 2: ["M+", "material cooperation"], 3: ["V−", "verbal conflict"], 4: ["M−", "material conflict"] };
export const VIEWS = { read: "Read", flow: "Flow", dyads: "Dyads", time: "Time", map: "Map", people: "People", refused: "Refused" };

/** The views by name: each gives what is to be seen. */
export const VIEW = {};

export const inlined = $("data") && JSON.parse($("data").textContent);
export const state = { columns: ["time", "who", "what", "whom", "status", "words", "conf"], items: [], rows: [], records: new Map(), samples: [], usual: {}, held: 0, last: 0, page: 0 };
export const CHIPS = ["type", "status", "attitude", "who", "whom", "party", "day", "reason", "place"];
/** What every filter is where nothing is filtered. */
export const CLEAR = { q: "", kind: "", min: 0.35, ...Object.fromEntries(CHIPS.map((c) => [c, undefined])) };
export const filter = { ...CLEAR };

export const parties = (r) => [...r.who, ...r.whom];
export const country = (p) => p.country || (p.code ? p.code.slice(0, 3) : p.name);
/** When it was, up to the hour. */
export const timeOf = (r) => (r.k === "event" && state.clock !== "published" && r.date) || (r.item.article.published_at || iso(r.item.at)).slice(0, 13);
export const dayOf = (r) => timeOf(r).slice(0, 10);
export const iso = (ms) => (ms ? new Date(ms).toISOString() : "");
/** Whether a time is in a day, an hour, a month, or between two: "2026-03-09..2026-03-15". */
export function within(time, span) {
  const [from, to = from] = span.split("..");
  return time >= from && time.slice(0, to.length) <= to;
}
/** Findings that pass the filters, of one kind or of both. */
export const shown = (kind) => state.rows.filter((r) => (!kind || r.k === kind) && passes(r));
function passes(r) {
  const f = filter, same = (key) => !f[key] || r[key] === f[key], has = (list, c) => !c || list.some((p) => country(p) === c || p.code === c || p.name === c);
  return r.confidence >= f.min && (!f.kind || r.k === f.kind) && (!f.q || r.search.includes(f.q)) && ["type", "status", "attitude"].every(same) && has(r.who, f.who) && has(r.whom, f.whom) && has(parties(r), f.party)
    && (!f.place || r.place?.name === f.place) && (!f.day || within(timeOf(r), f.day));
}
export function set(changes) { Object.assign(filter, changes); state.page = 0; syncFilters(); address(); show(); }
/** A filter on, or off where it was on already. */
export const toggle = (key, value) => set({ [key]: filter[key] === value ? undefined : value });
function syncFilters() {
  $("f-kind").value = filter.kind; $("f-min").value = filter.min; $("f-min-out").value = filter.min.toFixed(2);
  if (document.activeElement !== $("f-search")) $("f-search").value = filter.q;
  $("chips").replaceChildren(...CHIPS.filter((c) => filter[c]).map((c) => el("span.chip", `${c}: ${filter[c]}`, button("×", () => set({ [c]: undefined }), { ariaLabel: `Remove filter ${c}` }))));
}
/** Codes of a filter stand in the address; words that were searched for do not. */
export function address() {
  const p = new URLSearchParams();
  for (const c of ["kind", ...CHIPS]) if (filter[c]) p.set(c, filter[c]);
  if (filter.min !== CLEAR.min) p.set("min", filter.min);
  const open = state.view === "read" && state.open ? "/" + state.open : "";
  history.replaceState(null, "", "#" + state.view + open + (p.size ? "?" + p : ""));
}
export function fromAddress() {
  const [path, query] = location.hash.slice(1).split("?"), [view, open] = path.split("/"), p = new URLSearchParams(query);
  state.view = VIEWS[view] ? view : "read";
  state.open = open ? Number(open) : state.open;
  for (const c of ["kind", ...CHIPS]) filter[c] = p.get(c) || CLEAR[c];
  filter.min = p.has("min") ? Number(p.get("min")) || 0 : CLEAR.min;
  syncFilters();
}

const MOST = 10000;
let token = "";

export async function api(path, options = {}) {
  const headers = { ...options.headers, ...(token && { Authorization: "Bearer " + token }) };
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401) { await askToken(); return api(path, options); }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({ title: answer.statusText, detail: "", reason: answer.status }));
    throw Object.assign(new Error(problem.detail || problem.title), { problem });
  }
  return answer;
}

/** The token stays in memory: a reload asks again. */
function askToken() {
  return new Promise((done) => {
    const input = el("input", { type: "password", required: true, autocomplete: "off", ariaLabel: "Token" });
    const form = el("form", { method: "dialog", onsubmit: () => { token = input.value.trim(); $("drawer").close(); done(); } },
      el("h2", { id: "drawer-title" }, "This page asks for a token"), para("It is in the file that http.token_file names."), input, " ", el("button", "Open"));
    $("drawer").replaceChildren(form);
    $("drawer").showModal();
  });
}

export function take(item, atEnd) {
  for (const row of item.rows || []) Object.assign(row, { item, search: searchable(row, item) });
  state.items[atEnd ? "push" : "unshift"](item);
  state.last = Math.max(state.last, item.seq || 0);
  if (state.items.length > MOST) state.items.length = MOST;
}
const searchable = (r, item) => [r.text, item.headline, r.type, r.mode, r.cameo, r.role, r.cue, ...parties(r).flatMap((p) => [p.name, p.code, p.country])].join(" ").toLowerCase();
const flatten = () => { state.rows = state.items.flatMap((i) => i.rows || []); };

export async function load() {
  if (inlined) {
    state.usual = inlined.usual;
    inlined.items.forEach((item) => take(item, true));
    inlined.records.forEach((r, i) => state.records.set(i + 1, r));
    return flatten();
  }
  api("/samples.json").then((r) => r.json()).then((s) => { state.samples = s; if (state.view === "read") show(); });
  state.usual = await (await api("/names.json")).json();
  let before = "";
  do {
    const { items, next } = await (await api("/v1/findings?limit=500" + before)).json();
    items.forEach((item) => take(item, true));
    before = next ? "&before=" + next : "";
  } while (before && state.items.length < MOST);
  flatten();
  listen();
  tell();
  setInterval(tell, 2000);
}

/** Server-sent events, read by hand: an EventSource cannot send a token. */
async function listen() {
  for (let pause = 1; ; pause = Math.min(pause * 2, 30)) {
    try {
      const answer = await api("/v1/stream", { headers: { "Last-Event-ID": String(state.last) } });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      pause = 1;
      for (let buffer = "", part; !(part = await reader.read()).done; ) {
        buffer += part.value;
        for (let end; (end = buffer.indexOf("\n\n")) >= 0; buffer = buffer.slice(end + 2)) hear(buffer.slice(0, end));
      }
    } catch { /* the service is away: asked again below */ }
    $("condition").textContent = "not connected, trying again";
    await new Promise((go) => setTimeout(go, pause * 1000));
  }
}
let due = 0;
function hear(block) {
  const field = (name) => block.match(RegExp(`^${name}: ?(.*)`, "m"))?.[1];
  if (/article|refusal/.test(field("event"))) { take(JSON.parse(field("data"))); state.held++; }
  if (!due) due = setTimeout(() => { due = 0; arrived(); }, 500);
}
let spoken = 0;
function arrived() {
  flatten();
  if (state.held && Date.now() - spoken > 10000) { spoken = Date.now(); $("live").textContent = plural(state.held, "new message"); state.held = 0; }
  if (state.view !== "read" && !state.paused && !$("view").contains(document.activeElement)) show(true);
  else if (state.view === "flow") $("paused")?.replaceChildren(state.paused ? "paused; " + plural(state.rows.length, "finding") + " held" : "");
}
async function tell() {
  try { state.summary = await (await api("/v1/summary")).json(); } catch { return; }
  const s = state.summary, mine = s.partitions.filter((p) => p.lag != null), lost = s.committed - s.held;
  const rate = state.items.filter((i) => i.at > Date.now() - 10000).length / 10;
  $("condition").textContent = dot([...(s.ready == null ? [] : [s.ready ? "ready" : "not ready: " + s.condition, mine.map((p) => "p" + p.partition).join(" "), s.lag != null && "lag " + s.lag, rate + "/s"]), "version " + s.version]);
  const refused = Object.entries(s.refused).map(([r, n]) => `${r} ${n}`).join(", ") || 0;
  $("foot").replaceChildren(el("span", dot([plural(s.committed, "message") + " committed", plural(s.held, "message") + " held (" + (s.held_bytes / 1e6).toFixed(1) + " MB)", lost > 0 && plural(lost, "older one") + " forgotten", "refused " + refused])),
    s.held > 0 ? button("Forget all", async () => { await api("/v1/history", { method: "DELETE" }); Object.assign(state, { items: [], rows: [] }); state.records.clear(); tell(); show(); }) : "");
}

export const pathOf = (article) => "/v1/articles/" + encodeURIComponent(article.id);
export async function recordOf(item) {
  if (item.record) return item.record;
  const held = state.records;
  if (held.size > 50 && !inlined) held.clear();
  if (!held.has(item.seq)) held.set(item.seq, await (await api(pathOf(item.article))).json());
  return held.get(item.seq);
}
