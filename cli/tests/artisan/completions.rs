//! Completions for shells.

use std::process::Command;

use crate::program::{artisan, run};
use useartisan_test_support::directory::Directory;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// Each shell has a script with the commands and options. It needs neither a service nor keys.
#[test]
fn each_shell_has_its_script() {
    for shell in SHELLS {
        let script = run(&mut artisan(&["completions", shell])).quiet();
        for word in ["export-segment", "max-record", "cacert", "ndjson"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let err = run(&mut artisan(&["completions", "cmd"])).failed(2);
    assert!(SHELLS.iter().all(|shell| err.contains(shell)), "{err}");
}

/// The shells that are installed complete with their scripts. Bash always is.
#[test]
fn a_shell_completes_with_its_script() {
    let directory = Directory::new("cli-completions");
    for (shell, words, expected) in [
        (
            "bash",
            "source ./script; COMP_WORDS=(artisan list-); COMP_CWORD=1; _artisan artisan list- artisan; echo ${COMPREPLY[@]}",
            "list-apps list-segments list-jobs",
        ),
        (
            "bash",
            "source ./script; COMP_WORDS=(artisan get-job --wait-); COMP_CWORD=2; _artisan artisan --wait- get-job; echo ${COMPREPLY[@]}",
            "--wait-timeout",
        ),
        (
            "fish",
            "source ./script; complete -C 'artisan list-' | cut -f1 | tr '\\n' ' '",
            "list-apps list-jobs list-segments",
        ),
        ("zsh", "autoload -U compinit; compinit -u -D; source ./script; echo ${_comps[artisan]}", "_artisan"),
    ] {
        let script = run(&mut artisan(&["completions", shell])).quiet();
        std::fs::write(directory.file("script"), script).unwrap();
        let mut command = Command::new(shell);
        command.args(["-c", words]).current_dir(directory.file("")).env("HOME", directory.file(""));
        let output = match command.output() {
            Ok(output) => output,
            Err(error) if shell != "bash" && error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => panic!("{shell}: {error}"),
        };
        assert_eq!(
            String::from_utf8(output.stdout).unwrap().trim(),
            expected,
            "{shell}: {:?}",
            output.stderr
        );
    }
}
