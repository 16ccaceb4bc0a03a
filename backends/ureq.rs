//! A backend over `ureq` 3: blocking, without an async runtime.

mod connect;

use std::fmt;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use ::ureq::config::{AutoHeaderValue, ConfigBuilder};
use ::ureq::typestate::AgentScope;
use ::ureq::{Agent, BodyReader, Error as E};
use bytes::Bytes;
use http::{Request, Response};

use self::connect::{ConnectFailed, Marking};
#[cfg(feature = "rustls")]
use super::tls::Roots;
use super::{NO_TLS, clock};
use crate::{BlockingBackend, Error, Timeouts, TransportError, TransportErrorKind};

type Builder = ConfigBuilder<AgentScope>;

/// A backend over a [`ureq::Agent`]. Cheap to clone; clones share connections.
///
/// It speaks HTTP/1.1 and adds no header of its own.
///
/// ureq keeps the [`Timeouts`] phase by phase. `connect` bounds the lookup of the name, and then connecting. `head` bounds
/// sending the request, and then the wait for the head. `stall` bounds each read from the connection, also of the head: if it
/// is shorter than `head`, a silent server is noticed after `stall`.
///
/// A server that stops reading a large request can hold ureq for longer. A write of up to 128 KiB waits for the time that is
/// left, and starts to wait anew after each part that got through. The call ends after at most twice the shorter of `head` and
/// `total`, or later if the server reads in drips. A smaller `output_buffer_size` narrows that.
///
/// ureq treats a body without a declared length as complete when the connection closes, even if the connection broke. Then
/// only the JSON document tells whether it is whole.
///
/// A response may have 128 headers, and a head of 64 KiB unless [`configure`](Self::configure) sets another
/// `max_response_header_size`. More is an error of the kind [`Backend`](crate::ErrorKind::Backend), which is not retried.
///
/// **ureq logs every byte that it sends and receives at the level TRACE**, the keys included, through the crate `log` with
/// the target `ureq_proto`. This crate cannot prevent it. If your logger is set to TRACE, keep that target out, as with
/// `RUST_LOG=trace,ureq_proto=debug`.
///
/// ```
/// use useartisan::backends::ureq::Ureq;
/// use useartisan::{Api, Client, Credentials};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let client = Client::new(api, Ureq::new()?);
/// # fn demo(client: Client<Ureq>) -> Result<(), useartisan::Error> {
/// let apps = client.list_apps().send_blocking()?;
/// # Ok(()) }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ureq(Agent);

impl Ureq {
    /// Makes an agent with the default settings. With the feature `rustls`, it trusts Mozilla's roots.
    ///
    /// # Errors
    /// None at present: ureq sets itself up when it first connects.
    pub fn new() -> Result<Self, Error> {
        Ureq::configure(|builder| builder)
    }

    /// Makes an agent that trusts these roots alone.
    ///
    /// ```
    /// use useartisan::backends::{tls::Roots, ureq::Ureq};
    ///
    /// let backend = Ureq::with_roots(&Roots::mozilla())?; // or a company's own
    /// # let _ = backend;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn with_roots(roots: &Roots) -> Result<Self, Error> {
        Ureq::configure(|builder| builder.tls_config(roots.for_ureq()))
    }

    /// Makes an agent with your own settings, such as a proxy, sizes of buffers or a client certificate.
    ///
    /// Redirects, errors for a status and headers of ureq's own are turned off after `configure` has run. The time-outs are
    /// those of each request. A proxy is used only if it is set here.
    ///
    /// ```
    /// use useartisan::backends::ureq::Ureq;
    ///
    /// Ureq::configure(|builder| builder.max_idle_connections(1))?;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn configure(configure: impl FnOnce(Builder) -> Builder) -> Result<Self, Error> {
        let builder = Agent::config_builder().proxy(None);
        #[cfg(feature = "rustls")]
        let builder = builder.tls_config(Roots::default().for_ureq());
        let config = configure(builder)
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .build();
        Ok(Ureq(Agent::with_parts(config, Marking::connector(), Marking::resolver())))
    }

    /// The request with its time-outs.
    fn timed<B: ::ureq::AsSendBody>(&self, request: Request<B>, timeouts: &Timeouts) -> Request<B> {
        // ureq adds to the clock what it is given; what the clock does not reach is no time-out.
        let within_reach = |after| Instant::now().checked_add(after).map(|_| after);
        let Timeouts { connect, head, stall, total, .. } = *timeouts;
        self.0
            .configure_request(request)
            .timeout_resolve(within_reach(connect))
            .timeout_connect(within_reach(connect))
            .timeout_send_request(within_reach(head))
            .timeout_send_body(within_reach(head))
            .timeout_recv_response(within_reach(head))
            .timeout_per_read(within_reach(stall))
            .timeout_global(within_reach(total))
            .build()
    }
}

