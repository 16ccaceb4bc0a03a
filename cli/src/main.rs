//! `artisan`: the API on the command line.
//!
//! ```text
//! cargo install --locked --path cli
//! artisan --fake export-segment 5550dd57330eb93d8700000c 557ee4697d891cd26f000003 -f profiles.csv
//! ```
//!
//! Every method of the API is a command of the same name. `--fake` tries any of them against sample data in
//! memory, `artisan fake` serves that data on a port, and `artisan help` tells the rest, the exit codes included.
//!
//! It goes over reqwest: an async call is given up by dropping its future, so that Ctrl-C takes the same way as an
//! error and leaves no file half made.
//!
//! | file | has |
//! |---|---|
//! | `args.rs`, `help.rs` | what can be said, and the help |
//! | `connection.rs`, `network.rs` | how the service is reached: its address, the time-outs; proxies and certificates |
//! | `variables.rs` | the environment |
//! | `keys.rs` | where the keys come from |
//! | `commands.rs` | one method of the API each |
//! | `delivery.rs`, `file.rs` | how a result reaches a file or stdout, whole or not at all |
//! | `rows.rs`, `columns.rs`, `json.rs` | profiles as NDJSON and CSV, one at a time |
//! | `halves.rs` | half a surrogate pair in a text |
//! | `counting.rs`, `progress.rs` | a backend around a backend, which counts what comes; the bar that shows it |
//! | `trouble.rs`, `hint.rs` | errors and exit codes, and what to do next |
//! | `visible.rs`, `shell.rs` | text that is harmless to a terminal, and commands to a shell |
//! | `stderr.rs`, `log.rs` | what is said beside the result; the log of `-v` |
//! | `print.rs` | tables and JSON |
//! | `serve.rs`, `generated.rs` | the fake service on a port |
//! | `complete.rs` | completions for shells |
//! | `signals.rs` | Ctrl-C |

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
    // Before keys are asked for, a job is started or anything is sent.
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
                "artisan: whether the job was started is not known\n  look at it before starting it again, or there may \
                 be two: {command}\n"
            ));
            Exit::OutcomeUnknown as u8
        }
        _ => code,
    })
}

/// Does the work until it is done or a signal ends it. A job that was started is not lost either way: `interrupted` gets the
/// signal's exit code, and says how to go on.
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
    // File work that goes on for what was given up removes its file at its end.
    runtime.shutdown_timeout(signals::CLEANING_UP);
    ended.map_err(|trouble| go_on.take().iter().fold(trouble, |trouble, command| trouble.go_on(command)))
}
