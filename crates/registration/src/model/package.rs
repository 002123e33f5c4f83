//! A service package: what a country decides about one service, as data.

use super::check;
use super::condition::Condition;
use super::words::Words;
use basis::{Currency, Money};
use jsonschema::{Draft, PatternOptions, Validator};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A package that cannot be used. Names the place and the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("service package `{package}`: {place}: {remedy}")]
pub struct PackageError {
    /// Its code, or `?` where that cannot be read either.
    pub package: String,
    /// The entry.
    pub place: String,
    /// What to write instead.
    pub remedy: String,
}

/// A package as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Its name in paths: `child-benefit`.
    pub code: String,
    /// What its numbers begin with: `CB`.
    pub prefix: String,
    /// The law it rests on, also the legal basis of calls that are not by consent.
    pub law: String,
    /// Purpose code under which applications are decided and read.
    pub purpose: String,
    /// Days within which an answer is due.
    pub answer_days: u32,
    /// Days for which the case stands after an approval.
    #[serde(default)]
    pub follow_up_days: u32,
    /// Names and sentences for the catalogue.
    pub name: Words,
    /// What it is for.
    pub summary: Words,
    /// Who may get it and what is needed.
    #[serde(default)]
    pub guide: Vec<Words>,
    /// What it costs.
    #[serde(default)]
    pub fee: Option<Amount>,
    /// Roles that decide, one after the other; each time by another officer.
    pub chain: Vec<String>,
    /// What registers are asked.
    #[serde(default, rename = "read")]
    pub reads: Vec<Read>,
    /// The pages of the form.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// JSON Schema (draft 2020-12) of the answers.
    pub schema: Value,
    /// Facts worked out from answers.
    #[serde(default, rename = "derive")]
    pub derived: Vec<Derived>,
    /// The decision table.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
    /// What an approval leads to.
    #[serde(default)]
    pub outcome: Outcome,
    /// Which messages are sent.
    #[serde(default)]
    pub messages: Messages,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// ISO 4217 code.
    pub currency: String,
    /// Minor units.
    pub minor: i64,
}

impl Amount {
    /// The amount as money.
    pub fn money(&self) -> Option<Money> {
        Some(Money::from_minor(self.minor, Currency::from_code(&self.currency).ok()?))
    }

    /// As people read it: `KES 500.00`.
    pub fn words(&self) -> String {
        match self.money() {
            Some(money) => format!("{} {}", self.currency, money.amount()),
            None => String::new(),
        }
    }
}

/// A question to a register: which service, on what basis, which facts answer which fields.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Its name.
    pub code: String,
    /// The service, without the instance: `GOV/NIA/residents/records`.
    pub service: String,
    /// Path below the service.
    #[serde(default = "root")]
    pub path: String,
    /// Purpose code.
    pub purpose: String,
    /// The law it rests on; none where it rests on consent.
    #[serde(default)]
    pub law: Option<String>,
    /// True if it rests on the applicant's consent.
    #[serde(default)]
    pub consent: bool,
    /// Where the facts come from, in words.
    pub source: Words,
    /// Names of facts, and where they stand in the answer (JSON pointer, RFC 6901).
    pub map: BTreeMap<String, String>,
}

fn root() -> String {
    "/".to_owned()
}

/// One page of the form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name in paths.
    pub name: String,
    /// The heading.
    pub title: Words,
    /// The questions.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name in the answers.
    pub name: String,
    /// The question.
    pub label: Words,
    /// A sentence that helps.
    #[serde(default)]
    pub hint: Option<Words>,
    /// How it is asked.
    pub input: Input,
    /// True if it may be left empty.
    #[serde(default)]
    pub optional: bool,
    /// What can be chosen.
    #[serde(default, rename = "option")]
    pub options: Vec<Choice>,
    /// What to say when the answer does not follow the schema, in place of our own words.
    #[serde(default)]
    pub error: Option<Words>,
}

/// How a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// One line of text.
    Text,
    /// A whole number.
    Number,
    /// A date, as precise as it is known.
    Date,
    /// A telephone number.
    Phone,
    /// One of the options.
    Choice,
    /// Yes or no.
    YesNo,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is kept.
    pub value: String,
    /// What is shown.
    pub label: Words,
}

