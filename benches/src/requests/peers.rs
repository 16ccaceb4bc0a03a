//! How published sans-IO crates build a similar request.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use ruma_client_api::read_marker::set_read_marker;
use ruma_client_api::room::get_room_event;
use ruma_common::api::auth_scheme::SendAccessToken;
use ruma_common::api::{OutgoingRequestExt, SupportedVersions};
use ruma_common::{OwnedEventId, OwnedRoomId};
use rusty_s3::actions::GetObject;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use twitch_api::helix::chat::{SendChatMessageBody, SendChatMessageRequest};
use twitch_api::helix::users::GetUsersRequest;
use twitch_api::helix::{RequestGet, RequestPost};
use useartisan::Endpoint;

use super::{Contender, endpoints};

const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const TOKEN: &str = "00112233445566778899aabbccddeeff";

const USER: &str = "bdbbf66f-d661-4236-8237-76d4159344fe";
const OBJECT: &str = "apps/557ade8b7d891cee96000001/users/bdbbf66f-d661-4236-8237-76d4159344fe";

/// Each gets what can be made beforehand. ruma consumes its request, so it is cloned.
pub(super) fn all() -> [(&'static str, Vec<Contender>); 2] {
    [("a GET with keys and ids", gets()), ("a POST with keys, ids and two texts in its body", posts())]
}

fn gets() -> Vec<Contender> {
    let (api, call) = (endpoints::api(), endpoints::get_profile());
    let (versions, get) = (versions(), get_room_event::v3::Request::new(room(), event()));
    let [bucket, same_bucket] = [bucket(), bucket()];
    let credentials = Credentials::new(KEY, TOKEN);
    vec![
        Contender::new("useartisan: get_profile", move || call.request(&api)),
        Contender::new("ruma-client-api: get_room_event", move || {
            let (token, versions) = (SendAccessToken::IfRequired(TOKEN), Cow::Borrowed(&versions));
            get.clone().try_into_http_request::<Vec<u8>>("https://matrix.example", token, versions).unwrap()
        }),
        Contender::new("twitch_api: get_users", || {
            let ids: &[&twitch_api::types::UserIdRef] = &[USER.into()];
            GetUsersRequest::ids(ids).create_request(TOKEN, KEY).unwrap()
        }),
        Contender::new("rusty-s3: object_url, a URL alone", move || bucket.object_url(OBJECT)),
        Contender::new("rusty-s3: get_object, a signed URL", move || {
            let object = GetObject::new(&same_bucket, Some(&credentials), OBJECT);
            object.sign(Duration::from_secs(60))
        }),
    ]
}

fn posts() -> Vec<Contender> {
    let (api, call) = (endpoints::api(), endpoints::export_profiles());
    let (versions, mut marker) = (versions(), set_read_marker::v3::Request::new(room()));
    (marker.fully_read, marker.read_receipt) = (Some(event()), Some(event()));
    vec![
        Contender::new("useartisan: export_profiles", move || call.request(&api)),
        Contender::new("ruma-client-api: set_read_marker", move || {
            let (token, versions) = (SendAccessToken::IfRequired(TOKEN), Cow::Borrowed(&versions));
            marker
                .clone()
                .try_into_http_request::<Vec<u8>>("https://matrix.example", token, versions)
                .unwrap()
        }),
        Contender::new("twitch_api: send_chat_message", || {
            let body = SendChatMessageBody::new(USER, USER, "https://me.example/exports/done");
            SendChatMessageRequest::new().create_request(body, TOKEN, KEY).unwrap()
        }),
    ]
}

fn room() -> OwnedRoomId {
    "!557ade8b7d891cee96000001:matrix.example".try_into().unwrap()
}

fn event() -> OwnedEventId {
    "$bdbbf66fd6614236823776d4159344fe".try_into().unwrap()
}

fn versions() -> SupportedVersions {
    SupportedVersions::from_parts(&["v1.1", "v1.11"].map(str::to_owned), &BTreeMap::new())
}

fn bucket() -> Bucket {
    let endpoint = "https://s3.example".parse().unwrap();
    Bucket::new(endpoint, UrlStyle::Path, "bucket", "region").unwrap()
}
