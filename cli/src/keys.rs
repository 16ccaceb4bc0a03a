//! Where the keys come from: a file, the environment or the terminal, never an argument.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::{env, fs};

use useartisan::backends::reqwest::Reqwest;
use useartisan::{Api, BoxedBackend, Client, Credentials};

use crate::args::Connection;
use crate::progress::Counting;
use crate::serve::sample;
use crate::trouble::{Exit, Trouble};

const PUBLIC_KEY: &str = "ARTISAN_PUBLIC_KEY";
const SECRET_KEY: &str = "ARTISAN_SECRET_KEY";

/// The client that a command uses, counting what it downloads.
pub(crate) fn client(connection: &Connection) -> Result<Client<Counting>, Trouble> {
    let (api, backend) = match connection.fake {
        true => {
            let fake = sample()?;
            (fake.api(), BoxedBackend::new(fake))
        }
        false => (api(connection)?, BoxedBackend::new(Reqwest::new()?)),
    };
    Ok(Client::new(api, Counting::new(backend)))
}

fn api(connection: &Connection) -> Result<Api, Trouble> {
    let url = connection.base_url.as_ref().ok_or_else(|| {
        let help = "say --base-url URL or set ARTISAN_URL: there is no default, as the vendor's service is retired and your \
                    keys must not go to whoever has its domain now; to try it without a service, say --fake";
        Trouble::usage("no base URL").help(help)
    })?;
    let (public, secret) = match &connection.keys {
        Some(path) => from_file(path)?,
        None => from_environment()?,
    };
    Ok(Api::new(url, Credentials::new(public, secret)?)?)
}

fn from_file(path: &Path) -> Result<(String, String), Trouble> {
    let about = |problem: &dyn std::fmt::Display| {
        Trouble::usage(format!("the keys' file `{}` {problem}", path.display()))
    };
    let metadata = fs::metadata(path).map_err(|error| about(&format_args!("cannot be read: {error}")))?;
    if is_open_to_others(&metadata) {
        let fix =
            format!("say `chmod o= {}`, and change the keys if others may have read them", path.display());
        return Err(about(&"can be read or written by others").help(fix));
    }
    let text = fs::read_to_string(path).map_err(|error| about(&format_args!("cannot be read: {error}")))?;
    let text = without_mark(&text);
    let value = |name: &str| {
        let lines = text.lines().map(|line| line.trim().trim_start_matches("export "));
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let value = values.next_back().ok_or_else(|| about(&format_args!("has no line {name}=…")))?;
        Ok::<_, Trouble>(unquoted(value).to_owned())
    };
    Ok((value(PUBLIC_KEY)?, value(SECRET_KEY)?))
}

/// Without the byte order mark that some editors begin a file with.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Without the quotes of a shell, of either kind.
fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o007 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

fn from_environment() -> Result<(String, String), Trouble> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let keys = [(PUBLIC_KEY, "public key"), (SECRET_KEY, "secret key")];
    let keys = keys.map(|(name, prompt)| (name, prompt, variable(name)));
    let missing: Vec<_> = keys.iter().filter(|(.., value)| value.is_none()).map(|(name, ..)| *name).collect();
    if !missing.is_empty() && !io::stdin().is_terminal() {
        let help = "set the variables, or name a file by --keys; or try it without keys by --fake";
        return Err(Trouble::usage(format!("no keys: {} not set", missing.join(" and "))).help(help));
    }
    let [public, secret] = keys;
    let take = |(_, prompt, value): (_, _, Option<String>)| {
        value.map_or_else(|| ask(&format!("{prompt} (does not show): ")), Ok)
    };
    Ok((take(public)?, take(secret)?))
}

fn ask(prompt: &str) -> Result<String, Trouble> {
    rpassword::prompt_password(prompt).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Trouble::new(Exit::Interrupted, ""),
        _ => Trouble::usage(format!("the terminal gave no key: {error}")),
    })
}
