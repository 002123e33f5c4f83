//! The exchange's own API: administration, officers' sign-in, and calls of information systems.

mod admin;
mod officer;
mod r1;
mod token;

pub(crate) use token::TOKEN_PATH;

use kernel::auth::{OPERATOR, Permission, PermissionRow};
use kernel::pages::Pages;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::exchange::Exchange;
use crate::policy::CALL_ROLES;
use crate::web::operator::WatchInstallation;

/// Role of a member's own administrator: its services, its rights, its officers.
pub const MEMBER_ADMIN: &str = "member-admin";
/// Role of an auditor, who reads and changes nothing.
pub const AUDITOR: &str = "auditor";

/// Call services for one's member.
pub enum Call {}
/// Read the directory.
pub enum ReadDirectory {}
/// Change members, subsystems and services.
pub enum ManageServices {}
/// Change access rights and agreements.
pub enum ManageRights {}
/// Register and dismiss officers.
pub enum ManageOfficers {}
/// Invite installations.
pub enum ManageJoin {}
/// Read the hop log.
pub enum ReadHops {}

impl Permission for Call {
    const NAME: &'static str = "exchange.call";
}
impl Permission for ReadDirectory {
    const NAME: &'static str = "exchange.directory.read";
}
impl Permission for ManageServices {
    const NAME: &'static str = "exchange.service.manage";
}
impl Permission for ManageRights {
    const NAME: &'static str = "exchange.right.manage";
}
impl Permission for ManageOfficers {
    const NAME: &'static str = "exchange.officer.manage";
}
impl Permission for ManageJoin {
    const NAME: &'static str = "exchange.join.manage";
}
impl Permission for ReadHops {
    const NAME: &'static str = "exchange.hop.read";
}

/// Which roles carry which permission.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: Call::NAME, roles: CALL_ROLES },
    PermissionRow {
        name: ReadDirectory::NAME,
        roles: &[OPERATOR, MEMBER_ADMIN, AUDITOR, CALL_ROLES[0]],
    },
    PermissionRow { name: ManageServices::NAME, roles: &[OPERATOR, MEMBER_ADMIN] },
    PermissionRow { name: ManageRights::NAME, roles: &[OPERATOR, MEMBER_ADMIN] },
    PermissionRow { name: ManageOfficers::NAME, roles: &[OPERATOR, MEMBER_ADMIN] },
    PermissionRow { name: ManageJoin::NAME, roles: &[OPERATOR] },
    PermissionRow { name: ReadHops::NAME, roles: &[OPERATOR, AUDITOR] },
    PermissionRow { name: WatchInstallation::NAME, roles: &[OPERATOR, AUDITOR] },
];

/// The documented API.
pub(crate) fn api(exchange: Exchange) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(token::sign_in))
        .routes(routes!(admin::read_directory))
        .routes(routes!(admin::put_member))
        .routes(routes!(admin::put_subsystem))
        .routes(routes!(admin::put_service))
        .routes(routes!(admin::grant_right, admin::revoke_right))
        .routes(routes!(admin::create_agreement))
        .routes(routes!(admin::suspend_agreement))
        .routes(routes!(admin::resume_agreement))
        .routes(routes!(admin::put_officer))
        .routes(routes!(admin::dismiss_officer))
        .routes(routes!(admin::create_join_token))
        .routes(routes!(admin::list_hops))
        .with_state(exchange)
}

/// Calls of information systems: any method, any path below a service, so not in the document.
pub(crate) fn calls(exchange: Exchange) -> Pages {
    let mut pages: Pages<Exchange> = Pages::new();
    for path in [r1::SERVICE_PATH, r1::BELOW_PATH] {
        pages = pages
            .get(path, r1::call)
            .post(path, r1::call)
            .put(path, r1::call)
            .delete(path, r1::call);
    }
    pages.with_state(exchange)
}
