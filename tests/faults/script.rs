//! Servers that follow a script to the byte.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::http2;
use crate::scenario;
use crate::support::server::{Seen, Server, read_request};

/// What a server does next with a connection. After the last act it ends the connection with a FIN.
#[derive(Clone)]
pub(crate) enum Act {
    /// Reads a request.
    Read,
    /// Reads an HTTP/2 request to its last frame.
    ReadFrames,
    /// Writes these bytes. `{home}` and `{away}` become the addresses of the two servers, and `{port}` the port of the
    /// first.
    Say(Vec<u8>),
    /// Writes these bytes one at a time.
    SayEach(Vec<u8>),
    /// Writes what this function makes of the last request.
    Echo(fn(&str) -> Vec<u8>),
    /// Writes these bytes again and again, with a pause between, until the client has gone.
    Forever(&'static [u8], Duration),
    Pause(Duration),
    /// Waits until the client has gone.
    Wait,
    /// Ends TLS with a close_notify.
    Notify,
    /// Ends the connection with a reset.
    Reset,
}

/// What a server does with one connection.
pub(crate) type Script = Vec<Act>;

/// Reads a request, and answers with these bytes.
pub(crate) fn answer(bytes: impl Into<Vec<u8>>) -> Script {
    vec![Act::Read, Act::Say(bytes.into())]
}

/// A server that follows one script for each connection, and the last script for all further ones.
pub(crate) fn serve(scripts: Vec<Script>, away: SocketAddr, tls: Option<Arc<ServerConfig>>) -> Server {
    Server::serving(move |number, socket, seen| {
        let home = socket.local_addr().unwrap();
        socket.set_nodelay(true).unwrap();
        let mut script = scripts[number.min(scripts.len() - 1)].clone();
        let stream = match &tls {
            // Without TLS, or for a handshake without an answer.
            None => Stream::Plain(socket),
            Some(config) => match over_tls(socket, config) {
                Some(stream) => stream,
                None => return,
            },
        };
        if matches!(&stream, Stream::Tls(tls) if tls.conn.alpn_protocol() == Some(b"h2")) {
            script.insert(0, Act::Say(http2::SETTINGS.to_vec()));
        } else if script.iter().any(|act| matches!(act, Act::ReadFrames)) {
            script = answer(scenario::whole());
        }
        let connection = Connection { stream, seen, home, away, request: String::new() };
        // An error means that the client has gone.
        let _ = connection.act(script);
    })
}

/// Puts the addresses of the two servers into a text.
pub(crate) fn placed(text: &str, home: SocketAddr, away: SocketAddr) -> String {
    let addresses =
        [("{home}", home.to_string()), ("{port}", home.port().to_string()), ("{away}", away.to_string())];
    addresses.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The stream after a handshake, unless the client refuses it.
fn over_tls(mut socket: TcpStream, config: &Arc<ServerConfig>) -> Option<Stream> {
    let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let refused = connection.complete_io(&mut socket).is_err();
    (!refused).then(|| Stream::Tls(Box::new(StreamOwned::new(connection, socket))))
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

struct Connection<'seen> {
    stream: Stream,
    seen: &'seen Seen,
    home: SocketAddr,
    away: SocketAddr,
    request: String,
}

impl Connection<'_> {
    fn act(mut self, script: Script) -> io::Result<()> {
        for act in script {
            match act {
                Act::Read => self.read()?,
                Act::ReadFrames => {
                    http2::read_request(&mut self.stream)?;
                    self.seen.push(String::new());
                }
                Act::Say(bytes) => self.say(&self.placed(bytes))?,
                Act::SayEach(bytes) => bytes.chunks(1).try_for_each(|byte| self.say(byte))?,
                Act::Echo(echo) => self.say(&echo(&self.request))?,
                Act::Forever(bytes, pause) => loop {
                    self.say(bytes)?;
                    thread::sleep(pause);
                },
                Act::Pause(pause) => thread::sleep(pause),
                Act::Wait => drop(io::copy(&mut self.stream, &mut io::sink())),
                Act::Notify => self.notify()?,
                Act::Reset => {
                    reset(self.stream.into_socket())?;
                    self.seen.end();
                    return Ok(());
                }
            }
        }
        let mut socket = self.stream.into_socket();
        socket.shutdown(Shutdown::Write)?;
        self.seen.end();
        // Closing with unread bytes would reset the connection.
        io::copy(&mut socket, &mut io::sink()).map(drop)
    }

    fn read(&mut self) -> io::Result<()> {
        self.request = read_request(&mut self.stream);
        if self.request.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.seen.push(self.request.clone());
        Ok(())
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    fn placed(&self, bytes: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(bytes) {
            Ok(text) => placed(&text, self.home, self.away).into(),
            Err(binary) => binary.into_bytes(),
        }
    }

    fn notify(&mut self) -> io::Result<()> {
        if let Stream::Tls(tls) = &mut self.stream {
            tls.conn.send_close_notify();
        }
        self.stream.flush()
    }
}

impl Stream {
    fn into_socket(self) -> TcpStream {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(tls) => tls.sock,
        }
    }
}

/// std cannot reset a connection, tokio can.
pub(crate) fn reset(socket: TcpStream) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        #[allow(deprecated, reason = "for a lingering that blocks, which none at all does not")]
        tokio::net::TcpStream::from_std(socket)?.set_linger(Some(Duration::ZERO))
    })
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(buffer),
            Stream::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => socket.flush(),
            Stream::Tls(tls) => tls.flush(),
        }
    }
}
