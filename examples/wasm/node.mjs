// The library in Node.js: exports a segment, and prints its profiles as they arrive.
//
//   ARTISAN_PUBLIC_KEY=… ARTISAN_SECRET_KEY=… node node.mjs https://artisantools.com "Over 28"
import { readFile } from "node:fs/promises";
import { Artisan, initSync } from "./pkg/useartisan_wasm.js";

initSync({ module: await readFile(new URL("pkg/useartisan_wasm_bg.wasm", import.meta.url)) });

const [url, name] = process.argv.slice(2);
const { ARTISAN_PUBLIC_KEY: publicKey = "", ARTISAN_SECRET_KEY: secretKey = "" } = process.env;

try {
    const artisan = Artisan.withKeys(url ?? "https://artisantools.com", publicKey, secretKey);
    const [app] = await artisan.listApps();
    const segments = await artisan.listSegments(app.id);
    const segment = segments.find((segment) => segment.name === name) ?? segments[0];
    const job = await artisan.exportSegment(app.id, segment.id, (status) => console.error(status));
    const profiles = await artisan.download(job);
    for (let profile; (profile = await profiles.next());) {
        console.log(profile.get("artisanId"), profile.get("age"));
    }
} catch (error) {
    console.error(String(error)); // such as `ArtisanError: list_apps: …`
    process.exitCode = 1;
}
