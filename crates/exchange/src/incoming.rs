//! The provider's end of a call from another installation: who sent it, is it whole, fresh and
//! new, and then the same decision, log and delivery as for a call from here.

use basis::Timestamp;
use bytes::Bytes;
use contracts::context::{ContextError, WIRE_VERSION_MIN};
use contracts::identity::TRANSLATE;
use contracts::{CallContext, Refusal, RefusalReason, WIRE_VERSION, WireError, WireResponse};
use credential::base64url;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, request};

use crate::call::{Leg, answered};
use crate::directory::may_be_stale;
use crate::exchange::Exchange;
use crate::hops::Direction;
use crate::message::{self, REQUEST_HEADERS, Sent, sha256};
use crate::model::{InstallationState, Snapshot};
use crate::policy::{Grant, decide};
use crate::remote;
use crate::tls::PeerCertificate;

/// A message read from the wire, not yet believed.
struct Received {
    leg: Leg,
    sealed: Option<String>,
    text: Vec<u8>,
    signature: String,
}

impl Exchange {
    /// The installation whose certificate a peer showed. Fetches the directory once if it is not
    /// known: it may have joined a moment ago.
    pub(crate) async fn peer(
        &self,
        certificate: &PeerCertificate,
    ) -> Result<std::sync::Arc<InstallationState>, WireError> {
        let Some(shown) = &certificate.0 else {
            return Err(not_authentic("connect with the installation's TLS certificate"));
        };
        let snapshot = self.snapshot();
        if let Some(known) = snapshot.by_fingerprint(shown) {
            return Ok(known.clone());
        }
        self.refresh_for_call(snapshot.version).await;
        self.snapshot().by_fingerprint(shown).cloned().ok_or_else(|| {
            not_authentic(&format!(
                "the certificate {shown} is of no installation in the directory; join anew"
            ))
        })
    }

