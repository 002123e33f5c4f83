//! Rounds through spreadsheets and back.

use maturity::round::{Flow, Institution, LegalInstrument, Round, Service, System, Target};
use maturity::{Instrument, sheet};

use crate::build::{OFFICE, claim, date, empty, evidence, gazette, review, standing};

pub(crate) const SHEETS: [&str; 8] =
    ["Institutions", "Evidence", "Answers", "Targets", "Systems", "Services", "Laws", "Flows"];

pub(crate) fn json(round: &Round) -> serde_json::Value {
    serde_json::to_value(round).unwrap()
}

fn system(n: usize) -> System {
    System {
        id: format!("SYS-{n:02}"),
        name: format!("Système n° {n}"),
        institution: OFFICE.to_owned(),
        purpose: "=SUM(A1:A9)".to_owned(),
        hosting: "+ministry".to_owned(),
        database: "-none".to_owned(),
        monitoring: "@night".to_owned(),
        capabilities: vec!["identity".to_owned(), "a; b".to_owned(), "back\\slash".to_owned()],
        interfaces: vec!["=REST".to_owned()],
        uses: if n == 0 { Vec::new() } else { vec!["SYS-00".to_owned()] },
        shared: n == 0,
        vendor: "two\nlines, \"quoted\"".to_owned(),
        contract_ends: Some(date(["2027", "2027-03", "2027-03-14", "unknown"][n % 4])),
        open_source: n.is_multiple_of(2),
        since: None,
    }
}

fn service(n: usize) -> Service {
    Service {
        id: format!("{:03}", n),
        name: "1234".to_owned(),
        institution: OFFICE.to_owned(),
        description: "'quoted'".to_owned(),
        sector: "health".to_owned(),
        recipients: vec!["individual".to_owned(), "agency".to_owned()],
        transactions_per_year: Some([0, 1_234_567, u64::MAX][n % 3]),
        customers_per_year: None,
        visits: Some(n as u32),
        documents: vec!["birth certificate".to_owned()],
        agencies: Vec::new(),
        channels: vec!["counter".to_owned(), "web".to_owned()],
        languages: vec!["français".to_owned()],
        link: "https://service.example/?a=1&b=2".to_owned(),
        digital_level: Some(1 + (n % 5) as u8),
        cross_border: n.is_multiple_of(3),
        legal_basis: "'=1".to_owned(),
        vulnerable_groups: true,
        rights_critical: false,
        commitment: [None, Some(0), Some(4)][n % 3],
        needs: vec!["payments".to_owned()],
        systems: vec![format!("SYS-{:02}", n % 60)],
        satisfaction: Some(87),
        challenges: Vec::new(),
    }
}

/// A round with 60 systems and 200 services, and something in every catalogue.
pub(crate) fn filled() -> Round {
    let mut round = standing(|indicator| (indicator.weight % 5) as u8);
    round.institutions.push(Institution {
        id: "GOV/HEA".to_owned(),
        name: "Ministry of Health".to_owned(),
        sector: "health".to_owned(),
    });
    round.systems = (0..60).map(system).collect();
    round.services = (0..200).map(service).collect();
    round.laws.push(LegalInstrument {
        id: "LAW-1".to_owned(),
        name: "Data Protection Act".to_owned(),
        level: "national".to_owned(),
        status: "in force".to_owned(),
        date: Some(date("2019")),
        articles: "3-5".to_owned(),
        covers: vec!["data protection".to_owned()],
    });
    for path in ["exchange", "private link"] {
        round.flows.push(Flow {
            from: OFFICE.to_owned(),
            to: "GOV/HEA".to_owned(),
            subject: "births".to_owned(),
            path: path.to_owned(),
            agreement: (path == "exchange").then(|| "DSA-1".to_owned()),
            legal_basis: None,
            calls: Some(12),
        });
    }
    let mut ids = round.answers.keys().cloned().collect::<Vec<_>>().into_iter();
    round
        .targets
        .insert(ids.next().unwrap(), Target::Level { level: 4, by: Some(date("2028-06")) });
    round.targets.insert(ids.next().unwrap(), Target::NotPlanned { reason: "council".to_owned() });
    round.answers.insert(ids.next().unwrap(), claim(None));
    round
}

/// The same round with nothing in it that sheets hold.
pub(crate) fn emptied(round: &Round) -> Round {
    Round {
        targets: Default::default(),
        answers: Default::default(),
        evidence: Vec::new(),
        institutions: Vec::new(),
        systems: Vec::new(),
        services: Vec::new(),
        flows: Vec::new(),
        laws: Vec::new(),
        ..round.clone()
    }
}

