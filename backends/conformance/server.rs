//! The suite's own server: HTTP/1.1 on loopback, by a script of bytes. Each connection has a thread.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::request::{Received, receive};

/// The longest that the server waits for a client. A backend cannot hang the suite.
const PATIENCE: Duration = Duration::from_secs(3);

/// A client that reads nothing for this long counts as not reading.
const NOT_READING: Duration = Duration::from_millis(300);

/// The time between two bytes of [`Step::Drip`].
const DRIP: Duration = Duration::from_millis(20);

/// One thing that the server does after it received a request.
#[derive(Clone)]
pub(super) enum Step {
    Write(Vec<u8>),
    /// Writes it this many times.
    Repeat(Vec<u8>, usize),
    /// Writes it this many times, or until the client stops reading.
    Flood(Vec<u8>, usize),
    /// Writes an answer whose body is the target of the request.
    Echo,
    /// Waits until [`Server::open`] was called this many times. Ends the connection after [`PATIENCE`].
    Gate(usize),
    /// Waits until this many requests were received. Ends the connection after [`PATIENCE`].
    Requests(usize),
    /// Writes a byte now and then until the client has gone.
    Drip,
    /// Waits until the client has gone.
    Hold,
    /// Ends the connection with a FIN.
    Fin,
    /// Ends the connection with a reset.
    Reset,
}

impl Step {
    pub(super) fn write(bytes: impl AsRef<[u8]>) -> Self {
        Step::Write(bytes.as_ref().to_vec())
    }

    /// Writes an answer with its length. `headers` are whole lines.
    pub(super) fn answer(status: u16, headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} Told\r\n{headers}content-length: {length}\r\n\r\n");
        Step::Write([head.as_bytes(), body].concat())
    }
}

/// The server. It stops when this is dropped.
pub(super) struct Server {
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

struct Shared {
    /// The steps after each request, in the order of requests. The last entry serves all further requests.
    answers: Vec<Vec<Step>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    /// How many clients ended their connection during a [`Step::Hold`].
    gone: AtomicUsize,
    /// How many bytes of a [`Step::Flood`] were written, and whether it is over.
    written: AtomicUsize,
    flooded: AtomicBool,
    opened: AtomicUsize,
    stop: AtomicBool,
}

impl Server {
    /// Takes the same steps after each request.
    pub(super) fn answering(steps: impl Into<Vec<Step>>) -> io::Result<Self> {
        Server::in_turn([steps.into()])
    }

    /// Takes the first steps after the first request, the second after the second, and the last after all others.
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

    /// The complete requests so far.
    pub(super) fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.shared.received()
    }

    pub(super) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    pub(super) fn gone(&self) -> usize {
        self.shared.gone.load(Ordering::SeqCst)
    }

    /// How many bytes of a [`Step::Flood`] the client accepted. `None` until it is over.
    pub(super) fn flooded(&self) -> Option<usize> {
        let over = self.shared.flooded.load(Ordering::SeqCst);
        over.then(|| self.shared.written.load(Ordering::SeqCst))
    }

    /// Opens the next [`Step::Gate`].
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
/// It is the address of a client's socket, so no server can get its port. The port of a stopped server could go to the next
/// server.
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
        // An error ends the connection, and its client must notice.
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

    /// Takes a step. Returns whether the connection stays open.
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
                // Closing a connection with unread bytes would reset it.
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
