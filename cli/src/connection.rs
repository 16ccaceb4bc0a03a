//! How to reach the service, from options and the environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use useartisan::{Api, BoxedBackend, CallOptions, Client, Credentials, Retry, Timeouts};

use crate::args::{GLOBAL, some_time};
use crate::counting::Counting;
use crate::serve::sample;
use crate::trouble::Trouble;
use crate::{keys, network, variables};

const URL: &str = "ARTISAN_URL";

/// How long a download may take to begin. The service may have to collect it first.
const DOWNLOAD_BEGINS: Duration = Duration::from_secs(10 * 60);

#[derive(Args)]
pub(crate) struct Connection {
    /// Use sample data in memory, without an account or a network
    ///
    /// Each command begins with the same data: the next one does not know a job that this one starts.
    #[arg(long, global = true, help_heading = GLOBAL, conflicts_with_all = ["base_url", "keys", "proxy", "cacert"])]
    pub(crate) fake: bool,
    /// The service's base URL, such as https://artisan.example [env: ARTISAN_URL]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "URL")]
    base_url: Option<String>,
    /// A file with the lines ARTISAN_PUBLIC_KEY=… and ARTISAN_SECRET_KEY=…
    ///
    /// On Unix it is refused if its mode gives any right to others than its owner and group. Without this option the
    /// keys come from the environment, or the terminal asks for them.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Go through this proxy: http://HOST:PORT, or https, socks5, socks5h [env: HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    ///
    /// https goes through a tunnel that the proxy cannot look into. Plain http, which a base URL may have on loopback
    /// only, never goes through a proxy, which could read the keys. An empty URL means no proxy, whatever the environment
    /// has. NO_PROXY lists the hosts to reach directly, separated by commas; * is all of them. The variables may also be
    /// written in lower case.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "URL", hide_short_help = true)]
    proxy: Option<String>,
    /// Trust only the certificate authorities in this file (PEM) [default: the system's]
    ///
    /// On Linux the system's are found where OpenSSL looks, which SSL_CERT_FILE and SSL_CERT_DIR can change. On macOS and
    /// Windows the system itself decides.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE", hide_short_help = true)]
    cacert: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// The time limits of each attempt.
#[derive(Args)]
pub(crate) struct Patience {
    /// Give up connecting after this time [default: 10s]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "TIME", value_parser = some_time, allow_hyphen_values = true, hide_short_help = true)]
    connect_timeout: Option<Duration>,
    /// Give up on a server that sends nothing for this time [default: 30s; 10m until a download begins]
    ///
    /// The time counts from the start of a request until its answer begins, and between two pieces of the answer. A
    /// request that is safe to repeat is tried 4 times. A wait for a job goes on regardless: see --wait-timeout.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "TIME", value_parser = some_time, allow_hyphen_values = true, hide_short_help = true)]
    timeout: Option<Duration>,
    /// Give up on a request whose whole answer takes longer than this [default: 2m; 6h for a download]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "TIME", value_parser = some_time, allow_hyphen_values = true, hide_short_help = true)]
    max_time: Option<Duration>,
}

impl Connection {
    /// Makes the client of a command, and the first words of a command that goes on with its job. With `--fake` there is
    /// no such command, as the next one has new sample data.
    pub(crate) fn open(&self) -> Result<(Client<Counting>, Option<Vec<OsString>>), Trouble> {
        let options = self.patience.options()?;
        let (api, backend, words) = match self.fake {
            true => {
                let fake = sample()?;
                (fake.api(), BoxedBackend::new(fake), None)
            }
            false => {
                let url = self.base_url()?;
                let words = self.words(&url);
                // What is wrong with the address or the network is found before the terminal asks for keys.
                api(&url, Credentials::new("none", "none")?)?;
                let is_tls = !url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:"));
                let (proxy, connect) = (self.proxy.as_deref(), self.patience.connect());
                let backend = network::backend(proxy, self.cacert.as_deref(), is_tls, connect)?;
                let api = api(&url, keys::credentials(self.keys.as_deref())?)?;
                (api, BoxedBackend::new(backend), Some(words))
            }
        };
        Ok((Client::new(api, Counting::new(backend)).options(options), words))
    }

    fn base_url(&self) -> Result<String, Trouble> {
        let url = match &self.base_url {
            Some(url) => Some(url.clone()),
            None => variables::text(URL)?,
        };
        url.filter(|url| !url.is_empty()).ok_or_else(|| {
            let source = if self.base_url.is_some() { "--base-url" } else { URL };
            let is_empty = self.base_url.is_some() || std::env::var_os(URL).is_some();
            let text = if is_empty { format!("no base URL: {source} is empty") } else { "no base URL".to_owned() };
            let help = "give --base-url URL or set ARTISAN_URL: there is no default, because the vendor's service is retired \
                        and your keys must not go to the next owner of its domain; --fake needs no service";
            Trouble::usage(text).help(help)
        })
    }

