//! Where the random pauses of calls and downloads get their seed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use useartisan::backends::from_async_fn;
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{AsyncBackend, BlockingBackend, CallOptions, Client, Error, Timeouts, TransportError};

use crate::options::{RESULT, fake};

/// The pauses between the attempts of a call and of a download, over a blocking backend or an async one with this seed.
fn pauses(is_async: bool, seed: u64, options: CallOptions) -> Vec<Duration> {
    let (fake, job) = fake();
    let pauses = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&pauses);
    fake.fail_next(Fault::interrupted().times(3));
    let read = |outcome: Result<Bytes, Error>| assert_eq!(outcome.unwrap(), RESULT);
    if is_async {
        let carried = fake.clone();
        let send = move |request: Request<Bytes>, timeouts: Timeouts| {
            let fake = carried.clone();
            async move { AsyncBackend::send(&fake, request, &timeouts).await }
        };
        let sleep = move |pause| {
            noted.lock().unwrap().push(pause);
            std::future::ready(())
        };
        let backend = from_async_fn(send).with_sleep(sleep).with_seed(move || seed);
        let client = Client::new(fake.api(), backend).options(options);
        pollster::block_on(client.list_apps().send()).unwrap();
        fake.fail_next(Fault::cut_body(9).times(3));
        read(pollster::block_on(client.download_job(&job).bytes(1000)));
    } else {
        let backend = Seeded { fake: fake.clone(), seed, pauses: noted };
        let client = Client::new(fake.api(), backend).options(options);
        client.list_apps().send_blocking().unwrap();
        fake.fail_next(Fault::cut_body(9).times(3));
        read(client.download_job(&job).bytes_blocking(1000));
    }
    std::mem::take(&mut *pauses.lock().unwrap())
}

/// The fake behind a backend with this seed, which notes its pauses.
struct Seeded {
    fake: FakeArtisan,
    seed: u64,
    pauses: Arc<Mutex<Vec<Duration>>>,
}

impl BlockingBackend for Seeded {
    type Body = <FakeArtisan as BlockingBackend>::Body;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError> {
        BlockingBackend::send(&self.fake, request, timeouts)
    }

    fn sleep(&self, duration: Duration) {
        self.pauses.lock().unwrap().push(duration);
    }

    fn now(&self) -> Duration {
        BlockingBackend::now(&self.fake)
    }

    fn seed(&self) -> u64 {
        self.seed
    }
}

/// Promise 25: the backend seeds the jitter of calls and of downloads, unless the options do.
#[test]
fn the_backend_seeds_what_the_options_do_not() {
    for is_async in [false, true] {
        let seeded = |seed| pauses(is_async, seed, CallOptions::default());
        assert_eq!(seeded(7).len(), 6);
        assert_eq!(seeded(7), pauses(is_async, 8, CallOptions::default().with_seed(7)));
        let (one, other) = (seeded(7), seeded(8));
        let differ = |range: std::ops::Range<usize>| one[range.clone()] != other[range];
        assert!(differ(0..3) && differ(3..6), "{one:?}, {other:?}");
    }
}
