//! What officers may do, and which roles may do it.

use kernel::auth::{Permission, PermissionRow};

/// May create, change, publish and terminate policies and agreements.
#[derive(Clone, Debug)]
pub enum ManageAgreements {}

impl Permission for ManageAgreements {
    const NAME: &'static str = "consent.agreement.manage";
}

/// May enter individuals and see how they are named.
#[derive(Clone, Debug)]
pub enum ManageIndividuals {}

impl Permission for ManageIndividuals {
    const NAME: &'static str = "consent.individual.manage";
}

/// May record, at a desk, what a person answers.
#[derive(Clone, Debug)]
pub enum AssistPerson {}

impl Permission for AssistPerson {
    const NAME: &'static str = "consent.record.assist";
}

/// May read all records and check all histories.
#[derive(Clone, Debug)]
pub enum AuditRecords {}

impl Permission for AuditRecords {
    const NAME: &'static str = "consent.record.audit";
}

/// The roles that carry each permission.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: ManageAgreements::NAME, roles: &["consent-officer"] },
    PermissionRow { name: ManageIndividuals::NAME, roles: &["consent-officer", "desk-officer"] },
    PermissionRow { name: AssistPerson::NAME, roles: &["desk-officer"] },
    PermissionRow { name: AuditRecords::NAME, roles: &["auditor"] },
];
