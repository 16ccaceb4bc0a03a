// Tests the module in Node.js, over Node's own `fetch`, against the fake: node.mjs FAKE_SERVER
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { Artisan, initSync } from "../../examples/wasm/pkg/useartisan_wasm.js";
import { listen, proxy, start } from "./shared.mjs";

const example = new URL("../../examples/wasm/", import.meta.url);
initSync({ module: await readFile(new URL("pkg/useartisan_wasm_bg.wasm", example)) });

const keys = ["node-public-key", "node-secret-key"];
const fake = await start(process.argv[2], keys);
const ids = (profiles) => profiles.map((profile) => profile.get("artisanId"));
const tell = (text) => console.log(`node: ${text}`);

/** The next so many profiles, or those until the end. */
async function read(profiles, most = Infinity) {
    const found = [];
    for (let profile; found.length < most && (profile = await profiles.next()); ) found.push(profile);
    return found;
}

for (const gzip of [false, true]) {
    const { url, seen, release } = await proxy(fake, { gzip });
    const artisan = Artisan.withKeys(url, ...keys);

    const [app, ...others] = await artisan.listApps();
    assert.deepEqual([app.name, others.length], ["Demo App 1", 1]);
    assert.equal(seen.headers[0]["accept-encoding"], "application/json");

    const profile = await artisan.getProfile(app.id, "bdbbf66f-d661-4236-8237-76d4159344fe");
    assert.deepEqual([profile.get("age"), profile.size], ["54", 22]);
    assert.equal(await artisan.getProfile(app.id, "nobody/../%"), undefined);

    const segments = await artisan.listSegments(app.id);
    const many = segments.find(({ name }) => name === "Many");
    let statuses = [];
    const job = await artisan.exportSegment(app.id, many.id, (status) => statuses.push(status));
    assert.deepEqual(statuses, ["QUEUED", "RUNNING", "COMPLETE"]);
    await artisan.waitForJob(job, (status) => statuses.push(status));
    assert.deepEqual(statuses.slice(3), ["COMPLETE"]);

    // The proxy holds back the second half. The first half has 200 of the 500 profiles.
    let profiles = await artisan.download(job);
    const early = await read(profiles, 200);
    release();
    const late = await read(profiles);
    assert.deepEqual(ids([...early, ...late]), Array.from({ length: 500 }, (_, n) => `user-${String(n).padStart(3, "0")}`));
    assert.equal(early[7].get("note"), "<b>ü</b>");
    assert.equal(await profiles.next(), undefined);

    // Giving up half-way closes the connection.
    profiles = await artisan.download(job);
    assert.equal((await read(profiles, 1)).length, 1);
    assert.equal(seen.aborted, 0);
    profiles.free();
    for (const late = Date.now() + 10_000; seen.aborted === 0; await new Promise(setImmediate)) {
        assert.ok(Date.now() < late, "the connection of a download that was given up is still open");
    }

    // The proxy holds the second half back for longer than the reader waits.
    artisan.setPatience(1000, 1);
    profiles = await artisan.download(job);
    await assert.rejects(read(profiles), { kind: "TimedOut", sent: "Answered", message: /`stall` of 1s passed/ });
    tell(`list, get, export, wait, a streamed download, ${gzip ? "compressed" : "plain"}: 500 profiles, 200 of them early`);
}

const { url: refused, server } = await listen(() => {});
await new Promise((closed) => server.close(closed));
const { url: deaf } = await listen(() => {});
const { url: away } = await listen((_, response) => response.writeHead(302, { location: fake }).end());
for (const [url, expected] of [
    [refused, { name: "ArtisanError", kind: "Transport", sent: "No", message: /ECONNREFUSED/ }],
    [deaf, { name: "ArtisanError", kind: "TimedOut", sent: "Maybe", message: /`head` of 1s passed/ }],
    [away, { name: "ArtisanError", kind: "Redirect", sent: "Answered", status: 302 }],
]) {
    const artisan = Artisan.withKeys(url, ...keys);
    artisan.setPatience(url === deaf ? 1000 : 30_000, 1);
    await assert.rejects(artisan.listApps(), expected);
}
await assert.rejects(Artisan.withKeys(fake, "other", "keys").listApps(), { kind: "AccessDenied", status: 401 });
assert.throws(() => Artisan.withKeys("http://example.com", ...keys), { kind: "InvalidInput", sent: "No" });
tell("errors: refused, too late, redirected, wrong keys, plain http");

