//! What must be right about a package before anybody applies under it.

use super::package::{Input, Written};
use crate::permissions::DECIDING_ROLES;
use std::collections::BTreeSet;

/// What is wrong, and where: the entry and the remedy.
type Flaw = (String, &'static str);

/// The first flaw of a package.
pub fn package(package: &Written) -> Result<(), Flaw> {
    heading(package)?;
    reads(package)?;
    fields(package)?;
    let known = names(package)?;
    rules(package, &known)?;
    outcome(package, &known)
}

fn need(right: bool, place: impl Into<String>, remedy: &'static str) -> Result<(), Flaw> {
    if right { Ok(()) } else { Err((place.into(), remedy)) }
}

fn heading(package: &Written) -> Result<(), Flaw> {
    let code = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=60).contains(&text.len()) && text.bytes().all(allowed)
    };
    need(code(&package.code), "code", "write small letters, digits and -")?;
    let prefix = &package.prefix;
    let capitals = prefix.bytes().all(|byte| byte.is_ascii_uppercase());
    need(capitals && (2..=6).contains(&prefix.len()), "prefix", "write 2 to 6 capital letters")?;
    need(!package.law.is_empty(), "law", "name the law it rests on")?;
    need(contracts::context::is_purpose(&package.purpose), "purpose", "write a purpose code")?;
    need(package.answer_days > 0, "answer_days", "give at least one day")?;
    for (words, place) in [(&package.name, "name"), (&package.summary, "summary")] {
        need(words.has_english(), place, "write it in English at least")?;
    }
    let guide = package.guide.iter().all(super::words::Words::has_english);
    need(guide, "guide", "write each sentence in English at least")?;
    need(!package.chain.is_empty(), "chain", "name at least one role that decides")?;
    let known = |role: &String| DECIDING_ROLES.contains(&role.as_str());
    let remedy = "name roles that may decide: caseworker, supervisor";
    need(package.chain.iter().all(known), "chain", remedy)?;
    let fee = package.fee.as_ref().is_none_or(|fee| fee.minor > 0 && fee.money().is_some());
    need(fee, "fee", "write an ISO 4217 currency and whole minor units")
}

fn reads(package: &Written) -> Result<(), Flaw> {
    let mut codes = BTreeSet::new();
    for read in &package.reads {
        let place = || format!("read `{}`", read.code);
        need(codes.insert(&read.code), place(), "give each read a code of its own")?;
        let service = format!("X/{}", read.service).parse::<contracts::ServiceId>();
        need(service.is_ok(), place(), "write the service as CLASS/MEMBER/SUBSYSTEM/SERVICE")?;
        need(read.path.starts_with('/'), place(), "begin the path with a slash")?;
        let purpose = contracts::context::is_purpose(&read.purpose);
        need(purpose, place(), "write a purpose code")?;
        need(read.law.is_some() != read.consent, place(), "name either a law or `consent = true`")?;
        need(read.source.has_english(), place(), "write its source in English at least")?;
        let pointers = read.map.values().all(|pointer| pointer.starts_with('/'));
        need(!read.map.is_empty() && pointers, place(), "map names of facts to JSON pointers")?;
    }
    Ok(())
}

fn fields(package: &Written) -> Result<(), Flaw> {
    need(!package.steps.is_empty(), "step", "write at least one step")?;
    let mut steps = BTreeSet::new();
    let mut names = BTreeSet::new();
    for step in &package.steps {
        let place = || format!("step `{}`", step.name);
        let own = is_name(&step.name, b'-') && steps.insert(&step.name);
        need(own, place(), "give each step a name of its own: small letters, digits, -")?;
        need(!step.fields.is_empty(), place(), "write at least one field")?;
        need(step.title.has_english(), place(), "write its title in English at least")?;
        for field in &step.fields {
            let place = || format!("field `{}`", field.name);
            let own = is_name(&field.name, b'_') && names.insert(&field.name);
            need(own, place(), "give each field a name of its own: small letters, digits, _")?;
            need(field.label.has_english(), place(), "write its label in English at least")?;
            let choice = (field.input == Input::Choice) != field.options.is_empty();
            need(choice, place(), "write options for a choice, and for nothing else")?;
        }
    }
    Ok(())
}

/// A name for paths and conditions; `joint` stands between its words.
fn is_name(text: &str, joint: u8) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == joint;
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    first && text.len() <= 60 && text.bytes().all(allowed)
}

/// Everything that a rule may ask for.
fn names(package: &Written) -> Result<BTreeSet<&str>, Flaw> {
    let fields = package.steps.iter().flat_map(|step| &step.fields);
    let mut known: BTreeSet<&str> = fields.map(|field| field.name.as_str()).collect();
    for read in &package.reads {
        known.extend(read.map.keys().map(String::as_str));
    }
    for derived in &package.derived {
        let place = || format!("derive `{}`", derived.name);
        let from = match (&derived.years_since, &derived.months_since) {
            (Some(field), None) | (None, Some(field)) => field,
            _ => return Err((place(), "write either `years_since` or `months_since`")),
        };
        need(known.contains(from.as_str()), place(), "name a field or a fact that is there")?;
        need(known.insert(&derived.name), place(), "give it a name of its own")?;
    }
    Ok(known)
}

fn rules(package: &Written, known: &BTreeSet<&str>) -> Result<(), Flaw> {
    for (number, rule) in package.rules.iter().enumerate() {
        let place = || format!("rule {}", number + 1);
        need(rule.says.has_english(), place(), "write its sentence in English at least")?;
        let used = rule.when.names().into_iter().chain(rule.says.places());
        let unknown = used.into_iter().find(|name| !known.contains(name));
        if let Some(name) = unknown {
            let place = format!("rule {}, `{name}`", number + 1);
            return Err((place, "name a field, a mapped fact or a derived one"));
        }
        need(!rule.law.is_empty(), place(), "say where it stands in the law")?;
    }
    Ok(())
}

fn outcome(package: &Written, known: &BTreeSet<&str>) -> Result<(), Flaw> {
    need(package.outcome.says.has_english(), "outcome", "write its sentence in English at least")?;
    let mut places = package.outcome.says.places();
    places.remove("amount");
    let places = places.iter().all(|name| known.contains(name));
    need(places, "outcome", "fill its sentence with `amount`, fields and facts only")?;
    if let Some(payment) = &package.outcome.payment {
        let amount = payment.amount.minor > 0 && payment.amount.money().is_some();
        need(amount, "outcome.payment.amount", "write an ISO 4217 currency and whole minor units")?;
        let purpose = contracts::context::is_purpose(&payment.purpose);
        need(purpose, "outcome.payment.purpose", "write a purpose code")?;
        for field in [&payment.provider_field, &payment.account_field] {
            let there = known.contains(field.as_str());
            need(there, format!("outcome.payment, `{field}`"), "name a field that is there")?;
        }
        let reference = (1..=100).contains(&payment.reference.chars().count());
        need(reference, "outcome.payment.reference", "write 1 to 100 characters")?;
    }
    let messages = &package.messages;
    let any = [&messages.received, &messages.approved, &messages.rejected, &messages.sent_back];
    let purpose = contracts::context::is_purpose(&messages.purpose);
    let silent = any.iter().all(|template| template.is_none());
    need(silent || purpose, "messages.purpose", "write a purpose code")?;
    let phone = messages.phone_field.as_ref().is_none_or(|field| known.contains(field.as_str()));
    need(phone, "messages.phone_field", "name a field that is there")
}
