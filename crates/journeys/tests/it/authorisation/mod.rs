//! The authorisation table: every route of a running installation against `table.txt`, and every row
//! of it tried over HTTP by those who may and those who may not.

mod attempt;
mod bodies;
mod cast;
mod desk;
mod malformed;
mod openid;
mod table;

use crate::country::{Country, Engine};
use attempt::{Answer, Attempt, path_of};
use cast::Cast;
use msingi::demo::Layout;
use reqwest::Method;
use table::{Agreed, Row, Who};

const TABLE: &str = include_str!("table.txt");

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    let country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    let told = country.tell().await;
    let mut rows = table::read(TABLE);
    let routes = country.running().routes.iter();
    let routes: Vec<(String, String)> =
        routes.map(|(_, method, path)| (method.to_string(), path.clone())).collect();
    assert_eq!(table::differences(&routes, &rows), Vec::<String>::new());

    // Forms come last: two of them sign the mother out.
    rows.sort_by_key(|row| row.who.contains(&Who::Form));
    let cast = Cast::assemble(&country, &told, &rows).await;
    let mut wrong = Vec::new();
    for row in &rows {
        for who in &row.who {
            wrong.extend(
                cast.try_row(row, who)
                    .await
                    .into_iter()
                    .map(|what| format!("{}: {what}", row.name())),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows are not as the table says:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    country.forget().await;
}

/// Whether this is the page to sign in on, and not the one that lists sign-ins.
fn is_sign_in(location: &str) -> bool {
    location.split('?').next() == Some("/portal/sign-in")
}

/// Notes what is not as it should be.
struct Notes(Vec<String>);

impl Notes {
    fn refused(&mut self, who: &str, answer: &Answer, with: &[u16]) {
        if !with.contains(&answer.status) {
            self.0.push(format!("{who} must get {with:?} and gets {answer}"));
        }
    }

    fn let_in(&mut self, who: &str, answer: &Answer) {
        if matches!(answer.status, 401 | 403) || answer.status >= 500 {
            self.0.push(format!("{who} must get in and gets {answer}"));
        }
    }
}

impl Cast<'_> {
    /// What is not as a row says.
    async fn try_row(&self, row: &Row, who: &Who) -> Vec<String> {
        let mut notes = Notes(Vec::new());
        match who {
            Who::Public => notes.let_in("anybody", &self.send(Attempt::of(row)).await),
            Who::Form => self.try_form(row, &mut notes).await,
            Who::Resident => self.try_resident(row, &mut notes).await,
            Who::Assertion => self.try_assertion(row, &mut notes).await,
            Who::AccessToken => self.try_access_token(row, &mut notes).await,
            Who::Officer { member, roles } => {
                self.try_officer(row, member, roles, &mut notes).await
            }
            Who::Desk { member, roles } => self.try_desk(row, member, roles, &mut notes).await,
            Who::DeskHome => self.try_desk_home(row, &mut notes).await,
            Who::DeskSignIn => self.try_desk_sign_in(row, &mut notes).await,
            Who::Hosted { roles, own } => self.try_hosted(row, roles, *own, &mut notes).await,
            Who::Caller { roles } => self.try_caller(row, roles, &mut notes).await,
            Who::Exchange(agreed) => self.try_exchange(row, agreed, &mut notes).await,
            Who::Nobody => self.try_outsiders(row, &mut notes).await,
        }
        notes.0
    }

    async fn try_officer(&self, row: &Row, member: &str, roles: &[&str], notes: &mut Notes) {
        notes.refused("nobody", &self.send(Attempt::of(row)).await, &[401]);
        notes.refused(
            "a made-up token",
            &self.send(Attempt::of(row).bearer("a.b.c")).await,
            &[401],
        );
        let others = self.token(member, &self.all_roles_but(roles)).await;
        let answer = self.send(Attempt::of(row).bearer(&others)).await;
        notes.refused("an officer with every other role", &answer, &[403]);
        let elsewhere = if member == "GOV/NIA" { "GOV/CRO" } else { "GOV/NIA" };
        let stranger = self.token(elsewhere, roles).await;
        let answer = self.send(Attempt::of(row).bearer(&stranger)).await;
        notes.refused("an officer of another member", &answer, &[403]);
        for role in roles {
            let token = self.token(member, &[role]).await;
            notes.let_in(role, &self.send(Attempt::of(row).bearer(&token)).await);
        }
    }

    async fn try_hosted(&self, row: &Row, roles: &[&str], own: bool, notes: &mut Notes) {
        notes.refused("nobody", &self.send(Attempt::of(row)).await, &[401]);
        let others = self.token("GOV/NIA", &self.all_roles_but(roles)).await;
        let answer = self.send(Attempt::of(row).bearer(&others)).await;
        notes.refused("an officer with every other role", &answer, &[403]);
        if own {
            let stranger = self.token("GOV/MSP", &["member-admin"]).await;
            let answer = self.send(Attempt::of(row).bearer(&stranger)).await;
            notes.refused("an administrator of another member", &answer, &[403]);
        }
        for role in roles {
            let token = self.token("GOV/NIA", &[role]).await;
            notes.let_in(role, &self.send(Attempt::of(row).bearer(&token)).await);
        }
    }

    async fn try_caller(&self, row: &Row, roles: &[&str], notes: &mut Notes) {
        let agreed = Agreed {
            service: "GOV/NIA/residents/records",
            client: "GOV/MSP/benefits",
            purpose: "benefit-eligibility",
            basis: "law:Social Protection Act, s.4".to_owned(),
        };
        let attempt = || Attempt::of(row).on_ground(&agreed);
        notes.refused("nobody", &self.send(attempt()).await, &[401]);
        let others = self.token("GOV/MSP", &self.all_roles_but(roles)).await;
        let answer = self.send(attempt().bearer(&others)).await;
        notes.refused("an officer with every other role", &answer, &[403]);
        let stranger = self.token("GOV/NIA", roles).await;
        let answer = self.send(attempt().bearer(&stranger)).await;
        notes.refused("an officer of another member", &answer, &[403]);
        let token = self.token("GOV/MSP", roles).await;
        notes.let_in("a caller", &self.send(attempt().bearer(&token)).await);
    }

    /// The same request, sent past the exchange.
    async fn try_outsiders(&self, row: &Row, notes: &mut Notes) {
        let answer = self.send(Attempt::of(row)).await;
        notes.refused("nobody", &answer, &[401]);
        for member in ["GOV/NIA", "GOV/CRO", "GOV/TREASURY"] {
            let everything = self.token(member, &self.all_roles_but(&["desk-officer"])).await;
            let answer = self.send(Attempt::of(row).bearer(&everything)).await;
            notes.refused("an officer past the exchange", &answer, &[401, 403]);
        }
    }

    async fn try_exchange(&self, row: &Row, agreed: &Agreed, notes: &mut Notes) {
        self.try_outsiders(row, notes).await;
        let through = || Attempt::through_exchange(row, agreed);
        let member = Cast::member_of(agreed.client);
        let others = self.token(member, &self.all_roles_but(&["exchange-user"])).await;
        let answer = self.send(through().bearer(&others)).await;
        notes.refused("an officer who may not call", &answer, &[403]);
        let token = self.token(member, &["exchange-user"]).await;
        let answer = self.send(through().bearer(&token)).await;
        if agreed.basis == "self-access" {
            // Only the portal, where the person is signed in, can call on this ground.
            notes.refused("an officer in a person's place", &answer, &[400]);
            match self.call_for_mother(row, agreed).await {
                Ok(answer) => notes.let_in("the person", &answer),
                Err(error) => notes.0.push(format!("the person must get in and gets: {error}")),
            }
            return;
        }
        notes.let_in("who agreed", &answer);
        let client = match agreed.client {
            "GOV/TREASURY/payments" => "COM/LAKESIDE/patients",
            _ => "GOV/TREASURY/payments",
        };
        let elsewhere = Agreed { client, basis: agreed.basis.clone(), ..*agreed };
        let stranger = self.token(Cast::member_of(client), &["exchange-user"]).await;
        let answer = self.send(Attempt::through_exchange(row, &elsewhere).bearer(&stranger)).await;
        notes.refused("who agreed on nothing", &answer, &[403]);
    }

    async fn try_resident(&self, row: &Row, notes: &mut Notes) {
        let officer = self.token("GOV/NIA", &self.all_roles_but(&[])).await;
        for attempt in [Attempt::of(row), Attempt::of(row).bearer(&officer)] {
            let answer = self.send(attempt).await;
            notes.refused("who is not signed in", &answer, &[303]);
            if !is_sign_in(&answer.location) {
                notes.0.push(format!("who is not signed in is sent to {}", answer.location));
            }
        }
        if row.method == "POST" {
            let answer = self.send_as_mother(row, "").await;
            notes.refused("a form of somebody else's", &answer, &[403]);
        }
        let answer = self.send_as_mother(row, &self.form_token("/portal").await).await;
        notes.let_in("the resident", &answer);
        if !answer.location.starts_with("/portal") || is_sign_in(&answer.location) {
            notes.0.push(format!("the resident is sent to {}", answer.location));
        }
    }

    async fn try_form(&self, row: &Row, notes: &mut Notes) {
        notes.refused("who was shown no form", &self.send_as_mother(row, "").await, &[403]);
        let page = if row.path.starts_with("/portal") { "/portal" } else { "/identity/sign-out" };
        let token = self.form_token(page).await;
        notes.let_in("who was shown the form", &self.send_as_mother(row, &token).await);
    }

    async fn try_assertion(&self, row: &Row, notes: &mut Notes) {
        let answer = self.send(Attempt::of(row).form(&[("grant_type", "password")])).await;
        notes.refused("nobody", &answer, &[400, 401]);
        let strange = openid::stranger(&format!("{}{}", self.base(), row.path));
        let answer = self.send(Attempt::of(row).form(&strange)).await;
        notes.refused("a stranger's assertion", &answer, &[401]);
        if !answer.body.contains("\"invalid_client\"") {
            notes.0.push(format!("no OAuth error: {answer}"));
        }
        // Those who may get in have got in: the cast has its tokens from both of these.
    }

    async fn try_access_token(&self, row: &Row, notes: &mut Notes) {
        notes.refused("nobody", &self.send(Attempt::of(row)).await, &[401]);
        let officer = self.token("GOV/NIA", &self.all_roles_but(&[])).await;
        notes.refused("an officer", &self.send(Attempt::of(row).bearer(&officer)).await, &[401]);
        let answer = self.send(Attempt::of(row).bearer(self.access_token())).await;
        notes.let_in("a relying party", &answer);
    }
}

/// A method as the client has it.
fn method(row: &Row) -> Method {
    row.method.parse().expect("the table names HTTP methods")
}

#[test]
fn paths_are_filled_in() {
    let rows = table::read(
        "GET /civil/births/{registration} public\nDELETE /exchange/v1/officers/{class}/{member}/{id} public",
    );
    assert!(!path_of(&rows[0]).contains('{'));
    assert_eq!(path_of(&rows[1]), "/exchange/v1/officers/GOV/NIA/extra");
}
