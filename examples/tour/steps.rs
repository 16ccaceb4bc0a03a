//! The steps of the tour: one list for all backends.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;
use std::{env, fs, process};

use useartisan::decode::Records;
use useartisan::{
    AppId, Call, CompletedJob, DownloadJob, Endpoint, Error, GetJob, Job, JobId, JobProgress, JobStatus,
    Polling, Profile, ProfileId, ProfileIds, QueuedJob, SegmentId,
};

use crate::runner::{Known, Tour, line};
use crate::stack::Stack;

/// A user in the fake's sample data, by both kinds of id.
pub(crate) const ARTISAN_ID: &str = "bdbbf66f-d661-4236-8237-76d4159344fe";
pub(crate) const SHARED_ID: &str = "3ebb8a9f-6a36-43b2-82da-1f785c562fdd";

/// What later steps need from earlier ones.
pub(crate) struct Found {
    app: Known<AppId>,
    segment: Known<SegmentId>,
    complete: Known<JobId>,
}

/// The steps that change nothing on the server.
pub(crate) fn read_only<S: Stack>(tour: &mut Tour<'_, S>, users: &[ProfileId]) -> Found {
    let client = tour.client();

    let call = client.list_apps();
    let apps = tour.find("list_apps", Ok(call), S::send, |apps| counted("app", apps));
    let app: Known<AppId> = first(apps, "there is no app");

    if users.is_empty() {
        tour.skip("get_profile", "no ARTISAN_PROFILE_ID");
    }
    for user in users {
        let call = app.clone().map(|app| client.get_profile(app, user));
        tour.step("get_profile", call, S::send, about);
    }

    let call = app.clone().map(|app| client.list_segments(app));
    let segments = tour.find("list_segments", call, S::send, |segments| counted("segment", segments));
    let segment = first(segments, "there is no segment");

    let call = client.list_jobs();
    let statuses = |jobs: &Vec<_>| counted("job", jobs.iter().map(Job::status));
    let jobs = tour.find("list_jobs", Ok(call), S::send, statuses);
    let job: Known<JobId> = first(jobs, "there is no job");

    let call = client.list_jobs().status(JobStatus::Complete);
    let jobs = tour.find("list_jobs", Ok(call), S::send, |jobs| counted("job", jobs.iter().map(Job::id)));
    let complete: Known<JobId> = first(jobs, "no job is complete");

    let call = job.map(|job| client.get_job(job));
    tour.step("get_job", call, S::send, |job| format!("{}, {}", job.kind().unwrap_or("a job"), job.status()));

    let call = complete.clone().map(|job| client.download_job(job));
    tour.step("download_job", call, count, |count| format!("{count} profiles, read one by one"));

    Found { app, segment, complete }
}

/// The steps that start jobs and save files.
pub(crate) fn exports<S: Stack>(tour: &mut Tour<'_, S>, found: Found) -> Result<(), Error> {
    let client = tour.client();
    let Found { app, segment, complete } = found;

    for users in [ProfileIds::artisan([ARTISAN_ID])?, ProfileIds::shared_user([SHARED_ID])?] {
        let call = app.clone().map(|app| client.export_profiles(app, users));
        tour.step("export_profiles", call, S::send, queued);
    }

    let segment = app.and_then(|app| Ok((app, segment?)));
    let call = segment.clone().map(|(app, segment)| client.export_segment(app, segment));
    tour.step("export_segment", call, S::send, queued);

    let call = complete.map(|job| client.download_job(job));
    tour.step("download_job", call, save, saved);

    match segment {
        Ok((app, segment)) => whole_export(tour, app, segment),
        Err(why) => tour.skip("export_segment", why),
    }
    Ok(())
}

