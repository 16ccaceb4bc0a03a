//! Whole calls over real sockets, on all three backends: what is sent again, what is not, and where to.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use useartisan::fake::FakeArtisan;
use useartisan::{AppId, Error, ErrorKind, ExportSegment, ListApps, ProfileId, SegmentId, Sent};

use crate::support::clients::Backend;
use crate::support::loopback::Loopback;
use crate::support::server::Server;
use crate::support::virtual_time;

/// A server that gives these answers in turn, and then the last one for ever. An empty answer ends the connection after the
/// request.
fn in_turn(answers: impl IntoIterator<Item = String>) -> Server {
    let answers: Vec<String> = answers.into_iter().collect();
    let next = AtomicUsize::new(0);
    Server::new(move |stream| {
        let answer = &answers[next.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)];
        stream.write_all(answer.as_bytes()).unwrap();
    })
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Told\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

fn lines(server: &Server) -> Vec<String> {
    let requests = server.take_requests();
    requests.iter().map(|request| request.split(" HTTP/").next().unwrap().to_owned()).collect()
}

fn app() -> AppId {
    AppId::from_static("app")
}

fn segment() -> SegmentId {
    SegmentId::from_static("segment")
}

/// Promise 24: `Retry-After` is obeyed, and no extra request is sent.
#[test]
fn a_service_that_asks_for_time_gets_it() {
    for index in 0..3 {
        let busy = answer(503, "retry-after: 1\r\n", "");
        let server = in_turn([busy.clone(), busy, answer(200, "", r#"{"apps":[]}"#)]);
        let (backend, slept) = &virtual_time::all(&server.api())[index];
        assert!(backend.send(ListApps::new()).unwrap().is_empty(), "{}", backend.name());
        assert_eq!(*slept.lock().unwrap(), [Duration::from_secs(1); 2], "{}", backend.name());
        assert_eq!(lines(&server), ["GET /public/api/apps"; 3], "{}", backend.name());
    }
}

/// Promise 23, W4: a POST whose connection dies arrives once, and its outcome is unknown in every method.
#[test]
fn a_post_whose_connection_dies_is_not_sent_again() {
    for index in 0..3 {
        let ways: [fn(&Backend) -> Error; 2] = [
            |backend| export(backend).unwrap_err(),
            |backend| backend.send(ExportSegment::new(app(), segment())).unwrap_err(),
        ];
        for way in ways {
            let server = in_turn([String::new()]);
            let (backend, slept) = &virtual_time::all(&server.api())[index];
            let (name, error) = (backend.name(), way(backend));
            let told = (error.kind(), error.sent());
            assert_eq!(told, (ErrorKind::OutcomeUnknown, Sent::Maybe), "{name}: {error}");
            assert_eq!(lines(&server), ["POST /public/api/apps/app/segments/segment/export"], "{name}");
            assert!(slept.lock().unwrap().is_empty(), "{name}");
        }
    }
}

fn export(backend: &Backend) -> Result<Vec<Option<u32>>, Error> {
    let (app, segment) = (app(), segment());
    let mut ages = Vec::new();
    match backend {
        Backend::Async(_, runtime, client) => runtime.block_on(async {
            let completed = client.export_segment(&app, &segment).send_and_wait().await?;
            let mut profiles = completed.download().profiles().await?;
            while let Some(record) = profiles.next_record().await? {
                ages.push(record.age()?);
            }
            Ok::<(), Error>(())
        })?,
        Backend::Blocking(_, client) => {
            let completed = client.export_segment(&app, &segment).send_and_wait_blocking()?;
            let mut profiles = completed.download().profiles_blocking()?;
            while let Some(record) = profiles.next_record_blocking()? {
                ages.push(record.age()?);
            }
        }
    }
    Ok(ages)
}

/// A GET is sent again if the connection dies in the head or in the body.
#[test]
fn a_get_whose_connection_dies_is_sent_again() {
    for index in 0..3 {
        let cut = answer(200, "", r#"{"apps":[]}"#).replace("apps\":[]}", "apps\":");
        let server = in_turn([String::new(), cut, answer(200, "", r#"{"apps":[]}"#)]);
        let (backend, slept) = &virtual_time::all(&server.api())[index];
        assert!(backend.send(ListApps::new()).unwrap().is_empty(), "{}", backend.name());
        assert_eq!((server.hits(), slept.lock().unwrap().len()), (3, 2), "{}", backend.name());
    }
}

/// A whole export against the fake on a socket: start, wait, and read record by record.
#[test]
fn the_whole_export_runs_over_a_socket() {
    for index in 0..3 {
        let fake = FakeArtisan::new().complete_jobs_after(3).put_app(app(), "Demo");
        for (user, age) in [("ann", "54"), ("bob", "29")] {
            fake.add_profile(app(), [("sharedUserId", user), ("age", age)]);
        }
        let users = ["ann", "bob"].map(|user| ProfileId::shared_user(user).unwrap());
        fake.put_segment(app(), segment(), "Everyone", users);
        let server = Loopback::serve(&fake).unwrap();
        let (backend, slept) = &virtual_time::all(&server.api().unwrap())[index];
        assert_eq!(export(backend).unwrap(), [Some(54), Some(29)], "{}", backend.name());
        let asked: Vec<_> = fake.requests().iter().map(|request| request.endpoint().unwrap()).collect();
        let expected = ["export_segment", "get_job", "get_job", "get_job", "download_job"];
        assert_eq!(asked, expected, "{}", backend.name());
        assert_eq!(slept.lock().unwrap().len(), 2, "{}", backend.name());
    }
}
