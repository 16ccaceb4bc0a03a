//! Copies a download to its sink in batches, and starts again if the sink can.

use bytes::Bytes;
use http_body::Body;

use super::offload::{Consent, WithdrawOnDrop, offload};
use crate::client::Broken;
use crate::machine::{Event, Offload, Runtime};
use crate::{Call, Download, DownloadJob, Error, TransportError};

/// The size of a batch, in bytes.
const BATCH: usize = 256 * 1024;

/// The sink of a download. Its methods run as file work of the backend.
pub(super) trait Sink: Sized + Send + 'static {
    type Output: Send + 'static;

    fn write(self, bytes: &[u8]) -> Result<Self, Error>;

    /// Ends a whole download of `bytes`.
    fn finish(self, bytes: u64, consent: &Consent) -> Result<Self::Output, Error>;

    /// Undoes what was written, for another attempt. `None` if that is impossible.
    fn restarted(self) -> Option<Self>;
}

/// Why a transfer failed.
enum Stopped<S> {
    /// The body broke off. This is its sink.
    Off(TransportError, S),
    /// Another attempt would not help.
    Error(Error),
}

/// Sends the call, and repeats it if the body breaks off and the sink can start again.
pub(super) async fn call<B, R: Runtime, S: Sink>(
    runtime: &R,
    call: &Call<B, DownloadJob>,
    mut sink: S,
) -> Result<S::Output, Error> {
    let (mut exchange, mut event) = (call.opening(runtime), Event::Start);
    loop {
        let mut download = call.open_from(runtime, &mut exchange, event).await?;
        let broken = match transfer(runtime, &mut download, sink).await {
            Ok(output) => return Ok(output),
            Err(Stopped::Error(error)) => Broken::Error(error),
            Err(Stopped::Off(failure, stopped)) => {
                match offload(runtime, move || Ok(stopped.restarted())).await {
                    Ok(Some(restarted)) => {
                        (sink, event) = (restarted, Event::Failed(failure));
                        continue;
                    }
                    Ok(None) => Broken::Off(failure),
                    Err(error) => Broken::Error(download.progress.about(error)),
                }
            }
        };
        return Err(exchange.ended(runtime.now(), download.progress.handed_out(broken)));
    }
}

/// Transfers the rest of an open download, which cannot start again.
pub(super) async fn rest<R, S: Sink>(
    files: &impl Offload,
    mut download: Download<R>,
    sink: S,
) -> Result<S::Output, Error>
where
    R: Body<Data = Bytes, Error: Into<TransportError>>,
{
    transfer(files, &mut download, sink).await.map_err(|stopped| {
        download.progress.handed_out(match stopped {
            Stopped::Off(failure, _) => Broken::Off(failure),
            Stopped::Error(error) => Broken::Error(error),
        })
    })
}

async fn transfer<R, S: Sink>(
    files: &impl Offload,
    download: &mut Download<R>,
    mut sink: S,
) -> Result<S::Output, Stopped<S>>
where
    R: Body<Data = Bytes, Error: Into<TransportError>>,
{
    let withdrawal = WithdrawOnDrop::default();
    let consent = withdrawal.0.clone();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    loop {
        let piece = match download.next_piece().await {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(Broken::Off(failure)) => return Err(Stopped::Off(failure, sink)),
            Err(Broken::Error(error)) => return Err(Stopped::Error(error)),
        };
        bytes += piece.len() as u64;
        batch.extend_from_slice(&piece);
        if batch.len() >= BATCH {
            let write = move || {
                let sink = sink.write(&batch)?;
                batch.clear();
                Ok((sink, batch))
            };
            let written = offload(files, write).await;
            (sink, batch) = written.map_err(|error| Stopped::Error(download.progress.about(error)))?;
        }
    }
    let finish = move || sink.write(&batch)?.finish(bytes, &consent);
    offload(files, finish).await.map_err(|error| Stopped::Error(download.progress.about(error)))
}
