// Read: an article with its findings drawn into it, and a card for each beside it.

import { el, $, button, dim, para, dot, plural, PLAIN, link, copy, section, h3, isWeb } from "./dom.js";
import { set, state, VIEW, CLEAR, inlined, filter, address, api, recordOf } from "./state.js";
import { sure, names, quadBadge, statusBadge, table } from "./views.js";
import { show } from "./page.js";

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
        const m = el("span.mark", "U+" + text.charCodeAt(end).toString(16).toUpperCase().padStart(4, "0"));
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

const legend = () => el("p.legend", ...[["say", "what was said"], ["src", "who said it"], ["cue open close", "said"], ["addr", "to whom"], ["trg q4", "deed"], ["act q4", "its parties"]].map(([c, t]) => el("span.text", el("span", { className: c }, t))));

function speaker(s) { return s.speaker?.name || s.source?.text || "Somebody"; }
function statementCard(s, record, card) {
  const sp = s.speaker || {}, name = speaker(s), known = [sp.role, sp.organization, sp.country].filter((x, i, all) => x && x !== name && all.indexOf(x) === i);
  const words = s.content.map((c) => c.text).join(" … "), to = s.addressees.map((a) => a.text).join(", ");
  const about = record.events.filter((e) => e.statement === s.id).length, cue = s.cue?.text;
  return card(s, [s.source, s.cue, ...s.content, ...s.addressees], `${name}${known.length ? ", " + known.join(", ") : ""}, ${cue || "said"}${to ? " " + to : ""}: ${words}`, [
    el("div.top", el("p", el("strong", el("bdi", name)), dim(known.length ? " · " + known.join(" · ") : "")), sure(s.confidence)),
    el("p", el("bdi", words)),
    para(dot([cue, to && "to " + to, s.kind, s.occasion?.text, s.when?.date || s.when?.text, s.via && "via " + s.via.text, about && plural(about, "event") + " told in it"])),
    more(s, record, button(s.attitude, () => set({ attitude: s.attitude }), { className: "badge", title: "Only these" })),
  ]);
}
function eventCard(e, record, card, owners) {
  const mutual = !e.recipients.length && e.actors.length > 1, side = (list) => el("strong", el("bdi", names(list)));
  const badge = quadBadge({ quad: e.quad_class, type: e.plover.type, mode: e.plover.mode, cameo: e.cameo });
  const left = mutual ? e.actors.slice(0, 1) : e.actors, right = mutual ? e.actors.slice(1) : e.recipients, arrow = mutual ? " ↔ " : " → ";
  const by = e.statement && record.statements.find((s) => s.id === e.statement);
  const sayer = by && button(`said by ${speaker(by)}`, () => owners.get(by.id)?.element?.focus(), PLAIN);
  return card(e, [e.trigger, ...e.actors, ...e.recipients, ...e.mentions], `${names(left)} ${e.plover.type.toLowerCase()} ${names(right)}, ${e.status}: ${e.sentence.text}`, [
    el("div.top", el("p", side(left), arrow, badge, ...(right.length ? [arrow, side(right)] : [])), sure(e.confidence)),
    para(`“${e.trigger.text}” · CAMEO ${e.cameo}`, ...[e.historical && "background", e.date?.value || e.date?.text, e.location?.name, e.mentions.length && `told ${e.mentions.length + 1} times`].filter(Boolean).map((x) => " · " + x)),
    more(e, record, statusBadge(e.status), sayer),
  ], e.quad_class);
}
function more(f, record, ...first) {
  const href = atTheWords(f, record);
  return el("div.more", ...first.filter(Boolean), button("record", () => drawer(f, record), PLAIN), button("cite", () => cite(f, record), PLAIN), href ? link(href, "source, at the words ↗") : "");
}
/** A text fragment (WICG): the browser scrolls to the words and marks them. */
function atTheWords(f, record) {
  const url = record.article.url;
  if (!isWeb(url)) return null;
  const words = f.sentence.text.trim().split(/\s+/), part = (w) => encodeURIComponent(w.join(" ")).replaceAll("-", "%2D");
  return url.split("#")[0] + "#:~:text=" + (words.length > 10 ? part(words.slice(0, 5)) + "," + part(words.slice(-5)) : part(words));
}
async function cite(f, record) {
  const a = record.article, text = f.content ? `${speaker(f)}: ${f.content.map((c) => c.text).join(" … ")}` : f.sentence.text;
  await copy(dot([text, a.publisher, a.published_at?.slice(0, 10), a.url]));
}
function annotation(f, record) {
  const s = f.trigger || f.content[0], before = units(record.text);
  return { "@context": "http://www.w3.org/ns/anno.jsonld", type: "Annotation", id: "urn:uuid:" + f.id, motivation: "classifying",
    body: { type: "TextualBody", value: f.plover ? `${f.plover.type} ${f.cameo} ${f.status}` : `${speaker(f)} (${f.attitude})` },
    target: { source: record.article.url || "urn:" + record.article.id, selector: [{ type: "TextQuoteSelector", exact: s.text, ...(s.field ? {} : { prefix: record.text.slice(before[Math.max(0, s.start - 30)], before[s.start]), suffix: record.text.slice(before[s.end], before[Math.min(before.length - 1, s.end + 30)]) }) }, { type: "TextPositionSelector", start: s.start, end: s.end }] } };
}
function drawer(f, record) {
  const json = JSON.stringify(f, null, 2), back = document.activeElement;
  $("drawer").replaceChildren(el("div.tools", el("h2", { id: "drawer-title" }, f.plover ? "Event record" : "Statement record"), button("Copy JSON", () => copy(json)), button("Copy Web Annotation", () => copy(JSON.stringify(annotation(f, record), null, 2))),
    button("Close", () => $("drawer").close())), para(`Found by ${Object.entries(f.model || {}).map(([k, v]) => `${k} ${typeof v === "object" ? JSON.stringify(v) : v}`).join(", ")}`), el("pre", { tabIndex: 0, label: "Record as JSON" }, json));
  $("drawer").onclose = () => { state.reading = false; back?.focus?.(); };
  state.reading = true;
  $("drawer").showModal();
}

