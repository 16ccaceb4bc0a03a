//! Whether a callback holds a job's id, by the `url` crate. It shares nothing with the library's own comparison.

use http::Request;
use percent_encoding::percent_decode_str;
use url::{Url, form_urlencoded};

/// The default origin of the service.
pub const DEFAULT: &str = "https://artisantools.com";

/// Whether the request holds `id`, decoded once, under the base URL, the default one or no prefix.
pub fn holds(request: &Request<impl AsRef<[u8]>>, base: &str, id: &str) -> bool {
    let origin = Url::parse(base).unwrap().origin().ascii_serialization();
    let texts = [request.uri().query(), std::str::from_utf8(request.body().as_ref()).ok()];
    texts.into_iter().flatten().flat_map(readings).any(|text| {
        let bare = text.trim_ascii().starts_with('/') && is_address_under(&origin, &text, id);
        bare || [base, DEFAULT].iter().any(|root| is_address_under(root, &text, id))
    })
}

/// Everything that `text` may mean: itself, the names and values of a form, and the texts between two quotes.
fn readings(text: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(text.as_bytes()).flat_map(|(name, value)| [name.into(), value.into()]);
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let spans = quotes.iter().flat_map(|&from| quotes.iter().map(move |&to| (from, to)));
    let strings = spans.filter_map(|(from, to)| serde_json::from_str(text.get(from..=to)?).ok());
    std::iter::once(text.to_owned()).chain(pairs).chain(strings).collect()
}

/// Whether `text` is the address of job `id` below `root`.
fn is_address_under(root: &str, text: &str, id: &str) -> bool {
    let (Ok(root), text) = (Url::parse(root), text.trim_matches([' ', '\t', '\r', '\n', '\u{c}'])) else {
        return false;
    };
    let Ok(url) = root.join(text) else { return false };
    let prefix = root.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(prefix).unwrap_or_default();
    let Some(rest) = rest.strip_prefix("/public/api/jobs/") else { return false };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let segment = rest.strip_suffix("/download").unwrap_or(rest);
    let literal = text.contains(&format!("/public/api/jobs/{segment}"));
    let userinfo = !url.username().is_empty() || url.password().is_some();
    url.origin() == root.origin()
        && !userinfo
        && literal
        && !segment.contains('/')
        && percent_decode_str(segment).decode_utf8().is_ok_and(|decoded| decoded == id)
}
