//! The fake as a backend of both kinds: under any executor, in virtual time, with bodies in pieces.

use std::io::Read;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http_body::Body;
use useartisan::fake::{FakeArtisan, FakeBody, Fault};
use useartisan::{AsyncBackend, BlockingBackend, Endpoint, ListApps, Timeouts, TransportErrorKind};

fn body(fake: &FakeArtisan) -> FakeBody {
    let request = ListApps::new().request(&fake.api());
    BlockingBackend::send(fake, request, &Timeouts::default()).unwrap().into_body()
}

/// The sizes of a body's pieces, and its end.
fn frames(body: FakeBody) -> (Vec<usize>, Option<TransportErrorKind>) {
    let mut body = pin!(body);
    let mut context = Context::from_waker(Waker::noop());
    let mut sizes = Vec::new();
    loop {
        match body.as_mut().poll_frame(&mut context) {
            Poll::Ready(Some(Ok(frame))) => sizes.push(frame.into_data().unwrap().len()),
            Poll::Ready(Some(Err(failure))) => return (sizes, Some(failure.kind())),
            Poll::Ready(None) => return (sizes, None),
            Poll::Pending => panic!("the fake is never pending"),
        }
    }
}

#[test]
fn a_body_comes_in_pieces() {
    let fake = FakeArtisan::new();
    let whole = "{\n  \"apps\": []\n}".len();
    assert_eq!(frames(body(&fake)), (vec![whole], None));
    fake.pieces_of(7);
    assert_eq!(frames(body(&fake)), (vec![7, 7, whole - 14], None));
    fake.pieces_of(0);
    assert_eq!(frames(body(&fake)), (vec![1; whole], None), "at least one byte");

    let mut reader = body(&fake.pieces_of(7));
    let mut buffer = [0; 64];
    assert_eq!([0; 4].map(|_| reader.read(&mut buffer).unwrap()), [7, 7, whole - 14, 0]);
    let mut reader = body(&fake);
    assert_eq!([0; 3].map(|_| reader.read(&mut buffer[..3]).unwrap()), [3; 3]);
}

#[test]
fn a_body_says_how_long_it_is_where_it_knows() {
    let fake = FakeArtisan::new();
    let whole = body(&fake);
    assert_eq!((whole.size_hint().exact(), whole.is_end_stream()), (Some(16), false));
    let cut = body(&fake.fail_next(Fault::cut_body(0)));
    assert_eq!((cut.size_hint().exact(), cut.is_end_stream()), (None, false));
    assert!(body(&fake.fail_next(Fault::empty())).is_end_stream());
}

/// Both readers end alike, and a failed one stays failed.
#[test]
fn a_body_ends_as_scripted() {
    for (fault, sizes, end) in [
        (Fault::cut_body(10), vec![7, 3], Some(TransportErrorKind::Interrupted)),
        (Fault::cut_silently(10), vec![7, 3], None),
        (Fault::stalled(8), vec![7, 1], Some(TransportErrorKind::TimedOut)),
        (Fault::cut_body(usize::MAX), vec![7, 7, 2], Some(TransportErrorKind::Interrupted)),
    ] {
        let fake = FakeArtisan::new().pieces_of(7);
        fake.fail_next(fault.times(2));
        assert_eq!(frames(body(&fake)), (sizes.clone(), end));

        let mut reader = body(&fake);
        let read = reader.read_to_end(&mut Vec::new());
        match end {
            Some(kind) => {
                let again = reader.read(&mut [0; 8]);
                for error in [read.map(drop), again.map(drop)].map(Result::unwrap_err) {
                    assert_eq!(useartisan::TransportError::from(error).kind(), kind);
                }
            }
            None => assert_eq!(read.unwrap(), sizes.iter().sum::<usize>()),
        }
    }
}

/// Waits take no time, are recorded, and do not overflow.
#[test]
fn sleeping_passes_virtual_time() {
    let fake = FakeArtisan::new();
    BlockingBackend::sleep(&fake, Duration::from_secs(3600));
    pollster::block_on(AsyncBackend::sleep(&fake, Duration::from_millis(5)));
    assert_eq!(fake.now(), Duration::from_millis(3_600_005));
    assert_eq!(AsyncBackend::now(&fake), BlockingBackend::now(&fake));
    BlockingBackend::sleep(&fake, Duration::MAX);
    assert_eq!(fake.now(), Duration::MAX);
    assert_eq!(fake.slept(), [Duration::from_secs(3600), Duration::from_millis(5), Duration::MAX]);
    // The service still works at the end of its calendar.
    let app = fake.add_app("x");
    let segment = fake.add_segment(&app, "y", [] as [useartisan::ProfileId; 0]);
    assert_eq!(fake.job(fake.add_job(app, segment)).unwrap().created_at(), None);
}

#[test]
fn seeds_differ_and_come_again() {
    let seeds = || {
        let fake = FakeArtisan::new();
        [AsyncBackend::seed(&fake), BlockingBackend::seed(&fake), AsyncBackend::seed(&fake)]
    };
    assert_eq!(seeds(), seeds());
    assert_eq!(seeds(), [1, 2, 3]);
}

/// The futures are `Send` and the fake can be shared, so it works on threads too.
#[test]
fn it_runs_under_any_executor() {
    let fake = FakeArtisan::with_sample_data();
    let client = fake.client().boxed();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            runtime.spawn(async move { client.list_apps().send().await })
        })
        .collect();
    for call in calls {
        assert_eq!(runtime.block_on(call).unwrap().unwrap().len(), 2);
    }
    assert_eq!(pollster::block_on(client.list_jobs().send()).unwrap().len(), 3);
    assert_eq!(fake.client().boxed_blocking().list_jobs().send_blocking().unwrap().len(), 3);
    assert_eq!(fake.requests().len(), 10);
}

/// A future does nothing before it is polled.
#[test]
fn a_call_that_is_given_up_is_not_made() {
    let fake = FakeArtisan::new();
    drop(fake.client().list_apps().send());
    assert_eq!(fake.requests().len(), 0);
}

/// Downloads arrive piece by piece, and an error in the middle occurs there.
#[test]
fn a_download_comes_in_pieces() {
    let fake = FakeArtisan::with_sample_data().pieces_of(1000);
    let client = fake.client();
    let job = fake.jobs().pop().unwrap();
    let mut download = client.download_job(&job).open_blocking().unwrap();
    assert_eq!(download.next_chunk_blocking().unwrap().map(|chunk| chunk.len()), Some(1000));

    fake.fail_next(Fault::stalled(1500));
    let mut download = pollster::block_on(client.download_job(&job).open()).unwrap();
    assert_eq!(pollster::block_on(download.next_chunk()).unwrap().map(|chunk| chunk.len()), Some(1000));
    assert_eq!(pollster::block_on(download.next_chunk()).unwrap().map(|chunk| chunk.len()), Some(500));
    assert!(pollster::block_on(download.next_chunk()).is_err());
}
