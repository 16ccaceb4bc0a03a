//! One call with its retries.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use http::{Response, StatusCode};

use super::attempts::Attempts;
use super::form::{Body, Form};
use super::redirect::Hops;
use super::{Event, Head, Machine, Step};
use crate::api::Api;
use crate::endpoint::Endpoint;
use crate::error::{Error, Sent};
use crate::machine::trace;
use crate::options::CallOptions;
use crate::options::{Limits, Timeouts};
use crate::transport_error::TransportError;

/// One call of an endpoint, with its retries.
///
/// ```text
///           Start          Head                  Body
///  Ready ──────────► Sent ───────► Reading(head) ──────► Ended: Done(output) or Err
///          Send      ▲ │ │  Read         │
///                    │ │ └───────────────┤
///           Woke,    │ │ Head of what    │ Failed, or an answer that may be repeated
///           Send     │ │ is not read     ▼
///                    │ │           Waiting(error) ──────► Ended: Err, if no attempt or no time is left
///                    │ │ Sleep        ▲  │
///                    ├─┼──────────────│──┘
///                    ├─┘ Head of a    │
///                    │   redirect:    │ Failed
///                    │   Send         │
///                    └─► Open(head): Done(head), the body left to the caller
/// ```
///
/// [`open`](Self::open) makes an exchange that leaves the body of a success to the caller. If you drive it by hand, and the
/// body breaks off before you used any of it, pass [`Event::Failed`], and the exchange starts again.
///
/// The [`Retry`](crate::Retry) policy says what is sent again, and when. The seed in the [`CallOptions`] gives the jitter of the
/// waits. A POST that may have been acted upon is not sent again, and ends in
/// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown).
///
/// Driven by hand, with no backend:
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Exchange, Machine, Step};
/// use useartisan::{Api, Credentials, ListApps};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let mut exchange = Exchange::new(&api, ListApps::new());
///
/// let Step::Send { request, .. } = exchange.step(Duration::ZERO, Event::Start)? else { panic!() };
/// assert_eq!(request.uri().path(), "/public/api/apps");
///
/// let (head, body) = http::Response::new(r#"{"apps":[{"id":"5550dd57","name":"Demo"}]}"#).into_parts();
/// let Step::Read { limit, .. } = exchange.step(Duration::ZERO, Event::Head(head))? else { panic!() };
/// assert!(body.len() <= limit);
///
/// let body = Event::Body { bytes: body.into(), complete: true };
/// let Step::Done(apps) = exchange.step(Duration::from_millis(80), body)? else { panic!() };
/// assert_eq!(apps[0].name(), "Demo");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[must_use = "a machine does nothing until it is driven"]
pub struct Exchange<E: Endpoint, T = <E as Endpoint>::Output> {
    api: Api,
    endpoint: E,
    form: Form<E, T>,
    timeouts: Timeouts,
    limits: Limits,
    attempts: Attempts,
    idempotent: bool,
    hops: Option<Hops>,
    state: State,
    trace: trace::Call,
}

enum State {
    Ready,
    Sent,
    Reading(Parts),
    /// Done, with the body left to the caller.
    Open(Parts),
    /// Before another attempt, with the error of the last one.
    Waiting(Error),
    Ended,
}

impl<E: Endpoint> Exchange<E> {
    /// Makes an exchange with the default options.
    pub fn new(api: &Api, endpoint: E) -> Self {
        Exchange::with_form(api, endpoint, Form::parsed())
    }
}

impl<E: Endpoint> Exchange<E, Parts> {
    /// Makes an exchange that is done as soon as a head with the status 200 has arrived, and leaves the body unread. It is for
    /// a download, whose result may have gigabytes.
    ///
    /// Its time-outs are those of a download: [`Timeouts::for_download`], unless the options say otherwise.
    ///
    /// ```
    /// use std::time::Duration;
    /// use useartisan::machine::{Event, Exchange, Machine, Step};
    /// use useartisan::{Api, Credentials, DownloadJob, JobId};
    ///
    /// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
    /// let mut exchange = Exchange::open(&api, DownloadJob::new(JobId::new("5584566b")?));
    /// let Step::Send { .. } = exchange.step(Duration::ZERO, Event::Start)? else { panic!() };
    /// let (head, ()) = http::Response::new(()).into_parts();
    /// let Step::Done(head) = exchange.step(Duration::ZERO, Event::Head(head))? else { panic!() };
    /// assert_eq!(head.status, 200);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn open(api: &Api, endpoint: E) -> Self {
        Exchange::with_form(api, endpoint, Form::opened())
    }
}

impl<E: Endpoint> Exchange<E, Response<Bytes>> {
    /// Makes an exchange that returns the response as it came, whatever its status.
    pub(crate) fn raw(api: &Api, endpoint: E) -> Self {
        Exchange::with_form(api, endpoint, Form::raw())
    }
}

