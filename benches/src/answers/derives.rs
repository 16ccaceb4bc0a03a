//! The answers as a user would write their types by hand, with the same content as the library's: all documented members, times
//! as times, and errors that hold their answer.

use std::collections::BTreeMap;

use http::{HeaderMap, Response, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;

pub(super) type Derived<T> = fn(Response<&[u8]>) -> Result<T, Box<Failure>>;

/// Why there is no output.
#[derive(Debug)]
#[expect(dead_code, reason = "it is there to be read into")]
pub(super) struct Failure {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    reason: Reason,
}

#[derive(Debug)]
#[expect(dead_code, reason = "it is there to be read into")]
enum Reason {
    Status,
    Refused(Option<String>),
    Json(serde_json::Error),
}

fn failure(response: &Response<&[u8]>, reason: Reason) -> Box<Failure> {
    let body = response.body().get(..4096).unwrap_or(response.body()).to_vec();
    Box::new(Failure { status: response.status(), headers: response.headers().clone(), body, reason })
}

fn read<'a, T: Deserialize<'a>>(response: &Response<&'a [u8]>) -> Result<T, Box<Failure>> {
    if !response.status().is_success() {
        return Err(failure(response, Reason::Status));
    }
    serde_json::from_slice(response.body()).map_err(|error| failure(response, Reason::Json(error)))
}

#[derive(Deserialize)]
struct Envelope {
    success: bool,
    response: Option<Profile>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is there to be read into")]
pub(super) struct Profile {
    identifier: String,
    identifier_source: String,
    href: String,
    attributes: BTreeMap<String, String>,
}

pub(super) fn profile(response: Response<&[u8]>) -> Result<Profile, Box<Failure>> {
    match read(&response)? {
        Envelope { success: true, response: Some(profile), .. } => Ok(profile),
        Envelope { error, .. } => Err(failure(&response, Reason::Refused(error))),
    }
}

/// With an error that does not hold the answer.
pub(super) fn profile_or_message(response: Response<&[u8]>) -> Result<Profile, Option<String>> {
    match serde_json::from_slice(response.body()).map_err(|error| Some(error.to_string()))? {
        Envelope { success: true, response: Some(profile), .. } => Ok(profile),
        Envelope { error, .. } => Err(error),
    }
}

#[derive(Deserialize)]
struct Apps {
    apps: Vec<Named>,
}

#[derive(Deserialize)]
struct Segments {
    segments: Vec<Named>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be read into")]
pub(super) struct Named {
    id: String,
    name: String,
}

pub(super) fn apps(response: Response<&[u8]>) -> Result<Vec<Named>, Box<Failure>> {
    read::<Apps>(&response).map(|answer| answer.apps)
}

pub(super) fn segments(response: Response<&[u8]>) -> Result<Vec<Named>, Box<Failure>> {
    read::<Segments>(&response).map(|answer| answer.segments)
}

#[derive(Deserialize)]
struct QueuedEnvelope<'a> {
    success: &'a str,
    response: Queued,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be read into")]
pub(super) struct Queued {
    message: String,
    job: String,
}

pub(super) fn queued(response: Response<&[u8]>) -> Result<Queued, Box<Failure>> {
    match read(&response)? {
        QueuedEnvelope { success: "True", response } => Ok(response),
        QueuedEnvelope { .. } => Err(failure(&response, Reason::Refused(None))),
    }
}

pub(super) fn queued_flat(response: Response<&[u8]>) -> Result<Queued, Box<Failure>> {
    read(&response)
}

#[derive(Deserialize)]
struct Jobs<T> {
    jobs: Vec<T>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be read into")]
pub(super) struct Listed<T> {
    id: String,
    r#type: String,
    created_at: Option<T>,
    start: Option<T>,
    end: Option<T>,
    status: Status,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be read into")]
pub(super) struct Job {
    #[serde(rename = "_id")]
    id: String,
    r#type: String,
    description: Option<String>,
    identifier: Option<String>,
    organization_id: Option<String>,
    result_url: Option<String>,
    created_at: Option<Timestamp>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    status: Status,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be read into")]
pub(super) struct Wrapped {
    jobs: Job,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Queued,
    Running,
    #[serde(alias = "COMPLETED")]
    Complete,
    Failed,
}

pub(super) fn job(response: Response<&[u8]>) -> Result<Job, Box<Failure>> {
    read(&response)
}

pub(super) fn jobs(response: Response<&[u8]>) -> Result<Vec<Listed<Timestamp>>, Box<Failure>> {
    read::<Jobs<_>>(&response).map(|answer| answer.jobs)
}

pub(super) fn jobs_with_texts(response: Response<&[u8]>) -> Result<Vec<Listed<String>>, Box<Failure>> {
    read::<Jobs<_>>(&response).map(|answer| answer.jobs)
}

pub(super) fn jobs_nested(response: Response<&[u8]>) -> Result<Vec<Wrapped>, Box<Failure>> {
    read::<Jobs<_>>(&response).map(|answer| answer.jobs)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Download {
    artisan_user_ids: Vec<BTreeMap<String, String>>,
}

pub(super) fn download(response: Response<&[u8]>) -> Result<Vec<BTreeMap<String, String>>, Box<Failure>> {
    read::<Download>(&response).map(|answer| answer.artisan_user_ids)
}
