//! The one path every call takes: decide, translate, ask for case and consent, log, then deliver, in this
//! installation or to another one. Read from [`Exchange::carry`] downwards.

use std::time::Duration;

use basis::{Id, Timestamp};
use bytes::Bytes;
use contracts::consent::{VERIFY, VerifyIn};
use contracts::context::ContextError;
use contracts::identity::TRANSLATE;
use contracts::{
    CallContext, Pseudonym, Refusal, RefusalReason, WIRE_VERSION, Wire, WireError, WireRequest,
    WireResponse, call,
};
use futures_util::future::BoxFuture;
use http::request;

use crate::directory::may_be_stale;
use crate::exchange::Exchange;
use crate::hops::{Direction, Hop, HopAnswer};
use crate::message::{Answered, Digest, REQUEST_HEADERS, Sent, sha256, travelling};
use crate::model::Snapshot;
use crate::policy::{Grant, decide, officer_may_call};

/// Purpose of the exchange's own question to the consent block.
const CONSENT_PURPOSE: &str = "consent-verification";

/// A call as one end of the exchange handles it.
pub(crate) struct Leg {
    /// Id of the message.
    pub(crate) id: Id,
    /// This end.
    pub(crate) direction: Direction,
    /// The other installation.
    pub(crate) peer: Option<String>,
    /// As sent; the subject is as known where the call came from.
    pub(crate) ctx: CallContext,
    /// Method, path and the headers that travel.
    pub(crate) parts: request::Parts,
    /// Body.
    pub(crate) body: Bytes,
    /// When it came here.
    pub(crate) begun: Timestamp,
    /// Digest of the request's signed text.
    pub(crate) digest: Digest,
    /// The sender's signature, on arrival.
    pub(crate) signature: Option<String>,
}

impl Wire for Exchange {
    fn call(
        &self,
        ctx: CallContext,
        req: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>> {
        Box::pin(self.carry(ctx, req))
    }
}

impl Exchange {
    /// Carries a call of a subsystem hosted here to wherever its provider is.
    pub(crate) async fn carry(
        &self,
        mut ctx: CallContext,
        req: WireRequest,
    ) -> Result<WireResponse, WireError> {
        // What only the exchange may say is wiped, whoever wrote it.
        ctx.wire_version = WIRE_VERSION;
        ctx.client_sector = None;
        ctx.fields.clear();
        ctx.check().map_err(|error: ContextError| WireError::Malformed(error.to_string()))?;
        self.check_size(req.body().len())?;
        let leg = self.leg(ctx, req);
        let (snapshot, decision) = self.decide_here(&leg.ctx).await;
        let grant = match decision {
            Ok(grant) => grant,
            Err(refusal) => return self.refused(leg, None, refusal).await,
        };
        if snapshot.is_own(&leg.ctx.service.member()) {
            return self.deliver_local(&snapshot, leg, grant).await;
        }
        self.deliver_remote(&snapshot, leg, grant).await
    }

    /// Delivers a call whose caller and provider are both here.
    async fn deliver_local(
        &self,
        snapshot: &Snapshot,
        leg: Leg,
        grant: Grant,
    ) -> Result<WireResponse, WireError> {
        let seen_as = leg.ctx.subject;
        let subject = match self.subject_here(snapshot, &leg.ctx, &grant).await {
            Ok(subject) => subject,
            Err(WireError::Refused(refusal)) => return self.refused(leg, seen_as, refusal).await,
            Err(error) => return Err(error),
        };
        self.deliver_to_provider(snapshot, leg, grant, subject, seen_as)
            .await
            .map(|(response, _)| response)
    }

