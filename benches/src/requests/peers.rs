//! How published crates that leave the I/O to their user build a request of the same kind.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use ruma_client_api::device::get_device;
use ruma_client_api::read_marker::set_read_marker;
use ruma_common::api::auth_scheme::SendAccessToken;
use ruma_common::api::{OutgoingRequestExt, SupportedVersions};
use ruma_common::{event_id, owned_room_id};
use rusty_s3::actions::GetObject;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use twitch_api::helix::chat::{SendChatMessageBody, SendChatMessageRequest};
use twitch_api::helix::users::GetUsersRequest;
use twitch_api::helix::{RequestGet, RequestPost};
use useartisan::Endpoint;

use super::{Contender, endpoints};

const TOKEN: &str = "00112233445566778899aabbccddeeff";

/// Each is handed what can be made beforehand; ruma's request is used up, so it is cloned.
pub(super) fn all() -> [(&'static str, Vec<Contender>); 2] {
    [("a GET with a key and an id", gets()), ("a POST with a key, an id and two texts in its body", posts())]
}

fn gets() -> Vec<Contender> {
    let (api, call) = (endpoints::api(), endpoints::get_profile());
    let (versions, device) = (versions(), get_device::v3::Request::new("bdbbf66fd6614236".into()));
    let [bucket, same_bucket] = [bucket(), bucket()];
    let credentials = Credentials::new("0f1e2d3c4b5a6978", TOKEN);
    vec![
        Contender::new("useartisan: get_profile", move || call.request(&api)),
        Contender::new("ruma-client-api: get_device", move || {
            let (token, versions) = (SendAccessToken::IfRequired(TOKEN), Cow::Borrowed(&versions));
            device
                .clone()
                .try_into_http_request::<Vec<u8>>("https://matrix.example", token, versions)
                .unwrap()
        }),
        Contender::new("twitch_api: get_users", || {
            let ids: &[&twitch_api::types::UserIdRef] = &["141981764".into()];
            GetUsersRequest::ids(ids).create_request(TOKEN, "0f1e2d3c4b5a6978").unwrap()
        }),
        Contender::new("rusty-s3: get_object, a URL alone, unsigned", move || {
            GetObject::new(&bucket, None, "profiles/bdbbf66f").sign(Duration::from_secs(60))
        }),
        Contender::new("rusty-s3: get_object, a URL alone, signed", move || {
            let object = GetObject::new(&same_bucket, Some(&credentials), "profiles/bdbbf66f");
            object.sign(Duration::from_secs(60))
        }),
    ]
}

fn posts() -> Vec<Contender> {
    let (api, call) = (endpoints::api(), endpoints::export_profiles());
    let (versions, event) = (versions(), event_id!("$15652247d891c8b7a000504"));
    let mut marker = set_read_marker::v3::Request::new(owned_room_id!("!555652247d891c8b7a:matrix.example"));
    (marker.fully_read, marker.read_receipt) = (Some(event.to_owned()), Some(event.to_owned()));
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
            let body = SendChatMessageBody::new("12826", "141981764", "https://me.example/exports/done");
            SendChatMessageRequest::new().create_request(body, TOKEN, "0f1e2d3c4b5a6978").unwrap()
        }),
    ]
}

fn versions() -> SupportedVersions {
    SupportedVersions::from_parts(&["v1.1", "v1.11"].map(str::to_owned), &BTreeMap::new())
}

fn bucket() -> Bucket {
    let endpoint = "https://s3.example".parse().unwrap();
    Bucket::new(endpoint, UrlStyle::Path, "bucket", "region").unwrap()
}
