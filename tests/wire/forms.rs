//! Closures, references to a backend, pointers to it and its boxed form are backends too.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use useartisan::machine::{Export, WaitForJob};
use useartisan::{
    Api, AppId, AsyncBackend, BlockingBackend, Client, Credentials, ErrorKind, ExportSegment, JobId,
    JobProgress, Limits, ListApps, SegmentId, Sent, Timeouts, TransportError, backends,
};
use useartisan::{BoxedBackend, BoxedBlockingBackend};

const APPS: &str = r#"{"apps":[{"id":"5550dd57","name":"Demo"}]}"#;

fn api() -> Api {
    Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap()
}

fn blocking() -> impl BlockingBackend<Body = &'static [u8]> + Send + Sync {
    backends::from_fn(|request, _| {
        assert_eq!(request.uri(), "https://artisan.example/public/api/apps");
        Ok(Response::new(APPS.as_bytes()))
    })
}

fn asynchronous() -> impl AsyncBackend<Body = String> {
    backends::from_async_fn(|request, _| async move {
        assert_eq!(request.uri(), "https://artisan.example/public/api/apps");
        Ok(Response::new(APPS.to_owned()))
    })
}

#[test]
fn every_form_of_a_blocking_backend_is_one() {
    fn works(backend: impl BlockingBackend) {
        backend.sleep(Duration::ZERO);
        assert!(backend.now() <= backend.now());
        assert_ne!(backend.seed(), backend.seed());
        let apps = Client::new(api(), backend)
            .options(useartisan::Retry::none())
            .list_apps()
            .send_blocking()
            .unwrap();
        assert_eq!(apps[0].name(), "Demo");
    }
    works(blocking());
    let backend = blocking();
    works(&backend);
    works(Arc::new(blocking()));
    works(Box::new(blocking()));
    let backend = Arc::new(blocking());
    works(&backend);
    works(BoxedBlockingBackend::new(blocking()));
    works(BoxedBlockingBackend::new(Arc::new(BoxedBlockingBackend::new(blocking()))));
    let client = Client::new(api(), blocking()).boxed_blocking();
    assert_eq!(client.list_apps().send_blocking().unwrap()[0].name(), "Demo");
}

#[test]
fn every_form_of_an_async_backend_is_one() {
    fn works(backend: impl AsyncBackend) {
        let done = AtomicUsize::new(0);
        pollster::block_on(async {
            backend.sleep(Duration::from_millis(1)).await;
            assert!(backend.now() <= backend.now());
            assert_ne!(backend.seed(), backend.seed());
            let (tell, told) = std::sync::mpsc::channel();
            backend.offload(Box::new(move || tell.send(1).unwrap())).await;
            done.fetch_add(told.recv().unwrap(), Ordering::Relaxed);
            let apps = Client::new(api(), &backend).list_apps().send().await.unwrap();
            assert_eq!(apps[0].name(), "Demo");
        });
        assert_eq!(done.into_inner(), 1);
    }
    works(asynchronous());
    let backend = asynchronous();
    works(&backend);
    works(Arc::new(asynchronous()));
    works(Box::new(asynchronous()));
    let backend = Arc::new(asynchronous());
    works(&backend);
    works(BoxedBackend::new(asynchronous()));
    works(BoxedBackend::new(Arc::new(BoxedBackend::new(asynchronous()))));
    let client: Client = Client::new(api(), asynchronous()).boxed();
    assert_eq!(pollster::block_on(client.list_apps().send()).unwrap()[0].name(), "Demo");
}

/// A boxed backend keeps its clock, its sleep and its seeds.
#[cfg(feature = "fake")]
#[test]
fn an_erased_backend_keeps_its_time() {
    let fake = useartisan::fake::FakeArtisan::new().advance_time(Duration::from_secs(5));
    let (one, two) = (BoxedBackend::new(fake.clone()), BoxedBlockingBackend::new(fake.clone()));
    pollster::block_on(AsyncBackend::sleep(&one, Duration::from_secs(1)));
    BlockingBackend::sleep(&two, Duration::from_secs(2));
    assert_eq!(fake.slept(), [1, 2].map(Duration::from_secs));
    assert_eq!(AsyncBackend::now(&one), Duration::from_secs(8));
    assert_eq!(BlockingBackend::now(&two), Duration::from_secs(8));
}

