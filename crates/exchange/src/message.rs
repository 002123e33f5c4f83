//! What the two ends of a remote call sign: a short text of digests over the exact bytes sent.
//! Nothing is re-serialised to be verified, so no two ends can disagree about a canonical form.
//! Pure.

use aws_lc_rs::digest;
use basis::{Id, Timestamp};
use contracts::{Refusal, RefusalReason};
use credential::{JwsSigner, SigAlg, VerifyingKey, jws};
use http::request;
use http::{HeaderMap, HeaderName, StatusCode, header};

/// How far the clocks of two installations may differ, and how late a message may arrive.
pub const WINDOW_SECONDS: i64 = 60;

/// Request headers that travel. All others are between the caller and its own node.
pub const REQUEST_HEADERS: [HeaderName; 6] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    HeaderName::from_static(contracts::call::IDEMPOTENCY_KEY),
    header::IF_MATCH,
    header::IF_NONE_MATCH,
];

/// Answer headers that travel.
pub const ANSWER_HEADERS: [HeaderName; 5] = [
    header::CONTENT_LANGUAGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
];

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> Digest {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Keeps only the headers that travel; the first value of each.
pub fn travelling(headers: &HeaderMap, allowed: &[HeaderName]) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in allowed {
        if let Some(value) = headers.get(name) {
            kept.insert(name.clone(), value.clone());
        }
    }
    kept
}

/// The parts of a request that its signature covers.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Id of the message, a UUIDv7 minted by the sender.
    pub message: Id,
    /// JSON of the call context, as sent.
    pub context: &'a [u8],
    /// The sealed pseudonym, if one travels.
    pub sealed: Option<&'a str>,
    /// Method, path and headers.
    pub parts: &'a request::Parts,
    /// Body.
    pub body: &'a [u8],
}

impl Sent<'_> {
    /// The text that is signed.
    pub fn text(&self) -> Vec<u8> {
        let path = self.parts.uri.path_and_query().map_or("/", |p| p.as_str());
        let mut text = b"msingi-wire-request/1\n".to_vec();
        line(&mut text, "message", self.message.to_string().as_bytes());
        line(&mut text, "context", hex(&sha256(self.context)).as_bytes());
        if let Some(sealed) = self.sealed {
            line(&mut text, "subject", hex(&sha256(sealed.as_bytes())).as_bytes());
        }
        line(&mut text, "method", self.parts.method.as_str().as_bytes());
        line(&mut text, "path", path.as_bytes());
        header_lines(&mut text, &self.parts.headers, &REQUEST_HEADERS);
        line(&mut text, "body", hex(&sha256(self.body)).as_bytes());
        text
    }
}

/// The parts of an answer that its signature covers. `request` is the digest of the request's
/// signed text, so that an answer cannot be passed off for another question.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Id of the request's message.
    pub message: Id,
    /// SHA-256 of [`Sent::text`].
    pub request: &'a Digest,
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: &'a HeaderMap,
    /// Body.
    pub body: &'a [u8],
}

impl Answered<'_> {
    /// The text that is signed.
    pub fn text(&self) -> Vec<u8> {
        let mut text = b"msingi-wire-answer/1\n".to_vec();
        line(&mut text, "message", self.message.to_string().as_bytes());
        line(&mut text, "request", hex(self.request).as_bytes());
        line(&mut text, "status", self.status.as_str().as_bytes());
        header_lines(&mut text, self.headers, &ANSWER_HEADERS);
        line(&mut text, "body", hex(&sha256(self.body)).as_bytes());
        text
    }
}

// No value can hold a line feed: header values and URIs refuse it, the rest is made here.
fn line(text: &mut Vec<u8>, name: &str, value: &[u8]) {
    text.extend_from_slice(name.as_bytes());
    text.push(b':');
    text.extend_from_slice(value);
    text.push(b'\n');
}

fn header_lines(text: &mut Vec<u8>, headers: &HeaderMap, allowed: &[HeaderName]) {
    for name in allowed {
        if let Some(value) = headers.get(name) {
            line(text, name.as_str(), value.as_bytes());
        }
    }
}

/// Signs a text: a JWS with detached payload (RFC 7515 appendix F).
pub fn sign(key: &dyn JwsSigner, text: &[u8]) -> Result<String, credential::JoseError> {
    jws::sign_detached(key, &[], text)
}

/// Verifies a signature over a text by one member's key.
pub fn verify(key: &VerifyingKey, signature: &str, text: &[u8]) -> Result<(), Refusal> {
    let keys = std::slice::from_ref(key);
    jws::verify_detached(signature, text, keys, &[SigAlg::Es256]).map(|_| ()).map_err(|error| {
        let detail = format!(
            "the signature does not stand: {error}; fetch the directory and check the member's key"
        );
        Refusal::new(RefusalReason::NotAuthentic, detail)
    })
}

