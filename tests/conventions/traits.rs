//! The traits of the library's types, by the Rust API guidelines, and whether they agree with each other. Lints in Cargo.toml check
//! `#[must_use]` on getters and builders, and `IntoIterator` beside `iter`.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use useartisan::BoxedBody;
use useartisan::decode::{BodyRecords, Check, Decoder, ProfileRecord, Records};
use useartisan::endpoint::TextId;
use useartisan::machine::{Driven, Event, Exchange, Export, ReadBody, Step, WaitForJob};
use useartisan::*;

const LISTING: &str = include_str!("../public_api/listing.txt");

/// The types with the trait `name`, in the listing's words.
fn types_with(name: &str) -> BTreeSet<&'static str> {
    let types = LISTING.lines().filter_map(|line| {
        let (found, of) = line.strip_prefix("impl")?.split_once(" for ")?;
        (found.rsplit(' ').next()? == name).then(|| of.split('<').next().unwrap_or(of))
    });
    types.filter(|of| of.starts_with("useartisan::")).collect()
}

/// C-COMMON-TRAITS: a comparable type can be a key, and an ordered type can be compared.
#[test]
fn what_is_eq_is_hash_and_clone() {
    let [eq, hash, ord, clone] =
        ["core::cmp::Eq", "core::hash::Hash", "core::cmp::Ord", "core::clone::Clone"].map(types_with);
    assert!(eq.len() > 40, "{eq:?}");
    assert_eq!(eq, hash);
    assert!(ord.is_subset(&hash), "{:?}", ord.difference(&hash));
    // Comparing keys would only help someone who looks for them.
    assert!(!eq.contains("useartisan::Credentials"));
    assert!(eq.is_subset(&clone), "{:?}", eq.difference(&clone));
}

/// C-SERDE: what can be written can be read, except types that only borrow.
#[test]
fn what_is_serialized_is_deserialized() {
    let [written, read] = ["serde_core::ser::Serialize", "serde_core::de::Deserialize<'de>"].map(types_with);
    assert!(written.len() > 12, "{written:?}");
    assert!(read.is_subset(&written));
    let lends = BTreeSet::from(["useartisan::AttributeValue"]);
    assert_eq!(written.difference(&read).copied().collect::<BTreeSet<_>>(), lends);
    // Rule 6 of the design: never a secret.
    assert!(!written.iter().any(|name| name.contains("Credentials") || name.contains("Api")));
}

/// C-GOOD-ERR, C-SEND-SYNC: an error converts by `?` into a box, into `anyhow` (by the same bounds) and into an `io::Error`, and
/// can be taken out again.
#[test]
fn errors_go_wherever_errors_go() {
    fn is_error<E: StdError + Send + Sync + Unpin + 'static>() {}
    is_error::<Error>();
    is_error::<TransportError>();

    fn boxed() -> Result<AppId, Box<dyn StdError + Send + Sync>> {
        Ok("..".parse::<AppId>()?)
    }
    let error = boxed().unwrap_err().downcast::<Error>().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);

    let inside = io::Error::other(*error).into_inner().unwrap();
    assert!(inside.is::<Error>());

    // A chain ends, and has nothing twice.
    let cause = TransportError::interrupted(io::Error::other("the line is dead"));
    let error = Error::new(ErrorKind::Transport, "no answer").with_source(cause);
    let mut chain = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push(cause.to_string());
        next = cause.source();
    }
    assert_eq!(chain, ["no answer", "the exchange was interrupted", "the line is dead"]);
}