impl<E: Endpoint, T> Exchange<E, T> {
    fn with_form(api: &Api, endpoint: E, form: Form<E, T>) -> Self {
        let timeouts = match form.body {
            Body::Left => Timeouts::for_download(),
            Body::Parsed | Body::Raw => endpoint.timeouts(),
        };
        Exchange {
            api: api.clone(),
            endpoint,
            form,
            timeouts,
            limits: Limits::default(),
            attempts: Attempts::default(),
            idempotent: false,
            hops: None,
            state: State::Ready,
            trace: trace::Call::not_begun(),
        }
    }

    /// Sets the time-outs, limits, retries and the seed of the jitter. Those that `options` doesn't set stay as they were.
    ///
    /// ```
    /// use useartisan::machine::Exchange;
    /// use useartisan::{Api, CallOptions, Credentials, ListApps, Retry};
    ///
    /// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
    /// let options = CallOptions::default().with_retry(Retry::none()).with_seed(7);
    /// let exchange = Exchange::new(&api, ListApps::new()).options(options);
    /// # let _ = exchange;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn options(self, options: impl Into<CallOptions>) -> Self {
        self.with_options(&CallOptions::default().with_call(options.into()))
    }

    /// The same with options that a client or another machine has merged.
    pub(crate) fn with_options(mut self, options: &CallOptions) -> Self {
        let timeouts = match self.form.body {
            Body::Left => options.download_timeouts,
            Body::Parsed | Body::Raw => options.timeouts,
        };
        self.timeouts = timeouts.unwrap_or(self.timeouts);
        self.limits = options.limits.map_or(self.limits, Limits::in_memory);
        self.attempts.set(options.retry, options.seed);
        self
    }

    /// Ends the call with an error of the caller's, and adds its attempts and their time.
    pub(crate) fn ended(&mut self, now: Duration, error: Error) -> Error {
        self.attempts.tell(now);
        self.give_up(error)
    }

    fn send(&mut self) -> Step<T> {
        let request = self.endpoint.request(&self.api);
        self.attempts.begin();
        self.idempotent = request.method().is_idempotent();
        let follows = self.form.body != Body::Raw && self.endpoint.follows_redirects();
        self.hops = follows.then(|| Hops::from(&request));
        self.state = State::Sent;
        Step::Send { request, timeouts: self.attempt_timeouts() }
    }

    /// The time left for this attempt. The deadline of all attempts does not bound a body that the caller reads.
    fn attempt_timeouts(&self) -> Timeouts {
        let (left, spent) = (self.attempts.left(), self.attempts.spent());
        let Timeouts { connect, head, total, .. } = self.timeouts;
        let timeouts = self
            .timeouts
            .with_connect(connect.min(left))
            .with_head(head.saturating_sub(spent).min(left))
            .with_total(total.saturating_sub(spent));
        match self.form.body {
            Body::Left => timeouts,
            Body::Parsed | Body::Raw => timeouts.with_total(timeouts.total.min(left)),
        }
    }

    fn on_head(&mut self, head: Parts) -> Result<Step<T>, Error> {
        if let Some(hops) = self.hops.as_mut().filter(|_| Hops::is_redirect(head.status)) {
            let followed = hops.follow(&self.api, &self.endpoint.request(&self.api), &head);
            return match followed {
                Ok(request) => {
                    self.state = State::Sent;
                    Ok(Step::Send { request, timeouts: self.attempt_timeouts() })
                }
                Err(error) => self.wait(self.about(error, &head, &[])),
            };
        }
        let limit = if self.form.body == Body::Left && head.status == StatusCode::OK {
            let kept = without_extensions(&head);
            let step = self.finish(head, Bytes::new(), true);
            if matches!(step, Ok(Step::Done(_))) {
                self.state = State::Open(kept);
            }
            return step;
        } else if self.form.reads_whole(head.status) {
            if crate::headers::content_length(&head.headers)
                .is_some_and(|length| length > self.limits.body as u64)
            {
                return self.wait(self.over_limit(&head, &[]));
            }
            self.limits.body
        } else {
            self.limits.error_body
        };
        self.state = State::Reading(head);
        Ok(Step::Read { limit, timeouts: self.attempt_timeouts() })
    }

    fn on_body(&mut self, head: Parts, bytes: Bytes, complete: bool) -> Result<Step<T>, Error> {
        match self.form.reads_whole(head.status) && !complete {
            true => self.wait(self.over_limit(&head, &bytes)),
            false => self.finish(head, bytes, complete),
        }
    }

    fn finish(&mut self, head: Parts, bytes: Bytes, complete: bool) -> Result<Step<T>, Error> {
        let status = head.status;
        match (self.form.finish)(&self.endpoint, Response::from_parts(head, &bytes)) {
            // The answer to a POST has the id of a job, which later goes into URLs and messages.
            Ok(_) if self.must_hold_no_key() && self.api.keys().are_in(&bytes) => {
                let error = Error::decode("the answer holds a key, where the id of a job was expected", None);
                self.wait(error.at_endpoint(self.endpoint.name()).after_answer(status))
            }
            Ok(output) => {
                self.trace.done(self.attempts.made(), self.attempts.elapsed(), status);
                Ok(Step::Done(output))
            }
            Err(error) => {
                self.wait(error.after_answer(status).keeping(&bytes, complete, self.limits.kept_body))
            }
        }
    }

    fn must_hold_no_key(&self) -> bool {
        !self.idempotent && self.form.body == Body::Parsed
    }

    /// The body broke off while it was read here.
    fn on_cut(&mut self, head: Parts, failure: TransportError) -> Result<Step<T>, Error> {
        if self.form.reads_whole(head.status) {
            return self.wait(self.about(Error::from_failure(failure), &head, &[]));
        }
        // The status of a failure says more than an error of reading its body.
        let status = head.status;
        match (self.form.finish)(&self.endpoint, Response::from_parts(head, &Bytes::new())) {
            Ok(output) => {
                self.trace.done(self.attempts.made(), self.attempts.elapsed(), status);
                Ok(Step::Done(output))
            }
            Err(error) => self.wait(error.cut_off().with_source(failure)),
        }
    }

    /// Waits for the next attempt after this error, or ends with it.
    fn wait(&mut self, error: Error) -> Result<Step<T>, Error> {
        match self.attempts.after(error, self.idempotent) {
            Ok((wait, error)) => {
                self.trace.retry(self.attempts.made(), wait, &error);
                self.state = State::Waiting(error);
                Ok(Step::Sleep(wait))
            }
            Err(error) => Err(self.give_up(error)),
        }
    }

    fn give_up(&self, error: Error) -> Error {
        let error = self.attempts.ended(error).without(self.api.keys());
        let error = match error.sent() {
            Sent::Maybe if !self.idempotent => error.outcome_unknown(),
            _ => error,
        };
        self.trace.failed(&error);
        error
    }

    fn over_limit(&self, head: &Parts, bytes: &[u8]) -> Error {
        let message = format!("the body is over the limit of {} bytes", self.limits.body);
        self.about(Error::limit(message, None), head, bytes)
    }

    fn about(&self, error: Error, head: &Parts, body: &[u8]) -> Error {
        let error = error.at_endpoint(self.endpoint.name()).with_answer(head.status, &head.headers, body);
        // The body may have been cut by a limit.
        error.keeping(body, false, self.limits.kept_body)
    }
}

