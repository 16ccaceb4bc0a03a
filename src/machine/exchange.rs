//! One call: a request, its response, and what the endpoint makes of it.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::response::Parts;
use http::{HeaderMap, Response};

use super::{Event, Machine, Step};
use crate::endpoint::{BodyUse, Endpoint};
use crate::settings::Settings;
use crate::{Api, Error, ErrorKind, Limits, Timeouts};

/// One call of an endpoint.
///
/// ```text
///            Start            Head                    Body
///  Ready ───────────► Sent ─────────► Reading(head) ─────────► Ended: Done(output) or Err
///          Send        │      Read         │
///                      ├───────────────────┤
///                      │ Failed            │ Failed              ► Ended: Err
///                      │ Head, of a body that is not to be read  ► Ended: Done(output) or Err
/// ```
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
    state: State,
}

#[derive(Debug)]
enum State {
    Ready,
    Sent,
    Reading(Box<Parts>),
    Ended,
}

impl<E: Endpoint> Exchange<E> {
    /// A call with the default time-outs and limits.
    pub fn new(api: &Api, endpoint: E) -> Self {
        Exchange::with_settings(api, endpoint, Settings::default())
    }

    /// Sets how long the call may take.
    #[must_use]
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        Exchange { timeouts, ..self }
    }

    /// Sets how much of a body is read and kept.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Exchange { limits, ..self }
    }

    pub(crate) fn with_settings(api: &Api, endpoint: E, settings: Settings) -> Self {
        Exchange {
            api: api.clone(),
            timeouts: settings.timeouts.unwrap_or_else(|| endpoint.timeouts()),
            endpoint,
            limits: settings.limits,
            state: State::Ready,
        }
    }

    fn on_head(&mut self, head: Parts) -> Result<Step<E::Output>, Error> {
        let limit = match self.endpoint.body_use(head.status) {
            BodyUse::Whole => {
                if content_length(&head.headers).is_some_and(|length| length > self.limits.body as u64) {
                    return Err(self.over_limit(&head, &Bytes::new()));
                }
                self.limits.body
            }
            BodyUse::Start => self.limits.error_body,
            BodyUse::Unread => return self.finish(head, Bytes::new()),
        };
        self.state = State::Reading(Box::new(head));
        Ok(Step::Read { limit, timeouts: self.timeouts })
    }

    fn on_body(&self, head: Parts, bytes: Bytes, complete: bool) -> Result<Step<E::Output>, Error> {
        match self.endpoint.body_use(head.status) {
            BodyUse::Whole if !complete => Err(self.over_limit(&head, &bytes)),
            _ => self.finish(head, bytes),
        }
    }

    fn finish(&self, head: Parts, bytes: Bytes) -> Result<Step<E::Output>, Error> {
        match self.endpoint.parse(Response::from_parts(head, bytes.clone())) {
            Ok(output) => Ok(Step::Done(output)),
            Err(error) => Err(self.scrubbed(error, &bytes)),
        }
    }

    fn over_limit(&self, head: &Parts, bytes: &[u8]) -> Error {
        let error = Error::limit(format!("the body is over the limit of {} bytes", self.limits.body), None);
        self.scrubbed(
            error.at_endpoint(self.endpoint.name()).with_answer(head.status, &head.headers, bytes),
            bytes,
        )
    }

    fn scrubbed(&self, error: Error, body: &[u8]) -> Error {
        error.scrubbed(&self.api.scrubber(), body, self.limits.kept_body)
    }
}

impl<E: Endpoint> Machine for Exchange<E> {
    type Output = E::Output;

    fn step(&mut self, _now: Duration, event: Event) -> Result<Step<E::Output>, Error> {
        match (std::mem::replace(&mut self.state, State::Ended), event) {
            (State::Ready, Event::Start) => {
                self.state = State::Sent;
                Ok(Step::Send { request: self.endpoint.request(&self.api), timeouts: self.timeouts })
            }
            (State::Sent, Event::Head(head)) => self.on_head(head),
            (State::Reading(head), Event::Body { bytes, complete }) => self.on_body(*head, bytes, complete),
            (State::Sent, Event::Failed(failure)) => {
                Err(Error::from_failure(failure).at_endpoint(self.endpoint.name()))
            }
            (State::Reading(head), Event::Failed(failure)) => {
                let error = Error::from_failure(failure).at_endpoint(self.endpoint.name());
                Err(self.scrubbed(error.with_answer(head.status, &head.headers, &[]), &[]))
            }
            _ => Err(Error::new(
                ErrorKind::Misuse,
                "an exchange was told what cannot have happened in its state",
            )
            .at_endpoint(self.endpoint.name())),
        }
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
