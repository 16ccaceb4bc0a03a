//! Promises 5, 6 and 22: an id is refused, or is exactly one path segment, encoded once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use url::Url;
use useartisan::{
    Api, AppId, ArtisanId, Endpoint, ExportProfiles, GetJob, GetProfile, JobId, ListSegments, ProfileId,
    ProfileIds, SegmentId, SharedUserId,
};

fuzz_target!(|input: (&str, Vec<&str>)| {
    let (id, list) = input;
    let api = Api::builder("https://proxy.example/a%20b").no_credentials().build().unwrap();
    let app = AppId::new(id);
    assert_eq!(app.is_ok(), SegmentId::new(id).is_ok());
    assert_eq!(app.is_ok(), JobId::new(id).is_ok());
    assert_eq!(app.is_ok(), ArtisanId::new(id).is_ok());
    assert_eq!(app.is_ok(), SharedUserId::new(id).is_ok());
    let harmful =
        id.is_empty() || id == "." || id == ".." || id.len() > 512 || id.chars().any(char::is_control);
    let Ok(app) = app else {
        assert!(harmful, "{id:?} was refused");
        return;
    };
    assert!(!harmful, "{id:?} was taken");

    let job = GetJob::new(JobId::new(id).unwrap());
    let profile = GetProfile::new(AppId::from_static("app"), ProfileId::shared_user(id).unwrap());
    let requests = [
        (ListSegments::new(&app).request(&api), "/a%20b/public/api/apps/", "/segments/"),
        (job.request(&api), "/a%20b/public/api/jobs/", ""),
        (profile.request(&api), "/a%20b/public/api/apps/app/users/shared_id/", ""),
    ];
    for (request, before, after) in requests {
        let uri = request.uri().to_string();
        let url = Url::parse(&uri).unwrap();
        assert_eq!(url.as_str(), uri, "nothing was left to mend");
        assert_eq!(url.origin().ascii_serialization(), "https://proxy.example");
        let segment = url.path().strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap();
        assert!(!segment.contains('/'));
        assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), id);
        assert_eq!((url.query(), url.fragment()), (None, None));
    }

    let Ok(ids) = ProfileIds::artisan(list.iter().copied()) else { return };
    assert!(!list.is_empty() && list.iter().all(|id| !id.contains(',')));
    let request = ExportProfiles::new(&app, ids).request(&api);
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["ids"], list.join(","));
});
