//! The async method of a client that blocks.
use useartisan::{Client, ErasedBlocking};

async fn apps(client: &Client<ErasedBlocking>) {
    let _ = client.list_apps().send().await;
}

fn main() {
    let _ = apps;
}

// says: use the method that ends in `_blocking`: `send_blocking`, `save_blocking`, …
