//! The blocking method of a client that is async.
use useartisan::Client;

fn apps(client: &Client) {
    let _ = client.list_apps().send_blocking();
}

fn main() {
    let _ = apps;
}

// says: use the method without `_blocking` and await it: `send().await`, `save(…).await`, …
