//! The driver: runs any machine over any backend.

use std::future::poll_fn;
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http_body::Body;

use super::{Async, Blocking, Event, Machine, Runtime, Step};
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::error::Error;
use crate::ready::ready;
use crate::transport_error::TransportError;

/// The most bytes that are reserved because a server declares a length, which costs the server nothing.
const AT_ONCE: usize = 1 << 20;

/// The output of a machine, and the body that it left unread, if any.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::machine::drive_blocking;
/// use useartisan::decode::Records;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::machine::Exchange;
/// use useartisan::{DownloadJob, JobStatus};
///
/// let fake = FakeArtisan::with_sample_data();
/// let job = fake.jobs().into_iter().find(|job| job.status() == &JobStatus::Complete).unwrap();
/// let driven = drive_blocking(&fake, Exchange::open(&fake.api(), DownloadJob::new(job)))?;
/// assert_eq!(driven.output.status, 200);
/// assert_eq!(Records::from_read(driven.body.unwrap()).count(), 2);
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
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
/// Drop the future to give up at any step. Nothing is left behind.
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::ListApps;
/// use useartisan::machine::drive;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::machine::Exchange;
///
/// let fake = FakeArtisan::with_sample_data();
/// let driven = drive(&fake, Exchange::new(&fake.api(), ListApps::new())).await?;
/// assert_eq!(driven.output[0].name(), "Demo App 1");
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// The error that the machine ends with.
pub async fn drive<B: AsyncBackend, M: Machine>(
    backend: &B,
    mut machine: M,
) -> Result<Driven<M::Output, B::Body>, Error> {
    drive_from(&Async(backend), &mut machine, Event::Start).await
}

/// Runs a machine to its end over a blocking backend.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::machine::drive_blocking;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::machine::WaitForJob;
///
/// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
/// let driven = drive_blocking(&fake, WaitForJob::new(&fake.api(), &fake.jobs()[0]))?;
/// assert!(driven.output.status().is_finished());
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// # Errors
/// The error that the machine ends with.
pub fn drive_blocking<B: BlockingBackend, M: Machine>(
    backend: &B,
    mut machine: M,
) -> Result<Driven<M::Output, B::Body>, Error> {
    let Driven { output, body } = ready(drive_from(&Blocking(backend), &mut machine, Event::Start))?;
    Ok(Driven { output, body: body.map(super::ReadBody::into_inner) })
}

/// Runs a machine from this event on.
pub(crate) async fn drive_from<R: Runtime, M: Machine>(
    runtime: &R,
    machine: &mut M,
    mut event: Event,
) -> Result<Driven<M::Output, R::Body>, Error> {
    let mut body = None;
    loop {
        event = match machine.step(runtime.now(), event) {
            Ok(Step::Send { request, timeouts }) => {
                body = None;
                match runtime.send(request, &timeouts).await {
                    Ok(response) => {
                        let (head, unread) = response.into_parts();
                        body = Some(unread);
                        Event::Head(head)
                    }
                    Err(failure) => Event::Failed(failure),
                }
            }
            Ok(Step::Read { limit, .. }) => match body.take() {
                Some(body) => read(body, limit).await,
                None => Event::Body { bytes: Bytes::new(), complete: true },
            },
            Ok(Step::Sleep(duration)) => {
                body = None;
                runtime.sleep(duration, machine.notifier()).await;
                Event::Woke
            }
            Ok(Step::Done(output)) => return Ok(Driven { output, body }),
            Err(error) => return Err(error),
        };
    }
}

async fn read<B: Body<Data = Bytes, Error: Into<TransportError>>>(body: B, limit: usize) -> Event {
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    loop {
        let length = first.len() + rest.len();
        // A known end saves a poll.
        if length > limit || body.is_end_stream() {
            return whole(first, rest, limit);
        }
        match poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            None => return whole(first, rest, limit),
            Some(Err(error)) => return Event::Failed(error.into()),
            Some(Ok(frame)) => match frame.into_data() {
                // Most bodies come in one piece, which is not copied.
                Ok(data) if length == 0 => first = data,
                Ok(data) => {
                    let room = limit.saturating_add(1).saturating_sub(length);
                    if !first.is_empty() {
                        let more = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
                        rest.reserve(first.len() + data.len().saturating_add(more).min(room).min(AT_ONCE));
                        rest.extend_from_slice(&std::mem::take(&mut first));
                    }
                    rest.extend_from_slice(data.get(..room).unwrap_or(&data));
                }
                Err(_trailers) => {}
            },
        }
    }
}

/// The event for a body that was read up to one byte past `limit`, into `first` or `rest`.
fn whole(first: Bytes, rest: BytesMut, limit: usize) -> Event {
    let mut bytes = if rest.is_empty() { first } else { rest.freeze() };
    let complete = bytes.len() <= limit;
    bytes.truncate(limit);
    Event::Body { bytes, complete }
}
