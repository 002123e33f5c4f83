//! What a payment service provider (bank, mobile-money operator) answers to the payments block, and
//! what it reports back. Codes are those of ISO 20022 (`ExternalPaymentTransactionStatus1Code`,
//! `ExternalStatusReason1Code`).

use std::sync::Arc;

use basis::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::wire::Wire;

/// Service code of a provider that takes credit transfers and answers for them.
pub const CREDIT_TRANSFERS: &str = "credit-transfers";

/// Service code of the payments block that takes providers' reports.
pub const RAIL_RESULTS: &str = "rail-results";

/// The most transfers in one message.
pub const TRANSFERS_MAX: usize = 500;

/// One payment into an account that the provider keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditTransfer {
    /// Made and stored by the sender before asking; the provider books an id once for ever.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Account or wallet number at the provider.
    pub account: String,
    /// How much.
    #[schema(value_type = Object)]
    pub amount: Money,
    /// Printed on the payee's statement, 1 to 140 characters. No personal data.
    pub reference: String,
}

/// Transfers that travel together. There is no all-or-nothing: each has its own answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditTransfersIn {
    /// 1 to [`TRANSFERS_MAX`].
    pub transfers: Vec<CreditTransfer>,
}

/// What the provider says of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum RailStatus {
    /// Accepted and not booked yet; a report follows, and the status can be asked.
    #[serde(rename = "ACCP")]
    Accepted,
    /// Booked on the payee's account.
    #[serde(rename = "ACSC")]
    Booked,
    /// Refused for good; nothing was booked.
    #[serde(rename = "RJCT")]
    Rejected,
}

/// What became of one transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RailResult {
    /// The sender's id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Where it stands.
    pub status: RailStatus,
    /// Why it was rejected: `AC01` no such account, `AC04` closed account, `AG01` forbidden ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was booked.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<Timestamp>,
}

/// Results in the order of the transfers asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RailResults {
    /// One for each transfer.
    pub results: Vec<RailResult>,
}

/// Query of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// Lines after this position only; 0 for all.
    #[serde(default)]
    pub after: i64,
    /// How many, 1 to 1,000; 1,000 if absent.
    #[serde(default)]
    pub limit: Option<u16>,
}

/// One booking of a transfer that the asking member sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementLine {
    /// Grows by one with each booking of this provider.
    pub position: i64,
    /// The sender's id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// How much.
    #[schema(value_type = Object)]
    pub amount: Money,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub booked_at: Timestamp,
}

/// Bookings, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The lines.
    pub lines: Vec<StatementLine>,
    /// True if more follow after the last.
    pub more: bool,
}

/// Asks a payment service provider.
#[derive(Clone)]
pub struct RailClient {
    wire: Arc<dyn Wire>,
}

impl RailClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /`: hands transfers over. Sent again, each id is answered as it stands now and nothing
    /// is booked twice.
    ///
    /// # Errors
    /// Without an answer it is not known what was booked: ask with [`RailClient::status`], or send
    /// the same again.
    pub async fn send(
        &self,
        ctx: CallContext,
        ask: &CreditTransfersIn,
    ) -> Result<RailResults, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `GET /{id}`: what became of a transfer. 404 if it never arrived.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn status(&self, ctx: CallContext, id: Id) -> Result<RailResult, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get(&format!("/{id}"))?).await
    }

    /// `GET /statement`: what the provider has booked for the asking member.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn statement(
        &self,
        ctx: CallContext,
        query: StatementQuery,
    ) -> Result<Statement, CallError> {
        let pairs = [
            ("after", Some(query.after.to_string())),
            ("limit", query.limit.map(|limit| limit.to_string())),
        ];
        let request = call::get(&call::with_query("/statement", &pairs))?;
        call::send(self.wire.as_ref(), ctx, request).await
    }

    /// `POST /` of [`RAIL_RESULTS`]: a provider reports. It may come twice or late.
    ///
    /// # Errors
    /// [`CallError`]: report again later.
    pub async fn report(&self, ctx: CallContext, results: &RailResults) -> Result<(), CallError> {
        call::send_empty(self.wire.as_ref(), ctx, call::post("/", results, None)?).await
    }
}
