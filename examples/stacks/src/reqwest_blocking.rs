//! A backend over `reqwest::blocking`.
//!
//! The client has the time-outs, because reqwest's time-out of a request would bound each wait and the whole body alike. So each set
//! of time-outs has a client; the latest few are kept. A client with slightly longer time-outs, up to a tenth, is reused: a redirect
//! or a retry has a little less time than its call. One time-out bounds each wait, so `head` and `stall` are both the shorter of the
//! two.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use reqwest::blocking::{self, Client, ClientBuilder};
use reqwest::redirect::Policy;
use reqwest::retry;
use useartisan::backends::{self, tls::Roots};
use useartisan::{BlockingBackend, Timeouts, TransportError, TransportErrorKind};

/// A backend over `reqwest::blocking`.
#[must_use]
pub fn backend() -> impl BlockingBackend<Body = impl Read> {
    let clients = Mutex::new(Vec::new());
    backends::from_fn(move |request: Request<Bytes>, timeouts: Timeouts| {
        let client = client(&mut clients.lock().unwrap_or_else(PoisonError::into_inner), timeouts)?;
        let bare = request.body().is_empty();
        let mut request = blocking::Request::try_from(request).map_err(failure)?;
        if bare {
            *request.body_mut() = None; // Otherwise a GET would announce a body.
        }
        let answer = client.execute(request).map_err(failure)?;
        let mut response = Response::new(());
        *response.status_mut() = answer.status();
        response.headers_mut().clone_from(answer.headers());
        Ok(response.map(|()| Body(answer)))
    })
}

/// `connect`, each wait, and `total`.
type Limits = [Duration; 3];

/// The settings that a backend needs: no redirect, no retry, no header of its own, no proxy.
fn client(clients: &mut Vec<(Limits, Client)>, timeouts: Timeouts) -> Result<Client, TransportError> {
    let Timeouts { connect, head, stall, total, .. } = timeouts;
    let asked = [connect, head.min(stall), total];
    if let Some((_, client)) = clients.iter().find(|(kept, _)| will_do(kept, &asked)) {
        return Ok(client.clone());
    }
    let [connect, wait, total] = asked;
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .retry(retry::never())
        .connect_timeout(connect)
        .timeout(total)
        .tls_backend_preconfigured(Roots::default().client_config().map_err(TransportError::not_sent)?);
    let client = ClientBuilder::from(builder).timeout(wait).build().map_err(failure)?;
    clients.truncate(3);
    clients.insert(0, (asked, client.clone()));
    Ok(client)
}

/// Never early, and at most a tenth late.
fn will_do(kept: &Limits, asked: &Limits) -> bool {
    kept.iter().zip(asked).all(|(kept, asked)| (*asked..=asked.saturating_add(*asked / 10)).contains(kept))
}

/// A response's body, read as it arrives.
struct Body(blocking::Response);

impl Read for Body {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        self.0.read(piece).map_err(|error| match error.downcast::<reqwest::Error>() {
            Ok(error) => failure(error).into(),
            Err(error) => error,
        })
    }
}

/// The error leaves the URL out, because it may hold a user's id.
fn failure(error: reqwest::Error) -> TransportError {
    let kind = match () {
        () if error.is_connect() || error.is_builder() => TransportErrorKind::NotSent,
        () if error.is_timeout() => TransportErrorKind::TimedOut,
        () => TransportErrorKind::Interrupted,
    };
    TransportError::new(kind, error.without_url())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A redirect or a retry with a little less time needs no other client and connections.
    #[test]
    fn blocking_reqwest_takes_a_client_again_that_waits_a_tenth_longer_at_most() {
        let kept = [10, 30, 120];
        for (asked, expected) in [
            ([10, 30, 120], true),
            ([10, 28, 118], true),
            ([10, 27, 118], false),
            ([10, 28, 109], false),
            ([10, 31, 120], false),
            ([5, 30, 120], false),
        ] {
            let [kept, asked] = [kept, asked].map(|limits| limits.map(Duration::from_secs));
            assert_eq!(will_do(&kept, &asked), expected, "{asked:?}");
        }
        assert!(will_do(&[Duration::MAX; 3], &[Duration::MAX; 3]));
    }
}
