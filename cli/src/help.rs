//! What the help has at its end: examples, where keys come from, and the exit codes.

/// What `-h` has at its end.
pub(crate) const SHORT: &str = "\
Example: artisan --fake list-apps
More by --help: examples, keys, exit codes; and by artisan COMMAND --help";

/// What `--help` has at its end.
pub(crate) const EXAMPLES: &str = "\
Examples:
  artisan --fake list-apps                                 without an account, against sample data
  artisan list-segments APP --output json                  for a script
  artisan export-segment APP SEGMENT -f profiles.csv       start, wait, download
  artisan download-job JOB --format ndjson | head -n 1     to look at one profile
  artisan download-job JOB -f all.csv --columns sharedUserId,age,'*'

Keys, none of which is ever an argument:
  from --keys FILE, or else from ARTISAN_PUBLIC_KEY and ARTISAN_SECRET_KEY; on a terminal, what is missing is asked for

Exit codes:
  0    done; also if the reader of a pipe has had enough
  1    any other failure
  2    wrong usage: an argument, an id, a key, a FILE that cannot be made
  3    not found
  4    refused: the keys, or the address of this machine (401, 403)
  5    timed out
  6    the job has failed
  7    whether the job was started is not known: see `artisan list-jobs` before starting it again
  8    the service could not be reached, or was not able to answer: worth trying again later
  9    the job is not complete yet: add --wait
  10   FILE or stdout could not be written, as where the disk is full
  130  Ctrl-C (129 SIGHUP, 131 SIGQUIT, 143 SIGTERM); no file is left half made. While a start is under way it is 7";
