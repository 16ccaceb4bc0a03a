//! Promises 29 and 30: a saved download is a whole file or none, and nothing is left beside it.

use std::fs;
use std::path::Path;

use crate::pieces::{Directory, NEW, OLD, Piece, blocking, client, data, job};
use useartisan::{Error, ErrorKind, Sent};

/// Saves these pieces to a path, by each kind of backend.
fn save_by_each(directory: &Directory, pieces: &[Piece], then: impl Fn(&Path, Result<u64, Error>)) {
    for kind in ["async", "blocking"] {
        let path = directory.file("export.json");
        fs::write(&path, OLD).unwrap();
        let saved = match kind {
            "async" => pollster::block_on(client(pieces).download_job(job()).save(&path)),
            _ => blocking(pieces).download_job(job()).save_blocking(&path),
        };
        then(&path, saved.map(|saved| saved.bytes));
    }
}

#[test]
fn a_save_makes_the_file_and_nothing_else() {
    let directory = Directory::new("success");
    save_by_each(&directory, &data(NEW), |path, saved| {
        assert_eq!(saved.unwrap(), NEW.len() as u64);
        assert_eq!(fs::read_to_string(path).unwrap(), NEW);
        assert_eq!(directory.names(), ["export.json"]);
    });
}

/// A body larger than a batch is saved whole, in small pieces and in a large one.
#[test]
fn batches_come_whole() {
    let directory = Directory::new("batches");
    let records = vec![r#"{"age":"54"}"#; 80_000].join(",");
    let large = format!("{{\"artisanUserIds\":[{records}]}}");
    let small: Vec<Piece> = large.as_bytes().chunks(999).map(|part| Piece::Data(part.to_vec())).collect();
    for pieces in [small, vec![Piece::Data(large.clone().into_bytes())]] {
        save_by_each(&directory, &pieces, |path, saved| {
            assert_eq!(saved.unwrap(), large.len() as u64);
            assert!(fs::read_to_string(path).unwrap() == large);
        });
    }
}

/// An open download is saved from its current position.
#[test]
fn what_is_left_of_an_open_download_is_saved() {
    let directory = Directory::new("rest");
    let path = directory.file("rest");
    let client = client(&data(NEW));
    pollster::block_on(async {
        let mut download = client.download_job(job()).open().await.unwrap();
        let first = download.next_chunk().await.unwrap().unwrap();
        let saved = download.save(client.backend(), &path).await.unwrap();
        assert_eq!(saved.bytes as usize, NEW.len() - first.len());
    });
    let rest = fs::read_to_string(&path).unwrap();
    assert!(!rest.is_empty() && NEW.ends_with(&rest));

    let mut download = blocking(&data(NEW)).download_job(job()).open_blocking().unwrap();
    download.next_chunk_blocking().unwrap();
    download.save_blocking(&path).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), rest);
}

#[test]
fn a_failed_save_leaves_what_was_there() {
    let directory = Directory::new("failed");
    for at in 0..=2 {
        let mut pieces = data(NEW);
        pieces.insert(at, Piece::Fail);
        save_by_each(&directory, &pieces, |path, saved| {
            let error = saved.unwrap_err();
            assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::Answered), "{error}");
            assert_eq!(fs::read_to_string(path).unwrap(), OLD);
            assert_eq!(directory.names(), ["export.json"]);
        });
    }
}

/// Promise 21: the same for a document that reports a failure, or is cut.
#[test]
fn a_document_that_is_no_export_leaves_what_was_there() {
    let directory = Directory::new("no-export");
    for (document, kind) in [
        (r#"{"success":false,"error":"job 5584 is not complete"}"#, ErrorKind::Rejected),
        (r#"{"success":"False","error":"no"}"#, ErrorKind::Rejected),
        (r#"{"error":"result expired"}"#, ErrorKind::Rejected),
        (r#"{"success":0}"#, ErrorKind::UnexpectedBody),
        (r#"{"success":"no","error":"x"}"#, ErrorKind::UnexpectedBody),
        (r#"{"status":"RUNNING"}"#, ErrorKind::UnexpectedBody),
        ("null", ErrorKind::UnexpectedBody),
        (&NEW[..NEW.len() - 1], ErrorKind::UnexpectedBody),
        ("<html>Bad Gateway</html>", ErrorKind::UnexpectedBody),
        ("", ErrorKind::UnexpectedBody),
    ] {
        save_by_each(&directory, &data(document), |path, saved| {
            assert_eq!(saved.unwrap_err().kind(), kind, "{document}");
            assert_eq!(fs::read_to_string(path).unwrap(), OLD);
            assert_eq!(directory.names(), ["export.json"]);
        });
    }
}

#[test]
fn a_panic_leaves_what_was_there() {
    let directory = Directory::new("panic");
    let path = directory.file("export.json");
    fs::write(&path, OLD).unwrap();
    let mut pieces = data(NEW);
    pieces.insert(1, Piece::Look(|_| panic!("in the middle of a body")));
    let by_async = || pollster::block_on(client(&pieces).download_job(job()).save(&path));
    let by_blocking = || blocking(&pieces).download_job(job()).save_blocking(&path);
    for outcome in [
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(by_async)),
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(by_blocking)),
    ] {
        outcome.unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
        assert_eq!(directory.names(), ["export.json"]);
    }
}

/// A long name that leaves no room for `.NAME.<random>.part` works too.
#[test]
fn a_long_name_is_saved_to() {
    let directory = Directory::new("long");
    for name in ["x".repeat(255), "ü".repeat(127)] {
        let look = Piece::Look(|directory| assert_eq!(directory.parts().len(), 1));
        let pieces = [data(NEW), vec![look]].concat();
        blocking(&pieces).download_job(job()).save_blocking(directory.file(&name)).unwrap();
        assert_eq!(fs::read_to_string(directory.file(&name)).unwrap(), NEW);
        fs::remove_file(directory.file(&name)).unwrap();
        assert!(directory.names().is_empty());
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, symlink};
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// A save writes a file with a random name in the same directory, and renames that file.
    #[test]
    fn the_partial_file_itself_is_put_in_place() {
        static PART: AtomicU64 = AtomicU64::new(0);
        let directory = Directory::new("inode");
        let look = Piece::Look(|directory| {
            let [part] = directory.parts().try_into().unwrap();
            PART.store(fs::metadata(&part).unwrap().ino(), Ordering::Relaxed);
            fs::hard_link(&part, part.with_extension("seen")).unwrap();
        });
        save_by_each(&directory, &[data(NEW), vec![look]].concat(), |path, saved| {
            saved.unwrap();
            assert_eq!(fs::metadata(path).unwrap().ino(), PART.load(Ordering::Relaxed));
        });
        assert_eq!(directory.names().len(), 3, "two names, each seen once, and the file");
    }

    #[test]
    fn a_symbolic_link_is_replaced_and_not_followed() {
        let directory = Directory::new("link");
        let (link, secret) = (directory.file("link"), directory.file("secret"));
        fs::write(&secret, OLD).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode();
        fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        fs::write(directory.file("ordinary"), "").unwrap();
        for target in [secret.clone(), directory.file("absent")] {
            symlink(&target, &link).unwrap();
            blocking(&data(NEW)).download_job(job()).save_blocking(&link).unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_file());
            assert_eq!(fs::read_to_string(&link).unwrap(), NEW);
            assert_eq!(mode(&link), mode(&directory.file("ordinary")));
            assert_eq!(fs::read_to_string(&secret).unwrap(), OLD);
            fs::remove_file(&link).unwrap();
        }
        assert_eq!(directory.names(), ["ordinary", "secret"]);
    }
}
