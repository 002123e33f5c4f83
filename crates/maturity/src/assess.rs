//! The one function that blocks, the command line and tests call.

use crate::{Assessment, Instrument, Round, digest, plan, score};

/// The five deliverables of a round. Faults that [`Round::check`] would list do not stop it: what is not understood
/// does not count.
#[must_use]
pub fn assess(instrument: &Instrument, round: &Round) -> Assessment {
    let scores = score::score(instrument, round);
    let (services, components) = plan::services(instrument, round, &scores);
    let gaps = plan::gaps(instrument, round, &scores, &services);
    Assessment {
        digest: digest::digest(instrument, round),
        duplicates: plan::duplicates(round),
        flows: plan::flows(round),
        architecture: plan::architecture(instrument, round, &scores, &gaps),
        roadmap: plan::roadmap(instrument, round, &scores, &gaps, &components),
        safeguards: plan::safeguards(instrument, &scores),
        scores,
        gaps,
        services,
        components,
    }
}
