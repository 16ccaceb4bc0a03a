//! The fault rig: servers on plain sockets follow scripts to the byte. Each fault must have its expected outcome on all three
//! backends, and for every way to read an answer.
#![cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper", feature = "rustls"))]

mod bounds;
mod connecting;
mod cuts;
mod frames;
mod handshakes;
mod http2;
mod lengths;
mod noise;
mod pace;
mod pools;
mod redirects;
mod run;
mod scenario;
mod script;
mod statuses;
#[path = "../support/mod.rs"]
pub mod support;
mod tls;
mod way;

use std::collections::{BTreeMap, HashSet};

use run::{run, run_undisturbed};
use scenario::Scenario;

/// A name, and its scenarios.
type Family = (&'static str, fn() -> Vec<Scenario>);

const FAMILIES: [Family; 10] = [
    ("cuts", cuts::scenarios),
    ("lengths", lengths::scenarios),
    ("noise", noise::scenarios),
    ("statuses", statuses::scenarios),
    ("redirects", redirects::scenarios),
    ("pools", pools::scenarios),
    ("handshakes", handshakes::scenarios),
    ("frames", frames::scenarios),
    ("bounds", bounds::scenarios),
    ("pace", pace::scenarios),
];

fn family(name: &str) -> Vec<Scenario> {
    FAMILIES.iter().find(|family| family.0 == name).unwrap().1()
}

macro_rules! families {
    ($($name:ident, $run:ident;)*) => {$(
        #[test]
        fn $name() {
            let scenarios = family(stringify!($name));
            let calls = $run(&scenarios);
            println!("{}: {} scenarios, {calls} calls", stringify!($name), scenarios.len());
        }
    )*};
}

families! {
    cuts, run;
    lengths, run;
    noise, run;
    statuses, run;
    redirects, run;
    pools, run;
    handshakes, run;
    frames, run;
    bounds, run;
    pace, run_undisturbed;
}

/// Lists the scenarios by promise: `cargo test --all-features --test faults -- --nocapture listed`.
#[test]
fn the_scenarios_are_listed() {
    let scenarios: Vec<_> = FAMILIES.iter().flat_map(|family| family.1()).collect();
    let mut promises = BTreeMap::<u8, Vec<&str>>::new();
    for scenario in &scenarios {
        assert!(!scenario.promises.is_empty(), "{} holds up nothing", scenario.name);
        for promise in scenario.promises {
            promises.entry(*promise).or_default().push(&scenario.name);
        }
    }
    for (promise, names) in &promises {
        println!("promise {promise}, {} scenarios: {}", names.len(), names.join("; "));
    }
    println!("{} scenarios; all of them promise 8", scenarios.len());
    let names: HashSet<_> = scenarios.iter().map(|scenario| &scenario.name).collect();
    assert_eq!(names.len(), scenarios.len(), "each has a name of its own");
    assert!(scenarios.len() >= 65);
}
