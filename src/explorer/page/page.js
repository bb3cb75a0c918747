// The page over a live service, over files, and as one file to mail: the same views over the same rows.
// Article text is foreign: it becomes text nodes and nothing else. No library, no build step.

const $ = (id) => document.getElementById(id);
const QUAD = { 1: ["V+", "verbal cooperation"], 2: ["M+", "material cooperation"], 3: ["V−", "verbal conflict"], 4: ["M−", "material conflict"] };
const VIEWS = { read: "Read", flow: "Flow", dyads: "Dyads", time: "Time", map: "Map", people: "People", refused: "Refused" };
const PAGE = 100, MAX_MESSAGES = 10000;

/** An element with properties, attributes (`a`) and children; text is always text. */
function el(tag, props = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (k === "a") for (const [n, x] of Object.entries(v)) { if (x != null) e.setAttribute(n, x); }
    else if (k === "v") for (const [n, x] of Object.entries(v)) e.style.setProperty(n, x);
    else if (v != null) e[k] = v;
  }
  e.append(...children.filter((c) => c != null && c !== false && c !== ""));
  return e;
}
function svg(tag, attributes = {}, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}
const button = (text, onclick, props = {}) => el("button", { type: "button", onclick, ...props }, text);
const dim = (...text) => el("span", { className: "dim" }, ...text);
const para = (...text) => el("p", { className: "dim" }, ...text);
const section = (label, ...inner) => el("section", { a: { "aria-label": label } }, ...inner);
/** What may be wider than the screen scrolls by itself, by keyboard too. */
const scroll = (label, inner) => el("div", { className: "scroll", tabIndex: 0, role: "region", a: { "aria-label": label } }, inner);
const dot = (parts) => parts.filter(Boolean).join(" · ");
const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

const VIEW = {}, TOOLS = { className: "tools" }, TILES = { className: "tiles" }, PLAIN = { className: "plain" };

// ---- Where the data comes from

const inlined = $("data") && JSON.parse($("data").textContent);
const state = { items: [], rows: [], records: new Map(), samples: [], summary: null, view: "read", paused: false, held: 0, last: 0, at: -1, page: 0 };
const filter = { q: "", kind: "", min: 0.35 };
let token = "";

