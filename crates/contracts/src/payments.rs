//! What the payments block answers: money moves as one double-entry transfer, once.

use std::sync::Arc;

use basis::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::wire::Wire;

/// Service code of transfers.
pub const TRANSFERS: &str = "transfers";

/// Who is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Payee {
    /// The person the call is about, into their own account.
    Subject,
    /// An account by its number.
    Account {
        /// The account number.
        account: String,
    },
}

/// Asks for one transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferIn {
    /// Made and stored by the caller before asking; the same id again answers as the first time.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The account debited; the caller must be entitled to it.
    pub debit: String,
    /// Who is credited.
    pub credit: Payee,
    /// How much.
    #[schema(value_type = Object, example = json!({"amount": "12.50", "currency": "KES"}))]
    pub amount: Money,
    /// Reference for statements, e.g. a case number. No personal data.
    pub reference: String,
}

/// What became of a transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOut {
    /// The caller's id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// True if money moved.
    pub posted: bool,
    /// Why not, as a slug, e.g. `insufficient-funds`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was posted.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_at: Option<Timestamp>,
}

/// Asks the payments block.
#[derive(Clone)]
pub struct PaymentsClient {
    wire: Arc<dyn Wire>,
}

impl PaymentsClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /`: moves money once. The transfer id is also the idempotency key.
    pub async fn transfer(
        &self,
        ctx: CallContext,
        ask: &TransferIn,
    ) -> Result<TransferOut, CallError> {
        let key = ask.id.to_string();
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, Some(&key))?).await
    }

    /// `GET /{id}`: what became of a transfer. 404 if it never arrived.
    pub async fn get(&self, ctx: CallContext, id: Id) -> Result<TransferOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get(&format!("/{id}"))?).await
    }
}
