//! Where errors are said to be: to the byte, and however the document was cut.

use super::DecodeOptions;
use super::decoder::Decoder;
use crate::json::document_error::DocumentError;

fn fault(document: &[u8], cut: usize) -> Option<DocumentError> {
    let mut decoder =
        Decoder::with(DecodeOptions::default().with_attributes(2).with_text_length(9).with_nesting(5));
    for mut piece in document.chunks(cut) {
        loop {
            match decoder.find(&mut piece) {
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => return Some(fault),
            }
        }
    }
    None
}

/// The caret stands before the byte that is wrong.
#[track_caller]
fn at(marked: &str, record: Option<u64>) {
    let offset = marked.find('^').expect("a caret");
    let document = marked.replacen('^', "", 1);
    let before = &document[..offset];
    let line = before.matches('\n').count() as u64 + 1;
    let column = (offset - before.rfind('\n').map_or(0, |feed| feed + 1)) as u64 + 1;
    for cut in [usize::MAX, 1, 7] {
        let position = fault(document.as_bytes(), cut).expect("an error").position();
        assert_eq!(
            (position.offset, position.line, position.column),
            (offset as u64, line, column),
            "{marked}"
        );
        assert_eq!(position.record, record, "{marked}");
    }
}

#[test]
fn outside_records() {
    at("^x", None);
    at("\n {^,}", None);
    at("{\n\"a\":\n  ^}", None);
    at("{\"artisanUserIds\":^{}}", None);
    at("{\"artisanUserIds\":[\n{\"a\":\n\"b\"}\n],\n\"artisanUserIds\":^[]}", None);
    at("{\"artisanUserIds\":[]}\n\n^x", None);
    at("{\"artisanUserIds\":[{}\n,\n{\"a\":\"b\"}^x", None);
    at("{\n\"success\":^1}", None);
    at("^[]", None);
    at("{\"a\":\"b\"^}", None);
    at("\u{feff}{\n ^,}", None);
    at("\u{feff}^\u{feff}{}", None);
}

#[test]
fn inside_records() {
    at("{\"artisanUserIds\":[\n{\"a\":^x}]}", Some(0));
    at("{\"artisanUserIds\":[\n{\"a\":\n\"b\"},\n {\n\"a\":\"\u{e9}^\n\"}]}", Some(1));
    at("{\"artisanUserIds\":[{}, \n ^1]}", Some(1));
    at("{\"artisanUserIds\":[{\"a\":[\n1,\n^]}]}", Some(0));
    at("{\"artisanUserIds\":[{},{\n\"a\":\"b\",\n\"c\":\"x^\\ud800\"}]}", Some(1));
    at("{\"artisanUserIds\":[{\n\"x^\\udc00\":\"x\"}]}", Some(0));
    at("{\"artisanUserIds\":[{\"a\":\"abc^\\udc00\"}]}", Some(0));
}

#[test]
fn at_limits() {
    at("{\"artisanUserIds\":[{\"a\":1,\n\"b\":2,\n\"^c\":3}]}", Some(0));
    at("{\"artisanUserIds\":[{\"a\":\"1\",\"b\":\"2\",\"^c\":\"3\",\"d\":\"4\",\"e\":\"5\"}]}", Some(0));
    at("{\"artisanUserIds\":[{\"a\":\n\"123456789^0\"}]}", Some(0));
    at("{\"artisanUserIds\":[{\"a\":[\n[^[]]}]}", Some(0));
}
