//! The data of the fake: it answers with what was added.

use useartisan::fake::FakeArtisan;
use useartisan::{
    App, AppId, ArtisanId, AttributeValue, Attributes, ProfileId, Segment, SegmentId, SharedUserId,
};

#[test]
fn what_is_added_is_listed() {
    let fake = FakeArtisan::new();
    assert_eq!(fake.apps(), []);
    let (first, second) = (fake.add_app("One"), fake.add_app("Two"));
    let segment = fake.add_segment(&second, "Everybody", [] as [ProfileId; 0]);
    fake.put_segment(&second, SegmentId::from_static("s"), "Nobody", [] as [ProfileId; 0]);

    let client = fake.client();
    let apps = client.list_apps().send_blocking().unwrap();
    assert_eq!(apps, fake.apps());
    assert_eq!(apps.iter().map(App::name).collect::<Vec<_>>(), ["One", "Two"]);
    assert_eq!(fake.segments(&first), []);
    let segments = client.list_segments(&second).send_blocking().unwrap();
    assert_eq!(segments, fake.segments(&second));
    assert_eq!(segments.iter().map(Segment::name).collect::<Vec<_>>(), ["Everybody", "Nobody"]);
    assert_eq!(segments[0], segment);
    assert_eq!(apps, [first, second]);
}

#[test]
fn what_is_put_again_is_replaced() {
    let fake = FakeArtisan::new();
    let (app, segment, id) =
        (AppId::from_static("app"), SegmentId::from_static("segment"), ArtisanId::from_static("device"));
    for name in ["Old", "New"] {
        fake.put_app(&app, name).put_profile(&app, &id, [("name", name)]);
        fake.put_segment(&app, &segment, name, [&id]);
    }
    assert_eq!(fake.apps().iter().map(App::name).collect::<Vec<_>>(), ["New"]);
    assert_eq!(fake.segments(&app).iter().map(Segment::name).collect::<Vec<_>>(), ["New"]);
    let profile = fake.profile(&app, &id).unwrap();
    assert_eq!(profile.attributes().get("name"), Some(AttributeValue::Text("New")));
}

#[test]
fn an_app_that_is_not_there_is_added_with_what_is_in_it() {
    let fake = FakeArtisan::new();
    let app = AppId::from_static("app");
    let id = fake.add_profile(&app, [("age", "54")]);
    assert_eq!(fake.apps()[0].name(), "app");
    assert_eq!(fake.profile(&app, id).unwrap().age().unwrap(), Some(54));
    fake.remove_profile(AppId::from_static("other"), ArtisanId::from_static("x"));
    assert_eq!(fake.apps().len(), 1, "removing adds nothing");
}

#[test]
fn a_profile_is_found_by_both_its_ids() {
    let fake = FakeArtisan::new();
    let app = fake.add_app("One");
    let id = fake.add_profile(&app, [("artisanId", "device"), ("sharedUserId", "ann")]);
    assert_eq!(id, ProfileId::artisan("device").unwrap());
    let ann = SharedUserId::from_static("ann");
    let by_device = fake.client().get_profile(&app, &id).send_blocking().unwrap();
    let by_user = fake.client().get_profile(&app, &ann).send_blocking().unwrap();
    assert_eq!(by_device.attributes(), by_user.attributes());
    assert_eq!(
        (by_device.identifier_source(), by_user.identifier_source()),
        (Some("artisan"), Some("custom"))
    );
    assert_eq!((by_device.id(), by_user.id()), (Some(id.clone()), Some(ProfileId::from(&ann))));
    // An id of one kind does not match the other kind, and another app has neither.
    assert_eq!(fake.profile(&app, ArtisanId::from_static("ann")), None);
    assert_eq!(fake.profile(&app, SharedUserId::from_static("device")), None);
    assert_eq!(fake.profile(fake.add_app("Two"), &id), None);
    assert_eq!(fake.remove_profile(&app, &ann).profile(&app, &id), None);
}

/// An empty attribute is not the profile's id.
#[test]
fn an_artisan_id_is_made_where_there_is_none() {
    let fake = FakeArtisan::new();
    let app = fake.add_app("One");
    assert_eq!(fake.add_profile(&app, [("age", "1")]).as_str(), "555652247d891c8b7a000001");
    assert_eq!(fake.add_profile(&app, [("artisanId", "")]).as_str(), "555652247d891c8b7a000002");
}

/// Values are returned digit for digit, in order, of any kind.
#[test]
fn attributes_come_back_as_they_were() {
    let json = r#"{"z":"1","a":1.50e2,"n":null,"l":[1, 2],"é\n":"\"","z":true}"#;
    let attributes: Attributes = serde_json::from_str(json).unwrap();
    let fake = FakeArtisan::new();
    let app = fake.add_app("One");
    let id = fake.add_profile(&app, &attributes);
    let profile = fake.client().get_profile(&app, &id).send_blocking().unwrap();
    assert_eq!(*profile.attributes(), attributes);

    let id = fake.add_profile(&app, [("broken", AttributeValue::Raw("{"))]);
    let profile = fake.profile(&app, id).unwrap();
    assert_eq!(profile.attributes().get("broken"), Some(AttributeValue::Text("{")), "no JSON becomes text");
}

#[test]
fn a_clone_is_the_same_service() {
    let fake = FakeArtisan::new();
    let clone = fake.clone();
    clone.add_app("One");
    assert_eq!(fake.apps().len(), 1);
    assert_eq!(FakeArtisan::default().apps().len(), 0);
}
