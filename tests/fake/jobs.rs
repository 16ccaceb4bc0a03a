//! Jobs of the fake: the test controls their status, and downloads their results.

use std::time::Duration;

use useartisan::fake::FakeArtisan;
use useartisan::{AppId, CallbackUrl, Job, JobId, JobStatus, Profile, ProfileId, ProfileIds, SegmentId};

const APP: AppId = AppId::from_static("5550dd57330eb93d8700000c");
const PHILADELPHIANS: SegmentId = SegmentId::from_static("557ee4697d891cd26f000003");

/// A sample fake with one export of its own.
fn exported() -> (FakeArtisan, JobId) {
    let fake = FakeArtisan::with_sample_data();
    let job = fake.client().export_segment(APP, PHILADELPHIANS).send_blocking().unwrap();
    (fake, job.into())
}

fn status(job: Option<Job>) -> Option<String> {
    job.map(|job| job.status().to_string())
}

fn polled(fake: &FakeArtisan, job: &JobId) -> String {
    fake.client().get_job(job).send_blocking().unwrap().status().to_string()
}

#[track_caller]
fn downloaded(fake: &FakeArtisan, job: &JobId) -> Vec<ProfileId> {
    let profiles = fake.client().download_job(job).send_blocking().unwrap();
    profiles.iter().filter_map(Profile::id).collect()
}

#[test]
fn a_job_moves_step_by_step() {
    let (fake, job) = exported();
    assert_eq!(status(fake.job(&job)).as_deref(), Some("QUEUED"));
    for expected in ["RUNNING", "COMPLETE", "COMPLETE"] {
        assert_eq!(status(fake.advance(&job)).as_deref(), Some(expected));
        assert_eq!(polled(&fake, &job), expected);
    }
}

#[test]
fn a_job_takes_any_status_at_once() {
    let (fake, job) = exported();
    for text in ["FAILED", "RUNNING", "PAUSED", "COMPLETE", "QUEUED"] {
        assert_eq!(status(fake.set_status(&job, text.parse().unwrap())).as_deref(), Some(text));
        let listed = fake.client().list_jobs().status(text.parse().unwrap()).send_blocking().unwrap();
        assert!(listed.iter().any(|listed| *listed.id() == job), "{text}");
    }
}

#[test]
fn what_is_not_there_is_not_moved() {
    let (fake, job) = exported();
    let gone = fake.remove_job(&job);
    assert_eq!(gone.map(|gone| gone.id().clone()), Some(job.clone()));
    assert_eq!(fake.job(&job), None);
    assert_eq!(fake.advance(&job), None);
    assert_eq!(fake.set_status(&job, JobStatus::Failed), None);
    assert_eq!(fake.set_result(&job, "x"), None);
    assert_eq!(fake.remove_job(&job), None);
    assert!(fake.client().get_job(&job).send_blocking().unwrap_err().is_not_found());
    assert_eq!(fake.jobs().len(), 3);
}

