//! What must hold of an instrument beyond its form. Every fault is listed, each with the place in the file.

use std::collections::BTreeSet;
use std::fmt;

use crate::instrument::condition::Condition;
use crate::instrument::{Auto, EvidenceKind, Instrument, Profile, SCHEMA, TOP, profile};

mod changes;
mod graph;

/// Largest weight of an indicator: sums stay far from the end of `i64`.
const WEIGHT_MAX: i64 = 1000;

/// Words of the matrix and of gates.
const COMPONENTS: [&str; 3] = ["identity", "payments", "exchange"];
const QUESTIONS: [&str; 4] = ["exist_functional", "interoperable", "governed", "shared"];
const SCOPES: [&str; 4] = ["country", "institution", "system", "service"];

/// Why a file is no instrument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstrumentError {
    /// No TOML, or not of an instrument's shape; with line and column.
    #[error("the instrument cannot be read: {0}")]
    Form(String),
    /// Every rule it breaks.
    #[error("the instrument breaks {} of its rules:{}", .0.len(), Listed(.0))]
    Faults(Vec<InstrumentFault>),
}

/// One fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentFault {
    /// `indicator ID-04: levels`
    pub path: String,
    /// What is wrong there.
    pub says: String,
}

impl fmt::Display for InstrumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.says)
    }
}

struct Listed<'f>(&'f [InstrumentFault]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fault| write!(f, "\n- {fault}"))
    }
}

/// All faults, in the order of the file.
pub(super) fn faults(instrument: &Instrument) -> Vec<InstrumentFault> {
    let mut check = Check { instrument, faults: Vec::new() };
    check.head();
    check.evidence_rule();
    check.levels();
    check.gates();
    check.dimensions();
    check.probes();
    check.matrix();
    check.profiles();
    check.indicators();
    check.dependencies();
    check.migrations();
    check.faults
}

struct Check<'i> {
    instrument: &'i Instrument,
    faults: Vec<InstrumentFault>,
}

