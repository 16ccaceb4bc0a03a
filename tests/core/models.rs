//! Ids, apps, segments, jobs and profiles: how they compare, how they are shown, and their JSON.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use useartisan::endpoint::TextId;
use useartisan::{
    App, AppId, ArtisanId, CallbackUrl, Coordinate, ErrorKind, Job, JobId, JobStatus, ListSegments,
    OptionalExt, Profile, ProfileId, ProfileIds, QueuedJob, Segment, SegmentId, SharedUserId,
};

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Written and read again, the value is the same. `written` is its JSON.
fn is_written<T: DeserializeOwned + Serialize + Debug + PartialEq>(json: &str, written: &str) {
    let value: T = read(json);
    assert_eq!(serde_json::to_string(&value).unwrap(), written);
    assert_eq!(read::<T>(written), value);
}

#[test]
fn a_model_is_written_as_the_service_writes_it() {
    is_written::<App>(r#"{"_id":"5550dd57","name":"Demo","more":[1]}"#, r#"{"id":"5550dd57","name":"Demo"}"#);
    is_written::<Segment>(r#"{"id":"557ee469"}"#, r#"{"id":"557ee469","name":""}"#);
    is_written::<QueuedJob>(
        r#"{"message":"Job queued.","job":"5584566b","more":{}}"#,
        r#"{"job":"5584566b","message":"Job queued."}"#,
    );
    is_written::<QueuedJob>(r#"{"job":"5584566b"}"#, r#"{"job":"5584566b","message":null}"#);
    is_written::<Job>(
        r#"{"_id":"5584566b","status":"COMPLETED","type":"Segments Export","start":"2015-06-19T19:50:35+02:00","size":1.50}"#,
        r#"{"id":"5584566b","type":"Segments Export","status":"COMPLETE","created_at":null,"start":"2015-06-19T17:50:35Z","end":null,"updated_at":null,"size":1.50}"#,
    );
    let whole =
        r#"{"identifier":"bdbbf66f","identifierSource":"artisan","href":"/x","attributes":{"age":"54"}}"#;
    is_written::<Profile>(whole, whole);
    is_written::<Profile>(r#"{"attributes":{},"more":null}"#, r#"{"attributes":{}}"#);
}

/// Reads it from a reader too, which lends no text.
#[test]
fn a_model_is_read_from_a_reader() {
    let json = r#"{"i\u0064":"5550dd57","name":"De\u006do"}"#;
    let app: App = serde_json::from_reader(json.as_bytes()).unwrap();
    assert_eq!((app.id().as_str(), app.name()), ("5550dd57", "Demo"));
    assert_eq!(app, read(json));
}

#[test]
fn a_job_has_its_times_and_texts() {
    let job: Job = read(
        r#"{"id":"5584566b","status":"COMPLETE","type":"Segments Export","created_at":"2015-06-01T00:00:01Z",
        "start":"2015-06-01T00:00:02Z","end":"2015-06-01T00:00:03Z","updated_at":"2015-06-01T00:00:04Z",
        "description":"All of them","identifier":"sgmt-export","organization_id":"54f0","result_url":"https://x/"}"#,
    );
    let times = [job.created_at(), job.start(), job.end(), job.updated_at()];
    assert_eq!(times.map(|time| time.unwrap().to_string().split_off(18)), ["1Z", "2Z", "3Z", "4Z"]);
    let texts = [job.kind(), job.description(), job.identifier(), job.organization_id(), job.result_url()];
    assert_eq!(
        texts.map(Option::unwrap),
        ["Segments Export", "All of them", "sgmt-export", "54f0", "https://x/"]
    );
    let bare: Job = read(r#"{"id":"5584566b","status":"QUEUED","description":"","identifier":7}"#);
    let texts =
        [bare.kind(), bare.description(), bare.identifier(), bare.organization_id(), bare.result_url()];
    assert_eq!((texts, bare.end()), ([None; 5], None));
    assert_eq!(bare.other().len(), 2);
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    for json in [r#"{"id":"5550dd57","name":"a","name":"b"}"#, r#"{"id":"5550dd57","name":null,"name":null}"#]
    {
        let error = serde_json::from_str::<App>(json).unwrap_err().to_string();
        assert!(error.starts_with("duplicate field `name`"), "{error}");
    }
    let error = serde_json::from_str::<Profile>(r#"{"attributes":{},"attributes":{}}"#).unwrap_err();
    assert!(error.to_string().starts_with("duplicate field `attributes`"), "{error}");
    let error = serde_json::from_str::<App>(r#"{"name":"a"}"#).unwrap_err().to_string();
    assert!(error.contains("id"), "{error}");
    let error = serde_json::from_str::<App>("[]").unwrap_err().to_string();
    assert!(error.contains("expected an object"), "{error}");
}

#[test]
fn what_a_list_returns_goes_into_the_next_call() {
    let app: App = read(r#"{"id":"5550dd57","name":"Demo"}"#);
    let segment: Segment = read(r#"{"id":"557ee469","name":"All"}"#);
    let job: Job = read(r#"{"id":"5584566b","status":"QUEUED"}"#);
    let queued: QueuedJob = read(r#"{"job":"5584566b"}"#);
    assert_eq!((AppId::from(&app), SegmentId::from(&segment)), (app.id().clone(), segment.id().clone()));
    assert_eq!((AppId::from(&app).as_str(), SegmentId::from(&segment).as_str()), ("5550dd57", "557ee469"));
    assert_eq!((JobId::from(&job).as_str(), JobId::from(&queued).as_str()), ("5584566b", "5584566b"));
    assert_eq!((AppId::from(app).as_str(), SegmentId::from(segment).as_str()), ("5550dd57", "557ee469"));
    assert_eq!((JobId::from(job).as_str(), JobId::from(queued).as_str()), ("5584566b", "5584566b"));
}

/// Ids compare by their text alone, static or shared.
/// A type of your own may convert into an id, and then goes into a call as one.
#[test]
fn a_type_of_your_own_converts_into_an_id() {
    struct Row(String);
    impl From<&Row> for AppId {
        fn from(row: &Row) -> Self {
            AppId::new(&row.0).unwrap()
        }
    }
    let row = Row("5550dd57".to_owned());
    assert_eq!(ListSegments::new(&row), ListSegments::new(AppId::from_static("5550dd57")));
}

#[test]
fn an_id_is_compared_by_its_text() {
    let [usual, long] = [24, 31].map(|length| "x".repeat(length));
    let texts = ["a", "ab", "b", "x", &usual, &long];
    let ids: Vec<_> = texts.map(|text| TextId::new(text).unwrap()).into();
    let literal = TextId::from_static("ab");
    assert_eq!(ids.iter().rev().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(), ids);
    assert!(ids[0] < literal && literal < ids[2] && literal <= ids[1]);
    assert_eq!(ids.iter().chain([&literal]).collect::<HashSet<_>>().len(), texts.len());
    assert!(ids.iter().zip(texts).all(|(id, text)| id.as_ref() == text && id.to_string() == text));
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn a_width_pads_what_is_shown() {
    let id = AppId::from_static("557ade8b");
    let (app, status): (App, JobStatus) = (read(r#"{"id":"5550dd57","name":"Demo"}"#), JobStatus::Failed);
    let url = CallbackUrl::new("http://a/").unwrap();
    assert_eq!(format!("{id:>10}|{app:<6}|{status:^8}|{url:>10}"), "  557ade8b|Demo  | FAILED | http://a/");
}

#[test]
fn an_unknown_status_is_kept_up_to_its_limit() {
    let unknown = "X".repeat(512);
    let status: JobStatus = unknown.parse().unwrap();
    let JobStatus::Other(other) = &status else { panic!("{status:?}") };
    assert_eq!(other.as_str(), unknown);
    assert!(!status.is_finished() && JobStatus::Failed.is_finished() && JobStatus::Complete.is_finished());
    let error = (unknown + "X").parse::<JobStatus>().unwrap_err();
    assert_eq!(error.to_string(), "job status is 513 bytes long, over the limit of 512");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_profile_is_known_by_one_kind_of_id() {
    let (artisan, user) = (ArtisanId::from_static("bdbbf66f"), SharedUserId::from_static("z5k5x7tc"));
    let (by_artisan, by_user) = (ProfileId::from(&artisan), ProfileId::from(&user));
    assert_eq!((by_artisan.as_artisan(), by_artisan.as_shared_user()), (Some(&artisan), None));
    assert_eq!((by_user.as_artisan(), by_user.as_shared_user()), (None, Some(&user)));
    assert_eq!((by_artisan.as_str(), by_user.as_str()), ("bdbbf66f", "z5k5x7tc"));
    assert_eq!(format!("{by_artisan:?} {by_user:?}"), r#"ArtisanId("bdbbf66f") SharedUserId("z5k5x7tc")"#);

    for (json, id) in [
        (r#"{"identifier":"bdbbf66f","identifierSource":"artisan","attributes":{}}"#, Some(&by_artisan)),
        (r#"{"identifier":"z5k5x7tc","identifierSource":"custom","attributes":{}}"#, Some(&by_user)),
        (r#"{"identifier":"z5k5x7tc","identifierSource":"other","attributes":{}}"#, None),
        (r#"{"identifier":"z5k5x7tc","attributes":{"artisanId":"bdbbf66f"}}"#, None),
        (r#"{"identifier":"..","identifierSource":"artisan","attributes":{}}"#, None),
        (r#"{"attributes":{"artisanId":"bdbbf66f","sharedUserId":"z5k5x7tc"}}"#, Some(&by_artisan)),
        (r#"{"attributes":{"sharedUserId":"z5k5x7tc"}}"#, Some(&by_user)),
        (r#"{"attributes":{"age":"54"}}"#, None),
    ] {
        assert_eq!(read::<Profile>(json).id().as_ref(), id, "{json}");
    }
}

#[test]
fn a_list_of_ids_is_split_in_order() {
    let ids = ["a", "b", "c", "d", "e"];
    let lists = [ProfileIds::artisan(ids).unwrap(), ProfileIds::shared_user(ids).unwrap()];
    for (list, kind) in lists.iter().zip(["artisan", "shared user"]) {
        assert_eq!(format!("{list:?}"), format!("ProfileIds(5 {kind} ids)"));
        for (size, expected) in
            [(0, "a b c d e"), (1, "a b c d e"), (2, "ab cd e"), (5, "abcde"), (9, "abcde")]
        {
            let parts: Vec<_> = list.chunks(size).collect();
            let texts: Vec<String> = parts.iter().map(|part| part.iter().collect()).collect();
            assert_eq!(texts.join(" "), expected, "{kind} {size}");
            assert!(parts.iter().all(|part| format!("{part:?}").contains(kind)));
        }
    }
}

#[test]
fn a_coordinate_is_of_degrees() {
    let place: Coordinate = " -48.86 , 2.35".parse().unwrap();
    assert_eq!((place.latitude(), place.longitude()), (-48.86, 2.35));
    for (latitude, longitude, right) in [
        (90.0, 180.0, true),
        (-90.0, -180.0, true),
        (90.1, 0.0, false),
        (-90.1, 0.0, false),
        (0.0, 180.1, false),
        (0.0, -180.1, false),
        (f64::NAN, 0.0, false),
        (0.0, f64::INFINITY, false),
    ] {
        assert_eq!(Coordinate::new(latitude, longitude).is_ok(), right, "{latitude} {longitude}");
    }
}

/// `Ok(None)` means absence, and no other error.
#[test]
fn absence_is_optional() {
    use useartisan::{Endpoint, GetProfile};

    let call = GetProfile::new(AppId::from_static("557ade8b"), ArtisanId::from_static("bdbbf66f"));
    let answer = |status, body: &'static str| {
        call.parse(http::Response::builder().status(status).body(body).unwrap()).optional()
    };
    let there = answer(200, include_str!("../fixtures/get_profile.json"));
    assert_eq!(there.unwrap().unwrap().age().unwrap(), Some(54));
    assert_eq!(answer(200, include_str!("../fixtures/get_profile_not_found.json")).unwrap(), None);
    assert_eq!(answer(404, "").unwrap(), None);
    assert_eq!(answer(404, "<html>").unwrap_err().status().unwrap(), 404);
    assert_eq!(answer(400, r#"{"success":false,"error":"App 557ade8b does not exist."}"#).unwrap(), None);
    for (status, body) in [
        (500, ""),
        (400, r#"{"error":"App 557ade8b does not exist."}"#),
        (403, r#"{"success":false,"error":"App 557ade8b does not exist."}"#),
        (200, r#"{"success":false,"error":"not allowed"}"#),
    ] {
        assert_eq!(answer(status, body).unwrap_err().status().unwrap().as_u16(), status);
    }
}