impl BlockingBackend for Ureq {
    type Body = UreqBody;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<UreqBody>, TransportError> {
        // For an empty slice ureq sends a length of zero, which a GET does not have.
        let response = match request.body().is_empty() && request.method().is_safe() {
            true => self.0.run(self.timed(request.map(drop), timeouts)),
            false => self.0.run(self.timed(request.map(Vec::from), timeouts)),
        };
        Ok(response.map_err(failure)?.map(|body| UreqBody(body.into_reader())))
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    fn now(&self) -> Duration {
        clock::now()
    }

    fn seed(&self) -> u64 {
        clock::seed()
    }
}

/// The body of a response of [`Ureq`]; its errors hold a [`TransportError`].
///
/// ```
/// use useartisan::backends::ureq::{Ureq, UreqBody};
/// use useartisan::{BlockingDownload, Client, Error, JobId};
///
/// /// The type of what is read, where it must be named.
/// fn open(client: &Client<Ureq>, job: &JobId) -> Result<BlockingDownload<UreqBody>, Error> {
///     client.download_job(job).open_blocking()
/// }
/// # let _ = open;
/// ```
pub struct UreqBody(BodyReader<'static>);

impl Read for UreqBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => failure(error.into()).into(),
        })
    }
}

impl fmt::Debug for UreqBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqBody").finish_non_exhaustive()
    }
}

/// Only what failed before there was a connection is not sent: what the marks tell, and a URL that ureq refuses.
fn failure(error: E) -> TransportError {
    let kind = match error {
        E::Other(cause) => {
            return match cause.downcast::<ConnectFailed>() {
                Ok(failed) => TransportError::not_sent(unwrapped(failed.0)),
                Err(cause) => TransportError::interrupted(E::Other(cause)),
            };
        }
        E::BadUri(_) | E::RequireHttpsOnly(_) => TransportErrorKind::NotSent,
        E::Timeout(_) => TransportErrorKind::TimedOut,
        // The server answered, and would answer the same again. What it said of the request is unknown.
        _ if is_too_large(&error) => {
            let bounds = "the head of the response is over ureq's bounds: 128 headers and by default 64 KiB";
            return TransportError::new(TransportErrorKind::Other, bounds);
        }
        _ => TransportErrorKind::Interrupted,
    };
    TransportError::new(kind, unwrapped(error))
}

/// The error of the system, where ureq only wraps it.
fn unwrapped(error: E) -> Box<dyn std::error::Error + Send + Sync> {
    match error {
        E::Io(error) => error.into(),
        E::TlsRequired => NO_TLS.into(),
        error => error.into(),
    }
}

/// Whether ureq gave up a response for the size of its head. The type of `Protocol` is not public, but its text tells.
fn is_too_large(error: &E) -> bool {
    match error {
        E::LargeResponseHeader(..) => true,
        E::Protocol(error) => error.to_string().contains("too many headers"),
        _ => false,
    }
}
