//! Ctrl-C and the other signals that end a program. The partial file is removed, and messages are printed.

use std::time::Duration;
use std::{io, process, thread};

use tokio::runtime::Builder;
use tokio::sync::mpsc::{Receiver, channel};

/// How long interrupted work may take to clean up.
pub(crate) const CLEANING_UP: Duration = Duration::from_secs(5);

/// Listens for signals. The receiver gets the exit code that shells use for the first one.
///
/// A separate thread listens, because the work may be blocked by a pipe that nobody reads. If the work does not end
/// within [`CLEANING_UP`], that thread ends the program.
pub(crate) fn watch() -> io::Result<Receiver<u8>> {
    let (sender, receiver) = channel(1);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signal = {
        let _guard = runtime.enter();
        signal()?
    };
    thread::spawn(move || {
        runtime.block_on(async {
            let code = signal.await;
            // Without a receiver, the program is already ending.
            let _ = sender.try_send(code);
            tokio::time::sleep(CLEANING_UP).await;
            process::exit(code.into())
        })
    });
    Ok(receiver)
}

/// SIGXFSZ.
#[cfg(unix)]
const FILE_TOO_LARGE: i32 = if cfg!(any(target_arch = "mips", target_arch = "mips64")) { 31 } else { 25 };

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = u8> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    // With a handler, exceeding a limit on file sizes (`ulimit -f`) is a failed write. Without, it kills the program.
    drop(signal(SignalKind::from_raw(FILE_TOO_LARGE))?);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = if hears_hangups() { Some(signal(SignalKind::hangup())?) } else { None };
    Ok(async move {
        let hangup = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = hangup => 129,
            _ = interrupt.recv() => 130,
            _ = quit.recv() => 131,
            _ = terminate.recv() => 143,
        }
    })
}

/// Whether a hang-up ends the program. Under `nohup`, which ignores the signal, it does not.
#[cfg(target_os = "linux")]
fn hears_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask =
        status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.unwrap_or(0) & 1 == 0
}

/// The same for systems where only unsafe code could ask. `nohup` redirects all three away from the terminal.
#[cfg(all(unix, not(target_os = "linux")))]
fn hears_hangups() -> bool {
    use std::io::IsTerminal;

    io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal()
}

#[cfg(windows)]
fn signal() -> io::Result<impl Future<Output = u8> + Send> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        130
    })
}
