//! Paying many: the beneficiary mapper and bulk batches of the payments block.
//!
//! A programme registers each beneficiary once, about the person, under a **payee token** that it
//! draws at random; its batches then carry tokens and amounts only. The block keeps no token, just a
//! keyed digest. GovStack Payments 2.0, sections 5.3.4, 6.1 and 6.3.

use std::sync::Arc;

use basis::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::ids::MemberId;
use crate::wire::Wire;

/// Service code of the beneficiary mapper.
pub const BENEFICIARIES: &str = "beneficiaries";

/// Service code of bulk batches.
pub const BATCHES: &str = "batches";

/// The most instructions in one part.
pub const PART_LINES_MAX: usize = 5_000;

/// Where the subject of the call wants to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeneficiaryIn {
    /// Drawn at random by the programme; it means this person to this caller only.
    #[schema(value_type = String, format = "uuid")]
    pub token: Id,
    /// The payment service provider.
    #[schema(value_type = String, example = "TB/COM/LAKEBANK")]
    pub provider: MemberId,
    /// Account or wallet number there.
    pub account: String,
}

/// Opens a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchIn {
    /// Made and stored by the caller before asking; the same id again opens nothing.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The caller's programme account that is debited.
    pub debit: String,
    /// What people call it, e.g. `Child benefit, March 2026`. No personal data.
    pub title: String,
    /// How many instructions will come.
    pub count: i64,
    /// What they add up to.
    #[schema(value_type = Object)]
    pub total: Money,
}

/// One line of a part: newline-delimited JSON, one object a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Instruction {
    /// Made and stored by the caller; the transfer's id in the ledger and at the provider.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Whom to pay.
    #[schema(value_type = String, format = "uuid")]
    pub payee: Id,
    /// How much, in minor units of the batch's currency.
    pub minor: i64,
    /// Printed on the payee's statement, 1 to 140 characters. No personal data.
    pub reference: String,
}

/// A line that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusedLine {
    /// Its number in the part, from 1.
    pub line: u32,
    /// The field to correct.
    pub field: String,
    /// What is wrong, with the remedy.
    pub reason: String,
}

/// What became of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartOut {
    /// Lines taken; those sent before with the same content count.
    pub accepted: u32,
    /// Lines refused, at most the first 100.
    pub refused: Vec<RefusedLine>,
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BatchStatus {
    /// Takes parts.
    Open,
    /// Complete; waits for the second pair of eyes.
    Closed,
    /// Approved; money moves.
    Approved,
    /// Every instruction has come to its end.
    Done,
    /// Given up before approval; no money moved.
    Cancelled,
}

/// How many instructions stand where, and how much money that is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Not posted yet.
    pub waiting: i64,
    /// Posted in the ledger, and not answered by the provider yet.
    pub sent: i64,
    /// Booked on the payee's account.
    pub paid: i64,
    /// Refused by the provider or the ledger; the money is back.
    pub failed: i64,
    /// What was paid, in minor units.
    pub paid_minor: i64,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchOut {
    /// The caller's id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// What people call it.
    pub title: String,
    /// Where it stands.
    pub status: BatchStatus,
    /// Instructions announced.
    pub count: i64,
    /// Instructions taken so far.
    pub taken: i64,
    /// Announced sum.
    #[schema(value_type = Object)]
    pub total: Money,
    /// Where the instructions stand.
    pub tally: Tally,
    /// The officer who closed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    /// The officer who approved it: never the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// When it was approved.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<Timestamp>,
}

/// An instruction that did not come through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FailedInstruction {
    /// The instruction.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// How much, in minor units.
    pub minor: i64,
    /// The provider's or the ledger's reason, e.g. `AC04`.
    pub reason: String,
}

/// Asks the payments block about beneficiaries and batches.
#[derive(Clone)]
pub struct BatchesClient {
    wire: Arc<dyn Wire>,
}

impl BatchesClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /` of [`BENEFICIARIES`]: where the subject of `ctx` is paid. Said again, the last word counts.
    ///
    /// # Errors
    /// 409 if the token means somebody else; 422 naming the field.
    pub async fn register(&self, ctx: CallContext, ask: &BeneficiaryIn) -> Result<(), CallError> {
        call::send_empty(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `POST /` of [`BATCHES`]: opens a batch.
    ///
    /// # Errors
    /// 409 if the id is used for another batch; 422 naming the field.
    pub async fn open(&self, ctx: CallContext, ask: &BatchIn) -> Result<BatchOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `POST /{id}/parts`: adds instructions. Sent again, they are taken once.
    ///
    /// # Errors
    /// 409 once the batch is closed.
    pub async fn add(
        &self,
        ctx: CallContext,
        id: Id,
        lines: &[Instruction],
    ) -> Result<PartOut, CallError> {
        let request = call::post_lines(&format!("/{id}/parts"), lines)?;
        call::send(self.wire.as_ref(), ctx, request).await
    }

    /// `POST /{id}/close` by the officer of `ctx`: nothing more comes.
    ///
    /// # Errors
    /// 409 if count or sum are not what was announced.
    pub async fn close(&self, ctx: CallContext, id: Id) -> Result<BatchOut, CallError> {
        self.act(ctx, id, "close").await
    }

    /// `POST /{id}/approve` by the officer of `ctx`, who must not be the one who closed it.
    ///
    /// # Errors
    /// 403 `four-eyes`; 409 if it is not closed.
    pub async fn approve(&self, ctx: CallContext, id: Id) -> Result<BatchOut, CallError> {
        self.act(ctx, id, "approve").await
    }

    /// `POST /{id}/resend` by the officer of `ctx`: tries the failed instructions again.
    ///
    /// # Errors
    /// 409 if it was not approved.
    pub async fn resend(&self, ctx: CallContext, id: Id) -> Result<BatchOut, CallError> {
        self.act(ctx, id, "resend").await
    }

    /// `GET /{id}`.
    ///
    /// # Errors
    /// 404.
    pub async fn show(&self, ctx: CallContext, id: Id) -> Result<BatchOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get(&format!("/{id}"))?).await
    }

    /// `GET /{id}/failed`: at most 1,000.
    ///
    /// # Errors
    /// 404.
    pub async fn failed(
        &self,
        ctx: CallContext,
        id: Id,
    ) -> Result<Vec<FailedInstruction>, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get(&format!("/{id}/failed"))?).await
    }

    async fn act(&self, ctx: CallContext, id: Id, what: &str) -> Result<BatchOut, CallError> {
        let request = call::post(&format!("/{id}/{what}"), &serde_json::json!({}), None)?;
        call::send(self.wire.as_ref(), ctx, request).await
    }
}
