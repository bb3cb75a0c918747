// Read: an article with its findings drawn into it, and a card for each beside it.

import { el, $, button, dim, para, dot, plural, PLAIN, link, copy, section, h3, isWeb } from "./dom.js";
import { set, state, VIEW, CLEAR, inlined, filter, address, api, recordOf, pathOf, take } from "./state.js";
import { sure, names, beyond, office, quadBadge, statusBadge, sides, table, openAt } from "./views.js";
import { show, look } from "./page.js";

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
    const find = (x) => nodes.findLast(([at]) => at <= x), r = new Range(), [a, , na] = find(from), [b, , nb] = find(to - 1);
    r.setStart(na, Math.min(from - a, na.length));
    r.setEnd(nb, nb.parentNode.className === "mark" ? nb.length : Math.min(to - b, nb.length));
    return r;
  };
}

const LEGEND = { say: "what was said", src: "who said it", "cue open close": "said", addr: "to whom", "trg q4": "deed", "act q4": "its parties" };

const speaker = (s) => s.speaker?.name || s.source?.text || "Somebody";
function statementCard(s, record, card) {
  const sp = s.speaker || {}, name = speaker(s), known = beyond(name, office(sp.role, name, s.source?.text), sp.organization, sp.country);
  const words = wordsOf(s), to = s.addressees.map((a) => a.text).join(", ");
  const about = record.events.filter((e) => e.statement === s.id).length, cue = s.cue?.text;
  return card(s, [s.source, s.cue, ...s.content, ...s.addressees], `${[name, ...known].join(", ")}, ${cue || "said"} ${to}: ${words}`, [
    el("div.top", el("p", el("strong", el("bdi", name)), dim(...known.map((x) => " · " + x))), sure(s.confidence)),
    el("p", el("bdi", words)),
    para(dot([cue, to && "to " + to, s.kind, s.occasion?.text, s.when?.date || s.when?.text, s.via && "via " + s.via.text, about && plural(about, "event") + " told in it"])),
    more(s, record, button(s.attitude, () => set({ attitude: s.attitude }), { className: "badge", title: "Only these" })),
  ]);
}
function eventCard(e, record, card) {
  const [left, right] = sides({ k: "event", who: e.actors, whom: e.recipients }), arrow = right.length > e.recipients.length ? " ↔ " : " → ";
  const side = (list) => el("strong", el("bdi", names(list))), by = record.statements.find((s) => s.id === e.statement);
  return card(e, [e.trigger, ...e.actors, ...e.recipients, ...e.mentions], `${names(left)} ${e.plover.type.toLowerCase()} ${names(right)}, ${e.status}: ${e.sentence.text}`, [
    el("div.top", el("p", side(left), arrow, quadBadge({ ...e.plover, quad: e.quad_class, cameo: e.cameo }), ...(right.length ? [arrow, side(right)] : [])), sure(e.confidence)),
    para(dot([`“${e.trigger.text}”`, "CAMEO " + e.cameo, e.historical && "background", e.date?.value || e.date?.text, e.location?.name, e.mentions.length && `told ${e.mentions.length + 1} times`])),
    more(e, record, statusBadge(e.status), by && button("said by " + speaker(by), () => $("f-" + by.id)?.focus(), PLAIN)),
  ], e.quad_class);
}
function more(f, record, ...first) {
  const href = atTheWords(f, record);
  return el("div.more", ...first, button("record", () => drawer(f, record), PLAIN), button("cite", () => cite(f, record), PLAIN), href && link(href, "source, at the words ↗"));
}
/** A text fragment (WICG): the browser scrolls to the words and marks them. */
function atTheWords(f, record) {
  const url = record.article.url;
  if (!isWeb(url)) return null;
  const words = f.sentence.text.trim().split(/\s+/), part = (w) => encodeURIComponent(w.join(" ")).replaceAll("-", "%2D");
  return url.split("#")[0] + "#:~:text=" + (words.length > 10 ? part(words.slice(0, 5)) + "," + part(words.slice(-5)) : part(words));
}
const wordsOf = (s) => s.content.map((c) => c.text).join(" … ");
function cite(f, record) {
  const a = record.article, text = f.content ? `${speaker(f)}: ${wordsOf(f)}` : f.sentence.text;
  copy(dot([text, a.publisher, a.published_at?.slice(0, 10), a.url]));
}
function annotation(f, record) {
  const s = f.trigger || f.content[0], chars = [...record.text], part = (...range) => chars.slice(...range).join("");
  return { "@context": "http://www.w3.org/ns/anno.jsonld", type: "Annotation", id: "urn:uuid:" + f.id, motivation: "classifying",
    body: { type: "TextualBody", value: f.plover ? `${f.plover.type} ${f.cameo} ${f.status}` : `${speaker(f)} (${f.attitude})` },
    target: { source: record.article.url || "urn:" + record.article.id, selector: [{ type: "TextQuoteSelector", exact: s.text, ...(s.field ? {} : { prefix: part(Math.max(0, s.start - 30), s.start), suffix: part(s.end, s.end + 30) }) }, { type: "TextPositionSelector", start: s.start, end: s.end }] } };
}
function drawer(f, record) {
  const json = JSON.stringify(f, null, 2), back = document.activeElement, box = $("drawer");
  const copies = { JSON: json, "Web Annotation": JSON.stringify(annotation(f, record), null, 2) };
  if (state.open && !inlined) copies.curl = `curl -s '${location.origin}${pathOf(record.article).replaceAll("'", "%27")}'`;
  box.replaceChildren(el("div.tools", el("h2", { id: "drawer-title" }, f.plover ? "Event record" : "Statement record"), ...Object.entries(copies).map(([name, text]) => button("Copy " + name, () => copy(text))), button("Close", () => box.close())),
    para(`Found by ${Object.entries(f.model).map(([k, v]) => k + " " + JSON.stringify(v)).join(", ")}`), el("pre", { tabIndex: 0, ariaLabel: "Record as JSON" }, json));
  box.onclose = () => { state.reading = false; back.focus(); };
  state.reading = true;
  box.showModal();
}

