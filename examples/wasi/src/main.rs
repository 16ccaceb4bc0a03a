//! Lists the apps, exports a segment of the first, waits for the job, and prints its profiles as they arrive.
//!
//! ```text
//! useartisan-wasi BASE_URL SEGMENT
//! ```
//!
//! The keys are in the environment, as `ARTISAN_PUBLIC_KEY` and `ARTISAN_SECRET_KEY`.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use useartisan::{Api, Client, Credentials, Polling};
use useartisan_wasi::wasi_http;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let outcome = match &arguments[..] {
        [base_url, segment] => export(base_url, segment),
        _ => Err("usage: useartisan-wasi BASE_URL SEGMENT".into()),
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("useartisan-wasi: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}

fn export(base_url: &str, segment: &str) -> Result<(), Box<dyn Error>> {
    let credentials = Credentials::new(key("ARTISAN_PUBLIC_KEY")?, key("ARTISAN_SECRET_KEY")?)?;
    let artisan = Client::new(Api::new(base_url, credentials)?, wasi_http::backend());

    let apps = artisan.list_apps().send_blocking()?;
    for app in &apps {
        println!("app {}: {}", app.id(), app.name());
    }
    let app = apps.first().ok_or("there is no app")?;
    let segments = artisan.list_segments(app).send_blocking()?;
    let segment =
        segments.iter().find(|found| found.name() == segment).ok_or("the app has no such segment")?;
    let completed = artisan
        .export_segment(app, segment)
        .polling(Polling::default().with_interval(Duration::from_millis(200), Duration::from_secs(30)))
        .on_progress(|progress| {
            if let Some(status) = progress.status {
                println!("job {status}");
            }
        })
        .send_and_wait_blocking()?;
    let mut profiles = completed.download().profiles_blocking()?;
    while let Some(profile) = profiles.next_record_blocking()? {
        let id = profile.artisan_id().ok_or("a profile has no id")?;
        println!("{id} {}", profile.get("age").map_or("", |age| age.as_str()));
    }
    Ok(())
}

fn key(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}
