//! The calls, and how many of them run at once.

use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::server::{ONE_JOB, jobs};

/// A call, and the form of its answer.
#[derive(Clone, Copy)]
pub(super) enum Call {
    /// One job, 330 bytes, into its struct.
    GetJob,
    /// 1,000 jobs, 160 KB, into a list of structs.
    ListJobs,
    /// The same, left as bytes.
    RawJobs,
}

impl Call {
    pub(super) const ALL: [Self; 3] = [Self::GetJob, Self::ListJobs, Self::RawJobs];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GetJob => "`get_job`",
            Self::ListJobs => "`list_jobs`",
            Self::RawJobs => "`list_jobs` raw",
        }
    }

    /// The size of the answer's body, in bytes.
    pub(super) fn length(self) -> usize {
        match self {
            Self::GetJob => ONE_JOB.len(),
            Self::ListJobs | Self::RawJobs => jobs().len(),
        }
    }
}

/// An async client, bare or not.
pub(super) trait AsyncClient: Clone + Send + Sync + 'static {
    /// Makes a call and reads its answer.
    fn call(&self, call: Call) -> impl Future<Output = ()> + Send;

    /// Downloads the job's result: every record of it, or every piece if nothing decodes it.
    fn download(&self) -> impl Future<Output = ()> + Send;
}

/// A blocking client, bare or not.
pub(super) trait BlockingClient: Send + Sync + 'static {
    fn call(&self, call: Call);

    fn download(&self);
}

/// The work of a client.
#[derive(Clone, Copy)]
pub(super) enum Work {
    /// This many tasks at once, each with this many calls in a row.
    Calls {
        call: Call,
        tasks: usize,
        each: usize,
    },
    Download,
}

/// A client of any kind that does its work.
pub(super) type Run = Box<dyn Fn(Work)>;

/// A runtime with one thread. The other core is the server's.
pub(super) fn runtime() -> &'static Runtime {
    Box::leak(Box::new(Builder::new_current_thread().enable_all().build().unwrap()))
}

pub(super) fn on_tokio(runtime: &'static Runtime, client: impl AsyncClient) -> Run {
    Box::new(move |work| {
        runtime.block_on(async {
            match work {
                Work::Download => client.download().await,
                Work::Calls { call, tasks: 1, each } => many(&client, call, each).await,
                Work::Calls { call, tasks, each } => {
                    let mut set = JoinSet::new();
                    for _ in 0..tasks {
                        let client = client.clone();
                        set.spawn(async move { many(&client, call, each).await });
                    }
                    set.join_all().await;
                }
            }
        });
    })
}

async fn many(client: &impl AsyncClient, call: Call, each: usize) {
    for _ in 0..each {
        client.call(call).await;
    }
}

pub(super) fn on_threads(client: impl BlockingClient) -> Run {
    Box::new(move |work| match work {
        Work::Download => client.download(),
        Work::Calls { call, tasks: 1, each } => (0..each).for_each(|_| client.call(call)),
        Work::Calls { call, tasks, each } => thread::scope(|scope| {
            for _ in 0..tasks {
                scope.spawn(|| (0..each).for_each(|_| client.call(call)));
            }
        }),
    })
}
