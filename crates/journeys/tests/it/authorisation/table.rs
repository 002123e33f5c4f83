//! Reading `table.txt`.

use std::collections::BTreeSet;

/// A route and who may call it.
#[derive(Debug)]
pub struct Row {
    /// `GET`
    pub method: &'static str,
    /// As the router has it: `/civil/births/{registration}`.
    pub path: &'static str,
    /// Each is enough.
    pub who: Vec<Who>,
}

impl Row {
    /// For messages.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Who may call a route; the words are explained at the head of the table.
#[derive(Debug, PartialEq, Eq)]
pub enum Who {
    Public,
    Form,
    Resident,
    Assertion,
    AccessToken,
    Officer { member: &'static str, roles: Vec<&'static str> },
    Desk { member: &'static str, roles: Vec<&'static str> },
    DeskHome,
    DeskSignIn,
    Hosted { roles: Vec<&'static str>, own: bool },
    Caller { roles: Vec<&'static str> },
    Exchange(Agreed),
    Nobody,
}

/// A call that passes.
#[derive(Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Without the instance, as the other two.
    pub service: &'static str,
    pub client: &'static str,
    pub purpose: &'static str,
    pub basis: String,
}

/// The rows of a table.
///
/// # Panics
/// At a line that cannot be read, showing it.
pub fn read(text: &'static str) -> Vec<Row> {
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(row).collect()
}

fn row(line: &'static str) -> Row {
    let (method, rest) = line.split_once(' ').unwrap_or_else(|| panic!("no path: {line}"));
    let (path, who) =
        rest.trim().split_once(' ').unwrap_or_else(|| panic!("nobody may call: {line}"));
    Row { method, path, who: who.trim().split(" or ").map(|who| one(who, line)).collect() }
}

fn one(who: &'static str, line: &str) -> Who {
    let words: Vec<&'static str> = who.split_whitespace().collect();
    let list = |roles: &'static str| roles.split(',').collect();
    match words.as_slice() {
        ["public"] => Who::Public,
        ["form"] => Who::Form,
        ["resident"] => Who::Resident,
        ["assertion"] => Who::Assertion,
        ["access-token"] => Who::AccessToken,
        ["officer", member, roles] => Who::Officer { member, roles: list(roles) },
        ["desk-home"] => Who::DeskHome,
        ["desk-sign-in"] => Who::DeskSignIn,
        ["desk", member, roles] => Who::Desk { member, roles: list(roles) },
        ["hosted", roles] => Who::Hosted { roles: list(roles), own: false },
        ["hosted", roles, "own"] => Who::Hosted { roles: list(roles), own: true },
        ["caller", roles] => Who::Caller { roles: list(roles) },
        ["exchange", "nobody"] => Who::Nobody,
        // A reference to a law has spaces.
        ["exchange", service, client, purpose, basis @ ..] if !basis.is_empty() => {
            Who::Exchange(Agreed { service, client, purpose, basis: basis.join(" ") })
        }
        _ => panic!("cannot be read: {line}"),
    }
}

/// What stands on one side only: routes without a row, rows without a route, rows that stand twice.
pub fn differences(routes: &[(String, String)], rows: &[Row]) -> Vec<String> {
    let served: BTreeSet<String> =
        routes.iter().map(|(method, path)| format!("{method} {path}")).collect();
    let mut listed = BTreeSet::new();
    let mut found = Vec::new();
    for row in rows {
        if !listed.insert(row.name()) {
            found.push(format!("{} stands twice", row.name()));
        }
    }
    found.extend(served.difference(&listed).map(|route| format!("{route} has no row")));
    found.extend(listed.difference(&served).map(|route| format!("{route} has no route")));
    found
}

#[test]
fn a_route_without_a_row_and_a_row_without_a_route_are_named() {
    let rows = read(
        "GET /a public\nPOST /b officer GOV/NIA clerk,chief or exchange GOV/NIA/x/y GOV/MSP/z help law:An Act, s.4",
    );
    let route = |method: &str, path: &str| (method.to_owned(), path.to_owned());
    let all = [route("GET", "/a"), route("POST", "/b")];
    assert_eq!(differences(&all, &rows), Vec::<String>::new());
    assert_eq!(differences(&all[1..], &rows), ["GET /a has no route"]);
    assert_eq!(differences(&all, &rows[..1]), ["POST /b has no row"]);
    let agreed = Agreed {
        service: "GOV/NIA/x/y",
        client: "GOV/MSP/z",
        purpose: "help",
        basis: "law:An Act, s.4".to_owned(),
    };
    let officer = Who::Officer { member: "GOV/NIA", roles: vec!["clerk", "chief"] };
    assert_eq!(rows[1].who, [officer, Who::Exchange(agreed)]);
}
