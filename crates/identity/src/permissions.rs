//! What officers may do here, and the roles that let them.

use kernel::auth::{Permission, PermissionRow};

/// May enrol authenticators at the desk.
pub enum EnrolAuthenticator {}

impl Permission for EnrolAuthenticator {
    const NAME: &'static str = "identity.authenticator.enrol";
}

/// May replace a VID at the desk.
pub enum ReplaceVid {}

impl Permission for ReplaceVid {
    const NAME: &'static str = "identity.vid.replace";
}

/// May read the VIDs of many persons at once, to print their cards.
pub enum ListVids {}

impl Permission for ListVids {
    const NAME: &'static str = "identity.vids.list";
}

/// May register relying parties.
pub enum RegisterClient {}

impl Permission for RegisterClient {
    const NAME: &'static str = "identity.client.register";
}

/// May register other OpenID providers.
pub enum RegisterProvider {}

impl Permission for RegisterProvider {
    const NAME: &'static str = "identity.provider.register";
}

/// May see how the registers compare.
pub enum ReadReconciliation {}

impl Permission for ReadReconciliation {
    const NAME: &'static str = "identity.reconciliation.read";
}

/// May have the registers compared and missing persons made up for.
pub enum RunReconciliation {}

impl Permission for RunReconciliation {
    const NAME: &'static str = "identity.reconciliation.run";
}

/// The block's rows. The desk serves persons, the administrator systems; neither does the other's
/// work.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: EnrolAuthenticator::NAME, roles: &["identity-desk"] },
    PermissionRow { name: ReplaceVid::NAME, roles: &["identity-desk"] },
    PermissionRow { name: ListVids::NAME, roles: &["identity-desk"] },
    PermissionRow { name: RegisterClient::NAME, roles: &["identity-admin"] },
    PermissionRow { name: RegisterProvider::NAME, roles: &["identity-admin"] },
    PermissionRow { name: ReadReconciliation::NAME, roles: &["identity-admin", "auditor"] },
    PermissionRow { name: RunReconciliation::NAME, roles: &["identity-admin"] },
];
