//! Completions for shells.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::args::Arguments;
use crate::file::cannot_write;
use crate::trouble::Trouble;

/// Prints the script for a shell.
pub(crate) fn print(shell: Shell) -> Result<(), Trouble> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "artisan", &mut script);
    io::stdout().write_all(&script).map_err(|error| cannot_write(None, error))
}
