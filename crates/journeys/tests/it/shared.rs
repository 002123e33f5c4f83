//! No value about a person stands in two blocks' databases: whoever gets hold of two cannot join
//! them. Nothing about a person stands anywhere in the clear.

use crate::country::{Country, Database, Engine};
use crate::values::{Place, Seen, Values, rows, text_spellings};
use basis::Id;
use kernel::db::{DbError, Value};
use msingi::demo::Layout;
use msingi::demo::{Told, world};
use std::collections::BTreeSet;

/// Columns whose values are about no person, or about one call and not about whom it is: they may
/// be the same elsewhere. A value counts as shared if it stands in two blocks without them.
const NOT_ABOUT_A_PERSON: [(&str, &str); 10] = [
    ("migration.name", "which tables there are"),
    ("migration.checksum", "which tables there are"),
    ("hop.correlation", "one act: its calls, its event, its run; about whom is a keyed digest"),
    ("hop.case_reference", "the case of one call; about whom is a keyed digest"),
    ("hop.basis_reference", "a law, or a data agreement that is one for all persons"),
    ("read_log.reference", "a law, or a data agreement that is one for all persons"),
    ("read_log.refused", "why an attempt was refused: one of a short list"),
    ("step.template", "what a message of the country pack is called"),
    ("audit.event", "what happened: one of a list"),
    ("witnessed.jws", "digests of whole audit rows"),
];

/// Ids of what is one for many persons: they may stand anywhere.
const OF_MANY: [(&str, &str, &str); 2] = [
    ("consent", "data_agreement", "what everybody is asked"),
    ("payments", "payment_batch", "a payment run for thousands"),
];

/// What the country pack says and who its officers are: no secret, and about no resident.
fn public() -> BTreeSet<Seen> {
    let pack: toml::Value =
        toml::from_str(include_str!("../../../../countries/demo/country.toml")).expect("TOML");
    let mut words = BTreeSet::new();
    collect(&pack, &mut words);
    let officers = [
        world::REGISTRAR,
        world::CLERK,
        world::DESK,
        world::STEWARD,
        world::CASEWORKER,
        world::CURIOUS,
        world::MANAGER,
        world::MAKER,
        world::CHECKER,
        world::NURSE,
        world::TREASURER,
        world::COMMISSIONER,
        world::AUDITOR,
    ];
    // Who enters what the pack says.
    text_spellings("country-pack", &mut words);
    for officer in officers {
        text_spellings(&format!("officer:{}/{}", officer.member, officer.id), &mut words);
    }
    words
}

/// Ids that are about many persons or none, wherever they stand.
async fn of_many(databases: &[Database]) -> BTreeSet<Seen> {
    let mut ids = Vec::new();
    for (block, table, _) in OF_MANY {
        for database in databases.iter().filter(|it| it.name.ends_with(&format!("/{block}"))) {
            let rows = rows(&database.db, table).await;
            ids.extend(rows.iter().map(|row| row.get::<Id>("id").expect("an id")));
        }
    }
    for database in databases.iter().filter(|it| it.name.ends_with("/witness")) {
        for row in rows(&database.db, "finding").await {
            let finding: String = row.get("finding").expect("a text");
            // The auditor names the row that was changed: `row 2 (civil.birth.registered, ID)`.
            let words = finding.split([' ', ',', '(', ')']);
            ids.extend(words.filter_map(|word| word.parse::<Id>().ok()));
        }
    }
    let mut spelled = BTreeSet::new();
    ids.iter().for_each(|id| text_spellings(&id.to_string(), &mut spelled));
    spelled
}

fn collect(value: &toml::Value, words: &mut BTreeSet<Seen>) {
    match value {
        toml::Value::String(text) => {
            text_spellings(text, words);
            text_spellings(&format!("TB/{text}"), words);
        }
        toml::Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        toml::Value::Table(members) => members.values().for_each(|item| collect(item, words)),
        _ => {}
    }
}

async fn values_of(databases: &[Database]) -> Values {
    let mut values = Values::default();
    for database in databases {
        values.add_database(&database.name, &database.db).await;
    }
    values
}

fn excused(place: &Place) -> bool {
    NOT_ABOUT_A_PERSON.iter().any(|(column, _)| *column == place.column)
}

/// `registrar/civil` is the database of `civil`. All exchanges of a country count as one: the
/// directory is the same in each, and both ends of a call log it.
fn block_of(place: &Place) -> &str {
    place.database.split_once('/').map_or(place.database.as_str(), |(_, block)| block)
}

/// Values that stand in the databases of two blocks, with the places.
fn shared(values: &Values, of_many: &BTreeSet<Seen>) -> Vec<String> {
    let public = public();
    let of_two = |places: &BTreeSet<Place>| {
        let left = places.iter().filter(|place| !excused(place));
        left.map(block_of).collect::<BTreeSet<_>>().len() > 1
    };
    let found = values.0.iter().filter(|(seen, places)| {
        !public.contains(seen) && !of_many.contains(seen) && of_two(places)
    });
    found.map(|(seen, places)| format!("{seen:?} stands in {}", list(places))).collect()
}