async function api(path, options = {}) {
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
    const input = el("input", { type: "password", required: true, autocomplete: "off", a: { "aria-label": "Token" } });
    const form = el("form", { method: "dialog", onsubmit: () => { token = input.value.trim(); $("drawer").close(); done(); } },
      el("h2", { id: "drawer-title" }, "This page asks for a token"), para("It is in the file that http.token_file names."), input, " ", el("button", {}, "Open"));
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
const searchable = (r, item) => [r.text, item.headline, r.type, r.mode, r.cameo, r.role, r.cue, ...[...r.who, ...r.whom].flatMap((p) => [p.name, p.code, p.country])].join(" ").toLowerCase();
const flatten = () => { state.rows = state.items.flatMap((i) => i.rows || []); };

async function load() {
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
  $("foot").replaceChildren(el("span", {}, dot([plural(s.committed, "message") + " committed", plural(s.held, "message") + " held (" + (s.held_bytes / 1e6).toFixed(1) + " MB)",
    lost > 0 && plural(lost, "older one") + " forgotten", "refused " + (refused.map(([r, n]) => `${r} ${n}`).join(", ") || 0)])),
    s.held > 0 ? button("Forget all", async () => { await api("/v1/history", { method: "DELETE" }); Object.assign(state, { items: [], rows: [] }); tell(); show(); }) : "");
}

async function recordOf(item) {
  const key = item.article ? item.article.id : "", held = state.records.get("#" + item.seq) || state.records.get(key);
  if (held) return held;
  const record = await (await api("/v1/articles/" + encodeURIComponent(key))).json();
  if (state.records.size > 50) state.records.clear();
  state.records.set(key, record);
  return record;
}

// ---- Filters: one set for all views, and in the address

const CHIPS = ["type", "status", "attitude", "who", "whom", "party", "day", "reason", "place"];
const country = (p) => p.country || (p.code ? p.code.slice(0, 3) : p.name);
function passes(r) {
  const f = filter, has = (list, c) => list.some((p) => country(p) === c || p.code === c || p.name === c);
  return r.confidence >= f.min && (!f.kind || r.k === f.kind) && (!f.q || r.search.includes(f.q)) && (!f.type || r.type === f.type) && (!f.status || r.status === f.status)
    && (!f.attitude || r.attitude === f.attitude) && (!f.who || has(r.who, f.who)) && (!f.whom || has(r.whom, f.whom)) && (!f.party || has(r.who, f.party) || has(r.whom, f.party))
    && (!f.place || (r.place && (r.place.name === f.place || r.place.country === f.place))) && (!f.day || dayOf(r).startsWith(f.day));
}
function set(changes) { Object.assign(filter, changes); state.page = 0; syncFilters(); address(); show(); }
function syncFilters() {
  $("f-kind").value = filter.kind; $("f-min").value = filter.min; $("f-min-out").value = filter.min.toFixed(2);
  if (document.activeElement !== $("f-search")) $("f-search").value = filter.q;
  $("chips").replaceChildren(...CHIPS.filter((c) => filter[c]).map((c) => el("span", { className: "chip" }, `${c}: ${filter[c]}`, button("×", () => set({ [c]: undefined }), { a: { "aria-label": `Remove filter ${c}` } }))));
}
/** Codes of a filter stand in the address; words that were searched for do not. */
function address() {
  const p = new URLSearchParams();
  for (const c of ["kind", ...CHIPS]) if (filter[c]) p.set(c, filter[c]);
  if (filter.min !== 0.35) p.set("min", filter.min);
  const open = state.view === "read" && state.open ? "/" + state.open : "";
  history.replaceState(null, "", "#" + state.view + open + (p.size ? "?" + p : ""));
}
function fromAddress() {
  const [path, query] = location.hash.slice(1).split("?"), [view, open] = path.split("/"), p = new URLSearchParams(query);
  state.view = VIEWS[view] ? view : "read";
  state.open = open ? Number(open) : state.open;
  for (const c of ["kind", ...CHIPS]) filter[c] = p.get(c) || (c === "kind" ? "" : undefined);
  filter.min = p.has("min") ? Number(p.get("min")) || 0 : 0.35;
  syncFilters();
}

// ---- Shared pieces

const sure = (c) => el("span", { className: "conf" }, el("meter", { min: 0, max: 1, value: c, a: { "aria-label": "confidence" } }), c.toFixed(2));
const names = (list) => list.map((p) => (p.code && p.code !== p.name && p.code[0] !== "-" ? `${p.name} (${p.code})` : p.name)).join(", ") || "–";
const quadBadge = (r) => el("span", { className: `badge q${r.quad}`, title: `${QUAD[r.quad][1]}, CAMEO ${r.cameo}` }, `${QUAD[r.quad][0]} ${r.type}${r.mode ? "/" + r.mode : ""}`);
const statusBadge = (s) => button(s, () => set({ status: s }), { className: "badge status " + s, title: "Only these" });
const dayOf = (r) => (r.k === "event" && state.clock !== "published" && r.date) || (r.item.article.published_at || "").slice(0, 10) || (r.item.at ? new Date(r.item.at).toISOString().slice(0, 10) : "");
const clock = (ms) => (ms ? new Date(ms).toISOString().slice(11, 19) : "");
function sides(r) { return r.k === "event" && !r.whom.length && r.who.length > 1 ? [r.who.slice(0, 1), r.who.slice(1)] : [r.who, r.whom]; }

const COLUMNS = {
  time: ["Time", (r) => dim(clock(r.item.at) || (r.item.article.published_at || "").slice(0, 10))],
  who: ["Who", (r) => names(sides(r)[0])],
  what: ["What", (r) => (r.k === "event" ? quadBadge(r) : el("span", {}, "❝ " + (r.cue || "said"), dim(` ${r.kind}`)))],
  whom: ["Whom", (r) => (r.k === "event" ? names(sides(r)[1]) : r.whom.map(country).join(", "))],
  status: ["Status", (r) => (r.k === "event" ? dot([r.status, r.historical && "background"]) : r.attitude)],
  date: ["Day", (r) => (r.k === "event" && r.date) || ""],
  words: ["Words", (r) => button(r.text, () => openAt(r), { className: "plain", title: "Read it where it stands" })],
  conf: ["Sure", (r) => sure(r.confidence)],
};
let columns = ["time", "who", "what", "whom", "status", "words", "conf"];

function table(rows, caption) {
  const all = rows.length, from = Math.min(state.page * PAGE, Math.max(0, all - 1)), cut = rows.slice(from, from + PAGE);
  const go = (d) => { state.page = Math.max(0, state.page + d); show(); };
  const pager = all > PAGE && el("p", TOOLS, button("Newer", () => go(-1), { disabled: from === 0 }), button("Older", () => go(1), { disabled: from + PAGE >= all }),
    dim(`${from + 1}–${from + cut.length} of ${all.toLocaleString("en")}`));
  return el("div", {}, scroll(caption, el("table", { className: "rows" }, el("caption", { className: "unseen" }, caption),
    el("thead", {}, el("tr", {}, ...columns.map((c) => el("th", { scope: "col" }, COLUMNS[c][0])))),
    el("tbody", {}, ...cut.map((r) => el("tr", {}, ...columns.map((c) => el("td", {}, COLUMNS[c][1](r)))))))), pager || "", all ? "" : para("Nothing passes the filters."));
}
function openAt(row) { state.open = row.item.seq; state.finding = row.id; state.record = null; state.view = "read"; address(); show(); }
function save(name, type, text) {
  const a = el("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}
/** A cell that begins like a formula is made text: article text is foreign text. */
const csv = (lines) => lines.map((l) => l.map((x) => '"' + String(x ?? "").replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""') + '"').join(",")).join("\r\n");

// ---- Read

/** Offsets count code points, the DOM counts UTF-16: one pass. */
function units(text) {
  const at = [];
  let i = 0;
  for (const c of text) { at.push(i); i += c.length; }
  at.push(i);
  return at;
}
// Control characters and marks that turn the direction of writing are shown, not obeyed.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

/** Draws a text cut at every border of a span: overlapping spans need no nesting. */
function drawText(box, text, spans) {
  const cuts = [...new Set([0, text.length, ...spans.flatMap((s) => [s.from, s.to])])].sort((a, b) => a - b);
  const at = new Map(cuts.map((c, i) => [c, i])), covers = cuts.map(() => []), nodes = [];
  for (const s of spans) for (let i = at.get(s.from); i < at.get(s.to); i++) covers[i].push(s);
  const put = (parent, from, to) => {
    for (let a = from; a < to; ) {
      const hidden = HIDDEN.exec(text.slice(a, to)), end = hidden ? a + hidden.index : to;
      if (end > a) { const n = document.createTextNode(text.slice(a, end)); parent.append(n); nodes.push([a, end, n]); }
      if (hidden) {
        const m = el("span", { className: "mark" }, "U+" + text.charCodeAt(end).toString(16).toUpperCase().padStart(4, "0"));
        parent.append(m); nodes.push([end, end + 1, m.firstChild]);
      }
      a = hidden ? end + 1 : end;
    }
  };
  const parts = cuts.slice(0, -1).map((from, i) => {
    if (!covers[i].length) { const f = document.createDocumentFragment(); put(f, from, cuts[i + 1]); return f; }
    const classes = new Set(covers[i].flatMap((s) => (s.quad ? [s.kind, "q" + s.quad] : [s.kind])));
    if (covers[i].filter((s) => s.kind === "say").length > 1) classes.add("say2");
    for (const s of covers[i]) if (s.kind === "cue") { if (s.from === from) classes.add("open"); if (s.to === cuts[i + 1]) classes.add("close"); }
    const e = el("span", { className: [...classes].join(" ") });
    e.refs = covers[i];
    put(e, from, cuts[i + 1]);
    return e;
  });
  box.replaceChildren(...parts);
  return (from, to) => { // A range over the words.
    const find = (x) => { let a = 0, b = nodes.length - 1; while (a < b) { const m = (a + b + 1) >> 1; if (nodes[m][0] <= x) a = m; else b = m - 1; } return nodes[a]; };
    const r = new Range(), [a, , na] = find(from), [b, , nb] = find(to - 1);
    r.setStart(na, Math.min(from - a, na.length));
    r.setEnd(nb, nb.parentNode.className === "mark" ? nb.length : Math.min(to - b, nb.length));
    return r;
  };
}

let cards = [], light = () => {}, drawn = 0, reading = false;
function draw(record, box, list) {
  const begun = performance.now(), body = record.text, head = record.article.title, uBody = units(body), uHead = units(head || "");
  const bodySpans = [], headSpans = [], owners = new Map();
  const add = (s, kind, ref, quad) => {
    if (!s) return;
    const u = s.field === "title" ? uHead : uBody;
    if (u[s.end] === undefined || s.end <= s.start) return;
    (s.field === "title" ? headSpans : bodySpans).push({ from: u[s.start], to: u[s.end], kind, ref, quad });
  };
  const q = filter.q, sees = (f) => f.confidence >= filter.min && (!q || JSON.stringify(f).toLowerCase().includes(q));
  const said = filter.kind === "event" ? [] : record.statements.filter((s) => sees(s) && (!filter.attitude || s.attitude === filter.attitude));
  const done = filter.kind === "statement" ? [] : record.events.filter((e) => sees(e) && (!filter.type || e.plover.type === filter.type) && (!filter.status || e.status === filter.status));
  for (const s of said) { s.content.forEach((c) => add(c, "say", s.id)); add(s.source, "src", s.id); add(s.cue, "cue", s.id); s.addressees.forEach((a) => add(a, "addr", s.id)); }
  for (const e of done) { add(e.trigger, "trg", e.id, e.quad_class); [...e.actors, ...e.recipients].forEach((a) => add(a, "act", e.id, e.quad_class)); }
  for (const n of record.entities) for (const m of n.mentions) add(m, "ent", n.id);
  for (const b of record.boilerplate) add(b, "boil", "");
  // Most texts begin with their headline: then it is drawn once, where it stands.
  const line = body.trimStart().split("\n")[0], start = body.length - body.trimStart().length, repeats = head ? line.trim() === head.trim() : line.length < 160;
  if (repeats) bodySpans.push({ from: start, to: start + line.length, kind: "head" });
  const title = el("h2", { className: repeats ? "unseen" : "text", dir: "auto" }), text = el("div", { className: "text", dir: "auto", lang: "en", tabIndex: -1 });
  const range = { title: drawText(title, head || line || "Untitled", head ? headSpans : []), body: drawText(text, body, bodySpans) };
  const a = record.article, safe = /^https?:\/\//i.test(a.url || "");
  box.replaceChildren(title, para(dot([a.publisher, a.published_at, a.id]), safe ? " · " : "", safe ? link(a.url, "source ↗") : ""), text, legend());

  const rangesOf = (spans) => spans.filter(Boolean).map((s) => {
    const u = s.field === "title" ? uHead : uBody;
    if (u[s.end] === undefined || s.end <= s.start || (s.field === "title" && !head)) return null;
    return (s.field === "title" ? range.title : range.body)(u[s.start], u[s.end]);
  }).filter(Boolean);
  light = (spans, card) => {
    cards.forEach((c) => c.element.classList.toggle("on", c.element === card));
    const ranges = rangesOf(spans);
    if (globalThis.Highlight) CSS.highlights.set("hot", new Highlight(...ranges));
    else document.querySelectorAll(".text span").forEach((e) => e.classList.toggle("lit", ranges.some((r) => r.intersectsNode(e))));
  };
  const dark = () => light([], null);
  cards = [];
  const card = (f, spans, label, inner, quad) => {
    const element = el("article", { className: "card" + (f.inside ? " in" : "") + (quad ? " q" + quad : ""), tabIndex: 0, id: "f-" + f.id, a: { "aria-label": label } }, ...inner);
    const on = () => light(spans, element);
    Object.assign(element, { onmouseenter: on, onfocus: on, onmouseleave: dark, onblur: dark });
    element.onkeydown = (e) => { if (e.target === element && e.key === "Enter") drawer(f, record); if (e.target === element && e.key === "c" && !e.ctrlKey && !e.metaKey) cite(f, record); };
    const c = { id: f.id, element, spans };
    owners.set(f.id, c);
    cards.push(c);
    return element;
  };
  const order = (x) => (x.cue || x.trigger || x.content[0]);
  const byPlace = (x, y) => { const a = order(x), b = order(y); return (b.field === "title") - (a.field === "title") || a.start - b.start; };
  const statements = [...said].sort(byPlace).map((s) => statementCard(s, record, card)), events = [...done].sort(byPlace).map((e) => eventCard(e, record, card, owners));
  const hidden = record.statements.length + record.events.length - said.length - done.length;
  list.replaceChildren(el("h3", {}, `Statements ${said.length}`), ...statements, el("h3", {}, `Events ${done.length}`), ...events,
    hidden ? para(plural(hidden, "finding"), " less sure or left out by the filters. ", button("Show all", () => set({ min: 0, kind: "", q: "", type: undefined, status: undefined, attitude: undefined }), PLAIN)) : "",
    el("h3", {}, `Who ${record.entities.length}`), el("div", { className: "who" }, ...record.entities.map((n) => {
      const b = button(dot([n.name || n.mentions[0].text, n.role, n.country]) + ` ×${n.mentions.length}`, () => light(n.mentions, null), { title: n.kind });
      owners.set(n.id, { element: null, spans: n.mentions });
      return Object.assign(b, { onmouseenter: b.onclick, onfocus: b.onclick, onmouseleave: dark, onblur: dark });
    })));
  const over = (e) => {
    const refs = e.target.closest?.(".text span")?.refs;
    if (!refs) return dark();
    // The shortest span is what is meant; a mention lights the person, wherever he or she is spoken of.
    const found = refs.filter((s) => owners.has(s.ref)).sort((x, y) => x.to - x.from - (y.to - y.from) || (y.kind === "ent") - (x.kind === "ent"));
    const finding = found.find((s) => s.kind !== "ent"), person = found[0]?.kind === "ent" ? found[0] : null;
    const owner = owners.get((finding || person)?.ref), spans = [...(person ? owners.get(person.ref).spans : []), ...(finding && !person ? owner.spans : [])];
    light(spans, finding ? owner.element : null);
    if (e.type === "click" && finding && owner.element) owner.element.focus();
  };
  for (const t of [title, text]) Object.assign(t, { onmouseover: over, onclick: over, onmouseleave: dark });
  document.documentElement.dataset.ms = (performance.now() - begun).toFixed(1);
  document.documentElement.dataset.drawn = ++drawn;
}
const link = (href, text) => el("a", { href, rel: "noopener noreferrer nofollow", target: "_blank" }, text);
const legend = () => el("p", { className: "legend" }, ...[["say", "what was said"], ["src", "who said it"], ["cue open close", "said"], ["addr", "to whom"], ["trg q4", "deed"], ["act q4", "its parties"]].map(([c, t]) => el("span", { className: "text" }, el("span", { className: c }, t))));

function speaker(s) { return (s.speaker && s.speaker.name) || (s.source && s.source.text) || "Somebody"; }
function statementCard(s, record, card) {
  const sp = s.speaker || {}, name = speaker(s), known = [sp.role, sp.organization, sp.country].filter((x, i, all) => x && x !== name && all.indexOf(x) === i);
  const words = s.content.map((c) => c.text).join(" … "), to = s.addressees.map((a) => a.text).join(", ");
  const about = record.events.filter((e) => e.statement === s.id).length;
  return card(s, [s.source, s.cue, ...s.content, ...s.addressees], `${name}${known.length ? ", " + known.join(", ") : ""}, ${s.cue ? s.cue.text : "said"}${to ? " " + to : ""}: ${words}`, [
    el("div", { className: "top" }, el("p", {}, el("strong", {}, el("bdi", {}, name)), dim(known.length ? " · " + known.join(" · ") : "")), sure(s.confidence)),
    el("p", {}, el("bdi", {}, words)),
    para(dot([s.cue && s.cue.text, to && "to " + to, s.kind, s.occasion && s.occasion.text, s.when && (s.when.date || s.when.text), s.via && "via " + s.via.text, about && plural(about, "event") + " told in it"])),
    more(s, record, button(s.attitude, () => set({ attitude: s.attitude }), { className: "badge", title: "Only these" })),
  ]);
}
function eventCard(e, record, card, owners) {
  const mutual = !e.recipients.length && e.actors.length > 1, side = (list) => el("strong", {}, el("bdi", {}, names(list)));
  const badge = quadBadge({ quad: e.quad_class, type: e.plover.type, mode: e.plover.mode, cameo: e.cameo });
  const left = mutual ? e.actors.slice(0, 1) : e.actors, right = mutual ? e.actors.slice(1) : e.recipients, arrow = mutual ? " ↔ " : " → ";
  const by = e.statement && record.statements.find((s) => s.id === e.statement);
  const sayer = by && button(`said by ${speaker(by)}`, () => owners.get(by.id)?.element?.focus(), PLAIN);
  return card(e, [e.trigger, ...e.actors, ...e.recipients, ...e.mentions], `${names(left)} ${e.plover.type.toLowerCase()} ${names(right)}, ${e.status}: ${e.sentence.text}`, [
    el("div", { className: "top" }, el("p", {}, side(left), arrow, badge, ...(right.length ? [arrow, side(right)] : [])), sure(e.confidence)),
    para(`“${e.trigger.text}” · CAMEO ${e.cameo}`, ...[e.historical && "background", e.date && (e.date.value || e.date.text), e.location && e.location.name, e.mentions.length && `told ${e.mentions.length + 1} times`].filter(Boolean).map((x) => " · " + x)),
    more(e, record, statusBadge(e.status), sayer),
  ], e.quad_class);
}
function more(f, record, ...first) {
  const href = atTheWords(f, record);
  return el("div", { className: "more" }, ...first.filter(Boolean), button("record", () => drawer(f, record), PLAIN), button("cite", () => cite(f, record), PLAIN), href ? link(href, "source, at the words ↗") : "");
}
/** A text fragment (WICG): the browser scrolls to the words and marks them. */
function atTheWords(f, record) {
  const url = record.article.url;
  if (!/^https?:\/\//i.test(url || "")) return null;
  const words = f.sentence.text.trim().split(/\s+/), part = (w) => encodeURIComponent(w.join(" ")).replaceAll("-", "%2D");
  return url.split("#")[0] + "#:~:text=" + (words.length > 10 ? part(words.slice(0, 5)) + "," + part(words.slice(-5)) : part(words));
}
async function cite(f, record) {
  const a = record.article, text = f.content ? `${speaker(f)}: ${f.content.map((c) => c.text).join(" … ")}` : f.sentence.text;
  await copy(dot([text, a.publisher, a.published_at && a.published_at.slice(0, 10), a.url]));
}
async function copy(text) {
  try { await navigator.clipboard.writeText(text); $("live").textContent = "Copied."; } catch { $("live").textContent = "The browser does not let this page copy."; }
}
function annotation(f, record) {
  const s = f.trigger || f.content[0], before = units(record.text);
  return { "@context": "http://www.w3.org/ns/anno.jsonld", type: "Annotation", id: "urn:uuid:" + f.id, motivation: "classifying",
    body: { type: "TextualBody", value: f.plover ? `${f.plover.type} ${f.cameo} ${f.status}` : `${speaker(f)} (${f.attitude})` },
    target: { source: record.article.url || "urn:" + record.article.id, selector: [{ type: "TextQuoteSelector", exact: s.text, ...(s.field ? {} : { prefix: record.text.slice(before[Math.max(0, s.start - 30)], before[s.start]), suffix: record.text.slice(before[s.end], before[Math.min(before.length - 1, s.end + 30)]) }) }, { type: "TextPositionSelector", start: s.start, end: s.end }] } };
}
function drawer(f, record) {
  const json = JSON.stringify(f, null, 2), back = document.activeElement;
  $("drawer").replaceChildren(el("div", TOOLS, el("h2", { id: "drawer-title" }, f.plover ? "Event record" : "Statement record"), button("Copy JSON", () => copy(json)), button("Copy Web Annotation", () => copy(JSON.stringify(annotation(f, record), null, 2))),
    button("Close", () => $("drawer").close())), para(`Found by ${Object.entries(f.model || {}).map(([k, v]) => `${k} ${typeof v === "object" ? JSON.stringify(v) : v}`).join(", ")}`), el("pre", { tabIndex: 0, a: { "aria-label": "Record as JSON" } }, json));
  $("drawer").onclose = () => { reading = false; back?.focus?.(); };
  reading = true;
  $("drawer").showModal();
}

async function analyze(body, type) {
  state.problem = null;
  try {
    state.record = await (await api("/v1/analyze", { method: "POST", body, headers: { "Content-Type": type } })).json();
    state.open = null;
  } catch (error) { state.problem = error.problem || { title: "No answer", detail: error.message, reason: "" }; }
  address();
  show();
}
const typeOf = (name, text) => (/\.html?$/i.test(name) ? "text/html" : /\.json$/i.test(name) || /^\s*\{/.test(text) ? "application/json" : /^\s*</.test(text) ? "text/html" : "text/plain");

VIEW.read = async function (main) {
  const box = section("Article"), list = el("section", { className: "findings", tabIndex: 0, a: { "aria-label": "Findings" } });
  const held = state.items.filter((i) => i.article).slice(0, 200);
  const choice = el("select", { a: { "aria-label": "Article" } }, el("option", { value: "" }, held.length || state.samples.length ? "Choose an article…" : "Nothing here yet"),
    state.samples.length ? el("optgroup", { label: "Samples" }, ...state.samples.map((s, i) => el("option", { value: "s" + i, selected: !state.open && state.sample === i }, s.name))) : "",
    held.length ? el("optgroup", { label: inlined ? "Articles" : "Newest articles" }, ...held.map((i) => el("option", { value: "i" + i.seq, selected: i.seq === state.open }, i.headline.slice(0, 90)))) : "");
  choice.onchange = () => {
    const n = Number(choice.value.slice(1));
    state.sample = choice.value.startsWith("s") ? n : null;
    if (choice.value.startsWith("s")) analyze(state.samples[n].text, state.samples[n].type);
    else { Object.assign(state, { open: n, record: null, problem: null }); address(); show(); }
  };
  const area = el("textarea", { id: "paste", placeholder: "Paste an article: plain text, HTML, JSON or ninjs" });
  const paste = el("details", { className: "paste", open: !held.length && !state.record }, el("summary", {}, "Paste an article"), el("label", { className: "unseen", htmlFor: "paste" }, "Article"), area, button("Analyze", () => { state.sample = null; analyze(area.value, typeOf("", area.value)); }, { id: "analyze" }));
  const p = state.problem;
  main.replaceChildren(el("div", { className: "pick" }, choice, dim("j, k: next, previous · Enter: record · c: cite" + (inlined ? "" : " · or drop a file here"))), inlined ? "" : paste,
    p ? el("div", { className: "problem", role: "alert" }, el("strong", {}, p.title), el("p", {}, `${p.reason}: ${p.detail}`)) : "", el("div", { className: "read" }, box, list));
  if (!state.record && !state.open && held.length) state.open = held[0].seq;
  const item = !state.record && state.items.find((i) => i.seq === state.open);
  if (item) { try { state.record = await recordOf(item); } catch (error) { box.replaceChildren(el("p", { className: "problem" }, error.message)); } }
  if (!state.record) { if (!item) box.replaceChildren(para("Choose a sample, paste an article, or drop a file: who said what to whom, and who did what to whom, is drawn into its text.")); return; }
  const record = state.record;
  if (inlined || item) state.record = null;
  draw(record, box, list);
  state.at = -1;
  if (state.finding) { const f = $("f-" + state.finding); state.finding = null; f?.focus(); }
};

// ---- Flow

VIEW.flow = function (main) {
  const rows = state.rows.filter(passes), now = Date.now(), refused = state.items.filter((i) => i.refused).length;
  const perMinute = new Array(60).fill(0);
  for (const i of state.items) { const m = Math.floor((now - i.at) / 60000); if (m >= 0 && m < 60) perMinute[59 - m]++; }
  const top = Math.max(1, ...perMinute), spark = svg("svg", { viewBox: "0 0 240 36", width: 240, height: 36, role: "img", "aria-label": `Messages a minute over an hour, at most ${top}` }, ...perMinute.map((n, i) => svg("rect", { class: "bar1", x: i * 4, width: 3, y: 35 - (n / top) * 34, height: (n / top) * 34 + 1 })));
  const tile = (n, what) => el("div", { className: "tile" }, el("b", {}, n.toLocaleString("en")), what);
  const picks = el("details", {}, el("summary", {}, "Columns"), ...Object.entries(COLUMNS).map(([c, [name]]) => el("label", {}, el("input", { type: "checkbox", checked: columns.includes(c), onchange: (e) => { columns = Object.keys(COLUMNS).filter((x) => (x === c ? e.target.checked : columns.includes(x))); show(); } }), " " + name + " ")));
  const stop = button(state.paused ? "Go on" : "Pause", () => { state.paused = !state.paused; show(); }, { a: { "aria-pressed": String(state.paused) } });
  const tops = (title, values, key) => { const n = new Map(); for (const v of values) if (v) n.set(v, (n.get(v) || 0) + 1); return el("div", {}, el("h3", {}, title), ...[...n].sort((a, b) => b[1] - a[1]).slice(0, 6).map(([v, c]) => el("p", {}, button(v, () => set({ [key]: v }), PLAIN), dim(" " + c)))); };
  main.replaceChildren(el("div", TILES, tile(state.items.length - refused, "articles"), tile(state.rows.filter((r) => r.k === "statement").length, "statements"), tile(state.rows.filter((r) => r.k === "event").length, "events"), tile(refused, "refused"),
    inlined ? "" : el("div", { className: "tile" }, spark, dim("messages a minute, one hour"))),
    el("div", TOOLS, inlined ? "" : stop, el("span", { id: "paused", className: "dim" }), picks), el("h2", {}, "Newest findings"), table(rows, "Newest findings"),
    el("div", TILES, tops("Types", rows.map((r) => r.type), "type"), tops("Countries", rows.flatMap((r) => [...r.who, ...r.whom].map((p) => p.country)), "party"), tops("Status", rows.map((r) => r.status), "status"), tops("Attitude", rows.map((r) => r.attitude), "attitude")));
};

// ---- Dyads

const dyads = { of: "deeds", by: "countries", sort: "volume" };
VIEW.dyads = function (main) {
  const kind = dyads.of === "deeds" ? "event" : "statement", key = (p) => (dyads.by === "countries" ? p.country : p.name);
  const rows = state.rows.filter((r) => r.k === kind && passes(r)), cells = new Map(), volume = new Map();
  for (const r of rows) {
    const [left, right] = sides(r);
    for (const a of new Set(left.map(key))) for (const b of new Set(right.map(key))) {
      if (!a || !b || a === b) continue;
      const k = a + "\u0000" + b, c = cells.get(k) || { a, b, n: 0, sum: 0, rows: [] };
      c.n++; c.sum += r.goldstein || 0; c.rows.push(r); cells.set(k, c);
      for (const x of [a, b]) volume.set(x, (volume.get(x) || 0) + 1);
    }
  }
  let who = [...volume.keys()].sort((x, y) => volume.get(y) - volume.get(x)).slice(0, 16);
  if (dyads.sort === "name") who.sort();
  if (dyads.sort === "cluster") { // Each next one is who deals most with those before.
    const tie = (x, y) => (cells.get(x + "\u0000" + y)?.n || 0) + (cells.get(y + "\u0000" + x)?.n || 0), rest = new Set(who.slice(1)), out = who.slice(0, 1);
    while (rest.size) { const next = [...rest].sort((x, y) => tie(y, out.at(-1)) - tie(x, out.at(-1)) || out.reduce((s, o) => s + tie(y, o) - tie(x, o), 0))[0]; out.push(next); rest.delete(next); }
    who = out;
  }
  const most = Math.max(1, ...[...cells.values()].map((c) => c.n));
  const cell = (a, b) => {
    const c = cells.get(a + "\u0000" + b);
    if (!c) return el("td", {});
    const mean = c.sum / c.n, tone = kind === "statement" ? "" : mean < 0 ? "−" : "+";
    return el("td", { className: kind === "statement" ? "q1" : mean < 0 ? "q4" : "q2" }, button(c.n + tone, () => set({ who: a, whom: b }), { v: { "--w": String(10 + (32 * c.n) / most) }, a: { "aria-label": `${a} to ${b}: ${plural(c.n, "finding")}${tone && ", mean Goldstein value " + mean.toFixed(1)}` } }));
  };
  const sum = (n) => el("td", { className: "num dim" }, String(n || ""));
  const total = (f) => [...cells.values()].filter(f).reduce((s, c) => s + c.n, 0);
  const choose = (name, options) => el("label", {}, dim(name + " "), el("select", { onchange: (e) => { dyads[name] = e.target.value; show(); } }, ...options.map((o) => el("option", { selected: dyads[name] === o }, o))));
  const picked = filter.who && filter.whom ? rows : [];
  main.replaceChildren(el("h2", {}, dyads.of === "deeds" ? "Who did something to whom" : "Who speaks of whom"), para(dyads.of === "deeds" ? "A cell counts events; its colour and sign are the balance of cooperation (+) and conflict (−)." : "A cell counts statements of somebody from one country that speak of another."),
    el("div", TOOLS, choose("of", ["deeds", "speech"]), choose("by", ["countries", "actors"]), choose("sort", ["volume", "name", "cluster"])),
    who.length ? scroll("Matrix", el("table", { className: "matrix" }, el("caption", { className: "unseen" }, "Rows: who. Columns: whom."), el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "who ↓ whom →"), ...who.map((w) => el("th", { scope: "col" }, w)), el("th", { scope: "col" }, "Σ"))),
      el("tbody", {}, ...who.map((a) => el("tr", {}, el("th", { scope: "row" }, a), ...who.map((b) => cell(a, b)), sum(total((c) => c.a === a)))), el("tr", {}, el("th", { scope: "row" }, "Σ"), ...who.map((b) => sum(total((c) => c.b === b))), sum(total(() => true)))))) : para("No pair of them passes the filters."),
    picked.length ? el("h3", {}, `${filter.who} → ${filter.whom}`) : "", picked.length ? bars(picked, "day") : "", picked.length ? table(picked, `${filter.who} to ${filter.whom}`) : "");
};

// ---- Time

const unit = (day, by) => { if (by !== "week") return day.slice(0, by === "month" ? 7 : 10); const d = new Date(day.slice(0, 10).padEnd(10, "-01")); if (Number.isNaN(+d)) return day; d.setUTCDate(d.getUTCDate() - ((d.getUTCDay() + 6) % 7)); return d.toISOString().slice(0, 10); };
/** Stacked bars, at most 400, with a table beneath. */
function bars(rows, by, refused = []) {
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
    const hit = svg("rect", { class: "hit" + (filter.day === b.k ? " on" : ""), x: i * w, y: 0, width: w, height: h + 18, tabindex: 0, role: "button", "aria-label": `${b.k}: ${total(b)}` });
    const choose = () => set({ day: filter.day === b.k ? undefined : b.k });
    hit.onclick = choose;
    hit.onkeydown = (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); choose(); } };
    hit.append(svg("title", {}, `${b.k}: ${total(b)}`));
    s.append(hit);
  });
  const head = ["", "speech", ...[1, 2, 3, 4].map((q) => QUAD[q].join(" ")), "refused"];
  return el("div", {}, scroll("Chart", s), el("p", { className: "legend" }, ...[0, 1, 2, 3, 4].map((q) => el("span", {}, svg("svg", { width: 12, height: 12, "aria-hidden": "true" }, svg("rect", { class: "bar" + q, width: 12, height: 12 })), " " + head[q + 1]))),
    el("details", {}, el("summary", {}, "As a table"), scroll("Table", el("table", {}, el("thead", {}, el("tr", {}, ...head.map((t) => el("th", { scope: "col" }, t)))), el("tbody", {}, ...all.map((b) => el("tr", {}, el("th", { scope: "row" }, b.k), ...[b[0], b[1], b[2], b[3], b[4], b.refused].map((n) => el("td", { className: "num" }, String(n))))))))));
}
VIEW.time = function (main) {
  const day = filter.day;
  filter.day = undefined;
  const rows = state.rows.filter(passes);
  filter.day = day;
  const pick = (name, key, options) => el("label", {}, dim(name + " "), el("select", { onchange: (e) => { state[key] = e.target.value; show(); } }, ...options.map(([v, t]) => el("option", { value: v, selected: state[key] === v }, t))));
  main.replaceChildren(el("h2", {}, "When"), el("div", TOOLS, pick("Day of", "clock", [["event", "the event"], ["published", "publication"]]), pick("By", "unit", [["day", "day"], ["week", "week"], ["month", "month"]]), dim("A bar opens its findings; the thin band below is what was refused.")),
    bars(rows, state.unit || "day", state.items.filter((i) => i.refused)), el("h3", {}, day ? `Findings of ${day}` : "Findings"), table(state.rows.filter(passes), "Findings"));
};

