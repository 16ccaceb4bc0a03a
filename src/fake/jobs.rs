//! Export jobs: what they export, how they move, and what the service tells when one has finished.

use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use super::state::{Kind, State};
use super::{FakeArtisan, forms};
use crate::{AppId, Job, JobId, JobStatus, ProfileId, SegmentId};

pub(super) struct JobData {
    pub(super) id: JobId,
    pub(super) exports: Exports,
    pub(super) status: JobStatus,
    pub(super) created_at: Option<Timestamp>,
    pub(super) start: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
    pub(super) result: Option<Bytes>,
    pub(super) callback_url: Option<String>,
    queued_at: Duration,
    polls: usize,
}

/// What a job exports.
pub(super) enum Exports {
    Profiles(AppId, Vec<ProfileId>),
    Segment(AppId, SegmentId),
}

/// How jobs move.
#[derive(Clone)]
pub(super) enum Pace {
    ByHand,
    Polls(usize, JobStatus),
    Time(Duration, JobStatus),
}

/// What the service would send to a callback URL, had it a network.
///
/// That it sends the path of the download is documented; the method and the form are not.
///
/// ```
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{CallbackUrl, callback};
///
/// let fake = FakeArtisan::with_sample_data().complete_jobs_after(1);
/// let (app, client) = (fake.apps().remove(0), fake.client());
/// let url = CallbackUrl::new("http://10.0.0.5/done")?;
/// let call = client.export_segment(&app, &fake.segments(&app)[0]).callback_url(url);
/// call.send_and_wait_blocking()?;
///
/// // Hand it to your own server's code:
/// let sent = fake.callbacks().remove(0);
/// let request = http::Request::post(sent.url()).body(sent.path()).unwrap();
/// assert_eq!(callback::parse(&fake.api(), &request)?.job(), Some(sent.job()));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Callback {
    url: String,
    job: JobId,
    path: String,
}

impl Callback {
    /// Where it would go: the callback URL of the export, as it was given.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The job that has finished.
    #[must_use]
    pub fn job(&self) -> &JobId {
        &self.job
    }

    /// The path of the download: `/public/api/jobs/{job_id}/download`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl FakeArtisan {
    /// Adds a job that exports a segment, queued, as if somebody else had asked for it.
    ///
    /// ```
    /// let fake = useartisan::fake::FakeArtisan::with_sample_data();
    /// let app = &fake.apps()[0];
    /// let job = fake.add_job(app, &fake.segments(app)[0]);
    /// assert!(fake.client().list_jobs().send_blocking()?.iter().any(|listed| listed.id() == &job));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn add_job(&self, app: impl Into<AppId>, segment: impl Into<SegmentId>) -> JobId {
        self.state().queue(Exports::Segment(app.into(), segment.into()), None)
    }

    /// A job as it is; `None` if it is not there.
    #[must_use]
    pub fn job(&self, id: impl Into<JobId>) -> Option<Job> {
        self.state().job(&id.into()).and_then(|job| forms::details(job).read())
    }

    /// All jobs as they are, in the order in which they came.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.state().jobs.iter().filter_map(|job| forms::details(job).read()).collect()
    }

    /// Moves a job one step, `QUEUED` to `RUNNING` to `COMPLETE`, and returns it; `None` if it is not there. A
    /// job that has finished stays as it is.
    ///
    /// ```
    /// use useartisan::{JobStatus, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// let job = &fake.jobs()[0];
    /// assert_eq!(fake.advance(job).unwrap().status(), &JobStatus::Running);
    /// assert_eq!(fake.advance(job).unwrap().status(), &JobStatus::Complete);
    /// ```
    pub fn advance(&self, id: impl Into<JobId>) -> Option<Job> {
        self.change_job(&id.into(), |state, job| {
            let next = match job.status {
                JobStatus::Queued => JobStatus::Running,
                JobStatus::Running => JobStatus::Complete,
                _ => return,
            };
            state.turn(job, next);
        })
    }

    /// Gives a job this status, and returns it; `None` if it is not there.
    ///
    /// Any status may follow any other: so a test can have what should never be.
    ///
    /// ```
    /// use useartisan::{JobStatus, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// let job = &fake.jobs()[0];
    /// fake.set_status(job, "ON HOLD".parse()?);
    /// assert!(matches!(fake.client().get_job(job).send_blocking()?.status(), JobStatus::Other(_)));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn set_status(&self, id: impl Into<JobId>, status: JobStatus) -> Option<Job> {
        self.change_job(&id.into(), |state, job| state.turn(job, status))
    }

    /// Gives a job this result in place of the one that it would have, any bytes at all, and returns it; `None`
    /// if it is not there. It is downloaded once the job is complete.
    ///
    /// ```
    /// use useartisan::{JobStatus, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// let job = &fake.jobs()[0];
    /// fake.set_result(job, "name,age\nann,54\n");
    /// fake.set_status(job, JobStatus::Complete);
    /// let csv = fake.client().download_job(job).any_format().bytes_blocking(1 << 20)?;
    /// assert_eq!(csv, "name,age\nann,54\n");
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn set_result(&self, id: impl Into<JobId>, result: impl Into<Bytes>) -> Option<Job> {
        self.change_job(&id.into(), |_, job| job.result = Some(result.into()))
    }

    /// Lets a job vanish, and returns it as it was; `None` if it was not there.
    ///
    /// ```
    /// use useartisan::{ErrorKind, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// let job = fake.remove_job(&fake.jobs()[0]).unwrap();
    /// let error = fake.client().wait_for_job(&job).send_blocking().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::JobVanished);
    /// ```
    pub fn remove_job(&self, id: impl Into<JobId>) -> Option<Job> {
        let id = id.into();
        let job = self.job(&id);
        self.state().jobs.retain(|job| job.id != id);
        job
    }

    /// Moves each job by itself: it is complete at its `polls`-th `get_job`, queued at the first before that and
    /// running at the others.
    pub fn complete_jobs_after(&self, polls: usize) -> Self {
        self.set(|state| state.pace = Pace::Polls(polls, JobStatus::Complete))
    }

    /// The same, but each job fails.
    ///
    /// ```
    /// use useartisan::{ErrorKind, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::with_sample_data().fail_jobs_after(2);
    /// let error = fake.client().wait_for_job(&fake.jobs()[0]).send_blocking().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::JobFailed);
    /// ```
    pub fn fail_jobs_after(&self, polls: usize) -> Self {
        self.set(|state| state.pace = Pace::Polls(polls, JobStatus::Failed))
    }

    /// Moves each job by itself: it is complete when so much of the fake's time has passed since it was asked
    /// for, and running after half of it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let hour = Duration::from_secs(60 * 60);
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_in(hour);
    /// let job = fake.client().wait_for_job(&fake.jobs()[0]).send_blocking()?; // takes no time
    /// assert!(job.status().is_finished() && fake.now() >= hour);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn complete_jobs_in(&self, time: Duration) -> Self {
        self.set(|state| state.pace = Pace::Time(time, JobStatus::Complete))
    }

    /// Moves jobs only where the test says so, as it is at first.
    pub fn move_jobs_by_hand(&self) -> Self {
        self.set(|state| state.pace = Pace::ByHand)
    }

    /// What the service would have sent to callback URLs so far, in order: one for each job that has finished.
    #[must_use]
    pub fn callbacks(&self) -> Vec<Callback> {
        self.state().callbacks.clone()
    }

    fn change_job(&self, id: &JobId, change: impl FnOnce(&mut State, &mut JobData)) -> Option<Job> {
        let mut state = self.state();
        state.with_job(|job| job.id == *id, change)?;
        state.job(id).and_then(|job| forms::details(job).read())
    }
}

