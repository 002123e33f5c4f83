//! Where passkeys belong: the host they are bound to, and the address of the pages that may ask for
//! them (WebAuthn Level 2 section 5.1.2, relying party identifier).

use std::net::IpAddr;

/// The host and origin of this provider, as browsers see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The relying party id.
    pub rp_id: String,
    /// `https://id.example`, without a slash at the end.
    pub origin: String,
}

impl Home {
    /// The home of the provider at `issuer`. Browsers bind passkeys to names, not to numbers: where
    /// the issuer is this machine's own address, its name `localhost` stands in; other numbers have
    /// no passkeys.
    #[must_use]
    pub fn of(issuer: &str) -> Option<Self> {
        let (scheme, rest) = issuer.split_once("://")?;
        let authority = rest.split('/').next().unwrap_or_default();
        let (host, port) = split_port(authority);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = match bare.parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => "localhost",
            Ok(_) => return None,
            Err(_) => bare,
        };
        if name.is_empty() || (scheme != "https" && name != "localhost") {
            return None;
        }
        Some(Self { rp_id: name.to_owned(), origin: format!("{scheme}://{name}{port}") })
    }

    /// Whether a request with this `Host` header is at home.
    #[must_use]
    pub fn is_at(&self, host: &str) -> bool {
        self.origin.split_once("://").is_some_and(|(_, authority)| authority == host)
    }
}

/// Host, and port with its colon.
fn split_port(authority: &str) -> (&str, &str) {
    match authority.rfind(':') {
        Some(at) if !authority[at..].contains(']') => authority.split_at(at),
        _ => (authority, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_name() {
        let table = [
            ("https://id.example", Some(("id.example", "https://id.example"))),
            ("https://id.example:8443/x", Some(("id.example", "https://id.example:8443"))),
            ("http://127.0.0.1:8080", Some(("localhost", "http://localhost:8080"))),
            ("http://[::1]:8080", Some(("localhost", "http://localhost:8080"))),
            ("http://localhost:1", Some(("localhost", "http://localhost:1"))),
            ("https://192.0.2.7", None),
            ("http://id.example", None),
            ("id.example", None),
        ];
        for (issuer, expected) in table {
            let home = Home::of(issuer);
            let parts = home.as_ref().map(|home| (home.rp_id.as_str(), home.origin.as_str()));
            assert_eq!(parts, expected, "{issuer}");
        }
    }

    #[test]
    fn a_request_to_the_number_is_not_at_home() {
        let home = Home::of("http://127.0.0.1:8080").unwrap();
        assert!(home.is_at("localhost:8080"));
        assert!(!home.is_at("127.0.0.1:8080") && !home.is_at("localhost") && !home.is_at(""));
    }
}
