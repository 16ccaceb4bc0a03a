//! What the tests of the export decoder share: documents from a seed, and ways to read them.
#![allow(dead_code, reason = "each test file uses a part of it")]

#[path = "../shared/cases.rs"]
mod cases;
pub(crate) mod oracle;

use std::fmt::Write;

use useartisan::export::{Check, Decoder, Settings};
use useartisan::{AttributeValue, Error};

#[allow(unused_imports, reason = "each test file uses a part of it")]
pub(crate) use cases::cases;

/// An owned record: its names and values, the latter with whether they are text.
pub(crate) type Record = Vec<(String, bool, String)>;

/// What a document gave: its records, and the error after them.
pub(crate) type Outcome = (Vec<Record>, Option<String>);

pub(crate) fn owned<'a>(attributes: impl IntoIterator<Item = (&'a str, AttributeValue<'a>)>) -> Record {
    let owned = |(name, value): (&str, AttributeValue<'_>)| {
        (name.to_owned(), value.as_text().is_some(), value.as_str().to_owned())
    };
    attributes.into_iter().map(owned).collect()
}

/// Decodes a document that comes in these pieces.
pub(crate) fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    decode_with(Settings::new(), pieces)
}

pub(crate) fn decode_with<'a>(settings: Settings, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut decoder = Decoder::with(settings);
    let mut records = Vec::new();
    for mut piece in pieces {
        loop {
            match decoder.advance(&mut piece) {
                Ok(true) => records.push(owned(decoder.record())),
                Ok(false) => break,
                Err(error) => {
                    let again = decoder.advance(&mut piece).is_err() && decoder.finish().is_err();
                    assert!(again && decoder.record().is_empty(), "an error is for good");
                    return (records, Some(error.to_string()));
                }
            }
        }
        assert!(piece.is_empty());
    }
    (records, decoder.finish().err().map(|error| error.to_string()))
}

pub(crate) fn check<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Error> {
    let mut check = Check::new();
    for piece in pieces {
        check.push(piece)?;
    }
    check.finish()
}

/// Numbers from a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// xorshift64*
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    pub(crate) fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Cuts `document` into pieces of random sizes, some of them empty.
    pub(crate) fn cut<'a>(&mut self, document: &'a [u8]) -> Vec<&'a [u8]> {
        let largest = self.pick(&[2, 8, 60, 400]);
        let (mut pieces, mut rest) = (Vec::new(), document);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(self.below(largest).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }

    /// Changes a byte or a few, as noise on the way would.
    pub(crate) fn mutate(&mut self, document: &mut Vec<u8>) {
        for _ in 0..1 + self.below(3) {
            let at = self.below(document.len());
            let byte = self.pick(b"{}[]\",:\\/u0123dDeE+-. \n\t\r\x00\x1f\x7f\x80\xbf\xc3\xed\xf4\xfftfn");
            match self.below(4) {
                0 => document[at] = byte,
                1 => document.insert(at, byte),
                2 => drop(document.remove(at)),
                _ => {
                    let from = self.below(document.len());
                    document[at] = document[from];
                }
            }
            if document.is_empty() {
                return;
            }
        }
    }
}

/// A generated export, with some of everything that may be in one.
pub(crate) fn document(random: &mut Random) -> Vec<u8> {
    let mut writer = Writer { text: String::new(), spaced: random.one_in(2), random };
    writer.document();
    writer.text.into_bytes()
}

struct Writer<'a> {
    text: String,
    spaced: bool,
    random: &'a mut Random,
}

impl Writer<'_> {
    fn document(&mut self) {
        let enveloped = self.random.one_in(3);
        if self.random.one_in(8) {
            self.gap();
        }
        self.text.push('{');
        if enveloped {
            self.member(r#""success""#, |writer| {
                let success = writer.random.pick(&["true", r#""True""#, r#""true""#]);
                writer.text.push_str(success);
            });
            self.comma();
            self.member(r#""response""#, |writer| writer.listed());
        } else {
            self.list_and_others();
        }
        self.text.push('}');
        if self.random.one_in(4) {
            self.gap();
        }
    }

    fn listed(&mut self) {
        self.text.push('{');
        self.list_and_others();
        self.text.push('}');
    }

    fn list_and_others(&mut self) {
        for _ in 0..self.random.below(3) {
            self.member(r#""message""#, |writer| writer.value(0));
            self.comma();
        }
        let name = self.random.pick(&[r#""artisanUserIds""#, r#""artisanUserId\u0073""#]);
        self.member(name, |writer| {
            writer.text.push('[');
            let records = writer.random.below(5);
            writer.separated(records, |writer| {
                writer.text.push('{');
                let attributes = writer.random.below(12);
                writer.separated(attributes, |writer| writer.pair(0));
                writer.text.push('}');
            });
            writer.text.push(']');
        });
        for _ in 0..self.random.below(2) {
            self.comma();
            self.member(r#""page""#, |writer| writer.value(0));
        }
    }

    fn member(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        self.gap();
        self.text.push_str(name);
        self.colon();
        value(self);
        self.gap();
    }

    fn pair(&mut self, depth: usize) {
        self.string();
        self.colon();
        self.value(depth);
    }

    fn value(&mut self, depth: usize) {
        match self.random.below(if depth < 3 { 14 } else { 12 }) {
            0 => self.number(),
            1 => {
                let word = self.random.pick(&["true", "false", "null"]);
                self.text.push_str(word);
            }
            12 => {
                self.text.push('[');
                let items = self.random.below(4);
                self.separated(items, |writer| writer.value(depth + 1));
                self.text.push(']');
            }
            13 => {
                self.text.push('{');
                let pairs = self.random.below(4);
                self.separated(pairs, |writer| writer.pair(depth + 1));
                self.text.push('}');
            }
            _ => self.string(),
        }
    }

    fn number(&mut self) {
        let number = self.random.pick(&[
            "0",
            "-0",
            "7",
            "-120",
            "48.8600",
            "1e5",
            "2E-3",
            "0.5e+9",
            "1e999",
            "12345678901234567890123",
        ]);
        self.text.push_str(number);
    }

    fn string(&mut self) {
        self.text.push('"');
        for _ in 0..self.random.pick(&[0, 1, 1, 2, 5]) {
            match self.random.below(8) {
                0 => {
                    let escape = self.random.pick(&[
                        r"\n",
                        r#"\""#,
                        r"\\",
                        r"\/",
                        r"\b\f\r\t",
                        r"\u00e9",
                        r"\uD83D\uDE00",
                        r"\u0000",
                        r"\uFFFF",
                    ]);
                    self.text.push_str(escape);
                }
                1 => {
                    let text = self.random.pick(&["é", "東京", "😀", "\u{7f}", "\u{ffff}", "\u{10ffff}"]);
                    self.text.push_str(text);
                }
                _ => {
                    let number = self.random.next();
                    write!(self.text, "{number:x}").unwrap();
                }
            }
        }
        self.text.push('"');
    }

    fn separated(&mut self, items: usize, mut item: impl FnMut(&mut Self)) {
        for index in 0..items {
            if index > 0 {
                self.comma();
            }
            self.gap();
            item(self);
        }
        self.gap();
    }

    fn comma(&mut self) {
        self.text.push(',');
    }

    fn colon(&mut self) {
        let colon = self.random.pick(if self.spaced { &[":", ": ", ": ", " :\t"] } else { &[":"] });
        self.text.push_str(colon);
    }

    fn gap(&mut self) {
        if self.spaced {
            let gap =
                self.random.pick(&["", " ", "\n  ", "\n      ", "\r\n\t", "\n                          "]);
            self.text.push_str(gap);
        }
    }
}
