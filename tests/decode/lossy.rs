//! Promise 16: with `lossy_text` the decoder reads text like `String::from_utf16_lossy`. Without it, it refuses what
//! `String::from_utf16` refuses.

use std::fmt::Write;

use fastrand::Rng;
use useartisan::decode::DecodeOptions;

use crate::support::cases::{cases, pick};
use crate::support::decode::{cut, decode_with};

/// A UTF-16 text that may have halves of surrogate pairs.
fn units(random: &mut Rng) -> Vec<u16> {
    let half_of_a_pair = random.bool();
    let mut units = Vec::new();
    for _ in 0..pick(random, &[0, 1, 2, 3, 5, 20]) {
        match random.usize(..6) {
            0 if half_of_a_pair => units.push(0xD800 + random.usize(..0x400) as u16),
            1 if half_of_a_pair => units.push(0xDC00 + random.usize(..0x400) as u16),
            2 => units.extend([0xD83D, 0xDE00]),
            3 => units.push(pick(random, &[0, 0x1F, 0x7F, 0xFF, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF])),
            4 => units
                .push(pick(random, &[u16::from(b'"'), u16::from(b'\\'), u16::from(b'/'), u16::from(b'\n')])),
            _ => units.push(u16::from(b'a') + random.usize(..26) as u16),
        }
    }
    units
}

/// Writes it between quotes. Each unit is an escape, or a plain character where possible.
fn push_string(json: &mut String, random: &mut Rng, units: &[u16]) {
    json.push('"');
    for character in char::decode_utf16(units.iter().copied()) {
        match character {
            Ok(character) if character >= ' ' && !matches!(character, '"' | '\\') && random.bool() => {
                json.push(character);
            }
            Ok('\n') if random.bool() => json.push_str("\\n"),
            Ok('\\') if random.bool() => json.push_str("\\\\"),
            Ok(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(json, "\\u{unit:04x}").unwrap();
                }
            }
            Err(half) => write!(json, "\\u{:04X}", half.unpaired_surrogate()).unwrap(),
        }
    }
    json.push('"');
}

#[test]
fn lossy_text_is_read_as_the_standard_library_reads_it() {
    let (mut whole, mut halved) = (0, 0);
    for seed in 0..cases(20_000, 1_000_000) {
        let random = &mut Rng::with_seed(seed as u64);
        let texts: Vec<Vec<u16>> = (0..2 * (1 + random.usize(..4))).map(|_| units(random)).collect();
        let mut json = String::from("{\"artisanUserIds\":[{\"a\":\"b\"},{");
        for (index, text) in texts.iter().enumerate() {
            json.push_str(if index == 0 { "" } else { [",", ":"][index % 2] });
            push_string(&mut json, random, text);
        }
        json.push_str("},{\"a\":\"b\"}]}");

        let expected: Vec<_> = texts
            .chunks(2)
            .map(|pair| (String::from_utf16_lossy(&pair[0]), true, String::from_utf16_lossy(&pair[1])))
            .collect();
        let pieces = if random.bool() { vec![json.as_bytes()] } else { cut(random, json.as_bytes()) };
        let (records, error) =
            decode_with(DecodeOptions::default().with_lossy_text(true), pieces.iter().copied());
        assert_eq!((records.len(), &error), (3, &None), "{json}");
        assert_eq!(records[1], expected, "{json}");

        let (records, error) = decode_with(DecodeOptions::default(), pieces);
        if texts.iter().all(|text| String::from_utf16(text).is_ok()) {
            assert_eq!((records.get(1), error), (Some(&expected), None), "{json}");
            whole += 1;
        } else {
            let error = error.unwrap();
            assert!(records.len() == 1 && error.contains("half a surrogate pair"), "{json}: {error}");
            halved += 1;
        }
    }
    assert!(whole * 9 > halved && halved * 9 > whole, "{whole} whole, {halved} halved");
}

#[test]
fn raw_json_keeps_its_escapes_and_other_faults_stay_faults() {
    let lossy = || DecodeOptions::default().with_lossy_text(true);
    let decode = |document: &str| decode_with(lossy(), document.as_bytes().chunks(3));
    let (records, error) =
        decode(r#"{"artisanUserIds":[{"a":["\ud800"],"b":"\ud800\ud83d\ude00\udc00\n"}]}"#);
    assert_eq!(error, None);
    let values: Vec<_> = records[0].iter().map(|(_, text, value)| (*text, &**value)).collect();
    assert_eq!(values, [(false, r#"["\ud800"]"#), (true, "\u{FFFD}😀\u{FFFD}\n")]);
    for (wrong, why) in [
        (r"\ud80", "expected a hexadecimal digit"),
        (r"\ud80g", "expected a hexadecimal digit"),
        (r"\ud800\x", "unknown escape"),
        ("\\ud800\n", "control character in a string"),
    ] {
        let (_, error) = decode(&format!(r#"{{"artisanUserIds":[{{"a":"{wrong}"}}]}}"#));
        assert!(error.as_ref().is_some_and(|error| error.contains(why)), "{wrong}: {error:?}");
    }
}

/// The option applies to a client's downloads.
#[cfg(feature = "fake")]
#[test]
fn a_download_is_lossy_where_it_is_asked_to_be() {
    use useartisan::JobStatus;
    use useartisan::fake::FakeArtisan;

    let fake = FakeArtisan::with_sample_data();
    let job = &fake.jobs()[0];
    fake.set_result(job, r#"{"artisanUserIds":[{"nick":"ann \ud83d"}]}"#);
    fake.set_status(job, JobStatus::Complete);
    let client = fake.client();
    let download = || client.download_job(job);
    assert!(download().profiles_blocking().unwrap().next_record_blocking().is_err());

    let lossy = DecodeOptions::default().with_lossy_text(true);
    let mut profiles = download().decoding(lossy.clone()).profiles_blocking().unwrap();
    let record = profiles.next_record_blocking().unwrap().unwrap();
    assert_eq!(record.get("nick").unwrap().as_text(), Some("ann \u{FFFD}"));
    let mut profiles = pollster::block_on(download().decoding(lossy).profiles()).unwrap();
    let record = pollster::block_on(profiles.next_record()).unwrap().unwrap();
    assert_eq!(record.get("nick").unwrap().as_text(), Some("ann \u{FFFD}"));
}
