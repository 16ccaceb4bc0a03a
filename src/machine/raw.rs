//! One call whose answer is handed out as it came.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::{Event, Exchange, Machine, Step};
use crate::Error;
use crate::endpoint::{Endpoint, Unparsed};

/// An exchange that keeps the very bytes that were read, which its endpoint is only shown.
#[derive(Debug)]
pub(crate) struct RawExchange<E> {
    exchange: Exchange<Unparsed<E>>,
    body: Bytes,
}

impl<E: Endpoint> RawExchange<E> {
    pub(crate) fn new(exchange: Exchange<Unparsed<E>>) -> Self {
        RawExchange { exchange, body: Bytes::new() }
    }
}

impl<E: Endpoint> Machine for RawExchange<E> {
    type Output = Response<Bytes>;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Response<Bytes>>, Error> {
        if let Event::Body { bytes, .. } = &event {
            self.body = bytes.clone();
        }
        match self.exchange.step(now, event)?.done() {
            Ok(head) => Ok(Step::Done(Response::from_parts(head, std::mem::take(&mut self.body)))),
            Err(step) => Ok(step),
        }
    }
}
