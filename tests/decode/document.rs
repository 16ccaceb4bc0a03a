//! Promises 17 and 21: which documents are exports, and which report a failure.

use crate::support::decode::{check, decode, decode_with};
use useartisan::ErrorKind;
use useartisan::decode::{Check, DecodeOptions, Decoder};

#[track_caller]
fn gives(document: &str, records: usize, error: Option<&str>) {
    let whole = decode([document.as_bytes()]);
    assert_eq!(decode(document.as_bytes().chunks(1)), whole, "{document}");
    assert_eq!(whole.0.len(), records, "{document}: {:?}", whole.1);
    match (error, &whole.1) {
        (None, None) => {}
        (Some(expected), Some(found)) if found.contains(expected) => {}
        (_, found) => panic!("{document}: {found:?}, not {error:?}"),
    }
}

#[test]
fn the_published_download_has_two_profiles() {
    let (records, error) = decode([&include_bytes!("../fixtures/download_job.json")[..]]);
    assert_eq!(error, None);
    assert_eq!(records.iter().map(Vec::len).collect::<Vec<_>>(), [23, 23]);
    assert_eq!(records[1][0], ("minutesFromGMT".to_owned(), true, "240".to_owned()));
    assert_eq!(records[1][22], ("geo-coordinate".to_owned(), true, "-30.0000,-71.0000".to_owned()));
}

