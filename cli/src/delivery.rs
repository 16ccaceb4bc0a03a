//! Downloads a result to a file, stdout or another descriptor, in constant memory.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use useartisan::decode::DecodeOptions;
use useartisan::{AsyncBackend, Call, Client, DownloadJob, Error, JobId, Retry};

use crate::args::{Command, Delivery, Format, InvalidText};
use crate::columns::Columns;
use crate::counting::Counting;
use crate::descriptor::is_stdout;
use crate::file::{self, Destination, cannot_write};
use crate::rows::Rows;
use crate::shell;
use crate::stderr::note;
use crate::trouble::Trouble;

/// The default of `--list`.
pub(crate) const LIST: &str = "artisanUserIds";

/// A checked request for a result, made before anything is sent.
pub(crate) struct Plan {
    /// `None` is stdout.
    file: Option<PathBuf>,
    form: Form,
    decoding: Decoding,
    /// The arguments that ask for the same.
    words: Vec<OsString>,
}

/// How a result is read.
#[derive(Clone)]
pub(crate) struct Decoding {
    list: String,
    pub(crate) options: DecodeOptions,
    /// What to do with half a surrogate pair. The original is not changed.
    pub(crate) invalid_text: Option<InvalidText>,
}

enum Form {
    Json,
    Ndjson,
    Csv(Columns),
}

impl Delivery {
    /// Whether any option asks for the result.
    pub(crate) fn is_said(&self) -> bool {
        !words(self).is_empty()
    }

    fn decoding(&self, format: Format) -> Result<Decoding, Trouble> {
        let invalid_text = match (format, self.invalid_text) {
            (Format::Json, Some(_)) => {
                return Err(Trouble::usage(
                    "--invalid-text is for ndjson and csv: json is the original, byte for byte",
                ));
            }
            (Format::Csv, Some(InvalidText::Keep)) => {
                let text = "--invalid-text keep is for ndjson: csv has no way to write half a character";
                return Err(Trouble::usage(text));
            }
            (Format::Json, None) => None,
            (Format::Ndjson, given) => Some(given.unwrap_or(InvalidText::Keep)),
            (Format::Csv, given) => Some(given.unwrap_or(InvalidText::Replace)),
        };
        let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let options = DecodeOptions::default().with_list(self.list.clone());
        let options = self.max_record.into_iter().map(bytes).fold(options, DecodeOptions::with_record_size);
        let options = self.max_attributes.into_iter().fold(options, DecodeOptions::with_attributes);
        let options = self.max_text.into_iter().map(bytes).fold(options, DecodeOptions::with_text_length);
        Ok(Decoding { list: self.list.clone(), options, invalid_text })
    }
}

impl Plan {
    /// Checks the command's options about its result. `None` if it has no result, or none is asked for.
    pub(crate) fn of(command: &Command) -> Result<Option<Self>, Trouble> {
        match command {
            Command::GetJob { wait, .. } => wait.check(wait.wait).map(|()| None),
            Command::DownloadJob { wait, delivery, .. } => {
                wait.check(wait.wait)?;
                Plan::new(delivery).map(Some)
            }
            Command::ExportProfiles { export, .. } | Command::ExportSegment { export, .. } => {
                let delivery = &export.delivery;
                export.wait.check(export.wait.wait || delivery.is_said())?;
                delivery.is_said().then(|| Plan::new(delivery)).transpose()
            }
            _ => Ok(None),
        }
    }

    fn new(delivery: &Delivery) -> Result<Self, Trouble> {
        let file = delivery.file.clone().filter(|file| !is_stdout(file));
        file.as_deref().map_or(Ok(()), file::check)?;
        let format = delivery.format.map_or_else(|| by_extension(file.as_deref()), Ok)?;
        let decoding = delivery.decoding(format)?;
        let form = match format {
            Format::Csv => Form::Csv(Columns::new(&delivery.columns)?),
            _ if !delivery.columns.is_empty() => {
                return Err(Trouble::usage(
                    "--columns is for csv: add --format csv, or let FILE end in .csv",
                ));
            }
            Format::Json => Form::Json,
            Format::Ndjson => Form::Ndjson,
        };
        Ok(Plan { file, form, decoding, words: words(delivery) })
    }

    /// The arguments that ask for the same.
    pub(crate) fn words(&self) -> &[OsString] {
        &self.words
    }

    /// The arguments to go on with after this error. If the document is at fault, they ask for it in its original form.
    pub(crate) fn words_after(&self, trouble: &Trouble) -> Vec<OsString> {
        match self.form {
            Form::Ndjson | Form::Csv(_) if trouble.is_of_the_answer() => {
                ["--format", "json"].map(OsString::from).to_vec()
            }
            _ => self.words.clone(),
        }
    }

    /// Reports how many halves of surrogate pairs were found, and what was done with them.
    pub(crate) fn tell_halves(&self, count: u64) {
        let became = match self.decoding.invalid_text {
            Some(InvalidText::Keep) => "kept",
            _ => "replaced by U+FFFD",
        };
        if count > 0 {
            note(&format!(
                "artisan: half a character (a surrogate without its pair) was {became}: {count} times\n"
            ));
        }
    }

