//! The written outputs. What they say is put together once, as a [`document::Document`]; web page, PDF and text
//! document only set it.

pub mod brief;
pub mod chapters;
pub mod document;
pub mod docx;
pub mod html;
pub mod json;
mod names;
pub mod paper;
pub mod pdf;
pub mod phrases;
pub mod texts;

use std::collections::BTreeMap;

use crate::instrument::{Dimension, Indicator, Instrument};
use crate::result::{Assessment, DimensionScore, IndicatorScore, Points};
use crate::round::Round;
pub use texts::Language;
use texts::Texts;

/// What goes into every output.
pub struct Report<'a> {
    pub instrument: &'a Instrument,
    pub round: &'a Round,
    pub assessment: &'a Assessment,
    pub language: Language,
    texts: &'static Texts,
    indicators: BTreeMap<&'a str, &'a Indicator>,
    scores: BTreeMap<&'a str, &'a IndicatorScore>,
}

impl<'a> Report<'a> {
    /// A report in `language`; the instrument should be in the same one.
    #[must_use]
    pub fn new(
        instrument: &'a Instrument,
        round: &'a Round,
        assessment: &'a Assessment,
        language: Language,
    ) -> Self {
        let indicators = instrument.indicators.iter().map(|one| (one.id.as_str(), one)).collect();
        let scored = assessment.scores.indicators.iter();
        let scores = scored.map(|one| (one.id.as_str(), one)).collect();
        let texts = Texts::of(language);
        Self { instrument, round, assessment, language, texts, indicators, scores }
    }

    /// A fixed text.
    #[must_use]
    pub fn t(&self, key: &'a str) -> &'a str {
        self.texts.get(key)
    }

    /// A fixed text with its `{names}` filled.
    #[must_use]
    pub fn fill(&self, key: &'a str, values: &[(&str, &str)]) -> String {
        let mut text = self.t(key).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&'a Indicator> {
        self.indicators.get(id).copied()
    }

    #[must_use]
    pub fn score(&self, id: &str) -> Option<&'a IndicatorScore> {
        self.scores.get(id).copied()
    }

    #[must_use]
    pub fn dimension(&self, id: &str) -> Option<&'a Dimension> {
        self.instrument.dimensions.iter().find(|dimension| dimension.id == id)
    }

    /// Dimensions in the instrument's order, each with its score.
    pub fn dimensions(&self) -> impl Iterator<Item = (&'a Dimension, &'a DimensionScore)> {
        let scores = &self.assessment.scores.dimensions;
        self.instrument.dimensions.iter().filter_map(|dimension| {
            let score = scores.iter().find(|score| score.id == dimension.id)?;
            Some((dimension, score))
        })
    }

    /// Indicators of a dimension in the instrument's order, each with its score.
    pub fn indicators_of(
        &self,
        dimension: &str,
    ) -> impl Iterator<Item = (&'a Indicator, &'a IndicatorScore)> {
        let all = self.instrument.indicators.iter();
        let of_it = all.filter(move |indicator| indicator.dimension == dimension);
        of_it.filter_map(|indicator| Some((indicator, self.score(&indicator.id)?)))
    }

    /// Name of a level of the country.
    #[must_use]
    pub fn level_name(&self, level: u8) -> &'a str {
        let found = self.instrument.levels.iter().find(|one| one.n == level);
        found.map_or("", |one| one.name.as_str())
    }

    /// Name of an institution; its id where the catalogue has none.
    #[must_use]
    pub fn institution<'b>(&'b self, id: &'b str) -> &'b str {
        let found = self.round.institutions.iter().find(|one| one.id == id);
        found.map_or(id, |one| one.name.as_str())
    }

    /// Name of a service; its id where the catalogue has none.
    #[must_use]
    pub fn service<'b>(&'b self, id: &'b str) -> &'b str {
        let found = self.round.services.iter().find(|one| one.id == id);
        found.map_or(id, |one| one.name.as_str())
    }

    /// Name of a system; its id where the catalogue has none.
    #[must_use]
    pub fn system<'b>(&'b self, id: &'b str) -> &'b str {
        let found = self.round.systems.iter().find(|one| one.id == id);
        found.map_or(id, |one| one.name.as_str())
    }

    /// `58.3`, or `58,3` in French.
    #[must_use]
    pub fn points(&self, points: Points) -> String {
        let tenths = (points + 5).div_euclid(10);
        let decimal = self.t("number.decimal");
        format!("{}{decimal}{}", tenths.div_euclid(10), tenths.rem_euclid(10))
    }

    /// Thousandths as a percentage, such as `82 %`.
    #[must_use]
    pub fn share(&self, thousandths: i64) -> String {
        self.fill("number.percent", &[("n", &((thousandths + 5) / 10).to_string())])
    }

    /// A whole number in groups of three digits.
    #[must_use]
    pub fn count(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push_str(self.t("number.group"));
            }
            out.push(digit);
        }
        out
    }

    /// Title of the full report.
    #[must_use]
    pub fn title(&self) -> String {
        self.fill("report.title", &[("country", &self.round.country.name)])
    }

    /// What every page says of an invented country; nothing of a real one.
    #[must_use]
    pub fn invented(&self) -> Option<String> {
        let country = &self.round.country;
        country.invented.then(|| self.fill("report.invented", &[("country", &country.name)]))
    }
}
