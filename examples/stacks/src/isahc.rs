//! A backend over `isahc`, under any executor. It speaks http only: https needs isahc's feature `rustls-tls`.
//!
//! isahc takes a proxy from the environment, asks for gzip, and repeats a request if its kept connection is dead. All of that is
//! off here. It adds `accept: */*` and a `User-Agent`, and no cookies. Its `tracing` events at TRACE show the keys. A dropped call
//! would last until its next byte arrives, so each call has a client of its own, which ends with it. isahc keeps `connect`, and
//! [`Timed`] the rest.

use async_io::Timer;
use bytes::Bytes;
use futures_lite::{AsyncReadExt, Stream, stream};
use http::{Method, Request, header::CONTENT_LENGTH};
use http_body::Frame;
use http_body_util::StreamBody;
use isahc::config::{Configurable, RedirectPolicy};
use isahc::error::{Error, ErrorKind};
use isahc::{AsyncBody, HttpClient};
use useartisan::backends::{Timed, from_async_fn};
use useartisan::{AsyncBackend, Timeouts, TransportError};

/// A backend over `isahc`.
#[must_use]
pub fn backend() -> impl AsyncBackend<Body: Send> {
    let send = async |mut request: Request<Bytes>, timeouts: Timeouts| {
        if request.body().is_empty() && request.method() != Method::GET {
            request.headers_mut().insert(CONTENT_LENGTH, 0.into());
        }
        // Not an empty body, to which libcurl would add a `content-type`.
        let body = |body: Bytes| if body.is_empty() { AsyncBody::empty() } else { body.to_vec().into() };
        let client = client(&timeouts).map_err(TransportError::not_sent)?;
        let response = client.send_async(request.map(body)).await.map_err(failure)?;
        Ok(response.map(|body| StreamBody::new(Box::pin(pieces(body)))))
    };
    Timed::new(from_async_fn(send).with_sleep(async |after| _ = Timer::after(after).await))
}

fn client(timeouts: &Timeouts) -> Result<HttpClient, Error> {
    let connect = timeouts.connect.min(std::time::Duration::from_secs(3600)); // libcurl refuses very long ones
    let builder = HttpClient::builder().proxy(None).automatic_decompression(false).connect_timeout(connect);
    builder.redirect_policy(RedirectPolicy::None).build()
}

fn pieces(body: AsyncBody) -> impl Stream<Item = std::io::Result<Frame<Bytes>>> {
    stream::try_unfold(body, async |mut body| {
        let mut piece = vec![0; 16 * 1024];
        let length = body.read(&mut piece).await?;
        piece.truncate(length);
        Ok((length > 0).then(|| (Frame::data(piece.into()), body)))
    })
}

fn failure(error: Error) -> TransportError {
    use ErrorKind::{ConnectionFailed, NameResolution, Timeout};
    match error.kind() {
        ConnectionFailed | NameResolution | Timeout => TransportError::not_sent(error),
        _ => TransportError::interrupted(error),
    }
}