    fn words(&self, base_url: &str) -> Vec<OsString> {
        let path = |path: &PathBuf| path.clone().into_os_string();
        let proxy = self.proxy.as_ref().map(|proxy| without_password(proxy).into());
        let pairs = [
            ("--base-url", Some(base_url.into())),
            ("--keys", self.keys.as_ref().map(path)),
            ("--proxy", proxy),
            ("--cacert", self.cacert.as_ref().map(path)),
        ];
        let pairs = pairs.into_iter().chain(self.patience.words());
        let given = pairs.filter_map(|(name, value)| Some([name.into(), value?]));
        [OsString::from("artisan")].into_iter().chain(given.flatten()).collect()
    }
}

fn api(url: &str, keys: Credentials) -> Result<Api, Trouble> {
    Api::new(url, keys).map_err(|error| match url.get(..5) {
        Some(scheme) if scheme.eq_ignore_ascii_case("http:") && error.to_string().contains("plain http") => {
            let text = "the base URL is plain http to another machine, where anyone on the way could read the secret key";
            Trouble::usage(text).help(
                "write https://; plain http is for this machine only: http://localhost:PORT, which may be a tunnel (ssh -L)",
            )
        }
        _ => Trouble::from(error).help("a base URL looks like https://artisan.example or https://artisan.example/path"),
    })
}

/// Hides the name and password in a proxy's URL.
fn without_password(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("http", |(scheme, _)| scheme);
            format!("{scheme}://USER:PASSWORD@{host}")
        }
        None => url.to_owned(),
    }
}

impl Patience {
    fn connect(&self) -> Duration {
        let connect = self.connect_timeout.unwrap_or(Timeouts::default().connect);
        self.timeout.map_or(connect, |timeout| connect.min(timeout))
    }

    fn options(&self) -> Result<CallOptions, Trouble> {
        let (ordinary, download) = (Timeouts::default(), Timeouts::for_download().with_head(DOWNLOAD_BEGINS));
        let [ordinary, download] = [ordinary, download].map(|timeouts| self.applied_to(timeouts));
        if let Some(connect) = self.connect_timeout.filter(|connect| *connect > ordinary.head) {
            let text = format!("--connect-timeout {connect:?} is longer than --timeout {:?}", ordinary.head);
            return Err(Trouble::usage(text).help("--timeout includes connecting: raise that as well"));
        }
        let retry = self.retry();
        Ok(CallOptions::default().with_timeouts(ordinary).with_download_timeouts(download).with_retry(retry))
    }

    fn applied_to(&self, timeouts: Timeouts) -> Timeouts {
        let head = self.timeout.unwrap_or(timeouts.head);
        let total = self.max_time.unwrap_or_else(|| timeouts.total.max(head.saturating_mul(2)));
        timeouts
            .with_connect(self.connect())
            .with_head(head)
            .with_stall(self.timeout.unwrap_or(timeouts.stall))
            .with_total(total)
    }

    /// The default, with time for two attempts that are as slow as allowed.
    pub(crate) fn retry(&self) -> Retry {
        let head = self.timeout.unwrap_or(DOWNLOAD_BEGINS);
        Retry::default().with_deadline(Retry::default().deadline.max(head.saturating_mul(2)))
    }

    /// The options that were given.
    fn words(&self) -> [(&'static str, Option<OsString>); 3] {
        let time = |time: Option<Duration>| time.map(|time| format!("{}s", time.as_secs_f64()).into());
        [
            ("--connect-timeout", time(self.connect_timeout)),
            ("--timeout", time(self.timeout)),
            ("--max-time", time(self.max_time)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Arguments;

    fn options(arguments: &[&str]) -> CallOptions {
        let words = ["artisan", "list-apps"].iter().chain(arguments);
        Arguments::parse_from(words).connection.patience.options().ok().unwrap()
    }

    /// The first byte of a download may take ten minutes. The time for all attempts allows that.
    #[test]
    fn a_download_may_begin_late() {
        let given = options(&[]);
        let (ordinary, download) = (given.timeouts.unwrap(), given.download_timeouts.unwrap());
        assert_eq!((ordinary, download.stall), (Timeouts::default(), ordinary.stall));
        assert_eq!(download.head, Duration::from_secs(600));
        assert!(given.retry.unwrap().deadline > download.head);
    }

    /// `--timeout` limits silence, wherever it comes; `--max-time` limits a whole request.
    #[test]
    fn each_option_has_one_meaning() {
        let given = options(&["--timeout", "1h", "--connect-timeout", "2m"]);
        for timeouts in [given.timeouts, given.download_timeouts].map(Option::unwrap) {
            let hour = Duration::from_secs(3600);
            assert_eq!((timeouts.connect, timeouts.head, timeouts.stall), (hour / 30, hour, hour));
            assert!(timeouts.total >= hour * 2 && given.retry.unwrap().deadline >= hour);
        }
        let given = options(&["--max-time", "5s"]);
        assert_eq!(given.timeouts.unwrap(), Timeouts::default().with_total(Duration::from_secs(5)));
        assert_eq!(given.download_timeouts.unwrap().total, Duration::from_secs(5));
    }
}
