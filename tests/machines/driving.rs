//! The drivers over both kinds of backend: how they read a body for a machine, and what they report without one.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame, SizeHint};
use useartisan::machine::{Event, Machine, Step, drive, drive_blocking};
use useartisan::{
    Api, Client, Credentials, Error, ErrorKind, Limits, Retry, Timeouts, TransportError, TransportErrorKind,
    backends,
};

/// The next event of a body.
#[derive(Clone, Debug)]
enum Piece {
    Data(&'static str),
    Trailers,
    Fails,
}

/// A body of such pieces. It counts its polls.
struct Pieces {
    left: VecDeque<Piece>,
    says_its_end: bool,
    asked: Arc<AtomicUsize>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(self.left.pop_front().map(|piece| match piece {
            Piece::Data(text) => Ok(Frame::data(Bytes::from(text))),
            Piece::Trailers => Ok(Frame::trailers(HeaderMap::new())),
            Piece::Fails => Err(TransportError::interrupted("reset")),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.says_its_end && self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let sizes = self.left.iter().map(|piece| if let Piece::Data(text) = piece { text.len() } else { 0 });
        SizeHint::with_exact(sizes.sum::<usize>() as u64)
    }
}

impl Read for Pieces {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.left.pop_front() {
            Some(Piece::Data(text)) => {
                let length = text.len().min(target.len());
                target[..length].copy_from_slice(&text.as_bytes()[..length]);
                if length < text.len() {
                    self.left.push_front(Piece::Data(&text[length..]));
                }
                Ok(length)
            }
            Some(Piece::Trailers) => self.read(target),
            Some(Piece::Fails) => Err(TransportError::interrupted("reset").into()),
            None => Ok(0),
        }
    }
}

fn api() -> Api {
    Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap()
}

/// The answer with a body of these pieces, read under a limit by both drivers, and how often the body was polled.
fn read(pieces: &[Piece], limit: usize, says_its_end: bool) -> [(Result<Bytes, ErrorKind>, usize); 2] {
    let limits = Limits::default().with_body(limit);
    let asked = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let body = |asked: &Arc<AtomicUsize>| Pieces {
        left: pieces.to_vec().into(),
        says_its_end,
        asked: Arc::clone(asked),
    };
    let outcome = |answer: Result<Response<Bytes>, Error>| {
        answer.map(Response::into_body).map_err(|error| error.kind())
    };
    let client = Client::new(
        api(),
        backends::from_async_fn(|_: Request<Bytes>, _: Timeouts| {
            let body = body(&asked[0]);
            async move { Ok(Response::new(body)) }
        }),
    );
    let client = client.options(limits).options(Retry::none());
    let one = outcome(pollster::block_on(client.list_apps().send_raw()));
    let client = Client::new(api(), backends::from_fn(|_, _| Ok(Response::new(body(&asked[1])))));
    let two = outcome(client.options(limits).options(Retry::none()).list_apps().send_raw_blocking());
    let [first, second] = asked.map(|asked| asked.load(Ordering::Relaxed));
    [(one, first), (two, second)]
}

#[test]
fn a_body_is_read_whole_up_to_its_limit() {
    use Piece::{Data, Fails, Trailers};

    let whole = |text: &str| Ok(Bytes::from(text.to_owned()));
    let cases: [(&[Piece], usize, Result<Bytes, ErrorKind>); 13] = [
        (&[], 0, whole("")),
        (&[], 9, whole("")),
        (&[Data("abc")], 3, whole("abc")),
        (&[Data("abc")], 2, Err(ErrorKind::Limit)),
        (&[Data("a"), Data("b"), Data("c")], 3, whole("abc")),
        (&[Data("a"), Data("b"), Data("c")], 2, Err(ErrorKind::Limit)),
        (&[Data("ab"), Trailers], 2, whole("ab")),
        (&[Trailers, Data("ab"), Data("cdef"), Trailers], 6, whole("abcdef")),
        (&[Data("ab"), Data("cdef")], 5, Err(ErrorKind::Limit)),
        (&[Fails], 9, Err(ErrorKind::Transport)),
        (&[Data("ab"), Fails], 9, Err(ErrorKind::Transport)),
        (&[Data("ab"), Data("c"), Fails], 3, Err(ErrorKind::Transport)),
        (&[Data("ab"), Data("cd"), Fails], 3, Err(ErrorKind::Limit)),
    ];
    for (pieces, limit, expected) in cases {
        for says_its_end in [true, false] {
            for (outcome, _) in read(pieces, limit, says_its_end) {
                assert_eq!(outcome, expected, "{pieces:?} {limit}");
            }
        }
    }
}

/// Bytes over the limit are not read, and a known end is not polled for.
#[test]
fn no_more_is_asked_of_a_body_than_is_needed() {
    use Piece::Data;

    let long = vec![Data("0123456789"); 100];
    for (outcome, asked) in read(&long, 25, false) {
        assert_eq!(outcome, Err(ErrorKind::Limit));
        assert!(asked <= 4, "{asked}");
    }
    let [(known, asked), _] = read(&[Data("ab"), Data("cd")], 9, true);
    assert_eq!((known.unwrap(), asked), (Bytes::from("abcd"), 2));
    let [(unknown, asked), _] = read(&[Data("ab"), Data("cd")], 9, false);
    assert_eq!((unknown.unwrap(), asked), (Bytes::from("abcd"), 3));
}

/// A machine that wants a body receives an empty one if there was no response.
#[test]
fn where_there_is_no_body_an_empty_one_is_told() {
    struct WantsABody;

    impl Machine for WantsABody {
        type Output = (usize, bool);

        fn step(&mut self, _: Duration, event: Event) -> Result<Step<Self::Output>, Error> {
            Ok(match event {
                Event::Body { bytes, complete } => Step::Done((bytes.len(), complete)),
                _ => Step::Read { limit: 9, timeouts: Timeouts::default() },
            })
        }
    }

    let blocking = backends::from_fn(|_, _| Ok(Response::new(&b""[..])));
    assert_eq!(drive_blocking(&blocking, WantsABody).unwrap().output, (0, true));
    let asynchronous = backends::from_async_fn(|_, _| async { Ok(Response::new(String::new())) });
    let driven = pollster::block_on(drive(&asynchronous, &mut WantsABody)).unwrap();
    assert_eq!(driven.output, (0, true));
    assert!(driven.body.is_none());
}

/// A boxed body behaves like the body in it.
#[test]
fn an_erased_body_keeps_its_size_and_its_end() {
    use useartisan::AsyncBackend;

    let asked = Arc::new(AtomicUsize::new(0));
    let backend = backends::from_async_fn(move |_, _| {
        let left = VecDeque::from([Piece::Data("abc"), Piece::Fails]);
        let body = Pieces { left, says_its_end: true, asked: Arc::clone(&asked) };
        async move { Ok(Response::new(body)) }
    });
    let backend = useartisan::BoxedBackend::new(backend);
    pollster::block_on(async {
        let request = Request::new(Bytes::new());
        let mut body = backend.send(request, &Timeouts::default()).await.unwrap().into_body();
        assert_eq!(body.size_hint().exact(), Some(3));
        assert!(!body.is_end_stream());
        let mut next = async || std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        assert_eq!(next().await.unwrap().unwrap().into_data().unwrap(), "abc");
        assert_eq!(next().await.unwrap().unwrap_err().kind(), TransportErrorKind::Interrupted);
        assert!(body.is_end_stream());
    });
}

/// A read that a signal interrupted is repeated.
#[test]
fn an_interrupted_read_is_no_failure() {
    struct Interrupted(bool, &'static [u8]);

    impl Read for Interrupted {
        fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
            self.0 = !self.0;
            if self.0 { Err(io::ErrorKind::Interrupted.into()) } else { self.1.read(target) }
        }
    }

    let backend =
        backends::from_fn(|_, _| Ok(Response::new(Interrupted(false, b"{\"artisanUserIds\":[{}]}"))));
    let client = Client::new(api(), backend).options(Retry::none());
    let job = useartisan::JobId::from_static("5584566b");
    assert_eq!(client.download_job(&job).bytes_blocking(100).unwrap().len(), 23);
    assert_eq!(client.download_job(&job).profiles_blocking().unwrap().count(), 1);
}

/// A chunk is never empty: a download skips frames without data, and trailers.
#[test]
fn a_chunk_has_bytes_in_it() {
    use Piece::{Data, Trailers};

    let backend = backends::from_async_fn(|_, _| async {
        let left = [Data(""), Data("{\"artisanUserIds\""), Data(""), Data(":[]}"), Trailers].to_vec().into();
        Ok(Response::new(Pieces { left, says_its_end: false, asked: Arc::default() }))
    });
    let client = Client::new(api(), backend).options(Retry::none());
    pollster::block_on(async {
        let call = client.download_job(useartisan::JobId::from_static("5584566b"));
        let mut download = call.open().await.unwrap();
        let mut lengths = Vec::new();
        while let Some(chunk) = download.next_chunk().await.unwrap() {
            lengths.push(chunk.len());
        }
        assert_eq!(lengths, [17, 4]);
    });
}

/// An extension like those of some clients: isahc's panics when it is cloned.
#[derive(Debug)]
struct NotToBeCloned;

impl Clone for NotToBeCloned {
    fn clone(&self) -> Self {
        panic!("it is not to be cloned")
    }
}

/// The extensions of an answer belong to the client. No head is cloned with them.
#[test]
fn extensions_are_left_alone() {
    let backend = backends::from_fn(|_, _| {
        let mut response = Response::new(&br#"{"artisanUserIds":[]}"#[..]);
        response.extensions_mut().insert(NotToBeCloned);
        Ok(response)
    });
    let client = Client::new(api(), backend).options(Retry::none());
    let job = useartisan::JobId::from_static("5584566b");
    let download = client.download_job(&job).open_blocking().unwrap();
    assert!(download.head().extensions.get::<NotToBeCloned>().is_some());
    assert_eq!(client.download_job(&job).bytes_blocking(100).unwrap().len(), 21);
    assert!(client.list_apps().send_blocking().is_err());
}
