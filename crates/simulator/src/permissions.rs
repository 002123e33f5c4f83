//! Who may look behind the counter of a simulated institution.

use kernel::auth::Permission;
use kernel::block::PermissionRow;

/// Officers of the institution's own member who play with it.
const SIMULATOR_ADMIN: &str = "simulator-admin";

/// May tell a bank how to behave.
pub enum SetBehaviour {}

impl Permission for SetBehaviour {
    const NAME: &'static str = "simulator.behaviour.set";
}

/// May see what a bank's books add up to.
pub enum ReadBooks {}

impl Permission for ReadBooks {
    const NAME: &'static str = "simulator.books.read";
}

/// May read the SMS that a gateway would have sent.
pub enum ReadSms {}

impl Permission for ReadSms {
    const NAME: &'static str = "simulator.sms.read";
}

/// A bank's permissions.
pub const BANK: &[PermissionRow] = &[
    PermissionRow { name: SetBehaviour::NAME, roles: &[SIMULATOR_ADMIN] },
    PermissionRow { name: ReadBooks::NAME, roles: &[SIMULATOR_ADMIN] },
];

/// An SMS gateway's permissions.
pub const SMS: &[PermissionRow] =
    &[PermissionRow { name: ReadSms::NAME, roles: &[SIMULATOR_ADMIN] }];
