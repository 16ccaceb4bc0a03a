//! A constant that is not an id.
const APP: useartisan::AppId = useartisan::AppId::from_static("..");

fn main() {
    let _ = APP;
}

// says: not a valid app id
