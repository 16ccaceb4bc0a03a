//! Promise 33: the fake answers like the wire. Each scenario runs in memory, async and blocking, and over loopback through each
//! backend. The outcomes and the received requests must be equal.
//!
//! One line of `over_loopback!` adds a backend.

use useartisan::fake::{FakeArtisan, Recorded};
use useartisan::{Api, CallOptions, Client, Credentials, Limits, Retry, Timeouts, backends};

use crate::ask::{LIMIT, Outcome, ask, ask_blocking};
use crate::plain_async::PlainAsync;
use crate::support::loopback::Loopback;
use crate::support::server::refusing;
use crate::support::sockets::{self, Quirk};
use crate::table::{At, Scenario, scenarios};

/// The backends: a name, the kind, and how to make one.
macro_rules! over_loopback {
    ($($(#[$when:meta])* $name:ident: $kind:ident, $backend:expr;)*) => {$(
        $(#[$when])*
        #[test]
        fn $name() {
            compare(|scenario| over_loopback(scenario, |api| $kind!(api, $backend, scenario)));
        }
    )*};
}

macro_rules! an_async_one {
    ($api:expr, $backend:expr, $scenario:expr) => {
        runtime().block_on(async { ask(&client($api, $backend, $scenario), $scenario.ask).await })
    };
}

macro_rules! a_blocking_one {
    ($api:expr, $backend:expr, $scenario:expr) => {
        ask_blocking(&client($api, $backend, $scenario), $scenario.ask)
    };
}

over_loopback! {
    plain_async_over_loopback: an_async_one, PlainAsync::new();
    plain_blocking_over_loopback: a_blocking_one,
        backends::from_fn(|request, timeouts| sockets::send(Quirk::None, &request, &timeouts));
    #[cfg(feature = "reqwest")]
    reqwest_over_loopback: an_async_one, backends::reqwest::Reqwest::new().unwrap();
    #[cfg(feature = "ureq")]
    ureq_over_loopback: a_blocking_one, backends::ureq::Ureq::new().unwrap();
    #[cfg(feature = "hyper")]
    hyper_over_loopback: an_async_one, backends::hyper::Hyper::new().unwrap();
}

/// In memory, both kinds of client have the same outcome, as the table says.
#[test]
fn in_memory() {
    assert!(scenarios().len() >= 100);
    compare(|scenario| {
        let fake = prepared(scenario);
        let outcome = ask_blocking(&client(api_of(&fake, scenario), fake.clone(), scenario), scenario.ask);
        (outcome, sent(&fake))
    });
}

/// Runs every scenario in another way, and compares it with the async way in memory.
#[track_caller]
fn compare(run: impl Fn(&Scenario) -> (Outcome, Vec<String>)) {
    for scenario in scenarios() {
        let (outcome, requests) = run(&scenario);
        let fake = prepared(&scenario);
        let client = client(api_of(&fake, &scenario), fake.clone(), &scenario);
        let expected = pollster::block_on(ask(&client, scenario.ask));
        scenario.expected.check(&expected, &scenario.name);
        assert_eq!(outcome, expected, "{}", scenario.name);
        assert_eq!(requests, sent(&fake), "{}", scenario.name);
    }
}

fn over_loopback(scenario: &Scenario, run: impl FnOnce(Api) -> Outcome) -> (Outcome, Vec<String>) {
    let fake = prepared(scenario);
    let server = Loopback::serve(&fake).unwrap();
    let elsewhere = |url: &str| Api::builder(url).credentials(credentials(&fake, scenario)).build();
    let api = match scenario.at {
        At::Service => server.api(),
        At::WrongKeys => elsewhere(server.base_url()),
        At::Nowhere => elsewhere(&format!("http://{}", refusing())),
    };
    let outcome = run(api.unwrap());
    (outcome, sent(&fake))
}

fn prepared(scenario: &Scenario) -> FakeArtisan {
    let fake = FakeArtisan::with_sample_data();
    (scenario.prepare)(&fake);
    fake
}

fn api_of(fake: &FakeArtisan, scenario: &Scenario) -> Api {
    Api::new("https://artisan.example", credentials(fake, scenario)).unwrap()
}

fn credentials(fake: &FakeArtisan, scenario: &Scenario) -> Credentials {
    match scenario.at {
        At::WrongKeys => Credentials::new("fake-public-key", "another-secret-key").unwrap(),
        _ => fake.credentials(),
    }
}

fn client<B>(api: Api, backend: B, scenario: &Scenario) -> Client<B> {
    let options = CallOptions::default()
        .with_retry(Retry::none())
        .with_limits(Limits::default().with_body(LIMIT))
        .with_timeouts(scenario.expected.timeouts(Timeouts::default()))
        .with_download_timeouts(scenario.expected.timeouts(Timeouts::for_download()));
    Client::new(api, backend).options(options)
}

/// The documented part of what the service received. Clients add headers that HTTP needs.
fn sent(fake: &FakeArtisan) -> Vec<String> {
    const DOCUMENTED: [&str; 4] = ["accept-encoding", "content-type", "authorization", "public-api-key"];
    let told = |request: &Recorded| {
        let headers =
            DOCUMENTED.map(|name| request.headers().get(name).map(|value| value.as_bytes().to_vec()));
        format!("{:?} {} {headers:?} {:?}", request.endpoint(), request.line(), request.body())
    };
    fake.requests().iter().map(told).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