/// C-SEND-SYNC: everything can move to another thread, and all types without a single user can be shared.
#[test]
fn types_are_send_and_mostly_sync() {
    fn send<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    type Body = &'static [u8];
    shared::<(Api, ApiBuilder, Credentials, Client, Client<BoxedBlockingBackend>, Error, TransportError)>();
    shared::<(
        BoxedBackend,
        BoxedBlockingBackend,
        JobNotifier,
        Decoder,
        Check,
        ProfileRecord<'_>,
        Records<Body>,
    )>();
    shared::<(Download<Body>, BlockingDownload<Body>, Profiles<Body>, BlockingProfiles<Body>)>();
    shared::<(
        BodyRecords<Body>,
        Driven<(), Body>,
        Event,
        Step<()>,
        CompletedJob<BoxedBackend>,
        ReadBody<Body>,
    )>();
    shared::<(Exchange<ListApps>, WaitForJob, Export<ExportSegment>)>();
    shared::<(Call<BoxedBackend, ListApps>, WaitCall<BoxedBackend>, JobProgress<'_>)>();
    send::<BoxedBody>();
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A text type is the same in all its conversions from and to text.
#[track_caller]
fn is_text<T>(text: &str)
where
    T: FromStr<Err = Error> + Display + Debug + Clone + Eq + Hash + Serialize + DeserializeOwned + Any,
{
    let value: T = text.parse().unwrap();
    assert_eq!(value.to_string(), text);
    assert_eq!(format!("{value:>600}").trim_start(), text, "Display pads");
    let json = serde_json::to_string(&value).unwrap();
    assert_eq!(json, serde_json::to_string(text).unwrap());
    assert!(serde_json::from_str::<T>(&json).unwrap() == value);
    // From a reader too, which lends no text.
    assert!(serde_json::from_reader::<_, T>(json.as_bytes()).unwrap() == value);
    assert_eq!(hash(&value), hash(&value.clone()));
}

#[test]
fn a_text_reads_back_as_it_was_written() {
    for text in ["557ade8b", "a/b?c#d%2e", "ünï\"cöde\\", &"x".repeat(512)] {
        is_text::<AppId>(text);
        is_text::<SegmentId>(text);
        is_text::<JobId>(text);
        is_text::<ArtisanId>(text);
        is_text::<SharedUserId>(text);
        is_text::<TextId>(text);
    }
    for status in ["QUEUED", "RUNNING", "COMPLETE", "FAILED", "PAUSED", ""] {
        is_text::<JobStatus>(status);
    }
    is_text::<CallbackUrl>("http://10.0.0.5:8080/done?run=7");
    // Every conversion checks the text.
    assert!(CallbackUrl::try_from("/done").is_err() && CallbackUrl::try_from("/done".to_owned()).is_err());
    assert!(serde_json::from_str::<CallbackUrl>("\"ftp://host/\"").is_err());
    assert!(serde_json::from_str::<JobId>("\"..\"").is_err());
}

/// A coordinate in the service's form, with more decimals only if it has more.
#[test]
fn a_coordinate_reads_back_as_it_was_written() {
    for (latitude, longitude, text) in [
        (48.86, 2.35, "48.8600,2.3500"),
        (-90.0, 180.0, "-90.0000,180.0000"),
        (0.1 + 0.2, 1e-7, "0.30000000000000004,0.0000001"),
        (f64::MIN_POSITIVE, -0.00005, &format!("{},-0.00005", f64::MIN_POSITIVE)),
    ] {
        let place = Coordinate::new(latitude, longitude).unwrap();
        assert_eq!(place.to_string(), text);
        assert_eq!(text.parse::<Coordinate>().unwrap(), place);
        let json = serde_json::to_string(&place).unwrap();
        assert_eq!(json, format!("{text:?}"));
        assert_eq!(serde_json::from_str::<Coordinate>(&json).unwrap(), place);
    }
    assert!(serde_json::from_str::<Coordinate>("\"91,0\"").is_err());

    // A type of your own can have one.
    #[derive(serde::Deserialize)]
    struct Place {
        #[serde(rename = "geo-coordinate")]
        coordinate: Coordinate,
    }
    let attributes: Attributes = serde_json::from_str(r#"{"geo-coordinate":"48.8600,2.3500"}"#).unwrap();
    assert_eq!(attributes.decode::<Place>().unwrap().coordinate, Coordinate::new(48.86, 2.35).unwrap());
}

/// C-CONV-TRAITS: an id equals, orders and hashes like its text, so a text finds its entry in a map of ids.
#[test]
fn a_map_of_ids_is_asked_by_a_text() {
    let texts = ["b", "a", "ab", "Z", "0"];
    let ids = texts.map(|text| JobId::new(text).unwrap());
    let hashed: HashMap<JobId, usize> = ids.iter().cloned().zip(0..).collect();
    let ordered: BTreeMap<JobId, usize> = ids.iter().cloned().zip(0..).collect();
    for (index, text) in texts.into_iter().enumerate() {
        assert_eq!((hashed.get(text), ordered.get(text)), (Some(&index), Some(&index)));
        assert_eq!(hash(&ids[index]), hash(text));
    }
    let sorted: Vec<&str> = ordered.keys().map(JobId::as_str).collect();
    assert_eq!(sorted, ["0", "Z", "a", "ab", "b"]);
    // Static and shared ids are alike.
    assert_eq!(hash(&JobId::from_static("a")), hash(&ids[1]));
    assert_eq!(JobId::from_static("a").cmp(&ids[0]), "a".cmp("b"));
}

#[test]
fn profile_ids_are_shown_and_kept_apart() {
    let [artisan, shared] = [ProfileId::artisan("a").unwrap(), ProfileId::shared_user("a").unwrap()];
    assert_eq!((artisan.to_string(), shared.to_string()), ("a".to_owned(), "a".to_owned()));
    assert_eq!(HashSet::from([artisan.clone(), shared.clone(), artisan.clone()]).len(), 2);
    assert!(artisan < shared && artisan < ProfileId::artisan("b").unwrap());
}

/// C-ITER: a list iterates from both ends, knows its length, and works in a `for`.
#[test]
fn lists_are_walked() {
    for ids in
        [ProfileIds::artisan(["a", "b", "c"]).unwrap(), ProfileIds::shared_user(["a", "b", "c"]).unwrap()]
    {
        let mut walked = Vec::new();
        for id in &ids {
            walked.push(id);
        }
        assert_eq!(walked, ["a", "b", "c"]);
        assert_eq!(ids.iter().rev().collect::<Vec<_>>(), ["c", "b", "a"]);
        let mut iter = ids.iter();
        assert_eq!((iter.len(), iter.next(), iter.len()), (3, Some("a"), 2));
        assert_eq!((iter.next_back(), iter.clone().count()), (Some("c"), 1));
        assert_eq!(format!("{iter:?}"), "ProfileIdIter { len: 1 }", "ids are somebody's");
        assert_eq!(hash(&ids), hash(&ids.clone()));
    }

    let mut records = decode::decode(br#"{"artisanUserIds":[{"age":"54","age":"55"}]}"#);
    let record = records.next_record().unwrap().unwrap();
    let profile = record.to_profile();
    let mut ages = Vec::new();
    for (_, value) in &record {
        ages.push(value.as_str().to_owned());
    }
    for (name, value) in &profile {
        assert_eq!(name, "age");
        ages.push(value.as_str().to_owned());
    }
    for (_, value) in profile.attributes() {
        ages.push(value.as_str().to_owned());
    }
    assert_eq!(ages, ["54", "55", "54", "55", "54", "55"]);
}

/// Attributes compare and hash by content and order.
#[test]
fn equal_attributes_have_equal_hashes() {
    let read = |json: &str| serde_json::from_str::<Attributes>(json).unwrap();
    let (plain, escaped) = (read(r#"{"a":"1","b":2}"#), read(r#"{ "\u0061": "1", "b":2 }"#));
    assert_eq!((&plain, hash(&plain)), (&escaped, hash(&escaped)));
    let others = [r#"{"b":2,"a":"1"}"#, r#"{"a":"1","b":"2"}"#, r#"{"a":"1"}"#, r#"{"a":"1","b":2,"b":2}"#];
    let set: HashSet<Attributes> = others.into_iter().map(read).chain([plain, escaped]).collect();
    assert_eq!(set.len(), others.len() + 1);
}

/// A word for a log or a metric: short, in lower case and unique.
#[test]
fn kinds_are_shown_in_words() {
    use ErrorKind::*;
    let kinds = [
        InvalidInput,
        Rejected,
        NotFound,
        AccessDenied,
        Redirect,
        ContentCoding,
        UnexpectedBody,
        Limit,
        Transport,
        Backend,
        TimedOut,
        JobFailed,
        JobVanished,
        OutcomeUnknown,
        File,
        Misuse,
    ];
    let listed = LISTING.lines().filter(|line| line.starts_with("pub useartisan::ErrorKind::")).count();
    assert_eq!(kinds.len(), listed);
    let words: BTreeSet<String> = kinds.iter().map(ErrorKind::to_string).collect();
    assert_eq!(words.len(), kinds.len());
    assert!(
        words
            .iter()
            .all(|word| word.len() <= 17 && word.bytes().all(|b| b == b' ' || b.is_ascii_lowercase()))
    );

    for (kind, text) in [
        (TransportErrorKind::NotSent, "the request could not be sent"),
        (TransportErrorKind::Interrupted, "the exchange was interrupted"),
        (TransportErrorKind::TimedOut, "a time-out passed"),
        (TransportErrorKind::Other, "the backend failed"),
    ] {
        assert_eq!(
            (kind.to_string(), TransportError::new(kind, "cause").to_string()),
            (text.to_owned(), text.to_owned())
        );
    }
    let JobStatus::Other(other) = "ON HOLD".parse().unwrap() else { panic!("a status of the service's") };
    assert_eq!(other.to_string(), "ON HOLD");
}
