//! The attributes of a profile: an open map that loses nothing and shows nothing.

use useartisan::{AttributeValue, Attributes, Coordinate};

fn attributes(json: &str) -> Attributes {
    serde_json::from_str(json).unwrap()
}

fn published() -> Attributes {
    let body: serde_json::Value = serde_json::from_str(include_str!("../fixtures/get_profile.json")).unwrap();
    serde_json::from_value(body["response"]["attributes"].clone()).unwrap()
}

#[test]
fn the_published_profile_reads_by_its_methods() {
    let profile = published();
    assert_eq!(profile.len(), 22);
    assert_eq!(profile.age().unwrap(), Some(54));
    assert_eq!(profile.push_enabled().unwrap(), Some(false));
    assert_eq!(profile.coordinate().unwrap(), Some(Coordinate::new(48.86, 2.35).unwrap()));
    assert_eq!(profile.minutes_from_gmt().unwrap(), Some(570));
    assert_eq!(profile.user_session_count().unwrap(), Some(1));
    assert_eq!(profile.artisan_session_count().unwrap(), Some(3));
    assert_eq!(profile.last_session_date().unwrap(), None, "empty");
    assert_eq!(profile.current_segments(), None, "empty");
    assert_eq!(profile.artisan_id(), None, "absent");
    let texts = [
        (profile.app_build(), "2.0"),
        (profile.app_id(), "557ade8b7d891cee96000001"),
        (profile.app_version(), "1.2"),
        (profile.administrative_area(), "PA"),
        (profile.country_code(), "US"),
        (profile.device_token(), "bdbbf66f-d661-4236-8237-76d4159344fe"),
        (profile.hardware_type(), "iPhone5,2"),
        (profile.interface_idiom(), "iPhone"),
        (profile.language(), "ru"),
        (profile.locality(), "Philadelphia"),
        (profile.os_name(), "iPhone OS"),
        (profile.os_version(), "7.1.2"),
        (profile.sdk_version(), "2.2.8"),
        (profile.shared_user_id(), "3ebb8a9f-6a36-43b2-82da-1f785c562fdd"),
    ];
    for (text, expected) in texts {
        assert_eq!(text, Some(expected));
    }
}