/// Checks that a message was made within the window around `now`, by the time inside its UUIDv7.
pub fn check_fresh(message: Id, now: Timestamp) -> Result<(), Refusal> {
    let refuse = |detail: String| Err(Refusal::new(RefusalReason::NotAuthentic, detail));
    let Some(made_millis) = uuid_v7_millis(message) else {
        return refuse("the message id is no UUIDv7".to_owned());
    };
    let apart_seconds = (now.micros().div_euclid(1000) - made_millis).div_euclid(1000);
    if apart_seconds.abs() > WINDOW_SECONDS {
        return refuse(format!(
            "the message was made {apart_seconds} s away from this installation's clock; {WINDOW_SECONDS} s are allowed: check both clocks"
        ));
    }
    Ok(())
}

/// The Unix milliseconds inside a UUIDv7 (RFC 9562 section 5.7).
fn uuid_v7_millis(id: Id) -> Option<i64> {
    let bytes = id.as_bytes();
    if bytes[6] >> 4 != 7 {
        return None;
    }
    let mut millis = 0_i64;
    for byte in &bytes[..6] {
        millis = millis << 8 | i64::from(*byte);
    }
    Some(millis)
}

/// The smallest UUIDv7 that could be minted at `at`: the lower end of a range scan by time.
pub fn first_id_at(at: Timestamp) -> Id {
    let millis = at.micros().div_euclid(1000).max(0).to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&millis[2..]);
    Id::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Clock, Rng};
    use credential::SigningKey;

    fn parts() -> request::Parts {
        let request = http::Request::builder()
            .method("POST")
            .uri("/resolve?x=1")
            .header("content-type", "application/json")
            .header("authorization", "Bearer secret")
            .body(())
            .unwrap();
        request.into_parts().0
    }

    fn sent(parts: &request::Parts) -> Sent<'_> {
        Sent {
            message: Id::from_bytes([1; 16]),
            context: b"{}",
            sealed: Some("a.b.c"),
            parts,
            body: b"body",
        }
    }

    #[test]
    fn every_part_changes_the_signed_text_and_private_headers_do_not() {
        let base_parts = parts();
        let base = sent(&base_parts).text();
        let mut other = sent(&base_parts);
        other.message = Id::from_bytes([2; 16]);
        assert_ne!(other.text(), base);
        other = sent(&base_parts);
        other.context = b"{ }";
        assert_ne!(other.text(), base);
        other = sent(&base_parts);
        other.sealed = None;
        assert_ne!(other.text(), base);
        other = sent(&base_parts);
        other.body = b"Body";
        assert_ne!(other.text(), base);
        let mut changed = parts();
        changed.uri = "/resolve?x=2".parse().unwrap();
        assert_ne!(sent(&changed).text(), base);
        let mut changed = parts();
        changed.method = http::Method::PUT;
        assert_ne!(sent(&changed).text(), base);
        let mut changed = parts();
        changed.headers.insert("idempotency-key", "k".parse().unwrap());
        assert_ne!(sent(&changed).text(), base);
        let mut changed = parts();
        changed.headers.insert("authorization", "Bearer other".parse().unwrap());
        assert_eq!(sent(&changed).text(), base);
    }

    #[test]
    fn an_answer_belongs_to_one_request() {
        let headers = HeaderMap::new();
        let answer = |request: &Digest, status| {
            Answered {
                message: Id::from_bytes([1; 16]),
                request,
                status,
                headers: &headers,
                body: b"x",
            }
            .text()
        };
        assert_ne!(answer(&[1; 32], StatusCode::OK), answer(&[2; 32], StatusCode::OK));
        assert_ne!(answer(&[1; 32], StatusCode::OK), answer(&[1; 32], StatusCode::CREATED));
    }

    #[test]
    fn a_signature_by_another_key_or_over_another_text_is_refused() {
        let key = SigningKey::generate_es256().unwrap();
        let other = SigningKey::generate_es256().unwrap().verifying_key().unwrap();
        let signature = sign(&key, b"text").unwrap();
        let verifying = key.verifying_key().unwrap();
        assert!(verify(&verifying, &signature, b"text").is_ok());
        assert_eq!(
            verify(&verifying, &signature, b"Text").unwrap_err().reason,
            RefusalReason::NotAuthentic
        );
        assert_eq!(
            verify(&other, &signature, b"text").unwrap_err().reason,
            RefusalReason::NotAuthentic
        );
    }

    #[test]
    fn freshness_is_read_from_the_message_id() {
        let (clock, mock) = Clock::mock(Timestamp::from_micros(1_800_000_000_000_000));
        let id = Id::mint(&clock, &Rng::seeded(1));
        assert!(check_fresh(id, clock.now()).is_ok());
        assert!(first_id_at(clock.now()) <= id);
        mock.advance_seconds(WINDOW_SECONDS);
        assert!(check_fresh(id, clock.now()).is_ok());
        mock.advance_seconds(2);
        assert!(check_fresh(id, clock.now()).unwrap_err().detail.contains("clock"));
        mock.advance_seconds(-2 * WINDOW_SECONDS - 4);
        assert!(check_fresh(id, clock.now()).is_err());
        assert!(check_fresh(Id::random(&Rng::seeded(2)), clock.now()).is_err());
    }
}
