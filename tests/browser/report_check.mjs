// Runs a scenario and opens its report in a browser: node report_check.mjs --program PROGRAM --chromium CHROMIUM SCENARIO
// With --plant the page is given a wrong count first, and the check must find it. Exit code 77: cannot be run here.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    program: { type: "string" },
    chromium: { type: "string" },
    keep: { type: "boolean", default: false },
    plant: { type: "boolean", default: false },
  },
});
const [scenario] = positionals;
const { chromium } = await import("playwright-core").catch(() => skip("playwright-core is not installed"));

const axe = await import("axe-core").then((module) => module.default.source).catch(() => null);

const paths = 4096;
const folder = mkdtempSync(join(tmpdir(), "costrisk-browser-"));
const failures = [];

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

function check(holds, what) {
  if (!holds) failures.push(what);
}

function costrisk(...words) {
  return execFileSync(options.program, words, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
}

/** The run's own figures, with another budget where one is given. */
function run(name, ...words) {
  const result = join(folder, `${name}.h5`);
  return JSON.parse(costrisk("run", scenario, "--paths", String(paths), "-o", result, "--json", "--quiet", ...words));
}

/** A share as reports write it. */
function percent(share) {
  const points = 100 * share;
  if (points === 0 || points === 100) return `${points} %`;
  if (points < 0.01) return "<0.01 %";
  if (points > 99.99) return ">99.99 %";
  const digits = points < 1 || points > 99 ? 2 : 1;
  // What lies exactly between two goes to the even one.
  const isBetween = Math.abs((points * 2 ** (digits + 1)) % 2) === 1;
  const even = 2 * Math.round((points * 10 ** digits) / 2);
  return `${isBetween ? (even / 10 ** digits).toFixed(digits) : points.toFixed(digits)} %`;
}

const sharesOf = (document) => document.plans.map((plan) => percent(plan.over_budget));

/** Opens the report; what it says on the console, and asks of anyone, is a failure. */
async function open(browser, file, name, settings) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  page.setDefaultTimeout(240_000);  // machines may be busy
  const own = pathToFileURL(file).href;
  page.on("console", (message) => check(false, `${name}: console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => check(false, `${name}: error ${error.message}`));
  page.on("request", (request) => check(request.url() === own, `${name}: it asks for ${request.url()}`));
  await page.goto(own);
  return page;
}

const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Figures that can be seen and have no chart of their own drawn as wide as their place. */
const undrawn = (page) =>
  page.$$eval("figure:not([hidden])", (figures) =>
    figures
      .filter((figure) => {
        const svg = figure.querySelector(".chart.drawn svg");
        const marks = figure.querySelectorAll(".chart.drawn svg path, .chart.drawn svg rect").length;
        const place = figure.querySelector(".chart").getBoundingClientRect();
        return !svg || marks < 3 || Math.abs(svg.getBoundingClientRect().width - place.width) > 1.5;
      })
      .map((figure) => figure.id),
  );

const told = (page) => page.$$eval("[data-over]", (elements) => elements.map((element) => element.textContent));
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function checkBudgetLine(page, document) {
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const stop = () =>
    page.evaluate(() => JSON.parse(window.document.getElementById("data").textContent).page.budget.stops[window.document.getElementById("budget").value]);
  check(await page.isVisible("#budget"), "the budget's slider is not to be seen");
  const start = await told(page);
  check(same(start, sharesOf(document)), `at the budget the page tells ${start}, the run ${sharesOf(document)}`);

  await page.focus("#budget");
  for (let i = 0; i < 9; ++i) await page.keyboard.press("ArrowRight");
  const expectAt = async (how) => {
    const budget = await stop();
    check(budget !== document.budget, `${how}: the line stayed at ${budget}`);
    const wanted = sharesOf(run("moved", "--set", `budget=${budget}`));
    const got = await told(page);
    check(same(got, wanted), `${how} to ${budget} the page tells ${got}, a run with that budget ${wanted}`);
  };
  await expectAt("moved by keys");

  const chart = page.locator("#exceedance-chart .chart");
  await chart.evaluate((element) => element.scrollIntoView({ block: "center" }));
  const box = await chart.boundingBox();
  const at = (share) => [box.x + share * box.width, box.y + 0.5 * box.height];
  await page.mouse.move(...at(0.6));
  await page.mouse.down();
  await page.mouse.move(...at(0.4), { steps: 4 });
  await page.mouse.up();
  await expectAt("dragged");
  await page.mouse.move(...at(0.5));
  const tip = await page.textContent(".tip-box");
  check(document.plans.some(({ plan }) => tip.includes(plan)), `the tooltip names no plan: ${tip}`);
}

/** What a chart saves as CSV, without saving it: browsers hold back pages that save many files. */
const csvOf = (page, figure) =>
  page.evaluate(
    (id) =>
      new Promise((resolve) => {
        const { createObjectURL } = URL;
        URL.createObjectURL = (blob) => (blob.text().then(resolve), "#");
        HTMLAnchorElement.prototype.click = () => {};
        document.querySelector(`#${id} .exports button`).click();
        delete HTMLAnchorElement.prototype.click;
        URL.createObjectURL = createObjectURL;
      }),
    figure,
  );