#[test]
fn a_round_comes_back_from_its_own_template_as_it_was() {
    let instrument = Instrument::built_in();
    let round = filled();
    assert_eq!(round.check(&instrument), []);
    let file = sheet::template(&instrument, Some(&round)).unwrap();
    let mut read = emptied(&round);
    let imported = sheet::read_xlsx(&file, &instrument, &mut read).unwrap();
    assert_eq!(json(&read), json(&round));
    assert_eq!(imported.sheets["Systems"].added, 60);
    assert_eq!(imported.sheets["Services"].added, 200);

    let again = sheet::read_xlsx(&file, &instrument, &mut read).unwrap();
    assert_eq!(json(&read), json(&round), "the same file twice changes nothing");
    assert_eq!(again.sheets["Services"], sheet::Counted { added: 0, replaced: 200 });
}

#[test]
fn a_round_comes_back_from_csv_as_it_was() {
    let instrument = Instrument::built_in();
    let round = filled();
    let mut read = emptied(&round);
    for name in SHEETS {
        let text = sheet::write_csv(name, &round).unwrap();
        sheet::read_csv(name, text.as_bytes(), &instrument, &mut read).unwrap();
    }
    assert_eq!(json(&read), json(&round));
    let systems = sheet::write_csv("systems", &round).unwrap();
    assert!(systems.contains("'=SUM(A1:A9),'+ministry,'-none,'@night"), "{systems}");
}

#[test]
fn an_empty_template_is_read_and_changes_nothing() {
    let instrument = Instrument::built_in();
    let mut round = empty();
    let file = sheet::template(&instrument, None).unwrap();
    let imported = sheet::read_xlsx(&file, &instrument, &mut round).unwrap();
    assert!(imported.sheets.is_empty() && imported.not_kept.is_empty(), "{imported:?}");
    assert_eq!(json(&round), json(&empty()));
    assert_eq!(
        file,
        sheet::template(&instrument, None).unwrap(),
        "the same bytes, whatever the day"
    );
}

#[test]
fn headers_may_be_in_any_order_and_case_and_come_from_govstack() {
    let instrument = Instrument::built_in();
    let mut round = empty();
    let text = "\u{feff}NAME; id ;ministry;Transactions/Year;Cross-border?;PPP?;digital_level\r\n\
                Permit;S1;GOV/DIG;1 200;OUI;yes;4\r\n\r\n;;;;;;\r\nLicence;S2;GOV/DIG;;non;;\r\n";
    let imported = sheet::read_csv("services", text.as_bytes(), &instrument, &mut round).unwrap();
    assert_eq!(imported.not_kept, ["Services: PPP?"]);
    assert_eq!(round.services.len(), 2);
    let permit = &round.services[0];
    assert_eq!((permit.id.as_str(), permit.name.as_str()), ("S1", "Permit"));
    assert_eq!(permit.transactions_per_year, Some(1200));
    assert_eq!(permit.digital_level, Some(4));
    assert!(permit.cross_border && !round.services[1].cross_border);
}

#[test]
fn rows_replace_what_has_their_id_and_leave_the_rest() {
    let instrument = Instrument::built_in();
    let mut round = filled();
    let before = round.clone();
    let text = "Id,Name,Institution\nSYS-07,Renamed,GOV/HEA\nSYS-99,New,GOV/DIG\n";
    let imported = sheet::read_csv("Systems", text.as_bytes(), &instrument, &mut round).unwrap();
    assert_eq!(imported.sheets["Systems"], sheet::Counted { added: 1, replaced: 1 });
    assert_eq!(round.systems.len(), 61);
    assert_eq!(round.systems[7].name, "Renamed");
    assert_eq!(round.systems[7].purpose, before.systems[7].purpose, "no such column in the file");
    round.systems.pop();
    round.systems[7] = before.systems[7].clone();
    assert_eq!(json(&round), json(&before));
}

#[test]
fn a_review_goes_with_the_claim_it_was_about() {
    let instrument = Instrument::built_in();
    let mut round = empty();
    round.evidence.push(gazette());
    for id in ["ID-01", "ID-02"] {
        let mut answer = claim(Some(2));
        answer.review = Some(review(1));
        round.answers.insert(id.to_owned(), answer);
    }
    let text =
        "Indicator,Level,Institution,Note\nID-01,2,GOV/DIG,same claim\nID-02,3,GOV/DIG,other\n";
    let imported = sheet::read_csv("Answers", text.as_bytes(), &instrument, &mut round).unwrap();
    assert_eq!(imported.reviews_dropped, ["ID-02"]);
    assert!(round.answers["ID-01"].review.is_some());
    assert_eq!(round.answers["ID-01"].note, "same claim");
    assert!(round.answers["ID-02"].review.is_none());
}

#[test]
fn every_kind_of_evidence_can_be_written() {
    let instrument = Instrument::built_in();
    let mut round = empty();
    for kind in maturity::instrument::EvidenceKind::ALL {
        round.evidence.push(evidence(kind, "2025-03"));
    }
    let text = sheet::write_csv("Evidence", &round).unwrap();
    let mut read = emptied(&round);
    sheet::read_csv("Evidence", text.as_bytes(), &instrument, &mut read).unwrap();
    assert_eq!(json(&read)["evidence"], json(&round)["evidence"]);
}