impl State {
    pub(super) fn job(&self, id: &JobId) -> Option<&JobData> {
        self.jobs.iter().find(|job| job.id == *id)
    }

    /// Puts a new job into the queue.
    pub(super) fn queue(&mut self, exports: Exports, callback_url: Option<String>) -> JobId {
        let id: JobId = self.next_id(Kind::Job);
        let job = self.new_job(id.clone(), exports, callback_url);
        self.jobs.push(job);
        id
    }

    /// Adds a job as it is, under its own id and with its own times.
    pub(super) fn put_job(&mut self, id: JobId, exports: Exports, status: JobStatus, times: [&str; 3]) {
        let mut job = self.new_job(id, exports, None);
        self.turn(&mut job, status);
        [job.created_at, job.start, job.updated_at] = times.map(|time| time.parse().ok());
        self.jobs.push(job);
    }

    fn new_job(&self, id: JobId, exports: Exports, callback_url: Option<String>) -> JobData {
        let now = self.today();
        JobData {
            id,
            exports,
            status: JobStatus::Queued,
            created_at: now,
            // As published: a job that is queued has begun, and before it was asked for.
            start: now.and_then(|now| now.checked_sub(SignedDuration::from_secs(25)).ok()),
            updated_at: now,
            result: None,
            callback_url,
            queued_at: self.now,
            polls: 0,
        }
    }

    /// Counts a poll of a job, and moves it if it is time.
    pub(super) fn poll(&mut self, id: &JobId) {
        self.with_job(
            |job| job.id == *id,
            |state, job| {
                job.polls = job.polls.saturating_add(1);
                if let Pace::Polls(polls, end) = state.pace.clone() {
                    let next = match job.polls {
                        seen if seen >= polls => end,
                        1 => JobStatus::Queued,
                        _ => JobStatus::Running,
                    };
                    state.keep(job, next);
                }
            },
        );
    }

    /// Moves every job whose time has come.
    pub(super) fn keep_pace(&mut self) {
        let Pace::Time(time, end) = self.pace.clone() else { return };
        for id in self.jobs.iter().map(|job| job.id.clone()).collect::<Vec<_>>() {
            self.with_job(
                |job| job.id == id,
                |state, job| {
                    let passed = state.now.saturating_sub(job.queued_at);
                    if passed >= time {
                        state.keep(job, end.clone());
                    } else if passed >= time / 2 {
                        state.keep(job, JobStatus::Running);
                    }
                },
            );
        }
    }

    /// Moves a job forwards, unless it has finished by another hand.
    fn keep(&mut self, job: &mut JobData, next: JobStatus) {
        if !job.status.is_finished() && job.status != next && next != JobStatus::Queued {
            self.turn(job, next);
        }
    }

    /// Gives a job a status, and does what belongs to it.
    fn turn(&mut self, job: &mut JobData, status: JobStatus) {
        let finishes = status.is_finished() && !job.status.is_finished();
        job.status = status;
        job.updated_at = self.today();
        if job.status == JobStatus::Complete && job.result.is_none() {
            job.result = Some(forms::result(self, &job.exports).to_bytes());
        }
        if let (true, Some(url)) = (finishes, &job.callback_url) {
            let (url, job) = (url.clone(), job.id.clone());
            self.callbacks.push(Callback { url, path: forms::download_path(&job), job });
        }
    }

    /// Changes a job and what is around it.
    fn with_job(
        &mut self,
        is: impl Fn(&JobData) -> bool,
        change: impl FnOnce(&mut State, &mut JobData),
    ) -> Option<()> {
        let at = self.jobs.iter().position(is)?;
        let mut job = self.jobs.remove(at);
        change(self, &mut job);
        self.jobs.insert(at, job);
        Some(())
    }
}
