//! What probes saw, as facts, and each as one sentence. What it means for an indicator stands in `levels`.

use super::acting::{Bulk, Called, Complained, Consented, KnownBad, Login, Tracked, Trails};
use super::components::Mandates;
use super::directory::{Agreements, Directory};
use super::openapi::Interfaces;
use super::openid::Openid;
use super::pages::{Accessibility, Catalogue, Languages, Weight};
use super::traffic::Traffic;

/// Most problems that are spelt out in a sentence.
const SHOWN_MAX: usize = 4;

/// What one probe saw at one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// An OpenID provider.
    Openid(Openid),
    /// Descriptions of interfaces.
    Interfaces(Interfaces),
    /// Members and services of an exchange.
    Directory(Directory),
    /// Rights and agreements.
    Agreements(Agreements),
    /// Mandates of components.
    Mandates(Mandates),
    /// Audit trails.
    Trails(Trails),
    /// Pages under static rules.
    Accessibility(Accessibility),
    /// Languages of pages.
    Languages(Languages),
    /// Weight of pages.
    Weight(Weight),
    /// A list of services.
    Catalogue(Catalogue),
    /// A sign-in, and attacks on it.
    Login(Login),
    /// Calls by those who may and who may not.
    Called(Called),
    /// Calls on grounds that do not stand.
    KnownBad(KnownBad),
    /// A consent from first to last.
    Consented(Consented),
    /// A look, as the person sees it.
    Tracked(Tracked),
    /// A complaint from first to last.
    Complained(Complained),
    /// A batch of payments from first to last.
    Bulk(Bulk),
    /// Calls of the last months.
    Traffic(Traffic),
    /// Facts that no level follows from.
    Facts(String),
}

impl Seen {
    /// One sentence without a full stop.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::Openid(seen) => openid(seen),
            Self::Interfaces(seen) => interfaces(seen),
            Self::Directory(seen) => directory(seen),
            Self::Agreements(seen) => {
                let covered = seen.rights - seen.without.len();
                let start =
                    format!("{covered} of {} rights have an agreement in force", seen.rights);
                with_label(start, "without", &seen.without)
            }
            Self::Mandates(seen) => {
                let named = seen.components - seen.without.len();
                let start = format!("{named} of {} components name a mandate", seen.components);
                with_label(start, "without", &seen.without)
            }
            Self::Trails(seen) => {
                let start = format!("{} rows of {} trails compared", seen.rows, seen.trails);
                with(start, &seen.findings)
            }
            Self::Accessibility(seen) => {
                let start = format!("{} of {} pages keep all static rules", seen.good, seen.pages);
                with(start, &seen.problems)
            }
            Self::Languages(seen) if seen.answered.is_empty() => {
                "pages answer in no language that was asked for".to_owned()
            }
            Self::Languages(seen) => {
                let answered: Vec<&str> = seen.answered.iter().map(String::as_str).collect();
                format!("all pages looked at answer in {}", answered.join(", "))
            }
            Self::Weight(seen) => weight(seen),
            Self::Catalogue(seen) => catalogue(seen),
            Self::Login(seen) => seen.says(),
            Self::Called(seen) => seen.says(),
            Self::KnownBad(seen) => seen.says(),
            Self::Consented(seen) => seen.says(),
            Self::Tracked(seen) => seen.says(),
            Self::Complained(seen) => seen.says(),
            Self::Bulk(seen) => seen.says(),
            Self::Traffic(seen) => seen.says(),
            Self::Facts(says) => says.clone(),
        }
    }

    /// Whether the target answered that there is nothing of what was looked for. Where there was before, that is an
    /// outage of a part.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Openid(seen) => !seen.found,
            Self::Catalogue(seen) => !seen.found,
            _ => false,
        }
    }
}

fn openid(seen: &Openid) -> String {
    if !seen.found {
        return "there is no discovery document".to_owned();
    }
    let problems: Vec<String> = seen.broken.iter().chain(&seen.weak).cloned().collect();
    if problems.is_empty() {
        let levels = seen.assurance_levels;
        return format!(
            "an OpenID provider with code flow, PKCE and {levels} assurance levels; neither tried with a login nor \
             for the age of its keys"
        );
    }
    with("an OpenID provider".to_owned(), &problems)
}

fn interfaces(seen: &Interfaces) -> String {
    let Interfaces { expected, valid, truthful, tried, .. } = seen;
    let start = format!(
        "{valid} of {expected} interfaces have a valid public description; for {truthful} nothing disagrees in {tried} \
         live requests for status codes"
    );
    with(start, &seen.problems)
}

fn directory(seen: &Directory) -> String {
    let classes = seen.members.iter().map(|(class, count)| format!("{count} {class}"));
    let classes: Vec<String> = classes.collect();
    let Directory { sectors, services, .. } = seen;
    format!("members: {}; {services} services between {sectors} sectors", classes.join(", "))
}

fn weight(seen: &Weight) -> String {
    let Weight { pages, heaviest_bytes, elsewhere, .. } = seen;
    let mut start =
        format!("the heaviest of {pages} pages is {heaviest_bytes} bytes with its files");
    if *elsewhere > 0 {
        start.push_str(&format!(", without {elsewhere} from other hosts"));
    }
    if seen.need_scripts.is_empty() {
        return format!("{start}, and all are there without scripts");
    }
    with(format!("{start}; some are empty without scripts"), &seen.need_scripts)
}

fn catalogue(seen: &Catalogue) -> String {
    if !seen.found {
        return "the page that should list services is not there".to_owned();
    }
    let form = if seen.machine_readable { "a machine-readable list" } else { "a web page" };
    let services = counted(seen.services, "service");
    format!("{form} with {services}; {} listed beside", counted(seen.components, "component"))
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn with_label(start: String, label: &str, problems: &[String]) -> String {
    if problems.is_empty() { start } else { with(format!("{start}; {label}"), problems) }
}

/// A sentence with the first problems after it, and how many more there are.
fn with(start: String, problems: &[String]) -> String {
    if problems.is_empty() {
        return start;
    }
    let shown = problems[..problems.len().min(SHOWN_MAX)].join("; ");
    let more = problems.len().saturating_sub(SHOWN_MAX);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    format!("{start}: {shown}{more}")
}
