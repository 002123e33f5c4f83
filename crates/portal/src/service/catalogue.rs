//! What can be applied for: the catalogues of all offices that offer something, as one list.

use super::{Portal, within};
use crate::error::Error;
use basis::{Id, Timestamp};
use contracts::registration::{KIND, ServiceEntry};
use contracts::{CallContext, LegalBasis, ServiceId};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Purpose code of asking for a catalogue. It is about nobody.
pub const CATALOGUE_PURPOSE: &str = "service-catalogue";

/// A catalogue is the same for everyone, and visitors nobody knows may ask: it is kept for so long, seconds.
const KEEP_SECONDS: i64 = 60;

/// A service that can be applied for, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The catalogue it stands in.
    pub catalogue: ServiceId,
    /// The service.
    pub entry: ServiceEntry,
}

/// What can be applied for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// By name.
    pub offers: Vec<Offer>,
    /// Catalogues that did not answer; what they offer is missing.
    pub missing: Vec<ServiceId>,
}

/// Catalogues by language, with the time they were asked for.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<BTreeMap<String, (Timestamp, Offers)>>>);

impl Kept {
    fn find(&self, language: &str, now: Timestamp) -> Option<Offers> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, offers) = kept.get(language)?;
        (now < at.plus_seconds(KEEP_SECONDS)).then(|| offers.clone())
    }

    fn keep(&self, language: &str, now: Timestamp, offers: &Offers) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(language.to_owned(), (now, offers.clone()));
    }
}

impl Portal {
    /// Everything that can be applied for, in `language`.
    pub async fn list_offers(&self, language: &str) -> Offers {
        let now = self.clock.now();
        if let Some(offers) = self.catalogues.find(language, now) {
            return offers;
        }
        let sources = self.directory.services(KIND);
        let asked = sources.into_iter().map(|catalogue| self.ask_catalogue(catalogue, language));
        let mut all = Offers::default();
        for (catalogue, entries) in join_all(asked).await {
            let Some(entries) = entries else {
                all.missing.push(catalogue);
                continue;
            };
            let offer = |entry| Offer { catalogue: catalogue.clone(), entry };
            all.offers.extend(entries.into_iter().map(offer));
        }
        all.offers.sort_by(|a, b| a.entry.name.cmp(&b.entry.name));
        // One that did not answer is asked again at the next visit.
        if all.missing.is_empty() {
            self.catalogues.keep(language, now, &all);
        }
        all
    }

    /// One service by its code.
    ///
    /// # Errors
    /// [`Error::ServiceUnknown`], or [`Error::CatalogueMissing`] if it may be in a catalogue that did not answer.
    pub async fn find_offer(&self, code: &str, language: &str) -> Result<Offer, Error> {
        let all = self.list_offers(language).await;
        let found = all.offers.into_iter().find(|offer| offer.entry.code == code);
        found.ok_or(if all.missing.is_empty() {
            Error::ServiceUnknown
        } else {
            Error::CatalogueMissing
        })
    }

    async fn ask_catalogue(
        &self,
        catalogue: ServiceId,
        language: &str,
    ) -> (ServiceId, Option<Vec<ServiceEntry>>) {
        let law = self.directory.reference(&catalogue, &self.subsystem, CATALOGUE_PURPOSE);
        let ctx = CallContext::new(
            self.subsystem.clone(),
            catalogue.clone(),
            CATALOGUE_PURPOSE,
            LegalBasis::law(law.unwrap_or_default()),
            Id::mint(&self.clock, &self.rng),
            self.clock.now(),
        );
        match within(&catalogue, self.registration.catalogue(ctx, language)).await {
            Ok(entries) => (catalogue, Some(entries)),
            Err(error) => {
                tracing::warn!(%catalogue, "A catalogue is missing from the services: {error}");
                (catalogue, None)
            }
        }
    }
}
