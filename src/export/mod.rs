//! Decoding a download while it arrives.
