#![allow(clippy::unwrap_used)]
use maturity::report::{Language, Report, html, pdf};
use maturity::{Instrument, Round, assess};
fn main() {
    let out = std::env::args().nth(1).unwrap();
    for name in ["paper", "silos"] {
        let text = std::fs::read_to_string(format!("fixtures/{name}/round.json")).unwrap();
        let round = Round::parse(&text).unwrap();
        for language in Language::ALL {
            let mut instrument = Instrument::built_in();
            if language == Language::French {
                instrument = french(instrument);
            }
            let assessment = assess(&instrument, &round);
            let report = Report::new(&instrument, &round, &assessment, language);
            let dir = format!("{out}/{name}-{}", language.code());
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(format!("{dir}/report.html"), html::report(&report)).unwrap();
            std::fs::write(format!("{dir}/brief.html"), html::brief(&report)).unwrap();
            std::fs::write(format!("{dir}/report.pdf"), pdf::report(&report).unwrap()).unwrap();
            std::fs::write(format!("{dir}/brief.pdf"), pdf::brief(&report).unwrap()).unwrap();
        }
    }
}
fn french(i: Instrument) -> Instrument { use maturity::instrument::translation::*; apply(&i, &Translation::built_in("fr").unwrap()).unwrap() }
