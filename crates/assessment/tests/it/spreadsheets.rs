//! A round as a spreadsheet, out and in.

use crate::app::{App, CHECKER, CLERK, LEADER, OWNER, get};
use maturity::round::{Answer, Evidence, Institution};
use maturity::{Instrument, Round, sheet};
use serde_json::{Value, json};
use testkit::{Store, on_each_engine};

/// What a workbook may have here, bytes.
const WORKBOOK_MAX: usize = 200_000;

/// A round that was just opened: the block, the round's path and that of its workbook.
async fn opened(store: &Store) -> (App, String, String) {
    let app = App::start_with(store, WORKBOOK_MAX).await;
    let round = app.open().await;
    let path = format!("{round}/spreadsheet");
    (app, round, path)
}

/// A workbook as it was fetched.
#[derive(Clone)]
struct Workbook {
    round: Round,
    fetched: String,
}

impl Workbook {
    async fn fetch(app: &App, round: &str) -> Self {
        let whole = app.done(LEADER, get(&format!("{round}/round.json"))).await;
        let whole: Round = serde_json::from_value(whole).expect("a round");
        let file = app.download(CLERK, &format!("{round}/spreadsheet")).await;
        let read = sheet::read_xlsx(&file, &Instrument::built_in(), &mut whole.clone());
        let fetched = read.expect("its own workbook").fetched.expect("says what it was made from");
        Self { round: whole, fetched }
    }

    /// As somebody would send it back who changed this.
    fn filled(&self, change: impl FnOnce(&mut Round)) -> Vec<u8> {
        let mut round = self.round.clone();
        change(&mut round);
        sheet::template_fetched(&Instrument::built_in(), &round, &self.fetched).expect("a workbook")
    }
}

/// The round as it stands, changed and written as the workbook that somebody would send back.
async fn filled(app: &App, round: &str, change: impl FnOnce(&mut Round)) -> Vec<u8> {
    Workbook::fetch(app, round).await.filled(change)
}

fn answer(level: u8, evidence: &[&str]) -> Answer {
    Answer {
        level: Some(level),
        institution: "GOV/NIA".to_owned(),
        respondent: "Registrar".to_owned(),
        evidence: evidence.iter().map(|id| (*id).to_owned()).collect(),
        note: "Filled in offline.".to_owned(),
        review: None,
    }
}

fn link(id: &str) -> Evidence {
    serde_json::from_value(json!({
        "id": id, "kind": "document", "title": "Strategy", "source": "https://a.example/strategy",
        "publisher": "Digital Agency", "date": "2025-06"
    }))
    .expect("evidence")
}

