//! How this crate makes its errors, and what it adds to them later.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Answer, Error, ErrorKind, KEPT_BODY, Keys, Message, Position, Sent};
use crate::error::{Says, Verdict};
use crate::transport_error::{TransportError, TransportErrorKind};

impl Error {
    /// A refused argument. `field` names it, and `reason` is the rule it breaks.
    pub(crate) fn invalid(field: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Error::new(ErrorKind::InvalidInput, format!("{field} {reason}"))
    }

    /// A body that is not what was expected.
    pub(crate) fn decode(reason: impl Into<Cow<'static, str>>, at: Option<Position>) -> Self {
        let mut error = Error::new(ErrorKind::UnexpectedBody, reason);
        error.0.position = at;
        error.0.sent = Sent::Answered;
        error
    }

    /// An exceeded limit. `limit` names it with its value.
    pub(crate) fn limit(limit: impl Into<Cow<'static, str>>, at: Option<Position>) -> Self {
        let mut error = Error::decode(limit, at);
        error.0.kind = ErrorKind::Limit;
        error
    }

    /// The call failed, as its status or its body says.
    pub(crate) fn rejected(says: Says, reason: Option<String>) -> Self {
        let mut error = Error::new(ErrorKind::Rejected, "the call was refused");
        error.0.says = says;
        error.0.api_message = reason.map(Message::new);
        error.0.sent = Sent::Answered;
        error
    }

    /// What a backend reports.
    pub(crate) fn from_failure(failure: TransportError) -> Self {
        let (kind, sent) = match failure.kind() {
            TransportErrorKind::NotSent => (ErrorKind::Transport, Sent::No),
            TransportErrorKind::Interrupted => (ErrorKind::Transport, Sent::Maybe),
            TransportErrorKind::TimedOut => (ErrorKind::TimedOut, Sent::Maybe),
            TransportErrorKind::Other => (ErrorKind::Backend, Sent::Maybe),
        };
        let mut error = Error::new(kind, failure.kind().message());
        error.0.sent = sent;
        error.0.source = failure.into_source();
        error
    }

    /// A machine received an event that is invalid in its state.
    pub(crate) fn misuse(machine: &str) -> Self {
        let message = format!("{machine} received an event that is invalid in this state");
        let mut error = Error::new(ErrorKind::Misuse, message);
        // The fate of the request is not known any more.
        error.0.sent = Sent::Maybe;
        error
    }

    /// Changes the kind and the message.
    pub(crate) fn retold(mut self, kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        (self.0.kind, self.0.message) = (kind, message.into());
        self
    }

    /// Adds the subject, unless there is one.
    pub(crate) fn about(mut self, subject: impl Any + Send + Sync) -> Self {
        self.0.subject.get_or_insert_with(|| Box::new(subject));
        self
    }

    /// The subject, if it has this type.
    pub(crate) fn subject<T: Any>(&self) -> Option<&T> {
        self.0.subject.as_ref()?.downcast_ref()
    }

    /// The request may have been acted upon, and must not be sent again.
    pub(crate) fn outcome_unknown(mut self) -> Self {
        self.0.kind = ErrorKind::OutcomeUnknown;
        self.0.message =
            format!("the outcome is unknown, so it is not sent again ({})", self.0.message).into();
        self
    }

    /// The error of a download that can't start again, because so many bytes of it were returned.
    pub(crate) fn not_started_again(mut self, handed_out: u64) -> Self {
        self.0.message = format!(
            "{} after {handed_out} bytes of the result were handed out; it is not started again",
            self.0.message
        )
        .into();
        self
    }

    pub(crate) fn after_attempts(mut self, attempts: u32, elapsed: Duration, sent: Sent) -> Self {
        (self.0.attempts, self.0.elapsed, self.0.sent) = (attempts, elapsed, sent);
        self
    }

    /// An error of a body, of any type.
    pub(crate) fn from_cause(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        match cause.into().downcast::<Error>() {
            Ok(error) => *error,
            Err(cause) => Error::from_failure(match cause.downcast::<TransportError>() {
                Ok(failure) => *failure,
                Err(cause) => TransportError::interrupted(cause),
            }),
        }
    }

