//! Shared by the decoder's tests: documents from a seed, and ways to read them.

use std::fmt::Write;

use fastrand::Rng;
use useartisan::decode::{Check, DecodeOptions, Decoder};
use useartisan::{AttributeValue, Error};

use super::cases::pick;

/// An owned record: its names and values. Each value says whether it is text.
pub type Record = Vec<(String, bool, String)>;

/// The outcome of a document: its records, and the error after them.
pub type Outcome = (Vec<Record>, Option<String>);

pub fn owned<'a>(attributes: impl IntoIterator<Item = (&'a str, AttributeValue<'a>)>) -> Record {
    let owned = |(name, value): (&str, AttributeValue<'_>)| {
        (name.to_owned(), value.as_text().is_some(), value.as_str().to_owned())
    };
    attributes.into_iter().map(owned).collect()
}

/// Decodes a document in these pieces.
pub fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    decode_with(DecodeOptions::default(), pieces)
}

pub fn decode_with<'a>(settings: DecodeOptions, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
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

pub fn check<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Error> {
    let mut check = Check::new();
    for piece in pieces {
        check.push(piece)?;
    }
    check.finish()
}

/// Splits `document` into pieces of random sizes, some of them empty.
pub fn cut<'a>(random: &mut Rng, document: &'a [u8]) -> Vec<&'a [u8]> {
    let largest = pick(random, &[2, 8, 60, 400]);
    let (mut pieces, mut rest) = (Vec::new(), document);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random.usize(..largest).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Changes one or a few bytes, like noise.
pub fn mutate(random: &mut Rng, document: &mut Vec<u8>) {
    for _ in 0..random.usize(1..=3) {
        let at = random.usize(..document.len());
        let byte = pick(random, b"{}[]\",:\\/u0123dDeE+-. \n\t\r\x00\x1f\x7f\x80\xbf\xc3\xed\xf4\xfftfn");
        match random.usize(..4) {
            0 => document[at] = byte,
            1 => document.insert(at, byte),
            2 => drop(document.remove(at)),
            _ => document[at] = document[random.usize(..document.len())],
        }
        if document.is_empty() {
            return;
        }
    }
}

/// A generated export with some of everything that one may hold.
pub fn document(random: &mut Rng) -> Vec<u8> {
    let mut writer = Writer { text: String::new(), spaced: random.usize(..2) == 0, random };
    writer.document();
    writer.text.into_bytes()
}

struct Writer<'a> {
    text: String,
    spaced: bool,
    random: &'a mut Rng,
}

impl Writer<'_> {
    fn document(&mut self) {
        let enveloped = self.random.usize(..3) == 0;
        if self.random.usize(..8) == 0 {
            self.gap();
        }
        self.text.push('{');
        if enveloped {
            self.member(r#""success""#, |writer| {
                let success = pick(writer.random, &["true", r#""True""#, r#""true""#]);
                writer.text.push_str(success);
            });
            self.comma();
            self.member(r#""response""#, |writer| writer.listed());
        } else {
            self.list_and_others();
        }
        self.text.push('}');
        if self.random.usize(..4) == 0 {
            self.gap();
        }
    }

    fn listed(&mut self) {
        self.text.push('{');
        self.list_and_others();
        self.text.push('}');
    }

    fn list_and_others(&mut self) {
        for _ in 0..self.random.usize(..3) {
            self.member(r#""message""#, |writer| writer.value(0));
            self.comma();
        }
        let name = pick(self.random, &[r#""artisanUserIds""#, r#""artisanUserId\u0073""#]);
        self.member(name, |writer| {
            writer.text.push('[');
            let records = writer.random.usize(..5);
            writer.separated(records, |writer| {
                writer.text.push('{');
                let attributes = writer.random.usize(..12);
                writer.separated(attributes, |writer| writer.pair(0));
                writer.text.push('}');
            });
            writer.text.push(']');
        });
        for _ in 0..self.random.usize(..2) {
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
        match self.random.usize(..if depth < 3 { 14 } else { 12 }) {
            0 => self.number(),
            1 => {
                let word = pick(self.random, &["true", "false", "null"]);
                self.text.push_str(word);
            }
            12 => {
                self.text.push('[');
                let items = self.random.usize(..4);
                self.separated(items, |writer| writer.value(depth + 1));
                self.text.push(']');
            }
            13 => {
                self.text.push('{');
                let pairs = self.random.usize(..4);
                self.separated(pairs, |writer| writer.pair(depth + 1));
                self.text.push('}');
            }
            _ => self.string(),
        }
    }

    fn number(&mut self) {
        let number = pick(
            self.random,
            &["0", "-0", "7", "-120", "48.8600", "1e5", "2E-3", "0.5e+9", "1e999", "12345678901234567890123"],
        );
        self.text.push_str(number);
    }

    fn string(&mut self) {
        self.text.push('"');
        for _ in 0..pick(self.random, &[0, 1, 1, 2, 5]) {
            match self.random.usize(..8) {
                0 => {
                    let escape = pick(
                        self.random,
                        &[
                            r"\n",
                            r#"\""#,
                            r"\\",
                            r"\/",
                            r"\b\f\r\t",
                            r"\u00e9",
                            r"\uD83D\uDE00",
                            r"\u0000",
                            r"\uFFFF",
                        ],
                    );
                    self.text.push_str(escape);
                }
                1 => {
                    let text = pick(self.random, &["é", "東京", "😀", "\u{7f}", "\u{ffff}", "\u{10ffff}"]);
                    self.text.push_str(text);
                }
                _ => {
                    let number = self.random.u64(..);
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
        let colon = pick(self.random, if self.spaced { &[":", ": ", ": ", " :\t"] } else { &[":"] });
        self.text.push_str(colon);
    }

    fn gap(&mut self) {
        if self.spaced {
            let gap =
                pick(self.random, &["", " ", "\n  ", "\n      ", "\r\n\t", "\n                          "]);
            self.text.push_str(gap);
        }
    }
}
