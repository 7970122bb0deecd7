// Plays the page with others: node room.cjs URL CHROMIUM OUT FRAME, in a folder
// where playwright-core is installed. The page at URL makes a room; its link is
// printed as soon as there is one, as {"link": …}. When that many frames have
// hashes, everything the page knows is printed as {"tutti": …}. Exits 1 with a
// sentence if something fails.
"use strict";
const path = require("path");
const { chromium } = require(require.resolve("playwright-core", { paths: [process.cwd()] }));
const [url, executablePath, out, frame] = process.argv.slice(2);

const args = [
  "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
  "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
];
const complaints = [];

async function main() {
  const browser = await chromium.launch({ executablePath, args, headless: true });
  try {
    const page = await browser.newPage({ viewport: { width: 960, height: 540 } });
    page.on("pageerror", (e) => complaints.push(String(e)));
    page.on("console", (m) => { if (m.type() === "error") complaints.push(m.text()); });
    await page.goto(url);
    await until(page, "room", 60000, (t) => t.link);
    console.log(JSON.stringify({ link: await page.evaluate(() => tutti.link) }));
    await until(page, "company", 60000, (t) => t.members.length === 4 && t.members.every((m) => m.self || m.path === "direct"));
    await page.screenshot({ path: path.join(out, "page-room.png") });
    // Said by typing: T, the line, enter.
    await page.locator("canvas").focus();
    await press(page, "t");
    await page.keyboard.type("typed in the page", { delay: 60 });
    await pictures(page, 4);
    await press(page, "Enter");
    await until(page, "own line", 20000, (t) => t.chat.some((c) => c.text === "typed in the page"));
    await press(page, "Escape");
    await press(page, "s");
    await until(page, "match", 60000, (t) => t.frame > 120);
    await page.screenshot({ path: path.join(out, "page-match.png") });
    await until(page, "hashes", 120000, `(t) => t.hashes.some((h) => h.frame >= ${Number(frame)})`);
    console.log(JSON.stringify({ tutti: await page.evaluate(() => JSON.parse(JSON.stringify(tutti))) }));
  } finally {
    await browser.close();
  }
  if (complaints.length > 0) throw new Error("the page complained: " + complaints.join("; "));
}

// press holds a key for some pictures, and waits for some after it: on a busy machine
// the page draws so few that a press of any time may fall between two.
async function press(page, key) {
  await page.keyboard.down(key);
  await pictures(page, 4);
  await page.keyboard.up(key);
  await pictures(page, 4);
}

// pictures waits until so many were drawn.
async function pictures(page, n) {
  await page.evaluate((n) => new Promise((done) => {
    const next = () => (n-- > 0 ? requestAnimationFrame(next) : done());
    next();
  }), n);
}

// until waits until test says yes to window.tutti.
async function until(page, name, timeout, test) {
  try {
    await page.waitForFunction((source) => window.tutti && (tutti.error || eval(source)(tutti)), test.toString(), { polling: 100, timeout });
  } catch (e) {
    await page.screenshot({ path: path.join(out, "page-failed.png") });
    const state = await page.evaluate(() => JSON.stringify(window.tutti));
    throw new Error(`no ${name}: ${e.message}\n${state}`);
  }
  const error = await page.evaluate(() => tutti.error || "");
  if (error) throw new Error(`no ${name}: ${error}`);
}

main().catch((e) => {
  console.error(e.message || e);
  process.exit(1);
});