// The rules of the conformance suite that JavaScript can check. The suite itself needs threads and sockets.
async function asked(answer, ask = (artisan) => artisan.listApps(), attempts = 1) {
    const lines = [];
    const { url } = await listen((request, response) => {
        lines.push(`${request.method} ${request.url}`);
        answer(response);
    });
    const artisan = Artisan.withKeys(url, ...keys);
    artisan.setPatience(30_000, attempts);
    return { outcome: await ask(artisan).catch((error) => error), lines };
}
const whole = (response, status, headers, body) => response.writeHead(status, headers).end(body);
const cut = (headers) => (response) =>
    response.writeHead(200, headers).write('{"apps":[', () => setImmediate(() => response.destroy()));

for (const status of [400, 404, 409, 410, 422, 429, 500, 503]) {
    const failure = '{"success":false,"error":"It is Monday."}';
    const { outcome } = await asked((response) => whole(response, status, {}, failure));
    const kind = [404, 410].includes(status) ? "NotFound" : "Rejected";
    assert.deepEqual([outcome.kind, outcome.sent, outcome.status], [kind, "Answered", status]);
    assert.match(outcome.message, /It is Monday\./);
}
let elsewhere = 0;
const { url: other } = await listen((_, response) => (elsewhere++, response.end()));
for (const status of [301, 302, 303, 307, 308]) {
    for (const location of [`${other}/`, "/public/api/jobs"]) {
        const { outcome, lines } = await asked((response) => whole(response, status, { location }, "moved"));
        assert.deepEqual([outcome.kind, outcome.status, lines.length], ["Redirect", status, 1]);
    }
}
assert.equal(elsewhere, 0);
for (const headers of [{ "content-length": 1000 }, { "transfer-encoding": "chunked" }]) {
    const { outcome } = await asked(cut(headers));
    assert.deepEqual([outcome.kind, outcome.sent, outcome.status], ["Transport", "Maybe", 200], outcome.message);
}
// A POST is not sent again, even if a call has several attempts. An id is escaped once.
const exporting = (artisan) => artisan.exportSegment("app/../%2e ü", "1", () => {});
const lost = await asked((response) => response.destroy(), exporting, 3);
assert.deepEqual([lost.outcome.kind, lost.outcome.sent], ["OutcomeUnknown", "Maybe"]);
const posts = lost.lines.filter((line) => line.startsWith("POST"));
assert.equal(posts.length, 1, lost.lines.join());
assert.match(posts[0], /^POST .*\/app%2F\.\.%2F%252e%20%C3%BC\//);
const interim = await asked((response) => (response.writeProcessing(), whole(response, 200, {}, '{"apps":[]}')));
assert.deepEqual(interim.outcome, []);
tell("the backend: statuses, redirects, cuts, one POST, ids escaped once, an interim answer");

// The example program, as in the README.
const [ARTISAN_PUBLIC_KEY, ARTISAN_SECRET_KEY] = keys;
const env = { ...process.env, ARTISAN_PUBLIC_KEY, ARTISAN_SECRET_KEY };
const run = [new URL("node.mjs", example).pathname, fake, "Philadelphians"];
const printed = execFileSync(process.execPath, run, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
assert.equal(printed, "02479158-4741-48ac-8562-532f7d4a3208 29\n037a17ab-e989-4a08-8841-0a5edb9b6a02 38\n");
tell("the example prints two profiles");
process.exit();
