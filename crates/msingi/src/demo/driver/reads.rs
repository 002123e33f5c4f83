//! Who may read about her: a ministry by law, a clinic by her consent, until she takes it back.

use super::calls::{call, read, resolve};
use super::cast::Cast;
use super::consents;
use super::mother::Mother;
use crate::demo::client::{Page, StoryError, json, text, unexpected};
use crate::demo::screen::Screen;
use crate::demo::world::World;
use reqwest::StatusCode;

/// The ministry reads her record for the case that its officer works on.
pub async fn ministry_reads(
    cast: &Cast,
    case: &str,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let headers = for_eligibility(case);
    let subject = resolve(&cast.caseworker, &mother.vid, &headers).await?;
    let record =
        json("the ministry's read", read(&cast.caseworker, &subject, &headers).await?).await?;
    if record.pointer("/data/phone").is_some() || record.pointer("/data/household").is_none() {
        return Err(StoryError::Missing(format!("the agreed fields and no others: {record}")));
    }
    mother
        .reads
        .extend(["the ministry asks who shows her number", "the ministry reads her record"]);
    screen.done("A ministry reads her record on a legal basis", &format!("GOV/MSP, officer b-7, case {case}, Social Protection Act, s.4; the agreement gives name, district, household and not her phone"));
    Ok(())
}

fn for_eligibility(case: &str) -> [(&'static str, &str); 4] {
    call("benefit-eligibility", "law:Social Protection Act, s.4", case, "TB/GOV/MSP/benefits")
}

/// A colleague looks where no case of theirs is; the attempt is refused, and she will see it.
pub async fn curiosity(
    cast: &Cast,
    case: &str,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let headers = for_eligibility(case);
    let subject = resolve(&cast.curious, &mother.vid, &headers).await?;
    mother.reads.push("a colleague of the caseworker asks who shows her number");
    let refused = read(&cast.curious, &subject, &headers).await?;
    let (status, body) = (refused.status(), refused.text().await?);
    if status != StatusCode::FORBIDDEN || !body.contains("case-not-standing") {
        return Err(unexpected("a look without a case", "403 case-not-standing", status, &body));
    }
    mother.reads.push("the colleague's attempt to read her record, refused");
    screen.done(
        "A curious officer is refused",
        &format!("GOV/MSP, officer b-9, names case {case}; the register asks the ministry, whose officer for it is another\nthe attempt stands on her page with officer and case"),
    );
    Ok(())
}

/// The clinic reads on consent; she withdraws; the next call is refused. Answers how many reads of
/// her data the story has made so far.
pub async fn consent_story(
    cast: &Cast,
    world: &World,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let agreement = consents::publish(cast, &consents::treatment()).await?;
    let page = format!("{}/portal/consents/{agreement}", world.registrar.base);
    let offer = mother.browser.open(&page).await?;
    let given = mother.browser.submit(&offer, &agreement, &[("answer", "give")]).await?;
    screen.done(
        "She lets the clinic see name and phone",
        "on the portal, in plain words: who, what, why, how long; a sealed record is kept",
    );

    screen.begin();
    let basis = format!("consent:{agreement}");
    let law = call("treatment", "law:Health Services Act, s.9", "V-88", "TB/COM/LAKESIDE/patients");
    let subject = resolve(&cast.nurse, &mother.vid, &law).await?;
    let headers = call("treatment", &basis, "V-88", "TB/COM/LAKESIDE/patients");
    let record = json("the clinic's read", read(&cast.nurse, &subject, &headers).await?).await?;
    let phone = text(&record, "/data/phone")?;
    mother.reads.extend(["the clinic asks who shows her number", "the clinic reads her record"]);
    screen.done(
        "The clinic reads on her consent",
        &format!("COM/LAKESIDE, officer n-3, visit V-88; phone {phone}, no district, no household"),
    );

    screen.begin();
    let page = mother.browser.open(given.url.as_str()).await?;
    withdraw(mother, &page).await?;
    let refused = read(&cast.nurse, &subject, &headers).await?;
    let (status, body) = (refused.status(), refused.text().await?);
    if status != StatusCode::FORBIDDEN || !body.contains("consent-missing") {
        return Err(unexpected("a read after withdrawal", "403 consent-missing", status, &body));
    }
    mother.reads.push("the clinic's attempt after she withdrew, refused");
    screen.done(
        "She withdraws; the clinic's next call is refused",
        "at once, by the exchange of whoever holds the data",
    );
    Ok(())
}

async fn withdraw(mother: &Mother, page: &Page) -> Result<(), StoryError> {
    let done = mother.browser.submit(page, "/withdraw", &[]).await?;
    match done.status.is_success() {
        true => Ok(()),
        false => Err(unexpected("withdrawing", "a page", done.status, &done.html)),
    }
}