    /// The last steps before a provider in this installation, the same for calls from here and
    /// from elsewhere. `subject` is in the provider's sector, `logged` is what the hop log
    /// digests. Answers with the digest of the answer's signed text.
    pub(crate) async fn deliver_to_provider(
        &self,
        snapshot: &Snapshot,
        leg: Leg,
        mut grant: Grant,
        subject: Option<Pseudonym>,
        logged: Option<Pseudonym>,
    ) -> Result<(WireResponse, Vec<u8>), WireError> {
        let mut ctx = leg.ctx.clone();
        ctx.subject = subject;
        ctx.client_sector = Some(grant.client_sector.clone());
        let checked = match self.check_case(snapshot, &ctx, &grant).await {
            Ok(()) => self.check_consent(snapshot, &ctx, &mut grant).await,
            refused => refused,
        };
        if let Err(refusal) = checked {
            let reason = refusal.reason;
            let refused = self.refused(leg, logged, refusal).await;
            self.tell_attempt(snapshot, ctx, reason).await;
            return refused;
        }
        ctx.agreement = grant.agreement;
        ctx.fields.clone_from(&grant.fields);
        self.0.hops.request(self.hop(&leg, logged, grant.agreement, None)).await?;
        let (this, seconds) = (self.clone(), self.0.config.timeout_seconds);
        let service = ctx.service.clone();
        // From here on the call runs to its end and is logged, whether or not the caller waits.
        let work = tokio::spawn(async move {
            let request = http::Request::from_parts(leg.parts.clone(), leg.body.clone());
            let answer =
                this.0.local.dispatch(ctx, request, this.0.config.body_limit_bytes).await?;
            let text = answered(&leg, &answer).text();
            this.log_answer(&leg, answer.status().as_u16(), &text, None).await;
            Ok((answer, text))
        });
        match tokio::time::timeout(Duration::from_secs(seconds), work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(WireError::Internal(format!("the handler of {service} panicked"))),
            Err(_) => Err(WireError::Timeout { service, seconds }),
        }
    }

    /// Asks the consent block if the call rests on consent. On every call, never from memory: a
    /// withdrawal works at once.
    async fn check_consent(
        &self,
        snapshot: &Snapshot,
        ctx: &CallContext,
        grant: &mut Grant,
    ) -> Result<(), Refusal> {
        let Some(agreement) = grant.consent else { return Ok(()) };
        let unverified = |why: String| Refusal::new(RefusalReason::ConsentUnverified, why);
        let Some(verify) = snapshot.service_of_kind(VERIFY) else {
            return Err(unverified(format!("no service in the directory has the kind `{VERIFY}`")));
        };
        let ask = VerifyIn {
            agreement,
            service: ctx.service.clone(),
            client: ctx.client.clone(),
            purpose: ctx.purpose.clone(),
        };
        let provider = ctx.service.subsystem();
        let question = self.follow_up(ctx, provider, verify.entry.id.clone(), CONSENT_PURPOSE);
        let request = call::post("/", &ask, None).map_err(|error| unverified(error.to_string()))?;
        let response = Box::pin(self.carry(question, request))
            .await
            .map_err(|error| unverified(error.to_string()))?;
        if !response.status().is_success() {
            return Err(unverified(call::error_of(&response).to_string()));
        }
        let out: contracts::consent::VerifyOut = serde_json::from_slice(response.body())
            .map_err(|_| unverified("its answer is not readable".to_owned()))?;
        if !out.given {
            let why = out.reason.map_or("not-asked", |reason| reason.as_str());
            let detail = format!(
                "data agreement {agreement}: {why}; the person gives consent on the portal"
            );
            return Err(Refusal::new(RefusalReason::ConsentMissing, detail));
        }
        grant.fields = narrowed(&grant.fields, out.fields);
        Ok(())
    }

    /// The decision about a call of a subsystem that must be hosted here. Made again with a fresh
    /// directory if the refusal might be out of date.
    async fn decide_here(
        &self,
        ctx: &CallContext,
    ) -> (std::sync::Arc<Snapshot>, Result<Grant, Refusal>) {
        let snapshot = self.snapshot();
        let decision = self.decide_with(&snapshot, ctx);
        let stale = matches!(&decision, Err(refusal) if may_be_stale(refusal));
        if !stale
            || snapshot.is_own(&ctx.service.member())
            || !self.refresh_for_call(snapshot.version).await
        {
            return (snapshot, decision);
        }
        let snapshot = self.snapshot();
        let decision = self.decide_with(&snapshot, ctx);
        (snapshot, decision)
    }

    fn decide_with(&self, snapshot: &Snapshot, ctx: &CallContext) -> Result<Grant, Refusal> {
        if !snapshot.is_own(&ctx.client.member()) {
            let detail =
                format!("{} is not hosted by installation {}", ctx.client.member(), snapshot.own);
            return Err(Refusal::new(RefusalReason::UnknownClient, detail));
        }
        let translation =
            snapshot.services.get(&ctx.service).is_some_and(|service| service.is(TRANSLATE));
        if translation && snapshot.is_own(&ctx.service.member()) {
            let detail =
                "pseudonyms are translated by the exchange on the way, never for a caller to see";
            return Err(Refusal::new(RefusalReason::NoAccessRight, detail));
        }
        officer_may_call(snapshot, ctx)?;
        decide(snapshot, ctx, false, self.0.ctx.clock.now())
    }

