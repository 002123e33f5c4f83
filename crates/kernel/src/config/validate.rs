//! Keys that do not go together.

use super::{Config, ConfigError, Engine};

impl Config {
    /// Checks what no single key shows: a sandbox stays on the loopback interface, and what is not a sandbox has a public
    /// issuer and a server's address where it needs one.
    ///
    /// # Errors
    /// [`ConfigError::Refused`] with the key to change.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.check_name()?;
        self.check_issuer()?;
        self.check_listeners()?;
        self.check_storage()?;
        self.check_limits()
    }

    fn check_name(&self) -> Result<(), ConfigError> {
        let name = &self.installation.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > 32 || !name.chars().all(plain) {
            return refuse(
                "installation.name",
                "write 1 to 32 lower-case letters, digits or hyphens",
            );
        }
        Ok(())
    }

    fn check_issuer(&self) -> Result<(), ConfigError> {
        let Some(issuer) = &self.installation.issuer else {
            if self.installation.sandbox {
                return Ok(());
            }
            return refuse(
                "installation.issuer",
                "outside of a sandbox it must be set to the public https URL",
            );
        };
        if issuer.ends_with('/') {
            return refuse("installation.issuer", "write it without a slash at the end");
        }
        let uri: http::Uri = issuer.parse().unwrap_or_default();
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return refuse("installation.issuer", "write a URL, as https://id.example.org");
        };
        if self.installation.sandbox && !is_loopback(host) {
            return refuse(
                "installation.sandbox",
                "the issuer is public: set sandbox = false and give the keys a passphrase of their own",
            );
        }
        if !self.installation.sandbox && scheme != "https" {
            return refuse(
                "installation.issuer",
                "outside of a sandbox it must begin with https://",
            );
        }
        Ok(())
    }

    fn check_listeners(&self) -> Result<(), ConfigError> {
        let listeners = [("listen.public", self.listen.public), ("listen.wire", self.listen.wire)];
        for (key, address) in listeners {
            if self.installation.sandbox && !address.ip().is_loopback() {
                return refuse(
                    key,
                    "a sandbox listens on 127.0.0.1 only; to go public set installation.sandbox = false",
                );
            }
        }
        if self.listen.wire_url.as_ref().is_some_and(|url| !url.starts_with("https://")) {
            return refuse("listen.wire_url", "write https://HOST:PORT, as peers reach it");
        }
        if self.listen.public == self.listen.wire && self.listen.public.port() != 0 {
            return refuse("listen.wire", "it needs another port than listen.public");
        }
        Ok(())
    }

    fn check_storage(&self) -> Result<(), ConfigError> {
        let storage = &self.storage;
        if storage.engine == Engine::Postgres && storage.url.is_none() {
            return refuse(
                "storage.url",
                "with engine = \"postgres\" it must be set to the server's URL",
            );
        }
        let prefix = &storage.schema_prefix;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if prefix.len() > 16
            || !prefix.starts_with(|c: char| c.is_ascii_lowercase())
            || !prefix.chars().all(plain)
        {
            return refuse(
                "storage.schema_prefix",
                "write 1 to 16 lower-case letters, digits or underscores, a letter first",
            );
        }
        if storage.pg_pool == 0 {
            return refuse("storage.pg_pool", "write at least 1");
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        if limits.body_bytes < 1024 {
            return refuse("limits.body_bytes", "write at least 1024");
        }
        if limits.concurrent_requests == 0 || limits.connections == 0 {
            return refuse(
                "limits.concurrent_requests",
                "write at least 1, and so for limits.connections",
            );
        }
        if limits.timeout_seconds == 0 || limits.header_seconds == 0 {
            return refuse(
                "limits.timeout_seconds",
                "write at least 1, and so for limits.header_seconds",
            );
        }
        Ok(())
    }
}

fn refuse(key: &'static str, what: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Refused { key, what: what.to_owned() })
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Config)) -> &'static str {
        let mut config = Config::default();
        change(&mut config);
        match config.validate() {
            Err(ConfigError::Refused { key, .. }) => key,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn a_sandbox_stays_at_home() {
        assert_eq!(refused(|c| c.listen.public = ([0, 0, 0, 0], 80).into()), "listen.public");
        assert_eq!(refused(|c| c.listen.wire = ([10, 0, 0, 1], 8443).into()), "listen.wire");
        let public =
            |c: &mut Config| c.installation.issuer = Some("https://id.example.org".to_owned());
        assert_eq!(refused(public), "installation.sandbox");
        let mut config = Config::default();
        config.installation.issuer = Some("http://localhost:8080".to_owned());
        config.validate().unwrap();
        config.installation.issuer = Some("http://[::1]:8080".to_owned());
        config.validate().unwrap();
    }

    #[test]
    fn what_is_not_a_sandbox_says_where_it_is() {
        let outside = |issuer: Option<&str>| {
            let issuer = issuer.map(str::to_owned);
            move |c: &mut Config| {
                c.installation.sandbox = false;
                c.installation.issuer = issuer;
            }
        };
        for issuer in
            [None, Some("http://id.example.org"), Some("https://id.example.org/"), Some("id")]
        {
            assert_eq!(refused(outside(issuer)), "installation.issuer");
        }
        let mut config = Config::default();
        outside(Some("https://id.example.org"))(&mut config);
        config.listen.public = ([0, 0, 0, 0], 443).into();
        config.validate().unwrap();
        assert_eq!(config.base_url(), "https://id.example.org");
    }

    #[test]
    fn bounds_and_pairs_are_checked() {
        assert_eq!(refused(|c| c.storage.engine = Engine::Postgres), "storage.url");
        assert_eq!(refused(|c| c.storage.pg_pool = 0), "storage.pg_pool");
        let plain = || Some("http://registrar.example.org".to_owned());
        assert_eq!(refused(|c| c.listen.wire_url = plain()), "listen.wire_url");
        for prefix in ["", "1st", "My", "a-b", "seventeen_letters"] {
            let set = |c: &mut Config| prefix.clone_into(&mut c.storage.schema_prefix);
            assert_eq!(refused(set), "storage.schema_prefix", "{prefix}");
        }
        assert_eq!(refused(|c| c.listen.wire = c.listen.public), "listen.wire");
        assert_eq!(refused(|c| c.installation.name = "My House".to_owned()), "installation.name");
        assert_eq!(refused(|c| c.limits.body_bytes = 0), "limits.body_bytes");
        assert_eq!(refused(|c| c.limits.connections = 0), "limits.concurrent_requests");
        assert_eq!(refused(|c| c.limits.header_seconds = 0), "limits.timeout_seconds");
    }
}
