//! What to do next, by the call that failed and by what was wrong.

use std::error::Error as StdError;
use std::io;

use http::StatusCode;
use useartisan::{Error, ErrorKind};

use crate::trouble::Exit;

/// What is worth a look where no answer is as the service's are.
const CHECK_THE_URL: &str =
    "this is not what the service is documented to answer; check the base URL (--base-url, ARTISAN_URL)";

const CHECK_THE_PROXY: &str = "the proxy is not reached, or does not pass this on: check --proxy, HTTPS_PROXY and ALL_PROXY; --proxy '' goes without";

/// What to do next.
pub(crate) fn hint(error: &Error, exit: Exit) -> Option<&'static str> {
    let is_unexplained =
        error.status().is_some_and(|status| status.is_client_error()) && error.api_message().is_none();
    Some(match (exit, error.kind()) {
        (Exit::Refused, _) => {
            "check both keys, and that the address of this machine is on the IP allow-list of the organization \
             (401 and 403 may mean either)"
        }
        (Exit::NotFound, ErrorKind::JobVanished) => "the job is gone, and has to be started again",
        (Exit::NotFound, _) => of_an_id(error.endpoint()),
        (Exit::JobFailed, _) => "there is no result; start the export again",
        (Exit::OutcomeUnknown, _) => {
            "look at `artisan list-jobs` before starting it again, or there may be two"
        }
        (Exit::TimedOut, _) => return of_a_time_out(error),
        (Exit::Unavailable, ErrorKind::Transport) => of_the_network(error),
        (Exit::Unavailable, _) => "the service is busy or down; try again later",
        (Exit::File, _) => of_a_write(find::<io::Error>(error).map_or(io::ErrorKind::Other, io::Error::kind)),
        (_, ErrorKind::UnexpectedBody) if error.to_string().contains("half a surrogate pair") => {
            "half a character is replaced by --invalid-text replace, and kept in ndjson by --invalid-text keep"
        }
        (_, ErrorKind::Redirect) => "no redirect is followed; give the address it points to by --base-url",
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

/// Where the ids are found that this call takes.
fn of_an_id(endpoint: Option<&str>) -> &'static str {
    match endpoint {
        Some("get_profile") => {
            "`artisan list-apps` shows the apps; a user has two ids: the Artisan id, and the shared one, which takes --shared"
        }
        Some("export_segment") => {
            "`artisan list-apps` shows the apps, and `artisan list-segments APP` an app's segments"
        }
        Some("get_job" | "download_job") => {
            "`artisan list-jobs` shows the jobs; one that --fake started is gone with its command"
        }
        _ => "`artisan list-apps` shows the apps",
    }
}

/// The name of a time-out is the library's, in the error's cause.
fn of_a_time_out(error: &Error) -> Option<&'static str> {
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        for (name, hint) in [
            (
                "`connect`",
                "there was no connection in time: check the network and the proxy, or give it longer by --connect-timeout",
            ),
            ("`head`", "the server said nothing in time; give it longer by --timeout"),
            ("`stall`", "the server stopped in the middle of its answer; give it longer by --timeout"),
            ("`total`", "the whole answer did not come in time; give it longer by --max-time"),
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
            "the server's certificate is not to be trusted: check the base URL; where a company has an authority of its own, \
             name its certificate by --cacert FILE"
        }
        // What came is not TLS.
        Some(rustls::Error::InvalidMessage(_)) => {
            "the port does not speak TLS: check the port of the base URL; on this machine it may be http://"
        }
        Some(_) => "no secure connection can be made with this server; check the base URL",
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

/// The option that raises the limit, where there is one.
fn of_a_limit(error: &Error) -> Option<&'static str> {
    let text = error.to_string();
    let options = [
        (
            "record size limit",
            "raise it by --max-record SIZE, or take the document as it is by --format json",
        ),
        (
            "attribute count limit",
            "raise it by --max-attributes NUMBER, or take the document as it is by --format json",
        ),
        ("text length limit", "raise it by --max-text SIZE, or take the document as it is by --format json"),
    ];
    options.into_iter().find(|(name, _)| text.contains(name)).map(|(_, hint)| hint)
}

/// A cause of this type, also one that an `io::Error` is wrapped around.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let inside = |error: &'a (dyn StdError + 'static)| -> Option<&'a (dyn StdError + 'static)> {
        match error.downcast_ref::<io::Error>() {
            Some(error) => error.get_ref().map(|error| error as &(dyn StdError + 'static)),
            None => error.source(),
        }
    };
    std::iter::successors(Some(error), |error| inside(*error)).find_map(|error| error.downcast_ref())
}
