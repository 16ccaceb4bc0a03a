//! A call that is made but not sent.
#![deny(unused_must_use)]

fn forget(client: &useartisan::Client) {
    client.list_apps();
    client.wait_for_job(useartisan::JobId::from_static("5584566b"));
}

fn main() {
    let _ = forget;
}

// says: a call does nothing until it is sent
// says: a wait does nothing until it is sent
