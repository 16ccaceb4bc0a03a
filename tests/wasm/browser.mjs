// Tests the page in headless Chromium, behind its own server, against the fake: browser.mjs FAKE_SERVER
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen, proxy, start } from "./shared.mjs";

const keys = ["browser-public-key", "browser-secret-key"];
const [ARTISAN_PUBLIC_KEY, ARTISAN_SECRET_KEY] = keys;
const serve = (upstream) => {
    const script = fileURLToPath(new URL("../../examples/wasm/web/serve.mjs", import.meta.url));
    return start(process.execPath, [script, upstream, "0"], { ARTISAN_PUBLIC_KEY, ARTISAN_SECRET_KEY });
};
const fake = await start(process.argv[2], keys);
const { url: upstream, release } = await proxy(fake, { gzip: true });
const page = await serve(upstream);

// A client for WebDriver (W3C), the protocol of chromedriver.
const port = await start("chromedriver", ["--port=0"], {}, /started successfully on port (\d+)/);
let session = `http://127.0.0.1:${port}/session`;
async function driver(method, path, body) {
    const answer = await fetch(session + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${path}: ${value.message}`);
    return value;
}
const evaluate = (expression) => driver("POST", "/execute/sync", { script: `return ${expression}`, args: [] });
/** Waits until the page has come to this, for at most the 30 seconds that WebDriver allows a script. */
const until = (expression) =>
    driver("POST", "/execute/async", {
        script: `const [done] = arguments;
            const look = () => (${expression}) && (observer.disconnect(), done());
            const observer = new MutationObserver(look);
            observer.observe(document, { subtree: true, childList: true, characterData: true });
            look();`,
        args: [],
    });
async function click(xpath) {
    const element = await driver("POST", "/element", { using: "xpath", value: xpath });
    await driver("POST", `/element/${Object.values(element)[0]}/click`, {});
}

const profile = mkdtempSync(join(tmpdir(), "chromium-"));
const flags = "headless no-sandbox disable-gpu disable-quic no-first-run disable-dev-shm-usage " +
    "disable-background-networking disable-component-update disable-sync";
const args = [...flags.split(" ").map((flag) => `--${flag}`), `--user-data-dir=${profile}`];
const { sessionId } = await driver("POST", "", {
    capabilities: {
        alwaysMatch: {
            "browserName": "chrome",
            "goog:chromeOptions": { args },
            "goog:loggingPrefs": { browser: "ALL", performance: "ALL" },
        },
    },
});
session += `/${sessionId}`;

try {
    const status = "document.querySelector('#status').value";
    const rows = "document.querySelectorAll('#profiles tr')";
    await driver("POST", "/url", { url: page });
    await until(`${status} === 'Demo App 1'`);
    await click("//option[.='Many']");
    await click("//button");

    // The proxy holds back the second half of the download. The first half has 200 of the 500 profiles.
    await until(`${rows}.length >= 200`);
    assert.equal(await evaluate(status), "reading");
    const early = await evaluate(`${rows}.length`);
    assert(early < 500, `${early} rows`);
    release();
    await until(`${status} === '500 profiles'`);

    const table = await evaluate(`Array.from(${rows}, (row) => Array.from(row.cells, (cell) => cell.textContent))`);
    const expected = (n) => [`user-${String(n).padStart(3, "0")}`, String(18 + (n % 60)), "US", "<b>ü</b>"];
    assert.deepEqual(table, Array.from({ length: 500 }, (_, n) => expected(n)));
    assert.equal(await evaluate("document.querySelectorAll('td *').length"), 0);

    // The page's requests and their headers.
    const log = await driver("POST", "/se/log", { type: "performance" });
    const events = log.map(({ message }) => JSON.parse(message).message);
    const of = (name) => events.filter(({ method }) => method === `Network.${name}`).map(({ params }) => params);
    const requests = of("requestWillBeSent").filter(({ documentURL }) => documentURL === `${page}/`);
    const urls = requests.map(({ request }) => request.url).filter((url) => url !== "data:,");
    assert.deepEqual(urls.filter((url) => !url.startsWith(`${page}/`)), []);
    assert(urls.some((url) => url.endsWith("/download")), urls.join());
    const sent = of("requestWillBeSentExtraInfo");
    assert(sent.length >= urls.length, `${sent.length} of ${urls.length}`);
    const names = sent.flatMap(({ headers }) => Object.keys(headers));
    assert.deepEqual(names.filter((name) => /^(authorization|public-api-key|cookie)$/i.test(name)), []);

    // Neither key is in anything that the browser received or shows.
    const own = urls.filter((url) => !url.includes("/public/api/"));
    assert.equal(own.length, 4, own.join());
    const files = await Promise.all(own.map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())));
    const shown = [JSON.stringify(log), await driver("GET", "/source"), ...files];
    for (const key of keys.flatMap((key) => [key, Buffer.from(key).toString("base64")])) {
        assert(!shown.some((text) => text.includes(key)), key);
    }
    const console_ = await driver("POST", "/se/log", { type: "browser" });
    assert.deepEqual(console_, []);
    console.log(`browser: 500 profiles, ${early} of them early; ${urls.length} requests, without the keys`);

    // The page's server refuses other sites, and the browser follows no redirect.
    const foreign = await fetch(`${page}/public/api/apps`, { headers: { "sec-fetch-site": "cross-site" } });
    assert.equal(foreign.status, 403);
    const { url: away } = await listen((_, response) => response.writeHead(302, { location: page }).end());
    await driver("POST", "/url", { url: await serve(away) });
    await until(`${status}.startsWith('ArtisanError')`);
    assert.match(await evaluate(status), /a redirect; a browser does not show where it leads/);
    console.log("browser: a call from another site is refused, a redirect is not followed");
} finally {
    await driver("DELETE", "");
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
process.exit();
