//! What each endpoint answers.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use super::data::Exports;
use super::forms;
use super::json::Json;
use super::state::State;
use crate::endpoint::CallbackUrl;
use crate::error::Error;
use crate::id::{AppId, ArtisanId, JobId, ProfileId, SharedUserId};
use crate::model::JobStatus;

/// A request at its endpoint.
pub(super) struct Ask<'a> {
    /// The ids of the path, decoded, in their order.
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: &'a [u8],
}

/// A failure that becomes a JSON answer.
pub(super) struct ErrorAnswer {
    pub(super) status: StatusCode,
    pub(super) error: String,
}

impl ErrorAnswer {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        ErrorAnswer { status, error: error.into() }
    }

    pub(super) fn bad(error: impl Into<String>) -> Self {
        ErrorAnswer::new(StatusCode::BAD_REQUEST, error)
    }

    /// In the published wording, which is about a profile.
    fn missing(what: &str, id: &str) -> Self {
        ErrorAnswer::new(StatusCode::NOT_FOUND, format!("{what} with the key {id} does not exist."))
    }
}

type Answer = Result<Bytes, ErrorAnswer>;

impl Ask<'_> {
    /// The id at this place in the path.
    fn id<T: TryFrom<String, Error = Error>>(&self, at: usize) -> Result<T, ErrorAnswer> {
        let text = self.ids.get(at).cloned().unwrap_or_default();
        T::try_from(text).map_err(|error| ErrorAnswer::bad(error.to_string()))
    }

    /// The id of the app, if the service has it.
    fn app(&self, state: &State) -> Result<AppId, ErrorAnswer> {
        let app: AppId = self.id(0)?;
        match state.app(&app) {
            Some(_) => Ok(app),
            None => Err(ErrorAnswer::missing("App", app.as_str())),
        }
    }

    /// The body: an object with just these members, each of them text.
    fn texts<const N: usize>(&self, names: [&str; N]) -> Result<[String; N], ErrorAnswer> {
        let mut members: Map<String, Value> = serde_json::from_slice(self.body)
            .map_err(|error| ErrorAnswer::bad(format!("The body is not a JSON object: {error}.")))?;
        let texts = names.map(|name| match members.remove(name) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(ErrorAnswer::bad(format!("{name} is not text."))),
            None => Err(ErrorAnswer::bad(format!("{name} is missing."))),
        });
        if let Some(name) = members.keys().next() {
            return Err(ErrorAnswer::bad(format!("{name} is not known.")));
        }
        let mut flaws = texts.iter().filter_map(|text| text.as_ref().err());
        match flaws.next() {
            Some(flaw) => Err(ErrorAnswer::bad(flaw.error.clone())),
            None => Ok(texts.map(Result::unwrap_or_default)),
        }
    }
}

pub(super) fn list_apps(state: &mut State, _: &Ask<'_>) -> Answer {
    let apps = state.apps.iter().map(|app| forms::named(&app.id, &app.name));
    Ok(Json::object([("apps", Json::list(apps))]).to_bytes())
}

pub(super) fn get_profile(state: &mut State, ask: &Ask<'_>) -> Answer {
    profile(state, ask, ask.id::<ArtisanId>(1)?.into())
}

pub(super) fn get_profile_of_user(state: &mut State, ask: &Ask<'_>) -> Answer {
    profile(state, ask, ask.id::<SharedUserId>(1)?.into())
}

fn profile(state: &State, ask: &Ask<'_>, id: ProfileId) -> Answer {
    let app = ask.app(state)?;
    match state.app(&app).and_then(|data| data.profile(&id)) {
        Some(profile) => Ok(forms::profile(&state.api.base_url(), &app, profile, &id).to_bytes()),
        None => {
            let status = state.profile_not_found;
            Err(ErrorAnswer { status, ..ErrorAnswer::missing("Profile", id.as_str()) })
        }
    }
}

