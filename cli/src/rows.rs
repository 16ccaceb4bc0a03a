//! Profiles as NDJSON or CSV, one at a time.

use std::io::{self, Write};
use std::sync::Arc;

use useartisan::decode::ProfileRecord;

use crate::columns::{Columns, cause};
use crate::file::Destination;
use crate::progress::Progress;
use crate::stderr::note;
use crate::{halves, json};

/// A writer of profiles.
pub(crate) enum Rows {
    Ndjson {
        out: Destination,
        /// A buffer for one line.
        line: Vec<u8>,
        /// Knows whether halves of surrogate pairs were marked.
        progress: Arc<Progress>,
    },
    Csv {
        columns: Columns,
        out: Box<csv::Writer<Destination>>,
    },
}

impl Rows {
    pub(crate) fn ndjson(out: Destination, progress: Arc<Progress>) -> Self {
        Rows::Ndjson { out, line: Vec::new(), progress }
    }

    /// Writes the header at once, so that a result without profiles has it too. Lines end in a line feed only, which
    /// readers of RFC 4180 accept.
    pub(crate) fn csv(columns: Columns, out: Destination) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(columns.header()).map_err(cause)?;
        Ok(Rows::Csv { columns, out: Box::new(out) })
    }

    pub(crate) fn write(&mut self, record: ProfileRecord<'_>) -> io::Result<()> {
        match self {
            // A text may contain the mark by itself. That was marked, too.
            Rows::Ndjson { out, line, progress } if progress.keeps_halves() => {
                line.clear();
                json::object(line, record)?;
                if memchr::memmem::find(line, "\u{fdd0}".as_bytes()).is_some()
                    || memchr::memmem::find(line, b"\\ufdd0").is_some()
                {
                    *line = halves::restored(line);
                }
                out.write_all(line)?;
                out.write_all(b"\n")
            }
            Rows::Ndjson { out, .. } => {
                json::object(out, record)?;
                out.write_all(b"\n")
            }
            Rows::Csv { columns, out } => columns.row(record, out),
        }
    }

    /// Writes the rest, and puts the file in place.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Rows::Ndjson { out, .. } => out.finish(),
            Rows::Csv { columns, out } => {
                out.into_inner().map_err(|error| error.into_error())?.finish()?;
                columns.unused().for_each(|name| {
                    note(&format!("artisan: no profile has {name:?}, a column of --columns\n"))
                });
                Ok(())
            }
        }
    }
}