let cards = [], light = () => {};
let drawn = 0;
function draw(record, box, list) {
  const begun = performance.now(), body = record.text, head = record.article.title, uBody = units(body), uHead = units(head || "");
  const bodySpans = [], headSpans = [], owners = new Map();
  /** Where a span stands as the DOM counts, if it does. */
  const place = (s) => {
    const inTitle = s?.field === "title", u = inTitle ? uHead : uBody;
    return s && u[s.end] !== undefined && s.end > s.start && { inTitle, from: u[s.start], to: u[s.end] };
  };
  const add = (s, kind, ref, quad) => {
    const p = place(s);
    if (p) (p.inTitle ? headSpans : bodySpans).push({ ...p, kind, ref, quad });
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
  const title = el("h2", { className: repeats ? "unseen" : "text", dir: "auto" }), text = el("div.text", { dir: "auto", lang: "en", tabIndex: -1 });
  const range = { title: drawText(title, head || line || "Untitled", head ? headSpans : []), body: drawText(text, body, bodySpans) };
  const a = record.article, web = isWeb(a.url);
  box.replaceChildren(title, para(dot([a.publisher, a.published_at, a.id]), web ? " · " : "", web ? link(a.url, "source ↗") : ""), text, legend());

  const rangesOf = (spans) => spans.map(place).filter(Boolean).map((p) => (p.inTitle ? range.title : range.body)(p.from, p.to));
  light = (spans, card) => {
    cards.forEach((c) => c.element.classList.toggle("on", c.element === card));
    const ranges = rangesOf(spans);
    if (globalThis.Highlight) CSS.highlights.set("hot", new Highlight(...ranges));
    else document.querySelectorAll(".text span").forEach((e) => e.classList.toggle("lit", ranges.some((r) => r.intersectsNode(e))));
  };
  const dark = () => light([], null);
  cards = [];
  const card = (f, spans, label, inner, quad) => {
    const element = el("article", { className: "card" + (f.inside ? " in" : "") + (quad ? " q" + quad : ""), tabIndex: 0, id: "f-" + f.id, label }, ...inner);
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
  list.replaceChildren(h3(`Statements ${said.length}`), ...statements, h3(`Events ${done.length}`), ...events,
    hidden ? para(plural(hidden, "finding"), " less sure or left out by the filters. ", button("Show all", () => set({ ...CLEAR, min: 0 }), PLAIN)) : "",
    h3(`Who ${record.entities.length}`), el("div.who", ...record.entities.map((n) => {
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
export async function analyze(body, type) {
  state.problem = null;
  try {
    state.record = await (await api("/v1/analyze", { method: "POST", body, headers: { "Content-Type": type } })).json();
    state.open = null;
  } catch (error) { state.problem = error.problem || { title: "No answer", detail: error.message, reason: "" }; }
  address();
  show();
}
/** j and k go to the next and the previous finding, Escape to none. */
export function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || state.reading || state.view !== "read") return;
  const step = { j: 1, k: -1 }[e.key], at = cards.findIndex((c) => c.element === document.activeElement);
  if (step) cards[Math.max(0, Math.min(cards.length - 1, at + step))]?.element.focus();
  if (e.key === "Escape") { document.activeElement.blur?.(); light([], null); }
}
export const typeOf = (name, text) => (/\.html?$/i.test(name) ? "text/html" : /\.json$/i.test(name) || /^\s*\{/.test(text) ? "application/json" : /^\s*</.test(text) ? "text/html" : "text/plain");

VIEW.read = async function (main) {
  const box = section("Article"), list = el("section.findings", { tabIndex: 0, label: "Findings" });
  const held = state.items.filter((i) => i.article).slice(0, 200);
  const choice = el("select", { label: "Article" }, el("option", { value: "" }, held.length || state.samples.length ? "Choose an article…" : "Nothing here yet"),
    state.samples.length ? el("optgroup", { label: "Samples" }, ...state.samples.map((s, i) => el("option", { value: "s" + i, selected: !state.open && state.sample === i }, s.name))) : "",
    held.length ? el("optgroup", { label: inlined ? "Articles" : "Newest articles" }, ...held.map((i) => el("option", { value: "i" + i.seq, selected: i.seq === state.open }, i.headline.slice(0, 90)))) : "");
  choice.onchange = () => {
    const n = Number(choice.value.slice(1)), isSample = choice.value.startsWith("s");
    state.sample = isSample ? n : null;
    if (isSample) analyze(state.samples[n].text, state.samples[n].type);
    else { Object.assign(state, { open: n, record: null, problem: null }); address(); show(); }
  };
  const area = el("textarea", { id: "paste", placeholder: "Paste an article: plain text, HTML, JSON or ninjs" });
  const paste = el("details.paste", { open: !held.length && !state.record }, el("summary", "Paste an article"), el("label.unseen", { htmlFor: "paste" }, "Article"), area, button("Analyze", () => { state.sample = null; analyze(area.value, typeOf("", area.value)); }, { id: "analyze" }));
  const p = state.problem;
  main.replaceChildren(el("div.pick", choice, dim("j, k: next, previous · Enter: record · c: cite" + (inlined ? "" : " · or drop a file here"))), inlined ? "" : paste,
    p ? el("div.problem", { role: "alert" }, el("strong", p.title), el("p", `${p.reason}: ${p.detail}`)) : "", el("div.read", box, list));
  if (!state.record && !state.open && held.length) state.open = held[0].seq;
  const item = !state.record && state.items.find((i) => i.seq === state.open);
  if (item) { try { state.record = await recordOf(item); } catch (error) { box.replaceChildren(el("p.problem", error.message), table(item.rows, "Findings of this article")); } }
  if (!state.record) { if (!item) box.replaceChildren(para("Choose a sample, paste an article, or drop a file: who said what to whom, and who did what to whom, is drawn into its text.")); return; }
  const record = state.record;
  if (inlined || item) state.record = null;
  draw(record, box, list);
  if (state.finding) { const f = $("f-" + state.finding); state.finding = null; f?.focus(); }
};
