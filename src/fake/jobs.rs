//! Adds and moves export jobs, and returns them.

use std::time::Duration;

use bytes::Bytes;

use super::artisan::FakeArtisan;
use super::callback::SentCallback;
use super::data::{Exports, JobData, Pace};
use super::forms;
use super::state::State;
use crate::id::{AppId, JobId, SegmentId};
use crate::model::{Job, JobStatus};

impl FakeArtisan {
    /// Adds a queued job that exports a segment, as if somebody else had started it.
    ///
    /// ```
    /// let fake = useartisan::fake::FakeArtisan::with_sample_data();
    /// let app = &fake.apps()[0];
    /// let job = fake.add_job(app, &fake.segments(app)[0]);
    /// assert!(fake.client().list_jobs().send_blocking()?.iter().any(|listed| listed.id() == job.id()));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn add_job(&self, app: impl Into<AppId>, segment: impl Into<SegmentId>) -> Job {
        self.state().queue(Exports::Segment(app.into(), segment.into()), None)
    }

    /// A job as it is now, or `None` if it does not exist.
    #[must_use]
    pub fn job(&self, id: impl Into<JobId>) -> Option<Job> {
        self.state().job(&id.into()).map(forms::readable_job)
    }

    /// All jobs as they are now, in the order of their start.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.state().jobs.iter().map(forms::readable_job).collect()
    }

    /// Moves a job one step, from `QUEUED` to `RUNNING` to `COMPLETE`, and returns it, or `None` if it does not exist. A finished
    /// job stays as it is.
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

    /// Sets the status of a job, and returns the job, or `None` if it does not exist.
    ///
    /// Any status may follow any other, so a test can have what should never happen.
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

    /// Replaces the result of a job by any bytes, and returns the job, or `None` if it does not exist. The result can be
    /// downloaded once the job is complete.
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

    /// Removes a job, and returns it as it was, or `None` if it did not exist.
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

    /// Lets jobs move by themselves: a job is complete at its `polls`-th `get_job`, queued at the first before that, and
    /// running at the others.
    pub fn complete_jobs_after(&self, polls: usize) -> Self {
        self.set(|state| state.pace = Pace::Polls(polls, JobStatus::Complete))
    }

    /// Lets jobs move by themselves, and fail at their `polls`-th `get_job`.
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

    /// Lets jobs move by themselves: a job is complete when so much of the fake's time has passed since its start, and running
    /// after half of it.
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

    /// Moves jobs only when the test does. This is the default.
    pub fn move_jobs_by_hand(&self) -> Self {
        self.set(|state| state.pace = Pace::ByHand)
    }

    /// The callbacks that the service would have sent so far, in order: one for each finished job with a callback URL.
    #[must_use]
    pub fn callbacks(&self) -> Vec<SentCallback> {
        self.state().callbacks.clone()
    }

    fn change_job(&self, id: &JobId, change: impl FnOnce(&mut State, &mut JobData)) -> Option<Job> {
        let mut state = self.state();
        state.with_job(|job| job.id == *id, change)?;
        state.job(id).map(forms::readable_job)
    }
}
