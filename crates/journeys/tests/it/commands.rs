//! `msingi assess` on files, as a team without a server would use it.

use crate::country::Folder;
use crate::program::{self, Ended};

async fn assess(folder: &Folder, arguments: &str) -> Ended {
    let all: Vec<&str> = std::iter::once("assess").chain(arguments.split(' ')).collect();
    program::ended(program::command(folder, &all)).await
}

async fn done(folder: &Folder, arguments: &str) -> String {
    let ended = assess(folder, arguments).await;
    assert_eq!(ended.code, Some(0), "{arguments}: {ended:?}");
    ended.out
}

async fn refused(folder: &Folder, arguments: &str, why: &str) {
    let ended = assess(folder, arguments).await;
    assert!(ended.code == Some(1) && ended.err.contains(why), "{arguments}: {ended:?}");
}

fn write(folder: &Folder, name: &str, text: &str) {
    std::fs::write(folder.path().join(name), text).expect("the folder can be written");
}

#[tokio::test]
async fn a_round_is_answered_from_the_command_line() {
    let folder = Folder::new();
    done(&folder, "init r --code XX --name Ourland").await;
    write(&folder, "Institutions.csv", "Id,Name\nGOV/NIA,Identity Authority\n");
    done(&folder, "import r/round.json Institutions.csv").await;
    write(&folder, "act.txt", "An Act to register everybody.");
    let attach = "attach r/round.json EV-1 --kind law_text --title Act --published-by Gazette --date 2025-03";
    done(&folder, &format!("{attach} --file act.txt")).await;
    refused(&folder, &format!("{attach} --file act.txt"), "`EV-1` is there already").await;

    let answer = "answer r/round.json ID-01 3 --institution GOV/NIA";
    assert!(done(&folder, answer).await.contains("ID-01 counts as 1"), "nothing carries it");
    assert!(done(&folder, &format!("{answer} --evidence EV-1")).await.contains("counts as 3"));
    refused(&folder, "answer r/round.json ID-02 7 --institution GOV/NIA", "there is no level 7")
        .await;
    let round = std::fs::read_to_string(folder.path().join("r/round.json")).expect("the round");
    assert!(round.contains("\"sha256\"") && !round.contains("ID-02"), "all or nothing: {round}");

    let supposed = done(&folder, "what-if r/round.json --set LEG-04=3 --leave-out ACT-01").await;
    assert!(supposed.contains("as it is") && supposed.contains("months"), "{supposed}");
    refused(&folder, "what-if r/round.json --set LEG-04=9", "--set LEG-04=9").await;
}

/// A country's own instrument: other texts under the same questions, in a version of its own.
#[tokio::test]
async fn another_instrument_has_to_be_signed() {
    msingi::install_cryptography();
    let folder = Folder::new();
    done(&folder, "init r --code XX --name Ourland").await;
    let own = include_str!("../../../maturity/data/instrument.toml");
    let own = own.replacen("version = \"1.0.0\"", "version = \"1.1.0\"", 1);
    let own = format!("{own}\n[[migration]]\nfrom = \"1.0.0\"\nto = \"1.1.0\"\n");
    write(&folder, "own.toml", &own);
    let key = credential::SigningKey::generate_es256().expect("a key").to_pkcs8().expect("PKCS#8");
    let lines = credential::base64url::encode(&*key).replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - lines.len() % 4) % 4);
    let begin = "-----BEGIN PRIVATE KEY-----";
    write(&folder, "key.pem", &format!("{begin}\n{lines}{padding}\n-----END PRIVATE KEY-----\n"));
    done(&folder, "sign-instrument own.toml --key key.pem").await;

    let with = "--instrument own.toml --publisher own.toml.publisher.jwk";
    refused(&folder, "score r/round.json --instrument own.toml", "--publisher").await;
    refused(&folder, &format!("score r/round.json {with}"), "1.0.0").await;
    done(&folder, &format!("migrate r/round.json --out new.json {with}")).await;
    done(&folder, &format!("score new.json {with}")).await;
    write(&folder, "own.toml", &own.replacen("weight = ", "weight =  ", 1));
    refused(&folder, &format!("score new.json {with}"), "signature").await;
}
