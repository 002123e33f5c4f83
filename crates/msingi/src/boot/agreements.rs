//! What the governance block is told of the exchange's directory: who there is, and what they agreed.

use contracts::MemberId;
use exchange::{Exchange, Names};
use governance::Listed;

/// The directory as this installation sees it now.
pub struct Agreements(pub Exchange);

impl governance::Directory for Agreements {
    fn members(&self) -> Vec<(MemberId, Names)> {
        let snapshot = self.0.snapshot();
        snapshot.members.iter().map(|(id, member)| (id.clone(), member.names.clone())).collect()
    }

    fn agreements(&self) -> Vec<Listed> {
        let snapshot = self.0.snapshot();
        let clients = snapshot.services.values().flat_map(|service| service.clients.values());
        clients.flat_map(|client| client.agreements.iter().map(listed)).collect()
    }

    fn label(&self, id: &str, language: &str) -> Option<String> {
        portal::Directory::label(&super::blocks::Labels(self.0.clone()), id, language)
    }
}

fn listed(agreement: &exchange::Agreement) -> Listed {
    Listed {
        id: agreement.id,
        service: agreement.service.clone(),
        client: agreement.client.clone(),
        purpose: agreement.purpose.clone(),
        basis: agreement.basis,
        reference: agreement.reference.clone(),
        fields: agreement.fields.clone(),
        case: agreement.case.is_some(),
        valid_from: agreement.valid_from,
        valid_until: agreement.valid_until,
        suspended: agreement.suspended,
    }
}