fn places(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|one| one["field"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_filled_workbook_is_taken_in_as_a_whole() {
    on_each_engine(async |store| {
        let (app, round, path) = opened(store).await;
        assert_eq!(app.answer(&round, "ID-01", 1).await.status, 200);
        let got = app.by(CHECKER, get(&path)).await;
        assert_eq!((got.status, got.text.starts_with("PK")), (200, true));
        assert!(got.header("content-disposition").ends_with(".xlsx\""));

        let book = filled(&app, &round, |whole| {
            whole.evidence.push(link("E-1"));
            whole.answers.insert("ID-01".to_owned(), answer(3, &["E-1"]));
            whole.answers.insert("ID-02".to_owned(), answer(2, &[]));
        });
        let taken = app.send_bytes(CLERK, &path, book.await).await;
        let said = json!({"answers": 2, "evidence": 1, "catalogue": false, "not_kept": []});
        assert_eq!(taken, (200, said));
        let first = app.done(CLERK, get(&format!("{round}/answers/ID-01"))).await;
        assert_eq!((&first["revision"], &first["answer"]["level"]), (&json!(2), &json!(3)));
        assert_eq!(first["history"][0]["step"], "imported");
        assert_eq!(first["history"][1]["answer"]["level"], 1, "what stood there stays on record");

        let same = app.download(CHECKER, &path).await;
        let (status, again) = app.send_bytes(CLERK, &path, same).await;
        assert_eq!((status, &again["answers"]), (200, &json!(0)), "the same file changes nothing");
        assert_eq!(app.audited("assessment.spreadsheet.taken_in").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_workbook_with_a_fault_changes_nothing() {
    on_each_engine(async |store| {
        let (app, round, path) = opened(store).await;
        let book = filled(&app, &round, |whole| {
            whole.answers.insert("ID-01".to_owned(), answer(3, &[]));
            whole.answers.insert("ID-02".to_owned(), answer(9, &["E-7"]));
        });
        let (status, problem) = app.send_bytes(CLERK, &path, book.await).await;
        assert_eq!(status, 400, "{problem}");
        let there = places(&problem);
        assert!(there.contains(&"Answers, row 3, C (Level)".to_owned()), "{there:?}");
        let first = app.done(CLERK, get(&format!("{round}/answers/ID-01"))).await;
        assert_eq!(first["revision"], 0);

        let bad = filled(&app, &round, |whole| {
            whole.evidence.push(Evidence { source: "a paper".to_owned(), ..link("E-1") });
        });
        let (status, problem) = app.send_bytes(CLERK, &path, bad.await).await;
        assert_eq!(
            (status, places(&problem)),
            (400, vec!["Evidence, row 2, D (Source)".to_owned()])
        );
        assert_eq!(app.send_bytes(CLERK, &path, b"no workbook".to_vec()).await.0, 400);
        assert_eq!(app.send_bytes(CLERK, &path, vec![0; WORKBOOK_MAX + 1]).await.0, 413);
        assert_eq!(app.audited("assessment.spreadsheet.taken_in").await, 0);
    })
    .await;
}

#[tokio::test]
async fn catalogues_are_changed_by_a_lead_and_evidence_by_nobody() {
    on_each_engine(async |store| {
        let (app, round, path) = opened(store).await;
        let more = |whole: &mut Round| {
            whole.evidence.push(link("E-1"));
            whole.institutions.push(Institution {
                id: "GOV/NEW".to_owned(),
                name: "New Office".to_owned(),
                sector: "health".to_owned(),
            });
        };
        let book = filled(&app, &round, more).await;
        let (status, problem) = app.send_bytes(CLERK, &path, book.clone()).await;
        assert_eq!((status, places(&problem)), (400, vec!["Institutions".to_owned()]));
        assert_eq!(app.send_bytes(CHECKER, &path, book.clone()).await.0, 403);
        let (status, taken) = app.send_bytes(LEADER, &path, book).await;
        assert_eq!((status, &taken["catalogue"]), (200, &json!(true)), "{taken}");
        assert_eq!(app.done(LEADER, get(&round)).await["round"]["revision"], 2);

        let other = filled(&app, &round, |whole| whole.evidence[0].title = "Other".to_owned());
        let (status, problem) = app.send_bytes(LEADER, &path, other.await).await;
        assert_eq!((status, places(&problem)), (400, vec!["Evidence, row 2, A (Id)".to_owned()]));
        assert_eq!(app.put_into(&round, "in_review").await.status, 200);
        let late = filled(&app, &round, |_| {}).await;
        assert_eq!(app.send_bytes(LEADER, &path, late).await.0, 409, "answers stand still");
    })
    .await;
}

#[tokio::test]
async fn what_others_changed_since_the_workbook_was_fetched_is_not_lost() {
    on_each_engine(async |store| {
        let (app, round, path) = opened(store).await;
        assert_eq!(app.answer(&round, "ID-01", 1).await.status, 200);
        let fetched = Workbook::fetch(&app, &round).await;
        // Meanwhile a colleague answers two of the same questions.
        let colleague = filled(&app, &round, |whole| {
            whole.answers.insert("ID-01".to_owned(), answer(2, &[]));
            whole.answers.insert("ID-02".to_owned(), answer(2, &[]));
        });
        assert_eq!(app.send_bytes(LEADER, &path, colleague.await).await.0, 200);

        let other = fetched.filled(|whole| {
            whole.answers.insert("ID-03".to_owned(), answer(3, &[]));
        });
        let (status, taken) = app.send_bytes(CLERK, &path, other).await;
        assert_eq!((status, &taken["answers"]), (200, &json!(1)), "{taken}");
        for (indicator, level, revision) in [("ID-01", 2, 2), ("ID-02", 2, 1), ("ID-03", 3, 1)] {
            let there = app.done(CLERK, get(&format!("{round}/answers/{indicator}"))).await;
            assert_eq!(
                (&there["answer"]["level"], &there["revision"]),
                (&json!(level), &json!(revision))
            );
        }

        let same = fetched.filled(|whole| {
            whole.answers.insert("ID-01".to_owned(), answer(4, &[]));
            whole.answers.insert("ID-02".to_owned(), answer(4, &[]));
        });
        let (status, problem) = app.send_bytes(CLERK, &path, same).await;
        let rows = ["Answers, row 2, A (Indicator)", "Answers, row 3, A (Indicator)"];
        assert_eq!((status, places(&problem)), (400, rows.map(str::to_owned).to_vec()));
        assert!(problem.to_string().contains("since the workbook was fetched"), "{problem}");
    })
    .await;
}

#[tokio::test]
async fn lists_that_were_changed_since_are_not_put_back() {
    on_each_engine(async |store| {
        let (app, round, path) = opened(store).await;
        let fetched = Workbook::fetch(&app, &round).await;
        let newer = filled(&app, &round, |whole| {
            whole.institutions[0].name = "Office with another name".to_owned();
        });
        assert_eq!(app.send_bytes(LEADER, &path, newer.await).await.0, 200);
        let (status, problem) = app.send_bytes(LEADER, &path, fetched.filled(|_| {})).await;
        assert_eq!((status, places(&problem)), (400, vec!["Institutions".to_owned()]));
        assert!(problem.to_string().contains("remove the sheet"), "{problem}");

        let damaged = Workbook { fetched: "yesterday".to_owned(), ..fetched }.filled(|_| {});
        let (status, problem) = app.send_bytes(LEADER, &path, damaged).await;
        assert_eq!((status, places(&problem)), (400, vec!["Read me".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn the_page_takes_a_workbook_and_shows_its_faults_in_a_table() {
    on_each_engine(async |store| {
        let app = App::start_with(store, WORKBOOK_MAX).await;
        let round = app.open().await;
        let path = round.replace("/assessment/v1/", "/desk/assessment/");
        let path = format!("{path}/spreadsheet");
        let shown = app.page(CLERK, &path).await;
        assert!(shown.text.contains("Send a filled workbook"), "{}", shown.text);
        assert_eq!(app.page(CLERK, &format!("{path}/file")).await.status, 200);
        let send = async |book: Vec<u8>| {
            let head = format!(
                "--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--xyz\r\n\
                Content-Disposition: form-data; name=\"file\"; filename=\"round.xlsx\"\r\n\r\n",
                shown.csrf()
            );
            let body = [head.as_bytes(), &book, b"\r\n--xyz--\r\n"].concat();
            app.send_form(CLERK, &shown, &path, "multipart/form-data; boundary=xyz", body).await
        };
        let wrong = filled(&app, &round, |whole| {
            whole.answers.insert("ID-01".to_owned(), answer(9, &[]));
        });
        let wrong = send(wrong.await).await;
        assert!(wrong.status == 422 && wrong.text.contains("C (Level)"), "{}", wrong.text);
        assert!(wrong.text.contains("Nothing was taken in: 1 place"), "{}", wrong.text);
        let good = filled(&app, &round, |whole| {
            whole.answers.insert("ID-01".to_owned(), answer(2, &[]));
        });
        let good = send(good.await).await;
        assert!(good.status == 200 && good.text.contains("1 answer is new"), "{}", good.text);
        let none = app.submit(CLERK, &shown, &path, "").await;
        assert!(none.status == 422 && none.text.contains("Choose the workbook"), "{}", none.text);
        let reader = app.page(CHECKER, &path).await;
        assert!(!reader.text.contains("type=\"file\""), "a reviewer sends none");
        assert_eq!(app.page(("v-1", OWNER, "visitor"), &path).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn pages_ask_in_the_language_of_the_visitor() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await.replace("/assessment/v1/", "/desk/assessment/");
        let shown = app.page(CLERK, &format!("{round}/indicators/ID-01?lang=fr")).await;
        let translation = maturity::instrument::translation::Translation::built_in("fr");
        let title = translation.expect("French").indicators["ID-01"].title.clone();
        assert!(shown.text.contains(&title), "{}", shown.text);
    })
    .await;
}
