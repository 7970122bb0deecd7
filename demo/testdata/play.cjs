// Plays the page in a real browser: node play.cjs URL CHROMIUM OUT, in a folder
// where playwright-core is installed. Prints one line of JSON per step; exits 1
// with a sentence if a step fails. It waits for frames of the match, never for
// seconds: without a graphics card the page draws 9 to 35 pictures per second.
"use strict";
const path = require("path");
const { chromium } = require(require.resolve("playwright-core", { paths: [process.cwd()] }));
const [url, executablePath, out] = process.argv.slice(2);

const args = [
  "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
  "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
];
const complaints = [];

async function main() {
  const browser = await chromium.launch({ executablePath, args, headless: true });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.on("pageerror", (e) => complaints.push(String(e)));
    page.on("console", (m) => { if (m.type() === "error") complaints.push(m.text()); });
    await page.goto(url);
    await loads(page);
    await plays(page);
  } finally {
    await browser.close();
  }
  if (complaints.length > 0) throw new Error("the page complained: " + complaints.join("; "));
}

// loads waits until the match runs and the door is open.
async function loads(page) {
  await page.waitForFunction(() => window.tutti && (tutti.frame > 0 || tutti.error), null, { timeout: 60000 });
  const error = await page.evaluate(() => tutti.error || "");
  if (error) throw new Error("the game stopped: " + error);
  await page.waitForFunction(() => document.getElementById("door").hidden, null, { timeout: 20000 });
  await page.screenshot({ path: path.join(out, "page-countdown.png") });
  await step(page, "loaded", 0, () => true);
}

// plays flies up and down and dashes, with both sets of keys.
async function plays(page) {
  await page.locator("canvas").focus();
  await step(page, "whistle", 900, (t) => t.phase === "play");
  await page.keyboard.down("ArrowUp");
  await step(page, "up", 900, (t) => t.ship.y < -40);
  await page.keyboard.up("ArrowUp");
  await page.keyboard.down("KeyS");
  await step(page, "down", 900, (t) => t.ship.y > 40);
  await page.keyboard.up("KeyS");
  await page.keyboard.down("KeyW");
  await page.keyboard.press("Space"); // shorter than a picture takes: must not get lost
  await step(page, "dash", 120, (t) => t.ship.charge < 1);
  await page.screenshot({ path: path.join(out, "page-dash.png") });
  await page.keyboard.up("KeyW");
  await step(page, "hashed", 300, (t) => t.hashFrame >= 60 && t.settled >= t.hashFrame);
}

// step waits until test says yes to window.tutti, for that many frames.
async function step(page, name, frames, test) {
  const source = test.toString();
  const result = await page.evaluateHandle(() => tutti.frame).then((h) => h.jsonValue());
  await page.waitForFunction(
    ([source, last]) => tutti.error || new Function("t", "return (" + source + ")(t)")(tutti) || tutti.frame > last,
    [source, result + frames], { polling: "raf", timeout: 120000 });
  const [ok, state] = await page.evaluate(
    (source) => [new Function("t", "return (" + source + ")(t)")(tutti), JSON.parse(JSON.stringify(tutti))], source);
  console.log(JSON.stringify({ step: name, ...state }));
  // The ship may have been knocked on since: what counts is that the wait ended early.
  if (state.error || (!ok && state.frame > result + frames)) {
    await page.screenshot({ path: path.join(out, "page-failed.png") });
    throw new Error(`step ${name} failed within ${frames} frames: ${JSON.stringify(state)}`);
  }
}

main().catch((e) => {
  console.error(e.message || e);
  process.exit(1);
});
