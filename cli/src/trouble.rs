//! Errors: a message, hints, and an exit code for scripts.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use useartisan::{Error, ErrorKind};

use crate::hint::hint;
use crate::shell;
use crate::stderr::say;

/// Exit codes, as the help lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The reader of a pipe has stopped reading. That is no failure, and there is no message.
    Enough = 0,
    Other = 1,
    Usage = 2,
    NotFound = 3,
    Refused = 4,
    TimedOut = 5,
    JobFailed = 6,
    OutcomeUnknown = 7,
    Unavailable = 8,
    /// The job is not complete yet.
    NotReady = 9,
    /// A file or stdout could not be written, for instance because the disk is full.
    File = 10,
    /// Ctrl-C at a prompt, without a message. Elsewhere `signals.rs` handles it.
    Interrupted = 130,
}

pub(crate) struct Trouble {
    exit: Exit,
    text: String,
    help: Vec<String>,
    /// The kind of the library's error, if it is one.
    kind: Option<ErrorKind>,
    /// The whole result is in a file already.
    is_kept: bool,
}

impl Trouble {
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Trouble { exit, text: text.into(), help: Vec::new(), kind: None, is_kept: false }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Trouble::new(Exit::Usage, text)
    }

    /// The same, found before anything was sent: the command was called wrongly, and hints come from the caller.
    pub(crate) fn before_sending(self) -> Self {
        Trouble { exit: Exit::Usage, help: Vec::new(), ..self }
    }

    /// Names the file that the library calls its writer.
    pub(crate) fn naming(self, file: &Path) -> Self {
        Trouble { text: self.text.replacen("the writer", &format!("`{}`", file.display()), 1), ..self }
    }

    /// Explains what to do with a complete result that could not be put in place. It need not be downloaded again.
    pub(crate) fn kept(self, part: &Path) -> Self {
        let command = shell::line(&["mv".as_ref(), "--".as_ref(), part.as_os_str()]);
        let help = format!("it need not be downloaded again; to give it a name: {command} NAME");
        Trouble { help: vec![help], is_kept: true, ..self }
    }

    /// The message, without hints.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether another attempt may succeed.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self.kind, Some(ErrorKind::Transport | ErrorKind::TimedOut))
    }

    /// Whether the service, or something in front of it, refused.
    pub(crate) fn is_refusal(&self) -> bool {
        self.kind == Some(ErrorKind::Rejected)
    }

    /// Whether the content of the answer is at fault, so that another attempt would fail as well.
    pub(crate) fn is_of_the_answer(&self) -> bool {
        matches!(self.kind, Some(ErrorKind::UnexpectedBody | ErrorKind::Limit))
    }

    /// Replaces all hints by this one.
    pub(crate) fn helped_by(self, help: &str) -> Self {
        Trouble { help: vec![help.to_owned()], ..self }
    }

    /// Adds a hint.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds the command that goes on with a job, unless the job has ended or its result is here.
    pub(crate) fn go_on(self, command: &str) -> Self {
        match self.exit {
            Exit::Enough | Exit::NotFound | Exit::JobFailed => self,
            _ if self.is_kept => self,
            _ => self.help(to_go_on(command)),
        }
    }

    /// Prints the message and the hints on stderr.
    pub(crate) fn tell(self) -> ExitCode {
        if !matches!(self.exit, Exit::Enough | Exit::Interrupted) {
            let mut text = format!("artisan: {}\n", self.text);
            self.help.iter().for_each(|help| text += &format!("  {help}\n"));
            say(&text);
        }
        ExitCode::from(self.exit as u8)
    }
}

/// The hint for a job that goes on without the program.
pub(crate) fn to_go_on(command: &str) -> String {
    format!("the job need not be started again; to go on: {command}")
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Trouble::new(Exit::Enough, ""),
            _ => Trouble::new(Exit::Other, error.to_string()),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let exit = exit(&error);
        let mut text = words(&error);
        let mut cause = error.source();
        while let Some(error) = cause {
            // A download may also be written to a pipe.
            let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if io == Some(io::ErrorKind::BrokenPipe) && exit == Exit::File {
                return Trouble::new(Exit::Enough, "");
            }
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        let trouble = Trouble { kind: Some(error.kind()), ..Trouble::new(exit, text) };
        match error.kept_part() {
            Some(part) => trouble.kept(part),
            None => hint(&error, exit).into_iter().fold(trouble, Trouble::help),
        }
    }
}

/// The error in the words of the command line.
fn words(error: &Error) -> String {
    let mut text = error.to_string();
    if let Some(rest) = error.endpoint().and_then(|name| text.strip_prefix(name)) {
        text = error.endpoint().unwrap_or_default().replace('_', "-") + rest;
    }
    match error.kind() {
        ErrorKind::NotFound => text.replacen("the call was refused", "not found", 1),
        // That hint is for programmers.
        ErrorKind::File => text.replace(": write to it by `write_to`", ""),
        _ => text,
    }
}

fn exit(error: &Error) -> Exit {
    let status = error.status().map(|status| status.as_u16());
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::JobVanished => Exit::NotFound,
        ErrorKind::AccessDenied => Exit::Refused,
        ErrorKind::InvalidInput => Exit::Usage,
        ErrorKind::TimedOut => Exit::TimedOut,
        ErrorKind::JobFailed => Exit::JobFailed,
        ErrorKind::OutcomeUnknown => Exit::OutcomeUnknown,
        ErrorKind::Transport => Exit::Unavailable,
        ErrorKind::File => Exit::File,
        ErrorKind::Rejected if matches!(status, Some(429 | 500..)) => Exit::Unavailable,
        _ => Exit::Other,
    }
}
