//! Every sentence that the plan itself writes, in English and French. All other words come from the instrument and
//! the data, so a translated instrument gives a translated plan.

use std::fmt::Write as _;

use crate::instrument::{EvidenceKind, Indicator, Instrument};
use crate::result::CostBand;

/// Languages of the plan's own sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    French,
}

impl Language {
    /// Language of the instrument's texts; English for one that the plan does not speak.
    #[must_use]
    pub fn of(instrument: &Instrument) -> Self {
        if instrument.language.starts_with("fr") { Self::French } else { Self::English }
    }

    fn choose(self, english: &str, french: &str) -> String {
        match self {
            Self::English => english.to_owned(),
            Self::French => french.to_owned(),
        }
    }

    pub(super) fn find_out(self, indicator: &Indicator) -> String {
        let title = &indicator.title;
        match self {
            Self::English => format!("Find out, with evidence: {title}"),
            Self::French => format!("Établir, preuves à l’appui : {title}"),
        }
    }

    pub(super) fn bring_evidence(self, indicator: &Indicator) -> String {
        let title = &indicator.title;
        match self {
            Self::English => format!("Bring the evidence that carries the claim: {title}"),
            Self::French => format!("Apporter la preuve de ce qui est affirmé : {title}"),
        }
    }

    pub(super) fn correct(self, indicator: &Indicator) -> String {
        let title = &indicator.title;
        match self {
            Self::English => {
                format!("Correct the answer or the system, then measure again: {title}")
            }
            Self::French => format!("Corriger la réponse ou le système, puis mesurer : {title}"),
        }
    }

    pub(super) fn repair(self, indicator: &Indicator) -> String {
        let title = &indicator.title;
        match self {
            Self::English => {
                format!("Repair what exists and measure again; buy nothing new: {title}")
            }
            Self::French => {
                format!("Réparer l’existant et mesurer de nouveau ; ne rien acheter : {title}")
            }
        }
    }

    /// One action for all that an owner has to find out, or to correct.
    pub(super) fn gathered(self, finding_out: bool, owner: &str) -> String {
        match (self, finding_out) {
            (Self::English, true) => format!("Find out and prove what is not known ({owner})"),
            (Self::English, false) => {
                format!("Settle where answers and measurements differ ({owner})")
            }
            (Self::French, true) => format!("Établir et prouver ce qui est inconnu ({owner})"),
            (Self::French, false) => {
                format!("Régler les écarts entre réponses et mesures ({owner})")
            }
        }
    }

    pub(super) fn answered(self) -> String {
        self.choose(
            "Answers with evidence that carries them",
            "Réponses et preuves qui les portent",
        )
    }

    /// What shows that a level is reached: its probes, or the kinds of evidence, and the level's own text.
    pub(super) fn exit_test(self, indicator: &Indicator, level: u8) -> String {
        let by = if indicator.probes.is_empty() {
            let kinds = indicator.evidence.iter().map(|kind| self.evidence_kind(*kind));
            kinds.collect::<Vec<_>>().join(", ")
        } else {
            indicator.probes.join(", ")
        };
        let text = indicator.levels.get(usize::from(level)).map_or("", String::as_str);
        let mut test = by;
        if !text.is_empty() {
            let _ = write!(test, ": {text}");
        }
        test
    }

    fn evidence_kind(self, kind: EvidenceKind) -> String {
        match kind {
            EvidenceKind::Interview => self.choose("interview", "entretien"),
            EvidenceKind::Document => self.choose("document", "document"),
            EvidenceKind::LawText => self.choose("law text", "texte de loi"),
            EvidenceKind::Gazette => self.choose("gazette", "journal officiel"),
            EvidenceKind::Statistic => self.choose("statistic", "statistique"),
            EvidenceKind::SystemLog => self.choose("system log", "journal du système"),
            EvidenceKind::LiveProbe => self.choose("live probe", "mesure directe"),
            EvidenceKind::AuditReport => self.choose("audit report", "rapport d’audit"),
        }
    }

    pub(super) fn step(self, title: &str, step: u32, of: u32) -> String {
        if of == 1 {
            return title.to_owned();
        }
        match self {
            Self::English => format!("{title} (step {step} of {of})"),
            Self::French => format!("{title} (étape {step} sur {of})"),
        }
    }

