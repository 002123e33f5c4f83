//! The block as a value: its pages in every language, its routes and its catalogue.

use super::*;
use crate::web::samples::samples;
use basis::{Clock, Rng};
use std::collections::BTreeSet;

fn site() -> Site {
    Site {
        service: "Tumbawe services".to_owned(),
        operator: "National Identity Authority".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    }
}

#[test]
fn the_pages_hold_in_every_language() {
    let keys = kernel::keys::KeyStore::in_memory(Clock::system(), Rng::seeded(1));
    let (_, csrf) = keys.secret("csrf:identity").unwrap();
    let ui = build_ui(site(), &csrf, Rng::seeded(1)).unwrap();
    assert_eq!(ui.check(&samples()), Vec::<String>::new());
}

#[test]
fn audit_events_are_named_once_and_after_the_block() {
    let names: BTreeSet<_> = events::AUDIT_EVENTS.iter().map(|event| event.name).collect();
    assert_eq!(names.len(), events::AUDIT_EVENTS.len());
    assert!(names.iter().all(|name| name.starts_with("identity.")), "{names:?}");
}

#[test]
fn permissions_are_named_once_and_held_by_somebody() {
    let names: BTreeSet<_> = PERMISSIONS.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), PERMISSIONS.len());
    assert!(PERMISSIONS.iter().all(|row| !row.roles.is_empty()));
}
