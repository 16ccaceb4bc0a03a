//! The examples of the reference as data.
//!
//! They come from several organizations, so some attributes name an app that does not exist here. They are as published, byte
//! for byte.

use super::artisan::FakeArtisan;
use super::data::Exports;
use crate::id::{AppId, ArtisanId, JobId, SegmentId};
use crate::model::JobStatus;

const APPS: [(AppId, &str); 2] = [
    (AppId::from_static("5550dd57330eb93d8700000c"), "Demo App 1"),
    (AppId::from_static("5564e1bf330eb98a9a00003a"), "Demo App 2"),
];

const SEGMENTS: [(SegmentId, &str); 4] = [
    (SegmentId::from_static("557ee4697d891cd26f000003"), "Philadelphians"),
    (SegmentId::from_static("557ee4757d891cd26f000005"), "Under 20"),
    (SegmentId::from_static("557ee49c7d891cd26f000007"), "20 to 28 year olds"),
    (SegmentId::from_static("557ee4a77d891cd26f000009"), "Over 28"),
];

/// Each job with its status, and the times of its creation, start and last change.
const JOBS: [(JobId, JobStatus, [&str; 3]); 3] = [
    (
        JobId::from_static("5584469c7d891c1d06000001"),
        JobStatus::Queued,
        ["2015-06-19T16:43:08Z", "2015-06-19T16:33:56Z", "2015-06-19T16:43:08Z"],
    ),
    (
        JobId::from_static("55844c787d891c7f56000001"),
        JobStatus::Queued,
        ["2015-06-19T17:08:08Z", "2015-06-19T17:04:16Z", "2015-06-19T17:08:08Z"],
    ),
    (
        JobId::from_static("5584566b7d891ce0ab000001"),
        JobStatus::Complete,
        ["2015-06-19T17:50:35Z", "2015-06-19T17:50:10Z", "2015-06-19T17:51:55Z"],
    ),
];

const PROFILES: [(ArtisanId, &[(&str, &str)]); 3] = [
    (ArtisanId::from_static("bdbbf66f-d661-4236-8237-76d4159344fe"), ASKED_FOR),
    (ArtisanId::from_static("02479158-4741-48ac-8562-532f7d4a3208"), FIRST_DOWNLOADED),
    (ArtisanId::from_static("037a17ab-e989-4a08-8841-0a5edb9b6a02"), SECOND_DOWNLOADED),
];

/// The profile that is shown by itself.
const ASKED_FOR: &[(&str, &str)] = &[
    ("osVersion", "7.1.2"),
    ("geo-administrativeArea", "PA"),
    ("userSessionCount", "1"),
    ("appBuild", "2.0"),
    ("geo-coordinate", "48.8600,2.3500"),
    ("geo-locality", "Philadelphia"),
    ("lastSessionDate", ""),
    ("sdkVersion", "2.2.8"),
    ("artisanSessionCount", "3"),
    ("geo-countryCode", "US"),
    ("interfaceIdiom", "iPhone"),
    ("appVersion", "1.2"),
    ("currentSegments", ""),
    ("minutesFromGMT", "570"),
    ("deviceToken", "bdbbf66f-d661-4236-8237-76d4159344fe"),
    ("hardwareType", "iPhone5,2"),
    ("age", "54"),
    ("pushEnabled", "NO"),
    ("artisanAppId", "557ade8b7d891cee96000001"),
    ("language", "ru"),
    ("sharedUserId", "3ebb8a9f-6a36-43b2-82da-1f785c562fdd"),
    ("osName", "iPhone OS"),
];

/// The first profile of the download.
const FIRST_DOWNLOADED: &[(&str, &str)] = &[
    ("minutesFromGMT", "-240"),
    ("appVersion", "1.0"),
    ("osName", "iPhone OS"),
    ("sdkVersion", "2.2.8"),
    ("pushEnabled", "NO"),
    ("deviceToken", "02479158-4741-48ac-8562-532f7d4a3208"),
    ("interfaceIdiom", "iPad"),
    ("appBuild", "2.0"),
    ("artisanAppId", "558ad2897d891c541a000001"),
    ("lastSessionDate", ""),
    ("geo-administrativeArea", "PA"),
    ("age", "29"),
    ("language", "en"),
    ("artisanId", "02479158-4741-48ac-8562-532f7d4a3208"),
    ("artisanSessionCount", "1"),
    ("userSessionCount", "1"),
    ("sharedUserId", "2e899294-e839-45e9-8129-80c82313e32c"),
    ("geo-countryCode", "US"),
    ("osVersion", "8.0.2"),
    ("currentSegments", "558ada6e7d891cd34e000002"),
    ("geo-locality", "Philadelphia"),
    ("hardwareType", "iPhone3,2"),
    ("geo-coordinate", "-5.0000,120.0000"),
];

/// The second profile of the download.
const SECOND_DOWNLOADED: &[(&str, &str)] = &[
    ("minutesFromGMT", "240"),
    ("appVersion", "1.5"),
    ("osName", "iPhone OS"),
    ("sdkVersion", "2.2.8"),
    ("interfaceIdiom", "iPhone"),
    ("deviceToken", "037a17ab-e989-4a08-8841-0a5edb9b6a02"),
    ("pushEnabled", "YES"),
    ("appBuild", "2.0"),
    ("lastSessionDate", "2015-06-24T06:54:36Z"),
    ("artisanAppId", "558ad2897d891c541a000001"),
    ("geo-administrativeArea", "PA"),
    ("age", "38"),
    ("language", "de"),
    ("artisanId", "037a17ab-e989-4a08-8841-0a5edb9b6a02"),
    ("artisanSessionCount", "2"),
    ("userSessionCount", "2"),
    ("sharedUserId", "95920574-e6c8-470b-8834-95ce68b67d53"),
    ("geo-countryCode", "US"),
    ("osVersion", "7.1.2"),
    ("currentSegments", "558ada6e7d891cd34e000002"),
    ("geo-locality", "Philadelphia"),
    ("hardwareType", "iPhone5,1"),
    ("geo-coordinate", "-30.0000,-71.0000"),
];

impl FakeArtisan {
    /// A service with the examples of the reference: two apps, four segments, three profiles and three jobs, one of them
    /// complete.
    #[must_use]
    pub fn with_sample_data() -> Self {
        FakeArtisan::new().add_sample_data()
    }

    /// Adds the data of [`with_sample_data`](Self::with_sample_data).
    pub fn add_sample_data(&self) -> Self {
        fill(self);
        self.clone()
    }
}

/// Everything is in the first app. The segments differ by age and place, as their names say. The jobs export the first one.
fn fill(fake: &FakeArtisan) {
    for (id, name) in &APPS {
        fake.put_app(id, *name);
    }
    let [(app, _), _] = &APPS;
    for (id, attributes) in &PROFILES {
        fake.put_profile(app, id, attributes.iter().copied());
    }
    let [asked_for, first, second] = &PROFILES.map(|(id, _)| id);
    let members = [vec![first, second], vec![], vec![], vec![asked_for, first, second]];
    for ((id, name), members) in SEGMENTS.iter().zip(members) {
        fake.put_segment(app, id, *name, members.into_iter().cloned());
    }
    let [(philadelphians, _), ..] = &SEGMENTS;
    for (id, status, times) in JOBS {
        let exports = Exports::Segment(app.clone(), philadelphians.clone());
        fake.state().put_job(id, exports, status, times);
    }
}
