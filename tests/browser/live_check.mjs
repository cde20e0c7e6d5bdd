// Makes the live page of a scenario and moves a value in it: node live_check.mjs --program PROGRAM --chromium CHROMIUM SCENARIO
// What the settled page holds must be what `costrisk run` gives, to the last bit. With --plant the program's run has one
// path more, and the check must find it. Exit code 77: cannot be run here.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    program: { type: "string" },
    chromium: { type: "string" },
    plant: { type: "boolean", default: false },
    shots: { type: "string" },
  },
});
const [scenario] = positionals;
const { chromium } = await import("playwright-core").catch(() => skip("playwright-core is not installed"));

const paths = 1024;
const folder = mkdtempSync(join(tmpdir(), "costrisk-live-"));
const failures = [];

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}
function check(holds, what) {
  if (!holds) failures.push(what);
}

/** The plans' figures of a run of the program. */
function plansOfRun(name, settings) {
  const result = join(folder, `${name}.h5`);
  const words = ["run", scenario, "--paths", String(paths + (options.plant ? 1 : 0)), "-o", result, "--json", "--quiet"];
  const text = execFileSync(options.program, [...words, ...settings.flatMap((setting) => ["--set", setting])], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return JSON.parse(text).plans;
}

const page_file = join(folder, "live.html");
const made = spawnSync(options.program, ["live", scenario, "-o", page_file, "--paths", String(paths), "--quiet"], { encoding: "utf8" });
if (made.status !== 0 && made.stderr.includes("engine for browsers")) skip("the engine for browsers is not built");
check(made.status === 0, `costrisk live: ${made.stderr}`);

const browser = await chromium.launch({ executablePath: options.chromium, args: ["--no-sandbox"] });
try {
  const page = await (await browser.newContext({ viewport: { width: 1400, height: 1000 } })).newPage();
  page.on("console", (message) => check(false, `console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => check(false, `error ${error.message}`));
  page.on("request", (request) => check(/^(file|blob|data):/.test(request.url()), `it asks for ${request.url()}`));
  await page.goto(pathToFileURL(page_file).href);

  const settled = () => page.waitForFunction((wanted) => last?.paths === wanted && last?.status === "complete", paths, { timeout: 240000 });
  const same = async (name, settings) => {
    const [here, there] = [await page.evaluate(() => last.plans), plansOfRun(name, settings)];
    for (const [i, plan] of there.entries())
      for (const key of Object.keys(plan).filter((key) => key !== "histogram"))  // the page's has more bins
        check(isDeepStrictEqual(here[i]?.[key], plan[key]), `${name}: '${key}' of '${plan.plan}' is ${JSON.stringify(here[i]?.[key])} in the page and ${JSON.stringify(plan[key])} in a run`);
  };
  await settled();
  await same("as it is", []);
  console.log(`${scenario}: ${await page.textContent("#state")}`);
  if (options.shots) await page.screenshot({ path: join(options.shots, "live-wide.png"), fullPage: true });

  // A value is moved: the page's answer is that of a run with the same setting.
  await page.evaluate(() => {
    last = null;
    const range = document.querySelector("#sliders input[type=range]");
    range.value = Math.min(1000, Number(range.value) + 90);
    range.dispatchEvent(new Event("input"));
  });
  await settled();
  const moved = await page.evaluate(() => settings());
  check(moved.length === 1, `one setting, not ${moved.length}`);
  check((await page.evaluate(() => location.hash)).includes("set="), "the page's address keeps what was moved");
  await same("moved", moved);

  // On a phone nothing is wider than the screen, and everything has a name.
  await page.setViewportSize({ width: 390, height: 800 });
  check((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, "it is wider than a phone");
  check((await page.$$eval("input, select, button", (all) => all.filter((one) => !one.labels?.length && !one.getAttribute("aria-label") && !one.textContent.trim() && !one.title).length)) === 0, "a control has no name");
  if (options.shots) await page.screenshot({ path: join(options.shots, "live-phone.png"), fullPage: true });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

if (options.plant) {
  if (failures.length === 0) console.log("the planted path was not found");
  process.exit(failures.length === 0 ? 1 : 0);
}
for (const failure of failures.slice(0, 20)) console.log(failure);
process.exit(failures.length === 0 ? 0 : 1);
