//! Whom and what the probes that act may use: synthetic persons and test institutions that the operator names for a
//! target, with credentials that stand in the environment or in files and never in the list.
//!
//! ```toml
//! [target.synthetic.person]                 # signs in as a resident
//! number = "5469169344036923"
//! secret_env = "PROBE_PERSON_SECRET"        # of the authenticator app, base32; or secret_file
//!
//! [target.synthetic.relying_party]          # registered at the identity provider for the probes
//! client_id = "assessment"
//! redirect_uri = "https://assessment.example.org/callback"
//! key_file = "assessment.pem"               # P-256, PKCS#8 in PEM or a JWK; or key_env
//!
//! [target.synthetic.institution]            # a test institution on the exchange
//! at = "frontline"                          # name of the target that it calls through; this one by default
//! officer = "COM/LAKESIDE/n-3"
//! client = "TB/COM/LAKESIDE/patients"
//! key_env = "PROBE_OFFICER_KEY"
//!
//! [target.synthetic.call]                   # asks who shows the person's number, on a ground that stands
//! path = "TB/GOV/NIA/identity/persons/resolve"
//! purpose = "treatment"
//! legal_basis = "law:Health Services Act, s.9"
//!
//! [target.synthetic.consent]                # a data agreement the person has not answered
//! agreement = "01a2219a-58c2-7c5b-8d6e-1eaa298279df"
//! path = "TB/GOV/NIA/residents/records"
//! purpose = "treatment"
//!
//! [target.synthetic.authority]              # answers the complaint that the probe lodges
//! at = "treasury"
//! officer = "GOV/DPC/k-1"
//! key_env = "PROBE_AUTHORITY_KEY"
//!
//! [target.synthetic.auditor]                # has audit trails compared; or a token of the target itself
//! officer = "GOV/AUDIT/a-1"
//! key_env = "PROBE_AUDITOR_KEY"
//!
//! [target.synthetic.payments]               # a programme that pays the person 1.00 each time
//! services = "TB/GOV/TREASURY/payments"
//! lookup_purpose = "benefit-eligibility"    # to ask whose number it is, at the service of the call above
//! purpose = "benefit-payment"
//! legal_basis = "law:Social Protection Act, s.4"
//! account = "0199b3a0-0000-7000-8000-00000000c41d"
//! currency = "KES"
//! provider = "TB/COM/LAKEBANK"
//! good_account = "LB-000001-100000"
//! bad_account = "LB-000001-999999"          # one that the provider refuses
//!
//! [target.synthetic.maker]                  # puts the batch together; checker approves it
//! officer = "GOV/MSP/m-2"
//! client = "TB/GOV/MSP/benefits"
//! key_env = "PROBE_MAKER_KEY"
//! ```

use std::path::PathBuf;
use std::sync::Arc;

use credential::totp::Totp;
use credential::{SigAlg, SigningKey};
use kernel::config::SecretText;
use serde::Deserialize;

/// What the operator names for one target; each probe says what it needs and misses.
#[derive(Clone, Debug, Default)]
pub struct Synthetic {
    /// A person who does not exist.
    pub person: Option<Person>,
    /// A relying party of the probes' own.
    pub relying_party: Option<RelyingParty>,
    /// An officer of a test institution.
    pub institution: Option<Officer>,
    /// What that institution may ask.
    pub call: Option<Call>,
    /// What the person may allow it.
    pub consent: Option<Consent>,
    /// An officer of the authority that takes complaints.
    pub authority: Option<Officer>,
    /// An officer of the auditor.
    pub auditor: Option<Officer>,
    /// A programme that pays the person.
    pub payments: Option<Payments>,
    /// Puts its batch together.
    pub maker: Option<Officer>,
    /// Approves it.
    pub checker: Option<Officer>,
}

/// A synthetic person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number they sign in with.
    pub number: String,
    /// Their authenticator.
    pub totp: Totp,
}

/// A client of the identity provider.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// As registered.
    pub client_id: String,
    /// As registered; nothing is ever sent there.
    pub redirect_uri: String,
    /// Its key.
    pub key: Arc<SigningKey>,
}

/// An officer, or a system with an id of its own.
#[derive(Clone, Debug)]
pub struct Officer {
    /// Name of the target whose exchange they use; none for the target itself.
    pub at: Option<String>,
    /// `CLASS/MEMBER/ID`.
    pub id: String,
    /// Subsystem they call as; empty where they do not call.
    pub client: String,
    /// Their key.
    pub key: Arc<SigningKey>,
}

/// A call about the person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Service and path below it.
    pub path: String,
    /// Purpose code.
    pub purpose: String,
    /// `law:REFERENCE`
    pub legal_basis: String,
}

/// A call that rests on the person's consent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Id of the data agreement.
    pub agreement: String,
    /// Service and path below it.
    pub path: String,
    /// Purpose code.
    pub purpose: String,
}

