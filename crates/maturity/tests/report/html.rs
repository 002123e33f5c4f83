//! The page: whole in itself, every link with a target, nothing from a country's words taken as markup.

use std::collections::BTreeSet;

use maturity::report::{Language, Report, html};

use crate::{plan, sample};

fn page(language: Language) -> String {
    let instrument = sample::instrument();
    let round = sample::round(&instrument);
    let assessment = plan::assessment(&instrument, &round);
    html::report(&Report::new(&instrument, &round, &assessment, language))
}

fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let starts = page.split(attribute).skip(1);
    starts.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_link_within_the_page_has_a_target() {
    let page = page(Language::English);
    let ids: BTreeSet<&str> = values(&page, " id=\"").into_iter().collect();
    let links = values(&page, " href=\"#");
    assert!(links.len() > 400, "{}", links.len());
    let dead: BTreeSet<&str> = links.into_iter().filter(|link| !ids.contains(link)).collect();
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn no_id_is_given_twice() {
    let page = page(Language::English);
    let mut seen = BTreeSet::new();
    let twice: Vec<&str> =
        values(&page, " id=\"").into_iter().filter(|id| !seen.insert(*id)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn the_page_asks_for_nothing_from_outside() {
    let page = page(Language::English);
    for sign in ["<script", "<link", "<img", "@import", "url("] {
        assert!(!page.contains(sign), "{sign}");
    }
}

#[test]
fn the_same_values_give_the_same_page() {
    assert_eq!(page(Language::French), page(Language::French));
}

#[test]
fn an_invented_country_is_named_as_such_on_screen_and_on_paper() {
    let page = page(Language::English);
    let says = "Tumbawe is an invented country";
    assert!(page.contains(&format!("<p class=\"invented\">{says}")));
    assert!(page.contains(&format!("@top-left {{ content: \"{says}")));
}

#[test]
fn unknown_is_never_shown_as_a_level() {
    let page = page(Language::English);
    // CAP is the dimension that nobody answered in the sample.
    let row = page.split("id=\"dim-CAP\"").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("unknown") && row.contains("too little answered"), "{row}");
    assert!(!row.contains("class=\"level l0\""), "{row}");
}

#[test]
fn words_of_the_round_are_words() {
    let instrument = sample::instrument();
    let mut round = sample::round(&instrument);
    round.country.name = "</style><script>alert(1)</script>".to_owned();
    round.institutions[0].name = "<img src=x onerror=alert(1)>".to_owned();
    round.evidence[0].source = "javascript:alert(1)".to_owned();
    let assessment = plan::assessment(&instrument, &round);
    let page = html::report(&Report::new(&instrument, &round, &assessment, Language::English));
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("href=\"javascript")
    );
}

#[test]
fn headings_go_down_one_step_at_a_time() {
    let page = page(Language::English);
    let mut last = 1;
    for rest in page.split("<h").skip(1) {
        let Some(level) = rest.chars().next().and_then(|letter| letter.to_digit(10)) else {
            continue;
        };
        assert!(level <= last + 1, "h{level} after h{last}");
        last = level;
    }
}
