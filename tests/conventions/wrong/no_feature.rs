//! A backend whose feature is off.
fn main() {
    let _ = useartisan::backends::ureq::Ureq::new();
}

// The compiler itself names the missing feature.
// says: feature
