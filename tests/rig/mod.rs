//! What the tests of backends share: servers on raw sockets that answer as they are told, to the byte, and the
//! three backends behind one face.
#![allow(dead_code, reason = "each test takes from it what it needs")]

pub(crate) mod canary;
pub(crate) mod directory;
pub(crate) mod virtual_time;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use bytes::Bytes;
use http::Response;
use tokio::runtime::Runtime;
use useartisan::backends::{Saved, hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Api, Client, Endpoint, ErasedBlocking, Error, JobId, Retry, Timeouts};

/// A server on loopback, until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Seen,
    stopped: Arc<AtomicBool>,
}

/// The requests that a server has read, as they came, and how many connections it has ended.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    requests: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicUsize>,
}

impl Seen {
    pub(crate) fn push(&self, request: String) {
        self.requests.lock().unwrap().push(request);
    }

    pub(crate) fn end(&self) {
        self.ended.fetch_add(1, Ordering::SeqCst);
    }
}

impl Server {
    /// Leaves each connection, with its number from 0, to `serve`, on a thread of its own.
    pub(crate) fn serving(serve: impl Fn(usize, TcpStream, &Seen) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, serve) = (listener.local_addr().unwrap(), Arc::new(serve));
        let (seen, stopped) = (Seen::default(), Arc::new(AtomicBool::new(false)));
        let server = Server { address, seen: seen.clone(), stopped: Arc::clone(&stopped) };
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (stream, serve, seen) = (stream.unwrap(), Arc::clone(&serve), seen.clone());
                thread::spawn(move || serve(number, stream, &seen));
            }
        });
        server
    }

    /// Reads a request from each connection, then does as `answer` says with the socket, and closes it.
    pub(crate) fn new(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Server::serving(move |_, mut stream, seen| {
            seen.push(read_request(&mut stream));
            answer(&mut stream);
            close(&mut stream);
        })
    }

    /// Answers each request with these bytes, and with a `connection: close`, since that is what happens.
    pub(crate) fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let mut bytes = bytes.into();
        if let Some(start) = find_last(&bytes, b"HTTP/1.1 ") {
            if let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
                let at = start + length + 1;
                bytes.splice(at..at, *b"connection: close\r\n");
            }
        }
        Server::new(move |stream| stream.write_all(&bytes).unwrap())
    }

    /// Answers each request with this status and body, its length told.
    pub(crate) fn with_body(status: u16, body: &str) -> Self {
        Server::answering(format!("HTTP/1.1 {status} Told\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests were read.
    pub(crate) fn hits(&self) -> usize {
        self.seen.requests.lock().unwrap().len()
    }

    /// The requests so far, head and body as they came.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.requests.lock().unwrap())
    }

    /// How many connections the server has ended.
    pub(crate) fn ended(&self) -> usize {
        self.seen.ended.load(Ordering::SeqCst)
    }

    pub(crate) fn api(&self) -> Api {
        api(&format!("http://{}", self.address))
    }

    pub(crate) fn backends(&self) -> [Backend; 3] {
        Backend::all(&self.api())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

pub(crate) fn api(base_url: &str) -> Api {
    Api::builder().base_url(base_url).credentials(canary::credentials()).build().unwrap()
}

/// An address that refuses connections.
pub(crate) fn refusing() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn find_last(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

pub(crate) fn read_request(stream: &mut impl Read) -> String {
    let (mut text, mut byte) = (String::new(), [0]);
    while !text.ends_with("\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => text.push(byte[0].into()),
            _ => return text,
        }
    }
    let length = header(&text, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    text + std::str::from_utf8(&body).unwrap()
}

/// A header's value in a request as it came.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    headers(request).find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1)
}

pub(crate) fn headers(request: &str) -> impl Iterator<Item = (&str, &str)> {
    let head = request.split("\r\n\r\n").next().unwrap();
    head.split("\r\n").skip(1).map(|line| line.split_once(": ").unwrap())
}

/// Ends with a FIN: closing with bytes unread would be a reset.
pub(crate) fn close(stream: &mut TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = std::io::copy(stream, &mut std::io::sink());
}

pub(crate) const NAMES: [&str; 3] = ["reqwest", "ureq", "hyper"];

/// One of the three, async or blocking, in the form that hides which.
pub(crate) enum Backend {
    Async(&'static str, Runtime, Client),
    Blocking(&'static str, Client<ErasedBlocking>),
}

impl Backend {
    pub(crate) fn all(api: &Api) -> [Self; 3] {
        [
            Backend::reqwest(api, Reqwest::new().unwrap()),
            Backend::ureq(api, Ureq::new().unwrap()),
            Backend::hyper(api, Hyper::new().unwrap()),
        ]
    }

    pub(crate) fn reqwest(api: &Api, reqwest: Reqwest) -> Self {
        Backend::Async("reqwest", runtime(), Client::new(api.clone(), reqwest).retry(Retry::none()).erase())
    }

    pub(crate) fn hyper(api: &Api, hyper: Hyper) -> Self {
        Backend::Async("hyper", runtime(), Client::new(api.clone(), hyper).retry(Retry::none()).erase())
    }

    pub(crate) fn ureq(api: &Api, ureq: Ureq) -> Self {
        Backend::Blocking("ureq", Client::new(api.clone(), ureq).retry(Retry::none()).erase_blocking())
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Backend::Async(name, ..) | Backend::Blocking(name, _) => name,
        }
    }

    pub(crate) fn timeouts(self, timeouts: Timeouts) -> Self {
        match self {
            Backend::Async(name, runtime, client) => {
                Backend::Async(name, runtime, client.timeouts(timeouts).download_timeouts(timeouts))
            }
            Backend::Blocking(name, client) => {
                Backend::Blocking(name, client.timeouts(timeouts).download_timeouts(timeouts))
            }
        }
    }

    pub(crate) fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.call(endpoint).send()),
            Backend::Blocking(_, client) => client.call(endpoint).send_blocking(),
        }
    }

    pub(crate) fn send_raw<E: Endpoint>(&self, endpoint: E) -> Result<Response<Bytes>, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.call(endpoint).send_raw()),
            Backend::Blocking(_, client) => client.call(endpoint).send_raw_blocking(),
        }
    }

    /// A download, read whole.
    pub(crate) fn bytes(&self, limit: usize) -> Result<Bytes, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.download_job(job()).bytes(limit)),
            Backend::Blocking(_, client) => client.download_job(job()).bytes_blocking(limit),
        }
    }

    /// A download, read record by record: the users' ages.
    pub(crate) fn records(&self) -> Result<Vec<Option<u32>>, Error> {
        let mut ages = Vec::new();
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(async {
                let mut profiles = client.download_job(job()).profiles().await?;
                while let Some(record) = profiles.next_record().await? {
                    ages.push(record.age()?);
                }
                Ok::<(), Error>(())
            })?,
            Backend::Blocking(_, client) => {
                let mut profiles = client.download_job(job()).profiles_blocking()?;
                while let Some(record) = profiles.next_record()? {
                    ages.push(record.age()?);
                }
            }
        }
        Ok(ages)
    }

    /// A download, read piece by piece.
    pub(crate) fn chunks(&self) -> Result<Vec<u8>, Error> {
        let mut whole = Vec::new();
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(async {
                let mut download = client.download_job(job()).open().await?;
                while let Some(chunk) = download.next_chunk().await? {
                    whole.extend_from_slice(&chunk);
                }
                Ok::<(), Error>(())
            })?,
            Backend::Blocking(_, client) => {
                let mut download = client.download_job(job()).open_blocking()?;
                while let Some(chunk) = download.next_chunk()? {
                    whole.extend_from_slice(chunk);
                }
            }
        }
        Ok(whole)
    }

    /// A download, saved.
    pub(crate) fn save(&self, path: &Path) -> Result<Saved, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.download_job(job()).save(path)),
            Backend::Blocking(_, client) => client.download_job(job()).save_blocking(path),
        }
    }
}

pub(crate) fn job() -> JobId {
    JobId::from_static("5584")
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
