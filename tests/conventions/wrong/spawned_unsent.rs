//! A call that is spawned but not sent.
use useartisan::Client;

fn spawn(_: impl Future + Send + 'static) {}

fn apps(client: &Client) {
    spawn(client.list_apps());
}

fn main() {
    let _ = apps;
}

// says: a call is not a future until it is sent
// says: send it first, by `.send().await`
