//! The enrolment desk: authenticators for persons who came in person.

use super::Identity;
use crate::error::Error;
use crate::events::AUTHENTICATOR_ENROLLED;
use crate::store;
use basis::Id;
use credential::totp::{Algorithm, Totp};
use kernel::audit::Audit;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Label of an authenticator's sealed secret.
pub(super) const SECRET: &str = "totp";

/// Who is to get an authenticator.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolIn {
    /// `VID`, or `civil` for the registration of the person's birth.
    #[schema(example = "VID")]
    pub system: String,
    /// The identifier the person showed.
    pub value: String,
    /// The hash behind the codes; SHA1 if absent, which every app knows.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^SHA(1|256)$", example = "SHA1")]
    pub algorithm: Option<Algorithm>,
}

/// A new authenticator. The secret is shown this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// The authenticator.
    #[schema(value_type = String, format = "uuid")]
    pub authenticator: Id,
    /// The person's VID, to sign in with.
    #[schema(example = "4930 2847 1029 3845")]
    pub vid: String,
    /// For the person's app, as a QR code: `otpauth://totp/...`.
    pub otpauth_uri: String,
}

impl Identity {
    /// Enrols a TOTP authenticator and revokes the one before it, which also ends a lock.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`], [`Error::SystemRefused`].
    pub async fn enrol_totp(
        &self,
        actor: String,
        case: Option<String>,
        ask: EnrolIn,
    ) -> Result<Enrolled, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let person = this.find_person(tx, &ask.system, &ask.value).await?;
                let key = this.0.fields.subject(tx, person.id.as_bytes()).await?;
                let vid = match this.current_vid(tx, person, &key).await? {
                    Some(vid) => vid,
                    None => this.insert_vid(tx, person, &key).await?,
                };
                let totp = Totp::draw(ask.algorithm.unwrap_or(Algorithm::Sha1));
                let (id, name) = (tx.mint(), totp.algorithm().name());
                let sealed = key.seal(SECRET, totp.secret());
                let replaced = store::authenticators::revoke_all(tx, person.id).await?;
                store::authenticators::insert(tx, person.id, id, name, &sealed).await?;
                let detail = json!({ "authenticator": id, "replaced": replaced, "case": case });
                let audit = Audit::new(&AUTHENTICATOR_ENROLLED, actor, person.reference);
                tx.audit(audit.with(detail)).await?;
                let otpauth_uri = totp.uri(&this.0.deps.name, &format!("…{}", vid.tail()));
                Ok(Enrolled { authenticator: id, vid: vid.digits().to_owned(), otpauth_uri })
            })
        });
        write.await
    }
}
