//! Proves a block's pages: every template with every sample in every language, strict, and the HTML looked over for what
//! breaks quietly (a label without its field, two things with one id, a page without a heading, something from outside).

use crate::{Ui, Visit, assets};
use axum::http::Request;
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::BTreeSet;

/// A page and its stylesheet together, bytes: what a slow link has to carry.
const PAGE_MAX: usize = 100 * 1024;

/// Templates that are parts of others and render no page of their own begin with this, or are one of [`FRAME`].
const PART_PREFIX: char = '_';
const FRAME: [&str; 2] = ["shell.html", "components.html"];

/// A template with something to show in it.
#[derive(Clone)]
pub struct Sample {
    template: &'static str,
    context: Value,
}

impl Sample {
    /// A sample of what a handler gives to `template`.
    #[must_use]
    pub fn new(template: &'static str, context: impl Serialize) -> Self {
        Self { template, context: Value::from(Serde(context)) }
    }
}

impl Ui {
    /// What is wrong with the pages, in words; empty when all is well. `samples` are to cover every template of the block
    /// (our own are added), and should cover every branch in them.
    #[must_use]
    pub fn check(&self, samples: &[Sample]) -> Vec<String> {
        let mut flaws = self.0.texts.gaps();
        flaws.extend(self.unknown_texts());
        let all: Vec<Sample> = samples.iter().cloned().chain(crate::gallery::samples()).collect();
        let sampled: BTreeSet<&str> = all.iter().map(|sample| sample.template).collect();
        for name in self.0.sources.keys() {
            let file = name.rsplit('/').next().unwrap_or(name);
            if !sampled.contains(name) && !FRAME.contains(name) && !file.starts_with(PART_PREFIX) {
                flaws.push(format!("{name}: no sample"));
            }
        }
        for lang in self.0.texts.languages() {
            for visit in self.sample_visits(&format!("/sample?page=2&lang={lang}")) {
                flaws.extend(all.iter().flat_map(|sample| check_one(&visit, sample)));
            }
        }
        flaws.extend(self.0.texts.flaws());
        flaws
    }

    /// A visitor nobody knows, and one who is signed in and has sections to go to.
    fn sample_visits(&self, uri: &str) -> [Visit; 2] {
        let (parts, ()) = Request::get(uri).body(()).expect("a valid request").into_parts();
        let visit = Visit::of(self.clone(), &parts);
        let known = visit
            .clone()
            .signed_in("Asha", "/sign-out")
            .with_nav(&[("/sample", "shell.language"), ("/", "error.home")]);
        [visit, known]
    }

    /// Keys written out in templates that no catalogue has, sampled or not.
    fn unknown_texts(&self) -> Vec<String> {
        let missing = |key: &str| {
            let has = |key: &str| self.0.texts.find(crate::Lang::EN, key).is_some();
            !has(key) && !has(&format!("{key}.other"))
        };
        let of = |(name, source): (&&str, &&str)| -> Vec<String> {
            let keys = written_keys(source).into_iter().filter(|key| missing(key));
            keys.map(|key| format!("{name}: no text `{key}`")).collect()
        };
        self.0.sources.iter().flat_map(of).collect()
    }
}

/// The keys in `t("...")` and `t('...')` that are whole literals.
fn written_keys(source: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    for (at, _) in source.match_indices("t(") {
        let named_longer =
            source[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let mut rest = source[at + 2..].chars();
        let Some(quote @ ('"' | '\'')) = rest.next() else { continue };
        let Some((key, after)) = rest.as_str().split_once(quote) else { continue };
        if !named_longer && after.starts_with([')', ',']) {
            keys.push(key);
        }
    }
    keys
}

fn check_one(visit: &Visit, sample: &Sample) -> Vec<String> {
    let place = format!("{} in {}", sample.template, visit.lang);
    let html = match visit.page(sample.template, &sample.context).html() {
        Ok(html) => html,
        Err(error) => return vec![format!("{place}: {error:#}")],
    };
    look_over(&html).into_iter().map(|flaw| format!("{place}: {flaw}")).collect()
}

fn look_over(html: &str) -> Vec<String> {
    let mut flaws = Vec::new();
    let size = html.len() + assets::css().content().len();
    if size > PAGE_MAX {
        flaws.push(format!("{size} bytes with its stylesheet, more than {PAGE_MAX}"));
    }
    if html.matches("<h1").count() != 1 {
        flaws.push("needs exactly one <h1>".to_owned());
    }
    if let Some(level) = skipped_heading(html) {
        flaws.push(format!("a heading of level {level} stands under one more than a level above"));
    }
    for forbidden in ["<script", "style=\"", "onclick=", "src=\"http", "href=\"http:", "url(http"] {
        if html.contains(forbidden) {
            flaws.push(format!("holds `{forbidden}`"));
        }
    }
    let mut ids = BTreeSet::new();
    for id in attributes(html, "id") {
        if !ids.insert(id) {
            flaws.push(format!("two elements have the id `{id}`"));
        }
    }
    let pointed = ["for", "aria-describedby", "aria-labelledby"]
        .into_iter()
        .flat_map(|name| attributes(html, name));
    let pointed = pointed.flat_map(|value| value.split_whitespace());
    let linked = attributes(html, "href").into_iter().filter_map(|href| href.strip_prefix('#'));
    for target in pointed.chain(linked).filter(|target| !ids.contains(target)) {
        flaws.push(format!("points at `{target}`, which is not there"));
    }
    flaws
}

/// The level of a heading that leaves a level out: whoever goes by headings then looks for what is missing.
fn skipped_heading(html: &str) -> Option<u32> {
    let opened = html.split("<h").skip(1);
    let levels = opened.filter_map(|rest| rest.chars().next().and_then(|level| level.to_digit(10)));
    let mut above = 0;
    for level in levels {
        if level > above + 1 {
            return Some(level);
        }
        above = level;
    }
    None
}

/// The values of an attribute, as our templates write them: ` name="value"`.
fn attributes<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    let opening = format!(" {name}=\"");
    html.split(opening.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_quietly_is_found() {
        let check = |html: &str, expected: &str| {
            let flaws = look_over(html);
            assert!(flaws.iter().any(|flaw| flaw.contains(expected)), "{html}: {flaws:?}");
        };
        assert!(look_over("<h1>A</h1> <label for=\"a\"></label><input id=\"a\">").is_empty());
        check("<p>", "exactly one <h1>");
        check("<h1 id=\"a\"> <i id=\"a\">", "two elements");
        check("<h1> <label for=\"b\">", "points at `b`");
        check("<h1> <a href=\"#c\">", "points at `c`");
        check("<h1> <h2> <h4>", "heading of level 4");
        check("<h1> <p style=\"x\">", "holds `style");
        check(&"<h1>".repeat(30_000), "bytes");
    }

    #[test]
    fn keys_are_read_from_templates() {
        let source = r#"{{ t("a.b") }} {{ t('c', n=3) }} {{ t("d." ~ kind) }} {{ set("e") }} {{ c.x(t("f")) }}"#;
        assert_eq!(written_keys(source), ["a.b", "c", "f"]);
    }
}
