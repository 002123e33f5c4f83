//! PDF, text document, comparison and region.

use maturity::report::{Language, Report, docx, html, pdf};
use maturity::result::GateAnswer;
use maturity::{compare, regional};

use crate::{plan, sample};

#[test]
fn pdf_and_text_document_come_out_the_same_twice_in_both_languages() {
    let instrument = sample::instrument();
    let round = sample::round(&instrument);
    let assessment = plan::assessment(&instrument, &round);
    for language in Language::ALL {
        let report = Report::new(&instrument, &round, &assessment, language);
        let full = pdf::report(&report).unwrap();
        assert!(full.starts_with(b"%PDF-"));
        assert_eq!(full, pdf::report(&report).unwrap());
        assert_eq!(docx::report(&report).unwrap(), docx::report(&report).unwrap());
    }
}

#[test]
fn the_brief_is_one_page() {
    let instrument = sample::instrument();
    let round = sample::round(&instrument);
    let assessment = plan::assessment(&instrument, &round);
    for language in Language::ALL {
        let report = Report::new(&instrument, &round, &assessment, language);
        let document = maturity::report::brief::document(&report);
        assert_eq!(maturity::report::paper::lay_out_brief(&document).pages, 1, "{language:?}");
    }
}

#[test]
fn an_empty_round_has_a_report_that_says_so() {
    let instrument = sample::instrument();
    let full = sample::round(&instrument);
    let mut assessment = plan::assessment(&instrument, &full);
    let mut round = sample::round(&instrument);
    round.answers.clear();
    round.evidence.clear();
    round.measurements.clear();
    round.systems.clear();
    round.services.clear();
    round.flows.clear();
    round.sign_offs.clear();
    assessment.gaps.clear();
    assessment.services.clear();
    assessment.components.clear();
    assessment.roadmap.actions.clear();
    assessment.flows.institutions.clear();
    assessment.flows.cells.clear();
    assessment.architecture.as_is.nodes.clear();
    assessment.architecture.to_be.nodes.clear();
    let report = Report::new(&instrument, &round, &assessment, Language::English);
    let page = html::report(&report);
    assert!(page.contains("Nothing was measured") && page.contains("Nobody has signed"));
    assert!(pdf::report(&report).is_ok());
    assert!(pdf::brief(&report).is_ok());
}

#[test]
fn a_comparison_names_what_changed_and_nothing_else() {
    let instrument = sample::instrument();
    let round = sample::round(&instrument);
    let before = plan::assessment(&instrument, &round);
    let mut after = plan::assessment(&instrument, &round);
    after.scores.country.level = 2;
    after.scores.indicators[0].level = Some(4);
    after.scores.indicators[1].level = None;
    after.scores.gates[1].state = GateAnswer::Green;
    let gone = after.gaps.remove(0);
    let reports =
        [&before, &after].map(|one| Report::new(&instrument, &round, one, Language::English));
    let difference = compare::difference(&reports[0], &reports[1]);
    assert_eq!(difference.level, (1, 2));
    let ids: Vec<&str> = difference.indicators.iter().map(|(id, _, _)| id.as_str()).collect();
    assert_eq!(ids, ["ID-01", "ID-02"]);
    assert_eq!(difference.indicators[1].2, None);
    assert_eq!(difference.gates, [("NOTDPI-2".to_owned(), GateAnswer::Red, GateAnswer::Green)]);
    assert_eq!((difference.closed, difference.opened), (vec![gone.id], vec![]));
    let same = compare::difference(&reports[0], &reports[0]);
    assert!(same.indicators.is_empty() && same.gates.is_empty() && same.closed.is_empty());
    let document = compare::document(&reports[0], &reports[1]);
    assert!(html::page(&reports[1], &document).contains("NOTDPI-2"));
}

#[test]
fn a_region_stands_in_the_order_of_codes_whatever_the_scores() {
    let instrument = sample::instrument();
    let rounds = ["XB", "XA", "XC"].map(|code| {
        let mut round = sample::round(&instrument);
        round.country.code = code.to_owned();
        round.country.name = format!("Country {code}");
        round
    });
    let mut assessments = [0, 1, 2].map(|at| plan::assessment(&instrument, &rounds[at]));
    assessments[0].scores.country.mean = 9_000;
    assessments[2].gaps.clear();
    let reports: Vec<Report<'_>> = rounds
        .iter()
        .zip(&assessments)
        .map(|(round, assessment)| Report::new(&instrument, round, assessment, Language::English))
        .collect();
    let shared = regional::shared_gaps(&reports);
    assert!(shared.iter().all(|one| one.countries == ["XA", "XB"]), "{shared:?}");
    let document = regional::document(&reports).unwrap();
    let page = html::page(&reports[0], &document);
    let place = |name: &str| page.find(&format!("<strong>{name}</strong> Country")).unwrap();
    assert!(place("XA") < place("XB") && place("XB") < place("XC"));
    assert!(!page.to_lowercase().contains("rank "), "no rank");
    assert!(regional::document(&[]).is_none());
}
