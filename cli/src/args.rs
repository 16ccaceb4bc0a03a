//! The arguments.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use useartisan::{AppId, CallbackUrl, JobId, JobStatus, SegmentId};

use crate::connection::Connection;
use crate::delivery::LIST;
use crate::help::{EXAMPLES, SHORT};
use crate::trouble::Trouble;

/// The heading of the options that every command has.
pub(crate) const GLOBAL: &str = "Global options";

/// The Artisan API: apps, profiles, segments, export jobs and their downloads
#[derive(Parser)]
#[command(name = "artisan", version, after_help = SHORT, after_long_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// How answers are printed: table, or json for scripts
    #[arg(long, global = true, help_heading = GLOBAL, value_enum, value_name = "FORM",
        default_value_t = Output::Table, hide_possible_values = true)]
    pub(crate) output: Output,
    /// Log attempts, retries and polls on stderr, and never a key; -vv logs more
    #[arg(short, long, global = true, help_heading = GLOBAL, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say nothing on stderr but what went wrong, and show no progress
    #[arg(short, long, global = true, help_heading = GLOBAL, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Table,
    /// For scripts
    Json,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the apps of the organization
    ListApps,
    /// Show the profile of a user
    #[command(after_help = "\
Examples:
  artisan get-profile APP USER
  artisan get-profile APP USER --shared --output json")]
    GetProfile {
        /// The id of the app
        app: AppId,
        /// The Artisan id of the user
        user: String,
        /// The id is a shared user id
        #[arg(long)]
        shared: bool,
    },
    /// Start a job that exports the profiles of some users
    #[command(override_usage = "artisan export-profiles [OPTIONS] <APP> <USER>...\n       \
                                artisan export-profiles [OPTIONS] <APP> --ids <FILE>")]
    #[command(after_help = "\
Examples:
  artisan export-profiles APP USER USER                      start it, and do not wait
  artisan export-profiles APP --ids users.txt -f users.csv   start, wait, download")]
    ExportProfiles {
        /// The id of the app
        app: AppId,
        #[command(flatten)]
        users: Users,
        /// The ids are shared user ids
        #[arg(long)]
        shared: bool,
        #[command(flatten)]
        export: Export,
    },
    /// List the segments of an app
    ListSegments {
        /// The id of the app
        app: AppId,
    },
    /// Start a job that exports the profiles of a segment's users
    #[command(after_help = "\
Examples:
  artisan export-segment APP SEGMENT --callback-url https://example.com/done
  artisan export-segment APP SEGMENT -f profiles.csv --wait-timeout 30m")]
    ExportSegment {
        /// The id of the app
        app: AppId,
        /// The id of the segment
        segment: SegmentId,
        #[command(flatten)]
        export: Export,
    },
    /// List the export jobs
    #[command(after_help = "Example: artisan list-jobs --status complete")]
    ListJobs {
        /// Only those of this status: QUEUED, RUNNING, COMPLETE, FAILED
        #[arg(long, value_parser = status)]
        status: Option<JobStatus>,
    },
    /// Show a job
    #[command(after_help = "Example: artisan get-job JOB --wait --wait-timeout 30m")]
    GetJob {
        /// The id of the job
        job: JobId,
        #[command(flatten)]
        wait: Waiting,
    },
    /// Download the result of a job, to stdout unless -f says otherwise
    #[command(after_help = "\
Examples:
  artisan download-job JOB -f profiles.json                       the original
  artisan download-job JOB -f ages.csv --columns sharedUserId,age
  artisan download-job JOB --format ndjson --wait | head -n 1")]
    DownloadJob {
        /// The id of the job
        job: JobId,
        #[command(flatten)]
        wait: Waiting,
        #[command(flatten)]
        delivery: Delivery,
    },
    /// Serve sample data on a port of this machine, to try everything without an account
    #[command(after_help = "Example: artisan fake --port 0")]
    Fake(Fake),
    /// Print completions for a shell
    #[command(after_help = "\
Examples:
  artisan completions bash > ~/.local/share/bash-completion/completions/artisan
  artisan completions zsh > ~/.zfunc/_artisan                   in a directory of $fpath
  artisan completions fish > ~/.config/fish/completions/artisan.fish
  artisan completions powershell >> $PROFILE")]
    Completions {
        /// For which shell
        shell: Shell,
    },
}

/// The users of an export, from the arguments or from a file.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Users {
    /// The Artisan ids of the users
    #[arg(value_name = "USER")]
    pub(crate) users: Vec<String>,
    /// Read the ids from a file, one a line (- is stdin)
    #[arg(long, value_name = "FILE")]
    pub(crate) ids: Option<PathBuf>,
}

/// What to do with the job that an export starts.
#[derive(Args)]
pub(crate) struct Export {
    /// The URL that the service calls when the job has finished
    #[arg(long, value_name = "URL")]
    pub(crate) callback_url: Option<CallbackUrl>,
    #[command(flatten)]
    pub(crate) wait: Waiting,
    #[command(flatten)]
    pub(crate) delivery: Delivery,
}

