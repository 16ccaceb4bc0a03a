//! A backend whose feature is off.
fn main() {
    let _ = useartisan::backends::ureq::Ureq::new();
}

// The compiler itself tells of the feature that is off.
// says: feature
