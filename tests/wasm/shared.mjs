// Shared by the tests in Node.js and in the browser: the fake, and a proxy in front of it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { createInterface } from "node:readline";
import { createGzip } from "node:zlib";

/** Starts a program that serves, and gives its address, which is what it prints at the end of a line. */
export async function start(program, args, env = {}, address = /(http:\S+)$/) {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } });
    process.on("exit", () => child.kill());
    for await (const line of createInterface(child.stdout)) {
        const found = line.match(address);
        if (!found) continue;
        child.stdout.resume(); // discards the rest of its output
        return found[1];
    }
    throw new Error(`${program} does not serve`);
}

/** Listens on a free port of loopback. */
export async function listen(handler) {
    const server = http.createServer(handler).listen(0, "127.0.0.1");
    await once(server, "listening");
    return { url: `http://127.0.0.1:${server.address().port}`, server };
}

/**
 * A proxy that compresses or doesn't, and that holds each download in its middle until `release` is called: so a test
 * sees that what came before has been decoded, without waiting for any time to pass.
 */
export async function proxy(upstream, { gzip }) {
    const seen = { headers: [], aborted: 0 };
    let release = () => {};
    const { url } = await listen(async (request, response) => {
        const { status, headers, body } = await forward(upstream, request);
        const [first, rest] = await (gzip ? compressed : (halves) => halves)(halves(body));
        if (gzip) headers["content-encoding"] = "gzip";
        headers["content-length"] = first.length + rest.length;
        seen.headers.push(request.headers);
        response.on("close", () => (seen.aborted += response.writableFinished ? 0 : 1));
        response.writeHead(status, headers).write(first);
        if (request.url.endsWith("/download")) await new Promise((released) => (release = released));
        response.end(rest);
    });
    return { url, seen, release: () => release() };
}

async function forward(upstream, request) {
    const asked = http.request(upstream + request.url, { method: request.method, headers: request.headers });
    request.pipe(asked);
    const [answer] = await once(asked, "response");
    const pieces = [];
    for await (const piece of answer) pieces.push(piece);
    const { "transfer-encoding": _, ...headers } = answer.headers;
    return { status: answer.statusCode, headers, body: Buffer.concat(pieces) };
}

const halves = (body) => [body.subarray(0, body.length / 2), body.subarray(body.length / 2)];

/** Each half flushed, so that it can be decoded when it is there. */
async function compressed([first, rest]) {
    const gzip = createGzip();
    let pieces = [];
    gzip.on("data", (piece) => pieces.push(piece));
    gzip.write(first);
    await new Promise((flushed) => gzip.flush(flushed));
    const start = Buffer.concat(pieces.splice(0));
    gzip.end(rest);
    await once(gzip, "end");
    return [start, Buffer.concat(pieces)];
}
