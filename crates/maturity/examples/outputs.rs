//! Writes every output of the sample into a directory, to be looked at: `cargo run --example outputs -- DIR`.

use std::error::Error;
use std::path::PathBuf;

use maturity::report::{Language, Report, docx, html, json, pdf};

#[path = "../tests/report/plan.rs"]
mod plan;
#[path = "../tests/report/sample.rs"]
mod sample;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).ok_or("name a directory")?);
    std::fs::create_dir_all(&directory)?;
    let instrument = sample::instrument();
    let round = sample::round(&instrument);
    let assessment = plan::assessment(&instrument, &round);
    for language in Language::ALL {
        let report = Report::new(&instrument, &round, &assessment, language);
        let write = |name: &str, bytes: Vec<u8>| {
            std::fs::write(directory.join(format!("{}-{name}", language.code())), bytes)
        };
        write("report.html", html::report(&report).into_bytes())?;
        write("brief.html", html::brief(&report).into_bytes())?;
        write("report.pdf", pdf::report(&report)?)?;
        write("brief.pdf", pdf::brief(&report)?)?;
        write("report.docx", docx::report(&report)?)?;
        write("report.json", json::report(&report)?.into_bytes())?;
    }
    Ok(())
}
