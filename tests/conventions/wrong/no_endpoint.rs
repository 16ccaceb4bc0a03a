//! A call by its name.
use useartisan::Client;

fn call(client: &Client) {
    let _ = client.call("list_apps");
}

fn main() {
    let _ = call;
}

// says: `str` is not an endpoint of the API
// says: for your own call, implement `Endpoint`
