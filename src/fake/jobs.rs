//! Export jobs: to add, to move, and to look at.

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
    /// Adds a job that exports a segment, queued, as if somebody else had asked for it.
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

    /// A job as it is; `None` if it is not there.
    #[must_use]
    pub fn job(&self, id: impl Into<JobId>) -> Option<Job> {
        self.state().job(&id.into()).map(forms::readable_job)
    }

    /// All jobs as they are, in the order in which they came.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.state().jobs.iter().map(forms::readable_job).collect()
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
    pub fn callbacks(&self) -> Vec<SentCallback> {
        self.state().callbacks.clone()
    }

    fn change_job(&self, id: &JobId, change: impl FnOnce(&mut State, &mut JobData)) -> Option<Job> {
        let mut state = self.state();
        state.with_job(|job| job.id == *id, change)?;
        state.job(id).map(forms::readable_job)
    }
}
