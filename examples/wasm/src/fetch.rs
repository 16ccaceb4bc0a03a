//! A backend over the host's `fetch`.
//!
//! What `fetch` takes out of a backend's hands:
//!
//! - Connecting can't be told from the rest, so `head` bounds it as well, and `connect` is not kept.
//! - A failure doesn't tell whether the request has left. Node.js gives a code with it, of which some say that there
//!   was no connection; for anything else the request counts as sent, so that no POST is sent twice.
//! - A browser sends no Accept-Encoding of ours, and any host decodes the body but keeps the headers that
//!   described it: they are taken out here.
//! - A browser doesn't show where a redirect leads to. Here it is a failure, and not followed.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame};
use js_sys::{Array, Reflect, Uint8Array};
use useartisan::{AsyncBackend, Timeouts, TransportError, TransportErrorKind};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReadableStreamReadResult, RequestCache,
    RequestInit, RequestRedirect, ResponseType,
};

use crate::host::{self, Sleep};
use crate::patience::{Deadline, Patience};

/// The host's `fetch`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fetch;

impl AsyncBackend for Fetch {
    type Body = FetchBody;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<FetchBody>, TransportError> {
        let total = Deadline::after("total", timeouts.total);
        let mut patience = Patience::until(Deadline::after("head", timeouts.head).or(total));
        let abort = Abort::new()?;
        let init = init(&request, &abort)?;
        let mut asked = JsFuture::from(host::fetch(&request.uri().to_string(), &init));
        let answer = poll_fn(|cx| patience.poll(&mut asked, cx)).await?.map_err(failure)?;
        let answer: web_sys::Response = answer.unchecked_into();
        let head = head(&answer)?;
        let reader = answer.body().map(|body| body.get_reader().unchecked_into());
        let stall = timeouts.stall;
        Ok(head.map(|()| FetchBody { reader, reading: None, patience: None, stall, total, _abort: abort }))
    }

    async fn sleep(&self, duration: Duration) {
        Sleep::until(host::now().saturating_add(duration)).await;
    }

    fn now(&self) -> Duration {
        host::now()
    }

    fn seed(&self) -> u64 {
        host::seed()
    }
}

/// A body that is read as it comes. Dropped before its end, it aborts the fetch.
pub struct FetchBody {
    reader: Option<ReadableStreamDefaultReader>,
    reading: Option<JsFuture>,
    /// For the piece that is waited for now: a reader that takes its time is not the server's fault.
    patience: Option<Patience>,
    stall: Duration,
    total: Deadline,
    _abort: Abort,
}

impl Body for FetchBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = self.get_mut();
        // Checked before anything else, so that a body that always has a piece ready ends as well.
        if this.total.has_passed() {
            return Poll::Ready(Some(Err(this.total.failure())));
        }
        let Some(reader) = &this.reader else { return Poll::Ready(None) };
        let reading = this.reading.get_or_insert_with(|| JsFuture::from(reader.read()));
        let patience = this
            .patience
            .get_or_insert_with(|| Patience::until(Deadline::after("stall", this.stall).or(this.total)));
        let read = ready!(patience.poll(reading, cx));
        (this.reading, this.patience) = (None, None);
        let read: ReadableStreamReadResult = read?.map_err(failure)?.unchecked_into();
        if read.get_done() == Some(true) {
            this.reader = None;
            return Poll::Ready(None);
        }
        let piece: Uint8Array = read.get_value().unchecked_into();
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece.to_vec())))))
    }
}

fn init(request: &Request<Bytes>, abort: &Abort) -> Result<RequestInit, TransportError> {
    let headers = Headers::new().map_err(failure)?;
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(TransportError::not_sent)?;
        // What the host says of a header that it doesn't take quotes its value, which may be a key.
        headers
            .append(name.as_str(), value)
            .map_err(|_| TransportError::not_sent(format!("fetch does not take the header `{name}`")))?;
    }
    let init = RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers(&headers);
    if !request.body().is_empty() {
        init.set_body(&Uint8Array::from(&request.body()[..]));
    }
    // `manual` hands a redirect out, where `error` would make it look like a connection that failed.
    init.set_redirect(RequestRedirect::Manual);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&abort.0.signal()));
    Ok(init)
}

fn head(answer: &web_sys::Response) -> Result<Response<()>, TransportError> {
    if answer.type_() == ResponseType::Opaqueredirect {
        return Err(TransportError::new(
            TransportErrorKind::Other,
            "a redirect, of which a browser does not show more",
        ));
    }
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(answer.status()).map_err(TransportError::interrupted)?;
    *response.headers_mut() = headers(&answer.headers());
    Ok(response)
}

fn headers(headers: &Headers) -> HeaderMap {
    let pairs = headers.entries().into_iter().filter_map(|pair| {
        let pair: Array = pair.ok()?.unchecked_into();
        let name = HeaderName::try_from(pair.get(0).as_string()?).ok()?;
        // Each character stands for one byte (Fetch standard, "isomorphic decode").
        let bytes: Vec<u8> = pair.get(1).as_string()?.chars().map(|c| c as u8).collect();
        Some((name, HeaderValue::from_bytes(&bytes).ok()?))
    });
    // The length always: from another origin a browser shows it, but not the coding that makes it a wrong one.
    pairs.filter(|(name, _)| name != CONTENT_ENCODING && name != CONTENT_LENGTH).collect()
}

/// The codes by which Node.js says that there was no connection.
const NOT_SENT: [&str; 4] = ["EAI_AGAIN", "ECONNREFUSED", "ENOTFOUND", "UND_ERR_CONNECT_TIMEOUT"];

fn failure(error: JsValue) -> TransportError {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let message = get(&error, "message").as_string().unwrap_or_default();
    let cause = get(&error, "cause");
    let code = if cause.is_object() { get(&cause, "code").as_string() } else { None };
    match code {
        Some(code) if NOT_SENT.contains(&&*code) => TransportError::not_sent(format!("{message} ({code})")),
        Some(code) => TransportError::interrupted(format!("{message} ({code})")),
        None => TransportError::interrupted(message),
    }
}

/// Aborts its fetch when it is dropped; once all was read, that does nothing.
struct Abort(AbortController);

impl Abort {
    fn new() -> Result<Self, TransportError> {
        AbortController::new().map(Abort).map_err(failure)
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}
