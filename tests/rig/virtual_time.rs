//! Any backend in virtual time: it carries as ever, but a wait passes at once, and is noted.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use useartisan::backends::{hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Api, AsyncBackend, BlockingBackend, Client, Failure, Timeouts};

use super::{Backend, runtime};

/// The waits that were passed over, which are also all that the clock counts.
pub(crate) type Slept = Arc<Mutex<Vec<Duration>>>;

pub(crate) struct Virtual<B> {
    backend: B,
    slept: Slept,
}

/// The three backends, each in a virtual time of its own, with the default retries.
pub(crate) fn all(api: &Api) -> [(Backend, Slept); 3] {
    let slept = [Slept::default(), Slept::default(), Slept::default()];
    let [reqwest, ureq, hyper] = slept.clone();
    let reqwest = Virtual { backend: Reqwest::new().unwrap(), slept: reqwest };
    let ureq = Virtual { backend: Ureq::new().unwrap(), slept: ureq };
    let hyper = Virtual { backend: Hyper::new().unwrap(), slept: hyper };
    let [first, second, third] = slept;
    [
        (Backend::Async("reqwest", runtime(), Client::new(api.clone(), reqwest).erase()), first),
        (Backend::Blocking("ureq", Client::new(api.clone(), ureq).erase_blocking()), second),
        (Backend::Async("hyper", runtime(), Client::new(api.clone(), hyper).erase()), third),
    ]
}

impl<B> Virtual<B> {
    fn pass(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
    }

    fn passed(&self) -> Duration {
        self.slept.lock().unwrap().iter().sum()
    }
}

impl<B: AsyncBackend> AsyncBackend for Virtual<B> {
    type Body = B::Body;

    async fn send(&self, request: Request<Bytes>, timeouts: &Timeouts) -> Result<Response<B::Body>, Failure> {
        self.backend.send(request, timeouts).await
    }

    async fn sleep(&self, duration: Duration) {
        self.pass(duration);
    }

    fn now(&self) -> Duration {
        self.passed()
    }

    fn seed(&self) -> u64 {
        self.backend.seed()
    }
}

impl<B: BlockingBackend> BlockingBackend for Virtual<B> {
    type Body = B::Body;

    fn send(&self, request: Request<Bytes>, timeouts: &Timeouts) -> Result<Response<B::Body>, Failure> {
        self.backend.send(request, timeouts)
    }

    fn sleep(&self, duration: Duration) {
        self.pass(duration);
    }

    fn now(&self) -> Duration {
        self.passed()
    }

    fn seed(&self) -> u64 {
        self.backend.seed()
    }
}
