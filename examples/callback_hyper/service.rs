//! Lets both callback examples run by themselves: a service in memory, which finishes the job after a while and calls back
//! over a socket, like the real one.

use std::error::Error;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Uri};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use useartisan::backends::from_async_fn;
use useartisan::fake::FakeArtisan;
use useartisan::{AppId, CallbackUrl, Client, JobNotifier, JobStatus, Polling, SegmentId};

/// The service calls back in the pause after this poll. Without the callback, that pause would last at least 0.7 seconds
/// longer.
const POLLS: u32 = 8;

/// Exports a segment, waits for the job with this notifier, and prints the time between the callback and the poll.
pub(crate) async fn export(
    fake: FakeArtisan,
    callback_url: CallbackUrl,
    notifier: &JobNotifier,
) -> Result<(), Box<dyn Error>> {
    let app = AppId::from(fake.apps().remove(0));
    let segment = SegmentId::from(fake.segments(&app).remove(0));
    let client = client(&fake);
    let (asked, polls) = tokio::sync::mpsc::unbounded_channel();
    let service =
        tokio::spawn(async move { call_back(&fake, polls).await.map_err(|error| error.to_string()) });

    let export = client
        .export_segment(&app, &segment)
        .callback_url(callback_url)
        .polling(Polling::default().with_interval(Duration::from_millis(100), Duration::from_secs(30)))
        .on_progress(move |progress| {
            let status = progress.status.map_or("unknown", JobStatus::as_str);
            println!("{:>5.2}s  job {} is {status}", progress.elapsed.as_secs_f32(), progress.job);
            let _ = asked.send(progress.polls);
        })
        .notified_by(notifier);
    let completed = export.send_and_wait().await?;
    let woke = Instant::now();

    let called_back = service.await??;
    let took = woke.saturating_duration_since(called_back);
    println!("job {} was asked for {} ms after the callback", completed.job().id(), took.as_millis());
    if took > Duration::from_millis(500) {
        return Err("the callback woke nobody".into());
    }
    let mut profiles = completed.download().profiles().await?;
    while let Some(record) = profiles.next_record().await? {
        println!("       age {:?}", record.age()?);
    }
    Ok(())
}

/// A client of the fake that really waits, on tokio's timer. Your client has a backend with a network.
fn client(fake: &FakeArtisan) -> Client {
    let service = fake.clone();
    let backend = from_async_fn(move |request, _| {
        let answer = service.answer(request);
        async move { Ok(answer.map(Full::new)) }
    });
    Client::new(fake.api(), backend.with_sleep(tokio::time::sleep)).boxed()
}

/// Completes the job once the pauses of the wait are long, and sends the callback. Returns the time it was sent.
async fn call_back(
    fake: &FakeArtisan,
    mut polls: tokio::sync::mpsc::UnboundedReceiver<u32>,
) -> Result<Instant, Box<dyn Error>> {
    while polls.recv().await.is_some_and(|polls| polls < POLLS) {}
    // A wait ignores notifications for a moment after an answer, so a flood of them cannot flood the service.
    tokio::time::sleep(Duration::from_millis(150)).await;
    let newest = fake.jobs().pop().ok_or("there is no job")?;
    fake.set_status(&newest, JobStatus::Complete);
    let callback = fake.callbacks().pop().ok_or("no job has a callback URL")?;
    let url: Uri = callback.url().parse()?;
    let authority = url.authority().ok_or("the callback URL has no host")?.as_str();

    let socket = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let request = Request::post(url.path())
        .header(HOST, authority)
        .header(CONTENT_TYPE, "text/plain")
        .body(Full::new(Bytes::copy_from_slice(callback.path().as_bytes())))?;
    let posted = Instant::now();
    let answer = sender.send_request(request).await?;
    println!("       POST {url} with {}: {}", callback.path(), answer.status());
    Ok(posted)
}
