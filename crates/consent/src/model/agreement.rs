//! Data agreements: one purpose for which one organisation may use data another one holds.

use super::check::{self, Invalid};
use super::digest::Digest;
use super::policy::PolicyTerms;
use super::reference::Code;
use basis::Id;
use contracts::{ServiceId, SubsystemId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most attributes, clients or translations an agreement lists.
const MOST: usize = 100;

/// The longest an agreement may let a consent run, in days: ten years.
const LONGEST_DAYS: u32 = 3660;

/// A data agreement as an object: what it says stands in its revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The agreement's id.
    pub id: Id,
    /// Its short public code, if it has one.
    pub code: Option<Code>,
    /// Where it stands in its life.
    pub state: AgreementState,
    /// Its latest revision, offered to residents or not.
    pub latest: Id,
    /// The revision residents are asked to consent to; some if and only if published.
    pub published: Option<Id>,
}

/// The life of an agreement: draft <-> published -> terminated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementState {
    /// Not offered: nobody can consent to it. Consents given earlier stand.
    Draft,
    /// Offered to residents.
    Published,
    /// Ended for good: no consent to it allows anything any more.
    Terminated,
}

/// What an agreement says (GovStack `DataAgreement`). Its JSON form is the snapshot's
/// `objectData`; `purposeIn`, `scope` and `validDays` are ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementTerms {
    /// Version, as the organisation counts.
    pub version: String,
    /// Who decides on the use of the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<Controller>,
    /// The policy it stands under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyAt>,
    /// What the data is used for, in plain words, as shown to residents.
    pub purpose: String,
    /// The same in other languages, by BCP 47 tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub purpose_in: BTreeMap<String, String>,
    /// Why the use is lawful.
    pub lawful_basis: LawfulBasis,
    /// Whether the organisation gives or uses the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_use: Option<DataUse>,
    /// Data protection impact assessment: a reference or a summary.
    pub dpia: String,
    /// Whether a record may be deleted once withdrawn, because no audit needs it.
    #[serde(default)]
    pub forgettable: bool,
    /// The data concerned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// What the exchange checks a call against. Without it the agreement allows no call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// How long a consent runs at most, in days; none runs until withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u32>,
}

/// Who decides on the use of the data (GovStack `Controller`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Controller {
    /// The controller's id where it is registered, e.g. its member id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its web address.
    pub url: String,
}

/// A policy at one of its revisions, in full: GovStack wants related objects within the snapshot,
/// and a later change of the policy does not change the agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyAt {
    /// The policy.
    pub id: Id,
    /// The revision of it.
    pub revision: Id,
    /// What it says there.
    #[serde(flatten)]
    pub terms: PolicyTerms,
}

/// One kind of data (GovStack `DataAgreementAttribute`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attribute {
    /// Name of the field, as the provider's service names it.
    pub name: String,
    /// How sensitive it is.
    pub sensitivity: String,
    /// What kind of data it is.
    pub category: String,
}

/// Which calls a consent to this agreement allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scope {
    /// The service that gives the data.
    #[schema(value_type = String, example = "TB/GOV/NIA/residents/records")]
    pub service: ServiceId,
    /// The information systems that may use it.
    #[schema(value_type = Vec<String>, example = json!(["TB/COM/LAKESIDE/patients"]))]
    pub clients: Vec<SubsystemId>,
    /// The purpose code their calls must carry.
    pub purpose: String,
}

/// Why a use of data is lawful (GovStack `lawfulBasis`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LawfulBasis {
    /// The person agrees.
    Consent,
    /// A law demands it.
    LegalObligation,
    /// A contract with the person needs it.
    Contract,
    /// A life depends on it.
    VitalInterest,
    /// A public body's task needs it.
    PublicTask,
    /// An interest that outweighs the person's.
    LegitimateInterest,
}

