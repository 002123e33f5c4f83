//! The report's chapters, each from the assessment's values alone.

pub mod answers;
pub mod architecture;
pub mod border;
pub mod catalogues;
pub mod components;
pub mod decisions;
pub mod gaps;
pub mod glance;
pub mod layers;
pub mod limits;
pub mod method;
pub mod probes;
pub mod register;
pub mod roadmap;
pub mod safeguards;
pub mod services;
pub mod sharing;

use super::Report;
use super::document::{Document, Line};

/// The whole report, ready to be set.
#[must_use]
pub fn document(report: &Report<'_>) -> Document {
    Document {
        title: report.title(),
        country: report.round.country.name.clone(),
        invented: report.invented(),
        language: report.language.code(),
        cover: cover(report),
        chapters: vec![
            decisions::chapter(report),
            glance::chapter(report),
            method::chapter(report),
            components::chapter(report),
            layers::chapter(report),
            safeguards::chapter(report),
            sharing::chapter(report),
            gaps::chapter(report),
            services::chapter(report),
            architecture::chapter(report),
            roadmap::chapter(report),
            border::chapter(report),
            limits::chapter(report),
            answers::chapter(report),
            probes::chapter(report),
            register::chapter(report),
            catalogues::chapter(report),
        ],
    }
}

/// What was assessed, when, under what, and from which bytes.
pub(crate) fn cover(report: &Report<'_>) -> Vec<(String, Line)> {
    let (round, instrument) = (report.round, report.instrument);
    let name = format!("{} {}", instrument.id, instrument.version);
    vec![
        (report.t("cover.country").to_owned(), Line::plain(round.country.name.clone())),
        (report.t("cover.as-of").to_owned(), Line::plain(round.as_of.to_string())),
        (report.t("cover.round").to_owned(), Line::new().code(round.id.clone())),
        (report.t("cover.profile").to_owned(), Line::plain(profile(report))),
        (report.t("cover.instrument").to_owned(), Line::plain(name)),
        (report.t("cover.digest").to_owned(), Line::new().code(report.assessment.digest.clone())),
    ]
}

fn profile(report: &Report<'_>) -> String {
    let id = &report.round.profile;
    let found = report.instrument.profiles.iter().find(|profile| profile.id == *id);
    found.map_or_else(|| id.clone(), |profile| profile.name.clone())
}
