//! How ureq finds the address of a host.

use ::ureq::config::{Config, IpFamily};
// Not under ureq's promise of stability, but the same since 3.0.12. There is no other way to it.
use ::ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ::ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ::ureq::{Agent, Error};
use http::Uri;

/// An agent that looks names up by [`Lookup`].
pub(super) fn agent(config: Config) -> Agent {
    Agent::with_parts(config, DefaultConnector::default(), Lookup::default())
}

/// Looks names up as ureq does, which is for each call anew, and with a time-out on a thread that is made for it. What is
/// an address already needs none of that.
#[derive(Debug, Default)]
struct Lookup(DefaultResolver);

impl Resolver for Lookup {
    fn resolve(&self, uri: &Uri, config: &Config, within: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.scheme().zip(uri.authority());
        let host = host.and_then(|(scheme, authority)| DefaultResolver::host_and_port(scheme, authority));
        match host.and_then(|host| host.parse().ok()) {
            Some(address) if config.ip_family() == IpFamily::Any => {
                let mut addresses = self.empty();
                addresses.push(address);
                Ok(addresses)
            }
            _ => self.0.resolve(uri, config, within),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is an address already is taken as it is, but for one of a family that is not wanted.
    #[test]
    fn an_address_is_not_looked_up() {
        let only_v6 = Agent::config_builder().ip_family(IpFamily::Ipv6Only).build();
        for (url, config, found) in [
            ("http://127.0.0.1:4012/", Config::default(), Some("127.0.0.1:4012")),
            ("https://192.0.2.7/", Config::default(), Some("192.0.2.7:443")),
            ("http://[::1]/", only_v6.clone(), Some("[::1]:80")),
            ("http://127.0.0.1:4012/", only_v6, None),
        ] {
            let url = Uri::from_static(url);
            let addresses = Lookup::default().resolve(&url, &config, NextTimeout::default());
            assert_eq!(addresses.ok().map(|found| found[0].to_string()).as_deref(), found, "{url}");
        }
    }
}
