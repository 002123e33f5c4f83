//! The instrument in another language. What is asked and how it weighs stands in one file; the words of a language
//! stand in a file beside it, so that a translation can change no score.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use crate::instrument::{Indicator, Instrument, MaturityLevel};

/// Format of the file that this crate reads.
pub const SCHEMA: &str = "dpi-assessment-translation/1";

const FRENCH: &str = include_str!("../../data/instrument.fr.toml");

/// `dpi-assessment-translation/1`: every text of one instrument that a person reads, in one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// Format of the file.
    pub schema: String,
    /// Id of the instrument whose texts these are.
    pub instrument: String,
    /// Version of the instrument: a text can be wrong under another.
    pub version: String,
    /// `fr`
    pub language: String,
    pub scale: ScaleText,
    pub rollup: RollupText,
    /// By number: `0` to `4`.
    #[serde(rename = "level")]
    pub levels: BTreeMap<String, LevelText>,
    /// What a gate says, by id.
    #[serde(rename = "gate")]
    pub gates: BTreeMap<String, String>,
    /// Names, by id.
    #[serde(rename = "dimension")]
    pub dimensions: BTreeMap<String, String>,
    #[serde(rename = "probe")]
    pub probes: BTreeMap<String, ProbeText>,
    #[serde(rename = "profile", default)]
    pub profiles: BTreeMap<String, ProfileText>,
    #[serde(rename = "indicator")]
    pub indicators: BTreeMap<String, IndicatorText>,
}

/// Names of the five answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleText {
    pub generic: Vec<String>,
}

/// Texts of the report's method chapter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollupText {
    pub indicator: String,
    pub dimension: String,
    pub interval: String,
}

/// Texts of a stage of maturity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelText {
    pub name: String,
    #[serde(default)]
    pub govstack_state: Option<String>,
}

/// Texts of a probe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeText {
    pub does: String,
    pub passes: String,
}

/// Texts of a profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileText {
    pub name: String,
    pub purpose: String,
}

/// Texts of an indicator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorText {
    pub title: String,
    pub question: String,
    pub levels: Vec<String>,
    /// What closes a gap of it.
    pub action: String,
}

/// Why a file is no translation of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranslationError {
    #[error("the translation cannot be read: {0}")]
    Form(String),
    #[error("the translation does not fit the instrument:{}", Listed(.0))]
    Faults(Vec<String>),
}

struct Listed<'f>(&'f [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fault| write!(f, "\n- {fault}"))
    }
}

impl Translation {
    /// Reads a file. Its form only: [`apply`] compares it with the instrument.
    ///
    /// # Errors
    /// [`TranslationError::Form`] when it is no TOML of this shape or of another format.
    pub fn parse(text: &str) -> Result<Self, TranslationError> {
        let translation: Self =
            toml::from_str(text).map_err(|error| TranslationError::Form(error.to_string()))?;
        if translation.schema != SCHEMA {
            let says = format!("its schema is `{}`, not {SCHEMA}", translation.schema);
            return Err(TranslationError::Form(says));
        }
        Ok(translation)
    }

    /// The translation of the built-in instrument that ships with the program; none for English, which needs none,
    /// and for languages that nobody has translated.
    ///
    /// # Panics
    /// Never in a program whose tests passed: they read the same text.
    #[must_use]
    pub fn built_in(language: &str) -> Option<Self> {
        (language == "fr").then(|| Self::parse(FRENCH).expect("the tests read the same text"))
    }
}

/// The instrument with the texts of another language. Ids, weights, conditions and probes stay as they are.
///
/// # Errors
/// [`TranslationError::Faults`] with every text that is missing and every key that the instrument does not know: a
/// report half in one language and half in another would look finished.
pub fn apply(
    instrument: &Instrument,
    translation: &Translation,
) -> Result<Instrument, TranslationError> {
    let faults = faults(instrument, translation);
    if !faults.is_empty() {
        return Err(TranslationError::Faults(faults));
    }
    let mut translated = instrument.clone();
    translated.language.clone_from(&translation.language);
    translated.scale.generic.clone_from(&translation.scale.generic);
    translated.rollup.indicator.clone_from(&translation.rollup.indicator);
    translated.rollup.dimension.clone_from(&translation.rollup.dimension);
    translated.rollup.interval.clone_from(&translation.rollup.interval);
    for level in &mut translated.levels {
        if let Some(text) = translation.levels.get(&level.n.to_string()) {
            level.name.clone_from(&text.name);
            level.govstack_state.clone_from(&text.govstack_state);
        }
    }
    for gate in &mut translated.gates {
        if let Some(says) = translation.gates.get(&gate.id) {
            gate.says.clone_from(says);
        }
    }
    for dimension in &mut translated.dimensions {
        if let Some(name) = translation.dimensions.get(&dimension.id) {
            dimension.name.clone_from(name);
        }
    }
    for probe in &mut translated.probes {
        if let Some(text) = translation.probes.get(&probe.id) {
            probe.does.clone_from(&text.does);
            probe.passes.clone_from(&text.passes);
        }
    }
    for profile in &mut translated.profiles {
        if let Some(text) = translation.profiles.get(&profile.id) {
            profile.name.clone_from(&text.name);
            profile.purpose.clone_from(&text.purpose);
        }
    }
    for indicator in &mut translated.indicators {
        if let Some(text) = translation.indicators.get(&indicator.id) {
            translate_indicator(indicator, text);
        }
    }
    Ok(translated)
}

