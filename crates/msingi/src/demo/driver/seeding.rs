//! The country's residents: entered in bulk, as from the paper books, before the story begins.

use super::cast::Cast;
use crate::demo::client::{Desk, StoryError, text};
use crate::demo::people::{People, Person};
use crate::demo::screen::Screen;
use serde_json::{Value, json};
use std::time::Duration;

/// The seed of the residents: the same country each time.
const SEED: u64 = 114;
/// How many go in one call.
const LINES: usize = 1_000;
/// What each of them is entered into: birth, resident record, benefit.
const REGISTERS: i64 = 3;
/// What each gets a month, in minor units.
const BENEFIT_MINOR: i64 = 150_000;

/// Enters `count` residents: births, identities, resident records, benefits.
pub async fn seed(cast: &Cast, count: u32, screen: &mut Screen) -> Result<(), StoryError> {
    screen.begin();
    let people: Vec<Person> = People::seeded(SEED).take(count as usize).collect();
    let mut bar = Bar { screen, done: 0, of: i64::from(count) * REGISTERS };
    let mut registered = Vec::new();
    for (book, chunk) in people.chunks(LINES).enumerate() {
        registered.push(enter_births(&cast.registrar, book, chunk).await?);
        bar.advance(chunk);
    }
    for ((book, chunk), registrations) in people.chunks(LINES).enumerate().zip(&registered) {
        let vids = vids(&cast.desk, registrations).await?;
        enter_records(&cast.steward, book, chunk, &vids).await?;
        bar.advance(chunk);
        enter_awards(&cast.maker, chunk, &vids).await?;
        bar.advance(chunk);
    }
    screen.clear_progress();
    screen.done(
        &format!("{count} residents are entered from the books"),
        "GOV/CRO registers their births, GOV/NIA gives each an identity and a resident record, GOV/MSP takes over who gets a benefit\neach register knows them by a pseudonym of its own",
    );
    Ok(())
}

struct Bar<'a> {
    screen: &'a Screen,
    done: i64,
    of: i64,
}

impl Bar<'_> {
    fn advance(&mut self, chunk: &[Person]) {
        self.done += i64::try_from(chunk.len()).unwrap_or_default();
        self.screen.progress("entries", self.done, self.of);
    }
}

/// Answers the registrations, in order.
async fn enter_births(
    registrar: &Desk,
    book: usize,
    people: &[Person],
) -> Result<Vec<String>, StoryError> {
    let line = |(number, person): (usize, &Person)| {
        json!({
            "entry": format!("BOOK-{book}/{number}"), "child": person.name, "sex": person.sex,
            "born": person.born, "place": person.place,
        })
    };
    let lines: Vec<Value> = people.iter().enumerate().map(line).collect();
    let key = format!("births-{book}");
    let answer = registrar.post_lines("/civil/births/import", &key, &lines).await?;
    nothing_refused(&answer)?;
    let births = answer["births"].as_array().map(Vec::as_slice).unwrap_or_default();
    births.iter().map(|birth| text(birth, "/registration")).collect()
}

/// The numbers of persons, once the identity authority has heard of their births.
async fn vids(desk: &Desk, registrations: &[String]) -> Result<Vec<String>, StoryError> {
    const TRIES: usize = 1_200;
    let ask = json!({ "registrations": registrations });
    for _ in 0..TRIES {
        let answer = desk.post("/identity/vids", "seeding", &ask).await?;
        let vids = answer["vids"].as_array().map(Vec::as_slice).unwrap_or_default();
        let known: Vec<String> =
            vids.iter().filter_map(|line| line["vid"].as_str().map(str::to_owned)).collect();
        if known.len() == registrations.len() {
            return Ok(known);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(StoryError::Missing("the identity authority did not hear of all births".to_owned()))
}

async fn enter_records(
    steward: &Desk,
    book: usize,
    people: &[Person],
    vids: &[String],
) -> Result<(), StoryError> {
    let line = |(person, vid): (&Person, &String)| {
        json!({"vid": vid, "data": {
            "name": person.name.full(), "district": person.district, "household": person.household,
            "phone": person.phone,
        }})
    };
    let lines: Vec<Value> = people.iter().zip(vids).map(line).collect();
    let path = "/registry/registers/residents/records/import";
    nothing_refused(&steward.post_lines(path, &format!("records-{book}"), &lines).await?)
}

async fn enter_awards(maker: &Desk, people: &[Person], vids: &[String]) -> Result<(), StoryError> {
    let line = |(person, vid): (&Person, &String)| json!({"vid": vid, "provider": person.provider, "account": person.account, "minor": BENEFIT_MINOR});
    let lines: Vec<Value> = people.iter().zip(vids).map(line).collect();
    nothing_refused(&maker.post_lines("/registration/awards/import", "awards", &lines).await?)
}

fn nothing_refused(answer: &Value) -> Result<(), StoryError> {
    match answer["refused"].as_array().and_then(|lines| lines.first()) {
        None => Ok(()),
        Some(line) => Err(StoryError::Missing(format!("lines that are taken: {line}"))),
    }
}
