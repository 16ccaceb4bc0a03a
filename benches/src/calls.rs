//! Whole calls over loopback through each backend, compared with the bare client doing the same by hand.

mod bare;
mod load;
mod ours;
mod server;
mod table;

pub(crate) use server::{SERVE, serve};

use bare::{BareHyper, BareReqwest, BareUreq};
use load::{on_threads, on_tokio};
use server::Server;
use table::Contenders;
use useartisan::Timeouts;

/// Prints a row for each client, call and load.
pub(crate) fn print() {
    with_contenders(table::print_calls);
}

/// Prints a row for the download of each client.
pub(crate) fn print_downloads() {
    with_contenders(table::print_downloads);
}

fn with_contenders(print: fn(&[Contenders])) {
    let server = Server::start();
    let (base, runtime) = (&*server.base_url, load::runtime());
    let patience = Some(Timeouts::default().total);
    let contenders = [
        Contenders {
            name: "reqwest",
            bare: on_tokio(runtime, BareReqwest::new(base, patience)),
            again: on_tokio(runtime, BareReqwest::new(base, patience)),
            untimed: on_tokio(runtime, BareReqwest::new(base, None)),
            ours: on_tokio(runtime, ours::reqwest(base)),
            boxed: on_tokio(runtime, ours::reqwest(base).boxed()),
        },
        Contenders {
            name: "hyper",
            bare: on_tokio(runtime, BareHyper::new(base, patience)),
            again: on_tokio(runtime, BareHyper::new(base, patience)),
            untimed: on_tokio(runtime, BareHyper::new(base, None)),
            ours: on_tokio(runtime, ours::hyper(base)),
            boxed: on_tokio(runtime, ours::hyper(base).boxed()),
        },
        Contenders {
            name: "ureq",
            bare: on_threads(BareUreq::new(base, patience)),
            again: on_threads(BareUreq::new(base, patience)),
            untimed: on_threads(BareUreq::new(base, None)),
            ours: on_threads(ours::ureq(base)),
            boxed: on_threads(ours::ureq(base).boxed_blocking()),
        },
    ];
    print(&contenders);
}
