// Plays the page as one of several players: node seat.cjs URL CHROMIUM OUT FLAG...,
// in a folder where playwright-core is installed. The flags are Chromium's. It
// prints what the page knows four times a second, in the lines of the program's
// -trace: chat, events and hashes have only what is new. Standard input takes
//
//   say TEXT       types it into the game: T, the line, enter
//   picture NAME   takes one, in OUT; prints {"picture": NAME}
//   pairs          prints {"pairs": …}: between which addresses each connection goes
//
// and its end ends the page. Exits 1 with a sentence if something went wrong.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const { chromium } = require(require.resolve("playwright-core", { paths: [process.cwd()] }));
const [url, executablePath, out, ...flags] = process.argv.slice(2);

const args = [
  "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
  "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", ...flags,
];
const complaints = [];
const told = { match: "", chat: 0, events: 0, hashes: 0 };

async function main() {
  const browser = await chromium.launch({ executablePath, args, headless: true });
  prefer();
  try {
    const page = await browser.newPage({ viewport: { width: 320, height: 180 } });
    page.on("pageerror", (e) => complaints.push(String(e)));
    page.on("console", (m) => {
      // Chromium writes there that a server does not answer any more, which a match survives.
      if (m.type() === "error" && !m.text().includes("WebSocket connection to")) complaints.push(m.text());
    });
    await page.addInitScript(collect);
    await page.goto(url);
    let open = true;
    const watching = (async () => {
      while (open) {
        await tell(page);
        await new Promise((next) => setTimeout(next, 250));
      }
    })();
    for await (const line of readline.createInterface({ input: process.stdin })) {
      const [, verb, rest] = /^(\S*) ?(.*)$/.exec(line);
      await commands[verb](page, rest);
    }
    open = false;
    await watching;
  } finally {
    await browser.close();
  }
  if (complaints.length > 0) throw new Error("the page complained: " + complaints.join("; "));
}

// prefer gives the browser, which is a session of its own, the share of the
// processor that this program's session was given, where the kernel knows such.
function prefer() {
  try {
    const nice = /nice (-?\d+)/.exec(fs.readFileSync("/proc/self/autogroup", "utf8"))[1];
    for (const child of fs.readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ")) {
      fs.writeFileSync(`/proc/${child}/autogroup`, nice);
    }
  } catch {} // none, or no leave
}

const commands = {
  async say(page, text) {
    await page.locator("canvas").focus();
    await page.keyboard.press("t", { delay: 100 });
    await pictures(page, 4); // the letters are for the line that T opens
    await page.keyboard.type(text, { delay: 20 });
    await pictures(page, 4);
    await page.keyboard.press("Enter", { delay: 100 });
  },
  async picture(page, name) {
    await page.screenshot({ path: path.join(out, name) });
    console.log(JSON.stringify({ picture: name }));
  },
  async pairs(page) {
    console.log(JSON.stringify({ pairs: await page.evaluate(pairs) }));
  },
};

// pictures waits until so many were drawn.
async function pictures(page, n) {
  await page.evaluate((n) => new Promise((done) => {
    const next = () => (n-- > 0 ? requestAnimationFrame(next) : done());
    next();
  }), n);
}

// tell prints what there is to know now.
async function tell(page) {
  const facts = await page.evaluate((told) => {
    const t = window.tutti;
    if (!t || !t.screen) return null;
    const fresh = (name, n) => t[name].slice(n <= t[name].length ? n : 0);
    return {
      screen: t.screen, match: t.match, frame: t.frame, confirmed: t.confirmed, settled: t.settled, hash_frame: t.hashFrame, hash: t.hash,
      phase: t.phase, score: t.score, seat: t.seat, x: t.ship.x, y: t.ship.y, charge: t.ship.charge, puck: t.puck,
      room: t.room, link: t.link, members: t.members, error: t.error,
      chat: fresh("chat", told.chat), events: fresh("events", told.events), hashes: fresh("hashes", t.match === told.match ? told.hashes : 0),
      told: { match: t.match, chat: t.chat.length, events: t.events.length, hashes: t.hashes.length },
    };
  }, told);
  if (facts) {
    Object.assign(told, facts.told);
    delete facts.told;
    console.log(JSON.stringify(facts));
  }
}

// collect keeps the page's connections where pairs finds them. It runs before the page.
function collect() {
  const made = (window.connections = []);
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(...args) {
      super(...args);
      made.push(this);
    }
  };
}

// pairs runs in the page: the selected candidate pairs as the browser counts them.
async function pairs() {
  const all = [];
  for (const c of window.connections.filter((c) => c.connectionState === "connected")) {
    const stats = await c.getStats();
    for (const transport of [...stats.values()].filter((s) => s.type === "transport")) {
      const pair = stats.get(transport.selectedCandidatePairId);
      const [local, remote] = [stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)];
      all.push({
        local: local.candidateType, remote: remote.candidateType, protocol: local.protocol,
        address: remote.address || "", bytes: pair.bytesReceived,
      });
    }
  }
  return all;
}

main().catch((e) => {
  console.error(e.message || e);
  process.exit(1);
});
