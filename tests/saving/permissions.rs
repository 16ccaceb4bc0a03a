//! Promise 30: who can read and change a file, while it is partial and afterwards.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use crate::pieces::{Directory, NEW, OLD, Piece, blocking, client, data, job};
use crate::process::{NOBODY, is_superuser};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// Saves over a file with this owner and mode, by each kind of backend.
fn saved_over(path: &Path, owner: Option<u32>, old: u32, then: impl Fn()) {
    // No other user can read the partial file.
    let look = Piece::Look(|directory| {
        let [part] = directory.parts().try_into().unwrap();
        let name = part.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(".export.json."), "{name}");
        assert_eq!(mode(&part), 0o600);
        assert_eq!(fs::read_to_string(directory.file("export.json")).unwrap(), OLD);
    });
    let pieces = [data(NEW), vec![look]].concat();
    for by_async in [true, false] {
        let _ = fs::remove_file(path);
        fs::write(path, OLD).unwrap();
        chown(path, owner, None).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(old)).unwrap();
        match by_async {
            true => pollster::block_on(client(&pieces).download_job(job()).save(path)).unwrap(),
            false => blocking(&pieces).download_job(job()).save_blocking(path).unwrap(),
        };
        assert_eq!(fs::read_to_string(path).unwrap(), NEW);
        then();
    }
}

/// Setuid, setgid and sticky bits are never kept.
#[test]
fn the_mode_of_the_old_file_is_kept() {
    let directory = Directory::new("mode");
    let path = directory.file("export.json");
    for old in [0o600, 0o640, 0o664, 0o777, 0o400, 0o4755, 0o2775, 0o1666, 0o7777] {
        saved_over(&path, None, old, || assert_eq!(mode(&path), old & 0o777, "{old:o}"));
    }
}

#[test]
fn another_users_mode_is_not_kept() {
    if !is_superuser() {
        return;
    }
    let directory = Directory::new("anothers");
    let path = directory.file("export.json");
    fs::write(directory.file("ordinary"), "").unwrap();
    for old in [0o666, 0o4777, 0o777, 0o600, 0o400] {
        saved_over(&path, Some(NOBODY), old, || {
            assert_eq!(mode(&path), mode(&directory.file("ordinary")), "{old:o}");
            let ordinary = fs::metadata(directory.file("ordinary")).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().uid(), ordinary.uid());
        });
    }
}

#[test]
fn a_new_file_has_the_mode_that_the_umask_leaves() {
    let directory = Directory::new("umask");
    fs::write(directory.file("ordinary"), "").unwrap();
    blocking(&data(NEW)).download_job(job()).save_blocking(directory.file("new")).unwrap();
    assert_eq!(mode(&directory.file("new")), mode(&directory.file("ordinary")));
}
