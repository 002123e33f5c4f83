//! What registers know, asked through the exchange: under a law, or by the applicant's consent.

use super::Registration;
use crate::error::Error;
use crate::model::content::{Content, Reading};
use crate::model::package::{Package, Read};
use basis::Id;
use contracts::call::{self, CallError};
use contracts::{CallContext, LegalBasis, Pseudonym, RefusalReason, ServiceId};
use serde_json::Value;
use std::collections::BTreeMap;

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
