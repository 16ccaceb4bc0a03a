//! Promise 8: no public type shows a key in its `Debug`. The listing of the public API says which types there are.
#![cfg(feature = "fake")]

#[path = "rig/canary.rs"]
mod canary;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use canary::{SECRET, assert_debug_clean, credentials};
use http::Response;
use useartisan::backend::drive_blocking;
use useartisan::export::{BodyRecords, Records};
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::machine::{Event, Exchange, Export, Machine, StartJob, WaitForJob};
use useartisan::{
    Api, AppId, AsyncBackend, Client, DownloadJob, Endpoint, ExportSegment, JobId, ListApps, OpenDownload,
    SegmentId, Timeouts, redacted,
};

const LISTING: &str = include_str!("public_api/listing.txt");
const JOB: JobId = JobId::from_static("5584566b7d891ce0ab000001");

/// Types that neither the keys nor the text of a failure get into: numbers, words of the library's own, ids, what a
/// right answer says, and clients that are handed a request and give it on.
const WITHOUT_KEYS: &[&str] = &[
    "App",
    "AppId",
    "ArtisanId",
    "AttributeIter",
    "AttributeValue",
    "Attributes",
    "BodyEnd",
    "BodyUse",
    "Callback",
    "CallbackUrl",
    "Case",
    "Check",
    "Coordinate",
    "Decoder",
    "DownloadJob",
    "Edition",
    "ErrorKind",
    "ExportProfiles",
    "ExportSegment",
    "FailureKind",
    "Fault",
    "Faults",
    "GetJob",
    "GetProfile",
    "Job",
    "JobId",
    "JobStatus",
    "Limits",
    "ListApps",
    "ListJobs",
    "ListSegments",
    "Nudge",
    "OtherStatus",
    "Polling",
    "Position",
    "Profile",
    "ProfileId",
    "ProfileIdIter",
    "ProfileIds",
    "ProfileRecord",
    "QueuedJob",
    "Retry",
    "Roots",
    "Saved",
    "Segment",
    "SegmentId",
    "Sent",
    "Settings",
    "AsyncFn",
    "Tower",
    "BlockingFn",
    "BodyFn",
    "Deadline",
    "Push",
    "PushedBody",
    "Hyper",
    "Reqwest",
    "Ureq",
    "TimedBody",
    "UreqBody",
    "Failure",
    "SharedUserId",
    "TextId",
    "ThreadSleep",
    "Timeouts",
    "Unmet",
    "Wait",
    "Waiting",
    "Finished",
];

/// Whatever has been looked at, by its type's name.
#[derive(Default)]
struct Looked(BTreeSet<&'static str>);

impl Looked {
    fn at(&mut self, name: &'static str, value: &impl Debug) {
        assert_debug_clean(name, value);
        assert_ne!(format!("{value:?}"), "", "{name} shows nothing at all");
        self.0.insert(name);
    }
}

fn segment() -> ExportSegment {
    ExportSegment::new(
        AppId::from_static("5550dd57330eb93d8700000c"),
        SegmentId::from_static("557ee4697d891cd26f000003"),
    )
}

fn of_the_core(looked: &mut Looked) {
    let api = Api::new(credentials());
    looked.at("Credentials", &credentials());
    looked.at("ApiBuilder", &Api::builder().credentials(credentials()).header("x-token", SECRET));
    looked.at("Api", &api);
    looked.at("Path", &api.path("/x"));
    looked.at("Redacted", &redacted(&ListApps::new().request(&api)));
    looked.at("StartJob", &StartJob::new(&api, segment()));
    looked.at("WaitForJob", &WaitForJob::new(&api, JOB));
    looked.at("Export", &Export::new(&api, segment()));
    looked.at("OpenDownload", &OpenDownload::new(DownloadJob::new(JOB)));

    let mut exchange = Exchange::new(&api, ListApps::new());
    looked.at("Exchange", &exchange);
    looked.at("Step", &exchange.step(Duration::ZERO, Event::Start));
    let echo = Response::builder().status(401).header("x-echo", SECRET).body(SECRET).unwrap();
    looked.at("Event", &Event::Head(echo.clone().into_parts().0));
    looked.at("Error", &api.parse(&ListApps::new(), echo).unwrap_err());
}

fn of_a_client(looked: &mut Looked) {
    let fake = FakeArtisan::with_credentials(credentials());
    fake.add_sample_data().complete_jobs_after(1);
    let client = Client::new(fake.api(), fake.clone());
    looked.at("Client", &client);
    looked.at("Call", &client.list_apps());
    looked.at("WaitCall", &client.wait_for_job(JOB));
    looked.at("Erased", client.clone().erase().backend());
    looked.at("ErasedBlocking", client.clone().erase_blocking().backend());

    let download = || client.download_job(JOB).open_blocking().unwrap();
    looked.at("BlockingDownload", &download());
    looked.at("BlockingProfiles", &download().profiles());
    pollster::block_on(async {
        let download = || client.download_job(JOB).open();
        looked.at("Download", &download().await.unwrap());
        looked.at("Profiles", &download().await.unwrap().profiles());
    });
    let driven = drive_blocking(&fake, Export::new(&fake.api(), segment())).unwrap();
    looked.at("Driven", &driven);
    looked.at("Exported", &driven.output);
    looked.at("BodyRecords", &BodyRecords::new(SECRET.to_owned()));
    looked.at("Records", &Records::from_read(SECRET.as_bytes()));
}

fn of_the_fake(looked: &mut Looked) {
    let fake = FakeArtisan::with_credentials(credentials());
    looked.at("FakeArtisan", &fake);
    looked.at("Expectation", &fake.expect("list_apps"));
    let request = ListApps::new().request(&fake.api());
    fake.fail_next(Fault::echo());
    looked.at("Reply", &fake.exchange(request.clone()));
    looked.at("Recorded", &fake.requests());
    let timeouts = Timeouts::default();
    let answer = pollster::block_on(AsyncBackend::send(&fake, request.clone(), &timeouts)).unwrap();
    looked.at("FakeBody", answer.body());
    let erased = fake.client().erase();
    let answer = pollster::block_on(erased.backend().send(request, &timeouts)).unwrap();
    looked.at("ErasedBody", answer.body());
}

#[test]
fn every_public_type_is_looked_at() {
    let mut looked = Looked::default();
    of_the_core(&mut looked);
    of_a_client(&mut looked);
    of_the_fake(&mut looked);

    let listed: BTreeSet<&str> = LISTING.lines().filter_map(type_of).collect();
    let without: BTreeSet<&str> = WITHOUT_KEYS.iter().copied().collect();
    assert!(listed.len() > 80, "{listed:?}");
    let unknown: Vec<_> =
        listed.iter().filter(|name| !looked.0.contains(*name) && !without.contains(*name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}: may a key get into these? Have them looked at here");
    let gone: Vec<_> = looked.0.union(&without).filter(|name| !listed.contains(*name)).collect();
    assert!(gone.is_empty(), "{gone:?} are not public");
}

/// The name of the type that a line of the listing is about.
fn type_of(line: &'static str) -> Option<&'static str> {
    let line = line.strip_prefix("#[non_exhaustive] ").unwrap_or(line);
    let path = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
    let path = path.split(['<', '(']).next()?;
    path.rsplit("::").next()
}
