//! A resident's browser: opens pages, follows redirects among the targets of the list, sends forms as the page gave them.

use reqwest::{Method, Url};

use super::super::fetch::{Answer, Told, Trouble, Visit};
use super::super::html::{Element, elements};

/// Redirects after one click: a sign-in takes four.
const REDIRECTS_MAX: usize = 10;

/// A page as it is seen.
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) html: String,
}

/// Where a click led.
pub(super) enum Landed {
    /// To a page.
    Page(Page),
    /// To the address that was waited for, which is not opened.
    Left(String),
}

pub(super) async fn open(visit: &mut Visit<'_>, address: &str) -> Result<Page, Trouble> {
    page(go(visit, address, None).await?)
}

/// As [`open`], until an address that begins with `stop`.
pub(super) async fn go(
    visit: &mut Visit<'_>,
    address: &str,
    stop: Option<&str>,
) -> Result<Landed, Trouble> {
    let base = visit.target().url.clone();
    let url = joined(&base, address)?;
    travel(visit, url, Told::default(), stop).await
}

/// Sends the page's form whose action contains `action`, with `fields` filled in and all else as it came.
pub(super) async fn submit(
    visit: &mut Visit<'_>,
    page_: &Page,
    action: &str,
    fields: &[(&str, &str)],
) -> Result<Page, Trouble> {
    page(submit_until(visit, page_, action, fields, None).await?)
}

/// As [`submit`], until an address that begins with `stop`.
pub(super) async fn submit_until(
    visit: &mut Visit<'_>,
    page: &Page,
    action: &str,
    fields: &[(&str, &str)],
    stop: Option<&str>,
) -> Result<Landed, Trouble> {
    let form = forms(&page.html).into_iter().find(|form| form.action.contains(action));
    let Some(form) = form else {
        return Err(missing(page, action));
    };
    let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let told = Told::form(hidden.chain(fields.iter().copied()));
    let url = joined(&page.url, &form.action)?;
    travel(visit, url, told, stop).await
}

fn missing(page: &Page, action: &str) -> Trouble {
    let path = page.url.path();
    if page.status == 404 {
        return Trouble::Gone(format!("{path} is not there"));
    }
    Trouble::Refused(format!("{path} has no form for `{action}`"))
}

async fn travel(
    visit: &mut Visit<'_>,
    mut url: Url,
    mut told: Told,
    stop: Option<&str>,
) -> Result<Landed, Trouble> {
    let target = visit.target();
    for _ in 0..=REDIRECTS_MAX {
        let answer = visit.tell(target, url.as_str(), told).await?;
        let Some(location) = location(&answer) else {
            let html = answer.text();
            return Ok(Landed::Page(Page { url, status: answer.status, html }));
        };
        if stop.is_some_and(|stop| location.starts_with(stop)) {
            return Ok(Landed::Left(location));
        }
        url = joined(&url, &location)?;
        told = Told { method: Method::GET, ..Told::default() };
    }
    Err(Trouble::Refused(format!("{} redirects without end", url.path())))
}

fn page(landed: Landed) -> Result<Page, Trouble> {
    match landed {
        Landed::Page(page) => Ok(page),
        Landed::Left(_) => Err(Trouble::Refused("left for another address".to_owned())),
    }
}

fn location(answer: &Answer) -> Option<String> {
    let location = answer.header("location");
    ((300..400).contains(&answer.status) && !location.is_empty()).then(|| location.to_owned())
}

fn joined(base: &Url, address: &str) -> Result<Url, Trouble> {
    base.join(address).map_err(|_| Trouble::Refused(format!("{address} is no address")))
}

/// A form with the values it comes with.
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for element in elements(html) {
        if element.name == "form" {
            forms.push(Form { action: value(&element, "action"), hidden: Vec::new() });
        }
        let is_hidden = element.name == "input" && element.attribute("type") == "hidden";
        // Forms do not stand in each other: what is in one is in the last that began.
        if let Some(form) = forms.last_mut().filter(|_| is_hidden && element.is_within("form")) {
            form.hidden.push((value(&element, "name"), value(&element, "value")));
        }
    }
    forms
}

fn value(element: &Element, name: &str) -> String {
    unescaped(element.attribute(name))
}

/// Whether a page has a form whose action contains `action`.
pub(super) fn has_form(page: &Page, action: &str) -> bool {
    forms(&page.html).iter().any(|form| form.action.contains(action))
}

/// The references that pages use in attributes and texts.
pub(super) fn unescaped(text: &str) -> String {
    let text = text.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&#39;", "'");
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_come_with_their_own_hidden_fields() {
        let page = r#"<input type=hidden name=no value=1><form method="post" action="/a&amp;b">
            <input type="hidden" name="csrf" value="x&quot;y"><input type="text" name="number"></form>
            <form action="/other"><input type="hidden" name="b" value="2"></form>"#;
        let forms = forms(page);
        assert_eq!(forms.len(), 2);
        assert_eq!(forms[0].action, "/a&b");
        assert_eq!(forms[0].hidden, [("csrf".to_owned(), "x\"y".to_owned())]);
        assert_eq!(forms[1].hidden, [("b".to_owned(), "2".to_owned())]);
    }
}
