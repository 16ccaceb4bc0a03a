//! Whole calls over real sockets, on the three backends alike: what is sent again, what is not, and where to.
#![cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper", feature = "fake"))]

#[path = "shared/loopback.rs"]
mod loopback;
mod rig;

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use loopback::Loopback;
use rig::virtual_time;
use rig::{Backend, Server};
use useartisan::fake::FakeArtisan;
use useartisan::{
    AppId, Error, ErrorKind, ExportProfiles, ExportSegment, GetJob, GetProfile, JobId, ListApps, ListJobs,
    ListSegments, ProfileId, ProfileIds, SegmentId, Sent,
};

const EXPORT: &str = r#"{"artisanUserIds":[{"age":"54"}]}"#;

/// A server that gives these answers in turn, and the last one ever after. An empty one is a connection that dies
/// once the request was read.
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

/// Promise 24: what the service asks for by `Retry-After` is waited, and no more is sent than it takes.
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

/// Promise 23: a POST whose connection dies is seen once, and what may have come of it is told.
#[test]
fn a_post_whose_connection_dies_is_not_sent_again() {
    for index in 0..3 {
        let jobs = r#"{"jobs":[{"id":"7","status":"QUEUED"},{"id":"8","status":"FAILED"}]}"#;
        let server = in_turn([String::new(), answer(200, "", jobs)]);
        let (backend, _) = &virtual_time::all(&server.api())[index];
        let error = export(backend).unwrap_err();
        let name = backend.name();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::OutcomeUnknown, Sent::Maybe), "{name}: {error}");
        assert_eq!(error.candidates(), Some(&[JobId::from_static("7")][..]), "{name}");
        let expected = ["POST /public/api/apps/app/segments/segment/export", "GET /public/api/jobs"];
        assert_eq!(lines(&server), expected, "{name}");

        let server = in_turn([String::new()]);
        let (backend, slept) = &virtual_time::all(&server.api())[index];
        let error = backend.send(ExportSegment::new(app(), segment())).unwrap_err();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::Maybe), "{name}: {error}");
        assert_eq!((server.hits(), slept.lock().unwrap().len()), (1, 0), "{name}");
    }
}

fn export(backend: &Backend) -> Result<Vec<Option<u32>>, Error> {
    let (app, segment) = (app(), segment());
    let mut ages = Vec::new();
    match backend {
        Backend::Async(_, runtime, client) => runtime.block_on(async {
            let finished = client.export_segment(&app, &segment).send_and_wait().await?;
            let mut profiles = finished.download().await?;
            while let Some(record) = profiles.next_record().await? {
                ages.push(record.age()?);
            }
            Ok::<(), Error>(())
        })?,
        Backend::Blocking(_, client) => {
            let finished = client.export_segment(&app, &segment).send_and_wait_blocking()?;
            let mut profiles = finished.download_blocking()?;
            while let Some(record) = profiles.next_record()? {
                ages.push(record.age()?);
            }
        }
    }
    Ok(ages)
}

/// A GET is sent again where the connection dies, in the head or in the body.
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

/// The whole job, against the fake on a socket: start, wait, and read record by record.
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

/// What comes of a redirect of a download.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goes {
    /// To the other listener, without the keys.
    Away,
    /// To its own origin, with them.
    Home,
    Nowhere,
}

/// The shapes of a redirect, from `home` to `away`, both `host:port`, with what a download makes of each.
fn shapes(home: &str, away: &str) -> [(u16, String, Goes); 16] {
    let path = "public/api/jobs/5584/download";
    [
        (301, format!("location: http://{away}/{path}\r\n"), Goes::Away),
        (302, format!("location: http://{away}/{path}\r\n"), Goes::Away),
        (303, format!("location: http://{away}/{path}\r\n"), Goes::Away),
        (307, format!("location: http://{away}/{path}\r\n"), Goes::Away),
        (308, format!("location: HTTP://{away}/{path}#part\r\n"), Goes::Away),
        (302, format!("location: //{away}/{path}\r\n"), Goes::Away),
        (302, format!("location: \\\\{away}/{path}\r\n"), Goes::Away),
        (302, format!("location: http:/\\{away}/{path}\r\n"), Goes::Away),
        (302, "location: /elsewhere?x=1\r\n".into(), Goes::Home),
        (302, format!("location: http://{home}/elsewhere\r\n"), Goes::Home),
        (302, format!("location: http://{home}@{away}/{path}\r\n"), Goes::Nowhere),
        (302, format!("location: http://user:pass@{away}/{path}\r\n"), Goes::Nowhere),
        (302, format!("location: ftp://{away}/{path}\r\n"), Goes::Nowhere),
        (302, format!("location: http://{home}/x\r\nlocation: http://{away}/x\r\n"), Goes::Nowhere),
        (302, String::new(), Goes::Nowhere),
        (300, format!("location: http://{away}/{path}\r\n"), Goes::Nowhere),
    ]
}

