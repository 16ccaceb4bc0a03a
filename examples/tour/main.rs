//! A tour of the whole API over each of the three backends.
//!
//! ```text
//! cargo run --all-features --example tour
//! ```
//!
//! By default the tour needs no account: for each backend it serves a fresh [`FakeArtisan`] on loopback, and calls all eight
//! methods. It starts an export, waits for it, and reads and saves its result. To run it against a real server, with only the
//! methods that change nothing there, set
//!
//! | variable | to |
//! |---|---|
//! | `ARTISAN_URL` | the base URL, such as `https://artisan.example` |
//! | `ARTISAN_PUBLIC_KEY`, `ARTISAN_SECRET_KEY` | the organization's keys |
//! | `ARTISAN_PROFILE_ID` | an Artisan user id of the first app, if `get_profile` is to be tried |
//!
//! With `--recorded` no request line is shortened, and the lines that the fake has recorded are printed as well.
//! The exit status is 0 only if no step has failed.
//!
//! What to copy: `tour/steps.rs` has the calls, `tour/stack.rs` how each is sent, async and blocking, and
//! `visit` below how a client is made.

#[path = "../../tests/support/loopback.rs"]
pub mod loopback;
mod runner;
#[path = "../../tests/support/server.rs"]
pub mod server;
mod settings;
mod stack;
mod steps;
mod table;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use useartisan::backends::hyper::Hyper;
use useartisan::backends::reqwest::Reqwest;
use useartisan::backends::ureq::Ureq;
use useartisan::fake::FakeArtisan;
use useartisan::{Api, Client, ProfileId, Retry};

use loopback::Loopback;
use runner::Tour;
use settings::{Settings, Site};
use stack::{Async, Blocking, Stack};
use table::{Table, Tally, chain};

fn main() -> ExitCode {
    match tour() {
        Ok(tally) => {
            println!("{tally}");
            if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("tour: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

fn tour() -> Result<Tally, Box<dyn Error>> {
    let settings = Settings::read()?;
    let mut tally = Tally::default();
    visit::<Async<_>>("reqwest", Reqwest::new()?, &settings, &mut tally)?;
    visit::<Blocking<_>>("ureq", Ureq::new()?, &settings, &mut tally)?;
    visit::<Async<_>>("hyper", Hyper::new()?, &settings, &mut tally)?;
    Ok(tally)
}

/// Goes through the steps over one backend.
fn visit<S: Stack>(
    name: &str,
    backend: S::Backend,
    settings: &Settings,
    tally: &mut Tally,
) -> Result<(), Box<dyn Error>> {
    // Short, so that a server that isn't there doesn't hold the tour up.
    let retry =
        Retry::default().with_attempts(3).with_backoff(Duration::from_millis(100), Duration::from_secs(1));
    let stack = |api: &Api| S::new(Client::new(api.clone(), backend).options(retry));
    let table = Table { full: settings.recorded };
    match &settings.site {
        Site::Real { api, profile } => {
            table.head(name, &api.base_url());
            let stack = stack(api)?;
            steps::read_only(&mut Tour::new(&stack, table, tally), profile.as_slice());
        }
        Site::Fake => {
            let fake = FakeArtisan::with_sample_data().complete_jobs_after(3);
            let server = Loopback::serve(&fake)?;
            table.head(name, server.base_url());
            let stack = stack(&server.api()?)?;
            let mut tour = Tour::new(&stack, table, tally);
            let users = [ProfileId::artisan(steps::ARTISAN_ID)?, ProfileId::shared_user(steps::SHARED_ID)?];
            let found = steps::read_only(&mut tour, &users);
            steps::exports(&mut tour, found)?;
            if settings.recorded {
                println!("  recorded by the fake:");
                fake.requests().iter().for_each(|request| println!("    {}", request.line()));
            }
        }
    }
    println!();
    Ok(())
}
