//! A download that breaks off starts again only if nothing of it was handed out. Shown in virtual time against the fake, by both
//! kinds of client.

use std::fs;
use std::path::Path;
use std::time::Duration;

use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{AppId, Client, Error, ErrorKind, JobId, JobStatus, Retry, SegmentId, Sent};

use crate::support::directory::Directory;

const RESULT: &str = r#"{"artisanUserIds":[{"age":"54"},{"age":"29"}]}"#;
const OLD: &str = "what was there before";

fn fake() -> (FakeArtisan, JobId) {
    let fake = FakeArtisan::with_sample_data().pieces_of(16);
    let job = JobId::from(fake.jobs().remove(0));
    fake.set_status(&job, JobStatus::Complete);
    fake.set_result(&job, RESULT);
    (fake, job)
}

fn app() -> AppId {
    FakeArtisan::with_sample_data().apps().remove(0).into()
}

fn segment() -> SegmentId {
    FakeArtisan::with_sample_data().segments(app()).remove(0).into()
}

/// The ways to read a whole result at once, which hand out nothing before its end. Each returns the result.
type Whole = fn(&Client<FakeArtisan>, &JobId, &Path) -> Result<Vec<u8>, Error>;

const WHOLE: [(&str, Whole); 4] = [
    ("bytes", |client, job, _| {
        pollster::block_on(client.download_job(job).bytes(1000)).map(|bytes| bytes.to_vec())
    }),
    ("bytes_blocking", |client, job, _| {
        client.download_job(job).bytes_blocking(1000).map(|bytes| bytes.to_vec())
    }),
    ("save", |client, job, path| {
        let saved = pollster::block_on(client.download_job(job).save(path))?;
        let file = fs::read(path).unwrap();
        assert_eq!(saved.bytes, file.len() as u64);
        Ok(file)
    }),
    ("save_blocking", |client, job, path| {
        let saved = client.download_job(job).save_blocking(path)?;
        let file = fs::read(path).unwrap();
        assert_eq!(saved.bytes, file.len() as u64);
        Ok(file)
    }),
];

fn downloads(fake: &FakeArtisan) -> usize {
    fake.requests().iter().filter(|request| request.endpoint() == Some("download_job")).count()
}

#[test]
fn a_body_that_breaks_off_is_downloaded_again() {
    let directory = Directory::new("again");
    let path = directory.file("export.json");
    for (name, whole) in WHOLE {
        for fault in [
            Fault::cut_body(0).times(3),
            Fault::cut_body(20).times(3),
            Fault::cut_body(RESULT.len()).times(3),
            Fault::stalled(33).times(3),
        ] {
            let (fake, job) = fake();
            let told = format!("{name} {fault:?}");
            fake.fail_next(fault);
            assert_eq!(whole(&fake.client(), &job, &path).expect(&told), RESULT.as_bytes(), "{told}");
            assert_eq!((downloads(&fake), fake.slept().len()), (4, 3), "{told}");
            assert!(directory.parts().is_empty(), "{told}");
        }
    }
}

/// Attempts without a head and attempts with a broken body count alike. The last error counts all of them.
/// the error tells of all.
#[test]
fn the_attempts_are_counted_together() {
    let directory = Directory::new("counted");
    let path = directory.file("export.json");
    fs::write(&path, OLD).unwrap();
    for (name, whole) in WHOLE {
        let (fake, job) = fake();
        fake.fail_next(Fault::not_sent());
        fake.fail_next(Fault::cut_body(20));
        fake.fail_next(Fault::status(http::StatusCode::SERVICE_UNAVAILABLE).retry_after(7));
        fake.fail_next(Fault::stalled(20));
        let error = whole(&fake.client(), &job, &path).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::TimedOut, 4), "{name}: {error}");
        assert_eq!((error.sent(), error.elapsed()), (Sent::Answered, fake.now()), "{name}");
        assert_eq!((downloads(&fake), fake.slept()[2]), (3, Duration::from_secs(7)), "{name}");
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("after 20 bytes"), "{name}");
        assert!(!error.to_string().contains("handed out"), "{name}: {error}");
        assert_eq!(directory.names(), ["export.json"], "{name}");
        assert_eq!(fs::read_to_string(&path).unwrap(), OLD, "{name}");
    }
}

