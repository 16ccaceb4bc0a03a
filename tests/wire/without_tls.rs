//! Without the feature `rustls`, each backend refuses https before anything is sent.

#[cfg(any(feature = "reqwest", feature = "ureq", feature = "hyper"))]
use crate::support;
#[cfg(any(feature = "reqwest", feature = "ureq", feature = "hyper"))]
use useartisan::{Api, Client, Credentials, Error, ErrorKind, Sent, backends};

#[cfg(any(feature = "reqwest", feature = "ureq", feature = "hyper"))]
fn client<B>(backend: B) -> Client<B> {
    let credentials = Credentials::new("public", "secret").unwrap();
    // Listens until the process ends, because ureq finds that it lacks TLS only after it has connected.
    let listener = Box::leak(Box::new(std::net::TcpListener::bind("127.0.0.1:0").unwrap()));
    let url = format!("https://{}", listener.local_addr().unwrap());
    Client::new(Api::builder(url).credentials(credentials).build().unwrap(), backend)
}

#[cfg(any(feature = "reqwest", feature = "ureq", feature = "hyper"))]
#[track_caller]
fn refused(error: &Error, reason: &str) {
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::No), "{error:?}");
    let told = support::canary::all_of(error);
    assert!(told.contains(reason), "{told}");
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn by_reqwest() {
    let client = client(backends::reqwest::Reqwest::new().unwrap());
    refused(&client.list_apps().send().await.unwrap_err(), "https needs the feature `rustls`");
}

#[cfg(feature = "hyper")]
#[tokio::test]
async fn by_hyper() {
    let client = client(backends::hyper::Hyper::new().unwrap());
    refused(&client.list_apps().send().await.unwrap_err(), "https needs the feature `rustls`");
}

#[cfg(feature = "ureq")]
#[test]
fn by_ureq() {
    let client = client(backends::ureq::Ureq::new().unwrap());
    refused(&client.list_apps().send_blocking().unwrap_err(), "https needs the feature `rustls`");
}
