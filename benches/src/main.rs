//! The costs of the library, as ratios within one run: `cargo run --release --manifest-path benches/Cargo.toml`, followed by the
//! names of some benches, or none for all.

mod answers;
mod build;
mod calls;
mod decode;
mod heap;
mod measure;
mod requests;

#[global_allocator]
static ALLOCATOR: heap::Counting = heap::Counting;

/// The name of a bench, and the function that prints its tables.
const BENCHES: [(&str, fn()); 6] = [
    ("requests", requests::print),
    ("answers", answers::print),
    ("decode", || decode::print(50)),
    ("calls", calls::print),
    ("downloads", calls::print_downloads),
    ("build", build::print),
];

fn main() {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if asked == [calls::SERVE] {
        return calls::serve();
    }
    if let Some(unknown) = asked.iter().find(|name| BENCHES.iter().all(|(bench, _)| bench != name)) {
        let names: Vec<_> = BENCHES.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no bench `{unknown}`, only {}", names.join(", "));
        std::process::exit(2);
    }
    for (name, print) in BENCHES {
        if asked.is_empty() || asked.iter().any(|asked| asked == name) {
            println!("\n# {name}");
            print();
        }
    }
}
