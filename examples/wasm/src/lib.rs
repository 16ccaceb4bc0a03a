//! The library for JavaScript, over the host's `fetch`: what a page or a program of Node.js calls.
//!
//! The backend is the library's, by its feature `fetch`. Copy from here what you need.
#![cfg(target_family = "wasm")]

use std::error::Error as _;
use std::time::Duration;

use js_sys::{Function, Map, Reflect};
use useartisan::BoxedBody;
use useartisan::backends::fetch::Fetch;
use useartisan::{
    Api, AppId, CallOptions, Client, Credentials, Error, JobId, JobProgress, OptionalExt, Polling, ProfileId,
    Retry, SegmentId, Timeouts,
};
use wasm_bindgen::prelude::*;

/// The API. Its methods throw an error with `kind`, `sent` and, if there was an answer, `status`.
#[wasm_bindgen]
pub struct Artisan(Client);

/// An app or a segment.
#[wasm_bindgen(getter_with_clone)]
pub struct Named {
    pub id: String,
    pub name: String,
}

#[wasm_bindgen]
impl Artisan {
    /// With the organization's keys, for a server. Anyone who opens a page can read it, its module too.
    #[wasm_bindgen(js_name = withKeys)]
    pub fn with_keys(url: &str, public_key: &str, secret_key: &str) -> Result<Artisan, JsValue> {
        let credentials = Credentials::new(public_key, secret_key).map_err(thrown)?;
        artisan(Api::builder(url).credentials(credentials).build())
    }

    /// Without keys: for a page, whose own server adds them.
    #[wasm_bindgen(js_name = withoutKeys)]
    pub fn without_keys(url: &str) -> Result<Artisan, JsValue> {
        artisan(Api::builder(url).no_credentials().build())
    }

    /// Sets the longest to wait for a head or for the next piece of a body, and how often a call is tried.
    #[wasm_bindgen(js_name = setPatience)]
    pub fn set_patience(&mut self, milliseconds: u32, attempts: u32) {
        let patience = Duration::from_millis(milliseconds.into());
        let with = |timeouts: Timeouts| timeouts.with_head(patience).with_stall(patience);
        let options = CallOptions::default()
            .with_timeouts(with(Timeouts::default()))
            .with_download_timeouts(with(Timeouts::for_download()))
            .with_retry(Retry::default().with_attempts(attempts));
        self.0 = self.0.clone().options(options);
    }

    #[wasm_bindgen(js_name = listApps)]
    pub async fn list_apps(&self) -> Result<Vec<Named>, JsValue> {
        let apps = self.0.list_apps().send().await.map_err(thrown)?;
        Ok(apps.iter().map(|app| named(app.id().as_str(), app.name())).collect())
    }

    #[wasm_bindgen(js_name = listSegments)]
    pub async fn list_segments(&self, app: &str) -> Result<Vec<Named>, JsValue> {
        let app = AppId::new(app).map_err(thrown)?;
        let segments = self.0.list_segments(app).send().await.map_err(thrown)?;
        Ok(segments.iter().map(|segment| named(segment.id().as_str(), segment.name())).collect())
    }

    /// The attributes of a profile; `undefined` if there is none.
    #[wasm_bindgen(js_name = getProfile)]
    pub async fn get_profile(&self, app: &str, artisan_id: &str) -> Result<Option<Map>, JsValue> {
        let app = AppId::new(app).map_err(thrown)?;
        let id = ProfileId::artisan(artisan_id).map_err(thrown)?;
        let profile = self.0.get_profile(app, id).send().await.optional().map_err(thrown)?;
        Ok(profile.map(|profile| attributes(profile.attributes().iter())))
    }

    /// Exports a segment, waits until the job is complete, and returns its id. Calls `on_status` with each status.
    #[wasm_bindgen(js_name = exportSegment)]
    pub async fn export_segment(
        &self,
        app: &str,
        segment: &str,
        on_status: Function,
    ) -> Result<String, JsValue> {
        let app = AppId::new(app).map_err(thrown)?;
        let segment = SegmentId::new(segment).map_err(thrown)?;
        let export = self.0.export_segment(app, segment).polling(polling()).on_progress(each(on_status));
        let completed = export.send_and_wait().await.map_err(thrown)?;
        Ok(completed.job().id().to_string())
    }

    /// Waits until a job is complete.
    #[wasm_bindgen(js_name = waitForJob)]
    pub async fn wait_for_job(&self, job: &str, on_status: Function) -> Result<(), JsValue> {
        let job = JobId::new(job).map_err(thrown)?;
        let wait = self.0.wait_for_job(job).polling(polling()).on_progress(each(on_status));
        wait.send().await.map_err(thrown)?;
        Ok(())
    }

    /// Opens the result of a job.
    pub async fn download(&self, job: &str) -> Result<Profiles, JsValue> {
        let job = JobId::new(job).map_err(thrown)?;
        self.0.download_job(job).profiles().await.map(Profiles).map_err(thrown)
    }
}

/// The profiles of a download, decoded as they come. Freed before the end, it aborts the download.
#[wasm_bindgen]
pub struct Profiles(useartisan::Profiles<BoxedBody>);

#[wasm_bindgen]
impl Profiles {
    /// The attributes of the next profile; `undefined` at the end of a whole document.
    pub async fn next(&mut self) -> Result<Option<Map>, JsValue> {
        let record = self.0.next_record().await.map_err(thrown)?;
        Ok(record.map(|record| attributes(record.iter())))
    }
}

fn artisan(api: Result<Api, Error>) -> Result<Artisan, JsValue> {
    Ok(Artisan(Client::new(api.map_err(thrown)?, Fetch::new()).boxed()))
}

fn named(id: &str, name: &str) -> Named {
    Named { id: id.to_owned(), name: name.to_owned() }
}

/// A `Map`, since an attribute may have any name, `__proto__` too.
fn attributes<'a>(pairs: impl Iterator<Item = (&'a str, useartisan::AttributeValue<'a>)>) -> Map {
    let map = Map::new();
    for (name, value) in pairs {
        map.set(&name.into(), &value.as_str().into());
    }
    map
}

fn polling() -> Polling {
    Polling::default().with_interval(Duration::from_millis(200), Duration::from_secs(30))
}

/// Calls a function of JavaScript with each status.
fn each(on_status: Function) -> impl FnMut(&JobProgress<'_>) {
    move |progress| {
        if let Some(status) = progress.status {
            // An exception in it doesn't end the wait.
            let _ = on_status.call1(&JsValue::NULL, &status.as_str().into());
        }
    }
}

/// A JavaScript error that says what the library's says.
fn thrown(error: Error) -> JsValue {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    let thrown = js_sys::Error::new(&text);
    thrown.set_name("ArtisanError");
    let status = error.status().map(|status| status.as_u16());
    for (name, value) in [
        ("kind", JsValue::from(format!("{:?}", error.kind()))),
        ("sent", JsValue::from(format!("{:?}", error.sent()))),
        ("status", JsValue::from(status)),
    ] {
        // Cannot fail: the object is new.
        let _ = Reflect::set(&thrown, &name.into(), &value);
    }
    thrown.into()
}
