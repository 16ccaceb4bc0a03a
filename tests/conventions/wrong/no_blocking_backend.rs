//! An HTTP stack that is not a backend, in a program without an async runtime.
use useartisan::{Api, Client, Credentials};

struct Stack;

fn main() {
    let api = Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap();
    let _ = Client::new(api, Stack).list_apps().send_blocking();
}

// says: `Stack` is not a blocking backend
// says: useartisan's feature `ureq` brings a blocking backend
// says: or give a closure to `backends::from_fn`
