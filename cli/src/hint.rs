//! Hints: what to do next, by the call and the error.

use std::error::Error as StdError;
use std::io;

use http::StatusCode;
use useartisan::{Error, ErrorKind};

use crate::trouble::Exit;

/// The hint for answers that cannot be the service's.
const CHECK_THE_URL: &str =
    "this is no documented answer of the service; check the base URL (--base-url, ARTISAN_URL)";

const CHECK_THE_PROXY: &str = "the proxy is not reached, or does not pass this on: check --proxy, HTTPS_PROXY and ALL_PROXY; --proxy '' goes without";

/// The hint for an error, if there is one.
pub(crate) fn hint(error: &Error, exit: Exit) -> Option<&'static str> {
    let is_unexplained =
        error.status().is_some_and(|status| status.is_client_error()) && error.api_message().is_none();
    Some(match (exit, error.kind()) {
        (Exit::Refused, _) => {
            "check both keys, and that this machine's address is on the organization's IP allow-list (401 and 403 may \
             mean either)"
        }
        (Exit::NotFound, ErrorKind::JobVanished) => "the job is gone; start it again",
        (Exit::NotFound, _) => of_an_id(error.endpoint()),
        (Exit::JobFailed, _) => "there is no result; start the export again",
        (Exit::OutcomeUnknown, _) => {
            "look at `artisan list-jobs` before you start it again, or there may be two"
        }
        (Exit::TimedOut, _) => return of_a_time_out(error),
        (Exit::Unavailable, ErrorKind::Transport) => of_the_network(error),
        (Exit::Unavailable, _) => "the service is busy or down; try again later",
        (Exit::File, _) => of_a_write(find::<io::Error>(error).map_or(io::ErrorKind::Other, io::Error::kind)),
        (_, ErrorKind::UnexpectedBody) if error.to_string().contains("half a surrogate pair") => {
            "--invalid-text replace writes U+FFFD for half a character; --invalid-text keep leaves it in ndjson"
        }
        (_, ErrorKind::Redirect) => "if you trust where it points, give that address by --base-url",
        (_, ErrorKind::UnexpectedBody | ErrorKind::ContentCoding) => CHECK_THE_URL,
        (_, ErrorKind::Rejected) if error.status() == Some(StatusCode::NOT_FOUND) => CHECK_THE_URL,
        (_, ErrorKind::Rejected) if error.endpoint() == Some("download_job") => {
            "a job has a result once it is COMPLETE: add --wait"
        }
        (_, ErrorKind::Rejected) if is_unexplained => CHECK_THE_URL,
        (_, ErrorKind::Limit) => return of_a_limit(error),
        _ => return None,
    })
}

/// What to do about output that cannot be written.
pub(crate) fn of_a_write(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room there, or write elsewhere"
        }
        _ => "see that it can be written, or write elsewhere",
    }
}

/// Where to find the ids that this call takes.
fn of_an_id(endpoint: Option<&str>) -> &'static str {
    match endpoint {
        Some("get_profile") => {
            "`artisan list-apps` shows the apps; a user has an Artisan id and a shared id, which needs --shared"
        }
        Some("export_segment") => {
            "`artisan list-apps` shows the apps, and `artisan list-segments APP` an app's segments"
        }
        Some("get_job" | "download_job") => {
            "`artisan list-jobs` shows the jobs; a job of --fake is gone when its command ends"
        }
        _ => "`artisan list-apps` shows the apps",
    }
}

/// The library names the time-out in the cause of the error.
fn of_a_time_out(error: &Error) -> Option<&'static str> {
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        for (name, hint) in [
            (
                "`connect`",
                "there was no connection in time: check the network and the proxy, or raise --connect-timeout",
            ),
            ("`head`", "the server sent nothing in time; raise --timeout to wait longer"),
            ("`stall`", "the server stopped in the middle of its answer; raise --timeout to wait longer"),
            ("`total`", "the whole answer did not come in time; raise --max-time to wait longer"),
        ] {
            if text.contains(&format!("time-out {name}")) {
                return Some(hint);
            }
        }
        cause = error.source();
    }
    None
}

fn of_the_network(error: &Error) -> &'static str {
    if let Some(hint) = of_a_proxy(error) {
        return hint;
    }
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            "the server's certificate is not trusted: check the base URL; if your company has its own certificate \
             authority, give its certificate by --cacert FILE"
        }
        // The server did not answer in TLS.
        Some(rustls::Error::InvalidMessage(_)) => {
            "the port does not speak TLS: check the port of the base URL; on this machine it may be http://"
        }
        Some(_) => "TLS failed with this server; check the base URL",
        None => {
            "check the network, the proxy if there is one, and the base URL (--base-url, ARTISAN_URL), or try again"
        }
    }
}

/// What to do about a proxy, which only the texts of the causes name.
fn of_a_proxy(error: &Error) -> Option<&'static str> {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    let hints = [
        (
            "proxy authorization required",
            "the proxy asks for a name and a password: write them into its URL, http://USER:PASSWORD@HOST:PORT",
        ),
        (
            "error resolving for socks proxy",
            "this machine cannot resolve the host: check the base URL, or say socks5h to have the proxy resolve it",
        ),
        ("tunnel error", CHECK_THE_PROXY),
        ("socks", CHECK_THE_PROXY),
    ];
    hints.into_iter().find(|(words, _)| text.to_lowercase().contains(words)).map(|(_, hint)| hint)
}

/// The option that raises the limit, if there is one.
fn of_a_limit(error: &Error) -> Option<&'static str> {
    let text = error.to_string();
    let options = [
        ("record size limit", "raise it by --max-record SIZE; --format json has no such limit"),
        ("attribute count limit", "raise it by --max-attributes NUMBER; --format json has no such limit"),
        ("text length limit", "raise it by --max-text SIZE; --format json has no such limit"),
    ];
    options.into_iter().find(|(name, _)| text.contains(name)).map(|(_, hint)| hint)
}

/// The first cause of this type, looking inside `io::Error`s as well.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let inside = |error: &'a (dyn StdError + 'static)| -> Option<&'a (dyn StdError + 'static)> {
        match error.downcast_ref::<io::Error>() {
            Some(error) => error.get_ref().map(|error| error as &(dyn StdError + 'static)),
            None => error.source(),
        }
    };
    std::iter::successors(Some(error), |error| inside(*error)).find_map(|error| error.downcast_ref())
}
