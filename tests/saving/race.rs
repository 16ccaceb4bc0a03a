//! Promise 30: another process that can write to the directory cannot make a save open or change a target of its choice.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::pieces::{Directory, NEW, OLD, blocking, data, job};
use crate::refused::fifo;
use crate::support::cases::cases;
use useartisan::ErrorKind;

/// Non-blocking, so that it opens without a writer. All Unix systems with tests share the number, except macOS.
const NONBLOCK: i32 = if cfg!(target_os = "macos") { 0x4 } else { 0o4000 };

/// The path flips between links to a FIFO, to a device that is always full, and to a file, while 1,000 saves run with
/// `USEARTISAN_FULL=1`, else a sample. Each save is refused or makes a file. Opening the FIFO would block for ever, writing to the
/// device would fail, and writing to the file would change it.
#[test]
fn a_link_that_flips_has_nothing_opened_or_changed() {
    let saves = cases(100, 1000);
    let directory = Directory::new("race");
    let at = |name: &str| directory.file(name);
    let (path, file, pipe) = (at("export.json"), at("file"), at("fifo"));
    fs::write(&file, OLD).unwrap();
    fifo(&pipe);
    let targets = [pipe.clone(), "/dev/full".into(), file.clone()];
    let (stop, flips) = (AtomicBool::new(false), Arc::new(AtomicUsize::new(0)));
    let (made, refused) = thread::scope(|scope| {
        scope.spawn(|| {
            for target in targets.iter().cycle().take_while(|_| !stop.load(Ordering::Relaxed)) {
                symlink(target, at("next")).unwrap();
                fs::rename(at("next"), &path).unwrap();
                flips.fetch_add(1, Ordering::Relaxed);
            }
        });
        let ended = in_time(saves, &path, &flips);
        stop.store(true, Ordering::Relaxed);
        ended.expect("a save opened the FIFO")
    });
    let flips = flips.load(Ordering::Relaxed);
    println!("{flips} flips under {saves} saves: {made} made a file, {refused} were refused");
    assert_eq!(made + refused, saves);
    assert!(made > 0 && refused > 0, "{made} made, {refused} refused");
    assert_eq!(fs::read_to_string(&file).unwrap(), OLD);
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    let mut options = fs::File::options();
    let mut reader = options.read(true).custom_flags(NONBLOCK).open(&pipe).unwrap();
    assert_eq!(reader.read(&mut [0]).unwrap(), 0, "something was written to the FIFO");
    assert!(directory.parts().is_empty());
}

/// Runs the saves. Returns how many made a file, and how many were refused. `None` if they take too long.
fn in_time(saves: usize, path: &Path, flips: &Arc<AtomicUsize>) -> Option<(usize, usize)> {
    let (done, is_done) = mpsc::channel();
    let (path, flips) = (path.to_owned(), Arc::clone(flips));
    thread::spawn(move || {
        let client = blocking(&data(NEW));
        let mut seen = 0;
        // Each starts after another flip.
        let mut flipped = || {
            while flips.load(Ordering::Relaxed) <= seen {
                thread::yield_now();
            }
            seen = flips.load(Ordering::Relaxed);
        };
        let made = (0..saves).inspect(|_| flipped()).filter(|_| {
            match client.download_job(job()).save_blocking(&path) {
                Ok(saved) => saved.bytes == NEW.len() as u64,
                Err(error) => {
                    let is_refused =
                        error.kind() == ErrorKind::File && error.to_string().contains("which is a link");
                    assert!(is_refused, "{error}: {:?}", std::error::Error::source(&error));
                    false
                }
            }
        });
        let made = made.count();
        done.send((made, saves - made))
    });
    is_done.recv_timeout(Duration::from_secs(120)).ok()
}