    pub(super) fn milestone(self, indicator: &Indicator, level: u8) -> String {
        let (id, title) = (&indicator.id, &indicator.title);
        match self {
            Self::English => format!("{id} reaches level {level}: {title}"),
            Self::French => format!("{id} atteint le niveau {level} : {title}"),
        }
    }

    pub(super) fn level_of(self, component: &str) -> String {
        match self {
            Self::English => format!("level of {component}"),
            Self::French => format!("niveau de {component}"),
        }
    }

    pub(super) fn phase(self, n: u8) -> String {
        match n {
            1 => self.choose("Inception", "Lancement"),
            2 => self.choose("High-priority use cases", "Cas d’usage prioritaires"),
            3 => self.choose("Initial transformation", "Première transformation"),
            _ => self.choose("Mass-scale transformation", "Transformation à grande échelle"),
        }
    }

    /// Where the money may come from; a draft plan names the kind of source, not a sum.
    pub(super) fn funding(self, cost: CostBand) -> String {
        match cost {
            CostBand::Low => {
                self.choose("Running budget of the owner", "Budget courant du responsable")
            }
            CostBand::Middle => {
                self.choose("Line in the next state budget", "Ligne au prochain budget de l’État")
            }
            CostBand::High => self.choose(
                "Multi-year budget line, with partners' money for founding it",
                "Ligne budgétaire pluriannuelle, avec des partenaires pour la création",
            ),
        }
    }

    pub(super) fn keeps_own_work(self) -> String {
        self.choose(
            "does its own work and can be asked by programs",
            "fait son propre travail et peut être interrogé par des programmes",
        )
    }

    pub(super) fn needs_interface(self) -> String {
        self.choose(
            "does its own work; needs an interface on the exchange",
            "fait son propre travail ; il lui faut une interface sur l’échange",
        )
    }

    pub(super) fn shared_and_open(self) -> String {
        self.choose(
            "shared, and speaks a standard of its Building Block",
            "partagé, et parle une norme de sa brique",
        )
    }

    pub(super) fn shared_but_closed(self) -> String {
        self.choose(
            "shared; put an interface of its Building Block's standards before it",
            "partagé ; lui ajouter une interface aux normes de sa brique",
        )
    }

    pub(super) fn nothing_rests_on_it(self, blocks: &str) -> String {
        match self {
            Self::English => format!(
                "{blocks}: a shared system does the same, and no service or system in the catalogue rests on this one"
            ),
            Self::French => format!(
                "{blocks} : un système partagé le fait, et rien dans le catalogue ne repose sur celui-ci"
            ),
        }
    }

    pub(super) fn hand_over(self, blocks: &str) -> String {
        match self {
            Self::English => format!("{blocks}: hand over to the shared system, keep the rest"),
            Self::French => format!("{blocks} : confier au système partagé, garder le reste"),
        }
    }

    pub(super) fn do_not_renew(self, blocks: &str) -> String {
        match self {
            Self::English => format!(
                "{blocks}: others do the same beside it, and the contract ends within two years; do not renew, share one"
            ),
            Self::French => format!(
                "{blocks} : d’autres font de même, et le contrat finit sous deux ans ; ne pas renouveler, partager"
            ),
        }
    }

    pub(super) fn could_become_shared(self, blocks: &str) -> String {
        match self {
            Self::English => format!(
                "{blocks}: others do the same beside it; open source with an interface, so it may become the shared one"
            ),
            Self::French => format!(
                "{blocks} : d’autres font de même ; logiciel libre avec interface, il peut devenir le commun"
            ),
        }
    }

    pub(super) fn move_when_built(self, blocks: &str) -> String {
        match self {
            Self::English => {
                format!("{blocks}: others do the same beside it; move over once a shared one works")
            }
            Self::French => {
                format!("{blocks} : d’autres font de même ; migrer dès qu’un système commun marche")
            }
        }
    }

    pub(super) fn services_need_it(self, count: usize) -> String {
        match self {
            Self::English => {
                format!("services that need it: {count}; no shared system does its work")
            }
            Self::French => {
                format!("services qui en ont besoin : {count} ; aucun système partagé ne le fait")
            }
        }
    }

    /// Title of a lane of the architecture.
    #[must_use]
    pub fn lane(self, lane: &str) -> String {
        match lane {
            "foundation" => {
                self.choose("Foundation: law and mandates", "Fondations : droit et mandats")
            }
            "national" => self.choose("National components", "Composants nationaux"),
            _ => self.choose("Organisations", "Organisations"),
        }
    }
}
