//! `artisan`: the API on the command line.
//!
//! ```text
//! cargo install --locked --path cli
//! artisan --fake export-segment 5550dd57330eb93d8700000c 557ee4697d891cd26f000003 -f profiles.csv
//! ```
//!
//! Every method of the API is a command of the same name. `--fake` runs any of them against sample data in memory,
//! `artisan fake` serves that data on a port, and `artisan help` explains the rest, with the exit codes.
//!
//! The program uses the reqwest backend. Dropping an async call ends it, so Ctrl-C takes the same path as an error and
//! leaves no partial file.
//!
//! | file | has |
//! |---|---|
//! | `args.rs`, `help.rs` | the arguments and the help |
//! | `connection.rs`, `network.rs` | the service's address and the time-outs; proxies and certificates |
//! | `variables.rs` | the environment |
//! | `keys.rs` | the keys, from a file, the environment or the terminal |
//! | `commands.rs` | the commands, one for each method of the API |
//! | `delivery.rs`, `file.rs`, `descriptor.rs` | results on their way to a file, stdout or another descriptor |
//! | `rows.rs`, `columns.rs`, `json.rs` | profiles as NDJSON and CSV, one at a time |
//! | `halves.rs` | texts with half a surrogate pair |
//! | `counting.rs`, `progress.rs` | a backend that counts downloads; the progress bar |
//! | `trouble.rs`, `hint.rs` | errors, exit codes and hints |
//! | `visible.rs`, `shell.rs` | escaping for terminals, quoting for shells |
//! | `stderr.rs`, `log.rs` | messages on stderr; the log of `-v` |
//! | `print.rs` | tables and JSON |
//! | `serve.rs`, `generated.rs` | the fake service on a port |
//! | `complete.rs` | completions for shells |
//! | `signals.rs` | Ctrl-C and the other signals that end a program |

mod args;
mod columns;
mod commands;
mod complete;
mod connection;
mod counting;
mod delivery;
mod descriptor;
mod file;
mod generated;
mod halves;
mod help;
mod hint;
mod json;
mod keys;
mod log;
mod network;
mod print;
mod progress;
mod rows;
mod serve;
mod shell;
mod signals;
mod stderr;
mod trouble;
mod variables;
mod visible;

use std::cell::Cell;
use std::env;
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ErrorKind};
use tokio::runtime::Builder;
use tokio::sync::mpsc::Receiver;

use args::{Arguments, Command};
use commands::Session;
use delivery::Plan;
use file::cannot_write;
use print::Printer;
use stderr::say;
use trouble::{Exit, Trouble, to_go_on};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error).unwrap_or_else(Trouble::tell),
    };
    match start(arguments) {
        Ok(code) => code,
        Err(trouble) => trouble.tell(),
    }
}

/// Prints the help that was asked for, or what is wrong with the arguments.
fn usage(error: &clap::Error) -> Result<ExitCode, Trouble> {
    if error.kind() == ErrorKind::InvalidUtf8 {
        return Err(not_utf_8());
    }
    match error.print() {
        Err(failed) if !error.use_stderr() => return Err(cannot_write(None, failed)),
        _ => {}
    }
    let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    if error.kind() == ErrorKind::UnknownArgument && argument.contains("key") {
        say(
            "\nKeys are never arguments, which other users of a machine can see: see --keys, and 'artisan --help'.\n",
        );
    }
    Ok(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1)))
}

/// Names the argument; clap does not.
fn not_utf_8() -> Trouble {
    let wrong = env::args_os().find(|argument| argument.to_str().is_none()).unwrap_or_default();
    Trouble::usage(format!("the argument `{}` is not UTF-8", wrong.to_string_lossy()))
        .help("only the names of files may be in another encoding")
}

fn start(arguments: Arguments) -> Result<ExitCode, Trouble> {
    if arguments.quiet {
        stderr::be_quiet();
    }
    log::start(arguments.verbose);
    let signals = signals::watch()?;
    let go_on = Cell::new(None);
    match arguments.command {
        Command::Fake(fake) => return run(serve::serve(fake), signals, &go_on, |code| code),
        Command::Completions { shell } => return complete::print(shell).map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    // Wrong arguments are found before the terminal asks for keys, and before anything is sent.
    let plan = Plan::of(&arguments.command)?;
    let (client, words) = arguments.connection.open()?;
    let retry = arguments.connection.patience.retry();
    let printer = Printer { json: arguments.output == args::Output::Json };
    let progress = client.backend().progress();
    let list_jobs = words.as_ref().map(|words| shell::line(&[&words[..], &["list-jobs".into()]].concat()));
    let session = Session { client, retry, printer, plan, words, go_on: &go_on };
    run(session.run(arguments.command), signals, &go_on, |code| match &list_jobs {
        Some(command) if progress.is_starting() => {
            say(&format!(
                "artisan: it is not known whether the job was started\n  look before you start it again, or there may be two: \
                 {command}\n"
            ));
            Exit::OutcomeUnknown as u8
        }
        _ => code,
    })
}

/// Does the work until it ends or a signal comes. Either way the command that goes on with a started job is printed.
/// `interrupted` maps a signal's exit code to the program's.
fn run(
    work: impl Future<Output = Result<(), Trouble>>,
    mut signals: Receiver<u8>,
    go_on: &Cell<Option<String>>,
    interrupted: impl FnOnce(u8) -> u8,
) -> Result<ExitCode, Trouble> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        tokio::select! {
            done = work => done.map(|()| ExitCode::SUCCESS),
            code = signals.recv() => {
                let code = interrupted(code.unwrap_or(1));
                go_on.take().iter().for_each(|command| say(&format!("artisan: {}\n", to_go_on(command))));
                Ok(ExitCode::from(code))
            }
        }
    });
    // File work that is still under way removes its file when it ends.
    runtime.shutdown_timeout(signals::CLEANING_UP);
    ended.map_err(|trouble| go_on.take().iter().fold(trouble, |trouble, command| trouble.go_on(command)))
}
