//! Promise 8: no public type shows a key in its `Debug`. The listing of the public API has all types.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::io::{self, Read};
use std::time::Duration;

use crate::each_endpoint;
use crate::support::canary::{SECRET, assert_debug_clean, credentials};
use crate::support::loopback::Loopback;
use crate::support::server::refusing;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tokio::runtime::Builder;
use useartisan::backends::{self, Deadline, hyper::Hyper, reqwest::Reqwest, tower::Tower, ureq::Ureq};
use useartisan::decode::{BodyRecords, Records};
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::machine::{Event, Exchange, Export, Machine, WaitForJob, drive_blocking};
use useartisan::{
    Api, AppId, AsyncBackend, BlockingBackend, Client, DownloadJob, Endpoint, ExportSegment, JobId, ListApps,
    SegmentId, Timeouts, redacted,
};

const LISTING: &str = include_str!("../public_api/listing.txt");
const JOB: JobId = JobId::from_static("5584566b7d891ce0ab000001");

/// Types that hold neither keys nor the text of a failure: numbers, the library's own words, ids, addresses, certificates, the
/// content of correct answers, and findings of the conformance suite, which has keys of its own. Each by its path, and by the
/// paths of its re-exports.
const WITHOUT_KEYS: &[&str] = &[
    "App",
    "AppId",
    "ArtisanId",
    "AttributeIter",
    "AttributeValue",
    "Attributes",
    "CallOptions",
    "CallbackUrl",
    "Coordinate",
    "ErrorKind",
    "TransportErrorKind",
    "Job",
    "JobId",
    "JobNotifier",
    "JobStatus",
    "Limits",
    "OtherStatus",
    "Polling",
    "Position",
    "Profile",
    "ProfileId",
    "ProfileIdIter",
    "ProfileIds",
    "QueuedJob",
    "Retry",
    "Segment",
    "SegmentId",
    "Sent",
    "SharedUserId",
    "endpoint::TextId",
    "Timeouts",
    "backends::Saved",
    "backends::ThreadSleep",
    "backends::conformance::Case",
    "backends::conformance::Finding",
    "backends::conformance::Findings",
    "backends::conformance::Report",
    "backends::conformance::Suite",
    "backends::tls::Roots",
    "callback::Callback",
    "decode::Check",
    "decode::Decoder",
    "decode::ProfileRecord",
    "decode::DecodeOptions",
    "fake::BodyEnd",
    "fake::SentCallback",
    "fake::Edition",
    "machine::ReadBody",
];

/// The types that were checked, by their paths.
#[derive(Default)]
struct Looked(BTreeSet<&'static str>);

impl Looked {
    fn at(&mut self, paths: &'static str, value: &impl Debug) {
        assert_debug_clean(paths, value);
        assert_ne!(format!("{value:?}"), "", "{paths} shows nothing at all");
        self.0.extend(paths.split(' '));
    }
}

impl Looked {
    /// By its type.
    fn at_endpoint<E: Endpoint + Debug>(&mut self, call: &E) {
        let name = std::any::type_name::<E>().rsplit("::").next().unwrap();
        self.at(name, call);
    }
}

fn segment() -> ExportSegment {
    ExportSegment::new(
        AppId::from_static("5550dd57330eb93d8700000c"),
        SegmentId::from_static("557ee4697d891cd26f000003"),
    )
}

fn of_the_core(looked: &mut Looked) {
    let api = Api::new("https://artisan.example", credentials()).unwrap();
    looked.at("Credentials", &credentials());
    looked.at(
        "ApiBuilder",
        &Api::builder("https://artisan.example").credentials(credentials()).header("x-token", SECRET),
    );
    looked.at("Api", &api);
    looked.at("endpoint::Path", &api.path("/x"));
    looked
        .at("endpoint::Query", &api.path("/x").query("x", &useartisan::endpoint::TextId::new("y").unwrap()));
    looked.at("Redacted", &redacted(&ListApps::new().request(&api)));
    each_endpoint!(call, _right => looked.at_endpoint(&call));
    looked.at("machine::WaitForJob", &WaitForJob::new(&api, JOB));
    looked.at("machine::Export", &Export::new(&api, segment()));

    let mut exchange = Exchange::new(&api, ListApps::new());
    looked.at("machine::Exchange", &exchange);
    looked.at("machine::Step", &exchange.step(Duration::ZERO, Event::Start));
    let echo = Response::builder().status(401).header("x-echo", SECRET).body(SECRET).unwrap();
    looked.at("machine::Event", &Event::Head(echo.clone().into_parts().0));
    looked.at("Error", &api.parse(&ListApps::new(), echo).unwrap_err());
}

fn of_a_client(looked: &mut Looked) {
    let fake = FakeArtisan::with_credentials(credentials());
    fake.add_sample_data().complete_jobs_after(1);
    let client = Client::new(fake.api(), fake.clone());
    looked.at("Client", &client);
    looked.at("Call", &client.list_apps());
    looked.at("WaitCall", &client.wait_for_job(JOB));
    let wait = client.wait_for_job(JOB).on_progress(|progress| assert_debug_clean("JobProgress", progress));
    wait.send_blocking().unwrap();
    looked.0.insert("JobProgress");
    looked.at("BoxedBackend", client.clone().boxed().backend());
    looked.at("BoxedBlockingBackend", client.clone().boxed_blocking().backend());

    let download = || client.download_job(JOB).open_blocking().unwrap();
    looked.at("Download", &download());
    looked.at("Profiles", &download().profiles());
    pollster::block_on(async {
        let download = || client.download_job(JOB).open();
        looked.at("Download", &download().await.unwrap());
        looked.at("Profiles", &download().await.unwrap().profiles());
    });
    let open = Exchange::open(&fake.api(), DownloadJob::new(JOB));
    looked.at("machine::Driven", &drive_blocking(&fake, open).unwrap());
    looked.at("CompletedJob", &client.call(segment()).send_and_wait_blocking().unwrap());
    looked.at("decode::BodyRecords", &BodyRecords::new(SECRET.to_owned()));
    looked.at("decode::Records", &Records::from_read(SECRET.as_bytes()));
}

fn of_the_fake(looked: &mut Looked) {
    let fake = FakeArtisan::with_credentials(credentials());
    looked.at("fake::FakeArtisan", &fake);
    let request = ListApps::new().request(&fake.api());
    fake.fail_next(Fault::echo());
    looked.at("fake::Reply", &fake.exchange(request.clone()));
    looked.at("fake::Recorded", &fake.requests());
    looked.at("fake::Fault", &Fault::failure(SECRET));
    let timeouts = Timeouts::default();
    let answer = pollster::block_on(AsyncBackend::send(&fake, request.clone(), &timeouts)).unwrap();
    looked.at("fake::FakeBody", answer.body());
    let boxed = fake.client().boxed();
    let answer = pollster::block_on(boxed.backend().send(request, &timeouts)).unwrap();
    looked.at("BoxedBody", answer.body());
}

/// Each client, with the keys in what it sends, and in a request that it cannot send.
fn of_the_clients(looked: &mut Looked) {
    let fake = FakeArtisan::with_credentials(credentials());
    let server = Loopback::serve(&fake).unwrap();
    let nowhere = Api::builder(format!("http://{}", refusing())).credentials(credentials()).build();
    let [request, lost] =
        [server.api().unwrap(), nowhere.unwrap()].map(|api| move || ListApps::new().request(&api));
    let timeouts = Timeouts::default();

    let ureq = Ureq::new().unwrap();
    let answer = BlockingBackend::send(&ureq, request(), &timeouts).unwrap();
    looked.at("backends::ureq::Ureq", &ureq);
    looked.at("backends::ureq::UreqBody", answer.body());
    looked.at("TransportError", &BlockingBackend::send(&ureq, lost(), &timeouts).unwrap_err());
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let (hyper, reqwest) = (Hyper::new().unwrap(), Reqwest::new().unwrap());
        let answer = hyper.send(request(), &timeouts).await.unwrap();
        looked.at("backends::hyper::Hyper", &hyper);
        looked.at("backends::TimedBody", answer.body());
        looked.at("TransportError", &hyper.send(lost(), &timeouts).await.unwrap_err());
        let answer = reqwest.send(request(), &timeouts).await.unwrap();
        looked.at("backends::reqwest::Reqwest", &reqwest);
        looked.at("backends::TimedBody", answer.body());
        looked.at("TransportError", &reqwest.send(lost(), &timeouts).await.unwrap_err());
    });
}

