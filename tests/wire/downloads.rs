//! An open download: its progress, its limits, and its end.

use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;

use futures_core::Stream;
use http::Response;
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{DownloadJob, ErrorKind, JobId, JobStatus, decode};

const RESULT: &str = r#"{"artisanUserIds":[{"age":"54"},{"age":"29"}]}"#;

fn fake() -> (FakeArtisan, JobId) {
    let fake = FakeArtisan::with_sample_data();
    let job = JobId::from(fake.jobs().remove(0));
    fake.set_status(&job, JobStatus::Complete);
    fake.set_result(&job, RESULT);
    (fake, job)
}

/// By default the fake sends a body in pieces of 16 KiB.
#[test]
fn a_body_comes_in_pieces() {
    let (fake, job) = fake();
    fake.set_result(&job, "x".repeat(40_000));
    let lengths = || {
        let mut download = fake.client().download_job(&job).any_format().open_blocking().unwrap();
        let chunks = std::iter::from_fn(|| download.next_chunk_blocking().unwrap().map(|chunk| chunk.len()));
        chunks.collect::<Vec<_>>()
    };
    assert_eq!(lengths(), [16_384, 16_384, 7232]);
    fake.pieces_of(30_000);
    assert_eq!(lengths(), [30_000, 10_000]);
}

#[test]
fn a_download_tells_how_far_it_is() {
    let (fake, job) = fake();
    let client = fake.pieces_of(16).client();
    let mut download = client.download_job(&job).open_blocking().unwrap();
    assert_eq!((download.content_length(), download.received()), (Some(RESULT.len() as u64), 0));
    assert_eq!(download.head().status, 200);
    let first = download.next_chunk_blocking().unwrap().unwrap().len() as u64;
    assert_eq!((download.received(), first), (first, 16));
    let mut rest = String::new();
    download.read_to_string(&mut rest).unwrap();
    assert_eq!((download.received(), rest.as_str()), (RESULT.len() as u64, &RESULT[16..]));
    assert!(download.next_chunk_blocking().unwrap().is_none(), "the end stays the end");

    let shown = format!("{download:?}");
    assert!(
        shown.contains("status: 200") && shown.contains(&format!("received: {}", RESULT.len())),
        "{shown}"
    );
}

#[test]
fn a_result_that_is_read_at_once_is_bounded() {
    let (fake, job) = fake();
    let client = fake.pieces_of(10).client();
    let read = |limit: usize| {
        let call = || client.download_job(&job);
        let outcomes = [call().bytes_blocking(limit), pollster::block_on(call().bytes(limit))];
        outcomes.map(|outcome| outcome.map(|bytes| bytes.len()).map_err(|error| error.kind()))
    };
    assert_eq!(read(RESULT.len()), [Ok(RESULT.len()); 2]);
    assert_eq!(read(RESULT.len() - 1), [Err(ErrorKind::Limit); 2]);
}

#[test]
fn what_is_no_json_is_taken_as_it_comes_if_that_is_said() {
    let (fake, job) = fake();
    fake.set_result(&job, "a,b\n1,2\n");
    let client = fake.client();
    let call = || client.download_job(&job);
    for broken in [call().bytes_blocking(100), call().open_blocking().unwrap().bytes_blocking(100)] {
        assert_eq!(broken.unwrap_err().kind(), ErrorKind::UnexpectedBody);
    }
    let whole = [
        call().any_format().bytes_blocking(100),
        call().any_format().open_blocking().unwrap().bytes_blocking(100),
        pollster::block_on(async { call().any_format().open().await.unwrap().bytes(100).await }),
    ];
    for bytes in whole {
        assert_eq!(bytes.unwrap(), "a,b\n1,2\n");
    }
}

