// The library in a page: exports a segment, and shows its profiles as they arrive.
import init, { Artisan } from "./pkg/useartisan_wasm.js";

const [form, segments, status, rows] = ["form", "#segment", "#status", "#profiles"].map((name) =>
    document.querySelector(name),
);
const columns = ["artisanId", "age", "geo-countryCode", "note"];

/** Runs what may fail, and shows how it ends. */
async function shown(work) {
    form.inert = true;
    try {
        status.value = await work();
    } catch (error) {
        status.value = String(error); // such as `ArtisanError: list_apps: …`
    }
    form.inert = false;
}

/** Shows the profiles of a segment, in the memory of one. */
async function show(segment) {
    rows.replaceChildren();
    const job = await artisan.exportSegment(app.id, segment, (text) => (status.value = text));
    const profiles = await artisan.download(job);
    status.value = "reading";
    for (let profile; (profile = await profiles.next());) {
        const row = rows.insertRow();
        // As text, never as HTML, because anybody may have written it.
        for (const name of columns) row.insertCell().textContent = profile.get(name) ?? "";
    }
    return `${rows.rows.length} profiles`;
}

let artisan, app;
await shown(async () => {
    await init();
    artisan = Artisan.withoutKeys(location.origin);
    [app] = await artisan.listApps();
    for (const { id, name } of await artisan.listSegments(app.id)) segments.add(new Option(name, id));
    return app.name;
});
form.onsubmit = (event) => {
    event.preventDefault();
    shown(() => show(segments.value));
};
