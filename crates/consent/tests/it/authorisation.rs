//! Who may do what: every route, tried by nobody, by the wrong role, by the wrong member and by the
//! right one. A route without a row fails.

use crate::app::{App, OWNER};
use testkit::on_each_engine;

/// Whom a route lets in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    /// Anyone.
    Open,
    /// Calls of the exchange only.
    Exchange,
    /// Officers with one of these roles.
    Officers(&'static [&'static str]),
    /// Calls of the exchange, and officers with one of these roles.
    Both(&'static [&'static str]),
}

const MANAGE: Door = Door::Officers(&["consent-officer"]);
const INDIVIDUALS: Door = Door::Officers(&["consent-officer", "desk-officer"]);
const AUDIT: Door = Door::Officers(&["auditor"]);
const RECORD: Door = Door::Both(&["desk-officer"]);
const ROLES: [&str; 4] = ["consent-officer", "desk-officer", "auditor", "registrar"];

fn door(path: &str) -> Option<Door> {
    let rows: &[(&str, Door)] = &[
        ("/consent/verify", Door::Exchange),
        ("/consent/my/", Door::Exchange),
        ("/consent/register", Door::Open),
        ("/consent/agreements/{agreement}/history", AUDIT),
        ("/consent/agreements", MANAGE),
        ("/consent/records/{record}/history", AUDIT),
        ("/govstack/consent/config/individual", INDIVIDUALS),
        ("/govstack/consent/config/", MANAGE),
        ("/govstack/consent/service/individual/record/", RECORD),
        ("/govstack/consent/service/individual", INDIVIDUALS),
        ("/govstack/consent/service/policy/", Door::Open),
        ("/govstack/consent/service/data-agreement/", Door::Open),
        ("/govstack/consent/service/verification/", Door::Exchange),
        ("/govstack/consent/audit/", AUDIT),
    ];
    rows.iter().find(|(start, _)| path.starts_with(start)).map(|(_, door)| *door)
}

#[tokio::test]
async fn every_route_lets_in_whom_it_should_and_nobody_else() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        for (method, template) in &app.routes {
            let door = door(template).unwrap_or_else(|| panic!("no row for {method} {template}"));
            let path = template.replace(['{', '}'], "");
            let anonymous = app.server.send(method, &path, &[], None).await.status;
            assert_eq!(anonymous == 401, door != Door::Open, "{method} {template}: {anonymous}");
            for role in ROLES {
                let status = app.by(role, method, &path, None).await.status;
                let wanted = match door {
                    Door::Open | Door::Exchange => anonymous,
                    Door::Officers(roles) | Door::Both(roles) if roles.contains(&role) => {
                        assert!(
                            ![401, 403].contains(&status),
                            "{method} {template}: {role} got {status}"
                        );
                        status
                    }
                    Door::Officers(_) | Door::Both(_) => 403,
                };
                assert_eq!(status, wanted, "{method} {template}: {role}");
            }
            let foreign = app.officer_of("GOV/CRO", "desk-officer");
            let status =
                app.server.send(method, &path, &[("authorization", &foreign)], None).await.status;
            let wanted =
                if matches!(door, Door::Officers(_) | Door::Both(_)) { 403 } else { anonymous };
            assert_eq!(
                status, wanted,
                "{method} {template}: an officer of another member than {OWNER}"
            );
        }
    })
    .await;
}
