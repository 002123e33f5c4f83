//! Phrases that many chapters and charts share, and the anchors that lead from a figure to its evidence.

use super::Report;
use super::document::{Line, State};
use crate::instrument::EvidenceKind;
use crate::result::{CostBand, Effort, GapKind, GateAnswer, Measured, Verdict};

/// Anchor of an id: letters, digits and dashes only.
#[must_use]
pub fn anchor(group: &str, id: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    format!("{group}-{}", id.chars().map(plain).collect::<String>())
}

/// Links from indicators to their rows in annex A.
#[must_use]
pub fn indicator_links(ids: &[String]) -> Line {
    Line::new().links(ids.iter().map(|id| (anchor("a", id), id.clone())))
}

/// Comma between, nothing for none.
#[must_use]
pub fn listed(words: &[String]) -> String {
    words.join(", ")
}

impl<'a> Report<'a> {
    /// A level in its tone, or "unknown".
    #[must_use]
    pub fn level(&self, level: Option<u8>) -> Line {
        Line::new().level(level, self.t("level.unknown"))
    }

    /// What a probe saw.
    #[must_use]
    pub fn measured(&self, measured: Measured) -> Line {
        match measured {
            Measured::Level(level) => self.level(Some(level)),
            Measured::No => Line::new().soft(self.t("measured.no")),
            Measured::CannotBe => Line::new().soft(self.t("measured.cannot")),
            Measured::Unavailable => Line::new().state(State::Open, self.t("measured.unavailable")),
            Measured::Lost => Line::new().state(State::Bad, self.t("measured.lost")),
        }
    }

    #[must_use]
    pub fn gate_state(&self, state: GateAnswer) -> Line {
        match state {
            GateAnswer::Green => Line::new().state(State::Good, self.t("gate.green")),
            GateAnswer::Red => Line::new().state(State::Bad, self.t("gate.red")),
            GateAnswer::Unknown => Line::new().state(State::Open, self.t("gate.unknown")),
        }
    }

    #[must_use]
    pub fn evidence_kind(&self, kind: EvidenceKind) -> &'a str {
        self.t(match kind {
            EvidenceKind::Interview => "evidence.interview",
            EvidenceKind::Document => "evidence.document",
            EvidenceKind::LawText => "evidence.law-text",
            EvidenceKind::Gazette => "evidence.gazette",
            EvidenceKind::Statistic => "evidence.statistic",
            EvidenceKind::SystemLog => "evidence.system-log",
            EvidenceKind::LiveProbe => "evidence.live-probe",
            EvidenceKind::AuditReport => "evidence.audit-report",
        })
    }

    #[must_use]
    pub fn gap_kind(&self, kind: GapKind) -> &'a str {
        self.t(match kind {
            GapKind::Missing => "gap.missing",
            GapKind::NotFunctional => "gap.not-functional",
            GapKind::Siloed => "gap.siloed",
            GapKind::NotInteroperable => "gap.not-interoperable",
            GapKind::Ungoverned => "gap.ungoverned",
            GapKind::Unsafe => "gap.unsafe",
            GapKind::Excluding => "gap.excluding",
            GapKind::Unevidenced => "gap.unevidenced",
            GapKind::Contradicted => "gap.contradicted",
            GapKind::DependentOnOne => "gap.dependent-on-one",
        })
    }

    #[must_use]
    pub fn effort(&self, effort: Effort) -> &'a str {
        self.t(match effort {
            Effort::Small => "effort.small",
            Effort::Medium => "effort.medium",
            Effort::Large => "effort.large",
        })
    }

    #[must_use]
    pub fn cost(&self, cost: CostBand) -> &'a str {
        self.t(match cost {
            CostBand::Low => "cost.low",
            CostBand::Middle => "cost.middle",
            CostBand::High => "cost.high",
        })
    }

    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> &'a str {
        self.t(match verdict {
            Verdict::Keep => "verdict.keep",
            Verdict::Adapt => "verdict.adapt",
            Verdict::Replace => "verdict.replace",
            Verdict::Retire => "verdict.retire",
            Verdict::Build => "verdict.build",
        })
    }

    /// Name of a core component; the word itself for one the texts do not know.
    #[must_use]
    pub fn component<'b>(&self, component: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match component {
            "identity" => self.t("component.identity"),
            "payments" => self.t("component.payments"),
            "exchange" => self.t("component.exchange"),
            "any" => self.t("component.any"),
            other => other,
        }
    }

    /// The question of a matrix column.
    #[must_use]
    pub fn question<'b>(&self, question: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match question {
            "exist_functional" => self.t("question.exist"),
            "interoperable" => self.t("question.interoperable"),
            "governed" => self.t("question.governed"),
            "shared" => self.t("question.shared"),
            other => other,
        }
    }

    /// How data travel.
    #[must_use]
    pub fn path<'b>(&self, path: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match path {
            "exchange" => self.t("path.exchange"),
            "private link" => self.t("path.private"),
            "file" => self.t("path.file"),
            "paper" => self.t("path.paper"),
            "uses" => self.t("path.uses"),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_hold_no_sign_that_an_address_would_read_otherwise() {
        assert_eq!(anchor("i", "GOV/MSP é"), "i-GOV-MSP--");
        assert_eq!(indicator_links(&["ID-01".into(), "ID-02".into()]).words(), "ID-01, ID-02");
    }
}
