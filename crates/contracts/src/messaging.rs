//! What the messaging block answers: a message to a person, in their language, by the channels
//! asked for, and the person's own inbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use basis::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::ids::SubsystemId;
use crate::wire::Wire;

/// Service code of sending.
pub const MESSAGES: &str = "messages";

/// Service code of a resident's inbox.
pub const MY_MESSAGES: &str = "my-messages";

/// Service code of an SMS gateway.
pub const SMS: &str = "sms";

/// Service code of the messaging block that takes delivery receipts of an SMS gateway.
pub const SMS_RECEIPTS: &str = "sms-receipts";

/// A message to the subject of the call. It always lies in their inbox; channels come on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageIn {
    /// Made and stored by the sender before asking; the same id again sends nothing.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Name of a template of the country pack, e.g. `benefit-approved`.
    pub template: String,
    /// Language tag the person chose, e.g. `sw`; the country's first where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the template's places are filled with.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Mobile number in E.164 form, if an SMS is to be sent. Kept sealed, and only until it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<String>,
    /// E-mail address, if an e-mail is to be sent. Kept sealed, and only until it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Where a message stands on one channel (GovStack bb-messaging 5.1.24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryStatus {
    /// Waits to be sent, or to be tried again.
    Queued,
    /// Handed to the gateway.
    Sent,
    /// The gateway says it arrived.
    Delivered,
    /// Given up after a day.
    Failed,
}

/// One channel of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// `inbox`, `sms` or `email`.
    pub channel: String,
    /// Where it stands.
    pub status: DeliveryStatus,
}

/// What became of a message, without a word of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageOut {
    /// The sender's id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Each channel.
    pub deliveries: Vec<Delivery>,
}

/// A message in a person's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxMessage {
    /// Its id in the inbox.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The information system that sent it.
    #[schema(value_type = String, example = "TB/GOV/MSP/benefits")]
    pub from: SubsystemId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The line that lists show.
    pub title: String,
    /// The text; paragraphs are parted by an empty line.
    pub text: String,
    /// Language tag of the text.
    pub language: String,
    /// True once the person has opened it.
    pub read: bool,
}

/// A person's inbox, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    /// The messages, at most 100.
    pub messages: Vec<InboxMessage>,
    /// How many are unread.
    pub unread: i64,
}

/// One SMS for a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsIn {
    /// Made and stored by the sender before asking; the gateway sends an id once.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Mobile number in E.164 form.
    pub to: String,
    /// The text, at most 480 characters.
    pub text: String,
}

/// A gateway's word on one SMS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsReceipt {
    /// The sender's id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// `sent`, `delivered` or `failed`.
    pub status: DeliveryStatus,
}

/// Asks the messaging block, or (for [`SMS`]) a gateway.
#[derive(Clone)]
pub struct MessagingClient {
    wire: Arc<dyn Wire>,
}

impl MessagingClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `POST /` of [`MESSAGES`]: sends to the subject of `ctx`.
    ///
    /// # Errors
    /// [`CallError`]: send the same again later.
    pub async fn send(&self, ctx: CallContext, ask: &MessageIn) -> Result<MessageOut, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `GET /` of [`MY_MESSAGES`]: the inbox of the subject of `ctx`.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn inbox(&self, ctx: CallContext) -> Result<Inbox, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get("/")?).await
    }

    /// `POST /{id}/read` of [`MY_MESSAGES`]: the person opened it; answers the message.
    ///
    /// # Errors
    /// 404 if the inbox has no such message.
    pub async fn open(&self, ctx: CallContext, id: Id) -> Result<InboxMessage, CallError> {
        let request = call::post(&format!("/{id}/read"), &serde_json::json!({}), None)?;
        call::send(self.wire.as_ref(), ctx, request).await
    }

    /// `POST /` of [`SMS`]: hands an SMS to a gateway.
    ///
    /// # Errors
    /// [`CallError`]: send the same again later.
    pub async fn send_sms(&self, ctx: CallContext, ask: &SmsIn) -> Result<SmsReceipt, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }

    /// `POST /` of [`SMS_RECEIPTS`]: a gateway reports. It may come twice or late.
    ///
    /// # Errors
    /// [`CallError`]: report again later.
    pub async fn report_sms(&self, ctx: CallContext, ask: &SmsReceipt) -> Result<(), CallError> {
        call::send_empty(self.wire.as_ref(), ctx, call::post("/", ask, None)?).await
    }
}
