//! Response headers: `Retry-After` and `Content-Length`.

use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_LENGTH, DATE, RETRY_AFTER};
use jiff::civil::DateTime;

/// Reads `Retry-After` (RFC 9110, section 10.2.3): whole seconds, or a date, which is compared with the response's own
/// `Date`. A date in the past is zero.
///
/// `None` if the header is absent or malformed: several values, a sign, a fraction, or a date in a response without `Date`.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = only(headers, &RETRY_AFTER)?;
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large for 64 bits still asks for a very long wait.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let (then, now) = (http_date(text)?, http_date(only(headers, &DATE)?)?);
    Some(Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// Reads `Content-Length` (RFC 9110, section 8.6). Only digits count; `parse` alone would accept a sign.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The value of a header that occurs once.
fn only<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    Some(value.to_str().ok()?.trim_matches([' ', '\t']))
}

/// Reads the three date forms of RFC 9110, section 5.6.7, the preferred one first. Each form has its lengths, or a year of
/// two digits would be read as the year 15.
fn http_date(text: &str) -> Option<DateTime> {
    const FORMS: [(&str, std::ops::RangeInclusive<usize>); 3] = [
        ("%a, %d %b %Y %H:%M:%S GMT", 29..=29),
        ("%A, %d-%b-%y %H:%M:%S GMT", 30..=33),
        ("%a %b %e %H:%M:%S %Y", 24..=24),
    ];
    let forms = FORMS.iter().filter(|(_, lengths)| lengths.contains(&text.len()));
    forms.into_iter().find_map(|(form, _)| DateTime::strptime(form, text).ok())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const NOON: &str = "Fri, 19 Jun 2015 12:00:00 GMT";

    #[track_caller]
    fn says(text: &str, seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        headers.insert(DATE, HeaderValue::from_static(NOON));
        assert_eq!(retry_after(&headers), seconds.map(Duration::from_secs), "{text:?}");
    }

    /// Promise 24: seconds and dates are understood, and anything else is ignored.
    #[test]
    fn seconds_dates_and_nonsense() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("1", Some(1)),
            ("120", Some(120)),
            ("007", Some(7)),
            (" 5 ", Some(5)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", Some(u64::MAX)),
            ("99999999999999999999999999", Some(u64::MAX)),
            ("Fri, 19 Jun 2015 12:00:05 GMT", Some(5)),
            ("Friday, 19-Jun-15 12:01:00 GMT", Some(60)),
            ("Fri Jun 19 12:00:07 2015", Some(7)),
            ("Wed Jul  1 12:00:00 2015", Some(12 * 86_400)),
            (NOON, Some(0)),
            ("Thu, 18 Jun 2015 12:00:00 GMT", Some(0)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("+5", None),
            ("-1", None),
            ("1.5", None),
            ("1e3", None),
            ("0x10", None),
            ("5s", None),
            ("5, 6", None),
            ("5 6", None),
            ("0.0", None),
            ("1_000", None),
            ("Infinity", None),
            ("NaN", None),
            ("--1", None),
            ("9223372036854775808", Some(9_223_372_036_854_775_808)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(251_967_585_599)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("fri, 19 jun 2015 12:00:05 gmt", None),
            ("Sat, 19 Jun 2015 12:00:05 GMT", None),
            ("Fri, 19 Jun 2015 12:00:60 GMT", Some(59)), // a leap second, which jiff reads as the one before
            ("Fri, 19 Jun 2015 25:00:00 GMT", None),
            ("Fri, 19 Jun 15 12:00:05 GMT", None),
            ("", None),
            ("soon", None),
            ("Fri, 19 Jun 2015 12:00:05", None),
            ("Fri, 19 Jun 2015 12:00:05 CET", None),
            ("Fri, 32 Jun 2015 12:00:05 GMT", None),
            ("2015-06-19T12:00:05Z", None),
        ] {
            says(text, seconds);
        }
    }

    #[test]
    fn a_date_needs_a_date_to_be_measured_against() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(NOON));
        assert_eq!(retry_after(&headers), None);
    }
}
