// The page in a real browser: what a person does with it, by mouse and by keyboard, light, dark, narrow, and axe's opinion of it.
// node check.mjs PROGRAM [FOLDER for screenshots [FOLDER for the pictures of the documentation]]
// The picture in README is made anew, with the model and the fonts that are there, by
// node tests/browser/check.mjs target/release/demarche target/screenshots docs/images
import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { crowded } from "./crowded.mjs";

const [program, folder, pictures] = process.argv.slice(2);
const root = new URL("../../", import.meta.url).pathname;
const samples = ["wire-expulsion.json", "live-blog.txt", "ninjs.json", "page.html", "readout.txt", "analysis.txt", "scraped.txt", "refused.txt"].map((n) => join(root, "data/samples", n));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const scratch = mkdtempSync(join(tmpdir(), "demarche-browser-"));
if (folder) mkdirSync(folder, { recursive: true });

const service = process.env.PAGE ? null : spawn(program, ["explore", "--listen", "127.0.0.1:0", ...samples], { stdio: ["ignore", "pipe", "inherit"] });
const address = process.env.PAGE ?? (await new Promise((found, lost) => {
  let told = "";
  service.stdout.on("data", (part) => { told += part; const line = /http:\/\/\S+/.exec(told); if (line) found(line[0]); });
  service.on("exit", () => lost(new Error("the service ended")));
}));
const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: quiet });
let failures = 0;

/** A page of its own for every check, with whatever it logs as an error made a failure. */
async function check(name, options, body) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage(), errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (line) => line.type() === "error" && !/status of 4\d\d/.test(line.text()) && errors.push(line.text()));
  page.setDefaultTimeout(20000);
  try {
    await body(page);
    assert.deepEqual(errors, [], "the browser complains");
    console.log(`ok ${name}`);
  } catch (error) {
    failures++;
    console.log(`FAILED ${name}: ${error.message}`);
    if (folder) await page.screenshot({ path: join(folder, "failed.png") }).catch(() => {});
  }
  await context.close();
}
const shoot = (page, name, options = {}) => (folder ? page.screenshot({ path: join(folder, name + ".png"), ...options }) : null);
/** One that the documentation shows, too. */
async function picture(page, name) {
  await shoot(page, name);
  if (pictures) copyFileSync(join(folder, name + ".png"), join(pictures, name + ".png"));
}
async function accessible(page) {
  // The policy of the page lets no script in; a test may evaluate one all the same.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`), []);
}
const open = async (page, hash = "") => { await page.goto(address + hash); await page.locator("#view > *").first().waitFor(); };
/** Every sample is analyzed: one of them is refused. */
const loaded = (page) => page.waitForFunction(async (n) => (await (await fetch("/v1/summary")).json()).committed >= n, samples.length);
const lit = (page) => page.evaluate(() => [...(CSS.highlights.get("hot") ?? [])].map(String));
/** Does something, and waits until an article is drawn after it. */
async function drawn(page, action) {
  await loaded(page);
  await page.waitForFunction(() => document.documentElement.dataset.drawn);
  const before = await page.evaluate(() => Number(document.documentElement.dataset.drawn));
  await action();
  await page.waitForFunction((n) => Number(document.documentElement.dataset.drawn) > n, before);
}
const pick = (page, name) => drawn(page, () => page.locator(".pick select").selectOption({ label: name }));
const paste = (page, text) => drawn(page, async () => {
  await page.evaluate(() => { document.querySelector("details.paste").open = true; });
  await page.locator("#paste").fill(text);
  await page.locator("#analyze").click();
});

