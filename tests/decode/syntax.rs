//! Promises 15 and 16: RFC 8259 to the byte, like the public conformance suites. Each case is tried as a whole document, as a
//! value of a record, inside a nested value, and as a skipped member.

use crate::support::cases::on_a_small_stack;
use crate::support::decode::{check, decode};

/// JSON values, by kind.
const VALID: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "1234567890123456789012345678901234567890",
    "0.5",
    "-0.0",
    "1.25e10",
    "1E5",
    "1e+5",
    "1e-5",
    "0e0",
    "0E+1",
    "1e99999",
    "-1e-99999",
    "123.456e78",
    "true",
    "false",
    "null",
    r#""""#,
    r#""a""#,
    r#""\"\\\/\b\f\n\r\t""#,
    r#""\u0000""#,
    r#""\u00e9\u00E9""#,
    r#""\uD83D\uDE00""#,
    r#""\uFFFF\uFFFE\uFDD0""#,
    r#""é東😀""#,
    "\"\u{7f}\"",
    "\"\u{2028}\u{2029}\"",
    "\"\u{80}\u{7ff}\u{800}\u{ffff}\"",
    "\"\u{10000}\u{3ffff}\u{40000}\u{fffff}\u{10ffff}\"",
    r#""[{:,}]""#,
    r#""\\""#,
    r#""\\\"""#,
    r#"" ""#,
    "[]",
    "[ ]",
    "[[]]",
    "[1]",
    "[1,2]",
    "[ 1 , 2 ]",
    "[null,[],{},\"\"]",
    "[\n1\r\n,\t2 ]",
    "{}",
    "{ }",
    r#"{"a":1}"#,
    r#"{"a":1,"a":2}"#,
    r#"{"":0}"#,
    r#"{"a":{"b":{"c":[]}}}"#,
    r#"{ "a" : 1 , "b" : 2 }"#,
    "{\"a\"\n:\t1\r}",
    r#"{"\u0061":1}"#,
    r#"{"a\"b":1}"#,
];

/// Texts that are not JSON values.
const INVALID: &[&[u8]] = &[
    b"",
    b" ",
    b"-",
    b"+1",
    b"01",
    b"-01",
    b"00",
    b"1.",
    b".5",
    b"-.5",
    b"1.e5",
    b"1e",
    b"1e+",
    b"1E-",
    b"1e5.5",
    b"1ee5",
    b"0x1",
    b"1_000",
    b"1,000",
    b"- 1",
    b"1 2",
    b"--1",
    b"NaN",
    b"-NaN",
    b"Infinity",
    b"-Infinity",
    b"1a",
    b"0.1.2",
    "\u{ff11}".as_bytes(),
    b"1\0",
    b"True",
    b"tru",
    b"truee",
    b"nul",
    b"nulll",
    b"fals",
    b"TRUE",
    b"undefined",
    b"n",
    b"t rue",
    b"\"",
    b"\"a",
    b"a\"",
    b"a",
    b"'a'",
    b"\"a\"b",
    b"\"a\"\"b\"",
    b"\"\\\"",
    b"\"\\a\"",
    b"\"\\x00\"",
    b"\"\\u\"",
    b"\"\\u1\"",
    b"\"\\u12\"",
    b"\"\\u123\"",
    b"\"\\u123g\"",
    b"\"\\U0041\"",
    b"\"\\u 041\"",
    b"\"\\u+041\"",
    b"\"\\'\"",
    b"\"\\0\"",
    b"\"\\\n\"",
    b"\"\n\"",
    b"\"\t\"",
    b"\"\r\"",
    b"\"\0\"",
    b"\"\x1f\"",
    b"\"\\\xc3\xa9\"",
    // Bad UTF-8: a lone continuation, a lone lead, overlong forms, surrogates, beyond the last character.
    b"\"\x80\"",
    b"\"\xbf\"",
    b"\"\xc3\"",
    b"\"\xc3(\"",
    b"\"\xc0\xaf\"",
    b"\"\xc1\xbf\"",
    b"\"\xe0\x80\xaf\"",
    b"\"\xe0\x9f\xbf\"",
    b"\"\xe2\x82\"",
    b"\"\xed\xa0\x80\"",
    b"\"\xed\xbf\xbf\"",
    b"\"\xf0\x80\x80\xaf\"",
    b"\"\xf0\x8f\xbf\xbf\"",
    b"\"\xf4\x90\x80\x80\"",
    b"\"\xf5\x80\x80\x80\"",
    b"\"\xf0\x9f\x98\"",
    b"\"\xfe\"",
    b"\"\xff\"",
    b"\"caf\xe9\"",
    b"\xff",
    b"\xc3\xa9",
    b"[",
    b"]",
    b"[[]",
    b"[1",
    b"[1,",
    b"[1,]",
    b"[,1]",
    b"[,]",
    b"[1,,2]",
    b"[1 2]",
    b"[1}",
    b"[1]]",
    b"[\"a\":1]",
    b"[1:2]",
    b"[\"a]",
    b"[a]",
    b"[1],",
    b"[\x0c]",
    b"[\x0b]",
    b"[\xc2\xa0]",
    b"[\xe2\x81\xa0]",
    b"[1]//",
    b"[/* */1]",
    b"[#\n1]",
    b"[*]",
    b"{",
    b"}",
    b"{\"a\"",
    b"{\"a\":",
    b"{\"a\":1",
    b"{\"a\":1,",
    b"{\"a\":1,}",
    b"{,}",
    b"{,\"a\":1}",
    b"{\"a\"}",
    b"{\"a\",1}",
    b"{\"a\" 1}",
    b"{\"a\"::1}",
    b"{:1}",
    b"{1:1}",
    b"{a:1}",
    b"{'a':1}",
    b"{null:1}",
    b"{[]:1}",
    b"{\"a\":1 \"b\":2}",
    b"{\"a\":1,,\"b\":2}",
    b"{\"a\":1]",
    b"{\"a\":1}}",
    b"{\"a\":1}#",
    b"{\"a\":/* */1}",
    b"{\"a\":1;}",
    b"{\"a\"=1}",
    b"{\"a\":}",
    b"{\"a\n\":1}",
    b"{\"\xff\":1}",
    b"{\"\\q\":1}",
];