/// The parts of other backends, with a key wherever they may hold one.
fn of_other_backends(looked: &mut Looked) {
    let timeouts = Timeouts::default();
    let deadline = Deadline::begin(&timeouts);
    looked.at("backends::Deadline", &deadline);
    let mut rest = SECRET.as_bytes();
    looked.at("backends::BodyFn", &deadline.body(move |buffer| rest.read(buffer)));
    let secret = SECRET.to_owned();
    let service = tower::service_fn(move |_: Request<Full<Bytes>>| {
        std::future::ready(Ok::<_, io::Error>(Response::new(secret.clone())))
    });
    looked.at("backends::Timed backends::tower::Tower", &Tower::<_, Full<Bytes>>::new(service));
    let secret = SECRET.to_owned();
    looked.at(
        "backends::BlockingFn",
        &backends::from_fn(move |_, _| Ok(Response::new(io::Cursor::new(secret.clone())))),
    );
    let secret = SECRET.to_owned();
    let answer = move || std::future::ready(Ok(Response::new(secret.clone())));
    looked.at("backends::AsyncFn", &backends::from_async_fn(move |_, _| answer()));
}

#[test]
fn every_public_type_is_looked_at() {
    let mut looked = Looked::default();
    of_the_core(&mut looked);
    of_a_client(&mut looked);
    of_the_fake(&mut looked);
    of_the_clients(&mut looked);
    of_other_backends(&mut looked);

    let listed: BTreeSet<&str> = LISTING.lines().filter_map(type_of).collect();
    let without: BTreeSet<&str> = WITHOUT_KEYS.iter().flat_map(|paths| paths.split(' ')).collect();
    assert!(listed.len() > 80, "{listed:?}");
    let unknown: Vec<_> =
        listed.iter().filter(|name| !looked.0.contains(*name) && !without.contains(*name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}: may a key get into these? Have them looked at here");
    let gone: Vec<_> = looked.0.union(&without).filter(|name| !listed.contains(*name)).collect();
    assert!(gone.is_empty(), "{gone:?} are not public");
}

/// Each type has one path, and no two types have the same name.
#[test]
fn a_name_is_one_types() {
    let mut paths = BTreeMap::<&str, BTreeSet<&str>>::new();
    for path in LISTING.lines().filter_map(type_of) {
        let name = path.rsplit("::").next().unwrap();
        paths.entry(name).or_default().insert(path);
    }
    paths.retain(|_, paths| paths.len() > 1);
    assert!(paths.is_empty(), "{paths:?}");
}

/// The path, within the crate, of the type in a line of the listing.
fn type_of(line: &'static str) -> Option<&'static str> {
    let line = line.strip_prefix("#[non_exhaustive] ").unwrap_or(line);
    let path = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
    path.split(['<', '(']).next()?.strip_prefix("useartisan::")
}
