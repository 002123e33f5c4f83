//! Which payment service providers the payments block may use: those of the directory that have
//! agreed to it.

use contracts::rails::CREDIT_TRANSFERS;
use contracts::{LegalBasis, MemberId, SubsystemId, context::BasisKind};
use exchange::Exchange;
use payments::{Rail, Rails};

/// Providers as the directory names them at the moment.
pub(super) struct Providers {
    exchange: Exchange,
    payments: SubsystemId,
}

impl Providers {
    /// As seen by this payments block.
    pub(super) fn new(exchange: &Exchange, payments: &SubsystemId) -> Self {
        Self { exchange: exchange.clone(), payments: payments.clone() }
    }
}

impl Rails for Providers {
    fn find(&self, provider: &MemberId) -> Option<Rail> {
        let snapshot = self.exchange.snapshot();
        let ours = snapshot.services.values().filter(|service| {
            let id = &service.entry.id;
            id.member() == *provider && id.code() == CREDIT_TRANSFERS && service.entry.enabled
        });
        // The same one each time, where a provider offers several.
        let service = ours.min_by(|a, b| a.entry.id.cmp(&b.entry.id))?;
        let client = service.clients.get(&self.payments)?;
        let agreement = client.agreements.iter().find(|agreement| !agreement.suspended)?;
        let reference = agreement.reference.clone();
        let basis = match agreement.basis {
            BasisKind::Law => LegalBasis::Law { reference },
            BasisKind::Contract => LegalBasis::Contract { reference },
            // Nobody is paid on these.
            BasisKind::Consent | BasisKind::VitalInterest | BasisKind::SelfAccess => return None,
        };
        let (service, purpose) = (service.entry.id.clone(), agreement.purpose.clone());
        Some(Rail { service, purpose, basis })
    }
}
