//! Random callbacks cause no panic, and no invented id.

use fastrand::Rng;
use http::{Method, Request};
use useartisan::callback;

use super::{api, form};
use crate::support::callback::holds;
use crate::support::cases::{cases, pick};

const BASES: [&str; 3] =
    ["https://artisantools.com", "https://proxy.example/artisan", "http://127.0.0.1:8080/public/api/jobs/7"];

/// The parts of addresses, correct and forged.
const PIECES: [&str; 40] = [
    "/public/api/jobs/",
    "/public/api/jobs/",
    "/public/api/jobs/",
    "/public/api/",
    "/jobs/",
    "/download",
    "/download",
    "/",
    "//",
    "\\",
    "..",
    ".",
    "%2e",
    "%2F",
    "%252F",
    "%5c",
    "%00",
    "%C3%BC",
    "%FF",
    "%",
    "5584a2c7",
    "a",
    "1",
    "https://artisantools.com",
    "https://artisantools.com",
    "https://proxy.example",
    "/artisan",
    "http://127.0.0.1:8080",
    "http://",
    "https:",
    "://",
    "@",
    "evil.example",
    ":443",
    ":80",
    "?",
    "#",
    " ",
    "\n",
    "ü",
];

const TYPES: [&str; 6] = [
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/a+json; q",
    "image/png",
];

struct Random(Rng);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0.usize(..bound)
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        pick(&mut self.0, list)
    }

    /// Half of them are correct addresses with at most one extra part.
    fn address(&mut self) -> String {
        if self.below(2) == 0 {
            return (0..self.below(8)).map(|_| self.one_of(&PIECES)).collect();
        }
        let root =
            self.one_of(&["", "/artisan", "https://artisantools.com", "https://proxy.example/artisan"]);
        let mut parts = vec![root, "/public/api/jobs/", "5584a2c7", "/download"];
        if self.below(2) == 0 {
            let at = self.below(parts.len() + 1);
            parts.insert(at, self.one_of(&PIECES));
        }
        parts.concat()
    }

    /// A text in one of the forms, perhaps with some bytes changed.
    fn text(&mut self) -> Vec<u8> {
        let (one, two) = (self.address(), self.address());
        let mut text = match self.below(6) {
            0 => (0..self.below(64)).map(|_| self.below(256) as u8).collect(),
            1 => form(&[("path", &one), (&two, "")]).into_bytes(),
            2 => format!("path={one}&{two}").into_bytes(),
            3 => serde_json::json!({"path": one, "x": [two]}).to_string().into_bytes(),
            4 => format!(r#"["{one}",{{"path":"{two}"}}]"#).into_bytes(),
            _ => one.into_bytes(),
        };
        for _ in 0..self.below(4).saturating_sub(1) {
            if !text.is_empty() {
                let at = self.below(text.len());
                text[at] = self.below(256) as u8;
            }
        }
        text
    }

    fn request(&mut self) -> Option<Request<Vec<u8>>> {
        let query = if self.below(2) == 0 { self.text() } else { Vec::new() };
        let body = if self.below(2) == 0 { self.text() } else { Vec::new() };
        let uri = [b"/done?", &*query].concat();
        let request =
            Request::builder().method(Method::POST).uri(uri).header("content-type", self.one_of(&TYPES));
        request.body(body).ok()
    }
}

/// Promises 22 and 31: 20,000 random requests, or 100,000 with `USEARTISAN_FULL=1`, cause no panic. Each id that is found is in the
/// input, decoded once, under the base URL, the default one or no prefix.
#[test]
fn no_input_panics_and_no_id_comes_from_nowhere() {
    let apis = BASES.map(|base| (base, api(base)));
    let mut random = Random(Rng::with_seed(0x5EED_CA11_BAC4));
    let count = cases(20_000, 100_000);
    let (mut parsed, mut found, mut refused) = (0, 0, 0);
    while parsed < count {
        let Some(request) = random.request() else { continue };
        parsed += 1;
        let (base, api) = &apis[random.below(apis.len())];
        let result = callback::parse(api, &request);
        refused += usize::from(result.is_err());
        let Some(job) = result.ok().and_then(|callback| callback.job().cloned()) else { continue };
        found += 1;
        assert!(holds(&request, base, job.as_str()), "{job} is nowhere in {request:?}");
    }
    // The test is not vacuous: all three outcomes are common.
    let least = count / 20;
    assert!(found > least && refused > least && parsed - found - refused > least, "{found} {refused}");
}
