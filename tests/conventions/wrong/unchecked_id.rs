//! Text where an id is expected, and one kind of id in place of another.
use useartisan::{App, Client, JobId, ListSegments, Segment};

fn calls(client: &Client, app: &App, segment: &Segment, ids: &[String]) {
    let _ = client.list_segments("557ade8b");
    let _ = ListSegments::new(&ids[0]);
    let _ = client.get_job(5584566);
    let _ = client.export_segment(segment, app);
    let _ = client.get_profile(app, "ann");
    let _ = client.export_profiles(app, ids);
    let _: JobId = "5584566b".into();
}

fn main() {
    let _ = calls;
}

// says: expected `AppId`, found `&str`
// says: `AppId::new(…)?` takes any text, `AppId::from_static(…)` a literal
// says: expected `AppId`, found `&String`
// says: expected `JobId`, found `{integer}`
// says: expected `AppId`, found `&Segment`
// says: expected `SegmentId`, found `&App`
// says: expected `ProfileId`, found `&str`
// says: use `ProfileId::shared_user(…)?` or `ProfileId::artisan(…)?`
// says: expected `ProfileIds`, found `&[String]`
// says: expected `JobId`, found `&str`
