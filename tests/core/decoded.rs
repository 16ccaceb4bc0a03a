//! Attributes as the caller's own type, through serde. Errors name the attribute and never show its value.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Unexpected};
use serde_json::value::RawValue;
use useartisan::{Attributes, ErrorKind, decode};

/// The outcome for a `T`. It must be the same from owned attributes and from a download's record.
fn decode<T: DeserializeOwned + Debug>(json: &str) -> Result<T, String> {
    let own: Attributes = serde_json::from_str(json).unwrap();
    let document = format!(r#"{{"artisanUserIds":[{json}]}}"#);
    let (mut decoder, mut input) = (decode::Decoder::new(), document.as_bytes());
    assert!(decoder.advance(&mut input).unwrap());
    let [own, borrowed] = [own.decode::<T>(), decoder.record().decode::<T>()].map(|decoded| {
        decoded.map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::UnexpectedBody);
            error.to_string()
        })
    });
    assert_eq!(format!("{own:?}"), format!("{borrowed:?}"));
    own
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
struct Device {
    os_name: Option<String>,
    age: Option<u8>,
    plan: Option<Plan>,
    nickname: Option<Nickname>,
    level: Option<Level>,
    push: Option<bool>,
    scores: Option<Vec<i32>>,
    place: Option<BTreeMap<String, f64>>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Gold,
    Trial { days: u8 },
}

#[derive(Debug, Deserialize, PartialEq)]
struct Nickname(String);

#[derive(Debug, Deserialize, PartialEq)]
struct Level(u8);

