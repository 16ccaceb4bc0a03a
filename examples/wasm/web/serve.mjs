// Serves the page, and forwards its calls with the keys: a page can't keep a secret, so it never gets one.
//
//   ARTISAN_PUBLIC_KEY=… ARTISAN_SECRET_KEY=… node serve.mjs https://artisantools.com 8080
//
// Anyone who reaches this server can read the profiles, so put your own log-in in front of it (see the mark below).
import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { pipeline } from "node:stream";

const [service = "https://artisantools.com", port = "8080"] = process.argv.slice(2);
const { ARTISAN_PUBLIC_KEY: publicKey, ARTISAN_SECRET_KEY: secretKey } = process.env;

const files = {
    "/": ["index.html", "text/html; charset=utf-8"],
    "/main.js": ["main.js", "text/javascript"],
    "/pkg/useartisan_wasm.js": ["../pkg/useartisan_wasm.js", "text/javascript"],
    "/pkg/useartisan_wasm_bg.wasm": ["../pkg/useartisan_wasm_bg.wasm", "application/wasm"],
};

// What the page needs, and nothing more.
const calls = [
    /^GET \/public\/api\/(apps|apps\/[^/?]+\/segments\/|jobs|jobs\/[^/?]+(\/download)?)$/,
    /^POST \/public\/api\/apps\/[^/?]+\/segments\/[^/?]+\/export$/,
];

async function answer(request, response) {
    const { method, url } = request;
    if (calls.some((call) => call.test(`${method} ${url}`))) {
        // … ask here who it is; that it is this page, and not another site in the same browser, is seen from this:
        const own = request.headers["sec-fetch-site"] === "same-origin";
        return own ? forward(request, response) : response.writeHead(403).end();
    }
    const [name, type] = (method === "GET" && files[url]) || [];
    if (!name) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": type }).end(await readFile(new URL(name, import.meta.url)));
}

function forward(request, response) {
    const headers = {
        "accept-encoding": "application/json", // which a browser doesn't let a page set
        "authorization": `Token token="${secretKey}"`,
        "content-type": "application/json",
        "public-api-key": publicKey,
    };
    const { method, url } = request;
    const client = service.startsWith("https:") ? https : http;
    const asked = client.request(service + url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        pipeline(answer, response, () => {}); // cut on one side, cut on the other
    });
    asked.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on("close", () => asked.destroy());
    request.pipe(asked);
}

const server = http.createServer(answer).listen(Number(port), "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${server.address().port}`);
});
