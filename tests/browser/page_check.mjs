// page_check.mjs CHROMIUM REPORT [SCREENSHOT_FOLDER]: opens a report from disk with the network off
// and holds it to what docs/report.md promises. Prints what it found wrong and exits with 1, or one
// line and 0.
import {createRequire} from "node:module";
import {readFileSync, statSync} from "node:fs";
import {basename, join, resolve} from "node:path";
import {pathToFileURL} from "node:url";

const require = createRequire(join(process.cwd(), "package.json"));
const {chromium} = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [browser_path, report, pictures] = process.argv.slice(2);
const page_url = pathToFileURL(resolve(report)).href;
const bytes_most = 2e6;
const charts_least = 8;
const faults = [];
const expect = (holds, what) => { if (!holds) faults.push(what); };

const browser = await chromium.launch({executablePath: browser_path, args: ["--no-sandbox"]});

/// A page at that width, with everything that it complains about.
const open = async (options) => {
  const context = await browser.newContext({offline: true, bypassCSP: false, ...options});
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      faults.push(`console at ${options.viewport?.width}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) faults.push(`asks for ${request.url()}`);
  });
  await page.goto(page_url);
  return page;
};

const check_charts = async (page, width) => {
  await page.waitForFunction(() => document.documentElement.dataset.charts, null, {timeout: 60000});
  expect(await page.evaluate(() => document.documentElement.dataset.charts) === "drawn",
         `at ${width}: charts are not drawn`);
  const charts = await page.$$eval(".plot", (plots) => plots.map((plot) => ({
    id: plot.id,
    marks: plot.querySelectorAll(".mark-rect path, .mark-line path, .mark-symbol path, " +
                                 ".mark-area path, .mark-rule line").length,
    // No colour of ours: what a browser makes of one that it cannot read.
    black: [...plot.querySelectorAll(".mark-rect path, .mark-symbol path, .mark-area path")]
      .filter((mark) => getComputedStyle(mark).fill === "rgb(0, 0, 0)").length,
    wide: plot.scrollWidth > plot.clientWidth + 1,
    height: plot.getBoundingClientRect().height,
  })));
  expect(charts.length >= charts_least, `at ${width}: ${charts.length} charts`);
  for (const {id, marks, black, wide, height} of charts) {
    expect(black === 0, `at ${width}: ${id} has ${black} black marks`);
    expect(marks > 0 && height > 30, `at ${width}: ${id} has ${marks} marks, ${height} px high`);
    expect(!wide, `at ${width}: ${id} is wider than its place`);
    expect(marks <= 5000, `at ${width}: ${id} has ${marks} marks`);
  }
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow <= 0, `at ${width}: the page is ${overflow} px too wide`);
  return charts;
};

const shoot = async (page, name) => {
  if (pictures) await page.screenshot({path: join(pictures, `${name}.png`), fullPage: true});
};

let drawn = [];
for (const width of [1280, 400]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open({viewport: {width, height: 900}, colorScheme});
    drawn = await check_charts(page, width);
    await shoot(page, `${basename(report, ".html")}-${width}-${colorScheme}`);
    await page.evaluate(axe);
    const {violations} = await page.evaluate(
      () => axe.run(document, {resultTypes: ["violations"]}));
    for (const {id, impact, nodes} of violations) {
      if (["serious", "critical"].includes(impact)) {
        faults.push(`axe at ${width}, ${colorScheme}: ${id} (${impact}) at ${nodes[0].target}: ` +
                    nodes[0].failureSummary);
      }
    }
    await page.context().close();
  }
}

// Every table is there and visible without scripts, and there is one for each chart.
const plain = await open({javaScriptEnabled: false, viewport: {width: 1280, height: 900}});
for (const figure of await plain.locator("figure:has(.plot)").all()) {
  const id = await figure.getAttribute("id");
  const rows = await figure.locator("table tbody tr").count();
  expect(rows > 0 && await figure.locator("table").isVisible(), `without scripts ${id} has no table`);
}

// The keyboard gets to the answer, through the menu, and into tables that scroll.
const keys = await open({viewport: {width: 1280, height: 900}});
await keys.keyboard.press("Tab");
expect(await keys.evaluate(() => document.activeElement.className) === "skip",
       "the first stop is not the way to the answer");
const stops = await keys.$$eval("a[href], [tabindex='0'], summary", (all) => all.length);
expect(stops > 12, `only ${stops} stops for the keyboard`);

// On A4 nothing is cut off at the right.
const paper = await open({viewport: {width: 794, height: 1123}});
await paper.waitForFunction(() => document.documentElement.dataset.charts);
await paper.emulateMedia({media: "print"});
const over = await paper.evaluate(
  () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
expect(over <= 0, `printed it is ${over} px too wide`);

expect(statSync(report).size < bytes_most, `the page has ${statSync(report).size} bytes`);
await browser.close();
if (faults.length > 0) {
  console.log(`${report}:\n` + faults.map((fault) => `  ${fault}`).join("\n"));
  process.exit(1);
}
const marks = drawn.map(({marks: count}) => count).join(", ");
console.log(`${report}: ${drawn.length} charts drawn (marks: ${marks}), ` +
            `${statSync(report).size} bytes`);
