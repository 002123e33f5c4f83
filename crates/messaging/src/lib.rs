//! Messaging: messages to persons by template, in their language, by inbox, SMS and e-mail.
//!
//! A sender names a person, a template of the country pack and what its places are filled with. The
//! message always lies in the person's inbox; SMS and e-mail come on top and are tried for a day.
//!
//! # Invariants
//! - **Once.** The sender makes and keeps the id before it asks. Asked again, nothing is sent again and
//!   it is told how the message stands; with another content it is refused (409).
//! - **Sealed.** Title, text and addresses lie under the person's key; an address and what goes out to
//!   it are removed as soon as they are not needed. The sender's id lies as a keyed digest.
//! - **Said once.** Receipts may come twice, late and in any order: what was delivered stays delivered.
//! - Templates are checked when the installation starts: a place that nobody fills and a language that
//!   is missing stop it.
//!
//! An e-mail may go out twice when the process dies between the server's word and ours; it carries the
//! same `Message-ID`. A gateway of SMS knows our id and sends once.
//!
//! GovStack: the delivery statuses follow the Messaging building block (bb-messaging, 5.1.24); its own
//! paths are not served.
#![warn(missing_docs)]

mod error;
mod events;
mod http;
mod mail;
mod model;
mod service;
mod store;

pub use error::Error;
pub use mail::{Mail, MailError};
pub use model::templates::{TemplateError, Templates};
pub use service::SmsRoute;

use contracts::messaging::{MESSAGES, MY_MESSAGES, SMS_RECEIPTS};
use contracts::{SubsystemId, Wire};
use kernel::block::{Block, Ctx, Job, Migration, Retention, RetentionClass, ServiceOffer};
use std::sync::Arc;

/// Name of the block: crate, database, metrics label.
pub const NAME: &str = "messaging";

/// The block's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_messaging", sql: include_str!("../migrations/0001_messaging.sql") }];

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To the SMS gateway.
    pub wire: Arc<dyn Wire>,
    /// The subsystem that the block is.
    pub subsystem: SubsystemId,
    /// The country's templates.
    pub templates: Templates,
    /// Who sends SMS; without it they fail as not configured.
    pub sms: Option<SmsRoute>,
    /// Who sends e-mail; without it they fail as not configured.
    pub mail: Option<Mail>,
}

/// The block, ready to be mounted.
#[must_use]
pub fn block(ctx: &Ctx, deps: Deps) -> Block {
    let messaging = service::Messaging::new(ctx, deps);
    let deliverer = messaging.clone();
    Block {
        migrations: MIGRATIONS,
        api: http::api(messaging),
        jobs: vec![Job::new("deliver", 1, move |_| {
            let deliverer = deliverer.clone();
            async move { deliverer.deliver_due().await.map(drop).map_err(Into::into) }
        })],
        audit_events: events::AUDIT_EVENTS,
        retention: &[
            Retention { record: "message", class: RetentionClass::Case },
            Retention { record: "delivery", class: RetentionClass::Log },
        ],
        services: vec![
            ServiceOffer { code: MESSAGES, prefix: http::EXCHANGE_MESSAGES },
            ServiceOffer { code: MY_MESSAGES, prefix: http::EXCHANGE_MY_MESSAGES },
            ServiceOffer { code: SMS_RECEIPTS, prefix: http::EXCHANGE_SMS_RECEIPTS },
        ],
        ..Block::new(NAME, "Messaging")
    }
}
