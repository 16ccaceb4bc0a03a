//! On a terminal: the bar, and the prompt for keys.

use std::fs::File;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use useartisan::JobId;
use useartisan::fake::Fault;

use crate::program::{
    APP, ARTISAN, COMPLETE, PUBLIC_KEY, SECRET_KEY, SEGMENT, Service, artisan, signal, until, wait,
};

/// A pseudo-terminal, whose other end keeps all that is shown.
struct Terminal {
    line: File,
    keyboard: File,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    fn new() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize { ws_row: 24, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let line = File::options().read(true).write(true).open(path).unwrap();
        let keyboard = File::from(master);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (screen, mut output) = (Arc::clone(&shown), keyboard.try_clone().unwrap());
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The end is an error, once nobody has the line open any more.
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

    /// Types an answer to a question, once what is typed does not show.
    #[track_caller]
    fn answer(&self, question: &str, keys: &str) {
        self.until_shown(question);
        until("no echo", || !self.is_echoing());
        std::io::Write::write_all(&mut &self.keyboard, keys.as_bytes()).unwrap();
    }
}

/// A download that stalls shows on a terminal how far it is, and in a pipe nothing.
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
        service.requests(); // which forgets them

        service.fake.fail_next_for("download_job", Fault::stalled(1000));
        let child = service.artisan(&["download-job", COMPLETE, "--format", format]).spawn().unwrap();
        until("the download", || !service.fake.requests().is_empty());
        signal("INT", &child);
        assert_eq!(wait(child).err, "", "{format}");
        service.requests();
    }
}

/// A whole export on a terminal: the wait and the bar show, and are gone at the end; stdout has the result alone.
#[test]
fn a_wait_shows_on_a_terminal() {
    let service = Service::new();
    service.fake.move_jobs_by_hand();
    let terminal = Terminal::new();
    let mut export = service.artisan(&["export-segment", APP, SEGMENT, "-f", "-", "--format", "ndjson"]);
    let child = export.stderr(terminal.line()).spawn().unwrap();
    terminal.until_shown("QUEUED for ");
    let job = service.fake.jobs().last().unwrap().id().clone();
    terminal.until_shown(&format!("waiting for job {job}"));
    service.fake.fail_next_for("get_job", Fault::status(http::StatusCode::NOT_FOUND));
    terminal.until_shown("(last poll: ");
    service.fake.set_status(&job, useartisan::JobStatus::Complete).unwrap();
    let ran = wait(child);
    assert!(ran.code == Some(0) && ran.out.lines().count() == 2, "{ran:?}");
    assert!(ran.out.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{ran:?}");
}

/// Where the result goes to the terminal as well, no bar is drawn into it, however long it takes.
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

/// The program on a terminal of its own, with no other keys than these.
fn with_keys(keys: &[(&str, &str)], terminal: &Terminal, service: &Service) -> Child {
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait"]).arg(ARTISAN).args(["list-apps", "--base-url", service.base_url()]);
    for (name, _) in artisan(&[]).get_envs() {
        command.env_remove(name);
    }
    command.envs(keys.iter().copied());
    command.stdin(terminal.line()).stdout(Stdio::piped()).stderr(terminal.line()).spawn().unwrap()
}

/// Keys are asked for where there are none, and what is typed does not show.
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

/// Where one key is set, the other alone is asked for.
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
