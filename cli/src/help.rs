//! The end of the help: examples, keys, exit codes.

/// The end of `-h`.
pub(crate) const SHORT: &str = "\
Example: artisan --fake list-apps
More: artisan --help has examples, keys and exit codes; artisan COMMAND --help";

/// The end of `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  artisan --fake list-apps                                 without an account, against sample data
  artisan list-segments APP --output json                  for a script
  artisan export-segment APP SEGMENT -f profiles.csv       start, wait, download
  artisan download-job JOB --format ndjson | head -n 1     to look at one profile
  artisan download-job JOB -f all.csv --columns sharedUserId,age,'*'

Keys are never arguments. They come from:
  --keys FILE, or else ARTISAN_PUBLIC_KEY and ARTISAN_SECRET_KEY; a terminal asks for a missing one

Exit codes:
  0    success, also if the reader of a pipe stops reading
  1    any other failure
  2    wrong usage: an argument, an id, a key, a FILE that cannot be created
  3    not found
  4    access denied (401, 403): the keys are wrong, or this machine's address is not allowed
  5    timed out
  6    the job has failed
  7    it is not known whether the job was started: look at `artisan list-jobs` before you start it again
  8    the service cannot be reached or cannot answer now: try again later
  9    the job is not complete yet: add --wait
  10   FILE or stdout cannot be written, for instance because the disk is full
  130  Ctrl-C (129 SIGHUP, 131 SIGQUIT, 143 SIGTERM), without a partial FILE; 7 if a job was just being started";