/// A closure receives the request unchanged, and the time-outs of the call.
#[test]
fn a_closure_gets_the_request_and_its_time_outs() {
    let timeouts = Timeouts::default().with_head(Duration::from_secs(7));
    let backend = backends::from_fn(move |request: Request<bytes::Bytes>, given| {
        assert_eq!(given, timeouts);
        assert!(request.headers()["authorization"].is_sensitive());
        assert!(request.headers()["public-api-key"].is_sensitive());
        Ok(Response::builder().status(StatusCode::NOT_FOUND).body(std::io::empty()).unwrap())
    });
    let client = Client::new(api(), backend);
    let error = client.call(ListApps::new()).options(timeouts).send_blocking().unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

/// The caller sees the failure that a closure reports.
#[test]
fn a_closure_names_its_failures() {
    type Make = fn(&'static str) -> TransportError;
    for (failure, kind, sent) in [
        (TransportError::not_sent as Make, ErrorKind::Transport, Sent::No),
        (TransportError::interrupted, ErrorKind::Transport, Sent::Maybe),
        (TransportError::timed_out, ErrorKind::TimedOut, Sent::Maybe),
    ] {
        let backend = backends::from_fn(move |_, _| Err::<Response<&[u8]>, _>(failure("the modem is off")));
        let error = Client::new(api(), backend)
            .options(useartisan::Retry::none())
            .list_apps()
            .send_blocking()
            .unwrap_err();
        assert_eq!((error.kind(), error.sent()), (kind, sent));

        let backend = backends::from_async_fn(move |_, _| async move {
            Err::<Response<String>, _>(failure("the modem is off"))
        });
        let error = pollster::block_on(
            Client::new(api(), backend).options(useartisan::Retry::none()).list_apps().send(),
        )
        .unwrap_err();
        assert_eq!((error.kind(), error.sent()), (kind, sent));
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the modem is off");
    }
}

/// A closure uses the caller's clock and timer, if they are given.
#[test]
fn a_closure_takes_the_clock_and_the_timer_it_is_given() {
    let backend = backends::from_async_fn(|_, _| async { Ok(Response::new(String::new())) })
        .with_sleep(|_| std::future::ready(()))
        .with_clock(|| Duration::from_secs(42));
    assert_eq!(backend.now(), Duration::from_secs(42));
    pollster::block_on(backend.sleep(Duration::MAX));

    let backend = backends::from_fn(|_, _| Ok(Response::new(std::io::empty())));
    assert_eq!(backend.with_clock(|| Duration::from_secs(7)).now(), Duration::from_secs(7));
}

/// Promise 22: a claimed length reserves no memory before the bytes arrive.
#[test]
fn a_length_that_is_claimed_costs_nothing() {
    const CLAIM: u64 = isize::MAX as u64 / 2;
    /// Two pieces, which claim an impossible rest.
    struct Claiming(Option<Bytes>, Option<Bytes>);
    impl Body for Claiming {
        type Data = Bytes;
        type Error = TransportError;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
            let next = self.0.take().or_else(|| self.1.take());
            Poll::Ready(next.map(|data| Ok(Frame::data(data))))
        }
        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(CLAIM)
        }
    }
    let limits = Limits::default().with_body(usize::MAX);
    let response = || Response::builder().header("content-length", CLAIM);

    let blocking = backends::from_fn(|_, _| Ok(response().body(APPS.as_bytes()).unwrap()));
    let apps = Client::new(api(), blocking).options(limits).list_apps().send_blocking().unwrap();
    assert_eq!(apps[0].name(), "Demo");

    let (one, other) = APPS.split_at(9);
    let body =
        || Claiming(Some(Bytes::from_static(one.as_bytes())), Some(Bytes::from_static(other.as_bytes())));
    let asynchronous = backends::from_async_fn(|_, _| async { Ok(response().body(body()).unwrap()) });
    let client = Client::new(api(), asynchronous).options(limits);
    assert_eq!(pollster::block_on(client.list_apps().send()).unwrap()[0].name(), "Demo");
}

/// D1, promise 44: a call can be spawned, and a client can be shared.
#[test]
fn what_is_called_can_be_spawned() {
    fn spawn<T: Send + 'static>(_: T) {}
    fn share<T: Send + Sync + Clone + 'static>(_: &T) {}
    fn each<B: AsyncBackend<Body: 'static> + 'static>(client: &Client<B>) {
        share(client);
        let job = JobId::from_static("1");
        let call = || client.download_job(&job);
        let export = || client.export_segment(AppId::from_static("1"), SegmentId::from_static("2"));
        spawn(client.wait_for_job(&job).send());
        spawn(export().send_and_wait());
        spawn(call().open());
        spawn(call().bytes(0));
        spawn(call().profiles());
        spawn(call().save("profiles.json"));
        spawn(call().write_to(Vec::new()));
        let client = client.clone();
        spawn(async move {
            let mut profiles = client.download_job(job).profiles().await?;
            while profiles.next_record().await?.is_some() {}
            client.download_job(JobId::from_static("1")).open().await?.bytes(0).await
        });
    }
    let client = Client::new(api(), asynchronous());
    each(&client);
    spawn(client.list_apps().send());
    spawn(client.list_apps().send_raw());
    #[cfg(feature = "reqwest")]
    each(&Client::new(api(), backends::reqwest::Reqwest::new().unwrap()));
    #[cfg(feature = "hyper")]
    each(&Client::new(api(), backends::hyper::Hyper::new().unwrap()));
    let client: Client = client.boxed();
    each(&client);
    spawn(client.list_apps().send());
}

/// Unsent calls and machines can be shared, with any observer.
#[test]
fn calls_and_machines_are_sync() {
    fn share<T: Send + Sync>(_: &T) {}
    let observer = || {
        let told = std::cell::Cell::new(0);
        move |_: &JobProgress<'_>| told.set(told.get() + 1)
    };
    let client = Client::new(api(), asynchronous()).boxed();
    let segment = ExportSegment::new(AppId::from_static("1"), SegmentId::from_static("2"));
    share(&client.call(segment.clone()).on_progress(observer()));
    share(&client.wait_for_job(JobId::from_static("1")).on_progress(observer()));
    share(&WaitForJob::new(client.api(), JobId::from_static("1")).on_progress(observer()));
    share(&Export::new(client.api(), segment).on_progress(observer()));
}
