//! Values the unit tests of this folder share.

use super::agreement::{
    Agreement, AgreementState, AgreementTerms, Attribute, Controller, DataUse, LawfulBasis, Offer,
    Scope,
};
use super::digest::Digest;
use super::policy::PolicyTerms;
use super::record::{Record, Signing, State};
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use std::collections::BTreeMap;

/// 2026-03-14T08:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_773_475_200_000_000);

pub(crate) fn id(byte: u8) -> Id {
    Id::from_bytes([byte; 16])
}

pub(crate) fn terms() -> AgreementTerms {
    let attribute = |name: &str| Attribute {
        name: name.to_owned(),
        sensitivity: "personal".to_owned(),
        category: "civil status".to_owned(),
    };
    AgreementTerms {
        version: "1".to_owned(),
        controller: Some(Controller {
            id: "TB/COM/LAKESIDE".to_owned(),
            name: "Lakeside Clinic".to_owned(),
            url: "https://lakeside.example/".to_owned(),
        }),
        policy: None,
        purpose: "So that the clinic treats the right person".to_owned(),
        purpose_in: BTreeMap::from([("sw".to_owned(), "Ili kliniki imtibu mtu sahihi".to_owned())]),
        lawful_basis: LawfulBasis::Consent,
        data_use: Some(DataUse::DataUsingService),
        dpia: "DPIA 2026/7".to_owned(),
        forgettable: false,
        attributes: vec![attribute("name"), attribute("birth_date")],
        scope: Some(Scope {
            service: "TB/GOV/NIA/residents/records".parse().unwrap(),
            clients: vec!["TB/COM/LAKESIDE/patients".parse().unwrap()],
            purpose: "treatment".to_owned(),
        }),
        valid_days: Some(365),
    }
}

pub(crate) fn policy_terms() -> PolicyTerms {
    PolicyTerms {
        name: "Data policy".to_owned(),
        version: "2026".to_owned(),
        url: "https://lakeside.example/policy/2026".to_owned(),
        jurisdiction: Some("TB".to_owned()),
        industry_sector: None,
        data_retention_period_days: None,
        geographic_restriction: None,
        storage_location: None,
    }
}

pub(crate) fn agreement() -> Agreement {
    Agreement {
        id: id(1),
        code: None,
        state: AgreementState::Published,
        latest: id(2),
        published: Some(id(2)),
    }
}

pub(crate) fn offer() -> Offer {
    Offer { agreement: id(1), revision: id(2), hash: Digest::of(&[b"terms"]), terms: terms() }
}

pub(crate) fn record() -> Record {
    Record {
        id: id(3),
        agreement: id(1),
        agreement_revision: id(2),
        agreement_hash: Digest::of(&[b"terms"]),
        subject: Pseudonym(id(4)),
        state: State::Given,
        valid_until: None,
        decided: NOW,
        signing: Signing::Unsigned,
        latest: id(5),
    }
}
