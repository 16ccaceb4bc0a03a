//! The keys, from a file, the environment or the terminal; never from an argument.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use useartisan::Credentials;

use crate::trouble::{Exit, Trouble};
use crate::{shell, variables};

const PUBLIC_KEY: &str = "ARTISAN_PUBLIC_KEY";
const SECRET_KEY: &str = "ARTISAN_SECRET_KEY";

/// The most that is read of a file of keys, in bytes.
const MOST: u64 = 1 << 20;

/// The keys that a command uses.
pub(crate) fn credentials(file: Option<&Path>) -> Result<Credentials, Trouble> {
    let (public, secret) = match file {
        Some(path) => from_file(path)?,
        None => from_environment()?,
    };
    Credentials::new(public, secret).map_err(|error| {
        let place = match file {
            Some(path) => format!("the keys' file `{}`", path.display()),
            None => format!("{PUBLIC_KEY} and {SECRET_KEY}"),
        };
        Trouble::usage(format!("{place}: {error}")).help("copy the key again, without anything around it")
    })
}

fn from_file(path: &Path) -> Result<(String, String), Trouble> {
    let about = |problem: &dyn std::fmt::Display| {
        Trouble::usage(format!("the keys' file `{}` {problem}", path.display()))
    };
    let form = format!("it is a text file in UTF-8 with the lines {PUBLIC_KEY}=… and {SECRET_KEY}=…");
    let unread = |error: io::Error| {
        about(&format_args!("cannot be read: {error}")).help(match error.kind() {
            io::ErrorKind::PermissionDenied => "ask its owner for the right to read it".to_owned(),
            _ => form.clone(),
        })
    };
    let metadata = fs::metadata(path).map_err(unread)?;
    if metadata.is_dir() {
        return Err(about(&"is a directory").help("give the file of keys in it"));
    }
    if !metadata.is_file() && !is_pipe(&metadata) {
        return Err(about(&"is not a file").help(form));
    }
    if is_open_to_others(&metadata) {
        let command = shell::line(&["chmod".as_ref(), "o=".as_ref(), path.as_os_str()]);
        let fix = format!("run `{command}`, and get new keys if others may have read these");
        return Err(about(&"can be read or written by others").help(fix));
    }
    let text = fs::File::open(path).and_then(|file| io::read_to_string(file.take(MOST))).map_err(unread)?;
    let text = without_mark(&text);
    let value = |name: &str| {
        let lines = text.lines().map(|line| line.trim().trim_start_matches("export "));
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let value = values
            .next_back()
            .ok_or_else(|| about(&format_args!("has no line {name}=…")).help(form.clone()))?;
        Ok::<_, Trouble>(unquoted(value).to_owned())
    };
    Ok((value(PUBLIC_KEY)?, value(SECRET_KEY)?))
}

/// Removes the byte order mark that some editors write.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Removes the quotes of a shell, single or double.
fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

/// Whether it is a pipe, as of a shell's `<(…)`.
fn is_pipe(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type());
    #[cfg(not(unix))]
    return !metadata.is_file();
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
    let keys = [
        (PUBLIC_KEY, "public key", variables::text(PUBLIC_KEY)?),
        (SECRET_KEY, "secret key", variables::text(SECRET_KEY)?),
    ];
    let missing: Vec<_> = keys.iter().filter(|(.., value)| value.is_none()).map(|(name, ..)| *name).collect();
    if !missing.is_empty() && !io::stdin().is_terminal() {
        let help = "set the variables, or give a file of keys: --keys FILE; --fake needs no keys";
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
