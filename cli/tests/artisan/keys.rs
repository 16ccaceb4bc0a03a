//! Where keys come from.

use std::fs;
use std::path::Path;

use crate::program::{PUBLIC_KEY, SECRET_KEY, Service, artisan, run};
use useartisan_test_support::directory::Directory;

/// Writes a file with this mode.
fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

/// A file takes precedence over the environment, and may be one that a shell reads.
#[test]
fn keys_come_from_a_file() {
    let service = Service::new();
    let directory = Directory::new("cli-keys");
    let file = directory.file("keys");
    let arguments = ["list-apps", "--keys", file.to_str().unwrap()];
    let lines = [
        format!("ARTISAN_PUBLIC_KEY={PUBLIC_KEY}\nARTISAN_SECRET_KEY={SECRET_KEY}\n"),
        format!("\u{feff}ARTISAN_PUBLIC_KEY='{PUBLIC_KEY}'\r\nARTISAN_SECRET_KEY='{SECRET_KEY}'\r\n"),
        format!("# ours\nexport ARTISAN_SECRET_KEY=\"{SECRET_KEY}\"\nexport ARTISAN_PUBLIC_KEY={PUBLIC_KEY}"),
    ];
    for text in lines {
        write(&file, &text, 0o600);
        run(service.artisan(&arguments).env("ARTISAN_SECRET_KEY", "wrong")).quiet();
    }
    for (text, word) in [
        (format!("ARTISAN_PUBLIC_KEY={PUBLIC_KEY}\n"), "ARTISAN_SECRET_KEY="),
        (format!("ARTISAN_PUBLIC_KEY={PUBLIC_KEY}\nARTISAN_SECRET_KEY=\n"), "secret key is empty"),
        (format!("ARTISAN_PUBLIC_KEY={PUBLIC_KEY}\nARTISAN_SECRET_KEY=\"\"\n"), "secret key is empty"),
    ] {
        write(&file, &text, 0o600);
        let err = service.run(&arguments).failed(2);
        assert!(err.contains(word), "{err}");
    }
    let err = service.run(&["list-apps", "--keys", "/nowhere"]).failed(2);
    assert!(err.contains("/nowhere"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_file_of_keys_that_others_may_read_is_refused() {
    let service = Service::new();
    let directory = Directory::new("cli-open-keys");
    let file = directory.file("keys");
    for (mode, taken) in [(0o400, true), (0o640, true), (0o644, false), (0o602, false)] {
        write(&file, &format!("ARTISAN_PUBLIC_KEY={PUBLIC_KEY}\nARTISAN_SECRET_KEY={SECRET_KEY}\n"), mode);
        let ran = service.run(&["list-apps", "--keys", file.to_str().unwrap()]);
        match taken {
            true => drop(ran.quiet()),
            false => assert!(ran.failed(2).contains("chmod o= "), "{mode:o}"),
        }
        fs::remove_file(&file).unwrap();
    }
    let help = service.run(&["list-apps", "--help"]).quiet();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        help.contains("refused if its mode gives any right to others than its owner and group"),
        "{help}"
    );
}

/// There is no default base URL, so no key goes to a host that nobody has named.
#[test]
fn a_base_url_must_be_given() {
    let mut command = artisan(&["list-apps"]);
    let err =
        run(command.env("ARTISAN_PUBLIC_KEY", PUBLIC_KEY).env("ARTISAN_SECRET_KEY", SECRET_KEY)).failed(2);
    assert!(err.contains("--base-url URL or set ARTISAN_URL") && err.contains("--fake"), "{err}");
}

/// Without a terminal the message names the missing keys, and says how to give them.
#[test]
fn keys_that_are_missing_are_named() {
    let service = Service::new();
    for (given, missing) in
        [("ARTISAN_PUBLIC_KEY", "ARTISAN_SECRET_KEY"), ("ARTISAN_SECRET_KEY", "ARTISAN_PUBLIC_KEY")]
    {
        let mut command = artisan(&["list-apps", "--base-url", service.base_url()]);
        let err = run(command.env(given, PUBLIC_KEY)).failed(2);
        assert!(err.contains(missing) && !err.contains(given) && err.contains("--fake"), "{err}");
    }
    let err = run(&mut artisan(&["list-apps", "--base-url", service.base_url()])).failed(2);
    assert!(err.contains("ARTISAN_PUBLIC_KEY and ARTISAN_SECRET_KEY"), "{err}");
    assert!(service.requests().is_empty());
}