/// A programme with an account, and two of the person's own, one of which is refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payments {
    /// The subsystem with the services `beneficiaries` and `batches`.
    pub services: String,
    /// Purpose code of asking whose number it is.
    pub lookup_purpose: String,
    /// Purpose code of paying.
    pub purpose: String,
    /// `law:REFERENCE`
    pub legal_basis: String,
    /// The programme's account.
    pub account: String,
    /// Its currency.
    pub currency: String,
    /// The person's provider.
    pub provider: String,
    /// An account there.
    pub good_account: String,
    /// One that the provider refuses.
    pub bad_account: String,
}

/// `[target.synthetic]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    person: Option<PersonEntry>,
    relying_party: Option<PartyEntry>,
    institution: Option<OfficerEntry>,
    call: Option<Call>,
    consent: Option<Consent>,
    authority: Option<OfficerEntry>,
    auditor: Option<OfficerEntry>,
    payments: Option<Payments>,
    maker: Option<OfficerEntry>,
    checker: Option<OfficerEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonEntry {
    number: String,
    secret_env: Option<String>,
    secret_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyEntry {
    client_id: String,
    redirect_uri: String,
    key_env: Option<String>,
    key_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficerEntry {
    at: Option<String>,
    officer: String,
    #[serde(default)]
    client: String,
    key_env: Option<String>,
    key_file: Option<PathBuf>,
}

/// Key and what is wrong with it.
pub(super) type Fault = (&'static str, String);

impl Entry {
    /// Looks the credentials up.
    ///
    /// # Errors
    /// The first key that leads to none.
    pub(super) fn open(
        self,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Result<Synthetic, Fault> {
        let officer = |table: &'static str, entry: Option<OfficerEntry>| {
            entry.map(|entry| officer(table, entry, variable)).transpose()
        };
        Ok(Synthetic {
            person: self.person.map(|entry| person(entry, variable)).transpose()?,
            relying_party: self.relying_party.map(|entry| party(entry, variable)).transpose()?,
            institution: officer("synthetic.institution", self.institution)?,
            call: self.call,
            consent: self.consent,
            authority: officer("synthetic.authority", self.authority)?,
            auditor: officer("synthetic.auditor", self.auditor)?,
            payments: self.payments,
            maker: officer("synthetic.maker", self.maker)?,
            checker: officer("synthetic.checker", self.checker)?,
        })
    }
}

fn person(entry: PersonEntry, variable: &impl Fn(&str) -> Option<String>) -> Result<Person, Fault> {
    const KEY: &str = "synthetic.person";
    let secret = secret(KEY, entry.secret_env, entry.secret_file, variable)?;
    let uri = format!("otpauth://totp/probe?algorithm=SHA1&secret={}", secret.reveal());
    let totp = Totp::from_uri(&uri).ok_or_else(|| {
        (KEY, "has a secret that is not base32: take the one the authenticator shows".to_owned())
    })?;
    Ok(Person { number: entry.number, totp })
}

fn party(
    entry: PartyEntry,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<RelyingParty, Fault> {
    const KEY: &str = "synthetic.relying_party";
    let secret = secret(KEY, entry.key_env, entry.key_file, variable)?;
    let key = Arc::new(signing_key(KEY, &secret)?);
    Ok(RelyingParty { client_id: entry.client_id, redirect_uri: entry.redirect_uri, key })
}

fn officer(
    table: &'static str,
    entry: OfficerEntry,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Officer, Fault> {
    let secret = secret(table, entry.key_env, entry.key_file, variable)?;
    let key = Arc::new(signing_key(table, &secret)?);
    Ok(Officer { at: entry.at, id: entry.officer, client: entry.client, key })
}

fn secret(
    table: &'static str,
    variable_name: Option<String>,
    file: Option<PathBuf>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<SecretText, Fault> {
    let text = match (variable_name, file) {
        (Some(name), None) => variable(&name)
            .ok_or_else(|| (table, format!("names {name}, which is not set: export it")))?,
        (None, Some(path)) => std::fs::read_to_string(&path).map_err(|error| {
            (table, format!("names {}, which cannot be read: {error}", path.display()))
        })?,
        _ => {
            let problem = "has to name one place of its secret: a variable or a file";
            return Err((table, problem.to_owned()));
        }
    };
    Ok(SecretText::from(text.trim()))
}

/// P-256, as our guide for integrators makes keys; a JWK where a library prefers it.
fn signing_key(table: &'static str, secret: &SecretText) -> Result<SigningKey, Fault> {
    let key = SigningKey::from_text(SigAlg::Es256, secret.reveal());
    key.map_err(|error| {
        (table, format!("has a key that is no P-256 key in PKCS#8 PEM or as a JWK: {error}"))
    })
}
