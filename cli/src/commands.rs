//! The commands, one for each method of the API.

use std::cell::Cell;
use std::cmp::Reverse;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use useartisan::{
    Call, CallOptions, Client, Endpoint, Error, ErrorKind, ExportProfiles, ExportSegment, Job, JobId,
    JobStatus, Polling, ProfileId, ProfileIds, QueuedJob, Retry, Timeouts, WaitCall,
};

use crate::args::{Command, Export, Users, Waiting};
use crate::counting::Counting;
use crate::delivery::{Plan, command};
use crate::keys::without_mark;
use crate::print::{Delivered, Printer};
use crate::shell;
use crate::trouble::{Exit, Trouble};

/// The most jobs that a message names if it is not known whether one was started.
const CANDIDATES: usize = 5;

/// How long listing them may take. They are only a hint, and the error waits for them.
const SEARCH: Duration = Duration::from_secs(10);

/// What every command needs.
pub(crate) struct Session<'a> {
    pub(crate) client: Client<Counting>,
    /// How often a download is tried.
    pub(crate) retry: Retry,
    pub(crate) printer: Printer,
    /// Where the result goes, if one is asked for.
    pub(crate) plan: Option<Plan>,
    /// The first words of a command that goes on with a job, if one can.
    pub(crate) words: Option<Vec<OsString>>,
    /// That command, once there is a job to go on with. It is printed if the program ends early.
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
            Command::GetJob { job, wait } if wait.wait => {
                printer.job(&self.wait(self.client.wait_for_job(&job), &job, &wait).await?)
            }
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
            Command::DownloadJob { job, wait, .. } if wait.wait => {
                self.wait(self.client.wait_for_job(&job), &job, &wait).await?;
                self.deliver(&job).await
            }
            Command::DownloadJob { job, .. } => match self.deliver(&job).await {
                Err(trouble) if trouble.is_refusal() => Err(self.not_ready(&job).await.unwrap_or(trouble)),
                ended => ended,
            },
            // `start` has run these two already, as they need no client.
            Command::Fake(fake) => crate::serve::serve(fake).await,
            Command::Completions { shell } => crate::complete::print(shell),
        }
    }

    /// Starts a job. If asked to, waits for it and delivers its result.
    async fn export<E: Endpoint<Output = QueuedJob>>(
        &self,
        endpoint: E,
        export: &Export,
    ) -> Result<(), Trouble> {
        let queued = self.start(endpoint).await?;
        self.client.backend().progress().end_start();
        if self.plan.is_none() && !export.wait.wait {
            return self.printer.queued(&queued);
        }
        let call = self.client.wait_for_job(&queued).just_started();
        let job = self.wait(call, queued.id(), &export.wait).await?;
        match self.plan {
            None => self.printer.job(&job),
            Some(_) => self.deliver(job.id()).await,
        }
    }

    /// Starts a job. The caller prints its id before anything else can go wrong.
    async fn start<E: Endpoint<Output = QueuedJob>>(&self, endpoint: E) -> Result<QueuedJob, Trouble> {
        match self.client.call(endpoint).send().await {
            Ok(queued) => Ok(queued),
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                Err(self.name_candidates(error.into()).await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Adds the newest jobs to the message: one of them may be the new one. The service does not say what a job exports.
    async fn name_candidates(&self, trouble: Trouble) -> Trouble {
        match self.candidates().await {
            Ok(jobs) => jobs.iter().fold(trouble, |trouble, job| {
                let words = self.words.iter().flatten().map(OsString::as_os_str);
                let words: Vec<_> =
                    words.chain(["get-job", "--", job.id().as_str()].map(OsStr::new)).collect();
                trouble.help(format!("it may be: {}", shell::line(&words)))
            }),
            Err(error) => trouble.help(format!("listing the jobs failed: {}", Trouble::from(error).text())),
        }
    }

    async fn candidates(&self) -> Result<Vec<Job>, Error> {
        let once = CallOptions::default()
            .with_retry(Retry::none())
            .with_timeouts(Timeouts::default().with_total(SEARCH));
        let mut jobs = self.client.list_jobs().options(once).send().await?;
        jobs.retain(|job| job.status() != &JobStatus::Failed);
        jobs.sort_by_key(|job| Reverse(job.created_at()));
        jobs.truncate(CANDIDATES);
        Ok(jobs)
    }

    async fn wait(&self, call: WaitCall<Counting>, job: &JobId, wait: &Waiting) -> Result<Job, Trouble> {
        self.note(job, self.plan.as_ref().map(Plan::words));
        let progress = self.client.backend().progress();
        progress.begin_wait(job);
        let polling = Polling::default().with_deadline(wait.time());
        let (known, shown) = (job.clone(), Arc::clone(&progress));
        let call = call.polling(polling).on_progress(move |polled| shown.waiting(&known, polled));
        let ended = call.send().await;
        progress.end_wait();
        Ok(ended?)
    }

    /// Says that the job is not complete, if it is not. How the service refuses such a download is not documented.
    async fn not_ready(&self, job: &JobId) -> Option<Trouble> {
        let once = CallOptions::default().with_retry(Retry::none());
        let job = self.client.get_job(job).options(once).send().await.ok()?;
        let text = format!("job {} is {}: it has no result", job.id(), job.status());
        match job.status() {
            JobStatus::Complete => None,
            JobStatus::Failed => Some(Trouble::new(Exit::JobFailed, text).help("start the export again")),
            _ => Some(Trouble::new(Exit::NotReady, text + " yet").help("add --wait to wait for it")),
        }
    }

    /// Notes how to go on with a job.
    fn note(&self, job: &JobId, delivery: Option<&[OsString]>) {
        self.go_on.set(self.words.as_ref().map(|words| command(words, job, delivery)));
    }

    /// Delivers the result as planned, and prints the summary.
    async fn deliver(&self, job: &JobId) -> Result<(), Trouble> {
        let Some(plan) = &self.plan else { return Ok(()) };
        if let Err(trouble) = plan.deliver(&self.client, job, self.retry).await {
            self.note(job, Some(&plan.words_after(&trouble)));
            return Err(trouble);
        }
        let progress = self.client.backend().progress();
        let (bytes, profiles) = progress.end();
        plan.tell_halves(progress.halves());
        match plan.file() {
            Some(file) => self.printer.delivered(&Delivered { job, file, bytes, profiles }),
            None => Ok(()),
        }
    }
}

/// The ids of the arguments, or of the file's lines. An error says where the wrong one is.
fn ids(users: Users, shared: bool) -> Result<ProfileIds, Trouble> {
    let of = |ids| if shared { ProfileIds::shared_user(ids) } else { ProfileIds::artisan(ids) };
    let (ids, places) = match users.ids {
        Some(path) => from_lines(&path)?,
        None => {
            let places = users.users.iter().map(|id| format!("USER {id:?}")).collect();
            (users.users, places)
        }
    };
    of(ids.clone()).map_err(|error| {
        let each = ids.into_iter().zip(&places);
        let wrong = each.into_iter().find_map(|(id, place)| Some((place, of(vec![id]).err()?)));
        match wrong {
            Some((place, error)) => Trouble::usage(format!("{place}: {}", of_one(&error.to_string()))),
            None => Trouble::from(error),
        }
    })
}

/// The library's words about a list of one id, as words about that id.
fn of_one(text: &str) -> String {
    match text.split_once("ids[0]") {
        Some((_, what)) => what.strip_prefix(": ").map_or_else(|| format!("the id{what}"), str::to_owned),
        None => text.to_owned(),
    }
}

/// The ids in a file, one a line, and where each is.
fn from_lines(path: &Path) -> Result<(Vec<String>, Vec<String>), Trouble> {
    let name = if path == Path::new("-") { "stdin".to_owned() } else { format!("`{}`", path.display()) };
    let text =
        if path == Path::new("-") { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let help = "name a text file in UTF-8 with one id on each line";
    let text = text.map_err(|error| Trouble::usage(format!("cannot read {name}: {error}")).help(help))?;
    let lines = without_mark(&text).lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let (ids, places): (Vec<_>, Vec<_>) = lines
        .filter(|(line, _)| !line.is_empty())
        .map(|(line, number)| (line.to_owned(), format!("{name}, line {number}")))
        .unzip();
    match ids.is_empty() {
        true => {
            Err(Trouble::usage(format!("{name} has no id of a user in it")).help("write one id on each line"))
        }
        false => Ok((ids, places)),
    }
}