/// Other failures are not retried, even after interruptions.
#[test]
fn what_will_not_change_is_not_asked_again() {
    let directory = Directory::new("final");
    let path = directory.file("export.json");
    for (name, whole) in WHOLE {
        let (fake, job) = fake();
        fake.fail_next(Fault::interrupted());
        fake.fail_next(Fault::cut_silently(20));
        let error = whole(&fake.client(), &job, &path).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::UnexpectedBody, 2), "{name}: {error}");
        assert_eq!((error.sent(), error.elapsed()), (Sent::Maybe, fake.now()), "{name}");
        assert!(directory.names().is_empty(), "{name}");
    }
}

/// The time in which a body stalled counts towards the deadline. No attempt starts after it.
#[test]
fn nothing_starts_after_the_deadline() {
    let directory = Directory::new("deadline");
    let path = directory.file("export.json");
    for (name, whole) in WHOLE {
        let (fake, job) = fake();
        fake.fail_next(Fault::stalled(20).times(4));
        let retry = Retry::default().with_deadline(Duration::from_secs(45));
        let error = whole(&fake.client().options(retry), &job, &path).unwrap_err();
        // Each stall takes 30 seconds.
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::TimedOut, 2), "{name}: {error}");
        assert!((60..=61).contains(&error.elapsed().as_secs()), "{name}: {error}");
        assert!(directory.names().is_empty(), "{name}");
    }
}

/// No partial file is left during the wait for the next attempt: promise 29.
#[test]
fn no_file_is_there_between_attempts() {
    let directory = Directory::new("between");
    let path = directory.file("export.json");
    let (fake, job) = fake();
    fake.fail_next(Fault::cut_body(20));
    let backend = Meanwhile { fake: fake.clone(), act: || assert!(directory.names().is_empty()) };
    let client = Client::new(fake.api(), backend);
    assert_eq!(client.download_job(&job).save_blocking(&path).unwrap().bytes, RESULT.len() as u64);
    assert_eq!(fake.slept().len(), 1);
}

/// If the file cannot be started again, the error counts all attempts too.
#[test]
fn a_directory_that_goes_away_meanwhile_is_an_error() {
    let directory = Directory::new("gone");
    let path = directory.file("export.json");
    let (fake, job) = fake();
    fake.fail_next(Fault::stalled(20));
    let backend = Meanwhile { fake: fake.clone(), act: || fs::remove_dir(path.parent().unwrap()).unwrap() };
    let error = Client::new(fake.api(), backend).download_job(&job).save_blocking(&path).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::File, 2), "{error}");
    assert_eq!((error.sent(), error.elapsed()), (Sent::Answered, fake.now()));
}

/// The fake, with a hook for each wait.
struct Meanwhile<F> {
    fake: FakeArtisan,
    act: F,
}

impl<F: Fn()> useartisan::BlockingBackend for Meanwhile<F> {
    type Body = useartisan::fake::FakeBody;

    fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        timeouts: &useartisan::Timeouts,
    ) -> Result<http::Response<Self::Body>, useartisan::TransportError> {
        useartisan::BlockingBackend::send(&self.fake, request, timeouts)
    }

    fn sleep(&self, duration: Duration) {
        (self.act)();
        useartisan::BlockingBackend::sleep(&self.fake, duration);
    }

    fn now(&self) -> Duration {
        self.fake.now()
    }

    fn seed(&self) -> u64 {
        0
    }
}

