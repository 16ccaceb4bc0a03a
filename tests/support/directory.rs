//! A directory for a test.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

thread_local! {
    static DIRECTORY: RefCell<PathBuf> = RefCell::default();
}

/// A directory of a test, removed at its end.
pub struct Directory {
    path: PathBuf,
    owned: bool,
}

impl Directory {
    pub fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("useartisan-save-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        DIRECTORY.set(path.clone());
        Directory { path, owned: true }
    }

    /// The directory of the test on this thread.
    pub fn of_this_test() -> Self {
        Directory { path: DIRECTORY.with_borrow(Clone::clone), owned: false }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The names of all files.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The partial files.
    pub fn parts(&self) -> Vec<PathBuf> {
        let parts = self.names().into_iter().filter(|name| name.starts_with('.') && name.ends_with(".part"));
        parts.map(|name| self.file(&name)).collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if self.owned {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
