//! What is sent to routes that must understand a request before they can say whether it is one's
//! own business. All others get an empty object: they say who may come in before they read on.

use super::table::Row;
use credential::SigningKey;
use serde_json::{Value, json};

/// The body for a row.
pub fn body(row: &Row) -> Option<Value> {
    let names = json!({"en": "Extra"});
    Some(match (row.method, row.path) {
        ("PUT", "/exchange/v1/members") => {
            json!({"id": "TB/GOV/NIA", "names": {"en": "National Identity Authority"}})
        }
        ("PUT", "/exchange/v1/subsystems") => {
            json!({"id": "TB/GOV/NIA/extra", "sector": "extra", "names": names})
        }
        ("PUT", "/exchange/v1/services") => {
            json!({"id": "TB/GOV/NIA/consent/extra", "names": names, "kinds": [], "enabled": true})
        }
        ("PUT", "/exchange/v1/access-rights") => json!({"service": SERVICE, "client": CLIENT}),
        ("POST", "/exchange/v1/agreements") => {
            json!({"service": SERVICE, "client": CLIENT, "purpose": "extra", "basis": "law"})
        }
        ("PUT", "/exchange/v1/officers") => {
            let key = SigningKey::generate_es256().expect("a key can be made").public_jwk();
            json!({"member": "TB/GOV/NIA", "id": "extra", "key": key, "roles": []})
        }
        ("GET" | "DELETE", _) => return None,
        _ => json!({}),
    })
}

/// A service of the member that the attempts are about, and a client that no other row needs.
const SERVICE: &str = "TB/GOV/NIA/identity/persons";
const CLIENT: &str = "TB/COM/LAKESIDE/patients";

/// The query for a row.
pub fn query(row: &Row) -> String {
    match (row.method, row.path) {
        ("DELETE", "/exchange/v1/access-rights") => format!("?service={SERVICE}&client={CLIENT}"),
        _ => String::new(),
    }
}
