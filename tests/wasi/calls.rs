//! Makes calls to servers and prints each outcome: `calls BASE_URL...`. It runs on WASI, and over ureq on the system that builds it,
//! so that `check.py` can compare the two.

use std::error::Error as _;
use std::io::Write;
use std::time::{Duration, Instant};
use std::{env, fs, io};

use useartisan::{
    Api, AppId, BlockingBackend, CallOptions, Client, Credentials, Error, JobId, Retry, SegmentId, Timeouts,
};

/// How long a server may be silent. Connecting has half of it.
const PATIENCE: Duration = Duration::from_secs(1);

const FILE: &str = "saved.json";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(target_os = "wasi")]
    let backend = {
        find_the_directory();
        useartisan_wasi::wasi_http::backend()
    };
    #[cfg(not(target_os = "wasi"))]
    let backend = useartisan::backends::ureq::Ureq::new()?;

    let timeouts =
        |timeouts: Timeouts| timeouts.with_connect(PATIENCE / 2).with_head(PATIENCE).with_stall(PATIENCE);
    let options = CallOptions::default()
        .with_timeouts(timeouts(Timeouts::default()))
        .with_download_timeouts(timeouts(Timeouts::for_download()))
        .with_retry(Retry::default().with_attempts(1));
    for base_url in env::args().skip(1) {
        let api = Api::builder(&base_url).credentials(Credentials::new("the-public-key", "the-secret-key")?);
        let artisan = Client::new(api.allow_plain_http().build()?, &backend).options(options);
        for (name, call) in calls() {
            let start = Instant::now();
            let outcome = call(&artisan);
            let took = start.elapsed().as_millis();
            println!("{base_url}\t{name}\t{took}\t{outcome}");
        }
    }
    Ok(())
}

type CallOf<B> = fn(&Client<B>) -> String;

fn calls<B: BlockingBackend>() -> [(&'static str, CallOf<B>); 5] {
    [("list", list), ("export", export), ("records", records), ("write", write), ("save", save)]
}

fn list<B: BlockingBackend>(artisan: &Client<B>) -> String {
    told(artisan.list_apps().send_blocking().map(|apps| format!("{} app", apps.len())))
}

fn export<B: BlockingBackend>(artisan: &Client<B>) -> String {
    let (app, segment) = (AppId::from_static("app"), SegmentId::from_static("segment"));
    told(artisan.export_segment(app, segment).send_blocking().map(|job| format!("job {}", job.id())))
}

fn records<B: BlockingBackend>(artisan: &Client<B>) -> String {
    let mut count = 0;
    let mut read = || {
        let mut profiles = artisan.download_job(JobId::from_static("job")).profiles_blocking()?;
        while profiles.next_record_blocking()?.is_some() {
            count += 1;
        }
        Ok("whole".to_owned())
    };
    let outcome = told(read());
    format!("{count} profiles, {outcome}")
}

fn write<B: BlockingBackend>(artisan: &Client<B>) -> String {
    let written = artisan.download_job(JobId::from_static("job")).write_to_blocking(Vec::new());
    told(written.map(|written| format!("{} bytes", written.len())))
}

/// Saves over an older file. Prints what is at the path afterwards, and how many files are beside it.
fn save<B: BlockingBackend>(artisan: &Client<B>) -> String {
    let outcome = fs::write(FILE, "old").map(|()| {
        let saved = artisan.download_job(JobId::from_static("job")).save_blocking(FILE);
        told(saved.map(|saved| format!("{} bytes", saved.bytes)))
    });
    let left = || -> io::Result<String> {
        let what = if fs::read(FILE)? == b"old" { "the old" } else { "a new" };
        let beside = fs::read_dir(".")?.count() - 1;
        fs::remove_file(FILE)?;
        Ok(format!("{what} file, {beside} beside"))
    };
    let [outcome, left] = [outcome, left()].map(|done| done.unwrap_or_else(|error| error.to_string()));
    format!("{outcome}; {left}")
}

fn told(outcome: Result<String, Error>) -> String {
    let error = match outcome {
        Ok(text) => return text,
        Err(error) => error,
    };
    let mut causes = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes += &format!(": {error}");
        cause = error.source();
    }
    // Shown when an outcome differs.
    let _ = writeln!(io::stderr(), "{causes}");
    let status = error.status().map(|status| format!(" {}", status.as_u16())).unwrap_or_default();
    format!("{:?} {:?}{status}", error.kind(), error.sent())
}

/// Tells the C library its directory. Debian's libc of 2022 asks the host too early in a component with imports beyond WASI's
/// preview 1, and finds none. Later ones ask when they need it.
#[cfg(target_os = "wasi")]
#[expect(unsafe_code, reason = "a function of C")]
fn find_the_directory() {
    unsafe extern "C" {
        fn __wasilibc_register_preopened_fd(fd: i32, prefix: *const std::ffi::c_char) -> i32;
    }
    // SAFETY: the prefix is a C string, which is copied. 3 is the first descriptor after the standard streams.
    unsafe { __wasilibc_register_preopened_fd(3, c"/".as_ptr()) };
}
