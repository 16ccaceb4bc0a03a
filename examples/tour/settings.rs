//! The settings in the environment and the arguments.

use std::env;
use std::error::Error;

use useartisan::{Api, Credentials, ProfileId};

const URL: &str = "ARTISAN_URL";
const PUBLIC_KEY: &str = "ARTISAN_PUBLIC_KEY";
const SECRET_KEY: &str = "ARTISAN_SECRET_KEY";
const PROFILE_ID: &str = "ARTISAN_PROFILE_ID";

/// The settings of the tour.
pub(crate) struct Settings {
    pub(crate) site: Site,
    /// Whether to print what the fake recorded, and the request lines in full to compare with it.
    pub(crate) recorded: bool,
}

/// The server of the tour.
pub(crate) enum Site {
    /// A fresh fake for each backend.
    Fake,
    /// A server, where nothing is changed.
    Real { api: Api, profile: Option<ProfileId> },
}

impl Settings {
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let mut recorded = false;
        for argument in env::args_os().skip(1) {
            match argument.to_str() {
                Some("--recorded") => recorded = true,
                _ => {
                    return Err(
                        format!("{argument:?} is no argument of the tour: it takes --recorded").into()
                    );
                }
            }
        }
        Ok(Settings { site: Site::read()?, recorded })
    }
}

impl Site {
    fn read() -> Result<Self, Box<dyn Error>> {
        let (url, public, secret) = match [URL, PUBLIC_KEY, SECRET_KEY].map(variable) {
            [Some(url), Some(public), Some(secret)] => (url, public, secret),
            [None, None, None] => return Ok(Site::Fake),
            _ => {
                let missing =
                    [URL, PUBLIC_KEY, SECRET_KEY].into_iter().filter(|name| variable(name).is_none());
                let missing = missing.collect::<Vec<_>>().join(" and ");
                return Err(format!("not set: {missing}; a real server takes its URL and both keys").into());
            }
        };
        let api = Api::builder(url).credentials(Credentials::new(public, secret)?).build()?;
        let profile = variable(PROFILE_ID).map(ProfileId::artisan).transpose()?;
        Ok(Site::Real { api, profile })
    }
}

/// The value of a variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
