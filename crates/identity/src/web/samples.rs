//! Every page with something to show, for the tests.

use super::own::{PasskeysPage, SignInsPage};
use super::sign_in::{PasskeyForm, ProviderLink, SignInPage};
use super::{PASSKEYS, PASSKEYS_REMOVE, RefusedPage, SIGN_OUT, UNLINK, claims, sign_out};
use crate::service::{Enrolment, PasskeyOut, ProviderName, Question};
use basis::{Id, Timestamp};
use contracts::identity::{SignInEntry, SignInMethod, SignInOutcome};
use ui::{Errors, Sample};

fn question() -> Question {
    Question { challenge: "AAAA".to_owned(), rp_id: "id.example".to_owned() }
}

fn sign_in(errors: Errors, party: Option<&str>, passkey: bool) -> Sample {
    let form = || PasskeyForm { action: "/x?a=1&b=2".to_owned(), question: question() };
    let page = SignInPage {
        party: party.map(str::to_owned),
        action: "/identity/sign-in?a=1&b=2".to_owned(),
        number: "1234".to_owned(),
        errors,
        passkey: passkey.then(form),
        twin: (!passkey).then(|| "https://id.example/authorize?a=1&b=2".to_owned()),
        providers: vec![ProviderLink { name: "Jirani <ID>".to_owned(), href: "/x".to_owned() }],
        linking: (!passkey).then(|| "Jirani ID".to_owned()),
    };
    Sample::new("identity/sign_in.html", page)
}

fn passkeys(full: bool) -> Sample {
    let one = |used| PasskeyOut {
        id: Id::from_bytes([1; 16]),
        name: "Firefox, <Android>".to_owned(),
        created: Timestamp::EPOCH,
        used,
    };
    let enrolment = || Enrolment {
        question: question(),
        rp_name: "Tumbawe ID".to_owned(),
        user: "AAAA".to_owned(),
        user_name: "…1234".to_owned(),
        known: vec!["AAAA".to_owned(), "BBBB".to_owned()],
    };
    let page = PasskeysPage {
        passkeys: if full { vec![one(None), one(Some(Timestamp::EPOCH))] } else { Vec::new() },
        enrolment: full.then(enrolment),
        stale: !full,
        twin: (!full).then(|| "https://id.example/identity/passkeys".to_owned()),
        refused: full,
        add: PASSKEYS,
        remove: PASSKEYS_REMOVE,
        unlink: UNLINK,
        linked: vec![ProviderName { id: "jirani".to_owned(), name: "Jirani ID".to_owned() }],
        device: "Firefox, Android".to_owned(),
    };
    Sample::new("identity/passkeys.html", page)
}

fn sign_ins() -> Sample {
    let entry =
        |method, outcome, party: Option<&str>, by: Option<&str>, device: &str| SignInEntry {
            at: Timestamp::EPOCH,
            method,
            outcome,
            acr: String::new(),
            party: party.map(str::to_owned),
            by: by.map(str::to_owned),
            device: device.to_owned(),
        };
    let entries = vec![
        entry(SignInMethod::Code, SignInOutcome::SignedIn, Some("Portal"), None, "Safari, iOS"),
        entry(SignInMethod::Passkey, SignInOutcome::Refused, None, Some("Phone"), ""),
        entry(SignInMethod::Foreign, SignInOutcome::LockedOut, None, Some("Jirani ID"), ""),
    ];
    Sample::new("identity/sign_ins.html", SignInsPage { entries })
}

pub(crate) fn samples() -> Vec<Sample> {
    let mut errors = Errors::none();
    errors.add("number", "Check the number");
    errors.add("code", "Six digits");
    let claims = claims::ClaimsPage {
        party: "Portal".to_owned(),
        action: "/identity/sign-in/claims?a=1".to_owned(),
        claims: vec!["name", "given_name", "family_name", "birthdate"],
    };
    let sign_out = |signed_in| sign_out::SignOutPage { signed_in, action: SIGN_OUT };
    vec![
        sign_in(Errors::none(), Some("Portal & <friends>"), true),
        sign_in(errors, None, false),
        passkeys(true),
        passkeys(false),
        sign_ins(),
        Sample::new("identity/sign_ins.html", SignInsPage { entries: Vec::new() }),
        Sample::new("identity/claims.html", claims),
        Sample::new("identity/sign_out.html", sign_out(true)),
        Sample::new("identity/sign_out.html", sign_out(false)),
        Sample::new("identity/refused.html", RefusedPage { reason: "client_id".to_owned() }),
    ]
}
