//! Answers on stdout: as a table for people, as JSON for scripts.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use useartisan::{App, Job, JobId, Profile, QueuedJob, Segment};

use crate::file::cannot_write;
use crate::trouble::Trouble;
use crate::visible;

#[derive(Clone, Copy)]
pub(crate) struct Printer {
    pub(crate) json: bool,
}

/// A result that has reached its file.
pub(crate) struct Delivered<'a> {
    pub(crate) job: &'a JobId,
    pub(crate) file: &'a Path,
    /// The size of the download. The file has another size unless its format is json.
    pub(crate) bytes: u64,
    pub(crate) profiles: Option<u64>,
}

/// A thing with an id and a name.
pub(crate) trait Named: Serialize + Display {
    fn id(&self) -> &str;
}

impl Named for App {
    fn id(&self) -> &str {
        self.id().as_str()
    }
}

impl Named for Segment {
    fn id(&self) -> &str {
        self.id().as_str()
    }
}

impl Printer {
    pub(crate) fn named<T: Named>(self, list: &[T]) -> Result<(), Trouble> {
        self.list(list, ["id", "name"], |item| [item.id().into(), item.to_string()])
    }

    pub(crate) fn jobs(self, jobs: &[Job]) -> Result<(), Trouble> {
        self.list(jobs, ["id", "status", "type", "created"], |job| {
            [job.id().to_string(), job.status().to_string(), some(job.kind()), some(job.created_at())]
        })
    }

    pub(crate) fn job(self, job: &Job) -> Result<(), Trouble> {
        let mut rows = vec![
            ["id".into(), job.id().to_string()],
            ["type".into(), some(job.kind())],
            ["status".into(), job.status().to_string()],
            ["created_at".into(), some(job.created_at())],
            ["start".into(), some(job.start())],
            ["end".into(), some(job.end())],
            ["updated_at".into(), some(job.updated_at())],
        ];
        rows.extend(job.other().iter().map(|(name, value)| [name.into(), value.as_str().into()]));
        self.print(job, rows)
    }

    pub(crate) fn profile(self, profile: &Profile) -> Result<(), Trouble> {
        let about = [
            ("identifier", profile.identifier()),
            ("identifierSource", profile.identifier_source()),
            ("href", profile.href()),
        ];
        let about = about.into_iter().filter_map(|(name, text)| Some((name, text?)));
        let attributes = profile.iter().map(|(name, value)| (name, value.as_str()));
        self.print(profile, about.chain(attributes).map(|(name, text)| [name.into(), text.into()]).collect())
    }

    pub(crate) fn queued(self, job: &QueuedJob) -> Result<(), Trouble> {
        let rows = [["job", job.id().as_str()], ["message", job.message().unwrap_or_default()]];
        self.print(job, rows.map(|row| row.map(String::from)).to_vec())
    }

    /// Leaves out the file's size if it is a FIFO or device.
    pub(crate) fn delivered(self, delivered: &Delivered<'_>) -> Result<(), Trouble> {
        let Delivered { job, file, bytes, profiles } = *delivered;
        let size = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        let file = file.display().to_string();
        let json = serde_json::json!({
            "job": job, "file": file, "file_bytes": size, "downloaded_bytes": bytes, "profiles": profiles,
        });
        let mut rows = vec![["job".into(), job.to_string()], ["file".into(), file]];
        rows.extend(size.map(|size| ["file_bytes".into(), size.to_string()]));
        rows.push(["downloaded_bytes".into(), bytes.to_string()]);
        rows.extend(profiles.map(|profiles| ["profiles".into(), profiles.to_string()]));
        self.print(&json, rows)
    }

    /// Prints a list under a line of headings.
    fn list<T: Serialize, const N: usize>(
        self,
        list: &[T],
        head: [&str; N],
        row: impl Fn(&T) -> [String; N],
    ) -> Result<(), Trouble> {
        let head = head.map(str::to_uppercase);
        self.print(&list, [head].into_iter().chain(list.iter().map(row)).collect())
    }

    fn print<const N: usize>(self, json: &impl Serialize, rows: Vec<[String; N]>) -> Result<(), Trouble> {
        let mut text = match self.json {
            true => visible::json(&serde_json::to_string_pretty(json).map_err(io::Error::from)?),
            false => table(&rows),
        };
        text.push('\n');
        let mut out = io::stdout();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| cannot_write(None, error))
    }
}

fn some(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Lays out the cells in columns.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| row.each_ref().map(|cell| visible::line(cell))).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[Cow<'_, str>; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
