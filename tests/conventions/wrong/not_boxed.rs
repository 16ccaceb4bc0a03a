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

// The compiler has no place for words of the library's: the name is the hint, and `Client` and `BoxedBackend` say the rest.
// says: BoxedBackend
