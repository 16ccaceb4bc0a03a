//! The name of a call instead of an endpoint.
use useartisan::Client;

fn call(client: &Client) {
    let _ = client.call("list_apps");
}

fn main() {
    let _ = call;
}

// says: `str` is not an endpoint of the API
// says: for your own call, implement `Endpoint`
