//! A backend over `reqwest::blocking`.
//!
//! It has its time-outs by the client, so there is a client for each set of them, of which the latest few are kept. One
//! time-out bounds each wait, so `head` and `stall` are here the shorter of the two.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use reqwest::blocking::{self, Client, ClientBuilder};
use reqwest::redirect::Policy;
use reqwest::retry;
use useartisan::backends::{self, tls::Roots};
use useartisan::{BlockingBackend, Failure, FailureKind, Timeouts};

pub(crate) fn backend() -> impl BlockingBackend<Body = Body> {
    let clients = Mutex::new(Vec::new());
    backends::from_fn(move |request: Request<Bytes>, timeouts: Timeouts| {
        let client = client(&mut clients.lock().unwrap_or_else(PoisonError::into_inner), timeouts)?;
        let bare = request.body().is_empty();
        let mut request = blocking::Request::try_from(request).map_err(failure)?;
        if bare {
            *request.body_mut() = None; // or a GET would announce a body
        }
        let answer = client.execute(request).map_err(failure)?;
        let mut response = Response::new(());
        *response.status_mut() = answer.status();
        response.headers_mut().clone_from(answer.headers());
        Ok(response.map(|()| Body(answer)))
    })
}

/// The settings are what a backend must do: no redirect, no repetition, no header of its own, no proxy.
fn client(clients: &mut Vec<(Timeouts, Client)>, timeouts: Timeouts) -> Result<Client, Failure> {
    if let Some((_, client)) = clients.iter().find(|(set, _)| *set == timeouts) {
        return Ok(client.clone());
    }
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .retry(retry::never())
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.total)
        .tls_backend_preconfigured(Roots::default().client_config().map_err(Failure::not_sent)?);
    let wait = timeouts.head.min(timeouts.stall);
    let client = ClientBuilder::from(builder).timeout(wait).build().map_err(failure)?;
    clients.truncate(3);
    clients.insert(0, (timeouts, client.clone()));
    Ok(client)
}

/// A response's body, read as it comes.
pub(crate) struct Body(blocking::Response);

impl Read for Body {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        self.0.read(piece).map_err(|error| match error.downcast::<reqwest::Error>() {
            Ok(error) => failure(error).into(),
            Err(error) => error,
        })
    }
}

/// The URL is left out of the error: it names the user that was asked for.
fn failure(error: reqwest::Error) -> Failure {
    let kind = match () {
        () if error.is_connect() || error.is_builder() => FailureKind::NotSent,
        () if error.is_timeout() => FailureKind::TimedOut,
        () => FailureKind::Interrupted,
    };
    Failure::new(kind, error.without_url())
}
