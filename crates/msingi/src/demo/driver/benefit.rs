//! Child benefit: Zawadi applies on the portal, the rules explain themselves, an officer decides.

use super::cast::Cast;
use super::consents;
use super::key;
use super::mother::Mother;
use crate::demo::client::{Page, StoryError, text, unexpected};
use crate::demo::screen::Screen;
use crate::demo::world::World;
use serde_json::{Value, json};
use std::time::Duration;

/// How often something that takes a moment is looked at.
const TRIES: usize = 200;
/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// Her application.
pub struct Application {
    /// The number people quote: `CB-2026-000117`.
    pub number: String,
    /// As the ministry's officers find it.
    pub case: String,
}

/// What must stand before: the data agreement for her telephone number.
pub async fn prepare(cast: &Cast) -> Result<String, StoryError> {
    let agreement = consents::publish(cast, &consents::benefit_notice()).await?;
    let body = json!({ "agreement": agreement });
    cast.manager.put("/registration/services/child-benefit/consents/phone", &body).await?;
    Ok(agreement)
}

/// From the catalogue to the number of her application.
pub async fn apply(
    world: &World,
    mother: &mut Mother,
    agreement: &str,
    screen: &mut Screen,
) -> Result<String, StoryError> {
    screen.begin();
    let portal = format!("{}/portal", world.registrar.base);
    // She reads Swahili; the rest is told in English for whoever reads along.
    let guide = format!("{portal}/services/child-benefit?lang=sw");
    let guide = mother.browser.open(&guide).await?;
    let draft = mother.browser.submit(&guide, "/apply", &[]).await?;
    let draft = mother.browser.open(&format!("{}?lang=en", draft.url)).await?;
    mother.reads.push("benefits reads her record, to fill in the form");
    shows(&draft, &["consents/"])?;
    let consent = mother.browser.open(&format!("{portal}/consents/{agreement}")).await?;
    mother.browser.submit(&consent, agreement, &[("answer", "give")]).await?;
    let application = draft.url.path().to_owned();
    let step = |name: &str| format!("{}{application}/steps/{name}", world.registrar.base);
    let you = mother.browser.open(&step("you")).await?;
    mother.reads.push("benefits reads her number on her consent, to fill in the form");
    shows(&you, &["Zawadi Tamba", "Reed Shore", "Register of residents"])?;
    for (name, answers) in ANSWERS {
        let page = mother.browser.open(&step(name)).await?;
        mother.browser.submit(&page, "/steps/", answers).await?;
    }
    let check = format!("{}{application}/check", world.registrar.base);
    let check = mother.browser.open(&check).await?;
    shows(&check, &["4", "s.4(1)(a)", "s.4(1)(b)", "s.4(1)(c)"])?;
    let sent = mother.browser.submit(&check, "/submit", &[]).await?;
    mother.reads.push("she looks at what she has sent");
    let number = number_of(&sent)?;
    screen.done(
        &format!("She applies for child benefit: {number}"),
        "on the portal; name, district and household come from the register by law (Social Protection Act, s.4), her telephone number by her consent\nthe rules say how they come out, each with its section, before she sends it",
    );
    Ok(number)
}

/// What she writes herself, by step.
const ANSWERS: [(&str, &[(&str, &str)]); 3] = [
    ("child", &[("child_name", "Neema"), ("child_born", "2026-03-14"), ("lives_with_you", "true")]),
    ("payment", &[("provider", "COM/SIMU"), ("account", "+000550114")]),
    ("contact", &[]),
];

fn shows(page: &Page, words: &[&str]) -> Result<(), StoryError> {
    match words.iter().find(|word| !page.html.contains(**word)) {
        None => Ok(()),
        Some(word) => Err(unexpected(page.url.path(), word, page.status, &page.html)),
    }
}

/// The number on the page that says that it was sent.
fn number_of(page: &Page) -> Result<String, StoryError> {
    let start = page.html.find("CB-").ok_or_else(|| {
        unexpected(page.url.path(), "a number of the application", page.status, &page.html)
    })?;
    Ok(page.html[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect())
}

/// The caseworker takes the case from the pool.
pub async fn take(
    cast: &Cast,
    number: &str,
    mother: &mut Mother,
) -> Result<Application, StoryError> {
    let queue = cast.caseworker.get("/registration/cases").await?;
    let found = queue
        .as_array()
        .and_then(|cases| cases.iter().find(|case| case.to_string().contains(number)).cloned());
    let found = found.ok_or_else(|| StoryError::Missing(format!("{number} in {queue}")))?;
    let case = text(&found, "/id")?;
    cast.caseworker.post(&format!("/registration/cases/{case}/take"), &key(), &json!({})).await?;
    mother.reads.push("the caseworker takes her case");
    Ok(Application { number: number.to_owned(), case })
}

/// The caseworker decides; what follows from it follows by itself.
pub async fn approve(
    cast: &Cast,
    application: &Application,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let path = format!("/registration/cases/{}", application.case);
    cast.caseworker.get(&path).await?;
    mother.reads.push("the caseworker reads her case");
    cast.caseworker.post(&format!("{path}/approve"), &key(), &json!({})).await?;
    mother.reads.push("the caseworker decides on her case");
    for _ in 0..TRIES {
        let after = cast.caseworker.get(&path).await?;
        mother.reads.push("the caseworker looks what became of the decision");
        let follow_ups = after["follow_ups"].as_array().map(Vec::as_slice).unwrap_or_default();
        if !follow_ups.is_empty() && follow_ups.iter().all(|told| told["done"] == true) {
            screen.done(
                &format!("Officer b-7 approves {}", application.number),
                "GOV/MSP, case taken from the pool; KES 1500.00 a month to her wallet at Simu Money, registered with the treasury under a token",
            );
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(StoryError::Missing(format!(
        "an approved case {}",
        Value::from(application.number.clone())
    )))
}
