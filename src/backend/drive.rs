//! The two drivers: each runs any machine over any backend of its kind.

use std::future::poll_fn;
use std::io::Read;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;

use super::{AsyncBackend, BlockingBackend, Failure};
use crate::Error;
use crate::machine::{Event, Machine, Nudge, Step};

/// How long a blocking wait may be deaf to its nudge.
const NUDGE_SLICE: Duration = Duration::from_millis(100);

/// What a machine came to, and the body that it left unread, if any.
#[derive(Debug)]
#[non_exhaustive]
pub struct Driven<T, B> {
    /// The machine's output.
    pub output: T,
    /// The body of the last response, if the machine did not ask for it to be read: an open download.
    pub body: Option<B>,
}

/// Runs a machine to its end over an async backend.
///
/// Dropping the future gives up at whatever step it is; nothing is left behind.
///
/// # Errors
/// Whatever the machine ends in.
pub async fn drive<B: AsyncBackend, M: Machine>(
    backend: &B,
    mut machine: M,
) -> Result<Driven<M::Output, B::Body>, Error> {
    let step = machine.step(backend.now(), Event::Start);
    resume(backend, machine, step).await
}

/// Runs a machine that has said what to do next.
pub(crate) async fn resume<B: AsyncBackend, M: Machine>(
    backend: &B,
    mut machine: M,
    mut step: Result<Step<M::Output>, Error>,
) -> Result<Driven<M::Output, B::Body>, Error> {
    let mut body = None;
    loop {
        let event = match step? {
            Step::Send { request, timeouts } => {
                body = None;
                match backend.send(request, &timeouts).await {
                    Ok(response) => {
                        let (head, unread) = response.into_parts();
                        body = Some(unread);
                        Event::Head(head)
                    }
                    Err(failure) => Event::Failed(failure),
                }
            }
            Step::Read { limit, .. } => match body.take() {
                Some(body) => read(body, limit).await,
                None => Event::Body { bytes: Bytes::new(), complete: true },
            },
            Step::Sleep(duration) => {
                body = None;
                sleep(backend, duration, machine.nudge()).await;
                Event::Woke
            }
            Step::Done(output) => return Ok(Driven { output, body }),
        };
        step = machine.step(backend.now(), event);
    }
}

/// Runs a machine to its end over a blocking backend.
///
/// # Errors
/// Whatever the machine ends in.
pub fn drive_blocking<B: BlockingBackend, M: Machine>(
    backend: &B,
    mut machine: M,
) -> Result<Driven<M::Output, B::Body>, Error> {
    let step = machine.step(backend.now(), Event::Start);
    resume_blocking(backend, machine, step)
}

/// Runs a machine that has said what to do next.
pub(crate) fn resume_blocking<B: BlockingBackend, M: Machine>(
    backend: &B,
    mut machine: M,
    mut step: Result<Step<M::Output>, Error>,
) -> Result<Driven<M::Output, B::Body>, Error> {
    let mut body = None;
    loop {
        let event = match step? {
            Step::Send { request, timeouts } => {
                body = None;
                match backend.send(request, &timeouts) {
                    Ok(response) => {
                        let (head, unread) = response.into_parts();
                        body = Some(unread);
                        Event::Head(head)
                    }
                    Err(failure) => Event::Failed(failure),
                }
            }
            Step::Read { limit, .. } => match body.take() {
                Some(body) => read_blocking(body, limit),
                None => Event::Body { bytes: Bytes::new(), complete: true },
            },
            Step::Sleep(duration) => {
                body = None;
                sleep_blocking(backend, duration, machine.nudge());
                Event::Woke
            }
            Step::Done(output) => return Ok(Driven { output, body }),
        };
        step = machine.step(backend.now(), event);
    }
}

/// Waits, or until the nudge.
async fn sleep<B: AsyncBackend>(backend: &B, duration: Duration, nudge: Option<&Nudge>) {
    let mut slept = pin!(backend.sleep(duration));
    poll_fn(|cx| match nudge.map(|nudge| nudge.poll_take(cx)) {
        Some(Poll::Ready(())) => Poll::Ready(()),
        _ => slept.as_mut().poll(cx),
    })
    .await;
}

/// Waits, or until the nudge, which is looked for now and then.
fn sleep_blocking<B: BlockingBackend>(backend: &B, duration: Duration, nudge: Option<&Nudge>) {
    let Some(nudge) = nudge else { return backend.sleep(duration) };
    let mut left = duration;
    while !left.is_zero() && !nudge.take() {
        let slice = left.min(NUDGE_SLICE);
        backend.sleep(slice);
        left -= slice;
    }
}

async fn read<B: Body<Data = Bytes, Error: Into<Failure>>>(body: B, limit: usize) -> Event {
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    loop {
        let length = first.len() + rest.len();
        if length > limit {
            return whole(first, rest, limit);
        }
        match poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            None => return whole(first, rest, limit),
            Some(Err(error)) => return Event::Failed(error.into()),
            Some(Ok(frame)) => match frame.into_data() {
                // A body in one piece, as most are, is handed on without a copy.
                Ok(data) if length == 0 => first = data,
                Ok(data) => {
                    if !first.is_empty() {
                        rest.extend_from_slice(&std::mem::take(&mut first));
                    }
                    let room = limit.saturating_add(1).saturating_sub(length);
                    rest.extend_from_slice(data.get(..room).unwrap_or(&data));
                }
                Err(_trailers) => {}
            },
        }
    }
}

fn read_blocking(body: impl Read, limit: usize) -> Event {
    let mut bytes = Vec::new();
    let past_limit = (limit as u64).saturating_add(1);
    match body.take(past_limit).read_to_end(&mut bytes) {
        Ok(_) => whole(Bytes::from(bytes), BytesMut::new(), limit),
        Err(error) => Event::Failed(error.into()),
    }
}

/// The event for a body of which up to one byte more than `limit` was read, in `first` or in `rest`.
fn whole(first: Bytes, rest: BytesMut, limit: usize) -> Event {
    let mut bytes = if rest.is_empty() { first } else { rest.freeze() };
    let complete = bytes.len() <= limit;
    bytes.truncate(limit);
    Event::Body { bytes, complete }
}