/// The head without its extensions. They are the backend's, and cloning one may panic, as isahc's does.
fn without_extensions(head: &Parts) -> Parts {
    let (mut kept, ()) = Response::new(()).into_parts();
    (kept.status, kept.headers) = (head.status, head.headers.clone());
    kept
}

impl<E: Endpoint, T> Machine for Exchange<E, T> {
    type Output = T;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<T>, Error> {
        self.attempts.tell(now);
        match (std::mem::replace(&mut self.state, State::Ended), event) {
            (State::Ready, Event::Start) => {
                self.trace = trace::Call::begin(self.endpoint.name());
                Ok(self.send())
            }
            (State::Sent, Event::Head(head)) => self.on_head(head),
            (State::Reading(head), Event::Body { bytes, complete }) => self.on_body(head, bytes, complete),
            (State::Sent, Event::Failed(failure)) => {
                let error = Error::from_failure(failure).at_endpoint(self.endpoint.name());
                // After a redirect only the next hop failed: the request itself was answered.
                let hopped = self.hops.as_ref().is_some_and(Hops::have_begun);
                self.wait(if hopped { error.while_answered() } else { error })
            }
            (State::Reading(head), Event::Failed(failure)) => self.on_cut(head, failure),
            (State::Open(head), Event::Failed(failure)) => {
                self.wait(self.about(Error::from_failure(failure), &head, &[]).while_answered())
            }
            (State::Waiting(error), Event::Woke) if self.attempts.left().is_zero() => {
                Err(self.give_up(error))
            }
            (State::Waiting(_), Event::Woke) => Ok(self.send()),
            _ => Err(Error::misuse("an exchange").at_endpoint(self.endpoint.name())),
        }
    }
}

impl<E: Endpoint + fmt::Debug, T> fmt::Debug for Exchange<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("endpoint", &self.endpoint)
            .field("timeouts", &self.timeouts)
            .field("limits", &self.limits)
            .field("attempts", &self.attempts)
            .field("hops", &self.hops)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Ready => f.write_str("Ready"),
            State::Sent => f.write_str("Sent"),
            State::Reading(head) => f.debug_tuple("Reading").field(&Head(head)).finish(),
            State::Open(head) => f.debug_tuple("Open").field(&Head(head)).finish(),
            State::Waiting(error) => f.debug_tuple("Waiting").field(error).finish(),
            State::Ended => f.write_str("Ended"),
        }
    }
}