fn placed(before: &str, value: &[u8], after: &str) -> Vec<u8> {
    [before.as_bytes(), value, after.as_bytes()].concat()
}

/// The places for a value in a document.
const PLACES: [(&str, &str); 8] = [
    (r#"{"artisanUserIds":[{"a":"#, r#"}]}"#),
    (r#"{"artisanUserIds":[{"a": "#, r#" , "b":"c"}]}"#),
    (r#"{"artisanUserIds":[{"x":"y","a":"#, "\n}]}"),
    (r#"{"artisanUserIds":[{"x":"y","z":"","a":"#, r#","b":"a rather long text, to fill a word or two"}]}"#),
    (r#"{"artisanUserIds":[{"a":[0,"#, r#"]}]}"#),
    (r#"{"artisanUserIds":[{"a":{"b":"#, r#","c":0}}]}"#),
    (r#"{"page":"#, r#","artisanUserIds":[]}"#),
    (r#"{"artisanUserIds":[],"page":[{"a":"#, r#"}]}"#),
];

#[track_caller]
fn accepts(document: &[u8], valid: bool) {
    for cut in [usize::MAX, 1, 3] {
        let (_, error) = decode(document.chunks(cut));
        assert_eq!(error.is_none(), valid, "{}: {error:?}", String::from_utf8_lossy(document));
    }
}

#[track_caller]
fn checks(document: &[u8], valid: bool) {
    for cut in [usize::MAX, 1, 3] {
        let result = check(document.chunks(cut));
        assert_eq!(result.is_ok(), valid, "{}: {result:?}", String::from_utf8_lossy(document));
    }
}

/// A value as a document of its own. If it is not a list of objects, it is refused for that, and not for its syntax.
#[track_caller]
fn is_whole(document: &[u8]) {
    for cut in [usize::MAX, 1, 3] {
        let told = check(document.chunks(cut)).map_err(|error| error.to_string());
        assert!(
            told.as_ref().err().is_none_or(|told| told.starts_with("the document has no list of objects")),
            "{}: {told:?}",
            String::from_utf8_lossy(document)
        );
    }
}

#[test]
fn valid_values_are_accepted_wherever_they_stand() {
    for value in VALID {
        is_whole(value.as_bytes());
        is_whole(format!(" \t\r\n{value} \n").as_bytes());
        for (before, after) in PLACES {
            let document = placed(before, value.as_bytes(), after);
            accepts(&document, true);
            checks(&document, true);
        }
    }
}

#[test]
fn invalid_values_are_refused_wherever_they_stand() {
    for value in INVALID {
        checks(value, false);
        for (before, after) in PLACES {
            let document = placed(before, value, after);
            accepts(&document, false);
            checks(&document, false);
        }
    }
}

#[test]
fn values_come_out_as_they_went_in() {
    for value in VALID {
        let document = placed(PLACES[0].0, value.as_bytes(), PLACES[0].1);
        let (records, _) = decode([&*document]);
        let (name, is_text, found) = &records[0][0];
        let expected = if *is_text { serde_json::from_str(value).unwrap() } else { (*value).to_owned() };
        assert_eq!((&**name, found), ("a", &expected));
        assert_eq!(*is_text, value.starts_with('"'));
    }
}

#[test]
fn names_are_strings_like_any_other() {
    let strings = VALID.iter().filter(|value| value.starts_with('"'));
    for name in strings {
        let document = format!(r#"{{"artisanUserIds":[{{{name}:"x",{name}:1}}]}}"#);
        accepts(document.as_bytes(), true);
        let (records, _) = decode([document.as_bytes()]);
        let expected: String = serde_json::from_str(name).unwrap();
        assert!(records[0].iter().all(|(name, ..)| *name == expected), "{name}");
    }
    for name in INVALID.iter().chain(&[&b"1"[..], b"null", b"[]", b"{}"]) {
        accepts(&placed(r#"{"artisanUserIds":[{"#, name, r#":"x"}]}"#), false);
        accepts(&placed(r#"{"artisanUserIds":[{"a":"b","#, name, r#":"x"}]}"#), false);
        accepts(&placed(r#"{"#, name, r#":"x","artisanUserIds":[]}"#), false);
    }
}

/// What RFC 8259 leaves to the reader, and the decoder's choice.
#[test]
fn what_is_left_open_is_pinned() {
    // One byte order mark is skipped before the document, and refused elsewhere.
    accepts("\u{feff}{\"artisanUserIds\":[]}".as_bytes(), true);
    accepts("\u{feff}\u{feff}{\"artisanUserIds\":[]}".as_bytes(), false);
    accepts(" \u{feff}{\"artisanUserIds\":[]}".as_bytes(), false);
    accepts("{\"artisanUserIds\":[]}\u{feff}".as_bytes(), false);
    accepts("{\"artisanUserIds\":[\u{feff}{}]}".as_bytes(), false);
    accepts("\u{feff}".as_bytes(), false);
    checks(b"\xef\xbb\xbf[]", true);
    checks(b"\xef\xbb\xbf[{}]", true);
    checks(b"\xef\xbb[]", false);
    checks(b"\xef\xbb\xbf", false);
    // Half a surrogate pair is refused where it must become text, and accepted elsewhere.
    for half in
        [r"\ud800", r"\udfff", r"\ud800x", r"\ud800\n", r"\ud800\ud800", r"\udc00\ud800", r"\ud83d\u0041"]
    {
        accepts(format!(r#"{{"artisanUserIds":[{{"a":"{half}"}}]}}"#).as_bytes(), false);
        accepts(format!(r#"{{"artisanUserIds":[{{"a":"b","{half}":"a"}}]}}"#).as_bytes(), false);
        accepts(format!(r#"{{"artisanUserIds":[{{"a":["{half}"]}}]}}"#).as_bytes(), true);
        accepts(format!(r#"{{"{half}":"{half}","artisanUserIds":[]}}"#).as_bytes(), true);
        checks(format!(r#"{{"{half}":[{{"a":"{half}"}}]}}"#).as_bytes(), true);
    }
    // Duplicate names are all kept. Numbers keep their digits, at any size.
    let (records, error) = decode([&br#"{"artisanUserIds":[{"a":1e9999,"a":"2","a":-0.10}]}"#[..]]);
    assert_eq!(error, None);
    let values: Vec<_> = records[0].iter().map(|(name, _, value)| (&**name, &**value)).collect();
    assert_eq!(values, [("a", "1e9999"), ("a", "2"), ("a", "-0.10")]);
}

#[test]
fn a_million_levels_need_no_stack() {
    let deep = |open: &str| open.repeat(1_000_000).into_bytes();
    let run = move || {
        for open in ["[", r#"{"a":"#, r#"{"artisanUserIds":[{"a":"#] {
            let document = deep(open);
            let refused = check([&*document]).unwrap_err().to_string();
            assert!(refused.contains("nesting limit of 128"), "{refused}");
            accepts(&document, false);
        }
        let document = placed(r#"{"artisanUserIds":[{"a":"#, &deep("["), "");
        let (_, error) = decode([&*document]);
        assert!(error.unwrap().contains("nesting limit of 128"));
    };
    on_a_small_stack(run);
}
