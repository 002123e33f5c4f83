//! GovStack's Consent building block, API 1.1.0-rc1, on the same services as our own API.
//!
//! What stands in the YAML keeps its names; what we add (`scope`, `purposeIn`, `attributes`,
//! `validDays` on an agreement, `revisions` in the list of a policy's revisions) are further
//! members that a GovStack client may ignore.
//!
//! # How we read what the specification leaves open
//! - **Ids.** A path takes our id (a UUID) or the short code an object may carry, `[0-9a-f]{1,24}`;
//!   anything else is 400, an id that nothing has is 404. The `id` sent in a create is taken as
//!   the code, and may be empty. Answers show the code if there is one.
//! - **Errors.** The YAML names 400 and no body. Ours is `{"errorCode", "errorDescription"}`, also
//!   for 401, 403, 404 and 409.
//! - **Who may call.** `config` and `audit`: officers by permission. Published policies and
//!   agreements under `service`: everyone, so that a resident can read what they are asked.
//!   `service/individual/record`: the person, through the exchange on the basis of self-access;
//!   or a desk officer for the person in header `X-ConsentBB-IndividualId` (the YAML speaks of "a
//!   header", this is the name in use) or query `individualId`. `service/verification`:
//!   subsystems of the exchange that the agreement names, about the subject of the call.
//! - **Hashes** are SHA-256, not SHA-1; see [`crate::model::revision`].
//! - **`optIn`** is true only while the consent stands: an expired one shows `false`, so that a
//!   reader who knows no expiry errs on the safe side.
//! - **Drafts** have an empty `id`: the schema demands the member, the text says "without an id".
//! - **Verification shows no `individual` and no `revision`**: both hold the person's pseudonym in
//!   our sector, which no consumer may learn.
//! - **`successor`** of a revision is left out; the list of revisions has their order.
//! - **Deleting an agreement** terminates it; deleting a policy keeps its revisions readable.
//!
//! What is not built is in [`NOT_BUILT`].

mod agreements;
mod audit;
mod individuals;
mod objects;
mod paths;
mod person;
mod policies;
mod records;
mod signatures;
mod verification;

use crate::service::Consent;
use kernel::pages::Pages;
use paths::Paths;

/// Version of the specification's API that these paths follow.
pub const API_VERSION: &str = "1.1.0-rc1";

/// Where the block serves the paths. GovStack's suite expects them at the root; the conformance
/// adaptor mounts them there.
pub const BASE: &str = "/govstack/consent";

/// Operations of the YAML that are not built, with the reason. Their paths answer 404.
pub const NOT_BUILT: &[(&str, &str, &str)] = &[
    ("POST", "/config/webhook/", WEBHOOKS),
    ("GET", "/config/webhook/{webhookId}/", WEBHOOKS),
    ("PUT", "/config/webhook/{webhookId}/", WEBHOOKS),
    ("DELETE", "/config/webhook/{webhookId}/", WEBHOOKS),
    ("GET", "/config/webhooks/", WEBHOOKS),
];

const WEBHOOKS: &str =
    "other members subscribe to the block's events through the exchange instead of by webhook";

/// Every path, below `base`.
#[must_use]
pub fn pages(base: &str) -> Pages<Consent> {
    let paths = Paths::below(base)
        .post("/config/policy/", policies::create_policy)
        .get("/config/policy/{policyId}/", policies::read_policy)
        .put("/config/policy/{policyId}/", policies::update_policy)
        .delete("/config/policy/{policyId}/", policies::delete_policy)
        .get("/config/policy/{policyId}/revisions/", policies::list_policy_revisions)
        .get("/config/policies/", policies::list_policies)
        .post("/config/data-agreement/", agreements::create_agreement)
        .get("/config/data-agreement/{dataAgreementId}/", agreements::read_agreement)
        .put("/config/data-agreement/{dataAgreementId}/", agreements::update_agreement)
        .delete("/config/data-agreement/{dataAgreementId}/", agreements::delete_agreement)
        .get("/config/data-agreements/", agreements::list_agreements)
        .post("/config/individual/", individuals::create_individual)
        .get("/config/individual/{individualId}/", individuals::read_individual)
        .get("/config/individuals/", individuals::list_individuals)
        .post("/service/individual/", individuals::create_individual)
        .get("/service/individual/{individualId}/", individuals::read_individual)
        .put("/service/individual/{individualId}/", individuals::update_individual)
        .get("/service/individuals/", individuals::list_individuals)
        .get("/service/data-agreement/{dataAgreementId}/", agreements::read_offered_agreement)
        .get("/service/policy/{policyId}/", policies::read_public_policy)
        .get("/service/verification/data-agreements/", verification::list_agreements)
        .get("/service/verification/consent-records/", verification::list_records)
        .get("/service/verification/consent-record/{consentRecordId}/", verification::read_record);
    record_paths(paths)
        .get("/audit/consent-records/", audit::list_records)
        .get("/audit/consent-record/{consentRecordId}/", audit::read_record)
        .get("/audit/data-agreements/", audit::list_agreements)
        .get("/audit/data-agreement/{dataAgreementId}/", audit::read_agreement)
        .finish()
}

fn record_paths(paths: Paths) -> Paths {
    const AGREEMENT: &str = "/service/individual/record/data-agreement/{dataAgreementId}/";
    const ALL: &str = "/service/individual/record/data-agreement/{dataAgreementId}/all/";
    const RECORDS: &str = "/service/individual/record/consent-record/";
    const RECORD: &str = "/service/individual/record/consent-record/{consentRecordId}/";
    const SIGNATURE: &str =
        "/service/individual/record/consent-record/{consentRecordId}/signature/";
    paths
        .post(AGREEMENT, records::create_record)
        .get(AGREEMENT, records::read_record)
        .get(ALL, records::list_records_for_agreement)
        .post("/service/individual/record/consent-record/draft/", signatures::draft_record)
        .post(RECORDS, signatures::create_signed_record)
        .get(RECORDS, records::list_records)
        .put(RECORD, records::update_record)
        .post(SIGNATURE, signatures::create_signature)
        .put(SIGNATURE, signatures::sign_record)
        .delete("/service/individual/record/", records::forget_individual)
}