impl LawfulBasis {
    /// GovStack's name of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::LegalObligation => "legal_obligation",
            Self::Contract => "contract",
            Self::VitalInterest => "vital_interest",
            Self::PublicTask => "public_task",
            Self::LegitimateInterest => "legitimate_interest",
        }
    }
}

/// Which side of the data the organisation stands on (GovStack `dataUse`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataUse {
    /// It gives data.
    DataSource,
    /// It uses data.
    DataUsingService,
}

/// A published agreement as a resident sees it: what they would consent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The agreement.
    pub agreement: Id,
    /// The published revision.
    pub revision: Id,
    /// The revision's hash, which the record repeats.
    pub hash: Digest,
    /// What it says.
    pub terms: AgreementTerms,
}

/// An agreement cannot take this step from where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgreementRefusal {
    /// It has ended; nothing brings it back.
    #[error("the agreement is terminated: create a new one")]
    Terminated,
}

impl AgreementState {
    /// The state's name in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Terminated => "terminated",
        }
    }
}

impl Agreement {
    /// A new agreement, not offered yet.
    #[must_use]
    pub const fn draft(id: Id, code: Option<Code>, revision: Id) -> Self {
        Self { id, code, state: AgreementState::Draft, latest: revision, published: None }
    }

    /// The agreement with a new latest revision. What is published stays published.
    ///
    /// # Errors
    /// [`AgreementRefusal::Terminated`].
    pub fn revised(self, revision: Id) -> Result<Self, AgreementRefusal> {
        self.must_live()?;
        Ok(Self { latest: revision, ..self })
    }

    /// The agreement with its latest revision offered to residents.
    ///
    /// # Errors
    /// [`AgreementRefusal::Terminated`].
    pub fn published(self) -> Result<Self, AgreementRefusal> {
        self.must_live()?;
        Ok(Self { state: AgreementState::Published, published: Some(self.latest), ..self })
    }

    /// The agreement no longer offered. Consents given to it stand.
    ///
    /// # Errors
    /// [`AgreementRefusal::Terminated`].
    pub fn unpublished(self) -> Result<Self, AgreementRefusal> {
        self.must_live()?;
        Ok(Self { state: AgreementState::Draft, published: None, ..self })
    }

    /// The agreement ended: from now on no consent to it allows anything.
    ///
    /// # Errors
    /// [`AgreementRefusal::Terminated`] when it has ended before.
    pub fn terminated(self) -> Result<Self, AgreementRefusal> {
        self.must_live()?;
        Ok(Self { state: AgreementState::Terminated, published: None, ..self })
    }

    fn must_live(&self) -> Result<(), AgreementRefusal> {
        match self.state {
            AgreementState::Terminated => Err(AgreementRefusal::Terminated),
            AgreementState::Draft | AgreementState::Published => Ok(()),
        }
    }
}

impl AgreementTerms {
    /// Checks what an agreement may say.
    ///
    /// # Errors
    /// [`Invalid`] naming the first field at fault.
    pub fn check(&self) -> Result<(), Invalid> {
        check::text("version", &self.version)?;
        check::prose("purpose", &self.purpose)?;
        check::prose("dpia", &self.dpia)?;
        for (language, purpose) in &self.purpose_in {
            check::language("purpose_in", language)?;
            check::prose("purpose_in", purpose)?;
        }
        if let Some(controller) = &self.controller {
            check::text("controller.id", &controller.id)?;
            check::text("controller.name", &controller.name)?;
            check::url("controller.url", &controller.url)?;
        }
        check::at_most("attributes", self.attributes.len(), MOST)?;
        check::at_most("purpose_in", self.purpose_in.len(), MOST)?;
        for attribute in &self.attributes {
            check::text("attributes.name", &attribute.name)?;
            check::text("attributes.sensitivity", &attribute.sensitivity)?;
            check::text("attributes.category", &attribute.category)?;
        }
        self.scope.as_ref().map_or(Ok(()), Scope::check)?;
        if self.valid_days.is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days)) {
            return Err(Invalid {
                field: "valid_days",
                remedy: "write 1 to 3660 days, or leave it out",
            });
        }
        Ok(())
    }

    /// The purpose in this language, or as the organisation wrote it.
    #[must_use]
    pub fn purpose_for(&self, language: &str) -> &str {
        self.purpose_in.get(language).unwrap_or(&self.purpose)
    }

    /// Names of the data concerned.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        self.attributes.iter().map(|attribute| attribute.name.clone()).collect()
    }
}