/** Milliseconds that the page's thread was at work: what a machine that nobody else uses takes. */
async function spent(page, action) {
  const tool = await page.context().newCDPSession(page), now = async () => (await tool.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
  await tool.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await now();
  await action();
  const after = await now();
  await tool.detach();
  return after - before;
}

await check("everything is read", {}, async (page) => { await open(page); await loaded(page); });
await check("a sample is drawn with its findings in it", {}, async (page) => {
  await open(page);
  await pick(page, "wire-expulsion.json");
  assert.match(await page.locator("div.text").first().innerText(), /^Finland expels/);
  assert.ok((await page.locator(".text .say").count()) > 1 && (await page.locator(".text .trg").count()) > 1);
  await accessible(page);
  await picture(page, "read");
});
await check("no sample takes longer to be painted than anybody notices", {}, async (page) => {
  await open(page);
  await loaded(page);
  await page.locator(".pick optgroup[label='Newest articles'] option").nth(samples.length - 2).waitFor({ state: "attached" });
  const articles = await page.locator(".pick optgroup[label='Newest articles'] option").evaluateAll((options) => options.map((o) => [o.value, o.textContent]));
  let slowest = 0;
  for (const [value, headline] of articles) {
    // From the choice of an article that is there already to the frame that shows it.
    const choose = () => page.evaluate(async (value) => {
      const choice = document.querySelector(".pick select"), { dataset } = document.documentElement, before = dataset.drawn;
      choice.value = value;
      choice.dispatchEvent(new Event("change"));
      while (dataset.drawn === before) await new Promise((done) => setTimeout(done));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }, value);
    await choose(); // It is fetched.
    const times = [];
    for (let i = 0; i < 3; i++) times.push(await spent(page, choose));
    slowest = Math.max(slowest, Math.min(...times));
    assert.ok(Math.min(...times) <= 100, `${headline}: ${times.map(Math.round)} ms`);
  }
  console.log(`   painted within ${Math.round(slowest)} ms`);
});
await check("no code stands behind the usual name of a country, and an office is whole", {}, async (page) => {
  await open(page);
  await pick(page, "wire-expulsion.json");
  const told = await page.locator(".findings").innerText();
  assert.match(told, /Finland/);
  assert.match(told, /adviser to the Belarusian government/);
  assert.match(told, /Aino Vesterlund · Foreign Minister · FIN/, "whose minister she is, her name does not say");
  for (const view of ["read", "flow", "people"]) {
    await page.evaluate((name) => { location.hash = name; }, view);
    await page.waitForFunction((name) => document.title.toLowerCase().includes(name) && /Belarus/.test(document.querySelector("main").innerText), view);
    assert.doesNotMatch(await page.locator("main").innerText(), /(Finland|Belarus|Poland|Peru)( ·)? \(?(FIN|BLR|POL|PER)\b/, `the code repeats the name in ${view}`);
  }
  await open(page);
  await paste(page, "“We came to talk,” said Jorge Paz, head of the Chilean delegation.");
  assert.match(await page.locator(".findings .card").first().innerText(), /Jorge Paz · head of the Chilean delegation/, "head of what");
});
await check("whoever skips to the view stays in it", {}, async (page) => {
  await open(page, "#flow");
  await page.locator("#skip").focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await page.evaluate(() => [document.activeElement.id, location.hash]), ["view", "#flow"]);
});
await check("hovering a card lights its words, and hovering a word its card", {}, async (page) => {
  await open(page);
  await pick(page, "wire-expulsion.json");
  await page.locator(".card").first().hover();
  assert.ok((await lit(page)).length > 1);
  await page.locator(".text .trg").first().hover();
  assert.equal(await page.locator(".card.on").count(), 1);
});
await check("hovering a pronoun lights the person wherever they are spoken of", {}, async (page) => {
  await open(page);
  await paste(page, "Foreign Minister Anna Berg met the Danish envoy in Oslo on Monday.\n\nShe said that the border would stay open.");
  await page.locator(".text .ent", { hasText: /^She$/ }).first().hover();
  assert.ok((await lit(page)).some((words) => words.includes("Berg")), `lit: ${await lit(page)}`);
});
await check("article text stays text: markup, bidi marks, astral characters", {}, async (page) => {
  await open(page);
  const text = "😀 <img src=x onerror=\"document.title='pwned'\"> Finland expelled three Belarusian diplomats on Monday. “We \u202Ehad\u202C no choice <script>alert(1)</script>,” Foreign Minister Aino Vesterlund said.";
  await paste(page, text);
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.match(await page.locator("div.text").first().innerText(), /<img src=x/);
  assert.match(await page.locator("div.text").first().innerText(), /U\+202E/);
  assert.match(await page.title(), /^Demarche/);
  await page.locator(".card").first().hover();
  assert.ok((await lit(page)).some((words) => /said|Vesterlund|expelled|Finland/.test(words)), `offsets behind an emoji: ${await lit(page)}`);
});
await check("what is refused says why", {}, async (page) => {
  await open(page);
  await page.locator(".pick select").selectOption({ label: "refused.txt" });
  await page.locator(".problem").waitFor();
  assert.match(await page.locator(".problem").innerText(), /unsupported_language/);
});
await check("the keyboard alone: next finding, its record, and back", {}, async (page) => {
  await open(page);
  await pick(page, "wire-expulsion.json");
  await page.locator("body").press("j");
  await page.keyboard.press("j");
  assert.equal(await page.evaluate(() => document.activeElement.className.split(" ")[0]), "card");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open] pre").waitFor();
  await accessible(page);
  await shoot(page, "record");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.className.split(" ")[0]), "card", "the focus comes back");
});
await check("a confidence that nothing reaches hides everything and says so", {}, async (page) => {
  await open(page);
  await pick(page, "wire-expulsion.json");
  await page.locator("#f-min").fill("1");
  await page.locator(".findings", { hasText: "less sure" }).waitFor();
  assert.equal(await page.locator(".card").count(), 0);
  await page.locator("#reset").click();
  await page.locator(".card").first().waitFor();
});
for (const view of ["flow", "dyads", "time", "map", "people", "refused"]) {
  await check(`the view ${view} draws and is accessible`, {}, async (page) => {
    await open(page, "#" + view);
    await page.waitForFunction(() => document.querySelector("main table, main svg, main details, main .card"));
    await accessible(page);
    await shoot(page, view);
  });
}
await check("from a number of the matrix to its sentence in two clicks", {}, async (page) => {
  await open(page, "#dyads");
  await page.locator(".matrix td button").first().click();
  await page.locator(".rows button.plain").first().click();
  await page.locator(".findings .card").first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.className.split(" ")[0]), "card", "the finding is in the focus");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor();
  assert.deepEqual(await page.locator("dialog button").allInnerTexts(), ["Copy JSON", "Copy Web Annotation", "Copy curl", "Close"]);
});
await check("a bar of weeks shows the findings of its week, and Shift those of several", {}, async (page) => {
  await open(page, "#time?min=0");
  await loaded(page);
  await page.locator(".tools select").last().selectOption("week");
  const bars = page.locator("rect.hit"), count = async (n) => Number((await bars.nth(n).getAttribute("aria-label")).split(": ").at(-1));
  const most = Math.min(100, await count(0));
  await bars.nth(0).press("Enter");
  await page.locator(".chip", { hasText: /day: \d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d/ }).waitFor();
  assert.equal(await page.locator("table.rows tbody tr").count(), most);
  await bars.nth(1).press("Shift+Enter");
  const both = Math.min(100, most + (await count(1)));
  await page.waitForFunction((n) => document.querySelectorAll("table.rows tbody tr").length === n, both);
});
await crowded(check, address, spent);
await check("what comes is seen without a reload", {}, async (page) => {
  await open(page, "#flow");
  await loaded(page);
  await page.waitForFunction((n) => document.querySelector(".tile b") && Number(document.querySelector(".tile b").textContent) >= n - 1, samples.length);
});
for (const [name, options] of [["dark", { colorScheme: "dark" }], ["narrow", { viewport: { width: 390, height: 844 } }], ["forced-colors", { forcedColors: "active" }]]) {
  await check(`read, ${name}`, options, async (page) => {
    await open(page);
    await pick(page, "wire-expulsion.json");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the screen");
    await accessible(page);
    await shoot(page, "read-" + name, { fullPage: name === "narrow" });
  });
}
await check("views, dark and narrow", { colorScheme: "dark", viewport: { width: 390, height: 844 } }, async (page) => {
  for (const view of ["flow", "dyads", "time", "map"]) {
    await open(page, "#" + view);
    await page.waitForFunction(() => document.querySelector("main table, main svg"));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${view} is wider than the screen`);
    assert.doesNotMatch(await page.locator("#condition").innerText(), /not connected/, "whoever leaves gives the place among the listeners back");
    await accessible(page);
    await shoot(page, `${view}-narrow-dark`);
  }
});
if (program) await check("a file of analyses is dropped and read as it is, and what else is dropped is analyzed", {}, async (page) => {
  const analyses = execFileSync(program, ["extract", "--format", "jsonl", ...samples.slice(3, 5)], { encoding: "utf8", maxBuffer: 1 << 26 });
  const drop = (name, text) => drawn(page, () => page.evaluate(([name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
  }, [name, text]));
  await open(page);
  await loaded(page);
  await page.waitForFunction(() => document.documentElement.dataset.drawn);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  for (const [name, line] of analyses.trim().split("\n").map((line) => JSON.parse(line)).entries()) {
    await drop(`${name}.jsonl`, JSON.stringify(line));
    assert.equal(await page.locator(".card").count(), line.statements.length + line.events.length - [...line.statements, ...line.events].filter((f) => f.confidence < 0.35).length);
  }
  await drop("analyses.jsonl", analyses);
  assert.equal(await page.locator(".pick optgroup[label='Newest articles'] option").count(), samples.length - 1 + 4, "all of them can be picked");
  assert.ok(!asked.some((path) => /analyze|articles/.test(path)), "nobody is asked for what is there: " + asked);
  await drop("note.txt", "Norway expelled two Russian diplomats on Tuesday.");
  assert.match(await page.locator(".text").first().innerText(), /Norway expelled/);
});
if (program) await check("a report is one file that opens without a service", {}, async (page) => {
  const file = join(scratch, "report.html");
  writeFileSync(file, execFileSync(program, ["extract", "--format", "html", ...samples.slice(0, 5)], { maxBuffer: 1 << 26 }));
  await page.goto("file://" + file);
  await page.locator(".findings .card").first().waitFor();
  await page.goto("file://" + file + "#map");
  await page.locator("main svg path").first().waitFor();
  await accessible(page);
  await page.goto("file://" + file + "#read");
  await shoot(page, "report");
});
await browser.close();
service?.kill();
rmSync(scratch, { recursive: true });
if (failures) { console.log(`${failures} failed`); process.exit(1); }
