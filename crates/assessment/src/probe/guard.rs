//! `P-TLS` and `P-SECTXT`: what protects the way to a system, and whom to tell about a hole in it.

use basis::Timestamp;

use super::fetch::{Trouble, Visit};
use super::seen::Seen;

const SECURITY_TXT: &str = "/.well-known/security.txt";

/// The handshake is the client's: it refuses old versions and chains it does not trust.
pub(super) async fn tls(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    if visit.target().url.scheme() != "https" {
        let why = "plain http on this machine: there is no TLS to look at".to_owned();
        return Err(Trouble::Refused(why));
    }
    let answer = visit.get("/").await?;
    let held = answer.header("strict-transport-security");
    let seconds = held.split(';').find_map(|part| part.trim().strip_prefix("max-age="));
    let seconds = seconds.and_then(|text| text.trim_matches('"').parse::<u64>().ok());
    let hsts = match seconds {
        Some(seconds) if seconds > 0 => format!("HSTS holds for {} days", seconds / 86_400),
        _ => "HSTS is missing".to_owned(),
    };
    Ok(Seen::Facts(format!("TLS 1.2 or later with a trusted chain; {hsts}")))
}

/// RFC 9116: `Contact` and `Expires` are required.
pub(super) async fn security_txt(visit: &mut Visit<'_>, now: Timestamp) -> Result<Seen, Trouble> {
    let answer = visit.get(SECURITY_TXT).await?;
    if !answer.is_success() {
        return Ok(Seen::Facts(format!("{SECURITY_TXT} answers {}", answer.status)));
    }
    let text = answer.text();
    let field = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let expires = field("expires").and_then(|text| text.parse::<Timestamp>().ok());
    let says = match (field("contact"), expires) {
        (None, _) => "names no contact",
        (_, None) => "names no day on which it expires",
        (_, Some(expires)) if expires <= now => "has expired",
        _ => "names a contact and has not expired; whether somebody answers was not tried",
    };
    Ok(Seen::Facts(format!("{SECURITY_TXT} {says}")))
}
