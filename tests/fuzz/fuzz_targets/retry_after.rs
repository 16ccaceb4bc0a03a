//! Promises 22 and 24: any Retry-After and Date lead to a wait or to none, and a retry keeps its bounds.
#![no_main]

use std::time::Duration;

use http::{HeaderValue, Response};
use libfuzzer_sys::fuzz_target;
use useartisan::machine::{Event, Exchange, Machine, Step};
use useartisan::{Api, Endpoint, ListApps, Retry, TransportError};

fuzz_target!(|input: (u16, &[u8], &[u8], Option<&[u8]>, u64)| {
    let (status, retry_after, date, second, most) = input;
    let status = 100 + status % 900;
    let mut response = Response::builder().status(status);
    for (name, value) in [("retry-after", Some(retry_after)), ("date", Some(date)), ("retry-after", second)] {
        let Some(value) = value else { continue };
        let Ok(value) = HeaderValue::from_bytes(value) else { return };
        response = response.header(name, value);
    }
    let response = response.body("").unwrap();
    let error = ListApps::new().parse(response.clone()).unwrap_err();
    let asked = error.retry_after();
    if !retry_after.is_empty() && retry_after.iter().all(u8::is_ascii_digit) && second.is_none() {
        let seconds = std::str::from_utf8(retry_after).unwrap().parse().unwrap_or(u64::MAX);
        assert_eq!(asked, Some(Duration::from_secs(seconds)));
    }
    if second.is_some() {
        assert_eq!(asked, None);
    }

    // A machine waits as long, up to its bound.
    let most = Duration::from_secs(most);
    let retry = Retry::default().with_max_retry_after(most).with_deadline(Duration::MAX);
    let api = Api::builder("https://artisan.example").no_credentials().build().unwrap();
    let mut exchange = Exchange::new(&api, ListApps::new()).options(retry);
    exchange.step(Duration::ZERO, Event::Start).unwrap();
    let mut step = exchange.step(Duration::ZERO, Event::Head(response.into_parts().0));
    if let Ok(Step::Read { .. }) = step {
        step = exchange.step(Duration::ZERO, Event::Failed(TransportError::interrupted("cut")));
    }
    match (step, asked) {
        (Ok(Step::Sleep(wait)), Some(asked)) => assert_eq!(wait, asked.min(most)),
        (Ok(Step::Sleep(wait)), None) => assert!(wait <= retry.max_backoff),
        (Ok(step), _) => panic!("{step:?}"),
        (Err(_), _) => {}
    }
});
