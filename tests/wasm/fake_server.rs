//! Serves a `FakeArtisan` on loopback for the wasm tests, until its standard input ends.
//!
//! The arguments are the public and the secret key. It prints its base URL.

use std::error::Error;
use std::io::Read;

use useartisan::fake::FakeArtisan;
use useartisan::{ArtisanId, Credentials};
use useartisan_test_support::loopback::Loopback;

/// The number of profiles in the segment `Many`: enough for a download in several pieces.
const MANY: usize = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(public), Some(secret)) = (arguments.next(), arguments.next()) else {
        return Err("usage: fake_server PUBLIC_KEY SECRET_KEY".into());
    };
    let fake = FakeArtisan::with_credentials(Credentials::new(public, secret)?)
        .add_sample_data()
        .complete_jobs_after(3);
    let app = fake.apps().remove(0);
    let mut members = Vec::with_capacity(MANY);
    for number in 0..MANY {
        let id = ArtisanId::new(format!("user-{number:03}"))?;
        let age = (18 + number % 60).to_string();
        fake.put_profile(&app, &id, [("age", &*age), ("geo-countryCode", "US"), ("note", "<b>ü</b>")]);
        members.push(id);
    }
    fake.add_segment(&app, "Many", members);
    let server = Loopback::serve(&fake)?;
    println!("{}", server.api()?.base_url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
