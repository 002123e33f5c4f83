//! Pages of the officers' desk, tried by those who may and those who may not.

use super::Notes;
use super::attempt::{Answer, Attempt};
use super::cast::Cast;
use super::table::Row;
use kernel::auth::OPERATOR;
use ui::desk::{self, SIGN_IN};

impl Cast<'_> {
    pub(super) async fn try_desk(
        &self,
        row: &Row,
        member: &str,
        roles: &[&str],
        notes: &mut Notes,
    ) {
        let (first, token) =
            (self.session(member, &roles[..1]).await, self.token(member, &roles[..1]).await);
        let outside = [
            ("nobody", Attempt::of(row)),
            ("a made-up session", at_the_desk(row, "a.b.c")),
            ("a session that was cut short", at_the_desk(row, &first[..first.len() - 1])),
            ("the token of the API", Attempt::of(row).bearer(&token)),
            ("the token of the API, as a session", at_the_desk(row, &token)),
        ];
        for (who, attempt) in outside {
            let answer = self.send(attempt).await;
            notes.refused(who, &answer, &[303]);
            if !answer.location.starts_with(SIGN_IN) {
                notes.0.push(format!("{who} is sent to {}", answer.location));
            }
        }

        let others = self.session(member, &self.all_roles_but(roles)).await;
        let answer = self.send(at_the_desk(row, &others)).await;
        notes.refused("an officer with every other role", &answer, &[403]);
        let elsewhere = if member == "GOV/NIA" { "GOV/CRO" } else { "GOV/NIA" };
        // Operators are not bound to a member.
        let bound: Vec<&str> = roles.iter().copied().filter(|role| *role != OPERATOR).collect();
        if !bound.is_empty() {
            let stranger = self.session(elsewhere, &bound).await;
            let answer = self.send(at_the_desk(row, &stranger)).await;
            notes.refused("an officer of another member", &answer, &[403]);
        }

        for role in roles {
            let token = self.session(member, &[role]).await;
            let mut answer = self.send(at_the_desk(row, &token)).await;
            if row.method == "POST" {
                notes.refused("a form without its token", &answer, &[403]);
                answer = self.send_form(row, &token, &answer, notes).await;
            }
            notes.let_in(role, &answer);
            if answer.location.starts_with(SIGN_IN) {
                notes.0.push(format!("{role} is sent to {}", answer.location));
            }
        }
    }

    pub(super) async fn try_desk_home(&self, row: &Row, notes: &mut Notes) {
        let answer = self.send(Attempt::of(row)).await;
        notes.refused("nobody", &answer, &[303]);
        // A role that no page asks for.
        let nobody_special = self.session("GOV/NIA", &["visitor"]).await;
        let answer = self.send(at_the_desk(row, &nobody_special)).await;
        notes.let_in("an officer", &answer);
        if answer.location.starts_with(SIGN_IN) {
            notes.0.push(format!("an officer is sent to {}", answer.location));
        }
    }

    pub(super) async fn try_desk_sign_in(&self, row: &Row, notes: &mut Notes) {
        let fields = [("number", "GOV/NIA/desk-0"), ("code", "000000")];
        let answer = self.send(Attempt::of(row).form(&fields)).await;
        notes.refused("a form without its token", &answer, &[403]);
        let answer = self.sign_in_at_desk("GOV/NIA/nobody", "000000").await;
        notes.refused("a number nobody has", &answer, &[422]);
        // Those who may get in have got in: the cast has its sessions from here.
    }

    /// The form once more, with the token that the page of the refusal came with.
    async fn send_form(
        &self,
        row: &Row,
        session: &str,
        refusal: &Answer,
        notes: &mut Notes,
    ) -> Answer {
        let pairs = refusal.cookies.iter().filter_map(|cookie| cookie.split_once('='));
        let mut forms = pairs.filter(|(name, _)| name.ends_with("-form"));
        let Some((name, token)) = forms.next() else {
            notes.0.push(format!("the refusal brings no token for a form: {refusal}"));
            return self.send(at_the_desk(row, session)).await;
        };
        let attempt = at_the_desk(row, session).cookie(name, token).form(&[("csrf", token)]);
        self.send(attempt).await
    }
}

/// The request that a row is about, from the browser of somebody signed in at the desk.
fn at_the_desk(row: &Row, session: &str) -> Attempt {
    Attempt::of(row).cookie(desk::cookie(false).name(), session).form::<&str, &str>(&[])
}