/// An open download hands its bytes out as they arrive, so it does not start again. Its error says so.
#[test]
fn what_was_handed_out_is_not_started_again() {
    type Read = fn(&Client<FakeArtisan>, &JobId) -> Result<(), Error>;
    let ways: [(&str, Read); 8] = [
        ("next_chunk", |client, job| {
            pollster::block_on(async {
                let mut download = client.download_job(job).open().await?;
                while download.next_chunk().await?.is_some() {}
                Ok(())
            })
        }),
        ("next_record", |client, job| {
            pollster::block_on(async {
                let mut profiles = client.download_job(job).profiles().await?;
                while profiles.next_record().await?.is_some() {}
                Ok(())
            })
        }),
        ("next_chunk, blocking", |client, job| {
            let mut download = client.download_job(job).open_blocking()?;
            while download.next_chunk_blocking()?.is_some() {}
            Ok(())
        }),
        ("next_record, blocking", |client, job| {
            let mut profiles = client.download_job(job).profiles_blocking()?;
            while profiles.next_record_blocking()?.is_some() {}
            Ok(())
        }),
        ("Iterator", |client, job| {
            client.download_job(job).profiles_blocking()?.collect::<Result<Vec<_>, _>>().map(drop)
        }),
        ("send_and_wait", |client, _| {
            pollster::block_on(async {
                let completed = client.export_segment(app(), segment()).send_and_wait().await?;
                let mut download = completed.download().open().await?;
                while download.next_chunk().await?.is_some() {}
                Ok(())
            })
        }),
        ("send_and_wait_blocking", |client, _| {
            let completed = client.export_segment(app(), segment()).send_and_wait_blocking()?;
            let mut download = completed.download().open_blocking()?;
            while download.next_chunk_blocking()?.is_some() {}
            Ok(())
        }),
        ("Read", |client, job| {
            let mut download = client.download_job(job).open_blocking()?;
            let error = std::io::copy(&mut download, &mut std::io::sink()).unwrap_err();
            Err(error.downcast::<Error>().unwrap())
        }),
    ];
    for (name, read) in ways {
        for (fault, kind) in
            [(Fault::cut_body(20), ErrorKind::Transport), (Fault::stalled(20), ErrorKind::TimedOut)]
        {
            let (fake, job) = fake();
            fake.complete_jobs_after(1).fail_next_for("download_job", fault);
            let error = read(&fake.client(), &job).unwrap_err();
            assert_eq!((error.kind(), error.sent()), (kind, Sent::Answered), "{name}: {error}");
            let told = "after 20 bytes of the result were handed out; it is not started again";
            assert!(error.to_string().contains(told), "{name}: {error}");
            assert_eq!(downloads(&fake), 1, "{name}");
        }
    }
}

/// Bytes in a writer cannot be taken back. Before the first one, the download may start again.
#[test]
fn what_went_to_a_writer_is_not_started_again() {
    type Write = fn(&Client<FakeArtisan>, &JobId) -> Result<Vec<u8>, Error>;
    let ways: [(&str, Write); 2] = [
        ("write_to", |client, job| pollster::block_on(client.download_job(job).write_to(Vec::new()))),
        ("write_to_blocking", |client, job| client.download_job(job).write_to_blocking(Vec::new())),
    ];
    let large = format!(r#"{{"artisanUserIds":[{}]}}"#, vec![r#"{"age":"54"}"#; 40_000].join(","));
    for (name, write) in ways {
        let (fake, job) = fake();
        fake.set_result(job.clone(), large.clone()).unwrap();
        fake.fail_next(Fault::interrupted());
        fake.fail_next(Fault::cut_body(20));
        assert!(write(&fake.client(), &job).unwrap() == large.as_bytes());
        assert_eq!(downloads(&fake), 3, "{name}");

        fake.fail_next(Fault::interrupted());
        fake.fail_next(Fault::cut_body(300_000));
        let error = write(&fake.client(), &job).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 2), "{name}: {error}");
        assert_eq!(error.sent(), Sent::Maybe, "{name}");
        let told = "after 300000 bytes of the result were handed out; it is not started again";
        assert!(error.to_string().contains(told), "{name}: {error}");
    }
}
