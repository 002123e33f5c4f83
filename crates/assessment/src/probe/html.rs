//! A scan of HTML: elements in the order of the page, with their attributes, what stands around them and their text.
//!
//! No tree is built: the rules of the probes need none. Text of scripts and styles is left out, as a reader without
//! scripts does not see it.

use std::collections::BTreeMap;

/// Elements whose content is not markup.
const RAW: [&str; 5] = ["script", "style", "textarea", "title", "noscript"];
/// Elements without an end.
const VOID: [&str; 8] = ["area", "br", "col", "hr", "img", "input", "link", "meta"];

/// One element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, in lower case.
    pub name: String,
    /// Its attributes; names in lower case.
    pub attributes: BTreeMap<String, String>,
    /// Names of the elements it stands in, outermost first.
    pub within: Vec<String>,
    /// All text in it, without elements.
    pub text: String,
}

impl Element {
    /// An attribute's value, empty if it is not there.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Whether it stands in an element of this name.
    #[must_use]
    pub fn is_within(&self, name: &str) -> bool {
        self.within.iter().any(|outer| outer == name)
    }
}

/// All elements of a page.
#[must_use]
pub fn elements(page: &str) -> Vec<Element> {
    let mut scan = Scan::default();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        scan.text(&rest[..at]);
        rest = scan.markup(&rest[at..]);
    }
    scan.text(rest);
    scan.elements
}

#[derive(Default)]
struct Scan {
    elements: Vec<Element>,
    /// Where the open elements are, outermost first.
    open: Vec<usize>,
}

impl Scan {
    fn text(&mut self, text: &str) {
        let hidden = |name: &str| matches!(name, "script" | "style" | "noscript");
        if self.open.iter().any(|at| hidden(&self.elements[*at].name)) {
            return;
        }
        for at in &self.open {
            self.elements[*at].text.push_str(text);
        }
    }

    /// Takes what begins with `<` and gives what follows it.
    fn markup<'a>(&mut self, rest: &'a str) -> &'a str {
        if let Some(comment) = rest.strip_prefix("<!--") {
            return comment.find("-->").map_or("", |end| &comment[end + 3..]);
        }
        let inner = &rest[1..];
        if let Some(end) = inner.strip_prefix('/') {
            let close = end.find('>').unwrap_or(end.len());
            self.close(&end[..close].trim().to_ascii_lowercase());
            return end.get(close + 1..).unwrap_or_default();
        }
        if !inner.starts_with(|first: char| first.is_ascii_alphabetic()) {
            if inner.starts_with('!') {
                // A doctype.
                return inner.find('>').map_or("", |end| &inner[end + 1..]);
            }
            // A `<` that is only text.
            self.text("<");
            return inner;
        }
        let (element, self_closed, after) = tag(inner);
        self.begin(element, self_closed, after)
    }

    fn begin<'a>(&mut self, mut element: Element, self_closed: bool, after: &'a str) -> &'a str {
        element.within = self.open.iter().map(|at| self.elements[*at].name.clone()).collect();
        let name = element.name.clone();
        self.elements.push(element);
        if self_closed || VOID.contains(&name.as_str()) {
            return after;
        }
        self.open.push(self.elements.len() - 1);
        if !RAW.contains(&name.as_str()) {
            return after;
        }
        let end = end_of_raw(after, &name);
        self.text(&after[..end]);
        &after[end..]
    }

    /// Closes the innermost element of this name, and whatever was left open in it.
    fn close(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|at| self.elements[*at].name == name) {
            self.open.truncate(at);
        }
    }
}

/// Where `</name` begins, or the end.
fn end_of_raw(text: &str, name: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    lower.find(&format!("</{name}")).unwrap_or(text.len())
}

/// A start tag without its `<`: the element, whether it ends with `/>`, and what follows.
fn tag(inner: &str) -> (Element, bool, &str) {
    let ends_name = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
    let end = inner.find(ends_name).unwrap_or(inner.len());
    let mut element = Element { name: inner[..end].to_ascii_lowercase(), ..Element::default() };
    let mut rest = &inner[end..];
    let mut self_closed = false;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (element, self_closed, after);
        }
        if let Some(after) = rest.strip_prefix('/') {
            (self_closed, rest) = (true, after);
            continue;
        }
        if rest.is_empty() {
            return (element, self_closed, rest);
        }
        self_closed = false;
        let (name, value, after) = attribute(rest);
        // Of two with one name the first counts, as in browsers.
        element.attributes.entry(name).or_insert(value);
        rest = after;
    }
}

fn attribute(text: &str) -> (String, String, &str) {
    let ends_name = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
    // A stray `=` is part of the name, so that every step takes at least one character.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end = text[first..].find(ends_name).map_or(text.len(), |end| first + end);
    let name = text[..end].to_ascii_lowercase();
    let Some(value) = text[end..].trim_start().strip_prefix('=') else {
        return (name, String::new(), &text[end..]);
    };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let end = quoted.find(quote).unwrap_or(quoted.len());
            let after = quoted.get(end + 1..).unwrap_or_default();
            return (name, quoted[..end].to_owned(), after);
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
    (name, value[..end].to_owned(), &value[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_with_attributes_surroundings_and_text() {
        let page = "<!doctype html><html LANG=en><!-- <h1>no</h1> --><body><label>Name \
                    <input name='a b' required></label><p>1 < 2</p><script>\"<h1>\"</script>\
                    <svg/><H1 class=\"x\">Hello <b>you</b></H1></body></html>";
        let all = elements(page);
        let names: Vec<&str> = all.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["html", "body", "label", "input", "p", "script", "svg", "h1", "b"]);
        assert_eq!(all[0].attribute("lang"), "en");
        assert!(all[3].is_within("label") && all[3].attributes.contains_key("required"));
        assert_eq!(all[3].attribute("name"), "a b");
        assert_eq!((all[7].text.as_str(), all[7].within.len()), ("Hello you", 2));
        assert!(all[1].text.contains("1 < 2") && !all[1].text.contains("<h1>"));
    }

    #[test]
    fn broken_pages_end() {
        for page in ["<", "<a", "<a =", "<a b=\"", "<!--", "</", "<script>", "<a / / =x>é<é", "<!x"]
        {
            let _ = elements(page);
        }
    }
}
