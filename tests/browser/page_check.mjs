// Opens the pages beside reports: stories of futures, studies, and what calibrate and backtest plot.
//   node page_check.mjs --program PROGRAM --chromium CHROMIUM [--plant] FOLDER
// FOLDER holds configs/. With --plant each page is spoilt first, and the check must find it. Exit code 77: cannot be run here.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { program: { type: "string" }, chromium: { type: "string" }, plant: { type: "boolean", default: false } },
});
const [root] = positionals;
const { chromium } = await import("playwright-core").catch(() => {
  console.log("skipped: playwright-core is not installed");
  process.exit(77);
});

const folder = mkdtempSync(join(tmpdir(), "costrisk-pages-"));
const failures = [];

function check(holds, what) {
  if (!holds) failures.push(what);
}

function costrisk(...words) {
  execFileSync(options.program, words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
}

/** Runs of one to twenty samples, up and down by turns. */
function trace() {
  const runs = Array.from({ length: 400 }, (_, run) => Array(1 + ((run * run * 7 + run) % 20)).fill(run % 2 ? 0 : 1));
  return JSON.stringify({ metadata: { gap_seconds: 600 }, data: runs.flat() });
}

const backtested = `horizon = "10h"
step = "10m"
[[market]]
name = "zone"
on_demand = 3.0
[market.spot]
price = 1.0
capacity = { history = "zone.json" }
[[job]]
name = "train"
work = 6
throughput = { zone = 1.0 }
deadline = "9h"
[[plan]]
name = "careful"
[plan.job.train]
policy = "uniform-progress"
`;

/** The pages by name, each made by its command. */
function makePages() {
  writeFileSync(join(folder, "zone.json"), trace());
  writeFileSync(join(folder, "backtested.toml"), backtested);
  const config = (name) => join(root, "configs", `${name}.toml`);
  const story = (name, scenario, ...words) =>
    costrisk("explain", config(scenario), "--paths", "400", "--html", `${name}.html`, ...words);
  story("job", "quickstart", "--plan", "spot", "--quantile", "0.99");
  story("service", "llm-chat", "--plan", "autoscaled", "--worst");
  costrisk("calibrate", "capacity", "zone.json", "--plot", "calibrate.html");
  costrisk("backtest", "backtested.toml", "--paths", "200", "--html", "backtest.html");
  const study = (name, scenario, ...words) => costrisk(name, config(scenario), "--paths", "300", "--html", `${name}.html`, "--quiet", ...words);
  study("sweep", "quickstart", "--vary", "job.train.checkpoint.interval=15m,1h,4h", "--vary", "market.*.spot.price.mean *= 0.8..1.2:0.2");
  study("stress", "quickstart");
  return ["job", "service", "calibrate", "backtest", "sweep", "stress"];
}

/** What a page must not hold: something to load, and something wider than a phone. */
function spoil(name) {
  const file = join(folder, `${name}.html`);
  const wide = '<div style="width:3000px">x</div><img src="https://example.org/x.png" alt="">';
  writeFileSync(file, readFileSync(file, "utf8").replace("</h1>", `</h1>${wide}`));
}

async function open(browser, name, settings) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  page.setDefaultTimeout(240_000);  // machines may be busy
  const own = pathToFileURL(join(folder, `${name}.html`)).href;
  page.on("console", (message) => check(false, `${name}: console: ${message.text()}`));
  page.on("pageerror", (error) => check(false, `${name}: error: ${error.message}`));
  page.on("request", (request) => check(request.url() === own, `${name}: it asks for ${request.url()}`));
  await page.goto(own);
  return page;
}

/** Words in charts that lie outside the page, on one another, or are too small to read. */
const badWords = (page) =>
  page.$$eval("svg", (drawings) => {
    const bad = [];
    const width = document.documentElement.clientWidth;
    for (const drawing of drawings) {
      const words = [...drawing.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
      for (const [text, box] of words) {
        if (!text) continue;
        if (box.left < 0 || box.right > width + 0.5) bad.push(`"${text}" lies outside the page`);
        if (box.height < 10) bad.push(`"${text}" is ${box.height} pixels high`);
      }
      for (let i = 0; i < words.length; ++i)
        for (let j = 0; j < i; ++j) {
          const [a, b] = [words[i][1], words[j][1]];
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (words[i][0] && words[j][0] && across > 1 && down > 0.35 * Math.min(a.height, b.height)) bad.push(`"${words[i][0]}" lies on "${words[j][0]}"`);
        }
    }
    return bad;
  });

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function checkScreen(browser, name, width, colorScheme) {
  const page = await open(browser, name, { viewport: { width, height: 900 }, colorScheme });
  const where = `${name}, ${width} pixels`;
  check((await overflow(page)) <= 0, `${where}: wider than the screen`);
  const drawn = await page.$$eval("figure", (all) => all.map((figure) => figure.querySelectorAll("svg path, svg rect, svg circle").length));
  check(drawn.length > 0 && drawn.every((marks) => marks > 0), `${where}: marks in its charts: ${drawn}`);
  for (const problem of await badWords(page)) check(false, `${where}: ${problem}`);
  const [red] = (await background(page)).match(/\d+/g).map(Number);
  check(colorScheme === "dark" ? red < 64 : red === 255, `${where}: the system's ${colorScheme} is not followed`);
  await page.context().close();
}

async function checkPaper(browser, name) {
  const page = await open(browser, name, { viewport: { width: 700, height: 900 }, colorScheme: "dark" });
  const keys = () => page.$$eval(".lines, .key", (all) => all.filter((one) => one.getClientRects().length).length);
  const onScreen = await keys();
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  check((await background(page)) === "rgb(255, 255, 255)", `${name}: paper is not white`);
  check((onScreen > 0 || name === "sweep") && (await keys()) === onScreen, `${name}: of ${onScreen} keys to charts paper has ${await keys()}`);
  await page.context().close();
}

let spoilt = 0;
try {
  const names = makePages();
  const browser = await chromium.launch({ executablePath: options.chromium, args: ["--no-sandbox"] });
  for (const name of names) {
    if (options.plant) spoil(name);
    const before = failures.length;
    await checkScreen(browser, name, 390, "dark");
    const found = failures.slice(before);
    spoilt += found.some((text) => text.includes("wider")) && found.some((text) => text.includes("example.org")) ? 1 : 0;
    if (options.plant) continue;
    await checkScreen(browser, name, 1400, "light");
    await checkPaper(browser, name);
  }
  await browser.close();
  check(names.length === 6, "pages are missing");
} finally {
  rmSync(folder, { recursive: true });
}

for (const failure of failures) console.log(failure);
const ended = options.plant ? spoilt === 6 : failures.length === 0;
console.log(ended ? "passed" : "failed");
process.exit(ended ? 0 : 1);
