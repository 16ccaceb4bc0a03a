//! An HTTP stack that is not a backend.
use useartisan::{Api, Client, Credentials};

struct Stack;

async fn apps() {
    let api = Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap();
    let _ = Client::new(api, Stack).list_apps().send().await;
}

fn main() {
    drop(apps());
}

// says: `Stack` is not an async backend
// says: useartisan's features `reqwest`, `hyper` and `tower` bring async backends
// says: or give a closure to `backends::from_async_fn`
