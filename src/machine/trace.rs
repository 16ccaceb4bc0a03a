//! The spans and events of the feature `tracing`. Without it, all of this compiles to nothing. [`machine`](crate::machine)
//! documents the fields: sizes, times and names of this crate's own, and nothing else.

pub(crate) use told::{Call, polled};

#[cfg(feature = "tracing")]
mod told {
    use std::time::Duration;

    use http::StatusCode;
    use tracing::field::Empty;
    use tracing::{Level, Span};

    use crate::error::Error;
    use crate::machine::JobProgress;
    use crate::model::JobStatus;

    const TARGET: &str = "useartisan";

    /// The span of a call. It is never entered, because a call belongs to no thread. Its parent is the span that was current
    /// when the call began.
    #[derive(Debug)]
    pub(crate) struct Call(Span);

    impl Call {
        pub(crate) fn not_begun() -> Self {
            Call(Span::none())
        }

        pub(crate) fn begin(endpoint: &'static str) -> Self {
            Call(tracing::span!(
                target: TARGET,
                Level::INFO,
                "useartisan.call",
                endpoint,
                attempts = Empty,
                elapsed_ms = Empty,
                status = Empty,
                error = Empty,
            ))
        }

        /// The attempt of this number ended in `error`, and another follows.
        pub(crate) fn retry(&self, attempt: u32, wait: Duration, error: &Error) {
            tracing::event!(
                name: "useartisan.retry",
                target: TARGET,
                parent: &self.0,
                Level::WARN,
                attempt,
                wait_ms = milliseconds(wait),
                error = ?error.kind(),
                status = error.status().map(|status| status.as_u16()),
            );
        }

        pub(crate) fn done(&self, attempts: u32, elapsed: Duration, status: StatusCode) {
            self.came_to(attempts, elapsed, Some(status));
        }

        pub(crate) fn failed(&self, error: &Error) {
            self.came_to(error.attempts(), error.elapsed(), error.status());
            self.0.record("error", tracing::field::debug(error.kind()));
        }

        fn came_to(&self, attempts: u32, elapsed: Duration, status: Option<StatusCode>) {
            self.0.record("attempts", attempts);
            self.0.record("elapsed_ms", milliseconds(elapsed));
            self.0.record("status", status.map(|status| status.as_u16()));
        }
    }

    /// A job was polled.
    pub(crate) fn polled(progress: &JobProgress<'_>) {
        tracing::event!(
            name: "useartisan.poll",
            target: TARGET,
            Level::DEBUG,
            polls = progress.polls,
            status = progress.status.map(|status| match status {
                JobStatus::Other(_) => "other",
                known => known.as_str(),
            }),
            elapsed_ms = milliseconds(progress.elapsed),
            error = progress.error.map(|error| tracing::field::debug(error.kind())),
        );
    }

    fn milliseconds(duration: Duration) -> u64 {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(not(feature = "tracing"))]
mod told {
    use std::time::Duration;

    use http::StatusCode;

    use crate::error::Error;
    use crate::machine::JobProgress;

    #[derive(Debug)]
    pub(crate) struct Call;

    impl Call {
        pub(crate) fn not_begun() -> Self {
            Call
        }

        pub(crate) fn begin(_: &'static str) -> Self {
            Call
        }

        pub(crate) fn retry(&self, _: u32, _: Duration, _: &Error) {}

        pub(crate) fn done(&self, _: u32, _: Duration, _: StatusCode) {}

        pub(crate) fn failed(&self, _: &Error) {}
    }

    pub(crate) fn polled(_: &JobProgress<'_>) {}
}
