//! Runs the program.

use std::process::{Child, Command, Output, Stdio};

use useartisan::Credentials;
use useartisan::fake::FakeArtisan;
use useartisan_test_support::loopback::Loopback;

/// The program.
pub(crate) const ARTISAN: &str = env!("CARGO_BIN_EXE_artisan");

/// Keys that may show up in requests only.
pub(crate) const PUBLIC_KEY: &str = "public-canary-of-the-command-line";
pub(crate) const SECRET_KEY: &str = "secret-canary-of-the-command-line";

/// Ids of the sample data.
pub(crate) const APP: &str = "5550dd57330eb93d8700000c";
pub(crate) const SEGMENT: &str = "557ee4697d891cd26f000003";
pub(crate) const USER: &str = "bdbbf66f-d661-4236-8237-76d4159344fe";
pub(crate) const SHARED_USER: &str = "3ebb8a9f-6a36-43b2-82da-1f785c562fdd";
pub(crate) const COMPLETE: &str = "5584566b7d891ce0ab000001";
pub(crate) const QUEUED: &str = "5584469c7d891c1d06000001";

const SETTINGS: [&str; 3] = ["ARTISAN_URL", "ARTISAN_PUBLIC_KEY", "ARTISAN_SECRET_KEY"];

/// Variables that the machine of the tests may have set.
const NETWORK: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A fake service on a port of its own, with the canary keys.
pub(crate) struct Service {
    pub(crate) fake: FakeArtisan,
    server: Loopback,
}

impl Service {
    pub(crate) fn new() -> Self {
        let credentials = Credentials::new(PUBLIC_KEY, SECRET_KEY).unwrap();
        let fake = FakeArtisan::with_credentials(credentials).add_sample_data().complete_jobs_after(1);
        let server = Loopback::serve(&fake).unwrap();
        Service { fake, server }
    }

    /// The program, with the service's address and keys in its environment.
    pub(crate) fn artisan(&self, arguments: &[&str]) -> Command {
        let mut command = artisan(arguments);
        command.envs(SETTINGS.into_iter().zip([self.base_url(), PUBLIC_KEY, SECRET_KEY]));
        command
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.artisan(arguments))
    }

    pub(crate) fn base_url(&self) -> &str {
        self.server.base_url()
    }

    /// The request lines since the last call.
    pub(crate) fn requests(&self) -> Vec<String> {
        let lines = self.fake.requests().iter().map(|request| request.line()).collect();
        self.fake.clear_requests();
        lines
    }
}

/// The program, without any settings.
pub(crate) fn artisan(arguments: &[&str]) -> Command {
    let mut command = Command::new(ARTISAN);
    for name in SETTINGS.iter().chain(&NETWORK) {
        command.env_remove(name);
    }
    command.env("TERM", "xterm");
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program against the sample data in memory.
#[track_caller]
pub(crate) fn run_fake(arguments: &[&str]) -> Ran {
    run(artisan(arguments).arg("--fake"))
}

#[track_caller]
pub(crate) fn run(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

#[track_caller]
pub(crate) fn wait(child: Child) -> Ran {
    ran(child.wait_with_output().unwrap())
}

/// Checks what holds for every run: it shows no key and does not panic.
#[track_caller]
fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    for key in [PUBLIC_KEY, SECRET_KEY] {
        assert!(!ran.out.contains(key) && !ran.err.contains(key), "{key} shows");
    }
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    ran
}

impl Ran {
    /// Requires success without a message, and returns what it printed.
    #[track_caller]
    pub(crate) fn quiet(self) -> String {
        assert!(self.code == Some(0) && self.err.is_empty(), "{self:?}");
        self.out
    }

    /// Requires success after waiting for a job, and returns what it printed.
    #[track_caller]
    pub(crate) fn waited(self) -> String {
        assert!(self.code == Some(0) && self.err.starts_with("artisan: waiting for job "), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.out
    }

    /// Requires this exit code and nothing on stdout, and returns the messages.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert!(self.code == Some(code) && self.out.is_empty(), "{self:?}");
        self.err
    }
}

/// Sends a signal.
#[cfg(unix)]
pub(crate) fn signal(name: &str, child: &Child) {
    let kill = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
}

/// Waits until another process has done something.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed().as_secs() < 60, "{what}: not within a minute");
        std::thread::yield_now();
    }
}
