//! Officers' cases: where an agreement demands one, whoever keeps the cases is asked on every call, at
//! the provider's end. And what becomes of an attempt that is refused there: the block that keeps the
//! data is told, so that the person sees it.

use std::sync::Arc;

use contracts::cases::{CaseIn, CaseOut, CasesClient, KIND};
use contracts::reads::attempt::Attempt;
use contracts::{CallContext, Refusal, RefusalReason};

use crate::exchange::Exchange;
use crate::model::Snapshot;
use crate::policy::Grant;

/// Purpose of the exchange's own question to whoever keeps the cases.
const CASE_PURPOSE: &str = "case-verification";

impl Exchange {
    /// Asks whether the officer's case stands, if the agreement demands one. On every call, never from
    /// memory: a case that is closed, or given to somebody else, opens nothing any more.
    pub(crate) async fn check_case(
        &self,
        snapshot: &Snapshot,
        ctx: &CallContext,
        grant: &Grant,
    ) -> Result<(), Refusal> {
        let (Some(service), Some(officer)) = (&grant.case, &ctx.officer) else { return Ok(()) };
        let refuse = |why: String| Err(Refusal::new(RefusalReason::CaseNotStanding, why));
        let Some(case) = ctx.case.clone() else {
            return refuse("name the case you work on, in the header Msingi-Case".to_owned());
        };
        if !snapshot.services.get(service).is_some_and(|service| service.is(KIND)) {
            return refuse(format!(
                "{service} is not in the directory as a service of kind `{KIND}`"
            ));
        }
        let provider = ctx.service.subsystem();
        let question = self.follow_up(ctx, provider, service.clone(), CASE_PURPOSE);
        let ask = CaseIn { case, officer: officer.clone() };
        match CasesClient::new(Arc::new(self.clone())).verify(question, &ask).await {
            Ok(CaseOut { stands: true }) => Ok(()),
            Ok(CaseOut { stands: false }) => refuse(format!(
                "{} has no open case of this number about this person that this officer works on",
                service.member()
            )),
            Err(error) => {
                refuse(format!("{} was asked and gave no word: {error}", service.member()))
            }
        }
    }

    /// Tells the block that keeps the data of a refused call about a known person. The hop log has it
    /// already; what fails here is a line in the person's read log, not the refusal.
    pub(crate) async fn tell_attempt(
        &self,
        snapshot: &Snapshot,
        ctx: CallContext,
        reason: RefusalReason,
    ) {
        if ctx.subject.is_none() {
            return;
        }
        let service = ctx.service.clone();
        let Some(log) = snapshot.read_log_of(&service.subsystem()).cloned() else { return };
        let this = self.clone();
        // Told even if whoever was refused does not wait for the answer.
        let telling = tokio::spawn(async move {
            let limit_bytes = this.0.config.body_limit_bytes;
            let attempt = Attempt { context: ctx, reason };
            this.0.local.tell_attempt(&log, attempt, limit_bytes).await
        });
        let failed = match telling.await {
            Ok(Ok(status)) if status.is_success() => return,
            Ok(Ok(status)) => format!("it answered {status}"),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "its handler panicked".to_owned(),
        };
        tracing::error!(%service, reason = reason.slug(), failed, "A refused attempt is not in the person's read log");
    }
}
