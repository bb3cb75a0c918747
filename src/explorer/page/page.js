// The page over a live service, over files, and as one file to mail: the same views over the same rows. No library, no build step.
// In a report these modules stand one behind the other, without their import lines (page.rs).

import { $, el } from "./dom.js";
import { VIEWS, VIEW, inlined, state, CHIPS, set, fromAddress, load } from "./state.js";
import { cards, light, analyze, typeOf } from "./read.js";
import "./views.js";
import "./charts.js";

let drawing = 0;
export async function show(quiet) {
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
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || state.reading || state.view !== "read") return;
    if (e.key === "j" || e.key === "k") { const at = cards.findIndex((c) => c.element === document.activeElement); cards[Math.max(0, Math.min(cards.length - 1, (at < 0 ? -1 : at) + (e.key === "j" ? 1 : -1)))]?.element.focus(); }
    if (e.key === "Escape") { document.activeElement.blur?.(); light([], null); }
  });
  if (!inlined) {
    addEventListener("dragover", (e) => { e.preventDefault(); document.body.classList.add("drop"); });
    addEventListener("dragleave", () => document.body.classList.remove("drop"));
    addEventListener("drop", async (e) => { e.preventDefault(); document.body.classList.remove("drop"); const f = e.dataTransfer.files[0]; if (f) { state.view = "read"; const text = await f.text(); analyze(f, typeOf(f.name, text)); } });
  }
  fromAddress();
  show().then(load).then(() => show(), (error) => $("view").replaceChildren(el("p.problem", error.message)));
}
start();
