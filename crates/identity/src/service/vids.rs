//! VIDs: a lost card gets a new number.

use super::Identity;
use crate::error::Error;
use crate::events::VID_REPLACED;
use crate::store;
use kernel::audit::Audit;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Whose VID is to be replaced.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceVidIn {
    /// `VID`, or `civil` for the registration of the person's birth.
    #[schema(example = "VID")]
    pub system: String,
    /// The identifier the person showed.
    pub value: String,
}

/// A VID.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct VidOut {
    /// 16 digits.
    pub vid: String,
}

impl Identity {
    /// Revokes the person's VID and gives out a new one. Authenticators stay.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`], [`Error::SystemRefused`].
    pub async fn replace_vid(
        &self,
        actor: String,
        case: Option<String>,
        ask: ReplaceVidIn,
    ) -> Result<VidOut, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let person = this.find_person(tx, &ask.system, &ask.value).await?;
                let key = this.0.fields.subject(tx, person.id.as_bytes()).await?;
                store::persons::revoke_vids(tx, person.id).await?;
                let vid = this.insert_vid(tx, person, &key).await?;
                let audit = Audit::new(&VID_REPLACED, actor, person.reference);
                tx.audit(audit.with(json!({ "case": case }))).await?;
                Ok(VidOut { vid: vid.digits().to_owned() })
            })
        });
        write.await
    }
}
