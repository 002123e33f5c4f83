//! Pages for people: `P-A11Y`, `P-I18N`, `P-LOWBW` and `P-CATALOG`. They look at the pages that the list names.

use std::collections::BTreeSet;

use super::components;
use super::fetch::{Answer, Trouble, Visit};
use super::html::{Element, elements};
use super::seen::Seen;

/// Languages asked for where the list names none.
const ASKED: [&str; 3] = ["en", "fr", "sw"];
/// Half a minute on a link of 50 kbit/s, with everything the page loads.
pub const WEIGHT_BYTES_MAX: usize = 190_000;
/// Less text than this without scripts is an empty frame.
const TEXT_CHARS_MIN: usize = 60;

/// Pages held against static rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accessibility {
    /// Pages looked at.
    pub pages: usize,
    /// Pages that keep all the rules.
    pub good: usize,
    /// What is wrong, by page.
    pub problems: Vec<String>,
}

/// Languages that all pages answer in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Languages {
    /// Those that answer.
    pub answered: BTreeSet<String>,
    /// As the list names them.
    pub official: Vec<String>,
    /// As the list names them.
    pub local: Vec<String>,
}

/// How heavy pages are, and whether they are there without scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Pages looked at.
    pub pages: usize,
    /// The heaviest, with what it loads from its own host, bytes.
    pub heaviest_bytes: usize,
    /// Files that come from other hosts, which are not asked: their weight is not known.
    pub elsewhere: usize,
    /// Pages that hold next to nothing until scripts run.
    pub need_scripts: Vec<String>,
}

/// A list of services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The page is there.
    pub found: bool,
    /// Whether it is JSON.
    pub machine_readable: bool,
    /// Services on it.
    pub services: usize,
    /// Components that `/.well-known/dpi-component` lists.
    pub components: usize,
}

async fn page(visit: &mut Visit<'_>, path: &str) -> Result<String, Trouble> {
    let answer = visit.get(path).await?;
    html(path, &answer)
}

fn html(path: &str, answer: &Answer) -> Result<String, Trouble> {
    if answer.status == 404 {
        return Err(Trouble::Gone(format!("{path} is not there: mend `pages` if it never was")));
    }
    if !answer.is_success() || !answer.header("content-type").starts_with("text/html") {
        let why = format!("{path} answers {} and no page: mend `pages`", answer.status);
        return Err(Trouble::Refused(why));
    }
    Ok(answer.text())
}

pub(super) async fn accessibility(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let mut seen = Accessibility::default();
    for path in &visit.target().pages {
        let problems = rules(&elements(&page(visit, path).await?));
        seen.pages += 1;
        seen.good += usize::from(problems.is_empty());
        seen.problems.extend(problems.iter().map(|problem| format!("{path}: {problem}")));
    }
    Ok(Seen::Accessibility(seen))
}

/// What is wrong with a page, by rules that need no browser (WCAG 2.2: 1.1.1, 1.3.1, 2.4.1, 2.4.2, 2.4.6, 3.1.1,
/// 3.3.2).
fn rules(page: &[Element]) -> Vec<&'static str> {
    let count = |name: &str| page.iter().filter(|element| element.name == name).count();
    let is_there = |name: &str| {
        page.iter()
            .any(|one| one.name == name && !one.is_within("svg") && !one.text.trim().is_empty())
    };
    let main = |one: &&Element| one.name == "main" || one.attribute("role") == "main";
    let mut problems = Vec::new();
    let mut expect = |holds: bool, problem| problems.extend((!holds).then_some(problem));
    let speaks = page.iter().any(|one| one.name == "html" && !one.attribute("lang").is_empty());
    expect(speaks, "the page names no language");
    expect(is_there("title"), "there is no title");
    expect(count("h1") == 1 && is_there("h1"), "there is not exactly one main heading");
    expect(!headings_jump(page), "a heading level is left out");
    expect(page.iter().filter(main).count() == 1, "there is not exactly one main landmark");
    expect(page.iter().all(has_alternative), "an image has no alternative text");
    expect(page.iter().all(|one| is_labelled(one, page)), "a form field has no label");
    problems
}

fn headings_jump(page: &[Element]) -> bool {
    let levels = page.iter().filter_map(|element| match element.name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(*level),
        _ => None,
    });
    let levels: Vec<u8> = levels.collect();
    levels.windows(2).any(|pair| pair[1] > pair[0] + 1)
}

/// An empty `alt` says that the image is decoration.
fn has_alternative(element: &Element) -> bool {
    element.name != "img" || element.attributes.contains_key("alt")
}

