//! A call that is awaited but not sent.
use useartisan::{Client, Error, JobId};

async fn apps(client: &Client, job: JobId) -> Result<(), Error> {
    client.list_apps().await?;
    client.wait_for_job(job).await?;
    Ok(())
}

fn main() {
    let _ = apps;
}

// says: a call is not a future until it is sent
// says: send it first, by `.send().await`