#[test]
fn a_job_is_complete_after_some_polls() {
    for (polls, expected) in [
        (0, vec!["COMPLETE"]),
        (1, vec!["COMPLETE"]),
        (2, vec!["QUEUED", "COMPLETE"]),
        (4, vec!["QUEUED", "RUNNING", "RUNNING", "COMPLETE", "COMPLETE"]),
    ] {
        let (fake, job) = exported();
        fake.complete_jobs_after(polls);
        let seen: Vec<String> = expected.iter().map(|_| polled(&fake, &job)).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn a_job_fails_after_some_polls() {
    let (fake, job) = exported();
    fake.fail_jobs_after(3);
    assert_eq!([1, 2, 3, 4].map(|_| polled(&fake, &job)), ["QUEUED", "RUNNING", "FAILED", "FAILED"]);
}

#[test]
fn polls_of_other_jobs_and_lists_do_not_count() {
    let (fake, job) = exported();
    fake.complete_jobs_after(2);
    fake.client().list_jobs().send_blocking().unwrap();
    polled(&fake, fake.jobs()[0].id());
    assert_eq!([1, 2].map(|_| polled(&fake, &job)), ["QUEUED", "COMPLETE"]);
}

#[test]
fn a_job_is_complete_after_some_time() {
    let (fake, job) = exported();
    fake.complete_jobs_in(Duration::from_secs(60));
    for (wait, expected) in [(29, "QUEUED"), (1, "RUNNING"), (29, "RUNNING"), (1, "COMPLETE")] {
        fake.advance_time(Duration::from_secs(wait));
        assert_eq!(polled(&fake, &job), expected);
    }
    assert_eq!(fake.now(), Duration::from_secs(60));
}

#[test]
fn the_test_takes_over_from_the_clock() {
    let (fake, job) = exported();
    fake.complete_jobs_in(Duration::from_secs(60));
    fake.set_status(&job, JobStatus::Failed);
    fake.advance_time(Duration::from_secs(100));
    assert_eq!(polled(&fake, &job), "FAILED");
    let (fake, job) = exported();
    fake.complete_jobs_in(Duration::ZERO).move_jobs_by_hand().advance_time(Duration::MAX);
    assert_eq!(polled(&fake, &job), "QUEUED");
}

/// `move_jobs_by_hand` undoes `complete_jobs_after`: the job no longer moves by itself.
#[test]
fn a_job_may_be_left_to_the_test_again() {
    let (fake, job) = exported();
    let same = fake.complete_jobs_after(1).move_jobs_by_hand();
    assert_eq!(polled(&fake, &job), "QUEUED");
    assert_eq!(same.jobs(), fake.jobs());
}

/// By itself a job only moves forward, and it keeps the time of its last change while it does not move.
#[test]
fn a_job_is_not_changed_without_need() {
    let (fake, job) = exported();
    fake.complete_jobs_in(Duration::from_secs(60)).advance_time(Duration::from_secs(30));
    assert_eq!(polled(&fake, &job), "RUNNING");
    let changed = fake.job(&job).unwrap().updated_at();
    fake.advance_time(Duration::from_secs(10));
    assert_eq!(polled(&fake, &job), "RUNNING");
    assert_eq!(fake.job(&job).unwrap().updated_at(), changed);
    fake.advance_time(Duration::from_secs(20));
    assert_eq!(polled(&fake, &job), "COMPLETE");
    assert!(fake.job(&job).unwrap().updated_at() > changed);

    let (fake, job) = exported();
    fake.complete_jobs_after(3).set_status(&job, JobStatus::Running);
    assert_eq!([(); 3].map(|()| polled(&fake, &job)), ["RUNNING", "RUNNING", "COMPLETE"]);
}

#[test]
fn the_oddities_of_the_examples_are_there() {
    let (fake, job) = exported();
    let queued = fake.job(&job).unwrap();
    assert!(queued.start() < queued.created_at());
    fake.advance_time(Duration::from_secs(90));
    let complete = fake.set_status(&job, JobStatus::Complete).unwrap();
    assert_eq!((complete.end(), complete.created_at()), (None, queued.created_at()));
    let since = complete.updated_at().unwrap().duration_since(complete.created_at().unwrap());
    assert_eq!(since.as_secs(), 90);
}

#[test]
fn ids_count_up() {
    let (fake, job) = exported();
    assert_eq!(job.as_str(), "55809c9c7d891cb1bc000001");
    let job_of_another = fake.add_job(APP, PHILADELPHIANS);
    assert_eq!(job_of_another.id().as_str(), "55809c9c7d891cb1bc000002");
    assert_eq!(fake.jobs().last(), Some(&job_of_another));
    assert_eq!(fake.add_app("x").id().as_str(), "557ade8b7d891cee96000001");
    assert_eq!(exported().1, job, "each fake begins anew");
}

#[test]
fn a_result_is_what_was_there_when_the_job_completed() {
    let (fake, job) = exported();
    let [first, second] = ["02479158-4741-48ac-8562-532f7d4a3208", "037a17ab-e989-4a08-8841-0a5edb9b6a02"]
        .map(|id| ProfileId::artisan(id).unwrap());
    fake.set_status(&job, JobStatus::Running);
    fake.remove_profile(APP, &first);
    fake.set_status(&job, JobStatus::Complete);
    fake.remove_profile(APP, &second);
    assert_eq!(downloaded(&fake, &job), [second]);
}

#[test]
fn profiles_are_exported_by_either_id_and_unknown_ones_left_out() {
    let fake = FakeArtisan::with_sample_data();
    let client = fake.client();
    let shared = ProfileIds::shared_user(["no-such-user", "95920574-e6c8-470b-8834-95ce68b67d53"]).unwrap();
    let artisan = ProfileIds::artisan(["bdbbf66f-d661-4236-8237-76d4159344fe", "x"]).unwrap();
    for (ids, expected) in
        [(shared, "037a17ab-e989-4a08-8841-0a5edb9b6a02"), (artisan, "bdbbf66f-d661-4236-8237-76d4159344fe")]
    {
        let job = client.export_profiles(APP, ids).send_blocking().unwrap();
        fake.set_status(&job, JobStatus::Complete);
        assert_eq!(downloaded(&fake, job.id()), [ProfileId::artisan(expected).unwrap()]);
    }
}

#[test]
fn a_result_may_be_any_bytes() {
    let (fake, job) = exported();
    fake.set_result(&job, &b"\xff\x00"[..]);
    let early = fake.client().download_job(&job).any_format().bytes_blocking(9).unwrap_err();
    assert_eq!(
        early.api_message(),
        Some(format!("Job with the key {job} has the status QUEUED, not COMPLETE.").as_str())
    );
    assert!(!early.is_not_found());
    fake.set_status(&job, JobStatus::Complete);
    assert_eq!(fake.client().download_job(&job).any_format().bytes_blocking(9).unwrap(), &b"\xff\x00"[..]);
}

#[test]
fn a_finished_job_is_told_to_its_callback_url_once() {
    let fake = FakeArtisan::with_sample_data();
    let client = fake.client();
    let url = CallbackUrl::new("http://10.0.0.5:8080/done").unwrap();
    let told = client.export_segment(APP, PHILADELPHIANS).callback_url(&url).send_blocking().unwrap();
    let silent = client.export_segment(APP, PHILADELPHIANS).send_blocking().unwrap();
    assert_eq!(fake.callbacks(), []);
    for job in [told.id(), silent.id()] {
        fake.advance(job);
        fake.advance(job);
        fake.advance(job);
        fake.set_status(job, JobStatus::Failed);
    }
    let [callback] = <[_; 1]>::try_from(fake.callbacks()).unwrap();
    assert_eq!((callback.url(), callback.job()), (url.as_str(), told.id()));
    assert_eq!(callback.path(), format!("/public/api/jobs/{}/download", told.id()));
}

#[test]
fn a_failed_job_is_told_too() {
    let fake = FakeArtisan::with_sample_data().fail_jobs_after(1);
    let url = CallbackUrl::new("http://localhost/").unwrap();
    let ids = ProfileIds::artisan(["x"]).unwrap();
    let job = fake.client().export_profiles(APP, ids).callback_url(url).send_blocking().unwrap();
    assert_eq!(polled(&fake, job.id()), "FAILED");
    assert_eq!(fake.callbacks().len(), 1);
}