async function checkSwitches(page, document) {
  const count = await page.locator("[data-switch]").count();
  if (count < 2) return;
  const { plan } = document.plans[1];
  const hasCurve = async () => (await csvOf(page, "exceedance-chart")).split("\r\n").some((line) => line.startsWith(`${plan},`));
  const parts = '[data-plan="1"]';
  check(await hasCurve(), "a plan has no curve");
  await page.uncheck('[data-switch="1"]');
  check(await page.$$eval(parts, (all) => all.length > 0 && all.every((one) => one.hidden)), "a plan switched off is to be seen");
  check(!(await hasCurve()), "a plan switched off keeps its curve");
  await page.check('[data-switch="1"]');
  check(await page.$$eval(parts, (all) => all.every((one) => !one.hidden)), "a plan switched on again is missing");
  check(await hasCurve(), "a plan switched on again has not its curve");
}

async function checkWide(browser, file, document) {
  const page = await open(browser, file, "wide", { viewport: { width: 1400, height: 900 }, colorScheme: "light" });
  check((await overflow(page)) <= 0, "1400 pixels: wider than the screen");
  const missing = await undrawn(page);
  check(missing.length === 0, `charts not drawn: ${missing}`);
  await checkMemo(page, document);
  await checkBudgetLine(page, document);
  await checkSwitches(page, document);
  if (!options.plant) {
    await checkExports(page);
    await checkKeyboard(page);
    await checkAccess(page, "1400 pixels");
  }
  const light = await background(page);
  await page.click("#theme");
  check((await background(page)) !== light, "the switch to dark changes nothing");
  await page.click("#theme");
  check((await background(page)) === light, "the switch back to light changes nothing");
  const printed = pagesOf(await page.pdf({ format: "A4", printBackground: true }));
  check(printed <= 6, `${printed} printed pages`);
  check((await undrawn(page)).length === 0, "charts are gone after printing");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  check((await background(page)) === "rgb(255, 255, 255)", "paper is not white");
  check(!(await page.isVisible("#theme")) && !(await page.isVisible("#budget")), "paper has controls");
  await page.context().close();
}

/** The decision: what the run says, in words and money, and pictures of what was assumed. */
async function checkMemo(page, document) {
  const memo = await page.locator("#memo").innerText();
  const featured = document.verdict.recommended;
  check(featured === null ? memo.includes("No plan meets the goal") : memo.includes(featured), "the memo names no plan");
  for (const part of ["What could go wrong", "What would change it", "What was assumed"]) check(memo.includes(part), `the memo has no part '${part}'`);
  check((await page.$$eval("section", (all) => all[0].id)) === "memo", "the memo is not first");
  const [shapes, drawn] = [await page.locator("[data-shape]").count(), await page.locator("[data-shape] svg polygon").count()];
  check(shapes === drawn, `${drawn} of ${shapes} pictures of unknowns are drawn`);
}

