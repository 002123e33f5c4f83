//! What officers may do, and which roles may do it.

use kernel::auth::{Permission, PermissionRow};

/// Role of an officer of the authority that complaints go to.
pub const COMMISSIONER: &str = "commissioner";

/// May read, take up and answer complaints.
#[derive(Clone, Debug)]
pub enum HandleGrievances {}

impl Permission for HandleGrievances {
    const NAME: &'static str = "governance.grievance.handle";
}

/// May enter mandates and their end in the public register.
#[derive(Clone, Debug)]
pub enum ManageMandates {}

impl Permission for ManageMandates {
    const NAME: &'static str = "governance.mandate.manage";
}

/// The roles that carry each permission.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: HandleGrievances::NAME, roles: &[COMMISSIONER] },
    PermissionRow { name: ManageMandates::NAME, roles: &[COMMISSIONER] },
];
