//! What registers know, asked through the exchange: under a law, or by the applicant's consent.

use super::Registration;
use crate::error::Error;
use crate::model::content::{Content, Reading};
use crate::model::package::{Package, Read};
use basis::Id;
use contracts::call::{self, CallError};
use contracts::consent::{VERIFY, VerifyIn};
use contracts::{CallContext, LegalBasis, Pseudonym, RefusalReason, ServiceId};
use serde_json::Value;
use std::collections::BTreeMap;

/// Purpose of the question whether a person consents.
const CONSENT_PURPOSE: &str = "consent-verification";

/// What was learnt, by read.
pub(super) type Learnt = BTreeMap<String, Reading>;

impl Registration {
    /// Asks every register that has not answered yet. A register that cannot be reached stops nobody
    /// from going on: it is asked again at the next look.
    pub(super) async fn ask_registers(
        &self,
        package: &Package,
        content: &Content,
        subject: Pseudonym,
        agreements: &BTreeMap<String, Id>,
        correlation: Id,
    ) -> Result<Learnt, Error> {
        let mut learnt = Learnt::new();
        for read in content.unread(package) {
            let Some(basis) = self.basis(read, agreements) else { continue };
            let ctx = self.reading_context(read, basis, correlation).about(subject);
            if !self.is_covered(package, &ctx).await {
                continue;
            }
            if let Some(reading) = self.ask(read, ctx).await? {
                learnt.insert(read.code.clone(), reading);
            }
        }
        Ok(learnt)
    }

    /// The basis of a read; none where its consent has no data agreement yet.
    fn basis(&self, read: &Read, agreements: &BTreeMap<String, Id>) -> Option<LegalBasis> {
        match &read.law {
            Some(law) => Some(LegalBasis::law(law)),
            None => agreements.get(&read.code).copied().map(LegalBasis::consent),
        }
    }

    /// Whether a call that rests on consent would pass. Asked first, because a read that is refused
    /// stands in the person's read log, as if somebody had tried to get at their data.
    async fn is_covered(&self, package: &Package, read: &CallContext) -> bool {
        let LegalBasis::Consent { agreement } = read.basis else { return true };
        let verify = self.service_of(&self.deps.consent, VERIFY);
        let mut ctx = self.call(verify, CONSENT_PURPOSE, &package.law);
        ctx.subject = read.subject;
        ctx.correlation = read.correlation;
        let ask = VerifyIn {
            agreement,
            service: read.service.clone(),
            client: read.client.clone(),
            purpose: read.purpose.clone(),
        };
        match self.consents.verify(ctx, &ask).await {
            Ok(answer) => answer.given,
            Err(error) => {
                tracing::warn!(%error, "The consent block did not answer");
                false
            }
        }
    }

    fn reading_context(&self, read: &Read, basis: LegalBasis, correlation: Id) -> CallContext {
        let service: ServiceId = format!("{}/{}", self.deps.subsystem.instance(), read.service)
            .parse()
            .expect("a checked package names services");
        let client = self.deps.subsystem.clone();
        CallContext::new(client, service, &read.purpose, basis, correlation, self.ctx.clock.now())
    }

    /// One answer; none where it must be asked again.
    async fn ask(&self, read: &Read, ctx: CallContext) -> Result<Option<Reading>, Error> {
        let answer: Result<Value, CallError> =
            call::send(self.deps.wire.as_ref(), ctx, call::get(&read.path)?).await;
        let at = self.ctx.clock.now();
        match answer {
            Ok(answer) => Ok(Some(Reading { at, facts: facts(read, &answer) })),
            Err(error) if error.is_not_found() => Ok(Some(Reading { at, facts: BTreeMap::new() })),
            Err(error) => {
                let waits = error.refusal() == Some(RefusalReason::ConsentMissing);
                if !waits {
                    tracing::warn!(read = read.code, %error, "A register did not answer");
                }
                Ok(None)
            }
        }
    }
}

/// The facts that the package maps, as text. What is absent, or no plain value, is left out.
fn facts(read: &Read, answer: &Value) -> BTreeMap<String, String> {
    let fact = |(name, pointer): (&String, &String)| {
        let text = match answer.pointer(pointer)? {
            Value::String(text) if !text.is_empty() => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        Some((name.clone(), text))
    };
    read.map.iter().filter_map(fact).collect()
}