/** Each chart gives its figures and a picture of itself; both need nothing from outside. */
async function checkExports(page) {
  const save = async (figure, kind) => {
    await page.focus(`#${figure} .exports button:text-is("${kind}")`);
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    return readFileSync(await download.path());
  };
  const charts = await page.$$eval("figure:not([hidden])", (all) => all.filter((one) => one.querySelector(".exports")).map((one) => one.id));
  check(charts.length > 5, "few charts can be saved");
  const picture = await save(charts[0], "PNG");
  check(picture.subarray(1, 4).toString() === "PNG" && picture.length > 4000, "the picture is none");
  check((await save(charts[0], "CSV")).toString("utf8") === (await csvOf(page, charts[0])), "what is saved is not what the chart has");
  for (const figure of charts) {
    const lines = (await csvOf(page, figure)).trim().split("\r\n");
    check(lines.length > 1 && lines[0].includes(","), `${figure}: its CSV has ${lines.length} lines`);
    check(!/NaN|undefined/.test(lines.join()), `${figure}: its CSV has what is no number`);
  }
}

/** What the keyboard alone reaches, and whether it can be seen where it is. */
async function checkKeyboard(page) {
  const wanted = await page.$$eval("a[href], button, input, select, summary, [tabindex='0']", (all) =>
    all.filter((one) => one.checkVisibility() && !one.classList.contains("skip")).length,
  );
  await page.evaluate(() => document.activeElement?.blur());
  const reached = new Set();
  // It begins where the page was touched last, and goes round.
  for (let i = 0; i < 2 * wanted + 40 && reached.size < wanted; ++i) {
    await page.keyboard.press("Tab");
    const one = await page.evaluate(() => {
      const all = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")];
      return document.activeElement === document.body ? null : all.indexOf(document.activeElement);
    });
    // What scrolls can be reached too.
    if (one !== null && one >= 0) reached.add(one);
  }
  check(reached.size >= wanted, `the keyboard reaches ${reached.size} of ${wanted} controls`);
}

/** Findings of axe that keep people from reading the page. */
async function checkAccess(page, name) {
  if (!axe) return;
  // The policy lets no script in but the page's own; the debugger may.
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });
  const findings = await page.evaluate(async () => (await window.axe.run()).violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes[0].html.slice(0, 160) })));
  for (const { id, impact, where } of findings) check(!["serious", "critical"].includes(impact), `${name}: axe finds ${id} (${impact}) at ${where}`);
}

/** Pages of the printed report. */
const pagesOf = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;

async function checkPhone(browser, file) {
  const page = await open(browser, file, "phone", { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true });
  check((await overflow(page)) <= 0, "390 pixels: wider than the screen");
  const missing = await undrawn(page);
  check(missing.length === 0, `390 pixels: charts not drawn: ${missing}`);
  const [red] = (await background(page)).match(/\d+/g).map(Number);
  check(red < 64, "the system's dark is not followed");
  await checkAccess(page, "390 pixels, dark");
  await page.context().close();
}

async function checkWithoutScript(browser, file) {
  const page = await open(browser, file, "without script", { viewport: { width: 1000, height: 900 }, javaScriptEnabled: false });
  check((await page.locator("figure:visible").count()) === 0, "without script there is room for charts that nobody draws");
  check(await page.isVisible("#memo .choice"), "without script there is no decision");
  await page.click("#exceedance details summary");
  check(await page.isVisible("#exceedance table"), "without script a table cannot be opened");
  check((await overflow(page)) <= 0, "without script: wider than the screen");
  await page.context().close();
}

if (!costrisk("--version").includes("interactive")) skip("this build makes no charts");
try {
  const document = run("report", "--drivers", "--report");
  const file = join(folder, "report.html");
  if (options.plant) {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"over":[[', '"over":[[4096,').replace(/"stops":\[/, '"stops":[-1,'));
  }
  const browser = await chromium.launch({ executablePath: options.chromium, args: ["--no-sandbox"] });
  await checkWide(browser, file, document);
  if (!options.plant) {
    await checkPhone(browser, file);
    await checkWithoutScript(browser, file);
  }
  await browser.close();
} finally {
  if (options.keep) console.log(`kept in ${folder}`);
  else rmSync(folder, { recursive: true });
}

for (const failure of failures) console.log(failure);
const ended = options.plant ? failures.some((failure) => failure.includes("the page tells")) : failures.length === 0;
console.log(ended ? "passed" : "failed");
process.exit(ended ? 0 : 1);