let cards = [], light = () => {}, drawn = 0;
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
  const fits = (key, value) => !filter[key] || filter[key] === value, sees = (f) => f.confidence >= filter.min && (!filter.q || JSON.stringify(f).toLowerCase().includes(filter.q));
  const said = filter.kind === "event" ? [] : record.statements.filter((s) => sees(s) && fits("attitude", s.attitude));
  const done = filter.kind === "statement" ? [] : record.events.filter((e) => sees(e) && fits("type", e.plover.type) && fits("status", e.status));
  for (const s of said) { s.content.forEach((c) => add(c, "say", s.id)); add(s.source, "src", s.id); add(s.cue, "cue", s.id); s.addressees.forEach((a) => add(a, "addr", s.id)); }
  for (const e of done) { add(e.trigger, "trg", e.id, e.quad_class); [...e.actors, ...e.recipients].forEach((a) => add(a, "act", e.id, e.quad_class)); }
  for (const n of record.entities) for (const m of n.mentions) add(m, "ent", n.id);
  for (const b of record.boilerplate) add(b, "boil", "");
  // Most texts begin with their headline: then it is drawn once, where it stands.
  const line = body.trimStart().split("\n")[0], start = body.length - body.trimStart().length, repeats = head ? line.trim() === head.trim() : line.length < 160;
  if (repeats) bodySpans.push({ from: start, to: start + line.length, kind: "head" });
  const title = el("h2", { className: repeats ? "unseen" : "text", dir: "auto" }), text = el("div.text", { dir: "auto", lang: "en", tabIndex: -1 });
  const inTitle = drawText(title, head || line || "Untitled", head ? headSpans : []), inBody = drawText(text, body, bodySpans);
  const a = record.article;
  box.replaceChildren(title, para(dot([a.publisher, a.published_at, a.id]) + " ", isWeb(a.url) && link(a.url, "source ↗")), text, el("p.legend", ...Object.entries(LEGEND).map(([className, t]) => el("span.text", el("span", { className }, t)))));

  light = (spans, card) => {
    cards.forEach((c) => c.classList.toggle("on", c === card));
    const ranges = spans.map(place).filter(Boolean).map((p) => (p.inTitle ? inTitle : inBody)(p.from, p.to));
    if (globalThis.Highlight) CSS.highlights.set("hot", new Highlight(...ranges));
    else document.querySelectorAll(".text span").forEach((e) => e.classList.toggle("lit", ranges.some((r) => r.intersectsNode(e))));
  };
  const dark = () => light([]), lights = (e, on) => Object.assign(e, { onmouseenter: on, onfocus: on, onmouseleave: dark, onblur: dark });
  cards = [];
  const card = (f, spans, ariaLabel, inner, quad = 0) => {
    const element = el("article", { className: `card q${quad}` + (f.inside ? " in" : ""), tabIndex: 0, id: "f-" + f.id, ariaLabel }, ...inner);
    lights(element, () => light(spans, element));
    element.onkeydown = (e) => { if (e.target === element && !e.ctrlKey && !e.metaKey) ({ Enter: drawer, c: cite })[e.key]?.(f, record); };
    owners.set(f.id, spans);
    cards.push(element);
    return element;
  };
  const at = (x) => { const s = x.cue || x.trigger || x.content[0]; return s.field === "title" ? s.start - 1e9 : s.start; };
  const inOrder = (found, draw) => found.sort((x, y) => at(x) - at(y)).map((f) => draw(f, record, card));
  const hidden = record.statements.length + record.events.length - said.length - done.length;
  list.replaceChildren(h3(`Statements ${said.length}`), ...inOrder(said, statementCard), h3(`Events ${done.length}`), ...inOrder(done, eventCard),
    hidden ? para(plural(hidden, "finding"), " less sure or left out by the filters. ", button("Show all", () => set({ ...CLEAR, min: 0 }), PLAIN)) : "",
    h3(`Who ${record.entities.length}`), el("div.who", ...record.entities.map((n) => {
      const texts = n.mentions.map((m) => m.text), name = n.name || texts[0], b = button(dot([name, ...beyond(name, office(n.role, name, ...texts), n.country)]) + ` ×${texts.length}`, () => light(n.mentions), { title: n.kind });
      owners.set(n.id, n.mentions);
      return lights(b, b.onclick);
    })));
  const over = (e) => {
    const refs = e.target.closest?.(".text span")?.refs;
    if (!refs) return dark();
    // The shortest span is meant; a mention lights the person, wherever spoken of.
    const found = refs.filter((s) => owners.has(s.ref)).sort((x, y) => x.to - x.from - (y.to - y.from) || (y.kind === "ent") - (x.kind === "ent"));
    const finding = found.find((s) => s.kind !== "ent"), card = finding && $("f-" + finding.ref);
    light(found.length ? owners.get(found[0].ref) : [], card);
    if (e.type === "click") card?.focus();
  };
  for (const t of [title, text]) Object.assign(t, { onmouseover: over, onclick: over, onmouseleave: dark });
  Object.assign(look, { ms: (performance.now() - begun).toFixed(1), drawn: ++drawn });
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
/** Analyses in a file are shown as they are; anything else is analyzed. */
export function dropped(name, text) {
  let found = [];
  try { found = text.trim().split("\n").map((line) => JSON.parse(line)); } catch { /* an article */ }
  state.view = "read";
  if (!found[0]?.entities) return analyze(text, typeOf(name, text));
  for (const record of found.reverse()) take({ seq: -1 - state.items.length, record, article: record.article, headline: record.article.title || record.text.slice(0, 90) });
  openAt(state.items[0].seq);
}
/** j and k go to the next and the previous finding, Escape to none. */
export function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || state.reading || state.view !== "read") return;
  const step = { j: 1, k: -1 }[e.key], at = cards.indexOf(document.activeElement);
  if (step) cards[Math.max(0, Math.min(cards.length - 1, at + step))]?.focus();
  if (e.key === "Escape") { document.activeElement.blur(); light([]); }
}
const typeOf = (name, text) => (/\.html?$/i.test(name) || /^\s*</.test(text) ? "text/html" : /\.json$/i.test(name) || /^\s*[{[]/.test(text) ? "application/json" : "text/plain");

VIEW.read = async function () {
  const box = section("Article"), list = el("section.findings", { tabIndex: 0, ariaLabel: "Findings" });
  const held = state.items.filter((i) => i.article), { samples, problem } = state;
  const choice = el("select", { ariaLabel: "Article" }, el("option", { value: "" }, "Choose an article…"),
    samples.length ? el("optgroup", { label: "Samples" }, ...samples.map((s, i) => el("option", { value: "s" + i, selected: !state.open && state.sample === i }, s.name))) : "",
    held.length ? el("optgroup", { label: inlined ? "Articles" : "Newest articles" }, ...held.slice(0, 200).map((i) => el("option", { value: "i" + i.seq, selected: i.seq === state.open }, i.headline.slice(0, 90)))) : "");
  choice.onchange = () => {
    const n = Number(choice.value.slice(1)), isSample = choice.value.startsWith("s");
    state.sample = isSample ? n : null;
    if (isSample) analyze(samples[n].text, samples[n].type);
    else openAt(n);
  };
  const area = el("textarea", { id: "paste", placeholder: "Paste an article: plain text, HTML, JSON or ninjs" });
  const paste = el("details.paste", { open: !held.length && !state.record }, el("summary", "Paste an article"), el("label.unseen", { htmlFor: "paste" }, "Article"), area, button("Analyze", () => { state.sample = null; analyze(area.value, typeOf("", area.value)); }, { id: "analyze" }));
  $("view").replaceChildren(el("div.tools.pick", choice, dim("j, k: next, previous · Enter: record · c: cite" + (inlined ? "" : " · or drop a file here"))), inlined ? "" : paste,
    problem ? el("div.problem", { role: "alert" }, el("strong", problem.title), el("p", `${problem.reason}: ${problem.detail}`)) : "", el("div.read", box, list));
  if (!state.record && !state.open && held.length) state.open = held[0].seq;
  const item = !state.record && held.find((i) => i.seq === state.open);
  if (item) { try { state.record = await recordOf(item); } catch (error) { box.replaceChildren(el("p.problem", error.message), table(item.rows, "Findings of this article")); } }
  if (!state.record) { if (!item) box.replaceChildren(para("Choose a sample, paste an article, or drop a file.")); return; }
  const record = state.record;
  if (inlined || item) state.record = null;
  draw(record, box, list);
  if (state.finding) { const f = $("f-" + state.finding); state.finding = null; f?.focus(); }
};
