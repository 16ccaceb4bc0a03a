//! A backend that wraps the network's, counts downloads and logs requests.
//!
//! Counting here covers results that the library saves by itself. A download that starts again counts from zero.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use useartisan::decode::Decoder;
use useartisan::{AsyncBackend, BoxedBackend, BoxedBody, Timeouts, TransportError};

use crate::halves::Halves;
use crate::log;
use crate::progress::Progress;

/// A backend that counts the bytes and profiles of downloads.
pub(crate) struct Counting {
    inner: BoxedBackend,
    progress: Arc<Progress>,
}

impl Counting {
    pub(crate) fn new(inner: BoxedBackend) -> Self {
        Counting { inner, progress: Arc::new(Progress::new()) }
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }
}

impl AsyncBackend for Counting {
    type Body = Counted;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Counted>, TransportError> {
        let (method, place) = (request.method().clone(), log::place(request.uri()));
        let host = request.uri().host().unwrap_or_default().to_owned();
        log::tell(2, || {
            let Timeouts { connect, head, stall, total, .. } = timeouts;
            format!(
                "{method} {place} begins: connect {connect:?}, answer {head:?}, stall {stall:?}, in all {total:?}"
            )
        });
        let decoding = self.progress.begin_request(&method);
        let start = self.inner.now();
        let answer = self.progress.watch(&host, self.inner.send(request, timeouts)).await;
        log::tell(1, || {
            let took = self.inner.now().saturating_sub(start).as_millis();
            match &answer {
                Ok(response) => format!("{method} {place}: {} after {took} ms", response.status()),
                Err(failed) => format!("{method} {place}: {:?} after {took} ms", failed.kind()),
            }
        });
        let mut response = answer?;
        let Some(decoding) = decoding else { return Ok(response.map(Counted::not)) };
        self.progress.restart(response.body().size_hint().exact());
        let halves = decoding.invalid_text.and_then(Halves::new);
        if halves.is_some() {
            // The inner backend checks the length. The changed body may be longer.
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        let decoder = Some(Decoder::with(decoding.options.clone().with_lossy_text(true)));
        let counter = Counter { progress: self.progress(), decoder, halves };
        Ok(response.map(|body| Counted { body, counter: Some(counter) }))
    }

    async fn sleep(&self, duration: Duration) {
        self.progress.pause(duration, self.inner.sleep(duration)).await;
    }

    fn now(&self) -> Duration {
        self.inner.now()
    }

    fn seed(&self) -> u64 {
        self.inner.seed()
    }

    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> + Send {
        self.inner.offload(work)
    }
}

/// A body, which is counted if it is a result.
pub(crate) struct Counted {
    body: BoxedBody,
    counter: Option<Counter>,
}

struct Counter {
    progress: Arc<Progress>,
    /// Counts the profiles. It stops at the first error, which the reader of the body reports.
    decoder: Option<Decoder>,
    halves: Option<Halves>,
}

impl Counted {
    fn not(body: BoxedBody) -> Self {
        Counted { body, counter: None }
    }
}

impl Counter {
    fn count(&mut self, bytes: &[u8]) {
        let progress = &self.progress;
        progress.count(bytes.len());
        let mut rest = bytes;
        while let Some(decoder) = &mut self.decoder {
            match decoder.advance(&mut rest) {
                Ok(true) => progress.count_profile(),
                Ok(false) => return progress.set_counted(decoder.finish().is_ok()),
                Err(_) => self.decoder = None,
            }
        }
        progress.set_counted(false);
    }

    /// Changes a piece before it is passed on.
    fn changed(&mut self, piece: Bytes) -> Bytes {
        let Some(halves) = &mut self.halves else { return piece };
        let changed = match halves.piece(&piece) {
            Cow::Borrowed(_) => None,
            Cow::Owned(changed) => Some(changed),
        };
        self.progress.count_halves(halves.found());
        changed.map_or(piece, Bytes::from)
    }
}

impl Body for Counted {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let Some(counter) = &mut self.counter else { return Poll::Ready(frame) };
        Poll::Ready(match frame {
            Some(Ok(frame)) => Some(Ok(match frame.into_data() {
                Ok(piece) => {
                    counter.count(&piece);
                    Frame::data(counter.changed(piece))
                }
                Err(frame) => frame,
            })),
            None => {
                let held = counter.halves.as_mut().map(Halves::end).filter(|held| !held.is_empty());
                held.map(|held| Ok(Frame::data(held.into())))
            }
            failed => failed,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.counter.as_ref().is_none_or(|counter| counter.halves.is_none()) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.counter.as_ref().is_some_and(|counter| counter.halves.is_some()) {
            true => SizeHint::default(),
            false => self.body.size_hint(),
        }
    }
}
