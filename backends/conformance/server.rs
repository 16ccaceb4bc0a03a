//! The suite's own server: HTTP/1.1 on loopback by a script of bytes, a thread for each connection.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::request::{Received, receive};

/// How long the server waits for a client at most, so that no backend can hold up the suite.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a client has not read when it is said not to be reading.
const NOT_READING: Duration = Duration::from_millis(300);

/// How often a byte drips.
const DRIP: Duration = Duration::from_millis(20);

/// One thing that the server does after it has received a request.
#[derive(Clone)]
pub(super) enum Step {
    Write(Vec<u8>),
    /// The same, so many times.
    Repeat(Vec<u8>, usize),
    /// The same, so many times, or until the client does not read.
    Flood(Vec<u8>, usize),
    /// An answer whose body is the target of the request.
    Echo,
    /// Waits until [`Server::open`] was called so many times; ends the connection if it is not.
    Gate(usize),
    /// Waits until so many requests were received; ends the connection if they are not.
    Requests(usize),
    /// A byte now and then until the client has gone.
    Drip,
    /// Nothing more until the client has gone.
    Hold,
    /// Ends the connection in order.
    Fin,
    /// Ends the connection by a reset.
    Reset,
}

impl Step {
    pub(super) fn write(bytes: impl AsRef<[u8]>) -> Self {
        Step::Write(bytes.as_ref().to_vec())
    }

    /// An answer with its length; `headers` are whole lines.
    pub(super) fn answer(status: u16, headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} Told\r\n{headers}content-length: {length}\r\n\r\n");
        Step::Write([head.as_bytes(), body].concat())
    }
}

/// A server that stops when this is dropped.
pub(super) struct Server {
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

struct Shared {
    /// What is done after each request, in the order of requests; the last goes on for the others.
    answers: Vec<Vec<Step>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    /// How many clients ended their connection while something was still to come.
    gone: AtomicUsize,
    /// How many bytes of a [`Step::Flood`] went out, and whether it is over.
    written: AtomicUsize,
    flooded: AtomicBool,
    opened: AtomicUsize,
    stop: AtomicBool,
}

impl Server {
    /// Does the same after each request.
    pub(super) fn answering(steps: impl Into<Vec<Step>>) -> io::Result<Self> {
        Server::in_turn([steps.into()])
    }

    /// Does one thing after the first request, another after the second, and the last after all others.
    pub(super) fn in_turn(answers: impl Into<Vec<Vec<Step>>>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            answers: answers.into(),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            gone: AtomicUsize::new(0),
            written: AtomicUsize::new(0),
            flooded: AtomicBool::new(false),
            opened: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        });
        let ours = Arc::clone(&shared);
        let accepting = Some(thread::spawn(move || accept(&listener, &ours)));
        Ok(Server { address, accepting, shared })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests so far, whole ones alone.
    pub(super) fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.shared.received()
    }

    pub(super) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    pub(super) fn gone(&self) -> usize {
        self.shared.gone.load(Ordering::SeqCst)
    }

    /// How many bytes of a [`Step::Flood`] the client has let through, once it is over.
    pub(super) fn flooded(&self) -> Option<usize> {
        let over = self.shared.flooded.load(Ordering::SeqCst);
        over.then(|| self.shared.written.load(Ordering::SeqCst))
    }

    /// Ends the wait at the next [`Step::Gate`].
    pub(super) fn open(&self) {
        self.shared.opened.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address)); // which wakes the thread that accepts
        self.accepting.take().map(JoinHandle::join);
    }
}

/// An address that refuses connections for as long as this lives.
///
/// It is the address of a client's socket, so no server can be given its port. The port of a server that has stopped could
/// be the next server's.
pub(super) struct Refusing {
    client: TcpStream,
    _listener: TcpListener,
}

impl Refusing {
    pub(super) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        Ok(Refusing { client: TcpStream::connect(listener.local_addr()?)?, _listener: listener })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.client.local_addr()
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(shared);
        // That a connection ends in an error is what its client is to notice.
        thread::spawn(move || drop(shared.serve(stream)));
    }
}

impl Shared {
    fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let resets = self.answers.iter().flatten().any(|step| matches!(step, Step::Reset));
        loop {
            let request = receive(&mut stream, resets)?;
            let target = request.target.clone();
            let turn = {
                let mut received = self.received();
                received.push(request);
                received.len() - 1
            };
            for step in self.answers.get(turn).or(self.answers.last()).into_iter().flatten() {
                if !self.take(step, &target, &mut stream)? {
                    return Ok(());
                }
            }
        }
    }

    /// Whether the connection goes on.
    fn take(&self, step: &Step, target: &str, stream: &mut TcpStream) -> io::Result<bool> {
        match step {
            Step::Write(bytes) => stream.write_all(bytes)?,
            Step::Repeat(piece, times) => self.repeat(piece, *times, PATIENCE, stream)?,
            Step::Flood(piece, times) => self.repeat(piece, *times, NOT_READING, stream)?,
            Step::Echo => {
                let length = target.len();
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{target}")?;
            }
            Step::Gate(count) => return Ok(came(|| self.opened.load(Ordering::SeqCst) >= *count)),
            Step::Requests(count) => return Ok(came(|| self.received().len() >= *count)),
            Step::Drip => {
                let end = Instant::now() + PATIENCE;
                while Instant::now() < end && stream.write_all(b" ").is_ok() {
                    thread::sleep(DRIP);
                }
            }
            Step::Hold => {
                if !timed_out(&stream.read(&mut [0])) {
                    self.gone.fetch_add(1, Ordering::SeqCst);
                }
                return Ok(false);
            }
            Step::Fin => {
                // A connection that is closed with bytes unread ends by a reset.
                stream.shutdown(Shutdown::Write)?;
                io::copy(stream, &mut io::sink())?;
                return Ok(false);
            }
            Step::Reset => return Ok(false), // with a byte of the request unread
        }
        Ok(true)
    }

    fn repeat(
        &self,
        piece: &[u8],
        times: usize,
        patience: Duration,
        stream: &mut TcpStream,
    ) -> io::Result<()> {
        stream.set_write_timeout(Some(patience))?;
        let outcome = (0..times).try_for_each(|_| {
            stream.write_all(piece)?;
            self.written.fetch_add(piece.len(), Ordering::SeqCst);
            Ok(())
        });
        self.flooded.store(true, Ordering::SeqCst);
        outcome
    }
}

fn timed_out<T>(outcome: &io::Result<T>) -> bool {
    let kind = outcome.as_ref().err().map(io::Error::kind);
    matches!(kind, Some(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
}

fn came(condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        if Instant::now() > end {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}