impl Check<'_> {
    fn fault(&mut self, path: impl Into<String>, says: impl Into<String>) {
        self.faults.push(InstrumentFault { path: path.into(), says: says.into() });
    }

    fn head(&mut self) {
        let instrument = self.instrument;
        if instrument.schema != SCHEMA {
            self.fault("schema", format!("`{}` is not {SCHEMA}", instrument.schema));
        }
        if instrument.id.is_empty() {
            self.fault("id", "an instrument has a name");
        }
        if !is_version(&instrument.version) {
            self.fault("version", "write three numbers, such as 1.0.0");
        }
        let scale = &instrument.scale;
        if scale.min != 0 || scale.max != TOP || scale.generic.len() != usize::from(TOP) + 1 {
            self.fault("scale", "levels run from 0 to 4, and each of the five has a generic text");
        }
        if instrument.rollup.band_needs_coverage > 1000 {
            self.fault("rollup: band_needs_coverage", "a share lies between 0 and 1");
        }
        if instrument.rollup.outage_days == 0 {
            self.fault(
                "rollup: outage_days",
                "at least one day: an outage of minutes is not immaturity",
            );
        }
    }

    fn evidence_rule(&mut self) {
        let rule = &self.instrument.evidence_rule;
        if rule.none > TOP {
            self.fault("evidence_rule: none", "a level is 0 to 4");
        }
        for kind in EvidenceKind::ALL {
            let path = format!("evidence_rule: {}", kind.name());
            match rule.caps.get(&kind) {
                None => self.fault(path, "the highest level that this kind can carry is missing"),
                Some(cap) if *cap > TOP => self.fault(path, "a level is 0 to 4"),
                Some(cap) if *cap < rule.none => {
                    self.fault(path, "evidence may not carry less than none does")
                }
                Some(_) => {}
            }
        }
    }

    fn levels(&mut self) {
        let levels = &self.instrument.levels;
        if !levels.iter().map(|level| level.n).eq(0..=TOP) {
            self.fault("level", "list the levels 0, 1, 2, 3, 4, each once and in this order");
        }
        for level in levels {
            let least = [level.mean_min, level.dimension_min];
            if !least.iter().all(|least| (0..=100).contains(least)) {
                self.fault(format!("level {}", level.n), "mean_min and dimension_min are 0 to 100");
            }
        }
        for pair in levels.windows(2) {
            let falls = pair[1].mean_min < pair[0].mean_min
                || pair[1].dimension_min < pair[0].dimension_min;
            if falls {
                self.fault(
                    format!("level {}", pair[1].n),
                    "it asks for less than the level below it",
                );
            }
        }
        let first =
            levels.first().is_some_and(|level| level.mean_min > 0 || level.dimension_min > 0);
        if first {
            self.fault(
                "level 0",
                "it asks for something: a country without anything must have a level",
            );
        }
    }

    fn gates(&mut self) {
        let instrument = self.instrument;
        self.unique("gate", instrument.gates.iter().map(|gate| gate.id.as_str()));
        for gate in &instrument.gates {
            let path = format!("gate {}", gate.id);
            if gate.component != "any" && !COMPONENTS.contains(&gate.component.as_str()) {
                self.fault(
                    format!("{path}: component"),
                    one_of(&gate.component, &COMPONENTS, " or any"),
                );
            }
            match Condition::parse(&gate.fails_when) {
                Err(error) => self.fault(format!("{path}: fails_when"), error.to_string()),
                Ok(condition) => {
                    let named = condition.indicators().into_iter().map(str::to_owned);
                    self.known_indicators(&format!("{path}: fails_when"), named);
                }
            }
        }
    }

    fn dimensions(&mut self) {
        let instrument = self.instrument;
        self.unique(
            "dimension",
            instrument.dimensions.iter().map(|dimension| dimension.id.as_str()),
        );
        for dimension in &instrument.dimensions {
            let path = format!("dimension {}", dimension.id);
            if dimension.weight == 0 {
                self.fault(
                    format!("{path}: weight"),
                    "a dimension without weight counts for nothing: leave it out",
                );
            }
            if !instrument.indicators.iter().any(|indicator| indicator.dimension == dimension.id) {
                self.fault(path, "no indicator belongs to it");
            }
        }
    }

    fn probes(&mut self) {
        let ids = self.instrument.probes.iter().map(|probe| probe.id.as_str());
        self.unique("probe", ids);
    }

    fn matrix(&mut self) {
        let cells = &self.instrument.matrix;
        let names = cells.iter().map(|cell| format!("{} {}", cell.component, cell.question));
        let names: Vec<String> = names.collect();
        self.unique("matrix", names.iter().map(String::as_str));
        let wanted = COMPONENTS.iter().flat_map(|component| {
            QUESTIONS.iter().map(move |question| format!("{component} {question}"))
        });
        let wanted: Vec<String> = wanted.collect();
        for missing in wanted.iter().filter(|wanted| !names.contains(wanted)) {
            self.fault(format!("matrix {missing}"), "the cell is missing");
        }
        for (cell, name) in cells.iter().zip(&names) {
            let path = format!("matrix {name}");
            if !wanted.contains(name) {
                let says =
                    format!("cells are {} by {}", COMPONENTS.join(", "), QUESTIONS.join(", "));
                self.fault(path.clone(), says);
            }
            if cell.indicators.is_empty() {
                self.fault(path.clone(), "it names no indicator");
            }
            self.known_indicators(&path, cell.indicators.iter().cloned());
        }
    }

    fn profiles(&mut self) {
        let instrument = self.instrument;
        self.unique("profile", instrument.profiles.iter().map(|profile| profile.id.as_str()));
        for profile in &instrument.profiles {
            self.profile(profile);
        }
    }

    fn profile(&mut self, profile: &Profile) {
        let instrument = self.instrument;
        let path = format!("profile {}", profile.id);
        for id in &profile.dimensions {
            if instrument.dimension(id).is_none() {
                self.fault(format!("{path}: dimensions"), format!("there is no dimension {id}"));
            }
        }
        self.known_indicators(&format!("{path}: indicators"), profile.indicators.iter().cloned());
        let (asked, left_out): (Vec<_>, Vec<_>) =
            instrument.indicators.iter().partition(|indicator| profile.asks(indicator));
        // An indicator of no dimension is named as such, and not a second time here.
        let placed = left_out.iter().any(|left| instrument.dimension(&left.dimension).is_some());
        if asked.is_empty() {
            self.fault(path, "it asks nothing");
        } else if profile.id == profile::FULL && placed {
            self.fault(path, "`full` asks everything: name all dimensions, or leave it out");
        }
    }

    fn indicators(&mut self) {
        let instrument = self.instrument;
        self.unique(
            "indicator",
            instrument.indicators.iter().map(|indicator| indicator.id.as_str()),
        );
        for indicator in &instrument.indicators {
            let path = format!("indicator {}", indicator.id);
            if !indicator.id.contains('-')
                || indicator.id.contains(|letter: char| "()<>=! ".contains(letter))
            {
                self.fault(
                    path.clone(),
                    "an id has a hyphen and no spaces, parentheses or comparisons, such as ID-01",
                );
            }
            if instrument.dimension(&indicator.dimension).is_none() {
                self.fault(
                    format!("{path}: dimension"),
                    format!("there is no dimension {}", indicator.dimension),
                );
            }
            if indicator.levels.len() != usize::from(TOP) + 1 {
                let says =
                    format!("five texts for the levels 0 to 4, not {}", indicator.levels.len());
                self.fault(format!("{path}: levels"), says);
            }
            if !(1..=WEIGHT_MAX).contains(&indicator.weight) {
                self.fault(format!("{path}: weight"), format!("a weight is 1 to {WEIGHT_MAX}"));
            }
            if !SCOPES.contains(&indicator.scope.as_str()) {
                self.fault(format!("{path}: scope"), one_of(&indicator.scope, &SCOPES, ""));
            }
            for id in &indicator.probes {
                if !instrument.probes.iter().any(|probe| probe.id == *id) {
                    self.fault(format!("{path}: probes"), format!("there is no probe {id}"));
                }
            }
            if (indicator.auto == Auto::None) != indicator.probes.is_empty() {
                self.fault(
                    format!("{path}: auto"),
                    "`full` and `partial` need a probe, `none` has no probe",
                );
            }
        }
    }

    fn dependencies(&mut self) {
        let instrument = self.instrument;
        for indicator in &instrument.indicators {
            let path = format!("indicator {}: depends_on", indicator.id);
            self.known_indicators(&path, indicator.depends_on.iter().cloned());
        }
        for id in graph::on_a_cycle(&instrument.indicators) {
            self.fault(
                format!("indicator {id}: depends_on"),
                "it depends on itself, directly or through others",
            );
        }
    }

    fn known_indicators(&mut self, path: &str, ids: impl Iterator<Item = String>) {
        for id in ids {
            if self.instrument.indicator(&id).is_none() {
                self.fault(path, format!("there is no indicator {id}"));
            }
        }
    }

    fn unique<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        let twice: BTreeSet<&str> = names.filter(|name| !seen.insert(*name)).collect();
        for name in twice {
            self.fault(format!("{what} {name}"), "it is there more than once");
        }
    }
}

fn one_of(found: &str, words: &[&str], or: &str) -> String {
    format!("`{found}` is not one of {}{or}", words.join(", "))
}

/// Three numbers with dots.
fn is_version(text: &str) -> bool {
    let is_number = |part: &str| part.parse::<u32>().is_ok_and(|number| number.to_string() == part);
    text.split('.').count() == 3 && text.split('.').all(is_number)
}
