//! Ctrl-C, and what else ends a program.

use std::time::Duration;
use std::{io, process, thread};

use tokio::runtime::Builder;
use tokio::sync::mpsc::{Receiver, channel};

/// How long what was given up may take to clean up after itself.
pub(crate) const CLEANING_UP: Duration = Duration::from_secs(5);

/// Hears signals from now on, and gives the exit code of the one that comes, as shells have it.
///
/// They are heard on a thread of their own, since the work may be blocked by a pipe that nobody reads: if it has not
/// ended by then, that thread ends the program. A hang-up is left alone, so that `nohup` works.
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
            // If nobody listens, the program is about to end.
            let _ = sender.try_send(code);
            tokio::time::sleep(CLEANING_UP).await;
            process::exit(code.into())
        })
    });
    Ok(receiver)
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = u8> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
        }
    })
}

#[cfg(windows)]
fn signal() -> io::Result<impl Future<Output = u8> + Send> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        130
    })
}
