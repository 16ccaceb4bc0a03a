//! How jobs move.

use std::time::Duration;

use jiff::SignedDuration;

use super::callback::SentCallback;
use super::data::{Exports, JobData, Pace, ProfileData};
use super::forms;
use super::state::{Kind, State};
use crate::id::JobId;
use crate::model::{Job, JobStatus};

impl State {
    /// Puts a new job into the queue.
    pub(super) fn queue(&mut self, exports: Exports, callback_url: Option<String>) -> Job {
        let id = self.next_id(Kind::Job);
        let job = self.new_job(id, exports, callback_url);
        let queued = forms::readable_job(&job);
        self.jobs.push(job);
        queued
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
            // As published: a queued job has a start, which is before its creation.
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

    /// Lets time pass.
    pub(super) fn pass(&mut self, time: Duration) {
        self.now = self.now.saturating_add(time);
        self.keep_pace();
    }

    /// Moves every job that is due.
    fn keep_pace(&mut self) {
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

    /// Moves a job forwards, unless the test has finished it.
    fn keep(&mut self, job: &mut JobData, next: JobStatus) {
        if !job.status.is_finished() && job.status != next && next != JobStatus::Queued {
            self.turn(job, next);
        }
    }

    /// Sets the status of a job, and what depends on it.
    pub(super) fn turn(&mut self, job: &mut JobData, status: JobStatus) {
        let finishes = status.is_finished() && !job.status.is_finished();
        job.status = status;
        job.updated_at = self.today();
        if job.status == JobStatus::Complete && job.result.is_none() {
            job.result = Some(forms::result(self.members(&job.exports)).to_bytes());
        }
        if let (true, Some(url)) = (finishes, &job.callback_url) {
            let (url, job) = (url.clone(), job.id.clone());
            self.callbacks.push(SentCallback::new(url, job));
        }
    }

    /// The profiles of an export: those of its members that exist in the app.
    fn members(&self, exports: &Exports) -> Vec<&ProfileData> {
        let (app, members) = match exports {
            Exports::Profiles(app, ids) => (self.app(app), ids.as_slice()),
            Exports::Segment(app, segment) => {
                let app = self.app(app);
                let segment = app.and_then(|app| app.segment(segment.as_str()));
                (app, segment.map_or(&[][..], |segment| &segment.members))
            }
        };
        members.iter().filter_map(|id| app?.profile(id)).collect()
    }

    /// Changes a job.
    pub(super) fn with_job(
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
