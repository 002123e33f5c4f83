//! Policies: the rules of an organisation under which its data agreements stand.

use super::check::{self, Invalid};
use super::reference::Code;
use basis::Id;
use serde::{Deserialize, Serialize};

/// A policy as an object: what it says stands in its revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The policy's id.
    pub id: Id,
    /// Its short public code, if it has one.
    pub code: Option<Code>,
    /// A deleted policy can still be read, but no agreement can be put under it.
    pub deleted: bool,
    /// Its latest revision.
    pub latest: Id,
}

/// What a policy says (GovStack `Policy`). Its JSON form is the snapshot's `objectData`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyTerms {
    /// Name of the policy.
    pub name: String,
    /// Version, as the organisation counts.
    pub version: String,
    /// Where this version can be read for good.
    pub url: String,
    /// Country or territory whose law applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Sector of the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry_sector: Option<String>,
    /// How long data is kept, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_retention_period_days: Option<u32>,
    /// Where data may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geographic_restriction: Option<String>,
    /// Where data is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_location: Option<String>,
}

impl PolicyTerms {
    /// Checks what a policy may say.
    ///
    /// # Errors
    /// [`Invalid`] naming the first field at fault.
    pub fn check(&self) -> Result<(), Invalid> {
        check::text("name", &self.name)?;
        check::text("version", &self.version)?;
        check::url("url", &self.url)?;
        let optional = [
            ("jurisdiction", &self.jurisdiction),
            ("industry_sector", &self.industry_sector),
            ("geographic_restriction", &self.geographic_restriction),
            ("storage_location", &self.storage_location),
        ];
        optional
            .into_iter()
            .try_for_each(|(field, value)| check::optional_text(field, value.as_deref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    #[test]
    fn terms_name_the_first_field_at_fault() {
        type Change = fn(&mut PolicyTerms);
        let table: [(&str, Change); 4] = [
            ("name", |t| t.name.clear()),
            ("version", |t| t.version = "x".repeat(201)),
            ("url", |t| t.url = "not an address".to_owned()),
            ("jurisdiction", |t| t.jurisdiction = Some(String::new())),
        ];
        assert_eq!(samples::policy_terms().check(), Ok(()));
        for (field, change) in table {
            let mut terms = samples::policy_terms();
            change(&mut terms);
            assert_eq!(terms.check().unwrap_err().field, field);
        }
    }

    #[test]
    fn terms_are_written_with_govstacks_names() {
        let terms = PolicyTerms { data_retention_period_days: Some(30), ..samples::policy_terms() };
        let json = serde_json::to_value(&terms).unwrap();
        assert_eq!(json["dataRetentionPeriodDays"], 30);
        assert_eq!(serde_json::from_value::<PolicyTerms>(json).unwrap(), terms);
    }
}
