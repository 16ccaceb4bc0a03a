//! Promises 3, 4 and 22: a base URL is refused, or every request has its origin and prefix. A callback URL is refused, or sent as
//! `url` writes it, and accepted again in that form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;
use useartisan::{Api, CallbackUrl, Endpoint, ListApps};

fuzz_target!(|base: &str| {
    if let Ok(sent) = CallbackUrl::new(base) {
        assert_eq!(sent.as_str(), Url::parse(base).unwrap().as_str());
        assert_eq!(CallbackUrl::new(sent.as_str()).unwrap(), sent);
    }
    let Ok(api) = Api::builder(base).no_credentials().build() else { return };
    let given = Url::parse(base).unwrap();
    let url = Url::parse(&ListApps::new().request(&api).uri().to_string()).unwrap();
    assert_eq!(url.origin(), given.origin());
    assert_eq!(url.path(), format!("{}/public/api/apps", given.path().trim_end_matches('/')));
    assert_eq!((url.query(), url.username(), url.password(), url.fragment()), (None, "", None, None));
    let loopback = match given.host().unwrap() {
        url::Host::Domain(domain) => domain == "localhost" || domain.ends_with(".localhost"),
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    assert!(url.scheme() == "https" || url.scheme() == "http" && loopback);
    assert!(base.len() <= 2048);
});