#[test]
fn typed_values_are_read_from_text_and_from_raw_json() {
    let date = "2015-06-24T06:54:36Z".parse().unwrap();
    for json in [
        r#"{"lastSessionDate":"2015-06-24T06:54:36Z"}"#,
        r#"{"lastSessionDate":"2015-06-24T06:54:36+00:00"}"#,
    ] {
        assert_eq!(attributes(json).last_session_date().unwrap(), Some(date), "{json}");
    }
    for (json, expected) in [
        (r#"{"age":54}"#, Some(54)),
        (r#"{"age":"54"}"#, Some(54)),
        (r#"{"age":null}"#, None),
        (r#"{"age":""}"#, None),
        (r#"{"age":"1","age":"2"}"#, Some(2)),
    ] {
        assert_eq!(attributes(json).age().unwrap(), expected, "{json}");
    }
    for (json, expected) in [("\"yes\"", true), ("true", true), ("\"False\"", false), ("\"No\"", false)] {
        let json = format!(r#"{{"pushEnabled":{json}}}"#);
        assert_eq!(attributes(&json).push_enabled().unwrap(), Some(expected), "{json}");
    }
}

#[test]
fn malformed_values_are_errors_that_name_the_attribute_and_hide_the_value() {
    let broken = attributes(
        r#"{"age":"SECRET","pushEnabled":"SECRET","geo-coordinate":"SECRET","lastSessionDate":"SECRET","custom":"SECRET"}"#,
    );
    let errors = [
        ("age", broken.age().unwrap_err()),
        ("pushEnabled", broken.push_enabled().unwrap_err()),
        ("geo-coordinate", broken.coordinate().unwrap_err()),
        ("lastSessionDate", broken.last_session_date().unwrap_err()),
        ("custom", broken.parse::<f64>("custom").unwrap_err()),
    ];
    for (name, error) in errors {
        assert!(error.to_string().contains(name), "{error}");
        assert!(!error.to_string().contains("SECRET"), "{error}");
    }
    for text in ["91,0", "0,181", "NaN,0", "0,inf", "1", "1,2,3", ""] {
        assert!(text.parse::<Coordinate>().is_err(), "{text}");
    }
    assert_eq!("-5.0000,120.0000".parse::<Coordinate>().unwrap().to_string(), "-5.0000,120.0000");
}

#[test]
fn an_attribute_of_any_kind_survives_the_way_through_json() {
    let json = r#"{"a":"x\u00e9\n","n":1.50e+400,"a":[1, {"b":null}],"t":true,"":{}}"#;
    let profile = attributes(json);
    let all: Vec<_> = profile.iter().collect();
    let expected = [
        ("a", AttributeValue::Text("xé\n")),
        ("n", AttributeValue::Raw("1.50e+400")),
        ("a", AttributeValue::Raw(r#"[1, {"b":null}]"#)),
        ("t", AttributeValue::Raw("true")),
        ("", AttributeValue::Raw("{}")),
    ];
    assert_eq!(all, expected);
    assert_eq!(profile.get("a"), Some(expected[2].1), "the last of two");
    assert_eq!(profile.iter().size_hint(), (5, Some(5)));
    assert_ne!(profile, attributes(&json.replace("true", "false")));
    assert_ne!(profile, attributes("{}"));
    assert_eq!((profile.iter().len(), profile.len(), profile.is_empty()), (5, 5, false));
    assert!(attributes("{}").is_empty());
    assert_eq!(profile.iter().rev().map(|(name, _)| name).collect::<String>(), "tana");
    assert_eq!(serde_json::to_string(&profile).unwrap(), json.replace("\\u00e9", "é"));
    let from_reader: Attributes = serde_json::from_reader(json.as_bytes()).unwrap();
    assert_eq!(from_reader, profile);
}

#[test]
fn what_is_no_object_of_texts_and_json_is_refused() {
    for (json, told) in [
        ("[]", "attributes are not an object"),
        ("\"{}\"", "attributes are not an object"),
        (r#"{"a":"\ud800"}"#, "a text in the attributes has half a surrogate pair"),
        (r#"{"\udc00":1}"#, "a text in the attributes has half a surrogate pair"),
        (r#"{"a":1,}"#, "key must be a string"),
        (r#"{"a":"b""#, "EOF"),
    ] {
        let error = serde_json::from_str::<Attributes>(json).unwrap_err();
        assert!(error.to_string().contains(told), "{json}: {error}");
    }
}

/// Many attributes, nested deeper than a stack allows, with escapes in names and texts.
#[test]
fn attributes_have_no_limits_but_their_size() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let members: Vec<_> = (0..5000).map(|n| format!(r#""n\u00e9{n}" : "t\\{n}""#)).collect();
    let all = attributes(&format!("{{ \"deep\":{deep},\n{} }}", members.join(",\n")));
    assert_eq!(all.len(), 5001);
    assert_eq!(all.get("deep"), Some(AttributeValue::Raw(&deep)));
    assert_eq!(all.get("né4999"), Some(AttributeValue::Text("t\\4999")));
}

#[test]
fn debug_shows_sizes_only() {
    let profile = attributes(r#"{"email":"SECRET"}"#);
    let shown = format!("{profile:?} {:?} {:?}", profile.iter(), profile.get("email"));
    assert!(!shown.contains("SECRET") && !shown.contains("email"), "{shown}");
    assert!(shown.contains("AttributeIter { len: 1 }"), "{shown}");
    assert!(shown.contains("bytes: 11") && shown.contains("6 bytes"), "{shown}");
}
