//! Shows a backend at work against the service in memory, behind a socket.

use std::error::Error;

use useartisan::fake::FakeArtisan;
use useartisan::{BlockingBackend, Client, JobStatus};

use useartisan_test_support::loopback::Loopback;

/// Lists the apps and the jobs, and downloads a job's result.
pub fn show<B: BlockingBackend>(backend: B) -> Result<(), Box<dyn Error>> {
    let server = Loopback::serve(&FakeArtisan::with_sample_data())?;
    let client = Client::new(server.api()?, backend);
    for app in client.list_apps().send_blocking()? {
        println!("app {}: {}", app.id(), app.name());
    }
    let jobs = client.list_jobs().status(JobStatus::Complete).send_blocking()?;
    let job = client.get_job(jobs.first().ok_or("no job is complete")?).send_blocking()?;
    println!("job {}: {}", job.id(), job.status());
    let mut profiles = client.download_job(&job).profiles_blocking()?;
    while let Some(profile) = profiles.next_record_blocking()? {
        println!("  {:?} is {:?}", profile.artisan_id(), profile.age()?);
    }
    Ok(())
}
