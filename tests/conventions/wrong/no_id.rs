//! Unchecked text in a path.
use useartisan::Api;

fn path(api: &Api) {
    let _ = api.path("/public/api/apps/").id(&"557ade8b").get();
}

fn main() {
    let _ = path;
}

// says: is not an id, which is checked when it is made
// says: `TextId::new(…)?` takes any other id and short text