    /// An error of a reader. An [`Error`] inside is taken out again.
    pub(crate) fn from_io(error: io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(error) => error,
            Err(error) => Error::from_failure(error.into()),
        }
    }

    pub(crate) fn at_endpoint(mut self, name: &'static str) -> Self {
        self.0.endpoint = Some(name);
        self
    }

    /// Adds the response that the error is about.
    pub(crate) fn with_answer(mut self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        self.0.answer = Some(Answer {
            status,
            verdict: self.judge(status),
            headers: headers.clone(),
            body: Bytes::new(),
            body_len: body.len(),
            is_cut: false,
        });
        self.keeping(body, true, KEPT_BODY)
    }

    /// Notes that a response with this status had arrived. An error that doesn't keep the response knows nothing of the request.
    pub(crate) fn after_answer(mut self, status: StatusCode) -> Self {
        if self.0.answer.is_none() {
            self.0.sent = Verdict::of(status, self.0.says).sent();
        }
        self
    }

    /// Notes that a request of the call was answered, whatever followed.
    pub(crate) fn after_an_answer(mut self) -> Self {
        self.0.sent = self.0.sent.max(Sent::Answered);
        self
    }

    /// Notes that the service had answered, and that the error came while its body was read.
    pub(crate) fn while_answered(mut self) -> Self {
        self.0.sent = Sent::Answered;
        self
    }

    /// Notes that the answer broke off, so that what it says is unknown.
    pub(crate) fn cut_off(mut self) -> Self {
        self.0.says = Says::Nothing;
        if let Some(status) = self.status() {
            let verdict = self.judge(status);
            self.0.answer.iter_mut().for_each(|answer| answer.verdict = verdict);
        }
        self
    }

    /// Adds the verdict on an answer with this status, and its consequences.
    fn judge(&mut self, status: StatusCode) -> Verdict {
        let verdict = Verdict::of(status, self.0.says);
        self.0.sent = verdict.sent();
        if matches!(self.0.kind, ErrorKind::Rejected | ErrorKind::NotFound | ErrorKind::AccessDenied) {
            self.0.kind = match verdict {
                Verdict::NotFound => ErrorKind::NotFound,
                Verdict::AccessDenied => ErrorKind::AccessDenied,
                _ => ErrorKind::Rejected,
            };
        }
        verdict
    }

    /// Keeps the first `kept` bytes of the `body`. It was longer if it is not `complete`.
    pub(crate) fn keeping(mut self, body: &[u8], complete: bool, kept: usize) -> Self {
        if let Some(answer) = &mut self.0.answer {
            answer.body = Bytes::copy_from_slice(body.get(..kept).unwrap_or(body));
            answer.body_len = body.len();
            answer.is_cut = !complete || body.len() > kept;
        }
        self
    }

    /// Removes the keys from everything that this holds. Every error passes through here before it leaves code that knows the
    /// keys.
    pub(crate) fn without(mut self, keys: &Keys) -> Self {
        if let Cow::Owned(message) = &mut self.0.message {
            keys.out_of_text(message, false);
        }
        if let Some(Message { text, cut_from }) = &mut self.0.api_message {
            keys.out_of_text(text, cut_from.is_some());
        }
        if let Some(answer) = &mut self.0.answer {
            keys.out_of_headers(&mut answer.headers);
            let kept = answer.body.len();
            let clean = keys.out_of(&answer.body, answer.is_cut);
            if *clean != *answer.body {
                let clean = clean.get(..kept).unwrap_or(&clean);
                answer.body = Bytes::copy_from_slice(clean);
            }
        }
        self.0.source = self.0.source.map(|source| keys.out_of_source(source));
        self
    }
}

/// A server's text for a message. Control characters are escaped. Quotes are not, so that a key with one is found.
pub(crate) fn shown(text: &str) -> String {
    text.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"")
}

impl Message {
    /// Cuts a text to what is kept.
    fn new(mut text: String) -> Self {
        let length = text.len();
        let cut = (KEPT_BODY..length).find(|&at| text.is_char_boundary(at));
        if let Some(cut) = cut {
            text.truncate(cut);
        }
        Message { text, cut_from: cut.map(|_| length) }
    }
}