// ---- Map

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
  const list = (title, all, go) => el("div", {}, el("h3", {}, title), all.length ? el("ul", {}, ...all.slice(0, 30).map(([k, n]) => el("li", {}, button(k, () => go(k), PLAIN), dim(" " + n)))) : para("none"));
  const sorted = (m, f) => [...m].map(([k, v]) => [k, f(v)]).sort((a, b) => b[1] - a[1]);
  main.replaceChildren(el("h2", {}, "Where"), para("Countries by who takes part; circles where events took place. Outlines: Natural Earth. Small states are in the list only."), s,
    el("div", TILES, list("Countries", sorted(count, (n) => n), (k) => set({ party: k })), list("Places", sorted(places, (p) => p.n), (k) => set({ place: k })), list("Places without coordinates", sorted(nowhere, (p) => p.n), (k) => set({ place: k }))),
    filter.party || filter.place ? table(rows, "Findings") : "");
};
function act(e, label, go) {
  e.setAttribute("tabindex", 0); e.setAttribute("role", "button"); e.setAttribute("aria-label", label);
  e.onclick = go;
  e.onkeydown = (k) => { if (k.key === "Enter" || k.key === " ") { k.preventDefault(); go(); } };
}

// ---- People

VIEW.people = function (main) {
  const people = new Map(), rows = state.rows.filter((r) => r.k === "statement" && passes({ ...r, who: r.who }));
  for (const r of rows) for (const p of r.who) {
    const v = people.get(p.name) || { name: p.name, country: p.country, role: null, rows: [] };
    v.country ||= p.country; v.role ||= r.role; v.rows.push(r); people.set(p.name, v);
  }
  const all = [...people.values()].sort((a, b) => b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1)), one = people.get(state.person) || all[0];
  const list = el("ul", PLAIN, ...all.slice(0, 200).map((p) => el("li", {}, button(p.name, () => { state.person = p.name; show(); }, { className: "plain", a: { "aria-current": p === one ? "true" : null } }), dim(` ${dot([p.role, p.country])} · ${p.rows.length}`))));
  const detail = section("Statements of one speaker");
  if (one) {
    const said = [...one.rows].sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : 1)), last = one.name.split(" ").at(-1).toLowerCase();
    const told = state.rows.filter((r) => r.k === "statement" && passes(r) && r.text.toLowerCase().includes(last) && !r.who.some((p) => p.name === one.name));
    const lines = () => [["day", "speaker", "role", "country", "cue", "words", "confidence", "article"], ...said.map((r) => [dayOf(r), one.name, r.role, one.country, r.cue, r.text, r.confidence, r.item.article.url || r.item.article.id])];
    detail.append(el("h2", {}, el("bdi", {}, one.name)), para(dot([one.role, one.country, plural(said.length, "statement")])), el("div", TOOLS, button("Save CSV", () => save("statements.csv", "text/csv", csv(lines()))), button("Save JSON", () => save("statements.json", "application/json", JSON.stringify(said.map(({ item, search, ...r }) => ({ ...r, article: item.article })), null, 1)))),
      table(said, "Statements in order of time"), told.length ? el("h3", {}, "What others say of them") : "", told.length ? table(told, "What others say of them") : "");
  }
  main.replaceChildren(el("div", { className: "split" }, section("Speakers", el("h2", {}, "Who speaks"), all.length ? list : para("No statement passes the filters.")), detail));
};

