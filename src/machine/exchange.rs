//! One call: a request, its response, and what the endpoint makes of it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use http::{Response, StatusCode};

use super::redirect::Hops;
use super::retry::Attempts;
use super::{Event, Head, Machine, Step};
use crate::endpoint::{BodyUse, Endpoint};
use crate::settings::Settings;
use crate::{Api, Error, Limits, Timeouts, trace};

/// One call of an endpoint, with its retries.
///
/// ```text
///           Start          Head                  Body
///  Ready ──────────► Sent ───────► Reading(head) ──────► Ended: Done(output) or Err
///          Send      ▲ │ │  Read         │
///                    │ │ └───────────────┤
///           Woke,    │ │ Head of what    │ Failed, or an answer that may be repeated
///           Send     │ │ is not read     ▼
///                    │ │           Waiting(error) ──────► Ended: Err, where no attempt or no time is left
///                    │ │ Sleep           │
///                    ├─┼─────────────────┘
///                    └─┤ Head of a redirect that is followed: Send
///                      ▼
///                     Ended: Done(output) or Err
/// ```
///
/// A download ends with its head. Where whoever reads its body hands nothing of it out before the end, as
/// [`Call::save`](crate::Call::save) does, a body that breaks off is one more attempt that failed: then it goes on
/// as it does from `Failed`.
///
/// What is sent again, and when, is the [`Retry`](crate::Retry) policy's to say; the jitter of its waits comes from the
/// seed in its [`Settings`].
///
/// Driven by hand, with no backend:
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Exchange, Machine, Step};
/// use useartisan::{Api, Credentials, ListApps};
///
/// let api = Api::new(Credentials::new("public", "secret")?);
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
#[derive(Debug)]
pub struct Exchange<E> {
    api: Api,
    endpoint: E,
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
    /// What the last attempt came to.
    Waiting(Error),
    Ended,
}

impl<E: Endpoint> Exchange<E> {
    /// A call with the default time-outs, limits and retries.
    pub fn new(api: &Api, endpoint: E) -> Self {
        Exchange::with_settings(api, endpoint, Settings::default())
    }

