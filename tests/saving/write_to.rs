//! Promises 21 and 30: a writer receives the whole download, or there is an error. The download starts again only before the
//! first byte is written.

use std::io::{self, Write};

#[cfg(unix)]
use crate::pieces::Directory;
use crate::pieces::{self, NEW, Piece, blocking, client, data, job};
use useartisan::{Error, ErrorKind, Sent};

/// Writes these pieces to a writer, by each kind of backend, from a call and from an open download.
fn write_by_each<W: Write + Send + 'static>(
    pieces: &[Piece],
    writer: impl Fn() -> W,
    then: impl Fn(Result<W, Error>, usize),
) {
    let call = |client: useartisan::Client<pieces::InPieces>, way: usize| {
        let call = client.download_job(job());
        let outcome = match way {
            0 => pollster::block_on(call.write_to(writer())),
            1 => call.write_to_blocking(writer()),
            2 => pollster::block_on(async { call.open().await?.write_to(client.backend(), writer()).await }),
            _ => call.open_blocking().and_then(|download| download.write_to_blocking(writer())),
        };
        then(outcome, pieces::requests(client.backend()));
    };
    call(client(pieces), 0);
    call(blocking(pieces), 1);
    call(client(pieces), 2);
    call(blocking(pieces), 3);
}

fn large() -> String {
    format!(r#"{{"artisanUserIds":[{}]}}"#, vec![r#"{"age":"54"}"#; 80_000].join(","))
}

#[test]
fn a_writer_gets_the_whole_and_is_given_back() {
    let large = large();
    let small: Vec<Piece> = large.as_bytes().chunks(999).map(|part| Piece::Data(part.to_vec())).collect();
    for (pieces, document) in [(data(NEW), NEW), (data(&large), &large), (small, &large)] {
        write_by_each(&pieces, Vec::new, |written, requests| {
            assert!(written.unwrap() == document.as_bytes());
            assert_eq!(requests, 1);
        });
    }
}

/// Accepts a byte at a time, is interrupted in between, and fails on demand.
struct Reluctant {
    taken: Vec<u8>,
    flushed: usize,
    is_interrupted: bool,
    takes: usize,
    flushes: bool,
}

impl Reluctant {
    fn new(takes: usize, flushes: bool) -> Self {
        Reluctant { taken: Vec::new(), flushed: 0, is_interrupted: false, takes, flushes }
    }
}

impl Write for Reluctant {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        match bytes {
            _ if self.is_interrupted => Err(io::ErrorKind::Interrupted.into()),
            _ if self.taken.len() == self.takes => Err(io::ErrorKind::StorageFull.into()),
            [] => Ok(0),
            [first, ..] => {
                self.taken.push(*first);
                Ok(1)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed += 1;
        if self.flushes { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }
}

#[test]
fn a_writer_may_be_slow_and_is_flushed_at_the_end() {
    write_by_each(
        &data(NEW),
        || Reluctant::new(usize::MAX, true),
        |written, _| {
            let written = written.unwrap();
            assert_eq!((written.taken, written.flushed), (NEW.into(), 1));
        },
    );
}

#[test]
fn a_writer_that_fails_is_an_error_of_its_own() {
    for (takes, flushes, kind) in [
        (0, true, io::ErrorKind::StorageFull),
        (7, true, io::ErrorKind::StorageFull),
        (NEW.len(), false, io::ErrorKind::BrokenPipe),
    ] {
        write_by_each(
            &data(NEW),
            || Reluctant::new(takes, flushes),
            |written, requests| {
                let error = written.err().unwrap();
                assert_eq!((error.kind(), error.sent(), requests), (ErrorKind::File, Sent::Answered, 1));
                assert_eq!(error.to_string(), "download_job: cannot write to the writer (status 200 OK)");
                let source = std::error::Error::source(&error).unwrap().downcast_ref::<io::Error>().unwrap();
                assert_eq!(source.kind(), kind);
            },
        );
    }
}

/// A short document is written only once it is known to be a whole result.
#[test]
fn a_document_that_is_no_export_does_not_reach_the_writer() {
    struct Never;
    impl Write for Never {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("it is written to")
        }

        fn flush(&mut self) -> io::Result<()> {
            panic!("it is flushed")
        }
    }
    for (document, kind) in [
        (r#"{"error":"result expired"}"#, ErrorKind::Rejected),
        (r#"{"success":"no","error":"x"}"#, ErrorKind::UnexpectedBody),
        (r#"{"status":"RUNNING"}"#, ErrorKind::UnexpectedBody),
        ("null", ErrorKind::UnexpectedBody),
        (&NEW[..NEW.len() - 1], ErrorKind::UnexpectedBody),
    ] {
        write_by_each(
            &data(document),
            || Never,
            |written, _| {
                assert_eq!(written.err().unwrap().kind(), kind, "{document}");
            },
        );
    }
    let spaces = format!("{NEW}{}", " ".repeat((1 << 20) + 1));
    write_by_each(&data(&spaces), Vec::new, |written, _| {
        let error = written.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert!(error.to_string().contains("white space limit of 1048576 bytes in a row"), "{error}");
    });
}

/// A body that breaks off is requested again if the writer has received nothing. The attempts limit that.
#[test]
fn a_download_starts_again_only_before_the_first_byte_is_out() {
    let broken = |length: usize| vec![Piece::Data(large().as_bytes()[..length].into()), Piece::Fail];
    for (length, attempts) in [(1, 4), (250_000, 4), (300_000, 1), (900_000, 1)] {
        let (client, blocking) = (client(&broken(length)), blocking(&broken(length)));
        for (error, requests) in [
            (
                pollster::block_on(client.download_job(job()).write_to(Vec::new())).unwrap_err(),
                pieces::requests(client.backend()),
            ),
            (
                blocking.download_job(job()).write_to_blocking(Vec::new()).unwrap_err(),
                pieces::requests(blocking.backend()),
            ),
        ] {
            assert_eq!((error.kind(), requests), (ErrorKind::Transport, attempts), "{length}: {error}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_fifo_is_written_to() {
    let directory = Directory::new("fifo");
    let fifo = directory.file("fifo");
    crate::refused::fifo(&fifo);
    for by_async in [true, false] {
        let reader = fifo.clone();
        let reader = std::thread::spawn(move || std::fs::read_to_string(reader).unwrap());
        let writer = std::fs::File::options().write(true).open(&fifo).unwrap();
        match by_async {
            true => {
                drop(pollster::block_on(client(&data(NEW)).download_job(job()).write_to(writer)).unwrap())
            }
            false => drop(blocking(&data(NEW)).download_job(job()).write_to_blocking(writer).unwrap()),
        }
        assert_eq!(reader.join().unwrap(), NEW);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let error = blocking(&data(NEW)).download_job(job()).write_to_blocking(full).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
}