    /// Receives a call: checks it, has it answered, signs the answer.
    pub(crate) async fn receive(
        &self,
        certificate: &PeerCertificate,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<WireResponse, WireError> {
        check_version(headers)?;
        self.check_size(body.len())?;
        let peer = self.peer(certificate).await?;
        let mut received = read(headers, body, self.0.ctx.clock.now())?;
        received.leg.peer = Some(peer.entry.name.clone());
        let (snapshot, decision) = self.decide_received(&peer.entry.name, &received).await?;
        let Received { leg, sealed, .. } = received;
        let grant = match decision {
            Ok(grant) => grant,
            Err(refusal) => return self.refused(leg, None, refusal).await,
        };
        let member = leg.ctx.service.member();
        let (mut response, text) = self.answer_received(&snapshot, leg, sealed, grant).await?;
        let internal =
            |error: String| WireError::Internal(format!("the answer cannot be signed: {error}"));
        let key = self.member_key(&member).map_err(|error| internal(error.to_string()))?;
        let signature = message::sign(&*key, &text).map_err(|error| internal(error.to_string()))?;
        let signature =
            HeaderValue::from_str(&signature).map_err(|error| internal(error.to_string()))?;
        response.headers_mut().insert(remote::SIGNATURE, signature);
        Ok(response)
    }

    /// Who sent it, is it whole and new, and may it pass? The outer error is for messages that are
    /// not to be believed at all: they are not logged as the member's call, which they are not.
    async fn decide_received(
        &self,
        peer: &str,
        received: &Received,
    ) -> Result<(std::sync::Arc<Snapshot>, Result<Grant, Refusal>), WireError> {
        let (ctx, sealed) = (&received.leg.ctx, received.sealed.is_some());
        let now = self.0.ctx.clock.now();
        let mut snapshot = self.snapshot();
        if !snapshot.members.contains_key(&ctx.client.member())
            && self.refresh_for_call(snapshot.version).await
        {
            snapshot = self.snapshot();
        }
        let sender = snapshot
            .members
            .get(&ctx.client.member())
            .filter(|m| m.installation.entry.name == peer);
        let Some(sender) = sender else {
            return Err(not_authentic(&format!(
                "{} is not hosted by installation {peer}",
                ctx.client.member()
            )));
        };
        let verify = sender
            .verify
            .as_ref()
            .ok_or_else(|| not_authentic("the member's key is not usable"))?;
        message::verify(verify, &received.signature, &received.text)?;
        message::check_fresh(received.leg.id, now)?;
        if !self.0.seen.insert(received.leg.id, now) {
            let detail =
                format!("message {} was received before; send a new message", received.leg.id);
            return Err(Refusal::new(RefusalReason::Replayed, detail).into());
        }
        let decision = self.decide_own(&snapshot, ctx, sealed);
        // The client may be a subsystem its member has published a moment ago.
        let stale = matches!(&decision, Err(refusal) if may_be_stale(refusal) && refusal.reason == RefusalReason::UnknownClient);
        if stale && self.refresh_for_call(snapshot.version).await {
            let snapshot = self.snapshot();
            let decision = self.decide_own(&snapshot, ctx, sealed);
            return Ok((snapshot, decision));
        }
        Ok((snapshot, decision))
    }

    fn decide_own(
        &self,
        snapshot: &Snapshot,
        ctx: &CallContext,
        sealed: bool,
    ) -> Result<Grant, Refusal> {
        if !snapshot.is_own(&ctx.service.member()) {
            let detail =
                format!("{} is not hosted by installation {}", ctx.service.member(), snapshot.own);
            return Err(Refusal::new(RefusalReason::UnknownService, detail));
        }
        decide(snapshot, ctx, sealed, self.0.ctx.clock.now())
    }

    async fn answer_received(
        &self,
        snapshot: &Snapshot,
        leg: Leg,
        sealed: Option<String>,
        grant: Grant,
    ) -> Result<(WireResponse, Vec<u8>), WireError> {
        if snapshot.services.get(&leg.ctx.service).is_some_and(|service| service.is(TRANSLATE)) {
            return self.answer_translation(snapshot, leg).await;
        }
        let subject = match sealed {
            Some(sealed) => {
                self.open_sealed(snapshot, &leg.ctx, &sealed).map(Some).map_err(WireError::Refused)
            }
            None => self.subject_here(snapshot, &leg.ctx, &grant).await,
        };
        match subject {
            Ok(subject) => self.deliver_to_provider(snapshot, leg, grant, subject, subject).await,
            Err(WireError::Refused(refusal)) => self.refused(leg, None, refusal).await,
            Err(error) => Err(error),
        }
    }

    /// Translation for another installation never reaches the identity block as such: this
    /// exchange asks it and seals the answer.
    async fn answer_translation(
        &self,
        snapshot: &Snapshot,
        leg: Leg,
    ) -> Result<(WireResponse, Vec<u8>), WireError> {
        self.0.hops.request(self.hop(&leg, None, None, None)).await?;
        let response = match self.answer_seal(snapshot, &leg.ctx, &leg.body).await {
            Ok(response) => response,
            Err(WireError::Refused(refusal)) if refusal.reason == RefusalReason::SubjectUnknown => {
                http::Response::builder()
                    .status(http::StatusCode::NOT_FOUND)
                    .body(Bytes::new())
                    .map_err(|error| WireError::Internal(error.to_string()))?
            }
            Err(error) => return Err(error),
        };
        let text = answered(&leg, &response).text();
        self.log_answer(&leg, response.status().as_u16(), &text, None).await;
        Ok((response, text))
    }
}

fn check_version(headers: &HeaderMap) -> Result<(), WireError> {
    let found = text(headers, &remote::VERSION)?;
    let found: u16 = found.parse().map_err(|_| malformed(&remote::VERSION, "a number"))?;
    if (WIRE_VERSION_MIN..=WIRE_VERSION).contains(&found) {
        return Ok(());
    }
    Err(ContextError::Version { found }.into())
}

/// Takes a message apart.
fn read(headers: &HeaderMap, body: Bytes, begun: Timestamp) -> Result<Received, WireError> {
    let id = text(headers, &remote::MESSAGE)?
        .parse()
        .map_err(|_| malformed(&remote::MESSAGE, "an id"))?;
    let context = base64url::decode(text(headers, &remote::CONTEXT)?, "context")
        .map_err(|_| malformed(&remote::CONTEXT, "base64url of the context's JSON"))?;
    let mut ctx = CallContext::from_json(&context)?;
    ctx.client_sector = None;
    ctx.fields.clear();
    let parts = parts(headers)?;
    let sealed = match headers.contains_key(&remote::SUBJECT) {
        true => Some(text(headers, &remote::SUBJECT)?.to_owned()),
        false => None,
    };
    if sealed.is_some() && ctx.subject.is_some() {
        return Err(WireError::Malformed(
            "a subject is either in the context or sealed, not both".to_owned(),
        ));
    }
    let signature = text(headers, &remote::SIGNATURE)?.to_owned();
    let text = Sent {
        message: id,
        context: &context,
        sealed: sealed.as_deref(),
        parts: &parts,
        body: &body,
    }
    .text();
    let leg = Leg {
        id,
        direction: Direction::In,
        peer: None,
        ctx,
        parts,
        begun,
        digest: sha256(&text),
        signature: Some(signature.clone()),
        body,
    };
    Ok(Received { leg, sealed, text, signature })
}

/// The call's own method, path and headers.
fn parts(headers: &HeaderMap) -> Result<request::Parts, WireError> {
    let method = text(headers, &remote::METHOD)?
        .parse()
        .map_err(|_| malformed(&remote::METHOD, "an HTTP method"))?;
    let path = text(headers, &remote::PATH)?;
    let uri: Uri = path.parse().map_err(|_| malformed(&remote::PATH, "a path"))?;
    if !path.starts_with('/') || uri.authority().is_some() {
        return Err(malformed(&remote::PATH, "a path that begins with /"));
    }
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.method = method;
    parts.uri = uri;
    for name in &REQUEST_HEADERS {
        if let Some(value) = headers.get(remote::carried(name)) {
            parts.headers.insert(name.clone(), value.clone());
        }
    }
    Ok(parts)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, WireError> {
    let value = headers
        .get(name)
        .ok_or_else(|| WireError::Malformed(format!("the header {name} is missing")))?;
    value.to_str().map_err(|_| malformed(name, "visible ASCII"))
}

fn malformed(name: &HeaderName, expected: &str) -> WireError {
    WireError::Malformed(format!("the header {name} must be {expected}"))
}

fn not_authentic(why: &str) -> WireError {
    Refusal::new(RefusalReason::NotAuthentic, why).into()
}
