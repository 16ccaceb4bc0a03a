//! Job addresses in callbacks, and forgeries of them.

use http::uri::Scheme;
use percent_encoding::percent_decode_str;

use crate::api::Api;
use crate::base_url::BaseUrl;
use crate::error::Error;
use crate::id::JobId;

/// The path between a root and a job's id. (Published reference.)
const JOBS: &str = "/public/api/jobs/";

/// The visible ASCII characters that a URL cannot hold unescaped (RFC 3986, section 2).
const NEVER: &[u8] = b"\"<>\\^`{|}";

/// Whether `text` starts like an absolute URL or an absolute path.
pub(super) fn is_one(text: &str) -> bool {
    let text = text.trim_ascii();
    let slash = |text: &str| text.starts_with(['/', '\\']);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    slash(text) || text.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && slash(rest))
}

/// The roots that a job's address may have.
pub(super) struct Roots<'api> {
    base: &'api BaseUrl,
    published: BaseUrl,
}

impl<'api> Roots<'api> {
    pub(super) fn of(api: &'api Api) -> Self {
        Roots { base: api.base(), published: BaseUrl::published() }
    }

    /// The job whose address `text` is; `None` if it does not look like a job's address.
    ///
    /// The text is compared as it is. A URL parser would repair what should be refused.
    pub(super) fn job(&self, text: &str) -> Result<Option<JobId>, Error> {
        let address = text.trim_ascii().split(['?', '#']).next().unwrap_or_default();
        if !is_one(address) || !address.contains(JOBS) {
            return Ok(None);
        }
        if let Some(at) = address.bytes().position(|byte| !byte.is_ascii_graphic() || NEVER.contains(&byte)) {
            return Err(refused(format_args!("has a character that no URL holds at byte {at}")));
        }
        match self.below_jobs(address) {
            Some(rest) => id(rest).map(Some),
            None => Err(self.foreign(address)),
        }
    }

    /// The text after `/public/api/jobs/` under one of the roots.
    fn below_jobs<'t>(&self, address: &'t str) -> Option<&'t str> {
        let below = |prefix: &str, path: &'t str| path.strip_prefix(prefix)?.strip_prefix(JOBS);
        let under = |root: &BaseUrl| below(&root.prefix, path_at(root, address)?);
        // The prefix comes first, because it may itself look like the start of a job's address.
        below(&self.base.prefix, address)
            .or_else(|| below("", address))
            .or_else(|| under(self.base))
            .or_else(|| under(&self.published))
    }

    /// Why an address that looks like a job's has no valid root.
    fn foreign(&self, address: &str) -> Error {
        let rest = address.strip_prefix("//").or_else(|| Some(address.split_once("://")?.1));
        let authority = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
        if authority.contains('@') {
            return refused("has userinfo");
        }
        if address.starts_with("//") {
            return refused("begins with two slashes, which lead to another host");
        }
        let [base, published] = [self.base, &self.published]
            .map(|BaseUrl { scheme, authority, prefix, .. }| format!("{scheme}://{authority}{prefix}"));
        if base == published {
            return refused(format_args!("is not under {base}"));
        }
        refused(format_args!("is neither under {base} nor under {published}"))
    }
}

/// The path of an absolute URL with the same origin as `root`.
fn path_at<'t>(root: &BaseUrl, address: &'t str) -> Option<&'t str> {
    let (scheme, rest) = address.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find('/')?);
    let default_port = if root.scheme == Scheme::HTTPS { ":443" } else { ":80" };
    let authority = authority.strip_suffix(default_port).unwrap_or(authority);
    let same = scheme.eq_ignore_ascii_case(root.scheme.as_str())
        && authority.eq_ignore_ascii_case(root.authority.as_str());
    same.then_some(path)
}

/// The id in the text after `/public/api/jobs/`.
fn id(rest: &str) -> Result<JobId, Error> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let id = match rest.split_once('/') {
        None => rest,
        Some((id, "download")) => id,
        Some(_) => {
            return Err(refused(format_args!(
                "has a path other than {JOBS}{{id}} and {JOBS}{{id}}/download"
            )));
        }
    };
    let Ok(id) = percent_decode_str(id).decode_utf8() else {
        return Err(refused("has a job id that is not UTF-8 when decoded"));
    };
    // A server that decodes twice would see more than one segment.
    if id.contains(['/', '\\', '%']) {
        return Err(refused("has an encoded slash, backslash or percent sign in its job id"));
    }
    JobId::new(id)
}

fn refused(reason: impl std::fmt::Display) -> Error {
    Error::invalid("callback address", reason)
}