/// Promises 1 and 2: a download is followed, and leaves the keys behind where it leaves the origin.
#[test]
fn a_redirected_download_takes_no_key_along() {
    let away = Server::with_body(200, EXPORT);
    for shape in 0..16 {
        for index in 0..3 {
            // The server tells its own address, which is known only once it listens.
            let home = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
            let (told, away_at) = (home.clone(), away.address().to_string());
            let hits = AtomicUsize::new(0);
            let server = Server::new(move |stream| {
                let (status, headers, _) = &shapes(told.get().unwrap(), &away_at)[shape];
                let bytes = match hits.fetch_add(1, Ordering::Relaxed) {
                    0 => answer(*status, headers, ""),
                    _ => answer(200, "", EXPORT),
                };
                stream.write_all(bytes.as_bytes()).unwrap();
            });
            home.set(server.address().to_string()).unwrap();
            let (status, headers, goes) = &shapes(home.get().unwrap(), &away.address().to_string())[shape];
            let backend = &server.backends()[index];
            let name = format!("{} {status} {headers}", backend.name());

            let outcome = backend.bytes(usize::MAX);
            let (ours, theirs) = (server.take_requests(), away.take_requests());
            let expected = match goes {
                Goes::Away => (1, 1),
                Goes::Home => (2, 0),
                Goes::Nowhere => (1, 0),
            };
            assert_eq!((ours.len(), theirs.len()), expected, "{name}");
            assert!(ours.iter().all(|request| keys(request) == 2), "{name}");
            assert!(theirs.iter().all(|request| keys(request) == 0), "{name}: {theirs:?}");
            match goes {
                Goes::Nowhere => assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Redirect, "{name}"),
                _ => assert_eq!(outcome.unwrap(), EXPORT, "{name}"),
            }
        }
    }
}

fn keys(request: &str) -> usize {
    request.matches("CANARY").count()
}

/// Promises 1 and 2: on the way back to its own origin a download has no key any more, and four hops are too many.
#[test]
fn a_key_that_was_dropped_is_not_put_back() {
    for index in 0..3 {
        let home = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
        let back = home.clone();
        let away = Server::new(move |stream| {
            let location = format!("location: http://{}/back\r\n", back.get().unwrap());
            stream.write_all(answer(302, &location, "").as_bytes()).unwrap();
        });
        let location = format!("location: http://{}/\r\n", away.address());
        let server = in_turn([answer(307, &location, ""), answer(200, "", EXPORT)]);
        home.set(server.address().to_string()).unwrap();
        let backend = &server.backends()[index];
        assert_eq!(backend.bytes(usize::MAX).unwrap(), EXPORT, "{}", backend.name());
        let keys: Vec<_> = server.take_requests().iter().map(|request| keys(request)).collect();
        assert_eq!((keys, away.hits()), (vec![2, 0], 1), "{}", backend.name());

        let endless = in_turn([answer(302, "location: /again\r\n", "")]);
        let backend = &endless.backends()[index];
        assert_eq!(backend.bytes(usize::MAX).unwrap_err().kind(), ErrorKind::Redirect, "{}", backend.name());
        assert_eq!(endless.hits(), 4, "{}", backend.name());
    }
}

/// A call, and the error that it came to.
type Ask = fn(&Backend) -> Option<Error>;

/// Promises 1 and 2: nothing but a download follows a redirect.
#[test]
fn no_other_endpoint_follows() {
    let away = Server::with_body(200, "{}");
    let calls: [Ask; 7] = [
        |backend| backend.send(ListApps::new()).err(),
        |backend| backend.send(GetProfile::new(app(), ProfileId::artisan("id").unwrap())).err(),
        |backend| backend.send(ExportProfiles::new(app(), ProfileIds::artisan(["id"]).unwrap())).err(),
        |backend| backend.send(ListSegments::new(app())).err(),
        |backend| backend.send(ExportSegment::new(app(), segment())).err(),
        |backend| backend.send(ListJobs::new()).err(),
        |backend| backend.send(GetJob::new(rig::job())).err(),
    ];
    for (status, headers, _) in shapes("127.0.0.1:1", &away.address().to_string()) {
        let server = in_turn([answer(status, &headers, "")]);
        let backends = server.backends();
        for backend in &backends {
            for call in calls {
                let error = call(backend).unwrap();
                assert_eq!(error.kind(), ErrorKind::Redirect, "{} {headers}: {error}", backend.name());
            }
        }
        assert_eq!((server.hits(), away.hits()), (21, 0), "{status} {headers}");
    }
}