    /// `None` is stdout.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Downloads the result. If a download to a file breaks off, it starts again, within the attempts and the deadline of
    /// `retry`. The library does the same when it saves the original.
    pub(crate) async fn deliver(
        &self,
        client: &Client<Counting>,
        job: &JobId,
        retry: Retry,
    ) -> Result<(), Trouble> {
        let backend = client.backend();
        let (progress, start) = (backend.progress(), backend.now());
        // A bar would get in the way of a result on the terminal.
        progress.begin(&self.decoding, self.file.is_some() || !io::stdout().is_terminal());
        let is_replaced = self.file.as_deref().is_some_and(file::is_replaced);
        let mut left = retry;
        loop {
            let trouble = match self.transfer(client.download_job(job).options(left)).await {
                Err(trouble) if is_replaced && trouble.may_pass() => trouble,
                ended => return ended,
            };
            let elapsed = backend.now().saturating_sub(start);
            left.attempts = retry.attempts.saturating_sub(progress.attempts());
            left.deadline = retry.deadline.saturating_sub(elapsed + retry.backoff);
            if left.attempts == 0 || left.deadline.is_zero() {
                return Err(trouble.help(format!("it was tried {} times", progress.attempts())));
            }
            backend.sleep(retry.backoff).await;
        }
    }

    /// Downloads the result, once.
    async fn transfer(&self, call: Call<Counting, DownloadJob>) -> Result<(), Trouble> {
        let file = self.file.as_deref();
        let named = |error| cannot_write(file, error);
        let open = || file.map_or_else(|| Ok(Destination::stdout()), Destination::open);
        let rows = match (&self.form, file) {
            (Form::Json, Some(file)) if file::is_replaced(file) => {
                return Ok(call.save(file).await.map(drop)?);
            }
            (Form::Json, Some(file)) => {
                let written = call.write_to(file::open_special(file).map_err(named)?).await;
                return written.map(drop).map_err(|error| Trouble::from(error).naming(file));
            }
            (Form::Json, None) => return print(call).await,
            (Form::Ndjson, _) => open().map(|out| Rows::ndjson(out, call.client().backend().progress())),
            (Form::Csv(columns), _) => open().and_then(|out| Rows::csv(columns.clone(), out)),
        };
        let mut rows = rows.map_err(named)?;
        let mut profiles = call.decoding(self.decoding.options.clone()).profiles().await?;
        while let Some(record) = profiles.next_record().await.map_err(|error| self.about(error))? {
            rows.write(record).map_err(named)?;
        }
        rows.finish().map_err(named)
    }

    /// Adds a hint about `--list` to an error about the list.
    fn about(&self, error: Error) -> Trouble {
        let names_the_list = error.to_string().contains(&format!("`{}`", self.decoding.list));
        let trouble = Trouble::from(error);
        if !names_the_list {
            return trouble;
        }
        trouble.helped_by(
            "the list of profiles may have another name: give it by --list NAME; --format json shows the \
             document as it is",
        )
    }
}

/// Writes the original to stdout.
async fn print(call: Call<Counting, DownloadJob>) -> Result<(), Trouble> {
    let mut out = Destination::stdout();
    let mut download = call.open().await?;
    let failed = |error| cannot_write(None, error);
    while let Some(chunk) = download.next_chunk().await? {
        out.write_all(&chunk).map_err(failed)?;
    }
    out.finish().map_err(failed)
}

/// The format of a file's ending; JSON for stdout, FIFOs and devices.
fn by_extension(file: Option<&Path>) -> Result<Format, Trouble> {
    let Some(file) = file.filter(|file| file::is_replaced(file)) else { return Ok(Format::Json) };
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        Some("json") => Ok(Format::Json),
        Some("ndjson" | "jsonl") => Ok(Format::Ndjson),
        Some("csv") => Ok(Format::Csv),
        _ => {
            let text = format!("the ending of `{}` names no known format", file.display());
            Err(Trouble::usage(text)
                .help("let it end in .json, .ndjson, .jsonl or .csv, or add --format json, ndjson or csv"))
        }
    }
}

fn words(delivery: &Delivery) -> Vec<OsString> {
    let format = delivery.format.map(|format| format!("{format:?}").to_lowercase());
    let columns = Some(delivery.columns.join(",")).filter(|names| !names.is_empty());
    let list = Some(&delivery.list).filter(|list| *list != LIST);
    let invalid_text = delivery.invalid_text.map(|how| format!("{how:?}").to_lowercase());
    let number = |number: Option<u64>| number.map(|number| number.to_string().into());
    let pairs = [
        ("-f", delivery.file.as_ref().map(OsString::from)),
        ("--format", format.map(OsString::from)),
        ("--columns", columns.map(OsString::from)),
        ("--list", list.map(OsString::from)),
        ("--invalid-text", invalid_text.map(OsString::from)),
        ("--max-record", number(delivery.max_record)),
        ("--max-attributes", number(delivery.max_attributes.map(|count| count as u64))),
        ("--max-text", number(delivery.max_text)),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some([name.into(), value?])).flatten().collect()
}

/// The command that goes on with a started job: it waits, and then delivers the result as planned.
pub(crate) fn command(beginning: &[OsString], job: &JobId, delivery: Option<&[OsString]>) -> String {
    let name = if delivery.is_some() { "download-job" } else { "get-job" };
    let [name, wait, rest, job] = [name, "--wait", "--", job.as_str()].map(OsString::from);
    let delivery = delivery.unwrap_or_default().iter().cloned();
    let words = beginning.iter().cloned().chain([name]);
    // An id may look like an option.
    let words: Vec<_> = match job.as_encoded_bytes().starts_with(b"-") {
        true => words.chain([wait]).chain(delivery).chain([rest, job]).collect(),
        false => words.chain([job, wait]).chain(delivery).collect(),
    };
    shell::line(&words)
}