fn is_labelled(field: &Element, page: &[Element]) -> bool {
    let needs = match field.name.as_str() {
        "select" | "textarea" => true,
        "input" => {
            !matches!(field.attribute("type"), "hidden" | "submit" | "button" | "reset" | "image")
        }
        _ => false,
    };
    let names_itself = ["aria-label", "aria-labelledby", "title"];
    let id = field.attribute("id");
    let label = |one: &Element| one.name == "label" && one.attribute("for") == id;
    !needs
        || field.is_within("label")
        || names_itself.iter().any(|name| !field.attribute(name).is_empty())
        || (!id.is_empty() && page.iter().any(label))
}

pub(super) async fn languages(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let target = visit.target();
    let named = target.official_languages.iter().chain(&target.local_languages);
    let mut asked: Vec<String> = named.cloned().collect();
    if asked.is_empty() {
        asked = ASKED.map(str::to_owned).to_vec();
    }
    let mut answered: BTreeSet<String> = asked.iter().cloned().collect();
    for path in &target.pages {
        let mut texts = BTreeSet::new();
        for language in &asked {
            let answer = visit.get_in(&format!("{path}?lang={language}"), language).await?;
            // Not there in this language, though perhaps in others.
            let Ok(text) = html(path, &answer) else {
                answered.remove(language);
                continue;
            };
            let page = elements(&text);
            // A page that only changes its label is not translated.
            let is_new = texts.insert(text_of(&page));
            if !speaks(&page, language) || !is_new {
                answered.remove(language);
            }
        }
        if texts.is_empty() {
            return Err(Trouble::Refused(format!("{path} is a page in no language: mend `pages`")));
        }
    }
    let (official, local) = (target.official_languages.clone(), target.local_languages.clone());
    Ok(Seen::Languages(Languages { answered, official, local }))
}

fn speaks(page: &[Element], language: &str) -> bool {
    let declared =
        page.iter().find(|one| one.name == "html").map_or("", |one| one.attribute("lang"));
    let primary = declared.split('-').next().unwrap_or_default();
    primary.eq_ignore_ascii_case(language)
}

/// The text of the part that is about something, or of all if no part is marked.
fn text_of(page: &[Element]) -> String {
    let part = |name: &str| page.iter().find(|one| one.name == name);
    let whole = part("main").or_else(|| part("body")).map_or("", |one| one.text.as_str());
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) async fn weight(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let mut seen = Weight::default();
    for path in &visit.target().pages {
        let text = page(visit, path).await?;
        let page = elements(&text);
        let mut bytes = text.len();
        let files: BTreeSet<&str> = page.iter().filter_map(loads).collect();
        for file in files {
            match visit.target().url.join(file) {
                Ok(url) if url.origin() == visit.target().url.origin() => {
                    bytes += visit.get(url.as_str()).await?.body.len();
                }
                _ if file.starts_with("data:") => {}
                _ => seen.elsewhere += 1,
            }
        }
        seen.pages += 1;
        seen.heaviest_bytes = seen.heaviest_bytes.max(bytes);
        let is_heading = |one: &Element| one.name == "h1" && !one.text.trim().is_empty();
        let is_empty = text_of(&page).chars().count() < TEXT_CHARS_MIN;
        if is_empty || !page.iter().any(is_heading) {
            seen.need_scripts.push(path.clone());
        }
    }
    Ok(Seen::Weight(seen))
}

/// The file that an element makes a browser load.
fn loads(element: &Element) -> Option<&str> {
    let source = match element.name.as_str() {
        "script" | "img" | "iframe" => element.attribute("src"),
        "link" if matches!(element.attribute("rel"), "stylesheet" | "icon" | "preload") => {
            element.attribute("href")
        }
        _ => "",
    };
    (!source.is_empty()).then_some(source)
}

pub(super) async fn catalogue(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let Some(path) = &visit.target().catalogue else {
        let why = "no page lists the services: name `catalogue` for the target".to_owned();
        return Err(Trouble::Refused(why));
    };
    let components = components::list(visit).await?.map_or(0, |all| all.len());
    let answer = visit.get(path).await?;
    let mut seen = Catalogue { found: answer.is_success(), components, ..Catalogue::default() };
    if !seen.found {
        return Ok(Seen::Catalogue(seen));
    }
    if let Some(list) = answer.json().and_then(|json| json.as_array().cloned()) {
        (seen.machine_readable, seen.services) = (true, list.len());
        return Ok(Seen::Catalogue(seen));
    }
    // Each service has a page of its own below the list.
    let below = format!("{}/", path.trim_end_matches('/'));
    let page = elements(&answer.text());
    let links = page.iter().filter(|one| one.name == "a").map(|one| one.attribute("href"));
    let services: BTreeSet<&str> = links.filter(|link| link.starts_with(&below)).collect();
    seen.services = services.len();
    Ok(Seen::Catalogue(seen))
}
