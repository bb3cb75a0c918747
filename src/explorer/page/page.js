// One page over a live service, over files, and as one file to mail, where the modules are one script (page.rs).

import { $, el } from "./dom.js";
import { VIEWS, VIEW, inlined, state, CLEAR, set, fromAddress, load } from "./state.js";
import { dropped, onKey } from "./read.js";
import "./views.js";
import "./charts.js";

let drawing = 0;
export async function show(quiet) {
  const turn = ++drawing;
  $("views").replaceChildren(...Object.entries(VIEWS).map(([v, name]) => el("a", { href: "#" + v, ariaCurrent: v === state.view ? "page" : null }, name)));
  document.title = `Demarche: ${VIEWS[state.view]}`;
  if (!quiet) CSS.highlights?.clear();
  const y = scrollY;
  const drawn = await VIEW[state.view]();
  if (drawn && turn === drawing) $("view").replaceChildren(...drawn.filter(Boolean));
  if (quiet && turn === drawing) scrollTo(0, y);
}

export const { dataset: look, style } = document.documentElement;
$("theme").onclick = () => { style.colorScheme = (style.colorScheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark" ? "light" : "dark"; };
$("skip").onclick = (e) => { e.preventDefault(); $("view").focus(); }; // Its address is no view.
$("filters").onsubmit = (e) => e.preventDefault();
let typing;
$("f-search").oninput = (e) => { clearTimeout(typing); typing = setTimeout(() => set({ q: e.target.value.trim().toLowerCase() }), 150); };
$("f-kind").onchange = (e) => set({ kind: e.target.value });
$("f-min").oninput = (e) => set({ min: Number(e.target.value) });
$("reset").onclick = () => set(CLEAR);
addEventListener("hashchange", () => { fromAddress(); state.page = 0; show(); });
addEventListener("scroll", () => { if (state.view === "flow" && scrollY > 300 && !inlined) { state.paused = true; $("paused")?.replaceChildren("paused while you read"); } }, { passive: true });
addEventListener("keydown", onKey);
if (!inlined) {
  const over = (is) => document.body.classList.toggle("drop", is);
  addEventListener("dragover", (e) => { e.preventDefault(); over(true); });
  addEventListener("dragleave", () => over(false));
  addEventListener("drop", async (e) => { e.preventDefault(); over(false); const f = e.dataTransfer.files[0]; if (f) dropped(f.name, await f.text()); });
}
fromAddress();
show().then(load).then(() => show(), (error) => $("view").replaceChildren(el("p.problem", error.message)));
