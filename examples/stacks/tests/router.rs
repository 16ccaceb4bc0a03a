//! An axum router as the service in a test, called through tower without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use useartisan::Client;
use useartisan::backends::tower::Tower;
use useartisan::fake::FakeArtisan;

/// The service in memory, as a router.
fn router(fake: &FakeArtisan) -> Router {
    async fn answer(State(fake): State<FakeArtisan>, request: Request<Body>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        fake.answer(Request::from_parts(head, body)).map(Body::from)
    }
    Router::new().fallback(answer).with_state(fake.clone())
}

/// Time is tokio's, and only sleeps move it. The wait for the job takes none.
#[tokio::test(start_paused = true)]
async fn a_router_stands_in_for_the_service() {
    let fake = FakeArtisan::with_sample_data().complete_jobs_after(3);
    let client = Client::new(fake.api(), Tower::<_, Full<Bytes>>::new(router(&fake)));
    let app = client.list_apps().send().await.unwrap().remove(0);
    let segment = client.list_segments(&app).send().await.unwrap().remove(0);
    let completed = client.export_segment(&app, &segment).send_and_wait().await.unwrap();
    let mut profiles = completed.download().profiles().await.unwrap();
    let mut count = 0;
    while profiles.next_record().await.unwrap().is_some() {
        count += 1;
    }
    assert!(count > 0 && fake.requests().len() == 7, "{count} profiles by {:?}", fake.requests());

    let other = Client::new(fake.api(), Tower::<_, Body>::new(router(&fake)));
    assert_eq!(other.list_apps().send().await.unwrap().len(), 2);
}
