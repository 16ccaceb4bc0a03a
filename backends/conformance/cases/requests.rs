//! Requests on the wire.

use super::super::request::Received;
use super::*;
use http::HeaderValue;

pub(super) const CASES: &[Case] = &[
    case!(
        request_line,
        "the method and the target are sent unchanged, escapes included; only the case of an escape's letters may differ"
    ),
    case!(request_body, "the body of a POST is sent byte for byte"),
    case!(get_without_body, "a GET without a body does not announce one"),
    case!(host, "a request has one `Host`, the authority of its URL"),
    case!(no_header_lost, "each header of the request is sent unchanged, repeated ones as often"),
    case!(sensitive_headers, "a header that is marked as sensitive is sent like any other"),
    case!(
        no_header_added,
        "only the headers that HTTP needs and `accept: */*` are added; `User-Agent` is a case of its own"
    ),
    case!(no_user_agent_added, "no `User-Agent` is added to a request that has none"),
];

/// The headers that HTTP/1.1 needs to carry a message (RFC 9112, 3.2, 6 and 9.6).
const NEEDED: [&str; 4] = ["host", "content-length", "transfer-encoding", "connection"];

const GIVEN: [(&str, &str); 5] = [
    ("accept-encoding", "application/json"),
    ("content-type", "application/json"),
    ("user-agent", "dashboard/2"),
    ("x-twice", "one, 1"),
    ("x-twice", "two"),
];

const SENSITIVE: [(&str, &str); 2] =
    [("authorization", "Token token=\"a,b;c=d\""), ("public-api-key", "!#$%&'()*+~")];

type Headers = [(&'static str, &'static str)];

/// Sends a request, and returns it as it arrived, with the authority of its URL.
async fn sent(
    subject: &Subject,
    method: Method,
    target: &str,
    body: &[u8],
    headers: &Headers,
) -> Result<(Received, String), String> {
    let server = started(Server::answering([Step::answer(200, "", b"{}")]))?;
    let mut request = request(&server, method, target, body)?;
    for (name, value) in headers {
        let mut value = HeaderValue::from_static(value);
        value.set_sensitive(SENSITIVE.iter().any(|(sensitive, _)| sensitive == name));
        request.headers_mut().append(*name, value);
    }
    exchange(subject, request, &patient()).await.map_err(failed)?;
    let received = server.received().pop().ok_or("no whole request")?;
    Ok((received, server.address().to_string()))
}

async fn request_line(subject: &Subject) -> Outcome {
    for target in [
        "/public/api/apps",
        "/public/api/apps/a/segments/",
        "/apps/a%2Fb%3Fc%23d%252e/users/%C3%BC%c3%bc%20",
        "/apps/.a/...?artisan_ids=a%2Cb,c&x=&y=%20+&z=%2e",
    ] {
        for method in [Method::GET, Method::POST] {
            let (received, _) = sent(subject, method.clone(), target, b"", &[]).await?;
            let found = (&*received.method, escapes_in_capitals(&received.target));
            same("the request", found, (method.as_str(), escapes_in_capitals(target)))?;
        }
    }
    Ok(())
}

/// The target with each escape in capitals, which is the same target (RFC 3986, 6.2.2.1).
fn escapes_in_capitals(target: &str) -> String {
    let mut parts = target.split('%');
    let start = parts.next().unwrap_or_default().to_owned();
    parts.fold(start, |whole, part| {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        whole + "%" + &digits.to_ascii_uppercase() + rest
    })
}

async fn request_body(subject: &Subject) -> Outcome {
    let every_byte: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for body in [&b""[..], b"{\"callback_url\":\"\"}", &every_byte] {
        let (received, _) = sent(subject, Method::POST, "/", body, &[]).await?;
        if received.body != body {
            return Err(format!("other {} bytes than the {} given", received.body.len(), body.len()));
        }
    }
    Ok(())
}

async fn get_without_body(subject: &Subject) -> Outcome {
    let (received, _) = sent(subject, Method::GET, "/", b"", &[]).await?;
    let announced = ["content-length", "transfer-encoding"].map(|name| received.values(name).next());
    same("a length and a coding", announced, [None; 2])
}

async fn host(subject: &Subject) -> Outcome {
    let (received, authority) = sent(subject, Method::GET, "/", b"", &[]).await?;
    same("the values", received.values("host").collect::<Vec<_>>(), [authority])
}

async fn no_header_lost(subject: &Subject) -> Outcome {
    come_through(subject, &GIVEN).await
}

async fn sensitive_headers(subject: &Subject) -> Outcome {
    come_through(subject, &SENSITIVE).await
}

async fn come_through(subject: &Subject, headers: &Headers) -> Outcome {
    let (received, _) = sent(subject, Method::POST, "/", b"{}", headers).await?;
    for (name, _) in headers {
        let given: Vec<_> = headers.iter().filter(|given| given.0 == *name).map(|given| given.1).collect();
        same(format_args!("`{name}`"), received.values(name).collect::<Vec<_>>(), given)?;
    }
    Ok(())
}

async fn no_header_added(subject: &Subject) -> Outcome {
    none_added(subject, |name, value| {
        NEEDED.contains(&name) || name == "user-agent" || (name, value) == ("accept", "*/*")
    })
    .await
}

async fn no_user_agent_added(subject: &Subject) -> Outcome {
    none_added(subject, |name, _| name != "user-agent").await
}

/// No header may be added but the allowed ones.
async fn none_added(subject: &Subject, allowed: fn(&str, &str) -> bool) -> Outcome {
    for (method, headers) in [(Method::GET, &[][..]), (Method::POST, &[]), (Method::POST, &GIVEN)] {
        let (received, _) = sent(subject, method, "/", b"", headers).await?;
        let added = received.headers.iter().find(|(name, value)| {
            let given = headers.iter().any(|given| given.0 == name);
            !given && !allowed(name, value)
        });
        if let Some((name, value)) = added {
            return Err(format!("`{name}: {value}`"));
        }
    }
    Ok(())
}