fn translate_indicator(indicator: &mut Indicator, text: &IndicatorText) {
    indicator.title.clone_from(&text.title);
    indicator.question.clone_from(&text.question);
    indicator.levels.clone_from(&text.levels);
    indicator.gap.action.clone_from(&text.action);
}

/// Everything that does not fit, in the order of the file.
fn faults(instrument: &Instrument, translation: &Translation) -> Vec<String> {
    let mut check = Check { faults: Vec::new() };
    check.head(instrument, translation);
    check.texts(instrument, translation);
    let wanted: Vec<String> = instrument.levels.iter().map(|level| level.n.to_string()).collect();
    check.keys("level", wanted.iter().map(String::as_str), translation.levels.keys());
    for level in &instrument.levels {
        check.level(level, translation.levels.get(&level.n.to_string()));
    }
    let gates = instrument.gates.iter().map(|gate| gate.id.as_str());
    check.keys("gate", gates, translation.gates.keys());
    let dimensions = instrument.dimensions.iter().map(|dimension| dimension.id.as_str());
    check.keys("dimension", dimensions, translation.dimensions.keys());
    let probes = instrument.probes.iter().map(|probe| probe.id.as_str());
    check.keys("probe", probes, translation.probes.keys());
    let profiles = instrument.profiles.iter().map(|profile| profile.id.as_str());
    check.keys("profile", profiles, translation.profiles.keys());
    let indicators = instrument.indicators.iter().map(|indicator| indicator.id.as_str());
    check.keys("indicator", indicators, translation.indicators.keys());
    for indicator in &instrument.indicators {
        if let Some(text) = translation.indicators.get(&indicator.id) {
            check.indicator(indicator, text);
        }
    }
    check.faults
}

struct Check {
    faults: Vec<String>,
}

impl Check {
    fn head(&mut self, instrument: &Instrument, translation: &Translation) {
        let (id, version) = (&translation.instrument, &translation.version);
        if *id != instrument.id || *version != instrument.version {
            self.faults.push(format!(
                "it translates {id} {version}, and the instrument is {} {}",
                instrument.id, instrument.version
            ));
        }
    }

    /// Texts that are there once, and those that are plain strings by key.
    fn texts(&mut self, instrument: &Instrument, translation: &Translation) {
        self.count("scale.generic", &translation.scale.generic, instrument.scale.generic.len());
        self.filled("rollup.indicator", &translation.rollup.indicator);
        self.filled("rollup.dimension", &translation.rollup.dimension);
        self.filled("rollup.interval", &translation.rollup.interval);
        for (id, says) in &translation.gates {
            self.filled(&format!("gate.{id}"), says);
        }
        for (id, name) in &translation.dimensions {
            self.filled(&format!("dimension.{id}"), name);
        }
        for (id, text) in &translation.probes {
            self.filled(&format!("probe.{id}.does"), &text.does);
            self.filled(&format!("probe.{id}.passes"), &text.passes);
        }
        for (id, text) in &translation.profiles {
            self.filled(&format!("profile.{id}.name"), &text.name);
            self.filled(&format!("profile.{id}.purpose"), &text.purpose);
        }
    }

    fn level(&mut self, level: &MaturityLevel, text: Option<&LevelText>) {
        let Some(text) = text else {
            return;
        };
        let path = format!("level.{}", level.n);
        self.filled(&format!("{path}.name"), &text.name);
        match (&level.govstack_state, &text.govstack_state) {
            (Some(_), None) => self.faults.push(format!("{path}.govstack_state is missing")),
            (None, Some(_)) => {
                self.faults.push(format!("{path}.govstack_state: the instrument has none"));
            }
            (Some(_), Some(state)) => self.filled(&format!("{path}.govstack_state"), state),
            (None, None) => {}
        }
    }

    fn indicator(&mut self, indicator: &Indicator, text: &IndicatorText) {
        let path = format!("indicator.{}", indicator.id);
        self.filled(&format!("{path}.title"), &text.title);
        self.filled(&format!("{path}.question"), &text.question);
        self.filled(&format!("{path}.action"), &text.action);
        self.count(&format!("{path}.levels"), &text.levels, indicator.levels.len());
    }

    fn keys<'k>(
        &mut self,
        table: &str,
        wanted: impl Iterator<Item = &'k str>,
        given: impl Iterator<Item = &'k String>,
    ) {
        let wanted: BTreeSet<&str> = wanted.collect();
        let given: BTreeSet<&str> = given.map(String::as_str).collect();
        let missing = wanted.difference(&given).map(|id| format!("{table}.{id} is missing"));
        self.faults.extend(missing);
        let unknown = given.difference(&wanted);
        self.faults
            .extend(unknown.map(|id| format!("{table}.{id}: the instrument has no such {table}")));
    }

    fn count(&mut self, path: &str, texts: &[String], wanted: usize) {
        if texts.len() != wanted {
            self.faults.push(format!("{path}: {wanted} texts, not {}", texts.len()));
        }
        for text in texts {
            self.filled(path, text);
        }
    }

    fn filled(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.faults.push(format!("{path} is empty"));
        }
    }
}