#[derive(Args)]
pub(crate) struct Waiting {
    /// Wait until the job is complete; an export that downloads its result always waits
    #[arg(long)]
    pub(crate) wait: bool,
    /// Stop waiting after this time, such as 90s, 30m or 6h; the job goes on [default: 6h]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub(crate) wait_timeout: Option<Duration>,
}

/// Where a result goes, and in which format.
#[derive(Args)]
pub(crate) struct Delivery {
    /// Download the result to this file, complete or not at all (- is stdout)
    ///
    /// Any option about the result asks for it. Without -f it goes to stdout. An export then waits for its job.
    ///
    /// A download to a file starts again by itself if it breaks off. Output to stdout, a FIFO or a device cannot be
    /// taken back: if that breaks off, the exit code says so, and a message has the command that repeats it.
    /// /dev/stdout is stdout.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The format of the result. Default: by the ending of FILE (.json, .ndjson, .jsonl, .csv), on stdout json
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// The columns of the CSV: names of attributes, and '*' for a column with all others as JSON
    ///
    /// The default is the attributes that the service publishes, and '*', so that nothing is lost. If an attribute comes
    /// twice, its column has the last value, and '*' has the others. A value that is not text is written as JSON. A value
    /// that is absent or null is empty, as is an empty text. Values are not changed: a spreadsheet takes one that begins
    /// with = + - or @ for a formula, so import such columns as text.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// The name of the list of profiles in the result; for export-profiles it is not documented
    #[arg(long, value_name = "NAME", default_value = LIST)]
    pub(crate) list: String,
    /// What to do with half a character in a text [default: keep for ndjson, replace for csv]
    ///
    /// A program that cuts a text in the middle of an emoji leaves half a surrogate pair, such as \ud83d, which only JSON
    /// can write. A message at the end says how many there were.
    #[arg(long, value_enum, value_name = "HOW", hide_short_help = true)]
    pub(crate) invalid_text: Option<InvalidText>,
    /// The largest size of a profile in the result, such as 64MB [default: 16MiB]
    #[arg(long, value_name = "SIZE", value_parser = size, allow_hyphen_values = true, hide_short_help = true)]
    pub(crate) max_record: Option<u64>,
    /// The largest number of attributes of a profile [default: 65536]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, hide_short_help = true)]
    pub(crate) max_attributes: Option<usize>,
    /// The largest size of a text in a profile, such as 16MB [default: 4MiB]
    #[arg(long, value_name = "SIZE", value_parser = size, allow_hyphen_values = true, hide_short_help = true)]
    pub(crate) max_text: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InvalidText {
    /// Write U+FFFD, the replacement character
    Replace,
    /// Keep it as it came; ndjson only
    Keep,
    /// Fail
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The original document, byte for byte
    Json,
    /// A profile on each line, with every attribute as it came
    Ndjson,
    /// A profile in each row, after a row of names
    Csv,
}

#[derive(Args)]
pub(crate) struct Fake {
    /// The port of 127.0.0.1; 0 is any free one
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Repeat the profiles of each download until it has at least this size, such as 1GB
    #[arg(long, hide = true, value_parser = size)]
    pub(crate) result_size: Option<u64>,
}

impl Waiting {
    pub(crate) fn time(&self) -> Duration {
        self.wait_timeout.unwrap_or(Duration::from_secs(6 * 60 * 60))
    }

    /// Refuses `--wait-timeout` without a wait.
    pub(crate) fn check(&self, waits: bool) -> Result<(), Trouble> {
        match self.wait_timeout {
            Some(_) if !waits => Err(Trouble::usage("--wait-timeout needs a wait: add --wait")),
            _ => Ok(()),
        }
    }
}

/// Parses a time such as `90s`, `30m` or `6h`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let time = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.ok_or_else(|| "is not a time such as 90s, 30m or 6h; the units are s, m and h".to_owned())
}

/// Parses a time that is not zero.
pub(crate) fn some_time(text: &str) -> Result<Duration, String> {
    time(text).and_then(|time| match time.is_zero() {
        true => Err("leaves no time at all; to wait without end, give a long time such as 1000h".to_owned()),
        false => Ok(time),
    })
}

fn status(text: &str) -> Result<JobStatus, String> {
    let known = [JobStatus::Queued, JobStatus::Running, JobStatus::Complete, JobStatus::Failed];
    let found = known.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(text));
    found.ok_or_else(|| "is none of QUEUED, RUNNING, COMPLETE and FAILED".to_owned())
}

/// Parses a size in bytes, with or without a unit.
fn size(text: &str) -> Result<u64, String> {
    let binary = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let units = [binary, [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)]].concat();
    let (digits, unit) = units
        .iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?.trim_end(), *unit)))
        .unwrap_or((text, 1));
    let count: u64 = digits.parse().map_err(|_| {
        "is not a size such as 500MB or 16MiB; the units are KB, MB, GB, KiB, MiB and GiB".to_owned()
    })?;
    count.checked_mul(unit).ok_or_else(|| "is too large".to_owned())
}