#[test]
fn the_list_may_be_bare_or_in_the_envelope() {
    gives(r#"{"artisanUserIds":[]}"#, 0, None);
    gives(r#"{"artisanUserIds":[{}]}"#, 1, None);
    gives(r#"{"success":true,"response":{"artisanUserIds":[{},{}]}}"#, 2, None);
    gives(r#"{"response":{"artisanUserIds":[{}],"page":1},"success":"True"}"#, 1, None);
    gives(r#"{"a":[{"artisanUserIds":3}],"artisanUserIds":[{}],"b":{"artisanUserIds":[1]}}"#, 1, None);
    gives(r#"{"response":[{"artisanUserIds":[1]}],"artisanUserIds":[{}]}"#, 1, None);
    gives(r#"{"response":{"response":{"artisanUserIds":[1]}},"artisanUserIds":[{}]}"#, 1, None);
    gives(r#"{"response":{"success":false,"error":"x","artisanUserIds":[{}]}}"#, 1, None);
    gives(r#"{"\u0061rtisanUserIds":[{}]}"#, 1, None);
}

#[test]
fn a_document_without_one_list_of_objects_is_an_error() {
    let none = Some("no list `artisanUserIds`");
    gives("{}", 0, none);
    gives(r#"{"artisanuserids":[]}"#, 0, none);
    gives(r#"{"data":{"artisanUserIds":[{}]}}"#, 0, none);
    gives(r#"{"response":null}"#, 0, none);
    gives(r#"{"artisanUserIds":[{}],"artisanUserIds":[]}"#, 1, Some("a second list"));
    gives(r#"{"response":{"artisanUserIds":[{}]},"artisanUserIds":[]}"#, 1, Some("a second list"));
    for value in ["null", "{}", "\"\"", "1", "true"] {
        gives(&format!(r#"{{"artisanUserIds":{value}}}"#), 0, Some("`artisanUserIds` is not a list"));
    }
    for item in ["null", "[]", "\"\"", "1", "true", "-"] {
        gives(&format!(r#"{{"artisanUserIds":[{{}},{item}]}}"#), 1, Some("not an object"));
    }
    for document in ["[]", "[{}]", "1", "\"x\"", "null"] {
        // A number ends only with the document.
        gives(&format!("{document} "), 0, Some("the document is not an object"));
    }
    gives("", 0, Some("ends too early"));
    gives(" \n", 0, Some("ends too early"));
    gives("1", 0, Some("not an object"));
    gives(r#"{"artisanUserIds":[{} 1]}"#, 1, Some("expected `,` or `]`"));
    gives(r#"{"artisanUserIds":[{},1]}"#, 1, Some("an item of the list is not an object"));
    // The error comes at once, not at the end.
    for value in ["true", "null", "\"x\"", "[", "{\"artisanUserIds\":true", "{\"artisanUserIds\":{"] {
        assert!(Decoder::new().advance(&mut value.as_bytes()).is_err(), "{value}");
    }
}

#[test]
fn bytes_after_the_document_are_an_error() {
    gives("{\"artisanUserIds\":[{}]} \r\n\t", 1, None);
    for after in ["x", "{}", ",", "]", "\0", "\u{feff}", "{\"artisanUserIds\":[{}]}"] {
        let document = format!("{{\"artisanUserIds\":[{{}}]}} {after}");
        gives(&document, 1, Some("nothing more after the document"));
        assert!(check([document.as_bytes()]).is_err());
    }
}

#[test]
fn a_failure_is_an_error_whenever_it_comes() {
    let failures = [
        (r#"{"success":false,"error":"no such job"}"#, 0),
        (r#"{"success":"False","error":"no such job"}"#, 0),
        (r#"{"error":"no such job","success":"FALSE"}"#, 0),
        (r#"{"success":false,"artisanUserIds":[{}],"error":"no such job"}"#, 0),
        (r#"{"artisanUserIds":[{}],"success":false,"error":"no such job"}"#, 1),
        (r#"{"error":"no such job","artisanUserIds":[{},{}],"success":"false"}"#, 2),
        (r#"{"success":true,"error":"no such\u0020job","success":false}"#, 0),
        (r#"{"success":false,"artisanUserIds":[],"artisanUserIds":[{}],"error":"no such job"}"#, 0),
        (r#"{"response":[{"success":true}],"success":false,"error":"no such job"}"#, 0),
        (r#"{"response":{"artisanUserIds":[{}]},"success":false,"error":"no such job"}"#, 1),
    ];
    for (document, records) in failures {
        gives(document, records, Some("no such job"));
        for pieces in [document.len(), 1] {
            let error = check(document.as_bytes().chunks(pieces)).unwrap_err();
            assert!(error.to_string().contains("no such job"), "{document}");
        }
    }
    let silent =
        [r#"{"success":false}"#, r#"{"success":false,"error":null}"#, r#"{"success":false,"error":{"a":1}}"#];
    for document in silent {
        assert!(decode([document.as_bytes()]).1.is_some() && check([document.as_bytes()]).is_err());
    }
    // It is a failure even if it is cut short.
    assert_eq!(decode([&br#"{"success":false"#[..]]).1, decode([&br#"{"success":false}"#[..]]).1);
    gives(r#"{"success":true,"error":"","artisanUserIds":[]}"#, 0, None);
}

#[test]
fn a_success_that_says_neither_is_refused_not_guessed() {
    for success in ["null", "1", "\"\"", "\"maybe\"", "[]", "{}", r#""\ud800""#] {
        let document = format!(r#"{{"success":{success},"artisanUserIds":[]}}"#);
        gives(&document, 0, Some("neither true nor false"));
        let error = check([document.as_bytes()]).unwrap_err().to_string();
        assert!(error.contains("neither true nor false"), "{document}: {error}");
    }
}

#[test]
fn the_name_of_the_list_is_a_setting() {
    let document = br#"{"artisanUserIds":[{}],"profile\u0073":[{"a":"b"}]}"#;
    let named = |name: &'static str| decode_with(DecodeOptions::default().with_list(name), [&document[..]]);
    assert_eq!(named("profiles").0.len(), 1);
    assert_eq!(named("profiles").1, None);
    assert_eq!(decode_with(DecodeOptions::default().with_list("error"), [&br#"{"error":[{}]}"#[..]]).1, None);
    assert!(named("users").1.unwrap().contains("no list `users`"));
}

/// It is a failure even if a correct list follows.
#[test]
fn a_document_that_was_refused_stays_refused() {
    for refused in ["{\"a\":\n  x", "{\"artisanUserIds\":[1", r#"{"artisanUserIds":3}"#] {
        let (mut decoder, mut check) = (Decoder::new(), Check::new());
        let first = decoder.advance(&mut refused.as_bytes()).unwrap_err().position();
        for rest in ["", "1}", "]}"] {
            let again = decoder.advance(&mut rest.as_bytes()).unwrap_err();
            assert_eq!(again.position(), first, "{refused}");
            assert!(again.to_string().starts_with("the document was refused before"), "{again}");
        }
        assert_eq!(decoder.finish().unwrap_err().position(), first);

        let Err(error) = check.push(refused.as_bytes()) else { continue };
        for again in [check.push(b"1}").unwrap_err(), check.finish().unwrap_err()] {
            assert_eq!(again.position(), error.position(), "{refused}");
            assert!(again.to_string().starts_with("the document was refused before"), "{again}");
        }
    }
}

/// A reason of any length is a failure. 64 KiB of it are kept, the opening quote included.
#[test]
fn the_text_of_a_failure_is_bounded() {
    let says = |length: usize| format!(r#"{{"success":false,"error":"{}"}}"#, "x".repeat(length));
    gives(&says((64 << 10) - 3), 0, Some("xxx"));
    for length in [(64 << 10) - 2, (64 << 10) - 1, 64 << 10, 1 << 20] {
        gives(&says(length), 0, Some("xxx"));
        let mut decoder = Decoder::new();
        let error = decoder.advance(&mut says(length).as_bytes()).unwrap_err();
        assert_eq!(
            (error.kind(), error.api_message().unwrap().len()),
            (ErrorKind::Rejected, 4096),
            "{length}"
        );
        assert!(error.api_message().unwrap().starts_with('x'));
    }
    // Beside the list, an `error` of any kind and length is ignored.
    let long = format!(r#"{{"error":{{"a":"{}"}},"artisanUserIds":[{{}}]}}"#, "x".repeat(1 << 17));
    gives(&long, 1, None);
    // Half a surrogate pair in the reason stays as it is written.
    gives(r#"{"success":false,"error":"no\ud800"}"#, 0, Some(r"no\\ud800"));
}

/// The error names the broken rule and its place.
#[test]
fn what_is_wrong_is_named() {
    for (document, told) in [
        (&b"x"[..], "expected a value at line 1 column 1"),
        (b"[1,]", "expected a value at line 1 column 4"),
        (b"[x", "expected a value or `]` at line 1 column 2"),
        (b"{1", "expected a name in quotes or `}` at line 1 column 2"),
        (b"{\"a\":1,}", "expected a name in quotes at line 1 column 8"),
        (b"{\"a\",", "expected `:` at line 1 column 5"),
        (b"{\"a\":1]", "expected `,` or `}` at line 1 column 7"),
        (b"[1}", "expected `,` or `]` at line 1 column 3"),
        (b"[]\n]", "expected nothing more after the document at line 2 column 1"),
        (b"[tru,", "expected `true`, `false` or `null` at line 1 column 5"),
        (b"[-x", "expected a digit at line 1 column 3"),
        (b"[1.]", "expected a digit at line 1 column 4"),
        (b"[1e]", "expected a digit at line 1 column 4"),
        (b"[\"\\x", "unknown escape at line 1 column 4"),
        (b"[\"\\u12x", "expected a hexadecimal digit at line 1 column 7"),
        (b"[\"\x1f", "control character in a string at line 1 column 3"),
        (b"[\"\x00", "control character in a string at line 1 column 3"),
        (b"[\"\xff", "text that is not UTF-8 at line 1 column 3"),
        (b"[\"\xc3\"", "text that is not UTF-8 at line 1 column 4"),
        (b"[", "the document ends too early at line 1 column 2"),
    ] {
        for cut in [usize::MAX, 1] {
            let error = check(document.chunks(cut)).unwrap_err().to_string();
            assert!(error.starts_with(told), "{}: {error}", document.escape_ascii());
        }
    }
}
