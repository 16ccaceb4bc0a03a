//! Promise 15: the limits on records, texts, attributes and depth hold to the byte, and the error names the limit. Of an endless
//! string, at most the limit and one more piece is read.

use crate::support::decode::decode_with;
use useartisan::decode::{Check, DecodeOptions, Decoder};

#[track_caller]
fn at_limit(document: &str, fits: DecodeOptions, passes: DecodeOptions, name: &str) {
    for cut in [usize::MAX, 1, 5] {
        let pieces = || document.as_bytes().chunks(cut);
        assert_eq!(decode_with(fits.clone(), pieces()).1, None, "{document}");
        let (_, error) = decode_with(passes.clone(), pieces());
        assert!(error.as_ref().is_some_and(|error| error.contains(name)), "{document}: {error:?}");
        assert_eq!(decode_with(passes.clone(), [document.as_bytes()]).1, error, "as a whole");
    }
}

#[test]
fn a_record_may_have_so_many_bytes() {
    for record in ["{}", r#"{"a":"b"}"#, "{ \"a\" : [1, {\"b\": null}] , \"c\":\"d\\n\" }"] {
        let document = format!(r#"{{"artisanUserIds":[{{}}, {record} ,{record}]}}"#);
        let size = record.len();
        let with = |bytes| DecodeOptions::default().with_record_size(bytes);
        at_limit(&document, with(size), with(size - 1), &format!("record size limit of {} bytes", size - 1));
    }
}

#[test]
fn a_text_may_have_so_many_bytes_between_its_quotes() {
    let texts = [
        r#""a":"12345678""#,
        r#""12345678":"a""#,
        r#""a":"12\u0041""#,
        r#""a":["12345678"]"#,
        r#""a":"éééé""#,
    ];
    for text in texts {
        let document =
            format!(r#"{{"a long name":"a long text","artisanUserIds":[{{"x":"y"}},{{"x":"y",{text}}}]}}"#);
        let with = |bytes| DecodeOptions::default().with_text_length(bytes);
        at_limit(&document, with(8), with(7), "text length limit of 7 bytes");
    }
}

/// A record like the ones before it has the same limit.
#[test]
fn a_string_has_its_limit_wherever_it_stands() {
    let with = |bytes| DecodeOptions::default().with_text_length(bytes);
    for attribute in [r#""e":"12345678""#, r#""12345678":"e""#, r#""12345678":"12345678""#] {
        let rest = r#""g":"h","i":"j","k":"l","m":"n""#; // Long enough to be read many bytes at a time.
        let document = format!(r#"{{"artisanUserIds":[{{"a":"b","c":"d",{attribute},{rest}}}]}}"#);
        at_limit(&document, with(8), with(7), "text length limit of 7 bytes");
    }
}

#[test]
fn a_record_may_have_so_many_attributes() {
    let document =
        r#"{"artisanUserIds":[{"a":"1","b":"2"},{"a":"1", "a":2,"b":"3"}],"p":{"a":1,"b":2,"c":3,"d":4}}"#;
    let with = |count| DecodeOptions::default().with_attributes(count);
    at_limit(document, with(3), with(2), "attribute count limit of 2");
    at_limit(r#"{"artisanUserIds":[{"a":1}]}"#, with(1), with(0), "attribute count limit of 0");
}

#[test]
fn objects_and_arrays_may_be_so_deep() {
    let with = |levels| DecodeOptions::default().with_nesting(levels);
    let documents = [
        (r#"{"artisanUserIds":[{"a":"b"}]}"#, 3),
        (r#"{"response":{"artisanUserIds":[{"a":"b"}]}}"#, 4),
        (r#"{"artisanUserIds":[{"a":[{}]}]}"#, 5),
        (r#"{"artisanUserIds":[{"a":"b","c":{"d":[]}}]}"#, 5),
        (r#"{"page":[[[[]]]],"artisanUserIds":[]}"#, 5),
        (r#"{"artisanUserIds":[],"page":[[[{}]]]}"#, 5),
    ];
    for (document, depth) in documents {
        at_limit(document, with(depth), with(depth - 1), &format!("nesting limit of {} levels", depth - 1));
    }
}

#[test]
fn the_defaults_are_as_documented() {
    let record = |value: &str| format!(r#"{{"artisanUserIds":[{{"a":{value}}}]}}"#);
    let text = |bytes: usize| record(&format!("\"{}\"", "x".repeat(bytes)));
    let array = |levels: usize| record(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
    let size = |bytes: usize| record(&format!("[{}]", " ".repeat(bytes - 8)));
    let many = |count: usize| format!(r#"{{"artisanUserIds":[{{{}}}]}}"#, vec![r#""a":1"#; count].join(","));
    let documents = [
        (text(4 << 20), None),
        (text((4 << 20) + 1), Some("text length limit of 4194304 bytes")),
        (array(125), None),
        (array(126), Some("nesting limit of 128 levels")),
        (size(16 << 20), None),
        (size((16 << 20) + 1), Some("record size limit of 16777216 bytes")),
        (many(65_536), None),
        (many(65_537), Some("attribute count limit of 65536")),
    ];
    for (document, expected) in documents {
        for cut in [usize::MAX, 64 << 10, 1000] {
            let (_, error) = decode_with(DecodeOptions::default(), document.as_bytes().chunks(cut));
            assert_eq!(error.is_some(), expected.is_some(), "{error:?}");
            assert!(error.is_none_or(|error| error.contains(expected.unwrap())));
        }
    }
}

#[test]
fn an_endless_string_stops_at_the_limit_and_one_piece() {
    let piece = [b'x'; 64 << 10];
    let mut decoder = Decoder::new();
    assert!(!decoder.advance(&mut &br#"{"artisanUserIds":[{"a":""#[..]).unwrap());
    let pieces = (1..).find(|_| decoder.advance(&mut &piece[..]).is_err()).unwrap();
    assert!(pieces <= (4 << 20) / piece.len() + 1, "{pieces} pieces");
}

/// White space between any two tokens and after the document, in a decoder and in a check.
#[test]
fn white_space_in_a_row_has_a_limit() {
    const LIMIT: usize = 1 << 20;
    for (start, end) in [
        ("", r#"{"artisanUserIds":[{}]}"#),
        ("{", r#""artisanUserIds":[{}]}"#),
        (r#"{"artisanUserIds""#, ":[{}]}"),
        (r#"{"page":1,"artisanUserIds":["#, "{}]}"),
        (r#"{"artisanUserIds":[{"a":"b"}"#, ",{}]}"),
        (r#"{"artisanUserIds":[{}]"#, "}"),
        (r#"{"artisanUserIds":[{}]}"#, ""),
    ] {
        for (space, is_over) in [(LIMIT, false), (LIMIT + 1, true)] {
            let document = format!("{start}{}{end}", " \t\r\n".repeat(LIMIT / 4 + 1).split_at(space).0);
            for cut in [usize::MAX, 1000] {
                let (_, error) = decode_with(DecodeOptions::default(), document.as_bytes().chunks(cut));
                let mut check = Check::new();
                let checked = document.as_bytes().chunks(cut).try_for_each(|piece| check.push(piece));
                let checked = checked.and_then(|()| check.finish()).map_err(|error| error.to_string());
                assert_eq!((error.is_some(), checked.is_err()), (is_over, is_over), "{start}: {checked:?}");
                if is_over {
                    let checked = checked.unwrap_err();
                    assert!(checked.contains("white space limit of 1048576 bytes in a row"), "{checked}");
                    assert!(checked.contains(&format!("byte {}", start.len() + LIMIT)), "{checked}");
                    assert_eq!(error, Some(checked), "{start}, in pieces of {cut}");
                }
            }
        }
    }
}

#[test]
fn what_is_skipped_has_no_size() {
    let piece = [b'x'; 64 << 10];
    let mut decoder = Decoder::new();
    assert!(!decoder.advance(&mut &br#"{"page":""#[..]).unwrap());
    for _ in 0..100 {
        assert!(!decoder.advance(&mut &piece[..]).unwrap());
    }
    assert!(decoder.advance(&mut &br#"","artisanUserIds":[{}]}"#[..]).unwrap());
}

/// Case P4: a skipped text may be longer than 32 bits can count, and later positions are correct. It has 5 GiB with
/// `USEARTISAN_FULL=1`, else 5 MiB.
#[test]
fn what_is_skipped_may_be_long() {
    let (head, tail, wrong) =
        (r#"{"skipped":""#, "\",\n\"artisanUserIds\":[{\"age\":\"29\"},\n", "  {\"age\" 1}]}");
    let piece = "x".repeat(1 << 20);
    let pieces = if std::env::var_os("USEARTISAN_FULL").is_some() { 5 << 10 } else { 5 };
    let (mut decoder, mut records) = (Decoder::new(), 0);
    let mut pass = |piece: &str| -> Result<(), useartisan::Error> {
        let mut input = piece.as_bytes();
        while decoder.advance(&mut input)? {
            records += 1;
        }
        Ok(())
    };
    pass(head).unwrap();
    for _ in 0..pieces {
        pass(&piece).unwrap();
    }
    pass(tail).unwrap();
    let error = pass(wrong).unwrap_err();
    let at = error.position().unwrap();
    let offset = (head.len() + tail.len()) as u64 + pieces * (1 << 20) + 9;
    assert_eq!((at.offset, at.line, at.column, at.record), (offset, 3, 10, Some(1)), "{error}");
    assert_eq!(records, 1);
}