    /// Sets how long it may take, how much is read, how often it is tried, and what jitter is drawn from.
    ///
    /// ```
    /// use useartisan::machine::{Exchange, Settings};
    /// use useartisan::{Api, Credentials, ListApps, Retry};
    ///
    /// let api = Api::new(Credentials::new("public", "secret")?);
    /// let settings = Settings::new().retry(Retry::none()).seed(7);
    /// let exchange = Exchange::new(&api, ListApps::new()).settings(settings);
    /// # let _ = exchange;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Exchange::with_settings(&self.api, self.endpoint, settings)
    }

    pub(crate) fn with_settings(api: &Api, endpoint: E, settings: Settings) -> Self {
        let timeouts = match endpoint.body_use(StatusCode::OK) {
            BodyUse::Unread => settings.download_timeouts,
            BodyUse::Whole | BodyUse::Start => settings.timeouts,
        };
        Exchange {
            api: api.clone(),
            timeouts: timeouts.unwrap_or_else(|| endpoint.timeouts()),
            endpoint,
            limits: settings.limits,
            attempts: Attempts::new(settings.retry, settings.seed),
            idempotent: false,
            hops: None,
            state: State::Ready,
            trace: trace::Call::not_begun(),
        }
    }

    /// Goes on after its end, where the body that it left to the caller came to this `error`, and the caller has
    /// handed nothing of it out: as after any attempt that failed.
    pub(crate) fn again(&mut self, now: Duration, error: Error) -> Result<Step<E::Output>, Error> {
        self.attempts.tell(now);
        self.wait(error)
    }

    /// The end of it by an `error` that is none of the exchange's, with what all attempts came to.
    pub(crate) fn ended(&mut self, now: Duration, error: Error) -> Error {
        self.attempts.tell(now);
        self.give_up(error)
    }

    fn send(&mut self) -> Step<E::Output> {
        let request = self.endpoint.request(&self.api);
        self.attempts.begin();
        self.idempotent = request.method().is_idempotent();
        self.hops = self.endpoint.follows_redirects().then(|| Hops::from(&request));
        self.state = State::Sent;
        Step::Send { request, timeouts: self.attempt_timeouts() }
    }

    /// What is left of the attempt's time: of what it may take, and of what all attempts may. A body that is not read
    /// here is not bound by the latter.
    fn attempt_timeouts(&self) -> Timeouts {
        let (left, spent) = (self.attempts.left(), self.attempts.spent());
        let Timeouts { connect, head, total, .. } = self.timeouts;
        let timeouts = self
            .timeouts
            .with_connect(connect.min(left))
            .with_head(head.saturating_sub(spent).min(left))
            .with_total(total.saturating_sub(spent));
        match self.endpoint.body_use(StatusCode::OK) {
            BodyUse::Unread => timeouts,
            BodyUse::Whole | BodyUse::Start => timeouts.with_total(timeouts.total.min(left)),
        }
    }

    fn on_head(&mut self, head: Parts) -> Result<Step<E::Output>, Error> {
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
        let limit = match self.endpoint.body_use(head.status) {
            BodyUse::Whole => {
                if crate::download::content_length(&head.headers)
                    .is_some_and(|length| length > self.limits.body as u64)
                {
                    return self.wait(self.over_limit(&head, &[]));
                }
                self.limits.body
            }
            BodyUse::Start => self.limits.error_body,
            BodyUse::Unread => return self.finish(head, Bytes::new()),
        };
        self.state = State::Reading(head);
        Ok(Step::Read { limit, timeouts: self.attempt_timeouts() })
    }

    fn on_body(&mut self, head: Parts, bytes: Bytes, complete: bool) -> Result<Step<E::Output>, Error> {
        match self.endpoint.body_use(head.status) {
            BodyUse::Whole if !complete => self.wait(self.over_limit(&head, &bytes)),
            _ => self.finish(head, bytes),
        }
    }

    fn finish(&mut self, head: Parts, bytes: Bytes) -> Result<Step<E::Output>, Error> {
        let status = head.status;
        match self.endpoint.parse(Response::from_parts(head, bytes.as_ref())) {
            Ok(output) => {
                self.trace.done(self.attempts.made(), self.attempts.elapsed(), status);
                Ok(Step::Done(output))
            }
            Err(error) => {
                let error = self.scrubbed(error, &bytes);
                self.wait(error)
            }
        }
    }

    /// Waits for the next attempt, if there is to be one after this error.
    fn wait(&mut self, error: Error) -> Result<Step<E::Output>, Error> {
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
        let error = self.attempts.ended(error);
        self.trace.failed(&error);
        error
    }

    fn over_limit(&self, head: &Parts, bytes: &[u8]) -> Error {
        let message = format!("the body is over the limit of {} bytes", self.limits.body);
        self.about(Error::limit(message, None), head, bytes)
    }

    fn about(&self, error: Error, head: &Parts, body: &[u8]) -> Error {
        let error = error.at_endpoint(self.endpoint.name()).with_answer(head.status, &head.headers, body);
        self.scrubbed(error, body)
    }

    fn scrubbed(&self, error: Error, body: &[u8]) -> Error {
        error.scrubbed(self.api.scrubber(), body, self.limits.kept_body)
    }
}

impl<E: Endpoint> Machine for Exchange<E> {
    type Output = E::Output;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<E::Output>, Error> {
        self.attempts.tell(now);
        match (std::mem::replace(&mut self.state, State::Ended), event) {
            (State::Ready, Event::Start) => {
                self.trace = trace::Call::begin(self.endpoint.name());
                Ok(self.send())
            }
            (State::Sent, Event::Head(head)) => self.on_head(head),
            (State::Reading(head), Event::Body { bytes, complete }) => self.on_body(head, bytes, complete),
            (State::Sent, Event::Failed(failure)) => {
                self.wait(Error::from_failure(failure).at_endpoint(self.endpoint.name()))
            }
            // Of a failure, the status tells more than what became of its body.
            (State::Reading(head), Event::Failed(failure))
                if self.endpoint.body_use(head.status) == BodyUse::Start =>
            {
                match self.endpoint.parse(Response::from_parts(head, Bytes::new())) {
                    Ok(output) => Ok(Step::Done(output)),
                    Err(error) => self.wait(self.scrubbed(error.cut_off(), &[]).with_source(failure)),
                }
            }
            (State::Reading(head), Event::Failed(failure)) => {
                let error = self.about(Error::from_failure(failure), &head, &[]);
                self.wait(error)
            }
            (State::Waiting(error), Event::Woke) if self.attempts.left().is_zero() => {
                Err(self.give_up(error))
            }
            (State::Waiting(_), Event::Woke) => Ok(self.send()),
            _ => Err(Error::misuse("an exchange").at_endpoint(self.endpoint.name())),
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Ready => f.write_str("Ready"),
            State::Sent => f.write_str("Sent"),
            State::Reading(head) => f.debug_tuple("Reading").field(&Head(head)).finish(),
            State::Waiting(error) => f.debug_tuple("Waiting").field(error).finish(),
            State::Ended => f.write_str("Ended"),
        }
    }
}
