//! All ways to read a download give the same records and the same errors, and end only at the end.

use fastrand::Rng;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, BufReader, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::support::decode::{Outcome, Record, cut, decode, document, mutate, owned};
use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use useartisan::decode::{self, BodyRecords, Records};
use useartisan::{Error, Profile};

/// A reader and a body of given pieces. `None` is a failure of the transport.
struct Pieces(VecDeque<Option<Bytes>>);

impl Pieces {
    fn new(pieces: &[&[u8]]) -> Self {
        Self(pieces.iter().map(|piece| Some(Bytes::copy_from_slice(piece))).collect())
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.0.pop_front() else { return Ok(0) };
        let piece = piece.ok_or_else(|| io::Error::other("the line went dead"))?;
        if piece.is_empty() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some(piece) = self.0.pop_front() else { return Poll::Ready(None) };
        Poll::Ready(Some(match piece {
            Some(piece) if piece.is_empty() => {
                // Pending once, and then trailers, which are ignored.
                self.0.push_front(Some(Bytes::from_static(b" ")));
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(piece) if piece == " " => Ok(Frame::trailers(http::HeaderMap::new())),
            Some(piece) => Ok(Frame::data(piece)),
            None => Err(io::Error::other("the line went dead")),
        }))
    }
}

fn outcome(items: impl Iterator<Item = Result<Profile, Error>>) -> Outcome {
    let (mut records, mut error) = (Vec::new(), None);
    for item in items {
        assert!(error.is_none(), "nothing comes after an error");
        match item {
            Ok(profile) => records.push(owned(profile.attributes())),
            Err(failure) => error = Some(told(&failure)),
        }
    }
    (records, error)
}

/// An error with its cause, as text.
fn told(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn lent(mut next: impl FnMut() -> Result<Option<Record>, Error>) -> Outcome {
    let mut records = Vec::new();
    loop {
        match next() {
            Ok(Some(record)) => records.push(record),
            Ok(None) => return (records, None),
            Err(error) => {
                assert!(next().unwrap().is_none(), "nothing comes after an error");
                return (records, Some(told(&error)));
            }
        }
    }
}

fn streamed(mut records: BodyRecords<Pieces>) -> Outcome {
    let next = || pollster::block_on(poll_fn(|context| Pin::new(&mut records).poll_next(context)));
    outcome(std::iter::from_fn(next))
}

#[test]
fn every_way_gives_the_same() {
    for seed in 0..300 {
        let random = &mut Rng::with_seed(seed);
        let mut document = document(random);
        if random.bool() {
            mutate(random, &mut document);
        }
        // A single space stands for trailers, and an empty piece for pending.
        let pieces: Vec<&[u8]> = cut(random, &document).into_iter().filter(|piece| *piece != b" ").collect();
        let document = pieces.concat();
        let expected = decode([&*document]);

        assert_eq!(outcome(decode::decode(&document)), expected);
        assert_eq!(outcome(Records::new(BufReader::with_capacity(7, &*document))), expected);
        assert_eq!(outcome(Records::from_read(Pieces::new(&pieces))), expected);
        assert_eq!(streamed(BodyRecords::new(Pieces::new(&pieces))), expected);
        let mut records = Records::from_read(Pieces::new(&pieces));
        assert_eq!(lent(|| Ok(records.next_record()?.map(owned))), expected);
        let mut records = BodyRecords::new(Pieces::new(&pieces));
        assert_eq!(
            lent(|| pollster::block_on(async { Ok(records.next_record().await?.map(owned)) })),
            expected
        );
    }
}

#[test]
fn a_transport_that_fails_is_an_error_after_the_records_before_it() {
    let pieces = || {
        let mut pieces = Pieces::new(&[br#"{"artisanUserIds":[{"age":"29"},{"age":"#]);
        pieces.0.push_back(None);
        pieces
    };
    let blocking = outcome(Records::from_read(pieces()));
    assert_eq!(blocking.0.len(), 1);
    assert!(blocking.1.as_ref().unwrap().contains("the line went dead"));
    assert_eq!(streamed(BodyRecords::new(pieces())), blocking);
}

#[test]
fn owned_profiles_outlive_the_decoder_and_hold_no_more_than_they_must() {
    let document = include_bytes!("../fixtures/download_job.json");
    let profiles: Vec<Profile> = decode::decode(document).collect::<Result<_, _>>().unwrap();
    let shown = format!("{:?}", profiles[0]);
    let bytes: usize = profiles[0].iter().map(|(name, value)| name.len() + value.as_str().len()).sum();
    assert!(shown.contains(&format!("bytes: {bytes}")), "{shown}");
    assert_eq!(profiles[1].age().unwrap(), Some(38));
    assert_eq!(profiles[1].push_enabled().unwrap(), Some(true));
    assert_eq!(profiles[0].coordinate().unwrap().unwrap().to_string(), "-5.0000,120.0000");
}

#[test]
fn debug_shows_no_personal_data() {
    let document = br#"{"artisanUserIds":[{"email":"SECRET"}],"error":"SECRET"}"#;
    let mut decoder = decode::Decoder::new();
    let mut input = &document[..];
    assert!(decoder.advance(&mut input).unwrap());
    let mut check = decode::Check::new();
    check.push(document).unwrap();
    let shown = format!("{decoder:?} {:?} {check:?} {:?}", decoder.record(), decode::decode(document));
    assert!(!shown.contains("SECRET") && !shown.contains("email"), "{shown}");
}