#[test]
fn each_kind_of_value_becomes_its_rust_type() {
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        (r#"{}"#, Device::default()),
        (r#"{"osName":"iPhone \"OS\""}"#, Device { os_name: text("iPhone \"OS\""), ..Device::default() }),
        (r#"{"osName":null,"other":[{}]}"#, Device::default()),
        (r#"{"osName":"null"}"#, Device { os_name: text("null"), ..Device::default() }),
        (r#"{"age":54}"#, Device { age: Some(54), ..Device::default() }),
        (r#"{"plan":"gold"}"#, Device { plan: Some(Plan::Gold), ..Device::default() }),
        (
            r#"{"plan":{"trial":{"days":7}}}"#,
            Device { plan: Some(Plan::Trial { days: 7 }), ..Device::default() },
        ),
        (
            r#"{"nickname":"Bo","level":3}"#,
            Device { nickname: Some(Nickname("Bo".into())), level: Some(Level(3)), ..Device::default() },
        ),
        (
            r#"{"push":true,"scores":[1,-2],"place":{"north":48.5}}"#,
            Device {
                push: Some(true),
                scores: Some(vec![1, -2]),
                place: Some([("north".to_owned(), 48.5)].into()),
                ..Device::default()
            },
        ),
    ];
    for (json, device) in cases {
        assert_eq!(decode::<Device>(json).unwrap(), device, "{json}");
    }
}

/// Types that need more than a struct's fields.
#[test]
fn whatever_takes_a_map_takes_the_attributes() {
    #[derive(Debug, Deserialize)]
    struct Wrapped(BTreeMap<String, String>);

    assert_eq!(decode::<Wrapped>(r#"{"a":"x"}"#).unwrap().0["a"], "x");
    assert_eq!(decode::<Option<BTreeMap<String, u8>>>(r#"{"a":1}"#).unwrap().unwrap()["a"], 1);
    let raw = decode::<BTreeMap<String, Box<RawValue>>>(r#"{"a":[1, 2],"b":1.50e+400}"#).unwrap();
    assert_eq!((raw["a"].get(), raw["b"].get()), ("[1, 2]", "1.50e+400"));
    // A type that makes room beforehand: 3 names, and 2 of them are the same.
    let last = decode::<BTreeMap<String, u8>>(r#"{"a":1,"b":2,"a":3}"#).unwrap();
    assert_eq!(last.into_iter().collect::<Vec<_>>(), [("a".to_owned(), 3), ("b".to_owned(), 2)]);
}

#[test]
fn an_error_names_the_attribute_and_the_rule_and_hides_the_value() {
    let cases = [
        (r#"{"age":"SECRET"}"#, "attribute `age` is a text, not u8"),
        (r#"{"age":"54"}"#, "attribute `age` is a text, not u8"),
        (r#"{"push":"SECRET"}"#, "attribute `push` is a text, not a boolean"),
        (r#"{"level":"SECRET"}"#, "attribute `level` is a text, not u8"),
        (r#"{"plan":"SECRET"}"#, "attribute `plan` is none of gold, trial"),
        (r#"{"plan":{"SECRET":1}}"#, "attribute `plan` is JSON of another type than the one asked for"),
        (r#"{"age":["SECRET"]}"#, "attribute `age` is JSON of another type than the one asked for"),
        (
            r#"{"nickname":{"SECRET":1}}"#,
            "attribute `nickname` is JSON of another type than the one asked for",
        ),
        (r#"{"age":1,"age":2}"#, "attributes duplicate field `age`"),
    ];
    for (json, told) in cases {
        assert_eq!(decode::<Device>(json).unwrap_err(), told, "{json}");
    }
    assert_eq!(decode::<String>("{}").unwrap_err(), "attributes is an object, not a string");
    let of_a_char = decode::<BTreeMap<String, char>>(r#"{"a\n":"SECRET"}"#).unwrap_err();
    assert_eq!(of_a_char, "attribute `a\\n` is a text other than a character");
    assert!(decode::<(u8,)>(r#"{"a":1}"#).unwrap_err().starts_with("attributes is an object, not a tuple"));
}

/// A type may know the number of attributes beforehand, and may pass an error of serde on in its own words.
#[test]
fn a_type_of_ones_own_gets_all_that_serde_has() {
    #[derive(Debug, PartialEq)]
    struct Hint(Option<usize>);

    impl<'de> Deserialize<'de> for Hint {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;

            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Hint;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("attributes")
                }

                fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Hint, A::Error> {
                    Ok(Hint(map.size_hint()))
                }
            }

            deserializer.deserialize_map(Visitor)
        }
    }

    #[derive(Debug)]
    struct Tells;

    impl<'de> Deserialize<'de> for Tells {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer);
            text.map(|_| Tells).map_err(|error| D::Error::custom(format_args!("on its way: {error}")))
        }
    }

    assert_eq!(decode::<Hint>(r#"{"a":1,"b":2,"a":3}"#).unwrap(), Hint(Some(3)));
    let told = decode::<Tells>("{}").unwrap_err();
    assert_eq!(told, "attributes on its way: is an object, not a string");
}

/// An error shows only the kind of what a type found, not the value.
#[test]
fn what_was_found_is_told_by_its_kind() {
    /// Refuses any text, with the error that the number selects.
    #[derive(Debug)]
    struct Refuses<const FOUND: usize>;

    impl<'de, const FOUND: usize> Deserialize<'de> for Refuses<FOUND> {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            let (found, _) = KINDS[FOUND];
            Err(D::Error::invalid_type(found, &"what it wants"))
        }
    }

    const KINDS: [(Unexpected<'_>, &str); 13] = [
        (Unexpected::Bool(true), "a boolean"),
        (Unexpected::Unsigned(7), "a number"),
        (Unexpected::Signed(-7), "a number"),
        (Unexpected::Float(7.5), "a number"),
        (Unexpected::Str("SECRET"), "a text"),
        (Unexpected::Char('S'), "a text"),
        (Unexpected::Bytes(b"SECRET"), "a text"),
        (Unexpected::Unit, "null"),
        (Unexpected::Option, "null"),
        (Unexpected::Seq, "an array"),
        (Unexpected::Map, "an object"),
        (Unexpected::NewtypeStruct, "something else"),
        (Unexpected::Other("SECRET"), "something else"),
    ];

    fn told<const FOUND: usize>() {
        let error = decode::<BTreeMap<String, Refuses<FOUND>>>(r#"{"a":"SECRET"}"#).unwrap_err();
        let (_, kind) = KINDS[FOUND];
        assert_eq!(error, format!("attribute `a` is {kind}, not what it wants"));
    }

    told::<0>();
    told::<1>();
    told::<2>();
    told::<3>();
    told::<4>();
    told::<5>();
    told::<6>();
    told::<7>();
    told::<8>();
    told::<9>();
    told::<10>();
    told::<11>();
    told::<12>();
}