pub(super) fn export_profiles(state: &mut State, ask: &Ask<'_>) -> Answer {
    export_ids(state, ask, |id| ArtisanId::new(id).map(ProfileId::from))
}

pub(super) fn export_users(state: &mut State, ask: &Ask<'_>) -> Answer {
    export_ids(state, ask, |id| SharedUserId::new(id).map(ProfileId::from))
}

/// Ids without a profile are accepted, and left out of the result. The service's behaviour is undocumented.
fn export_ids(state: &mut State, ask: &Ask<'_>, read: impl Fn(&str) -> Result<ProfileId, Error>) -> Answer {
    let app = ask.app(state)?;
    let [ids, callback_url] = ask.texts(["ids", "callback_url"])?;
    let ids = ids.split(',').map(read).collect::<Result<Vec<_>, _>>();
    let ids = ids.map_err(|error| ErrorAnswer::bad(format!("ids: {error}.")))?;
    queue(state, Exports::Profiles(app, ids), callback_url)
}

pub(super) fn list_segments(state: &mut State, ask: &Ask<'_>) -> Answer {
    let app = ask.app(state)?;
    let segments = state.app(&app).map_or(&[][..], |app| &app.segments);
    let segments = segments.iter().map(|segment| forms::named(&segment.id, &segment.name));
    Ok(Json::object([("segments", Json::list(segments))]).to_bytes())
}

pub(super) fn export_segment(state: &mut State, ask: &Ask<'_>) -> Answer {
    let app = ask.app(state)?;
    let asked = ask.ids.get(1).map_or("", String::as_str);
    let Some(segment) = state.app(&app).and_then(|app| app.segment(asked)).map(|segment| segment.id.clone())
    else {
        return Err(ErrorAnswer::missing("Segment", asked));
    };
    let [callback_url] = ask.texts(["callback_url"])?;
    queue(state, Exports::Segment(app, segment), callback_url)
}

/// A missing callback URL is an empty text.
fn queue(state: &mut State, exports: Exports, callback_url: String) -> Answer {
    let callback_url = match callback_url.as_str() {
        "" => None,
        _ => match CallbackUrl::new(callback_url) {
            Ok(url) => Some(url.as_str().to_owned()),
            Err(error) => return Err(ErrorAnswer::bad(format!("{error}."))),
        },
    };
    let job = state.queue(exports, callback_url);
    Ok(forms::queued(state.edition, job.id()).to_bytes())
}

pub(super) fn list_jobs(state: &mut State, ask: &Ask<'_>) -> Answer {
    let status = match ask.query.first() {
        Some((_, text)) => {
            Some(text.parse::<JobStatus>().map_err(|error| ErrorAnswer::bad(format!("{error}.")))?)
        }
        None => None,
    };
    let jobs = state.jobs.iter().filter(|job| status.as_ref().is_none_or(|status| job.status == *status));
    Ok(forms::job_list(state.edition, &state.api.base_url(), jobs).to_bytes())
}

pub(super) fn get_job(state: &mut State, ask: &Ask<'_>) -> Answer {
    let id: JobId = ask.id(0)?;
    state.poll(&id);
    match state.job(&id) {
        Some(job) => Ok(forms::job(state.edition, &state.api.base_url(), job).to_bytes()),
        None => Err(ErrorAnswer::missing("Job", id.as_str())),
    }
}

/// The answer for a job that is not complete is undocumented.
pub(super) fn download_job(state: &mut State, ask: &Ask<'_>) -> Answer {
    let id: JobId = ask.id(0)?;
    let job = state.job(&id).ok_or_else(|| ErrorAnswer::missing("Job", id.as_str()))?;
    match (&job.status, &job.result) {
        (JobStatus::Complete, Some(result)) => Ok(result.clone()),
        (status, _) => Err(ErrorAnswer::new(
            StatusCode::CONFLICT,
            format!("Job with the key {id} has the status {status}, not COMPLETE."),
        )),
    }
}
