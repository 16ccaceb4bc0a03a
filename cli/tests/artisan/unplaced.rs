//! A whole result that cannot be renamed to its path.

use std::fs;
use std::io::Write;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::program::{COMPLETE, PUBLIC_KEY, SECRET_KEY, artisan, run, until, wait};
use useartisan_test_support::directory::Directory;
use useartisan_test_support::server::{Server, close, read_request};

const START: &str = r#"{"artisanUserIds":[{"age":"1"},"#;
const END: &str = r#"{"age":"2"}]}"#;

/// A server whose downloads end when the sender sends.
fn halting() -> (Server, Sender<()>) {
    let (sender, receiver): (_, Receiver<()>) = channel();
    let receiver = Mutex::new(receiver);
    let server = Server::serving(move |_, mut stream, seen| {
        seen.push(read_request(&mut stream));
        let length = START.len() + END.len();
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(format!("{head}{START}").as_bytes()).unwrap();
        let _ = receiver.lock().unwrap().recv();
        stream.write_all(END.as_bytes()).unwrap();
        close(&mut stream);
    });
    (server, sender)
}

/// Promise 30: the complete part is kept, and the message names it with a command that works. Nothing suggests another
/// download.
#[test]
fn a_whole_result_is_kept() {
    for (format, whole) in [
        ("json", format!("{START}{END}")),
        ("ndjson", "{\"age\":\"1\"}\n{\"age\":\"2\"}\n".to_owned()),
        ("csv", "age\n1\n2\n".to_owned()),
    ] {
        let (server, go_on) = halting();
        let directory = Directory::new("cli-unplaced");
        let file = directory.file("it's here");
        let url = format!("http://{}", server.address());
        let mut command = artisan(&["download-job", COMPLETE, "--base-url", &url, "--format", format, "-f"]);
        command.arg(&file).env("ARTISAN_PUBLIC_KEY", PUBLIC_KEY).env("ARTISAN_SECRET_KEY", SECRET_KEY);
        if format == "csv" {
            command.args(["--columns", "age"]);
        }
        let child = command.spawn().unwrap();
        until("the download", || directory.parts().len() == 1 && server.hits() == 1);
        // No file can be renamed to a directory.
        fs::create_dir(&file).unwrap();
        go_on.send(()).unwrap();

        let err = wait(child).failed(10);
        let [part] = &directory.parts()[..] else { panic!("{format}: {:?}", directory.names()) };
        assert_eq!(fs::read_to_string(part).unwrap(), whole, "{format}");
        assert!(err.contains(&format!("kept in `{}`", part.display())), "{err}");
        assert!(err.contains(&format!("cannot put `{}` in place", file.display())), "{err}");
        assert!(!err.contains("to go on") && !err.contains("make room"), "{err}");
        let (_, mv) = err.trim_end().split_once("to give it a name: ").unwrap();
        let named = directory.file("named");
        let script = mv.replace("NAME", named.to_str().unwrap());
        run(Command::new("sh").args(["-c", &script])).quiet();
        assert_eq!(fs::read_to_string(&named).unwrap(), whole, "{format}");
        assert_eq!(server.hits(), 1, "{format}");
    }
}

/// If the system limits the size of the file, the part is removed, and the message names the failure.
#[test]
fn a_limit_on_the_size_of_files_is_no_kill() {
    let service = crate::program::Service::new();
    let directory = Directory::new("cli-file-size");
    let result = format!(r#"{{"artisanUserIds":[{}{{}}]}}"#, r#"{"age":"29"},"#.repeat(100_000));
    service.fake.set_result(useartisan::JobId::new(COMPLETE).unwrap(), result).unwrap();
    for format in ["json", "ndjson", "csv"] {
        let file = directory.file(format);
        let settings = service.artisan(&[]);
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -f 64; exec \"$0\" \"$@\"", crate::program::ARTISAN]);
        command.args(["download-job", COMPLETE, "--format", format, "-f", file.to_str().unwrap()]);
        command.envs(settings.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let err = run(&mut command).failed(10);
        assert!(err.contains("File too large") && err.contains("write elsewhere"), "{err}");
        assert!(directory.names().is_empty(), "{:?}", directory.names());
    }
}
