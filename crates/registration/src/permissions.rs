//! What officers may do, and which roles may do it.

use kernel::auth::{Permission, PermissionRow};

/// May see the queue, take cases and decide on them, as far as a package's chain lets their role.
#[derive(Clone, Debug)]
pub enum WorkCases {}

impl Permission for WorkCases {
    const NAME: &'static str = "registration.case.work";
}

/// May import awards and open payment runs.
#[derive(Clone, Debug)]
pub enum MakeRuns {}

impl Permission for MakeRuns {
    const NAME: &'static str = "registration.run.make";
}

/// May approve payment runs that another officer opened.
#[derive(Clone, Debug)]
pub enum CheckRuns {}

impl Permission for CheckRuns {
    const NAME: &'static str = "registration.run.check";
}

/// May see payment runs.
#[derive(Clone, Debug)]
pub enum ReadRuns {}

impl Permission for ReadRuns {
    const NAME: &'static str = "registration.run.read";
}

/// May say which data agreement a package's reads by consent rest on.
#[derive(Clone, Debug)]
pub enum ManageServices {}

impl Permission for ManageServices {
    const NAME: &'static str = "registration.service.manage";
}

const CASEWORKER: &str = "caseworker";
const SUPERVISOR: &str = "supervisor";
const MAKER: &str = "benefit-maker";
const CHECKER: &str = "benefit-checker";
const SERVICE_MANAGER: &str = "service-manager";

/// Roles that a package's chain may name.
pub const DECIDING_ROLES: &[&str] = &[CASEWORKER, SUPERVISOR];

/// The deciding role with this name.
pub fn deciding_role(name: &str) -> &'static str {
    DECIDING_ROLES.iter().find(|role| **role == name).copied().unwrap_or(CASEWORKER)
}

/// The roles that carry each permission.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: WorkCases::NAME, roles: DECIDING_ROLES },
    PermissionRow { name: MakeRuns::NAME, roles: &[MAKER] },
    PermissionRow { name: CheckRuns::NAME, roles: &[CHECKER] },
    PermissionRow { name: ReadRuns::NAME, roles: &[MAKER, CHECKER] },
    PermissionRow { name: ManageServices::NAME, roles: &[SERVICE_MANAGER] },
];
