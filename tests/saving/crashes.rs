//! Promise 29: the file of a save is the whole old one or the whole new one, whatever happens to the process.

use std::fs;
use std::thread;

use fastrand::Rng;

use crate::pieces::{Directory, OLD, Piece, blocking, client, job};
#[cfg(unix)]
use crate::process::process;
use crate::process::{stopped, told};
use crate::support::cases::cases;
use useartisan::ErrorKind;

const START: &str = r#"{"artisanUserIds":["#;
const END: &str = "]}";

/// A document larger than a batch, in three pieces.
fn pieces() -> [Piece; 3] {
    [START.into(), vec![b' '; 300 * 1024], END.into()].map(Piece::Data)
}

fn spaces() -> String {
    format!("{START}{}{END}", " ".repeat(300 * 1024))
}

/// A document larger than a batch.
fn document(text: &str) -> String {
    let records = vec![format!(r#"{{"age":"{text}"}}"#); 30_000].join(",");
    format!("{START}{records}{END}")
}

fn there(_: &Directory) {
    println!("there");
}

fn there_for_ever(_: &Directory) {
    println!("there");
    loop {
        thread::park();
    }
}

/// Killed before the first byte of the body, between its pieces, and before its end.
#[test]
fn a_process_that_is_killed_in_the_body_leaves_the_old_file() {
    let directory = Directory::new("killed");
    let path = directory.file("export.json");
    for step in 0..=3 {
        fs::write(&path, OLD).unwrap();
        let (mut child, _lines) = stopped(&format!("crashes::stops_in_the_body::at_{step}"), &path);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), OLD, "step {step}");
        assert_eq!((directory.parts().len(), directory.names().len()), (1, 2), "step {step}");
        fs::remove_file(&directory.parts()[0]).unwrap();
    }
}

mod stops_in_the_body {
    use super::*;

    fn save(step: usize) {
        let Some(path) = told() else { return };
        let mut pieces = pieces().to_vec();
        pieces.insert(step, Piece::Look(there_for_ever));
        blocking(&pieces).download_job(job()).save_blocking(path).unwrap();
    }

    #[test]
    fn at_0() {
        save(0);
    }

    #[test]
    fn at_1() {
        save(1);
    }

    #[test]
    fn at_2() {
        save(2);
    }

    #[test]
    fn at_3() {
        save(3);
    }
}

/// Killed later and later after the body's end: before, during and after the file gets its mode, is synced and renamed. The
/// machine chooses the exact moments.
#[test]
fn a_process_that_is_killed_at_the_end_leaves_the_old_or_the_new_file() {
    let directory = Directory::new("ending");
    let path = directory.file("export.json");
    let (mut old, mut new) = (0, 0);
    for step in 0..60_u32 {
        fs::write(&path, OLD).unwrap();
        let (mut child, lines) = stopped("crashes::ends", &path);
        match step {
            // Killed only after it ended by itself.
            59 => assert_ne!(lines.count(), 0),
            _ => (0..2_u32.pow(step / 4) - 1).for_each(|_| thread::yield_now()),
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let parts = directory.parts();
        match fs::read_to_string(&path).unwrap() {
            text if text == OLD => old += 1,
            text => {
                assert!(text == spaces(), "{} bytes are neither the old nor the new file", text.len());
                assert!(parts.is_empty());
                new += 1;
            }
        }
        assert!(parts.len() <= 1);
        assert_eq!(directory.names().len(), 1 + parts.len());
        parts.iter().for_each(|part| fs::remove_file(part).unwrap());
    }
    println!("{old} old and {new} new files");
    assert_ne!(new, 0, "the last had ended by itself");
}

#[test]
fn ends() {
    let Some(path) = told() else { return };
    let pieces = [&pieces()[..], &[Piece::Look(there)]].concat();
    blocking(&pieces).download_job(job()).save_blocking(path).unwrap();
}

/// Killed at random moments while it saves two documents in turn: 100 times with `USEARTISAN_FULL=1`, else a sample.
#[test]
fn a_process_that_is_killed_at_random_leaves_one_whole_file() {
    let directory = Directory::new("random");
    let path = directory.file("export.json");
    let mut random = Rng::with_seed(29);
    let (mut files, mut with_a_part) = ([0; 3], 0);
    for _ in 0..cases(20, 100) {
        fs::write(&path, OLD).unwrap();
        let (mut child, mut lines) = stopped("crashes::saves_in_turn", &path);
        (0..random.usize(..4)).for_each(|_| drop(lines.next()));
        (0..1_usize << random.u32(..14)).for_each(|_| thread::yield_now());
        child.kill().unwrap();
        child.wait().unwrap();
        let file = fs::read_to_string(&path).unwrap();
        let found = [OLD.to_owned(), document("x"), document("y")].iter().position(|whole| *whole == file);
        files[found.unwrap_or_else(|| panic!("{} bytes are no whole file", file.len()))] += 1;
        let parts = directory.parts();
        assert!(parts.len() <= 1 && directory.names().len() == 1 + parts.len(), "{:?}", directory.names());
        with_a_part += parts.len();
        parts.iter().for_each(|part| fs::remove_file(part).unwrap());
    }
    let [old, first, second] = files;
    println!("{old} old files, {first} and {second} of the new ones; {with_a_part} times with a part");
    assert!(first + second > 0);
}

#[test]
fn saves_in_turn() {
    let Some(path) = told() else { return };
    for text in ["x", "y"].iter().cycle() {
        println!("there");
        let document = document(text).into_bytes();
        let pieces: Vec<_> = document.chunks(100_000).map(|piece| Piece::Data(piece.into())).collect();
        blocking(&pieces).download_job(job()).save_blocking(&path).unwrap();
    }
}

/// A full disk, by a limit of some kilobytes on the process's files.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_file() {
    let directory = Directory::new("full");
    let path = directory.file("export.json");
    fs::write(&path, OLD).unwrap();
    let save = process("crashes::fills_the_disk", &path);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", r#"trap "" XFSZ; ulimit -f 64; exec "$0" "$@""#]).arg(save.get_program());
    let output = limited.args(save.get_args()).env(crate::process::PATH, &path).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("2 saves have failed"), "{told}");
    assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
    assert_eq!(directory.names(), ["export.json"]);
}

#[test]
fn fills_the_disk() {
    let Some(path) = told() else { return };
    let outcomes = [
        pollster::block_on(client(&pieces()).download_job(job()).save(&path)),
        blocking(&pieces()).download_job(job()).save_blocking(&path),
    ];
    for outcome in &outcomes {
        let error = outcome.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains("cannot write `"), "{error}");
    }
    println!("{} saves have failed", outcomes.len());
}

/// Two saves to one path at once: the file is one of theirs, whole, and nothing is left beside it.
#[test]
fn two_at_once_do_not_mix() {
    let directory = Directory::new("two");
    let path = directory.file("export.json");
    let documents = ["x", "y"].map(document);
    for _ in 0..20 {
        thread::scope(|scope| {
            for document in &documents {
                let path = &path;
                let pieces: Vec<_> =
                    document.as_bytes().chunks(10_000).map(|piece| Piece::Data(piece.into())).collect();
                scope.spawn(move || blocking(&pieces).download_job(job()).save_blocking(path).unwrap());
            }
        });
        let saved = fs::read_to_string(&path).unwrap();
        assert!(documents.contains(&saved));
        assert_eq!(directory.names(), ["export.json"]);
    }
}