// ---- Refused

VIEW.refused = function (main) {
  const all = state.items.filter((i) => i.refused), n = new Map();
  for (const i of all) n.set(i.refused.reason, (n.get(i.refused.reason) || 0) + 1);
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (h) => parseInt(h, 16));
  const shown = all.filter((i) => !filter.reason || i.refused.reason === filter.reason);
  main.replaceChildren(el("h2", {}, "What was refused"), el("div", TILES, ...[...n].map(([r, c]) => button(`${r} ${c}`, () => set({ reason: r })))), shown.length ? "" : para("Nothing was."),
    ...shown.slice(0, PAGE).map((i) => { const f = i.refused, replay = `demarche replay --reason ${f.reason}`; return el("details", { className: "card" }, el("summary", {}, el("strong", {}, f.reason), ` ${f.detail} `, dim(dot([i.topic && `${i.topic}[${i.partition}]@${i.offset}`, plural(f.n_bytes, "byte"), clock(i.at)]))),
      para(f.headers.map(([k, v]) => `${k}: ${v}`).join(" · ")), el("h3", {}, "Text"), el("pre", { tabIndex: 0 }, new TextDecoder().decode(bytes(f.hex))), el("h3", {}, "First bytes"), el("pre", { tabIndex: 0 }, (f.hex.match(/.{1,64}/g) || []).map((l) => l.match(/../g).join(" ")).join("\n")), inlined ? "" : button("Copy replay command", () => copy(replay))); }));
};