impl Scope {
    fn check(&self) -> Result<(), Invalid> {
        if self.clients.is_empty() {
            return Err(Invalid {
                field: "scope.clients",
                remedy: "name at least one data-using subsystem",
            });
        }
        check::at_most("scope.clients", self.clients.len(), MOST)?;
        check::purpose("scope.purpose", &self.purpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    #[test]
    fn the_life_of_an_agreement() {
        let id = samples::id;
        let draft = Agreement::draft(id(1), None, id(2));
        assert_eq!((draft.state, draft.published), (AgreementState::Draft, None));

        let published = draft.published().unwrap();
        assert_eq!(
            (published.state, published.published),
            (AgreementState::Published, Some(id(2)))
        );

        // A new revision is not offered until it is published as well.
        let revised = published.revised(id(3)).unwrap();
        assert_eq!((revised.latest, revised.published), (id(3), Some(id(2))));
        let again = revised.published().unwrap();
        assert_eq!(again.published, Some(id(3)));

        let paused = again.clone().unpublished().unwrap();
        assert_eq!((paused.state, paused.published), (AgreementState::Draft, None));

        let ended = again.terminated().unwrap();
        assert_eq!((ended.state, ended.published), (AgreementState::Terminated, None));
        for step in [Agreement::published, Agreement::unpublished, Agreement::terminated] {
            assert_eq!(step(ended.clone()), Err(AgreementRefusal::Terminated));
        }
        assert_eq!(ended.revised(id(4)), Err(AgreementRefusal::Terminated));
    }

    #[test]
    fn terms_name_the_first_field_at_fault() {
        type Change = fn(&mut AgreementTerms);
        let table: [(&str, Change); 10] = [
            ("version", |t| t.version.clear()),
            ("purpose", |t| t.purpose.clear()),
            ("purpose_in", |t| drop(t.purpose_in.insert("not a tag".to_owned(), "x".to_owned()))),
            ("dpia", |t| t.dpia.clear()),
            ("controller.url", |t| t.controller.as_mut().unwrap().url = "javascript:x".to_owned()),
            ("attributes.name", |t| t.attributes[1].name.clear()),
            ("scope.clients", |t| t.scope.as_mut().unwrap().clients.clear()),
            ("scope.purpose", |t| t.scope.as_mut().unwrap().purpose = "Any thing".to_owned()),
            ("valid_days", |t| t.valid_days = Some(0)),
            ("valid_days", |t| t.valid_days = Some(3661)),
        ];
        assert_eq!(samples::terms().check(), Ok(()));
        for (field, change) in table {
            let mut terms = samples::terms();
            change(&mut terms);
            assert_eq!(terms.check().unwrap_err().field, field);
        }
    }

    #[test]
    fn a_purpose_falls_back_to_the_organisations_own_words() {
        let terms = samples::terms();
        assert!(terms.purpose_for("sw").starts_with("Ili kliniki"));
        assert_eq!(terms.purpose_for("fr"), terms.purpose);
    }

    #[test]
    fn terms_are_written_with_govstacks_names() {
        let json = serde_json::to_value(samples::terms()).unwrap();
        for (member, value) in [("lawfulBasis", "consent"), ("dataUse", "data_using_service")] {
            assert_eq!(json[member], value);
        }
        assert_eq!(serde_json::from_value::<AgreementTerms>(json).unwrap(), samples::terms());
    }
}
