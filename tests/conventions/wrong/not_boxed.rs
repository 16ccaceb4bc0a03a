//! A client of one backend where the plain `Client` is expected.
use useartisan::Client;

struct Stack;

struct Reports {
    artisan: Client,
}

fn reports(client: Client<Stack>) -> Reports {
    Reports { artisan: client }
}

fn main() {
    drop(reports);
}

// The compiler has no place for the library's own words. The name is the hint, and `Client` and `BoxedBackend` explain it.
// says: BoxedBackend
