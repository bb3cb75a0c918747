// Elements. Article text is foreign: it becomes text nodes and nothing else.

export const $ = (id) => document.getElementById(id);

/** An element (`tag.class`), if need be with properties, and children; text is always text. */
export function el(tag, ...children) {
  const props = children[0]?.constructor === Object ? children.shift() : {};
  const [name, ...classes] = tag.split("."), e = Object.assign(document.createElement(name), props);
  e.classList.add(...classes);
  e.append(...children.filter(Boolean));
  return e;
}
export function svg(tag, attributes = {}, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}
export const button = (text, onclick, props = {}) => el("button", { type: "button", onclick, ...props }, text);
export const dim = (...text) => el("span.dim", ...text);
export const para = (...text) => el("p.dim", ...text);
export const section = (ariaLabel, ...inner) => el("section", { ariaLabel }, ...inner);
export const h2 = (...text) => el("h2", ...text);
export const h3 = (...text) => el("h3", ...text);
/** A choice by its name: values, with what is shown of them. */
export const pick = (name, chosen, options, choose) => el("label", dim(name + " "), el("select", { onchange: (e) => choose(e.target.value) }, ...options.map(([value, text]) => el("option", { value, selected: chosen === value }, text || value))));
/** What may be wider than the screen scrolls by itself, by keyboard too. */
export const scroll = (ariaLabel, inner) => el("div.scroll", { tabIndex: 0, role: "region", ariaLabel }, inner);
export const grid = (kind, caption, titles, rows) => scroll(caption, el(kind, el("caption.unseen", caption), el("thead", el("tr", ...titles.map((t) => el("th", { scope: "col" }, t)))), el("tbody", ...rows.map((cells) => el("tr", ...cells)))));
export const rowHead = (text) => el("th", { scope: "row" }, text);
export const dot = (parts) => parts.filter(Boolean).join(" · ");
export const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

export const PLAIN = { className: "plain" };
export const link = (href, text) => el("a", { href, rel: "noopener noreferrer nofollow", target: "_blank" }, text);
export async function copy(text) {
  try { await navigator.clipboard.writeText(text); $("live").textContent = "Copied."; } catch { $("live").textContent = "The browser does not let this page copy."; }
}
/** Makes a shape a button. */
export function act(e, ariaLabel, onclick) {
  const onkeydown = (k) => { if (k.key === "Enter" || k.key === " ") { k.preventDefault(); onclick(k); } };
  Object.assign(e, { tabIndex: 0, role: "button", ariaLabel, onclick, onkeydown });
}
export function save(name, type, text) {
  const a = el("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}
/** How often each value is there, the most frequent first. */
export function tally(values) {
  const n = new Map();
  for (const v of values) if (v) n.set(v, (n.get(v) || 0) + 1);
  return [...n].sort((a, b) => b[1] - a[1]);
}
/** Links lead to web pages alone: an address may be anything that an article says. */
export const isWeb = (url) => /^https?:\/\//i.test(url || "");

/** A cell that begins like a formula is made text: article text is foreign text. */
export const csv = (lines) => lines.map((l) => l.map((x) => '"' + String(x ?? "").replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""') + '"').join(",")).join("\r\n");
