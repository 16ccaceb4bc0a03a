//! The state of the fake, behind one lock.

use std::time::Duration;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::callback::SentCallback;
use super::data::{AppData, JobData, Pace};
use super::faults::Fault;
use super::forms::Edition;
use super::recorded::Recorded;
use crate::api::Api;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::id::{AppId, JobId};

/// The service's time when the fake's clock is at zero: 2015-06-19T16:00:00Z, the day of the published examples.
const ORIGIN: i64 = 1_434_729_600;

pub(super) struct State {
    pub(super) api: Api,
    pub(super) credentials: Credentials,
    /// The path prefix of the base URL.
    pub(super) prefix: String,
    pub(super) edition: Edition,
    pub(super) refuse_address: bool,
    pub(super) profile_not_found: StatusCode,
    pub(super) piece: usize,
    pub(super) pace: Pace,
    pub(super) apps: Vec<AppData>,
    pub(super) jobs: Vec<JobData>,
    pub(super) callbacks: Vec<SentCallback>,
    pub(super) requests: Vec<Recorded>,
    faults: Vec<Scripted>,
    pub(super) now: Duration,
    pub(super) slept: Vec<Duration>,
    pub(super) seeds: u64,
    made: Made,
}

/// A fault for the next call of this endpoint, or of any.
struct Scripted {
    fault: Fault,
    endpoint: Option<&'static str>,
}

/// How many ids of each kind the fake has made.
#[derive(Default)]
struct Made {
    apps: u32,
    profiles: u32,
    segments: u32,
    jobs: u32,
}

/// The kinds of ids.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    App,
    Profile,
    Segment,
    Job,
}

impl State {
    #[allow(clippy::expect_used, reason = "the URL is a literal, and the keys are checked")]
    pub(super) fn new(credentials: Credentials) -> Self {
        State {
            api: Api::new("https://artisan.example", credentials.clone())
                .expect("a valid URL and valid keys"),
            credentials,
            prefix: String::new(),
            edition: Edition::Published,
            refuse_address: false,
            profile_not_found: StatusCode::NOT_FOUND,
            piece: 16 * 1024,
            pace: Pace::ByHand,
            apps: Vec::new(),
            jobs: Vec::new(),
            callbacks: Vec::new(),
            requests: Vec::new(),
            faults: Vec::new(),
            now: Duration::ZERO,
            slept: Vec::new(),
            seeds: 0,
            made: Made::default(),
        }
    }

    /// The next id of a kind, in the form of the published ones: 24 hex digits. The last six count up.
    #[allow(clippy::expect_used, reason = "hex digits are a valid id of every kind")]
    pub(super) fn next_id<T: TryFrom<String, Error = Error>>(&mut self, kind: Kind) -> T {
        let (prefix, made) = match kind {
            Kind::App => ("557ade8b7d891cee96", &mut self.made.apps),
            Kind::Profile => ("555652247d891c8b7a", &mut self.made.profiles),
            Kind::Segment => ("558ada6e7d891cd34e", &mut self.made.segments),
            Kind::Job => ("55809c9c7d891cb1bc", &mut self.made.jobs),
        };
        *made = made.wrapping_add(1);
        T::try_from(format!("{prefix}{made:06x}")).expect("hex digits are a valid id")
    }

    /// The service's time.
    pub(super) fn today(&self) -> Option<Timestamp> {
        let passed = SignedDuration::try_from(self.now).ok()?;
        Timestamp::from_second(ORIGIN).ok()?.checked_add(passed).ok()
    }

    pub(super) fn app(&self, id: &AppId) -> Option<&AppData> {
        self.apps.iter().find(|app| app.id == *id)
    }

    /// Changes an app, which is added if it does not exist.
    pub(super) fn with_app(&mut self, id: AppId, change: impl FnOnce(&mut AppData)) {
        match self.apps.iter_mut().find(|app| app.id == id) {
            Some(app) => change(app),
            None => {
                let name = id.to_string();
                let mut app = AppData { id, name, profiles: Vec::new(), segments: Vec::new() };
                change(&mut app);
                self.apps.push(app);
            }
        }
    }

    pub(super) fn job(&self, id: &JobId) -> Option<&JobData> {
        self.jobs.iter().find(|job| job.id == *id)
    }

    pub(super) fn script(&mut self, endpoint: Option<&'static str>, fault: Fault) {
        self.faults.push(Scripted { fault, endpoint });
    }

    /// The fault of the next call of this endpoint.
    pub(super) fn take_fault(&mut self, endpoint: Option<&str>) -> Option<Fault> {
        let is_for = |scripted: &Scripted| scripted.endpoint.is_none() || scripted.endpoint == endpoint;
        let at = self.faults.iter().position(is_for)?;
        let scripted = self.faults.get_mut(at)?;
        scripted.fault.times = scripted.fault.times.saturating_sub(1);
        match scripted.fault.times {
            0 => Some(self.faults.remove(at).fault),
            _ => Some(scripted.fault.clone()),
        }
    }

    pub(super) fn clear_faults(&mut self) {
        self.faults.clear();
    }
}
