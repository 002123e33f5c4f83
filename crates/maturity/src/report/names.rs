//! Names for people: what stands in the record as an id or a key is said in the language of the report.

use super::Report;
use super::document::Line;
use super::phrases::anchor;
use super::texts::Language;
use crate::plan::{self, reference};
use crate::score::stage::{CRITICAL_LEAST, Hindrance};

impl Report<'_> {
    /// Name of a Building Block; the word itself for one that the data do not know.
    #[must_use]
    pub fn block<'b>(&'b self, id: &'b str) -> &'b str {
        if id == "all" {
            return self.t("block.all");
        }
        let language = match self.language {
            Language::English => plan::Language::English,
            Language::French => plan::Language::French,
        };
        reference().component(id).map_or(id, |component| component.name_in(language))
    }

    /// Names of Building Blocks, with commas between.
    #[must_use]
    pub fn blocks(&self, ids: &[String]) -> String {
        ids.iter().map(|id| self.block(id)).collect::<Vec<_>>().join(", ")
    }

    /// A column of the catalogue of services; other words stay as they are.
    #[must_use]
    pub fn field<'b>(&'b self, name: &'b str) -> &'b str {
        match name {
            "transactions_per_year" => self.t("field.transactions"),
            "visits" => self.t("field.visits"),
            "commitment" => self.t("field.commitment"),
            "legal_basis" => self.t("field.legal-basis"),
            "needs" => self.t("field.needs"),
            other => other,
        }
    }

    /// Our short name of a principle or risk of the safeguards.
    #[must_use]
    pub fn safeguard(&self, id: &str) -> &'static str {
        let found = reference().safeguards.iter().find(|one| one.id == id);
        found.map_or("", |one| match self.language {
            Language::English => one.name.as_str(),
            Language::French => one.name_fr.as_str(),
        })
    }

    /// A stage of the life cycle.
    #[must_use]
    pub fn stage<'b>(&'b self, stage: &'b str) -> &'b str {
        match stage {
            "conception and scoping" => self.t("stage.conception"),
            "strategy and design" => self.t("stage.design"),
            "development" => self.t("stage.development"),
            "deployment" => self.t("stage.deployment"),
            "operations and maintenance" => self.t("stage.operations"),
            other => other,
        }
    }

    /// Who answers for a safeguard.
    #[must_use]
    pub fn authority<'b>(&'b self, authority: &'b str) -> &'b str {
        match authority {
            "government" => self.t("authority.government"),
            "regulator" => self.t("authority.regulator"),
            "technology provider" => self.t("authority.provider"),
            "donor" => self.t("authority.donor"),
            "advocates" => self.t("authority.advocates"),
            other => other,
        }
    }

    /// What keeps the country from the next level.
    #[must_use]
    pub fn hindrance(&self, hindrance: &Hindrance) -> Line {
        match hindrance {
            Hindrance::Critical { indicator, level, not_planned } => {
                let title = self.indicator(indicator).map_or("", |one| one.title.as_str());
                let says = match level {
                    Some(level) => self.fill(
                        "held.critical",
                        &[("level", &level.to_string()), ("needs", &CRITICAL_LEAST.to_string())],
                    ),
                    None if *not_planned => self.t("held.not-planned").to_owned(),
                    None => self.t("held.unknown").to_owned(),
                };
                let name = Line::new().link(anchor("a", indicator), indicator.clone());
                name.and(format!(" {title} ")).soft(says)
            }
            Hindrance::Coverage { dimension, coverage, needs } => {
                let values = [("now", &*self.share(*coverage)), ("needs", &*self.share(*needs))];
                self.of_dimension(dimension).soft(self.fill("held.coverage", &values))
            }
            Hindrance::Dimension { dimension, score, needs } => {
                let values = [("now", &*self.points(*score)), ("needs", &*self.points(*needs))];
                self.of_dimension(dimension).soft(self.fill("held.dimension", &values))
            }
            Hindrance::Mean { mean, needs } => {
                let values = [("now", &*self.points(*mean)), ("needs", &*self.points(*needs))];
                Line::plain(self.t("glance.mean")).and(" ").soft(self.fill("held.mean", &values))
            }
        }
    }

    fn of_dimension(&self, id: &str) -> Line {
        let name = self.dimension(id).map_or("", |one| one.name.as_str());
        Line::new().link(anchor("dim", id), id).and(format!(" {name} "))
    }
}
