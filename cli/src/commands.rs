//! The commands: one method of the API each.

use std::cell::Cell;
use std::path::Path;
use std::{fs, io};

use useartisan::backend::drive;
use useartisan::machine::{Settings, StartJob};
use useartisan::{
    AsyncBackend, Call, Client, Endpoint, Error, ExportProfiles, ExportSegment, Job, JobId, Polling,
    ProfileId, ProfileIds, QueuedJob, Wait,
};

use crate::args::{Command, Export, Users, Waiting};
use crate::delivery::{Plan, command};
use crate::keys::without_mark;
use crate::print::Printer;
use crate::progress::Counting;
use crate::trouble::Trouble;

/// What every command works with.
pub(crate) struct Session<'a> {
    pub(crate) client: Client<Counting>,
    pub(crate) printer: Printer,
    /// What becomes of a result, if one is wanted.
    pub(crate) plan: Option<Plan>,
    /// How a command that goes on has to begin, if there can be one.
    pub(crate) words: Option<Vec<String>>,
    /// That command, once a job is waited for or its download has failed: what is left to say if all ends here.
    pub(crate) go_on: &'a Cell<Option<String>>,
}

impl Session<'_> {
    pub(crate) async fn run(self, command: Command) -> Result<(), Trouble> {
        let Session { client, printer, .. } = &self;
        match command {
            Command::ListApps => printer.named(&client.list_apps().send().await?),
            Command::ListSegments { app } => printer.named(&client.list_segments(app).send().await?),
            Command::GetProfile { app, user, shared } => {
                let user = if shared { ProfileId::shared_user(user) } else { ProfileId::artisan(user) };
                printer.profile(&client.get_profile(app, user?).send().await?)
            }
            Command::ListJobs { status } => {
                let jobs = client.list_jobs();
                let jobs = status.into_iter().fold(jobs, Call::status).send().await?;
                printer.jobs(&jobs)
            }
            Command::GetJob { job, wait } if wait.wait => printer.job(&self.wait(&job, &wait).await?),
            Command::GetJob { job, .. } => printer.job(&client.get_job(job).send().await?),
            Command::ExportProfiles { app, users, shared, export } => {
                let endpoint = ExportProfiles::new(app, ids(users, shared)?);
                let endpoint = export.callback_url.iter().fold(endpoint, ExportProfiles::callback_url);
                self.export(endpoint, &export).await
            }
            Command::ExportSegment { app, segment, export } => {
                let endpoint = ExportSegment::new(app, segment);
                let endpoint = export.callback_url.iter().fold(endpoint, ExportSegment::callback_url);
                self.export(endpoint, &export).await
            }
            Command::DownloadJob { job, wait, .. } => {
                if wait.wait {
                    self.wait(&job, &wait).await?;
                }
                self.deliver(&job).await
            }
            // Needs neither keys nor a client, and is done before there are any.
            Command::Fake(fake) => crate::serve::serve(fake).await,
        }
    }

    /// Starts a job; then waits for it and delivers its result, as far as that is asked for.
    async fn export<E: Endpoint<Output = QueuedJob>>(
        &self,
        endpoint: E,
        export: &Export,
    ) -> Result<(), Trouble> {
        let queued = self.start(endpoint).await?;
        if self.plan.is_none() && !export.wait.wait {
            return self.printer.queued(&queued);
        }
        let job = self.wait(queued.id(), &export.wait).await?;
        match self.plan {
            None => self.printer.job(&job),
            Some(_) => self.deliver(job.id()).await,
        }
    }

    /// Starts a job, so that its id can be told before it is waited for. Where nobody knows whether it was started, the
    /// error has the jobs that may be it.
    async fn start<E: Endpoint<Output = QueuedJob>>(&self, endpoint: E) -> Result<QueuedJob, Error> {
        let backend = self.client.backend();
        let settings = CallOptions::default().with_seed(backend.seed());
        let start = StartJob::new(self.client.api(), endpoint).options(settings);
        Ok(drive(backend, start).await?.output)
    }

    async fn wait(&self, job: &JobId, wait: &Waiting) -> Result<Job, Trouble> {
        self.note(job, self.plan.as_ref().map(Plan::words));
        let progress = self.client.backend().progress();
        progress.begin_wait(job);
        let polling = Polling::default().with_deadline(wait.time());
        let waiting = Wait::new().polling(polling).observe(move |waiting| progress.waiting(waiting));
        Ok(self.client.wait_for_job(job).waiting(waiting).send().await?)
    }

    /// Notes how to go on with a job.
    fn note(&self, job: &JobId, delivery: Option<&[String]>) {
        self.go_on.set(self.words.as_ref().map(|words| command(words, job, delivery)));
    }

    /// Brings the result to where it is planned to go.
    async fn deliver(&self, job: &JobId) -> Result<(), Trouble> {
        let Some(plan) = &self.plan else { return Ok(()) };
        if let Err(trouble) = plan.deliver(&self.client, job).await {
            self.note(job, Some(&plan.words_after(&trouble)));
            return Err(trouble);
        }
        let (bytes, profiles) = self.client.backend().progress().end();
        match plan.file() {
            Some(file) => self.printer.delivered(job, file, bytes, profiles),
            None => Ok(()),
        }
    }
}

fn ids(users: Users, shared: bool) -> Result<ProfileIds, Trouble> {
    let mut ids = users.users;
    if let Some(path) = users.ids {
        let text =
            if path == Path::new("-") { io::read_to_string(io::stdin()) } else { fs::read_to_string(&path) };
        let text =
            text.map_err(|error| Trouble::usage(format!("cannot read `{}`: {error}", path.display())))?;
        ids.extend(
            without_mark(&text).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned),
        );
    }
    Ok(if shared { ProfileIds::shared_user(ids) } else { ProfileIds::artisan(ids) }?)
}
