//! The service: checks a request against the documentation, and answers.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, ALLOW, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};

use super::faults::Fault;
use super::forms;
use super::handlers::{Ask, ErrorAnswer};
use super::recorded::Recorded;
use super::reply::{JSON, Reply, page};
use super::routes::{self, Route, Target};
use super::state::State;
use crate::api::PUBLIC_API_KEY;

impl State {
    /// Takes a request, and returns the outcome.
    pub(super) fn exchange(&mut self, request: Request<Bytes>) -> Reply {
        let target = routes::find(&self.prefix, request.method(), request.uri());
        let name = match &target {
            Target::Route(route, _) => Some(route.name),
            _ => None,
        };
        let fault = self.take_fault(name);
        if !fault.as_ref().is_some_and(Fault::is_not_sent) {
            self.requests.push(Recorded::new(name, request.clone()));
        }
        match fault {
            Some(fault) => fault.reply(&request, || self.serve(&request, target)),
            None => Reply::whole(self.serve(&request, target)),
        }
    }

    fn serve(&mut self, request: &Request<Bytes>, target: Target) -> Response<Bytes> {
        if let Err(refusal) = self.admit(request.headers()) {
            return refused(refusal);
        }
        match target {
            Target::Route(route, ids) => match self.route(route, ids, request) {
                Ok(body) => respond(StatusCode::OK, JSON, body),
                Err(refusal) => refused(refusal),
            },
            Target::OtherMethod(allowed) => {
                let error = format!("The method is not allowed here, {allowed} is.");
                let mut answer = refused(ErrorAnswer::new(StatusCode::METHOD_NOT_ALLOWED, error));
                let allowed = if allowed == Method::GET { "GET" } else { "POST" };
                answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
                answer
            }
            // The web server in front answers, which knows no JSON.
            Target::Unknown => {
                let html = HeaderValue::from_static("text/html");
                respond(StatusCode::NOT_FOUND, html, page(StatusCode::NOT_FOUND))
            }
            Target::Malformed => refused(ErrorAnswer::bad("The path is not percent-encoded UTF-8.")),
        }
    }

    /// Checks the caller.
    fn admit(&self, headers: &HeaderMap) -> Result<(), ErrorAnswer> {
        if self.refuse_address {
            return Err(ErrorAnswer::new(
                StatusCode::FORBIDDEN,
                "Requests from this address are not allowed.",
            ));
        }
        let keys = self.credentials.headers().ok();
        let right = keys.is_some_and(|[authorization, public]| {
            only(headers, &AUTHORIZATION) == Some(&authorization)
                && only(headers, &PUBLIC_API_KEY) == Some(&public)
        });
        match right {
            true => Ok(()),
            false => Err(ErrorAnswer::new(StatusCode::UNAUTHORIZED, "The keys are missing or not valid.")),
        }
    }

    /// Checks the request.
    fn route(
        &mut self,
        route: &Route,
        ids: Vec<String>,
        request: &Request<Bytes>,
    ) -> Result<Bytes, ErrorAnswer> {
        for name in [ACCEPT_ENCODING, CONTENT_TYPE] {
            if only(request.headers(), &name) != Some(&JSON) {
                return Err(ErrorAnswer::bad(format!("The header {name} is not application/json.")));
            }
        }
        if route.method == Method::GET && !request.body().is_empty() {
            return Err(ErrorAnswer::bad("A GET has no body."));
        }
        let query = routes::query(route, request.uri()).map_err(ErrorAnswer::bad)?;
        (route.answer)(self, &Ask { ids, query, body: request.body() })
    }
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn refused(refusal: ErrorAnswer) -> Response<Bytes> {
    respond(refusal.status, JSON, forms::failure(refusal.error).to_bytes())
}

fn respond(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}
