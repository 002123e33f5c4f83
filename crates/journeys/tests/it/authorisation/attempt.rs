//! One request of somebody who may or may not.

use super::bodies;
use super::table::{Agreed, Row};
use serde_json::Value;
use std::fmt;

/// Services and the paths under which their blocks serve them.
const PREFIXES: [(&str, &str); 29] = [
    ("GOV/NIA/identity/events", "/identity/events"),
    ("GOV/NIA/identity/persons", "/identity/persons"),
    ("GOV/NIA/identity/read-log", "/identity/read-log"),
    ("GOV/NIA/identity/my-sign-ins", "/identity/my-sign-ins"),
    ("GOV/CRO/civil/births", "/civil/births"),
    ("GOV/CRO/civil/events", "/civil/events"),
    ("GOV/CRO/civil/post-registrations", "/civil/post-registrations"),
    ("GOV/CRO/civil/read-log", "/civil/read-log"),
    ("GOV/NIA/consent/consent-verify", "/consent/verify"),
    ("GOV/NIA/consent/my-consents", "/consent/my"),
    ("GOV/NIA/consent/govstack-consent", "/govstack/consent"),
    ("GOV/NIA/residents/records", "/registry/records"),
    ("GOV/NIA/residents/read-log", "/registry/read-log"),
    ("GOV/TREASURY/payments/transfers", "/payments/exchange/transfers"),
    ("GOV/TREASURY/payments/read-log", "/payments/exchange/read-log"),
    ("GOV/TREASURY/payments/beneficiaries", "/payments/exchange/beneficiaries"),
    ("GOV/TREASURY/payments/batches", "/payments/exchange/batches"),
    ("GOV/TREASURY/payments/rail-results", "/payments/exchange/rail-results"),
    ("GOV/MSP/benefits/", "/registration/"),
    ("GOV/DPC/grievances/my-grievances", "/governance/my-grievances"),
    ("GOV/DPC/grievances/read-log", "/governance/read-log"),
    ("GOV/DIGITAL/assessment/rounds", "/assessment/rounds"),
    ("GOV/NIA/audit/", "/witness/"),
    ("GOV/NIA/messages/messages", "/messaging/exchange/messages"),
    ("GOV/NIA/messages/my-messages", "/messaging/exchange/my-messages"),
    ("GOV/NIA/messages/sms-receipts", "/messaging/exchange/sms-receipts"),
    ("COM/LAKEBANK/", "/simulator/COM/LAKEBANK/"),
    ("COM/SIMU/wallets/", "/simulator/COM/SIMU/wallets/"),
    ("COM/SIMU/sms/", "/simulator/COM/SIMU/sms/"),
];

/// An id of nothing.
pub const ID: &str = "018f2b6e-3c4d-7a5b-8c9d-0e1f2a3b4c5d";

/// Stands for an agreement of the member that the attempts are about; known when they are sent.
pub const AGREEMENT: &str = "AGREEMENT";

/// A request that is being put together.
pub struct Attempt {
    pub path: String,
    pub method: &'static str,
    pub bearer: Option<String>,
    /// Of a browser.
    pub cookies: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Value>,
    pub form: Option<Vec<(String, String)>>,
    /// Sent as JSON, whatever it is, instead of `body`.
    pub raw: Option<Vec<u8>>,
}

impl Attempt {
    /// The request that a row is about, by nobody.
    pub fn of(row: &Row) -> Self {
        let headers = vec![
            ("idempotency-key", ID.to_owned()),
            // GovStack's way to say whose record is meant.
            ("x-consentbb-individualid", ID.to_owned()),
        ];
        let (path, body) = (path_of(row), bodies::body(row));
        Self {
            path,
            method: row.method,
            bearer: None,
            cookies: String::new(),
            headers,
            body,
            form: None,
            raw: None,
        }
    }

    /// A request of a page.
    pub fn to(method: &'static str, path: &str) -> Self {
        let (bearer, cookies) = (None, String::new());
        let path = path.to_owned();
        Self {
            path,
            method,
            bearer,
            cookies,
            headers: Vec::new(),
            body: None,
            form: None,
            raw: None,
        }
    }

    /// The same, asked of the service through the exchange.
    pub fn through_exchange(row: &Row, agreed: &Agreed) -> Self {
        let mut attempt = Self::of(row).on_ground(agreed);
        attempt.path = format!("/exchange/r1/TB/{}{}", agreed.service, below(row, agreed));
        attempt.headers.retain(|(name, _)| !name.starts_with("x-consentbb"));
        attempt
    }

    /// With the headers of a call.
    pub fn on_ground(mut self, agreed: &Agreed) -> Self {
        self.headers.push(("msingi-client", format!("TB/{}", agreed.client)));
        self.headers.push(("msingi-purpose", agreed.purpose.to_owned()));
        self.headers.push(("msingi-legal-basis", agreed.basis.clone()));
        self
    }

    /// By whoever holds this token.
    pub fn bearer(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self
    }

    /// From a browser that holds this cookie, too.
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        let between = if self.cookies.is_empty() { "" } else { "; " };
        self.cookies.push_str(&format!("{between}{name}={value}"));
        self
    }

    /// With these bytes in place of JSON.
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.raw = Some(bytes.to_vec());
        self
    }

    /// As a form.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(mut self, fields: &[(N, V)]) -> Self {
        let fields =
            fields.iter().map(|(name, value)| (name.as_ref().into(), value.as_ref().into()));
        self.form = Some(fields.collect());
        self
    }
}

/// What is asked of a service: the route's path without what stands for the service.
pub fn below(row: &Row, agreed: &Agreed) -> String {
    let found = PREFIXES.iter().find(|(service, _)| agreed.service.starts_with(service));
    let (service, prefix) = found.unwrap_or_else(|| panic!("where is {} served?", agreed.service));
    // A service named in part stands for all that begin so.
    let prefix = format!("{prefix}{}", &agreed.service[service.len()..]);
    let path = path_of(row);
    let below =
        path.strip_prefix(&prefix).unwrap_or_else(|| panic!("{path} is not below {prefix}"));
    below.to_owned()
}

/// The row's path with something in place of each parameter.
pub fn path_of(row: &Row) -> String {
    let officer = row.path.starts_with("/exchange/v1/officers/");
    let agreement = row.path.starts_with("/exchange/v1/agreements/");
    let parts = row.path.split('/').map(|part| match part {
        "{instance}" => "TB",
        "{class}" => "GOV",
        "{member}" => "NIA",
        "{subsystem}" => "residents",
        "{service}" => "records",
        "{register}" => "residents",
        "{version}" => "1",
        "{file}" => "nothing",
        "{*path}" => "nothing/at/all",
        "{id}" if officer => "extra",
        "{id}" if agreement => AGREEMENT,
        part if part.starts_with('{') => ID,
        part => part,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    format!("{path}{}", bodies::query(row))
}

/// What came back.
pub struct Answer {
    pub status: u16,
    /// Where it sends to, or for a page where it is after all redirects.
    pub location: String,
    /// The cookies it sets, `name=value`.
    pub cookies: Vec<String>,
    pub body: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.body.chars().take(300).collect();
        write!(f, "{} {} {start}", self.status, self.location)
    }
}
