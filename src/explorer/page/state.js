// What the page knows, where it comes from, and the filters: one set for all views, kept in the address.

import { $, el, button, para, dot, plural } from "./dom.js";
import { show } from "./page.js";

export const QUAD = { 1: ["V+", "verbal cooperation"], 2: ["M+", "material cooperation"], 3: ["V−", "verbal conflict"], 4: ["M−", "material conflict"] };
export const VIEWS = { read: "Read", flow: "Flow", dyads: "Dyads", time: "Time", map: "Map", people: "People", refused: "Refused" };

/** The views by name; each draws itself into the element that it is given. */
export const VIEW = {};

export const inlined = $("data") && JSON.parse($("data").textContent);
export const state = { columns: ["time", "who", "what", "whom", "status", "words", "conf"], items: [], rows: [], records: new Map(), samples: [], summary: null, view: "read", paused: false, held: 0, last: 0, page: 0 };
export const CHIPS = ["type", "status", "attitude", "who", "whom", "party", "day", "reason", "place"];
/** What every filter is where nothing is filtered. */
export const CLEAR = { q: "", kind: "", min: 0.35, ...Object.fromEntries(CHIPS.map((c) => [c, undefined])) };
export const filter = { ...CLEAR };

export const parties = (r) => [...r.who, ...r.whom];
export const country = (p) => p.country || (p.code ? p.code.slice(0, 3) : p.name);
export const dayOf = (r) => (r.k === "event" && state.clock !== "published" && r.date) || (r.item.article.published_at || "").slice(0, 10) || (r.item.at ? new Date(r.item.at).toISOString().slice(0, 10) : "");
export function passes(r) {
  const f = filter, has = (list, c) => list.some((p) => country(p) === c || p.code === c || p.name === c);
  return r.confidence >= f.min && (!f.kind || r.k === f.kind) && (!f.q || r.search.includes(f.q)) && (!f.type || r.type === f.type) && (!f.status || r.status === f.status)
    && (!f.attitude || r.attitude === f.attitude) && (!f.who || has(r.who, f.who)) && (!f.whom || has(r.whom, f.whom)) && (!f.party || has(r.who, f.party) || has(r.whom, f.party))
    && (!f.place || (r.place && (r.place.name === f.place || r.place.country === f.place))) && (!f.day || dayOf(r).startsWith(f.day));
}
export function set(changes) { Object.assign(filter, changes); state.page = 0; syncFilters(); address(); show(); }
/** A filter on, or off where it was on already. */
export const toggle = (key, value) => set({ [key]: filter[key] === value ? undefined : value });
function syncFilters() {
  $("f-kind").value = filter.kind; $("f-min").value = filter.min; $("f-min-out").value = filter.min.toFixed(2);
  if (document.activeElement !== $("f-search")) $("f-search").value = filter.q;
  $("chips").replaceChildren(...CHIPS.filter((c) => filter[c]).map((c) => el("span.chip", `${c}: ${filter[c]}`, button("×", () => set({ [c]: undefined }), { label: `Remove filter ${c}` }))));
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

const MAX_MESSAGES = 10000;
let token = "";

export async function api(path, options = {}) {
  const headers = { ...options.headers, ...(token && { Authorization: "Bearer " + token }) };
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401) { await askToken(); return api(path, options); }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({ title: answer.statusText, detail: "", reason: String(answer.status) }));
    throw Object.assign(new Error(problem.detail || problem.title), { problem });
  }
  return answer;
}

/** The token stays in memory: a reload asks again. */
function askToken() {
  return new Promise((done) => {
    const input = el("input", { type: "password", required: true, autocomplete: "off", label: "Token" });
    const form = el("form", { method: "dialog", onsubmit: () => { token = input.value.trim(); $("drawer").close(); done(); } },
      el("h2", { id: "drawer-title" }, "This page asks for a token"), para("It is in the file that http.token_file names."), input, " ", el("button", "Open"));
    $("drawer").replaceChildren(form);
    $("drawer").showModal();
  });
}

function take(item, atEnd) {
  for (const row of item.rows || []) { row.item = item; if (!row.search) row.search = searchable(row, item); }
  if (atEnd) state.items.push(item); else state.items.unshift(item);
  state.last = Math.max(state.last, item.seq || 0);
  if (state.items.length > MAX_MESSAGES) state.items.length = MAX_MESSAGES;
}
const searchable = (r, item) => [r.text, item.headline, r.type, r.mode, r.cameo, r.role, r.cue, ...parties(r).flatMap((p) => [p.name, p.code, p.country])].join(" ").toLowerCase();
const flatten = () => { state.rows = state.items.flatMap((i) => i.rows || []); };

export async function load() {
  if (inlined) {
    inlined.items.forEach((item) => take(item, true));
    inlined.records.forEach((r, i) => state.records.set("#" + (i + 1), r));
    flatten();
    return;
  }
  api("/samples.json").then((r) => r.json()).then((s) => { state.samples = s; if (state.view === "read") show(); });
  let before = "";
  do {
    const { items, next } = await (await api("/v1/findings?limit=500" + before)).json();
    items.forEach((item) => take(item, true));
    before = next ? "&before=" + next : "";
  } while (before && state.items.length < MAX_MESSAGES);
  flatten();
  listen();
  tell();
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
  const field = (name) => block.split("\n").filter((l) => l.startsWith(name + ":")).map((l) => l.slice(name.length + 1).trimStart()).join("\n");
  const kind = field("event");
  if (kind === "article" || kind === "refusal") { take(JSON.parse(field("data"))); state.held++; }
  if (!due) due = setTimeout(() => { due = 0; arrived(); }, 500);
}
let spoken = 0;
function arrived() {
  flatten();
  tell();
  if (Date.now() - spoken > 10000) { spoken = Date.now(); $("live").textContent = plural(state.held, "new message"); state.held = 0; }
  if (state.view !== "read" && !state.paused && !$("view").contains(document.activeElement)) show(true);
  else if (state.view === "flow") $("paused")?.replaceChildren(state.paused ? "paused; " + plural(state.rows.length, "finding") + " held" : "");
}
async function tell() {
  try { state.summary = await (await api("/v1/summary")).json(); } catch { return; }
  const s = state.summary, parts = s.partitions.map((p) => "p" + p.partition).join(" ");
  $("condition").textContent = dot([...(s.ready == null ? [] : [s.ready ? "ready" : "not ready: " + s.condition, parts]), "version " + s.version]);
  const refused = Object.entries(s.refused), lost = s.committed - s.held;
  $("foot").replaceChildren(el("span", dot([plural(s.committed, "message") + " committed", plural(s.held, "message") + " held (" + (s.held_bytes / 1e6).toFixed(1) + " MB)",
    lost > 0 && plural(lost, "older one") + " forgotten", "refused " + (refused.map(([r, n]) => `${r} ${n}`).join(", ") || 0)])),
    s.held > 0 ? button("Forget all", async () => { await api("/v1/history", { method: "DELETE" }); Object.assign(state, { items: [], rows: [] }); tell(); show(); }) : "");
}

export async function recordOf(item) {
  const key = item.article ? item.article.id : "", held = state.records.get("#" + item.seq) || state.records.get(key);
  if (held) return held;
  const record = await (await api("/v1/articles/" + encodeURIComponent(key))).json();
  if (state.records.size > 50) state.records.clear();
  state.records.set(key, record);
  return record;
}