/// A fact worked out from a date.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Its name.
    pub name: String,
    /// Whole years since the date in this field.
    #[serde(default)]
    pub years_since: Option<String>,
    /// Whole months since the date in this field.
    #[serde(default)]
    pub months_since: Option<String>,
}

/// One row of the decision table. All rows must be met.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule in a sentence, with places for the applicant's figures.
    pub says: Words,
    /// When it is met.
    pub when: Condition,
    /// Where in the law.
    pub law: String,
}

/// What an approval leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What was granted, in a sentence; `{amount}` and every name of a fact can stand in it.
    pub says: Words,
    /// A payment each month.
    #[serde(default)]
    pub payment: Option<Payment>,
}

/// A payment each month.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// How much.
    pub amount: Amount,
    /// The programme account that is debited.
    pub debit: String,
    /// Purpose code of calls to the payments block.
    pub purpose: String,
    /// The field that names the payment provider, `COM/LAKEBANK`.
    pub provider_field: String,
    /// The field with the account number there.
    pub account_field: String,
    /// Printed on statements; `{month}` can stand in it.
    pub reference: String,
}

/// Templates of the messaging block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    /// Purpose code of calls to the messaging block.
    #[serde(default)]
    pub purpose: String,
    /// The field with a telephone number for an SMS.
    #[serde(default)]
    pub phone_field: Option<String>,
    /// Sent when an application came in.
    #[serde(default)]
    pub received: Option<String>,
    /// Sent when it was approved.
    #[serde(default)]
    pub approved: Option<String>,
    /// Sent when it was refused.
    #[serde(default)]
    pub rejected: Option<String>,
    /// Sent when it goes back with a question.
    #[serde(default)]
    pub sent_back: Option<String>,
}

/// A package, read and checked.
#[derive(Debug)]
pub struct Package {
    /// What it says.
    pub written: Written,
    /// The compiled schema.
    pub validator: Validator,
}

impl std::ops::Deref for Package {
    type Target = Written;

    fn deref(&self) -> &Written {
        &self.written
    }
}

impl Package {
    /// Reads a package from TOML.
    ///
    /// # Errors
    /// [`PackageError`] naming the entry.
    pub fn read(text: &str) -> Result<Self, PackageError> {
        let written: Written = toml::from_str(text).map_err(|error| PackageError {
            package: code_of(text),
            place: "the file".to_owned(),
            remedy: error.to_string(),
        })?;
        let flaw = |place: String, remedy: &str| PackageError {
            package: written.code.clone(),
            place,
            remedy: remedy.to_owned(),
        };
        check::package(&written).map_err(|(place, remedy)| flaw(place, remedy))?;
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .with_format("partial-date", |text: &str| text.parse::<basis::PartialDate>().is_ok())
            .with_pattern_options(PatternOptions::regex())
            .build(&written.schema)
            .map_err(|error| flaw(format!("schema: {error}"), "follow JSON Schema 2020-12"))?;
        Ok(Self { written, validator })
    }

    /// Every question with its page.
    pub fn fields(&self) -> impl Iterator<Item = (&Step, &Field)> {
        self.written
            .steps
            .iter()
            .flat_map(|step| step.fields.iter().map(move |field| (step, field)))
    }

    /// The question with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().map(|(_, field)| field).find(|field| field.name == name)
    }

    /// The page with this name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.written.steps.iter().find(|step| step.name == name)
    }

    /// The question to a register that answers this field.
    pub fn read_of(&self, field: &str) -> Option<&Read> {
        self.written.reads.iter().find(|read| read.map.contains_key(field))
    }

    /// What the award is worth each month, in words; empty where nothing is paid.
    pub fn amount(&self) -> String {
        self.written.outcome.payment.as_ref().map(|p| p.amount.words()).unwrap_or_default()
    }
}

/// The code as far as it can be read from a file that is broken elsewhere.
fn code_of(text: &str) -> String {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("code"));
    let value = line.and_then(|rest| rest.trim_start().strip_prefix('='));
    value.map_or_else(|| "?".to_owned(), |value| value.trim().trim_matches('"').to_owned())
}
