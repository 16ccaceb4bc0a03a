//! A backend over the host's `fetch`, for `wasm32-unknown-unknown`: in a browser, a worker or Node.js.

mod host;

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame};
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReadableStreamReadResult, RequestCache,
    RequestInit, RequestRedirect, ResponseType,
};

use super::Timed;
use crate::{AsyncBackend, Timeouts, TransportError, TransportErrorKind};

/// A backend over the host's `fetch`.
///
/// [`new`](Self::new) wraps it in [`Timed`], because `fetch` has no time-outs. It also hides some things:
///
/// - `fetch` doesn't say when a connection is made. The time to connect counts as `head`, and `connect` has no effect.
/// - A failure doesn't say whether the request was sent. Node.js gives a code, and some codes mean that there was no
///   connection. Any other failure counts as sent, so no POST is sent twice.
/// - Browsers send their own `Accept-Encoding`. Every host decodes the body but keeps the headers of the encoded one, so
///   this backend removes `Content-Encoding` and `Content-Length`.
/// - Browsers don't show where a redirect leads. A redirect is an error there, and is not followed.
///
/// ```no_run
/// use useartisan::backends::fetch::Fetch;
/// use useartisan::{Api, Client, Error};
///
/// // In a page, behind a server that adds the keys: a page can't hide keys from the person who opens it.
/// async fn count_apps() -> Result<usize, Error> {
///     let api = Api::builder("https://proxy.example/artisan").no_credentials().build()?;
///     Ok(Client::new(api, Fetch::new()).list_apps().send().await?.len())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Fetch(());

impl Fetch {
    /// Uses the `fetch` of the global object.
    #[must_use]
    pub fn new() -> Timed<Self> {
        Timed::new(Fetch(()))
    }
}

impl AsyncBackend for Fetch {
    type Body = FetchBody;

    async fn send(
        &self,
        request: Request<Bytes>,
        _: &Timeouts,
    ) -> Result<Response<FetchBody>, TransportError> {
        let abort = Abort::new()?;
        let asked = host::fetch(&request.uri().to_string(), &init(&request, &abort)?).map_err(failure)?;
        let answer: web_sys::Response = JsFuture::from(asked).await.map_err(failure)?.unchecked_into();
        let reader = answer.body().map(|body| body.get_reader().unchecked_into());
        Ok(head(&answer)?.map(|()| FetchBody { reader, reading: None, _abort: abort }))
    }

    async fn sleep(&self, duration: Duration) {
        host::Sleep::until(host::now().saturating_add(duration)).await;
    }

    fn now(&self) -> Duration {
        host::now()
    }

    fn seed(&self) -> u64 {
        host::seed()
    }
}

/// The body of a response of [`Fetch`], read as it arrives. Dropping it before its end aborts the fetch.
#[derive(Debug)]
pub struct FetchBody {
    reader: Option<ReadableStreamDefaultReader>,
    reading: Option<JsFuture>,
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
        let Some(reader) = &this.reader else { return Poll::Ready(None) };
        let reading = this.reading.get_or_insert_with(|| JsFuture::from(reader.read()));
        let read = ready!(Pin::new(reading).poll(cx));
        this.reading = None;
        let read: ReadableStreamReadResult = read.map_err(failure)?.unchecked_into();
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
        // The host's own error would quote the value, which may be a key.
        headers
            .append(name.as_str(), value)
            .map_err(|_| TransportError::not_sent(format!("fetch does not take the header `{name}`")))?;
    }
    let init = RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers(&headers);
    if !request.body().is_empty() {
        init.set_body(&Uint8Array::from(request.body().as_ref()));
    }
    // With `error`, a redirect would look like a failed connection.
    init.set_redirect(RequestRedirect::Manual);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&abort.0.signal()));
    Ok(init)
}

fn head(answer: &web_sys::Response) -> Result<Response<()>, TransportError> {
    if answer.type_() == ResponseType::Opaqueredirect {
        let reason = "a redirect; a browser does not show where it leads";
        return Err(TransportError::new(TransportErrorKind::Other, reason));
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
    // The length is dropped even without `Content-Encoding`: for another origin, a browser shows the length alone.
    pairs.filter(|(name, _)| name != CONTENT_ENCODING && name != CONTENT_LENGTH).collect()
}

/// The codes of Node.js that mean that there was no connection.
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

/// Aborts its fetch when it is dropped, which does nothing after the end of the body.
#[derive(Debug)]
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