fn list(places: &BTreeSet<Place>) -> String {
    let each = places.iter().map(|place| format!("{} {}", place.database, place.column));
    each.collect::<Vec<_>>().join(", ")
}

/// Entries of the list that excuse nothing, and so say something wrong about the product.
fn needless(values: &Values) -> Vec<&'static str> {
    let crosses = |places: &BTreeSet<Place>, column: &str| {
        places.iter().any(|place| place.column == column)
            && places.iter().map(block_of).collect::<BTreeSet<_>>().len() > 1
    };
    let needed = |column: &&str| values.0.values().any(|places| crosses(places, column));
    NOT_ABOUT_A_PERSON.iter().map(|(column, _)| *column).filter(|it| !needed(it)).collect()
}

/// Checks all databases of a country after the story.
pub async fn nothing_is_shared(country: &Country, told: &Told, layout: Layout) {
    let databases = country.databases().await;
    let values = values_of(&databases).await;
    for database in &databases {
        let ids = values.0.iter().filter(|(seen, places)| {
            matches!(seen, Seen::Bytes(bytes) if bytes.len() == 16)
                && places.iter().any(|place| place.database == database.name)
        });
        assert!(ids.count() > 0, "{} was looked at", database.name);
    }
    assert_eq!(shared(&values, &of_many(&databases).await), Vec::<String>::new());
    if layout == Layout::Three {
        assert_eq!(needless(&values), Vec::<&str>::new(), "entries that excuse nothing");
        pseudonyms_of_exchanges_differ(&databases).await;
    }
    nothing_in_the_clear(country, &databases, told).await;
}

/// Each exchange's digests of persons are under a key of its own.
async fn pseudonyms_of_exchanges_differ(databases: &[Database]) {
    let mut seen = BTreeSet::new();
    for database in databases.iter().filter(|database| database.name.ends_with("/exchange")) {
        let digests = rows(&database.db, "hop").await;
        let digests = digests
            .iter()
            .filter_map(|row| row.get::<Option<Vec<u8>>>("subject").expect("bytes or nothing"));
        let digests: BTreeSet<Vec<u8>> = digests.collect();
        assert!(seen.is_disjoint(&digests), "{} knows a person as another does", database.name);
        seen.extend(digests);
    }
    assert!(!seen.is_empty(), "calls about persons were logged");
}

/// No name, number or secret of the mother or the child stands in a database or a log.
async fn nothing_in_the_clear(country: &Country, databases: &[Database], told: &Told) {
    let secrets =
        ["Zawadi", "Tamba", "Neema", "Reed Shore", "55 0114", &told.vid, &told.totp_secret];
    for database in databases {
        for table in crate::values::tables(&database.db).await {
            for row in rows(&database.db, &table).await {
                for (column, value) in row.columns().zip(row.values()) {
                    let text = match value {
                        Value::Text(text) => text.clone(),
                        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                        _ => continue,
                    };
                    let found = secrets.iter().find(|secret| says(&text, secret));
                    assert_eq!(found, None, "in {} {table}.{column}: {text}", database.name);
                }
            }
        }
    }
    for (file, log) in country.logs() {
        let found = secrets.iter().find(|secret| says(&log, secret));
        assert_eq!(found, None, "in {}: {log}", file.display());
    }
}

/// Whether a text holds these words as words: five letters turn up in enough random text by chance.
fn says(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric())
    })
}

/// The test above finds what it is there to find, in each form in which it could be planted.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_value_is_found() {
    let country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    country.tell().await;
    let databases = country.databases().await;
    let of_many = of_many(&databases).await;
    assert_eq!(shared(&values_of(&databases).await, &of_many), Vec::<String>::new());

    let registry = country.database("local/registry").await;
    let pseudonym: Id = rows(&registry, "record").await[0].get("subject").expect("a pseudonym");
    let plants: [(&'static str, &'static str, Value); 4] = [
        ("civil", "UPDATE birth SET subject = $1", pseudonym.into()),
        (
            "civil",
            "UPDATE birth SET number = $1 WHERE id = (SELECT MIN(id) FROM birth)",
            format!("2026-{pseudonym}").into(),
        ),
        (
            "identity",
            "UPDATE outbox SET payload = $1",
            format!("{{\"of\":\"{pseudonym}\"}}").into(),
        ),
        (
            "payments",
            "UPDATE payment_order SET reference = $1",
            credential::base64url::encode(pseudonym.as_bytes()).into(),
        ),
    ];
    for (block, sql, value) in plants {
        let db = country.database(&format!("local/{block}")).await;
        let planted: Result<u64, DbError> =
            db.write(move |tx| Box::pin(async move { tx.exec(sql, &[value]).await })).await;
        assert!(planted.expect("plants") > 0, "{sql}");
        let found = shared(&values_of(&databases).await, &of_many);
        let told = found.iter().find(|text| {
            text.contains("local/registry record.subject")
                && text.contains(&format!("local/{block} "))
        });
        assert!(told.is_some(), "{sql} was not found: {found:?}");
    }
    country.forget().await;
}

#[test]
fn words_are_found_as_words() {
    assert!(says("{\"full\":\"Neema\"}", "Neema"));
    assert!(says("Neema", "Neema"));
    assert!(!says("xNeemay", "Neema"));
}
