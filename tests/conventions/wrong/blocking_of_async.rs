//! The blocking method of an async client.
use useartisan::Client;

fn apps(client: &Client) {
    let _ = client.list_apps().send_blocking();
}

fn main() {
    let _ = apps;
}

// says: use the method without `_blocking` and await it: `send().await`, `save(…).await`, …
