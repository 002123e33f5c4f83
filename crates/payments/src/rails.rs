//! Which payment service providers there are. The directory of the exchange knows; the block only asks.

use contracts::{LegalBasis, MemberId, ServiceId};

/// How a provider is asked to pay people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rail {
    /// Its `credit-transfers` service.
    pub service: ServiceId,
    /// Purpose code of the agreement under which this block calls it.
    pub purpose: String,
    /// Legal basis of that agreement.
    pub basis: LegalBasis,
}

/// Finds providers.
pub trait Rails: Send + Sync {
    /// How this member is asked to pay people; none if it takes no payments of ours.
    fn find(&self, provider: &MemberId) -> Option<Rail>;
}
