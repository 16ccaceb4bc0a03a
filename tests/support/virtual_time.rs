//! Any backend in virtual time: requests are sent as usual, but a wait passes at once and is recorded.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use useartisan::backends::{hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Api, AsyncBackend, BlockingBackend, Client, Timeouts, TransportError};

use super::clients::{Backend, NAMES, runtime};

/// The waits, which alone move the clock.
pub type Slept = Arc<Mutex<Vec<Duration>>>;

pub struct Virtual<B> {
    backend: B,
    slept: Slept,
}

/// The three backends, each in a virtual time of its own, with the default retries.
pub fn all(api: &Api) -> [(Backend, Slept); 3] {
    NAMES.map(|name| one(name, api))
}

/// One of the three.
pub fn one(name: &str, api: &Api) -> (Backend, Slept) {
    let slept = Slept::default();
    let backend = match name {
        "reqwest" => {
            let backend = Virtual { backend: Reqwest::new().unwrap(), slept: slept.clone() };
            Backend::Async("reqwest", runtime(), Client::new(api.clone(), backend).boxed())
        }
        "hyper" => {
            let backend = Virtual { backend: Hyper::new().unwrap(), slept: slept.clone() };
            Backend::Async("hyper", runtime(), Client::new(api.clone(), backend).boxed())
        }
        _ => {
            let backend = Virtual { backend: Ureq::new().unwrap(), slept: slept.clone() };
            Backend::Blocking("ureq", Client::new(api.clone(), backend).boxed_blocking())
        }
    };
    (backend, slept)
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

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<B::Body>, TransportError> {
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

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<B::Body>, TransportError> {
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
