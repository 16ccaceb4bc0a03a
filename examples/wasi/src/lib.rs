//! The library on WASI, over the host's `wasi:http`. Copy the backend from here.

pub mod wasi_http;
