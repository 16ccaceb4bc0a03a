//! Runs one step: times it, describes it, prints it and counts it.

use std::error::Error;
use std::time::Instant;

use bytes::Bytes;
use http::Request;
use useartisan::{Call, Client, Endpoint};

use crate::stack::Stack;
use crate::table::{Table, Tally, chain};

/// The result of an earlier step, or the reason to skip the steps that need it.
pub(crate) type Known<T> = Result<T, &'static str>;

/// The tour over one backend.
pub(crate) struct Tour<'a, S> {
    stack: &'a S,
    table: Table,
    tally: &'a mut Tally,
}

impl<'a, S: Stack> Tour<'a, S> {
    pub(crate) fn new(stack: &'a S, table: Table, tally: &'a mut Tally) -> Self {
        Tour { stack, table, tally }
    }

    pub(crate) fn client(&self) -> &'a Client<S::Backend> {
        self.stack.client()
    }

    pub(crate) fn table(&self) -> Table {
        self.table
    }

    /// Makes a call by `send`, if everything it needs is known. `words` describes the result.
    pub(crate) fn step<E: Endpoint, T, X: Into<Box<dyn Error>>>(
        &mut self,
        method: &str,
        call: Known<Call<S::Backend, E>>,
        send: impl FnOnce(&S, Call<S::Backend, E>) -> Result<T, X>,
        words: impl FnOnce(&T) -> String,
    ) {
        // No later step needs its answer.
        let _ = self.find(method, call, send, words);
    }

    /// The same for a call whose answer later steps need.
    pub(crate) fn find<E: Endpoint, T, X: Into<Box<dyn Error>>>(
        &mut self,
        method: &str,
        call: Known<Call<S::Backend, E>>,
        send: impl FnOnce(&S, Call<S::Backend, E>) -> Result<T, X>,
        words: impl FnOnce(&T) -> String,
    ) -> Known<T> {
        match call {
            Ok(call) => self.run(method, &line(&call.request()), |stack| send(stack, call), words),
            Err(why) => {
                self.skip(method, why);
                Err(why)
            }
        }
    }

    /// Runs any step.
    pub(crate) fn run<T, X: Into<Box<dyn Error>>>(
        &mut self,
        method: &str,
        request: &str,
        step: impl FnOnce(&'a S) -> Result<T, X>,
        words: impl FnOnce(&T) -> String,
    ) -> Known<T> {
        let start = Instant::now();
        let result = step(self.stack).map_err(Into::into);
        let time = Some(start.elapsed());
        match result {
            Ok(output) => {
                self.tally.passed += 1;
                self.table.row(method, request, &words(&output), time);
                Ok(output)
            }
            Err(error) => {
                self.tally.failed += 1;
                self.table.row(method, request, "FAILED", time);
                println!("    {}", chain(&*error));
                Err("a step before it failed")
            }
        }
    }

    /// Prints why a step is skipped.
    pub(crate) fn skip(&mut self, method: &str, why: &str) {
        self.tally.skipped += 1;
        self.table.row(method, "", &format!("skipped: {why}"), None);
    }
}

/// Method, path and query of a request.
pub(crate) fn line(request: &Request<Bytes>) -> String {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    format!("{} {target}", request.method())
}
