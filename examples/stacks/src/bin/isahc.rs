//! Lists and downloads over isahc, on an executor other than tokio: `src/isahc.rs`.

use std::error::Error;

use futures_lite::future::block_on;
use useartisan::fake::FakeArtisan;
use useartisan::{Client, JobStatus};
use useartisan_stacks::isahc;
use useartisan_test_support::loopback::Loopback;

fn main() -> Result<(), Box<dyn Error>> {
    let server = Loopback::serve(&FakeArtisan::with_sample_data())?;
    let client = Client::new(server.api()?, isahc::backend());
    block_on(async {
        for app in client.list_apps().send().await? {
            println!("app {}: {}", app.id(), app.name());
        }
        let jobs = client.list_jobs().status(JobStatus::Complete).send().await?;
        let job = client.get_job(jobs.first().ok_or("no job is complete")?).send().await?;
        let mut profiles = client.download_job(&job).profiles().await?;
        while let Some(profile) = profiles.next_record().await? {
            println!("  {:?} is {:?}", profile.artisan_id(), profile.age()?);
        }
        Ok(())
    })
}
