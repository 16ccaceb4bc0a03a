//! The server: a process of its own, so that its time and its allocations are not counted as the client's. It answers as cheaply
//! as possible: each connection has a thread that writes prepared bytes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread;

use useartisan_test_support::shapes::{Export, Shape};

/// The argument that starts this binary as the server.
pub(crate) const SERVE: &str = "serve-calls";

/// The job of all calls.
pub(super) const JOB: &str = "5584566b7d891ce0ab000001";

/// The answer to `get_job`.
pub(super) const ONE_JOB: &[u8] = include_bytes!("../../../tests/fixtures/get_job.json");

/// The size of the job's result, and a little more, in bytes.
pub(super) const DOWNLOAD: usize = 200_000_000;

/// The server. It stops when this is dropped.
pub(super) struct Server {
    child: Child,
    /// The address, such as `http://127.0.0.1:40123`.
    pub(super) base_url: String,
}

impl Server {
    pub(super) fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut base_url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut base_url).unwrap();
        Server { child, base_url: base_url.trim().into() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

/// Serves until the standard input ends, which it does with the parent process.
pub(crate) fn serve() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(|| connection(stream.unwrap()));
        }
    });
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn connection(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut request, mut length) = ([0; 4096], 0);
    loop {
        match stream.read(&mut request[length..])? {
            0 => return Ok(()),
            more => length += more,
        }
        // All requests are GETs, so they end with their head.
        if request[..length].ends_with(b"\r\n\r\n") {
            stream.write_all(answer(&request[..length]))?;
            length = 0;
        }
    }
}

fn answer(request: &[u8]) -> &'static [u8] {
    static JOBS: LazyLock<Vec<u8>> = LazyLock::new(|| response(jobs().as_bytes()));
    static ONE: LazyLock<Vec<u8>> = LazyLock::new(|| response(ONE_JOB));
    static RESULT: LazyLock<Vec<u8>> = LazyLock::new(|| response(&Export::document(Shape::Pretty, DOWNLOAD)));
    if request.starts_with(b"GET /public/api/jobs ") {
        &JOBS
    } else if memchr::memmem::find(request, b"/download HTTP/1.1\r\n").is_some() {
        &RESULT
    } else {
        &ONE
    }
}

fn response(body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// The answer to `list_jobs`.
pub(super) fn jobs() -> String {
    let jobs: Vec<_> = (0..1000)
        .map(|index| {
            format!(
                r#"{{"id":"55844c787d891c7f{index:08x}","type":"Segments Export","created_at":"2015-06-19T17:08:08Z","start":"2015-06-19T17:04:16+00:00","end":null,"status":"QUEUED"}}"#
            )
        })
        .collect();
    format!(r#"{{"jobs":[{}]}}"#, jobs.join(","))
}
