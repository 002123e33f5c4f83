//! Every page with something in it, in every language.

use super::{CONFLICTS, ConflictPage, ConflictsPage, Head, Line, TEMPLATES, TEXTS};
use basis::Rng;
use ui::parts::{Choice, Fact};
use ui::{Errors, Sample, Site, Ui};

fn conflict(errors: Errors) -> Sample {
    let option = Choice {
        value: "keep".to_owned(),
        text: "Keep it".to_owned(),
        hint: String::new(),
        on: true,
    };
    let head = |text: &str| Head { text: text.to_owned(), number: false };
    let row = ["Child", "Neema", "Neema"].map(str::to_owned).to_vec();
    let page = ConflictPage {
        queue: CONFLICTS,
        number: "2026-900000000009".to_owned(),
        reasons: vec!["Another birth has this number.".to_owned()],
        standing: vec![Fact::new("Post", "TB/GOV/POST114/civil")],
        heads: vec![head("Field"), head("From the post"), head("In the register")],
        rows: vec![row],
        action: format!("{CONFLICTS}/1/resolve"),
        options: vec![option],
        remark: "Seen both".to_owned(),
        errors,
    };
    Sample::new("civil/conflict.html", page)
}

#[test]
fn every_page_renders_in_every_language() {
    let site = Site {
        service: "Tumbawe services".to_owned(),
        operator: "Civil Registration Office".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    let ui = Ui::builder("civil", site, &[7; 32], Rng::seeded(1))
        .templates(&TEMPLATES)
        .texts(&TEXTS)
        .expect("the pages are whole")
        .build();
    let line = || Line {
        number: "2026-900000000009".to_owned(),
        href: format!("{CONFLICTS}/1"),
        tag: "Another birth has this number.".to_owned(),
        says: "Handed in today".to_owned(),
    };
    let queue = |lines, more| Sample::new("civil/conflicts.html", ConflictsPage { lines, more });
    let mut errors = Errors::none();
    errors.add("remark", "Say why");
    let samples = [
        queue(vec![line(), line()], true),
        queue(Vec::new(), false),
        conflict(Errors::none()),
        conflict(errors),
    ];
    assert_eq!(ui.check(&samples), Vec::<String>::new());
}
