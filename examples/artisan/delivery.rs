//! How a result is brought to where it is wanted, in constant memory.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use useartisan::export::Settings;
use useartisan::{Call, DownloadJob, JobId};

use crate::args::{Delivery, Format};
use crate::columns::Columns;
use crate::file::Destination;
use crate::progress::Counting;
use crate::rows::Rows;
use crate::trouble::{Exit, Trouble};

/// The default of `--list`.
pub(crate) const LIST: &str = "artisanUserIds";

/// A delivery that was found to make sense, before anything is sent.
pub(crate) struct Plan {
    /// `None` is stdout.
    file: Option<PathBuf>,
    form: Form,
    list: String,
    /// The same as arguments.
    words: Vec<String>,
}

enum Form {
    Json,
    Ndjson,
    Csv(Columns),
}

impl Delivery {
    /// Whether anything is said of the result, but where it goes.
    pub(crate) fn is_said(&self) -> bool {
        self.format.is_some() || !self.columns.is_empty() || self.list != LIST
    }
}

impl Plan {
    pub(crate) fn new(delivery: &Delivery) -> Result<Self, Trouble> {
        let file = delivery.file.clone().filter(|file| file != Path::new("-"));
        let directory = file.as_deref().and_then(Path::parent).filter(|path| !path.as_os_str().is_empty());
        if let Some(missing) = directory.filter(|path| !path.is_dir()) {
            return Err(Trouble::usage(format!("there is no directory `{}`", missing.display())));
        }
        let format = delivery.format.unwrap_or_else(|| by_extension(file.as_deref()));
        let form = match format {
            Format::Csv => Form::Csv(Columns::new(&delivery.columns)?),
            _ if !delivery.columns.is_empty() => {
                return Err(Trouble::usage("--columns is for csv: add --format csv, or name FILE so"));
            }
            Format::Json => Form::Json,
            Format::Ndjson => Form::Ndjson,
        };
        Ok(Plan { file, form, list: delivery.list.clone(), words: words(delivery) })
    }

    /// `None` is stdout.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    pub(crate) async fn deliver(self, call: Call<'_, Counting, DownloadJob>) -> Result<(), Trouble> {
        let Plan { file, form, list, .. } = self;
        // A bar has no place among what is shown.
        let shown = file.is_none() && io::stdout().is_terminal();
        call.client().backend().progress().begin(!shown);
        let named = |error: io::Error| match &file {
            Some(file) if error.kind() != io::ErrorKind::BrokenPipe => {
                Trouble::new(Exit::Other, format!("cannot write `{}`: {error}", file.display()))
            }
            _ => Trouble::from(error),
        };
        let open = || file.as_deref().map_or_else(|| Ok(Destination::stdout()), Destination::open);
        let rows = match (form, &file) {
            (Form::Json, Some(file)) => return Ok(call.save(file).await.map(drop)?),
            (Form::Json, None) => return print(call).await,
            (Form::Ndjson, _) => open().map(Rows::ndjson),
            (Form::Csv(columns), _) => open().and_then(|out| Rows::csv(columns, out)),
        };
        let mut rows = rows.map_err(named)?;
        let mut profiles = call.decoding(Settings::new().list(list)).profiles().await?;
        while let Some(record) = profiles.next_record().await? {
            rows.write(record).map_err(named)?;
        }
        rows.finish().map_err(named)
    }
}

/// The original to stdout.
async fn print(call: Call<'_, Counting, DownloadJob>) -> Result<(), Trouble> {
    let mut out = Destination::stdout();
    let mut download = call.open().await?;
    while let Some(chunk) = download.next_chunk().await? {
        out.write_all(&chunk)?;
    }
    Ok(out.finish()?)
}

fn by_extension(file: Option<&Path>) -> Format {
    match file.and_then(Path::extension).and_then(|extension| extension.to_str()) {
        Some("csv") => Format::Csv,
        Some("ndjson" | "jsonl") => Format::Ndjson,
        _ => Format::Json,
    }
}

fn words(delivery: &Delivery) -> Vec<String> {
    let file = delivery.file.as_ref().map(|file| ("-o", file.display().to_string()));
    let format = delivery.format.map(|format| ("--format", format!("{format:?}").to_lowercase()));
    let columns = Some(("--columns", delivery.columns.join(","))).filter(|(_, names)| !names.is_empty());
    let list = Some(("--list", delivery.list.clone())).filter(|(_, list)| list != LIST);
    let pairs = [file, format, columns, list].into_iter().flatten();
    pairs.flat_map(|(name, value)| [name.to_owned(), value]).collect()
}

/// The command that goes on with a job that was started: waits for it, and delivers as planned.
pub(crate) fn command(beginning: &[String], job: &JobId, plan: Option<&Plan>) -> String {
    let name = if plan.is_some() { "download-job" } else { "get-job" };
    let own = [name, job.as_str(), "--wait"].map(str::to_owned);
    let words = beginning.iter().chain(&own).chain(plan.iter().flat_map(|plan| &plan.words));
    words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=@%+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