/// An export in one call: it is started and waited for, its records are read, and its file is saved.
fn whole_export<S: Stack>(tour: &mut Tour<'_, S>, app: AppId, segment: SegmentId) {
    let client = tour.client();
    let (table, api) = (tour.table(), client.api().clone());
    let polling = Polling::default().with_interval(Duration::from_millis(50), Duration::from_millis(200));
    let call = client.export_segment(app, segment).polling(polling).on_progress(move |progress| {
        // Before the first poll, the start is reported.
        if progress.polls > 0 {
            let request = GetJob::new(progress.job).request(&api);
            table.row("  waiting", &line(&request), &polled(progress), Some(progress.elapsed));
        }
    });

    table.row("export_segment", &line(&call.request()), "from start to end:", None);
    // Its requests already have their rows: the one above, and those of the observer.
    let done = |done: &CompletedJob<_>| format!("job {} is {}", done.job().id(), done.job().status());
    let completed = tour.run("  completed", "", |stack| stack.export(call), done);

    let download = || completed.as_ref().map(CompletedJob::download).map_err(|why| *why);
    tour.step("  download_job", download(), ages, |ages| format!("ages, one by one: {}", joined(ages)));
    tour.step("  download_job", download(), save, saved);
}

type Download<S> = Call<<S as Stack>::Backend, DownloadJob>;

/// Counts the profiles of a download.
fn count<S: Stack>(stack: &S, call: Download<S>) -> Result<usize, Error> {
    let mut count = 0;
    stack.records(call, |_| {
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

/// The ages in the profiles of a download.
fn ages<S: Stack>(stack: &S, call: Download<S>) -> Result<Vec<u32>, Error> {
    let mut ages = Vec::new();
    stack.records(call, |record| {
        ages.extend(record.age()?);
        Ok(())
    })?;
    Ok(ages)
}

/// Saves a download to a temporary file, and reads that file like any download: its bytes and its profiles.
fn save<S: Stack>(stack: &S, call: Download<S>) -> Result<(u64, usize), Box<dyn std::error::Error>> {
    let path = env::temp_dir().join(format!("useartisan-tour-{}.json", process::id()));
    let saved = stack.save(call, &path)?;
    let profiles = read_again(&path);
    fs::remove_file(&path)?;
    Ok((saved.bytes, profiles?))
}

fn read_again(path: &Path) -> Result<usize, Box<dyn std::error::Error>> {
    let profiles = Records::from_read(fs::File::open(path)?).collect::<Result<Vec<_>, _>>()?;
    Ok(profiles.len())
}

/// The id of the first of a list.
fn first<T, I: From<T>>(list: Known<Vec<T>>, none: &'static str) -> Known<I> {
    list?.into_iter().next().map(I::from).ok_or(none)
}

/// Such as `a user: iPhone5,2, Philadelphia`.
fn about(profile: &Profile) -> String {
    format!("a user: {}", joined([profile.hardware_type(), profile.locality()].into_iter().flatten()))
}

/// Such as `QUEUED at poll 1`.
fn polled(progress: &JobProgress<'_>) -> String {
    match (progress.error, progress.status) {
        (None, Some(status)) => format!("{status} at poll {}", progress.polls),
        (Some(error), _) => format!("{} at poll {}", error.kind(), progress.polls),
        (None, None) => format!("poll {}", progress.polls),
    }
}

fn queued(job: &QueuedJob) -> String {
    format!("job {} is queued", job.id())
}

fn saved((bytes, profiles): &(u64, usize)) -> String {
    format!("{profiles} profiles, {bytes} bytes saved")
}

/// Such as `2 apps: Demo App 1, Demo App 2`.
fn counted<T: Display>(what: &str, list: impl IntoIterator<Item = T>) -> String {
    let list: Vec<T> = list.into_iter().collect();
    match list.len() {
        0 => format!("no {what}"),
        1 => format!("1 {what}: {}", joined(list)),
        count => format!("{count} {what}s: {}", joined(list)),
    }
}

fn joined<T: Display>(list: impl IntoIterator<Item = T>) -> String {
    list.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
