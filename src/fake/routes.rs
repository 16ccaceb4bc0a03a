//! The table of routes, and how a request's target is matched.

use bytes::Bytes;
use http::{Method, Uri};
use percent_encoding::percent_decode_str;

use super::handlers::{self, Ask, ErrorAnswer};
use super::state::State;

pub(super) struct Route {
    /// The endpoint's name.
    pub(super) name: &'static str,
    pub(super) method: Method,
    /// A path. Segments in braces match any id.
    path: &'static str,
    /// The parameters that the query may have, once each.
    query: &'static [&'static str],
    pub(super) answer: fn(&mut State, &Ask<'_>) -> Result<Bytes, ErrorAnswer>,
}

/// The service's published reference of June 2015, "Endpoints".
static ROUTES: [Route; 10] = [
    get("list_apps", "/public/api/apps", handlers::list_apps),
    get("get_profile", "/public/api/apps/{app}/users/{artisan}", handlers::get_profile),
    get("get_profile", "/public/api/apps/{app}/users/shared_id/{user}", handlers::get_profile_of_user),
    post("export_profiles", "/public/api/apps/{app}/users/export", handlers::export_profiles),
    post("export_profiles", "/public/api/apps/{app}/users/shared_id/export", handlers::export_users),
    get("list_segments", "/public/api/apps/{app}/segments/", handlers::list_segments),
    post("export_segment", "/public/api/apps/{app}/segments/{segment}/export", handlers::export_segment),
    get("list_jobs", "/public/api/jobs", handlers::list_jobs).takes(&["status"]),
    get("get_job", "/public/api/jobs/{job}", handlers::get_job),
    get("download_job", "/public/api/jobs/{job}/download", handlers::download_job),
];

type Answer = fn(&mut State, &Ask<'_>) -> Result<Bytes, ErrorAnswer>;

const fn get(name: &'static str, path: &'static str, answer: Answer) -> Route {
    Route { name, method: Method::GET, path, query: &[], answer }
}

const fn post(name: &'static str, path: &'static str, answer: Answer) -> Route {
    Route { name, method: Method::POST, path, query: &[], answer }
}

impl Route {
    const fn takes(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }
}

/// How a request's target matches.
pub(super) enum Target {
    /// This endpoint, with the ids of the path, decoded.
    Route(&'static Route, Vec<String>),
    /// The path is known, for this other method.
    OtherMethod(&'static Method),
    /// No endpoint.
    Unknown,
    /// The percent-encoding is malformed, or not of UTF-8.
    Malformed,
}

/// Finds the endpoint. The path is split first and each segment decoded once, as a server does.
pub(super) fn find(prefix: &str, method: &Method, uri: &Uri) -> Target {
    let Some(path) = uri.path().strip_prefix(prefix) else { return Target::Unknown };
    let Some(segments) = path.split('/').map(decoded).collect::<Option<Vec<String>>>() else {
        return Target::Malformed;
    };
    let mut other = Target::Unknown;
    for route in &ROUTES {
        match captures(route.path, &segments) {
            Some(ids) if route.method == method => return Target::Route(route, ids),
            Some(_) => other = Target::OtherMethod(&route.method),
            None => {}
        }
    }
    other
}

/// The name of this endpoint, or the names of all.
pub(super) fn endpoint(name: &str) -> Result<&'static str, String> {
    let mut names: Vec<&str> = ROUTES.iter().map(|route| route.name).collect();
    names.dedup();
    names.iter().find(|known| **known == name).copied().ok_or_else(|| names.join(", "))
}

/// The parameters of the query, in order, or what is wrong with them.
pub(super) fn query(route: &Route, uri: &Uri) -> Result<Vec<(&'static str, String)>, String> {
    let mut parameters: Vec<(&'static str, String)> = Vec::new();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(&known) = route.query.iter().find(|known| **known == name) else {
            return Err(format!("The parameter {name} is not known."));
        };
        let Some(value) = decoded(value) else {
            return Err(format!("The parameter {name} is not percent-encoded UTF-8."));
        };
        if parameters.iter().any(|(name, _)| *name == known) {
            return Err(format!("The parameter {name} is there twice."));
        }
        parameters.push((known, value));
    }
    Ok(parameters)
}

/// The segments of a path in place of the braces of a pattern, if the path matches.
fn captures(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
    let pattern: Vec<&str> = pattern.split('/').collect();
    if pattern.len() != segments.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (expected, segment) in pattern.iter().zip(segments) {
        match expected.starts_with('{') {
            true if matches!(segment.as_str(), "" | "." | "..") => return None,
            true => ids.push(segment.clone()),
            false if expected != segment => return None,
            false => {}
        }
    }
    Some(ids)
}

fn decoded(text: &str) -> Option<String> {
    let mut after_percent = text.split('%').skip(1);
    let well_formed = after_percent
        .all(|rest| rest.as_bytes().get(..2).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)));
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    well_formed.then(|| decoded.into_owned())
}