// ---- The frame

let drawing = 0;
async function show(quiet) {
  const turn = ++drawing, main = $("view");
  $("views").replaceChildren(...Object.entries(VIEWS).map(([v, name]) => el("a", { href: "#" + v, a: { "aria-current": v === state.view ? "page" : null } }, name)));
  document.title = `Demarche: ${VIEWS[state.view]}`;
  if (!quiet) CSS.highlights?.clear();
  const y = scrollY;
  await VIEW[state.view](main);
  if (quiet && turn === drawing) scrollTo(0, y);
}
function start() {
  const look = document.documentElement.dataset;
  $("theme").onclick = () => { look.theme = (look.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark" ? "light" : "dark"; };
  $("filters").onsubmit = (e) => e.preventDefault();
  let typing;
  $("f-search").oninput = (e) => { clearTimeout(typing); typing = setTimeout(() => set({ q: e.target.value.trim().toLowerCase() }), 150); };
  $("f-kind").onchange = (e) => set({ kind: e.target.value });
  $("f-min").oninput = (e) => set({ min: Number(e.target.value) });
  $("reset").onclick = () => { $("f-search").value = ""; set({ q: "", kind: "", min: 0.35, ...Object.fromEntries(CHIPS.map((c) => [c, undefined])) }); };
  addEventListener("hashchange", () => { fromAddress(); state.page = 0; show(); });
  addEventListener("scroll", () => { if (state.view === "flow" && scrollY > 300 && !state.paused && !inlined) { state.paused = true; $("paused")?.replaceChildren("paused while you read"); } }, { passive: true });
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || reading || state.view !== "read") return;
    if (e.key === "j" || e.key === "k") { const at = cards.findIndex((c) => c.element === document.activeElement); cards[Math.max(0, Math.min(cards.length - 1, (at < 0 ? -1 : at) + (e.key === "j" ? 1 : -1)))]?.element.focus(); }
    if (e.key === "Escape") { document.activeElement.blur?.(); light([], null); }
  });
  if (!inlined) {
    addEventListener("dragover", (e) => { e.preventDefault(); document.body.classList.add("drop"); });
    addEventListener("dragleave", () => document.body.classList.remove("drop"));
    addEventListener("drop", async (e) => { e.preventDefault(); document.body.classList.remove("drop"); const f = e.dataTransfer.files[0]; if (f) { state.view = "read"; const text = await f.text(); analyze(f, typeOf(f.name, text)); } });
  }
  fromAddress();
  show().then(load).then(() => show(), (error) => $("view").replaceChildren(el("p", { className: "problem" }, error.message)));
}
start();