#[test]
fn a_decoder_is_set_for_a_call() {
    let (fake, job) = fake();
    fake.set_result(&job, r#"{"profiles":[{"age":"54"}]}"#);
    let client = fake.client();
    let options = || decode::DecodeOptions::default().with_list("profiles");
    let call = || client.download_job(&job);
    assert!(
        call().profiles_blocking().unwrap().next_record_blocking().is_err(),
        "by default it is another list"
    );
    let profiles = [
        call().decoding(options()).profiles_blocking(),
        call().decoding(options()).open_blocking().map(|download| download.profiles()),
    ];
    for profiles in profiles {
        assert_eq!(profiles.unwrap().next_record_blocking().unwrap().unwrap().age().unwrap(), Some(54));
    }
    pollster::block_on(async {
        let mut profiles = call().decoding(options()).open().await.unwrap().profiles();
        assert_eq!(profiles.next_record().await.unwrap().unwrap().age().unwrap(), Some(54));
    });

    // With your own stack: a decoder made from a head.
    let endpoint = DownloadJob::new(&job).decoding(options());
    let mut decoder = endpoint.decoder(&Response::new(())).unwrap();
    assert!(decoder.advance(&mut &br#"{"profiles":[{"age":"54"}"#[..]).unwrap());
    let error = endpoint.decoder(&Response::builder().status(404).body(()).unwrap()).unwrap_err();
    assert_eq!((error.endpoint(), error.status().unwrap().as_u16()), (Some("download_job"), 404));
}

/// A stream and an iterator of owned records. An error names the call, and is the last item.
#[test]
fn profiles_stream_to_their_end() {
    let (fake, job) = fake();
    let client = fake.client();
    for (result, ages, whole) in [(RESULT, vec![54, 29], true), (&RESULT[..31], vec![54], false)] {
        fake.set_result(&job, result);
        let streamed = pollster::block_on(async {
            let mut profiles = client.download_job(&job).profiles().await.unwrap();
            let mut all = Vec::new();
            while let Some(profile) = poll_fn(|cx| Pin::new(&mut profiles).poll_next(cx)).await {
                all.push(profile);
            }
            all
        });
        let iterated: Vec<_> = client.download_job(&job).profiles_blocking().unwrap().collect();
        for all in [streamed, iterated] {
            let (right, wrong): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
            let read: Vec<_> =
                right.into_iter().map(|profile| profile.unwrap().age().unwrap().unwrap()).collect();
            assert_eq!((&read, wrong.is_empty()), (&ages, whole), "{result}");
            for error in wrong {
                assert_eq!(error.unwrap_err().endpoint(), Some("download_job"));
            }
        }
    }
}

/// A download that breaks off after something was handed out does not start again. The error says so.
#[test]
fn an_error_says_how_much_was_handed_out() {
    let (fake, job) = fake();
    for (after, told) in [(20, Some("after 20 bytes of the result were handed out")), (0, None)] {
        fake.fail_next_for("download_job", Fault::cut_body(after));
        let mut download = fake.client().download_job(&job).open_blocking().unwrap();
        let error =
            std::iter::from_fn(|| download.next_chunk_blocking().map(|chunk| chunk.map(drop)).transpose());
        let error = { error }.find_map(Result::err).unwrap().to_string();
        assert_eq!(error.contains("handed out"), told.is_some(), "{error}");
        assert!(error.contains(told.unwrap_or_default()), "{error}");
    }
}

/// After an error there are no more records. Asking again does not look like a normal end.
#[test]
fn a_download_that_failed_stays_failed() {
    let (fake, job) = fake();
    let client = fake.client();
    // A cut document, a cut connection, and a body over its limit.
    let faults = [Some(Fault::cut_silently(20)), Some(Fault::cut_body(20)), Some(Fault::stalled(20)), None];
    for fault in faults {
        let outcome = if fault.is_some() { Err(ErrorKind::Misuse) } else { Ok(true) };
        let script = || fault.clone().map(|fault| fake.fail_next_for("download_job", fault));
        script();
        let mut download = client.download_job(&job).open_blocking().unwrap();
        while download.next_chunk_blocking().is_ok_and(|chunk| chunk.is_some()) {}
        let again = download.next_chunk_blocking().map(|chunk| chunk.is_none()).map_err(|error| error.kind());
        assert_eq!(again, outcome, "{fault:?}");
        assert_eq!(download.read(&mut [0]).is_ok(), outcome.is_ok());
        script();
        pollster::block_on(async {
            let mut download = client.download_job(&job).open().await.unwrap();
            while download.next_chunk().await.is_ok_and(|chunk| chunk.is_some()) {}
            let again =
                download.next_chunk().await.map(|chunk| chunk.is_none()).map_err(|error| error.kind());
            assert_eq!(again, outcome, "{fault:?}");
            let frame = poll_fn(|cx| http_body::Body::poll_frame(Pin::new(&mut download), cx)).await;
            assert_eq!(frame.is_some_and(|frame| frame.is_err()), outcome.is_err());
        });
    }
}
