//! Probes that act: they sign in, ask, consent and complain as a synthetic person and as a test institution, and only
//! where the list allows it.

mod browser;
mod bulk;
mod call;
mod complaint;
mod consent;
mod desk;
mod login;
mod portal;
mod tracker;
mod trails;

pub use bulk::Bulk;
pub use call::{Called, KnownBad};
pub use complaint::Complained;
pub use consent::Consented;
pub use login::Login;
pub use tracker::Tracked;
pub use trails::Trails;

use std::collections::BTreeMap;

use basis::{Clock, Rng};
use reqwest::Client;

use super::fetch::{self, Trouble, Visit};
use super::seen::Seen;
use super::synthetic::{Officer, Person};
use super::targets::{Target, Targets};

/// The probes of this kind.
pub const ACTING: [&str; 8] = [
    "P-OIDC-AUTH",
    "P-DX-CALL",
    "P-POLICY",
    "P-CONSENT",
    "P-TRACKER",
    "P-GRIEV",
    "P-PAY-BULK",
    LOGCHAIN,
];
/// Signs in and changes nothing.
const LOGCHAIN: &str = "P-LOGCHAIN";

/// What outlasts a single probe of one run.
pub(super) struct Stage {
    pub(super) clock: Clock,
    pub(super) rng: Rng,
    /// Browsers in which the person of a target is signed in at its portal.
    browsers: BTreeMap<String, Client>,
    /// Last used step of each person's one-time codes: none passes twice.
    steps: BTreeMap<String, i64>,
}

impl Stage {
    pub(super) fn new(clock: Clock, rng: Rng) -> Self {
        Self { clock, rng, browsers: BTreeMap::new(), steps: BTreeMap::new() }
    }

    /// The browser of a target's person, with what they did before in this run.
    pub(super) fn browser(&mut self, target: &Target) -> Result<Client, Trouble> {
        if let Some(browser) = self.browsers.get(&target.name) {
            return Ok(browser.clone());
        }
        let browser = fetch::browser()?;
        self.browsers.insert(target.name.clone(), browser.clone());
        Ok(browser)
    }

    /// A name that nobody has used before.
    fn fresh(&self, prefix: &str) -> String {
        let bytes: [u8; 6] = self.rng.bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}-{hex}")
    }
}

/// Other targets of the list that the probes of this one go on to.
pub(super) fn others<'t>(targets: &'t Targets, target: &'t Target) -> Vec<&'t Target> {
    let synthetic = &target.synthetic;
    let officers =
        [&synthetic.institution, &synthetic.authority, &synthetic.maker, &synthetic.checker];
    let names = officers.into_iter().flatten().filter_map(|officer| officer.at.as_deref());
    let named = names.filter_map(|name| targets.all().iter().find(|other| other.name == name));
    named.filter(|other| other.allow_writes).collect()
}

pub(super) async fn ask(
    probe: &str,
    visit: &mut Visit<'_>,
    stage: &mut Stage,
) -> Result<Seen, Trouble> {
    if !visit.target().allow_writes && probe != LOGCHAIN {
        let why = "acts at the target, and the list does not permit it: set allow_writes where it \
                   may, and name a synthetic person and a test institution";
        return Err(Trouble::Refused(why.to_owned()));
    }
    match probe {
        "P-OIDC-AUTH" => login::look(visit, stage).await,
        "P-DX-CALL" => call::look(visit, stage).await,
        "P-POLICY" => call::known_bad(visit, stage).await,
        "P-CONSENT" => consent::look(visit, stage).await,
        "P-TRACKER" => tracker::look(visit, stage).await,
        "P-PAY-BULK" => bulk::look(visit, stage).await,
        LOGCHAIN => trails::look(visit, stage).await,
        _ => complaint::look(visit, stage).await,
    }
}

/// What the list has to name for a probe, or the reason why the probe cannot be run.
fn named<'s, T>(thing: Option<&'s T>, table: &str) -> Result<&'s T, Trouble> {
    thing.ok_or_else(|| Trouble::Refused(format!("needs [target.synthetic.{table}] in the list")))
}

fn person<'t>(visit: &Visit<'t>) -> Result<&'t Person, Trouble> {
    named(visit.target().synthetic.person.as_ref(), "person")
}

fn institution<'t>(visit: &Visit<'t>) -> Result<&'t Officer, Trouble> {
    named(visit.target().synthetic.institution.as_ref(), "institution")
}
