//! On a terminal: the bar, escaping, and the prompt for keys.

use std::fs::File;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use useartisan::JobId;
use useartisan::fake::Fault;
use useartisan_test_support::server::Server;

use crate::program::{
    APP, ARTISAN, COMPLETE, PUBLIC_KEY, SECRET_KEY, SEGMENT, Service, artisan, signal, until, wait,
};

/// A pseudo-terminal, whose other end keeps the output.
struct Terminal {
    line: File,
    keyboard: File,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    fn new() -> Self {
        Terminal::of_width(120)
    }

    fn of_width(columns: u16) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let line = File::options().read(true).write(true).open(path).unwrap();
        let keyboard = File::from(master);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (screen, mut output) = (Arc::clone(&shown), keyboard.try_clone().unwrap());
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Reading fails after the last handle to the terminal has closed.
            while let Ok(length) = output.read(&mut bytes) {
                screen.lock().unwrap().extend_from_slice(&bytes[..length]);
            }
        });
        Terminal { line, keyboard, shown }
    }

    fn line(&self) -> Stdio {
        self.line.try_clone().unwrap().into()
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    #[track_caller]
    fn until_shown(&self, text: &str) {
        until(text, || self.shown().contains(text));
    }

    fn is_echoing(&self) -> bool {
        tcgetattr(&self.line).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    /// Types an answer to a question, once the terminal has stopped echoing.
    #[track_caller]
    fn answer(&self, question: &str, keys: &str) {
        self.until_shown(question);
        until("no echo", || !self.is_echoing());
        std::io::Write::write_all(&mut &self.keyboard, keys.as_bytes()).unwrap();
    }
}

/// A stalled download has a bar on a terminal, and none in a pipe.
#[test]
fn a_download_has_a_bar_on_a_terminal_alone() {
    let service = Service::new();
    for format in ["json", "ndjson", "csv"] {
        let terminal = Terminal::new();
        service.fake.fail_next_for("download_job", Fault::stalled(1000));
        let mut download = service.artisan(&["download-job", COMPLETE, "--format", format]);
        let child = download.stderr(terminal.line()).spawn().unwrap();
        terminal.until_shown("1 profiles");
        let shown = terminal.shown();
        assert!(shown.contains("1000 B") && shown.contains("/s"), "{format}: {shown}");
        signal("INT", &child);
        assert_eq!(wait(child).code, Some(130));
        service.requests(); // clears them

        service.fake.fail_next_for("download_job", Fault::stalled(1000));
        let child = service.artisan(&["download-job", COMPLETE, "--format", format]).spawn().unwrap();
        until("the download", || !service.fake.requests().is_empty());
        signal("INT", &child);
        assert_eq!(wait(child).err, "", "{format}");
        service.requests();
    }
}

/// A whole export on a terminal shows the wait and the bar, and removes them. Stdout has only the result.
#[test]
fn a_wait_shows_on_a_terminal() {
    let service = Service::new();
    service.fake.move_jobs_by_hand();
    let terminal = Terminal::new();
    let mut export = service.artisan(&["export-segment", APP, SEGMENT, "-f", "-", "--format", "ndjson"]);
    let child = export.stderr(terminal.line()).spawn().unwrap();
    terminal.until_shown(" is QUEUED");
    let job = service.fake.jobs().last().unwrap().id().clone();
    terminal.until_shown(&format!("waiting for job {job}"));
    service.fake.fail_next_for("get_job", Fault::status(http::StatusCode::NOT_FOUND));
    terminal.until_shown("(last poll: ");
    service.fake.set_status(&job, useartisan::JobStatus::Complete).unwrap();
    let ran = wait(child);
    assert!(ran.code == Some(0) && ran.out.lines().count() == 2, "{ran:?}");
    assert!(ran.out.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{ran:?}");
}

/// A result on the terminal has no bar in it, even if it takes long.
#[test]
fn a_result_on_a_terminal_has_no_bar_in_it() {
    const PROFILES: usize = 200_000;
    let service = Service::new();
    let profiles = vec![r#"{"age":"29"}"#; PROFILES].join(",");
    let result = format!(r#"{{"artisanUserIds":[{profiles}]}}"#);
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    let terminal = Terminal::new();
    let mut download = service.artisan(&["download-job", COMPLETE, "--format", "ndjson"]);
    let child = download.stdout(terminal.line()).stderr(terminal.line()).spawn().unwrap();
    assert_eq!(wait(child).code, Some(0));
    until("the result", || terminal.shown().matches("}\r\n").count() == PROFILES);
    assert!(!terminal.shown().contains("profiles"));
}

/// Text of a hostile server: a title, a colour, an overwritten line, C1, and reversed text.
const TRICKS: &str = "\u{1b}]0;x\u{7}\u{1b}[31m\ra\u{9b}31m\u{85}\u{202e}b\u{2066}";
const SHOWN: &str = r"\u001b]0;x\u0007\u001b[31m\u000da\u009b31m\u0085\u202eb\u2066";

/// Whether the output contains something that a terminal obeys, apart from the needs of indicatif and the prompt.
fn is_tricked(shown: &str) -> bool {
    ["\u{1b}]", "\u{1b}[31", "\u{7}", "\u{9b}", "\u{85}", "\u{202e}", "\u{2066}"]
        .iter()
        .any(|trick| shown.contains(trick))
}

/// A terminal shows a server's text and does not obey it: in a table, a reason, a result and a status.
#[test]
fn a_terminal_does_not_obey_a_server() {
    let service = Service::new();
    service.fake.add_app(TRICKS);
    let result = serde_json::json!({ "artisanUserIds": [{ "age": TRICKS }] }).to_string();
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    for arguments in [
        &["list-apps"][..],
        &["list-apps", "--output", "json"],
        &["download-job", COMPLETE],
        &["download-job", COMPLETE, "--format", "ndjson"],
        &["download-job", COMPLETE, "--format", "csv"],
        &["list-jobs"],
    ] {
        let terminal = Terminal::new();
        if arguments == ["list-jobs"] {
            service.fake.fail_next_for("list_jobs", Fault::failure(TRICKS));
        }
        let mut command = service.artisan(arguments);
        let child = command.stdout(terminal.line()).stderr(terminal.line()).spawn().unwrap();
        wait(child);
        terminal.until_shown("85");
        let shown = terminal.shown();
        assert!(!is_tricked(&shown), "{arguments:?}: {shown:?}");
        // Some of them have shorter escapes in JSON.
        let is_json = shown.contains("\\r");
        assert!(is_json || shown.contains(SHOWN) || shown.contains("\\u{"), "{arguments:?}: {shown:?}");
    }
}

/// The progress line of a wait escapes the server's text as well.
#[test]
fn a_status_is_shown_and_not_obeyed() {
    let service = Service::new();
    let terminal = Terminal::new();
    let job = serde_json::json!({ "jobs": { "_id": COMPLETE, "status": TRICKS } }).to_string();
    let fault = Fault::status(http::StatusCode::OK).body(job);
    service.fake.fail_next_for("get_job", fault.times(1000));
    let mut command = service.artisan(&["get-job", COMPLETE, "--wait"]);
    let child = command.stderr(terminal.line()).spawn().unwrap();
    terminal.until_shown(SHOWN);
    signal("INT", &child);
    wait(child);
    assert!(!is_tricked(&terminal.shown()), "{:?}", terminal.shown());
}

/// A pipe gets a result byte for byte. JSON for scripts is printable and has the same meaning.
#[test]
fn json_for_scripts_is_printable() {
    let service = Service::new();
    service.fake.add_app(TRICKS);
    let out = service.run(&["list-apps", "--output", "json"]).quiet();
    assert!(!is_tricked(&out) && out.contains(r"\u009b31m\u0085\u202eb\u2066"), "{out}");
    let apps: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(apps.as_array().unwrap().last().unwrap()["name"], TRICKS);

    let result = serde_json::json!({ "artisanUserIds": [{ "age": TRICKS }] }).to_string();
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result.clone()).unwrap();
    assert_eq!(service.run(&["download-job", COMPLETE]).quiet(), result);
    // A reason goes to stderr, which people read.
    service.fake.fail_next(Fault::failure(TRICKS));
    assert!(!is_tricked(&service.run(&["list-apps"]).err));
}

/// While a server is silent, a terminal shows a spinner and the server's name. A pipe gets nothing.
#[test]
fn a_mute_server_has_a_spinner() {
    let server = Server::new(|_| std::thread::sleep(std::time::Duration::from_secs(60)));
    let url = format!("http://{}", server.address());
    let keys = [("ARTISAN_PUBLIC_KEY", PUBLIC_KEY), ("ARTISAN_SECRET_KEY", SECRET_KEY)];
    for arguments in [&["list-apps"][..], &["download-job", COMPLETE], &["export-segment", APP, SEGMENT]] {
        let terminal = Terminal::of_width(40);
        let mut command = artisan(&[arguments, &["--base-url", &url, "--timeout", "1500ms"]].concat());
        let child = command.envs(keys).stderr(terminal.line()).spawn().unwrap();
        terminal.until_shown("waiting for an answer from 127");
        signal("INT", &child);
        wait(child);
        assert!(widest(&terminal.shown()) <= 40, "{:?}", terminal.shown());
    }
    let terminal = Terminal::new();
    let mut command = artisan(&["list-apps", "--base-url", &url, "--timeout", "700ms", "--quiet"]);
    let child = command.envs(keys).stderr(terminal.line()).spawn().unwrap();
    wait(child);
    terminal.until_shown("artisan: ");
    assert!(terminal.shown().starts_with("artisan: "), "{:?}", terminal.shown());
    let mut command = artisan(&["list-apps", "--base-url", &url, "--timeout", "700ms"]);
    let err = crate::program::run(command.envs(keys)).failed(5);
    assert!(err.starts_with("artisan: list-apps: "), "{err:?}");
}

/// The pause before another attempt is shown. The service requests its length here, because an ordinary pause has a random
/// length and may be too short to show.
#[test]
fn a_pause_has_a_spinner() {
    let service = Service::new();
    for arguments in [&["list-apps"][..], &["download-job", COMPLETE]] {
        let terminal = Terminal::new();
        let busy = Fault::status(http::StatusCode::SERVICE_UNAVAILABLE);
        service.fake.fail_next(busy.retry_after(30));
        let child = service.artisan(arguments).stderr(terminal.line()).spawn().unwrap();
        terminal.until_shown("trying again in 30 s");
        signal("INT", &child);
        wait(child);
    }
}

/// The longest line of the output, in characters.
fn widest(shown: &str) -> usize {
    let mut visible = String::new();
    let mut characters = shown.chars();
    while let Some(c) = characters.next() {
        match c {
            // A control sequence ends in a letter.
            '\u{1b}' => drop(characters.by_ref().find(char::is_ascii_alphabetic)),
            '\r' => visible.push('\n'),
            c => visible.push(c),
        }
    }
    visible
        .lines()
        .filter(|line| !line.starts_with("artisan: ") && !line.starts_with("  "))
        .map(|line| line.chars().count())
        .max()
        .unwrap_or_default()
}

/// The bar stays on one line, however narrow the terminal is, and has no colour, with or without `NO_COLOR`.
#[test]
fn a_bar_fits_the_terminal() {
    let service = Service::new();
    for (width, shows) in [(120, "/s"), (80, " to go"), (60, "1 profiles"), (20, "1000 B")] {
        let terminal = Terminal::of_width(width);
        service.fake.fail_next_for("download_job", Fault::stalled(1000));
        let mut download = service.artisan(&["download-job", COMPLETE]);
        if width == 60 {
            download.env("NO_COLOR", "1");
        }
        let child = download.stderr(terminal.line()).spawn().unwrap();
        terminal.until_shown(shows);
        signal("INT", &child);
        wait(child);
        let shown = terminal.shown();
        assert!(widest(&shown) <= usize::from(width), "{shown:?}");
        assert!(
            !shown
                .split("\u{1b}[")
                .skip(1)
                .any(|it| it.find(|c: char| c.is_ascii_alphabetic()).is_some_and(|at| &it[at..=at] == "m")),
            "{shown:?}"
        );
    }
    // A terminal without control sequences gets no bar.
    let terminal = Terminal::new();
    service.fake.fail_next_for("download_job", Fault::stalled(1000));
    service.requests();
    let mut download = service.artisan(&["download-job", COMPLETE]);
    let child = download.env("TERM", "dumb").stderr(terminal.line()).spawn().unwrap();
    until("the download", || !service.fake.requests().is_empty());
    std::thread::sleep(std::time::Duration::from_millis(300));
    signal("INT", &child);
    wait(child);
    assert_eq!(terminal.shown(), "");
}

/// The program on a pseudo-terminal, with only these keys.
fn with_keys(keys: &[(&str, &str)], terminal: &Terminal, service: &Service) -> Child {
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait"]).arg(ARTISAN).args(["list-apps", "--base-url", service.base_url()]);
    for (name, _) in artisan(&[]).get_envs() {
        command.env_remove(name);
    }
    command.envs(keys.iter().copied());
    command.stdin(terminal.line()).stdout(Stdio::piped()).stderr(terminal.line()).spawn().unwrap()
}

/// The program asks for missing keys, and does not show them.
#[test]
fn a_prompt_does_not_echo() {
    let (service, terminal) = (Service::new(), Terminal::new());
    assert!(terminal.is_echoing());
    let child = with_keys(&[], &terminal, &service);
    terminal.answer("public key", &format!("{PUBLIC_KEY}\n"));
    terminal.answer("secret key", &format!("{SECRET_KEY}\n"));
    let ran = wait(child);
    assert!(ran.code == Some(0) && ran.out.contains("Demo App 1"), "{ran:?} {}", terminal.shown());
    assert!(terminal.is_echoing());
    for key in [PUBLIC_KEY, SECRET_KEY] {
        assert!(!terminal.shown().contains(key), "{}", terminal.shown());
    }
}

/// If one key is set, the program asks for the other only.
#[test]
fn a_key_that_is_set_is_not_asked_for() {
    let service = Service::new();
    for (name, value, question, answer, not_asked) in [
        ("ARTISAN_PUBLIC_KEY", PUBLIC_KEY, "secret key", SECRET_KEY, "public key"),
        ("ARTISAN_SECRET_KEY", SECRET_KEY, "public key", PUBLIC_KEY, "secret key"),
    ] {
        let terminal = Terminal::new();
        let child = with_keys(&[(name, value)], &terminal, &service);
        terminal.answer(question, &format!("{answer}\n"));
        let ran = wait(child);
        assert!(ran.code == Some(0) && ran.out.contains("Demo App 1"), "{ran:?} {}", terminal.shown());
        assert!(!terminal.shown().contains(not_asked), "{}", terminal.shown());
    }
}

/// Ctrl-C at a prompt leaves a terminal that echoes again.
#[test]
fn ctrl_c_at_a_prompt_restores_the_terminal() {
    let (service, terminal) = (Service::new(), Terminal::new());
    let child = with_keys(&[], &terminal, &service);
    terminal.answer("public key", "\u{3}");
    assert_eq!(wait(child).failed(130), "");
    assert!(terminal.is_echoing());
}
