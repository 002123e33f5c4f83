//! What officers may do, and which roles may do it.

use kernel::auth::{Permission, PermissionRow};

/// May create registers and change and publish their schemas.
#[derive(Clone, Debug)]
pub enum ManageSchemas {}

impl Permission for ManageSchemas {
    const NAME: &'static str = "registry.schema.manage";
}

/// May see which registers there are and what their schemas say.
#[derive(Clone, Debug)]
pub enum ReadSchemas {}

impl Permission for ReadSchemas {
    const NAME: &'static str = "registry.schema.read";
}

/// May create, change and delete records.
#[derive(Clone, Debug)]
pub enum WriteRecords {}

impl Permission for WriteRecords {
    const NAME: &'static str = "registry.record.write";
}

/// May enter first records of many persons at once.
#[derive(Clone, Debug)]
pub enum ImportRecords {}

impl Permission for ImportRecords {
    const NAME: &'static str = "registry.record.import";
}

/// May read records and their history; every read is in the person's read log.
#[derive(Clone, Debug)]
pub enum ReadRecords {}

impl Permission for ReadRecords {
    const NAME: &'static str = "registry.record.read";
}

/// Defines registers and loads them for the first time; reads no record.
const STEWARD: &str = "registry-steward";
/// Keeps the records.
const CLERK: &str = "registry-clerk";
/// Sees what is kept, not what it says.
const AUDITOR: &str = "auditor";

/// The roles that carry each permission.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: ManageSchemas::NAME, roles: &[STEWARD] },
    PermissionRow { name: ReadSchemas::NAME, roles: &[STEWARD, CLERK, AUDITOR] },
    PermissionRow { name: WriteRecords::NAME, roles: &[CLERK] },
    PermissionRow { name: ImportRecords::NAME, roles: &[STEWARD] },
    PermissionRow { name: ReadRecords::NAME, roles: &[CLERK] },
];