    /// Logs a refusal, durably, and answers with it.
    pub(crate) async fn refused<T>(
        &self,
        leg: Leg,
        subject: Option<Pseudonym>,
        refusal: Refusal,
    ) -> Result<T, WireError> {
        let logged = subject.or(leg.ctx.subject);
        tracing::info!(
            client = %leg.ctx.client, service = %leg.ctx.service, reason = refusal.reason.slug(), "Refused a call"
        );
        self.0.hops.request(self.hop(&leg, logged, None, Some(refusal.reason))).await?;
        Err(refusal.into())
    }

    fn leg(&self, ctx: CallContext, req: WireRequest) -> Leg {
        let (mut parts, body) = req.into_parts();
        parts.headers = travelling(&parts.headers, &REQUEST_HEADERS);
        let id = self.mint();
        let context = ctx.to_json();
        let digest = sha256(
            &Sent { message: id, context: &context, sealed: None, parts: &parts, body: &body }
                .text(),
        );
        Leg {
            id,
            direction: Direction::Local,
            peer: None,
            ctx,
            parts,
            body,
            begun: self.0.ctx.clock.now(),
            digest,
            signature: None,
        }
    }

    pub(crate) fn hop(
        &self,
        leg: &Leg,
        subject: Option<Pseudonym>,
        agreement: Option<Id>,
        refusal: Option<RefusalReason>,
    ) -> Hop {
        let hops = &self.0.hops;
        Hop {
            id: leg.id,
            direction: leg.direction,
            recorded: self.0.ctx.clock.now(),
            peer: leg.peer.clone(),
            represented: leg.ctx.represented.as_deref().map(|party| hops.digest_of_party(party)),
            subject: subject.map(|subject| hops.digest_of(subject)),
            ctx: leg.ctx.clone(),
            method: leg.parts.method.as_str().to_owned(),
            agreement,
            digest: leg.digest,
            signature: leg.signature.clone(),
            refusal,
        }
    }

    pub(crate) async fn log_answer(
        &self,
        leg: &Leg,
        status: u16,
        text: &[u8],
        signature: Option<String>,
    ) {
        let recorded = self.0.ctx.clock.now();
        let (service, micros) = (leg.ctx.service.as_ref(), recorded.micros() - leg.begun.micros());
        let flows = self.0.hops.flows();
        flows.answered(recorded, leg.direction, service, i64::from(status), micros);
        let answer = HopAnswer {
            hop: leg.id,
            direction: leg.direction,
            recorded,
            status,
            digest: sha256(text),
            signature,
        };
        self.0.hops.answer(answer).await;
    }

    pub(crate) fn check_size(&self, bytes: usize) -> Result<(), WireError> {
        let limit_bytes = self.0.config.body_limit_bytes;
        if bytes > limit_bytes {
            return Err(WireError::TooLarge { limit_bytes });
        }
        Ok(())
    }
}

/// The answer as its signature covers it.
pub(crate) fn answered<'a>(leg: &'a Leg, answer: &'a WireResponse) -> Answered<'a> {
    Answered {
        message: leg.id,
        request: &leg.digest,
        status: answer.status(),
        headers: answer.headers(),
        body: answer.body(),
    }
}

/// The fields both the exchange agreement and the person's consent allow. An empty list means
/// "all" on either side, so the intersection of two lists that share nothing must not be empty.
fn narrowed(agreed: &[String], consented: Vec<String>) -> Vec<String> {
    if agreed.is_empty() || consented.is_empty() {
        return if agreed.is_empty() { consented } else { agreed.to_vec() };
    }
    let both: Vec<String> = consented.into_iter().filter(|field| agreed.contains(field)).collect();
    if both.is_empty() { vec![NO_FIELD.to_owned()] } else { both }
}

/// A name no field has, for "none".
const NO_FIELD: &str = "-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_narrows_the_agreement_and_never_widens_it() {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(narrowed(&list("name born"), list("born address")), list("born"));
        assert_eq!(narrowed(&[], list("born")), list("born"));
        assert_eq!(narrowed(&list("name"), Vec::new()), list("name"));
        assert_eq!(
            narrowed(&list("name"), list("address")),
            list(NO_FIELD),
            "empty would mean all"
        );
        assert!(narrowed(&[], Vec::new()).is_empty());
    }
}
