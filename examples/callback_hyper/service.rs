//! What both callback examples need so that each runs by itself: the service in memory, which finishes the job
//! after a while and then calls back over a socket, as the real one would.

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
use useartisan::machine::Nudge;
use useartisan::{AppId, CallbackUrl, Client, JobStatus, Polling, SegmentId, Wait};

/// The pause that the service calls back in: without the callback it would last three quarters of a second more.
const POLLS: u32 = 6;

/// Exports a segment, and waits for the job as `nudge` has it; tells when the waiter woke.
pub(crate) async fn export(
    fake: FakeArtisan,
    callback_url: CallbackUrl,
    nudge: &Nudge,
) -> Result<(), Box<dyn Error>> {
    let app = AppId::from(fake.apps().remove(0));
    let segment = SegmentId::from(fake.segments(&app).remove(0));
    let client = client(&fake);
    let (asked, polls) = tokio::sync::mpsc::unbounded_channel();
    let wait = Wait::new()
        .polling(Polling::default().with_interval(Duration::from_millis(100), Duration::from_secs(30)))
        .observe(move |waiting| {
            println!("{:>5.2}s  job {} is {}", waiting.elapsed.as_secs_f32(), waiting.job, waiting.status);
            let _ = asked.send(waiting.polls);
        })
        .nudged_by(nudge);
    let service =
        tokio::spawn(async move { call_back(&fake, polls).await.map_err(|error| error.to_string()) });

    let finished = client
        .export_segment(&app, &segment)
        .callback_url(callback_url)
        .waiting(wait)
        .send_and_wait()
        .await?;
    let woke = Instant::now();

    let called_back = service.await??;
    let took = woke.saturating_duration_since(called_back);
    println!("job {} was asked for {} ms after the callback", finished.job().id(), took.as_millis());
    if took > Duration::from_millis(500) {
        return Err("the callback woke nobody".into());
    }
    let mut profiles = finished.download().await?;
    while let Some(record) = profiles.next_record().await? {
        println!("       age {:?}", record.age()?);
    }
    Ok(())
}

/// A client of the fake that waits for real, by tokio's timer. Yours has a backend with a network.
fn client(fake: &FakeArtisan) -> Client {
    let service = fake.clone();
    let backend = from_async_fn(move |request, _| {
        let answer = service.answer(request);
        async move { Ok(answer.map(Full::new)) }
    });
    Client::new(fake.api(), backend.with_sleep(tokio::time::sleep)).erase()
}

/// Finishes the job once the waiter has settled into long pauses, and sends what the service has to say of it.
/// Returns when it did.
async fn call_back(
    fake: &FakeArtisan,
    mut polls: tokio::sync::mpsc::UnboundedReceiver<u32>,
) -> Result<Instant, Box<dyn Error>> {
    while polls.recv().await.is_some_and(|polls| polls < POLLS) {}
    // Right after an answer a waiter is deaf to nudges for a moment, so that a flood of them is none of requests.
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
