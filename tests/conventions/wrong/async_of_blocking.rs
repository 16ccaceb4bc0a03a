//! The async method of a blocking client.
use useartisan::{Client, BoxedBlockingBackend};

async fn apps(client: &Client<BoxedBlockingBackend>) {
    let _ = client.list_apps().send().await;
}

fn main() {
    let _ = apps;
}

// says: use the method that ends in `_blocking`: `send_blocking`, `save_blocking`, …
