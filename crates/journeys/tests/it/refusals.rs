//! What the binary says when it cannot do what was asked: one line, with the field or the remedy.

use crate::country::{Folder, postgres_url};
use crate::program::{self, Ended};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use tokio::process::Command;

/// A configuration that listens on any free port.
const FREE: &str = "[listen]\npublic = \"127.0.0.1:0\"\nwire = \"127.0.0.1:0\"\n";

fn configured(folder: &Folder, file: &str, arguments: &[&str]) -> Command {
    std::fs::write(folder.path().join("msingi.toml"), file).expect("writes");
    let mut command = program::command(folder, &["--config", "msingi.toml"]);
    command.args(arguments);
    command
}

/// The one line that says why, without `error: `.
async fn refused(command: Command) -> String {
    let ended = program::ended(command).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    only_error(&ended)
}

fn only_error(ended: &Ended) -> String {
    // Log lines of what went before may stand above.
    let errors: Vec<&str> =
        ended.err.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
    assert_eq!(errors.len(), 1, "one error, and no more: {ended:?}");
    assert_eq!(
        ended.err.lines().last().map(|line| line.starts_with("error: ")),
        Some(true),
        "{ended:?}"
    );
    for noise in ["panicked", "RUST_BACKTRACE", "Error {", "Os {"] {
        assert!(!ended.err.contains(noise), "{ended:?}");
    }
    errors[0].to_owned()
}

fn names(text: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(text.contains(part), "`{part}` is not named: {text}");
    }
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read_names_the_key() {
    let folder = Folder::new();
    let cases: [(&str, &[&str]); 6] = [
        (
            "[listen]\npublik = \"127.0.0.1:0\"",
            &["msingi.toml", "`listen.publik`", "did you mean `public`?"],
        ),
        ("[listne]\n", &["`listne`", "did you mean `listen`?"]),
        (
            "[limits]\nbody_bytes = \"many\"",
            &["msingi.toml", "`limits.body_bytes`", "a whole number"],
        ),
        ("[storage]\nengine = \"oracle\"", &["`storage.engine`", "`sqlite`", "`postgres`"]),
        ("[storage]\nschema_prefix = \"My Country\"", &["`storage.schema_prefix`", "lower-case"]),
        ("[storage\n", &["msingi.toml line 1", "not TOML"]),
    ];
    for (file, wanted) in cases {
        names(&refused(configured(&folder, file, &["serve"])).await, wanted);
    }
    let mut command = program::command(&folder, &["migrate"]);
    command.env("MSINGI__LIMITS__BODY_BYTE", "1");
    names(&refused(command).await, &["MSINGI__LIMITS__BODY_BYTE", "did you mean `body_bytes`?"]);
    let command = program::command(&folder, &["--config", "nowhere.toml", "serve"]);
    names(&refused(command).await, &["nowhere.toml", "check the path"]);
    assert!(!folder.path().join("data").exists(), "nothing was written");
}

#[tokio::test]
async fn a_port_in_use_is_named_with_its_key() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let file = format!("[listen]\npublic = \"{address}\"\nwire = \"127.0.0.1:0\"\n");
    let text = refused(configured(&folder, &file, &["serve"])).await;
    names(&text, &["listen.public", &address, "in use", "another address"]);
    let file = format!("[listen]\npublic = \"127.0.0.1:0\"\nwire = \"{address}\"\n");
    let text = refused(configured(&folder, &file, &["serve"])).await;
    names(&text, &["listen.wire", &address, "in use"]);
    assert!(!folder.path().join("data").exists(), "nothing was written");
}

#[tokio::test]
async fn an_unknown_block_is_answered_with_those_there_are() {
    let folder = Folder::new();
    for option in ["--only", "--without"] {
        let text = refused(configured(&folder, FREE, &["serve", option, "civil,taxes"])).await;
        assert!(!folder.path().join("data").exists(), "nothing was written");
        names(
            &text,
            &["`taxes`", "there are: identity, civil, consent, registry, registration, payments"],
        );
    }
}

/// A file system's permissions do not bind the superuser, whom tests in a container run as: then
/// the command runs as nobody, from a copy that nobody may read.
fn as_ordinary_user(folder: &Folder, file: &str, arguments: &[&str]) -> Command {
    const NOBODY: u32 = 65_534;
    let command = configured(folder, file, arguments);
    if !is_superuser() {
        return command;
    }
    let copy = folder.path().join("msingi");
    std::fs::copy(program::binary(), &copy).expect("copies");
    let mut ordinary = Command::new(copy);
    let given = command.as_std();
    ordinary.args(given.get_args()).uid(NOBODY).gid(NOBODY);
    ordinary.current_dir(folder.path()).env_remove("MSINGI_TEST_PG_URL").kill_on_drop(true);
    ordinary
}

fn is_superuser() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn permit(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permits");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    permit(folder.path(), 0o755);
    let sealed = folder.path().join("sealed");
    std::fs::create_dir(&sealed).expect("makes");
    permit(&sealed, 0o555);
    let file = format!("{FREE}[storage]\npath = \"{}/data\"\n", sealed.display());
    let text = refused(as_ordinary_user(&folder, &file, &["serve"])).await;
    names(&text, &["storage.path", "sealed/data", "choose a folder this user may write to"]);
    permit(&sealed, 0o755);
}

#[tokio::test]
async fn a_database_that_is_read_only_is_named() {
    let folder = Folder::new();
    permit(folder.path(), 0o777);
    let migrated = program::ended(as_ordinary_user(&folder, FREE, &["migrate"])).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let civil = folder.path().join("data/civil.db");
    permit(&civil, 0o444);
    if is_superuser() {
        std::os::unix::fs::chown(&civil, Some(0), Some(0)).expect("gives it away");
    }
    let text = refused(as_ordinary_user(&folder, FREE, &["serve"])).await;
    names(&text, &["civil", "read-only", "civil.db", "permissions"]);
}

#[tokio::test]
async fn a_wrong_passphrase_is_told_from_a_damaged_file() {
    let folder = Folder::new();
    let with = |passphrase: &str| {
        let mut command = configured(&folder, FREE, &["migrate"]);
        command.env("MSINGI_PASSPHRASE", passphrase);
        command
    };
    let made = program::ended(with("correct horse battery")).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let text = refused(with("wrong horse battery")).await;
    names(&text, &["keys.json", "passphrase"]);
    let again = program::ended(with("correct horse battery")).await;
    assert_eq!(again.code, Some(0), "the file was left as it was: {again:?}");

    let serious = "[installation]\nsandbox = false\nissuer = \"https://id.example.org\"\n";
    let text = refused(configured(&folder, serious, &["migrate"])).await;
    names(&text, &["MSINGI_PASSPHRASE"]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let folder = Folder::new();
    let with = |url: &str| format!("{FREE}[storage]\nengine = \"postgres\"\nurl = \"{url}\"\n");
    // Nobody listens on port 1.
    let file = with("postgres://someone:hidden-word@127.0.0.1:1/country");
    let text = refused(configured(&folder, &file, &["serve"])).await;
    names(&text, &["PostgreSQL", "127.0.0.1:1", "Connection refused", "storage.url"]);
    assert!(!text.contains("hidden-word"), "{text}");
    let text = refused(configured(&folder, &with("no url"), &["serve"])).await;
    names(&text, &["storage.url", "postgres://"]);
    let unset = format!("{FREE}[storage]\nengine = \"postgres\"\n");
    names(&refused(configured(&folder, &unset, &["serve"])).await, &["storage.url"]);
    if let Some(url) = postgres_url() {
        let (server, _) = url.rsplit_once('/').expect("a URL with a database");
        let file = with(&format!("{server}/no_such_database"));
        let text = refused(configured(&folder, &file, &["serve"])).await;
        names(&text, &["no_such_database", "does not exist"]);
    }
}

#[tokio::test]
async fn a_demo_does_not_empty_what_no_demo_made() {
    let folder = Folder::new();
    let treasure = folder.path().join("data");
    std::fs::create_dir(&treasure).expect("makes");
    std::fs::write(treasure.join("treasure.txt"), "mine").expect("writes");
    let command =
        program::command(&folder, &["demo", "--exit", "--port", "0", "--directory", "data"]);
    let text = refused(command).await;
    names(&text, &["data", "is not empty", "--directory"]);
    let kept = std::fs::read_to_string(treasure.join("treasure.txt")).expect("it is still there");
    assert_eq!(kept, "mine");
}

#[tokio::test]
async fn simulated_institutions_run_in_a_sandbox_only() {
    let folder = Folder::new();
    let issuer = "issuer = \"https://id.example.org\"\n";
    let serious = format!("{FREE}[installation]\nsandbox = false\n{issuer}");
    let with = |arguments: &[&str]| {
        let mut command = configured(&folder, &serious, arguments);
        command.env("MSINGI_PASSPHRASE", "correct horse battery");
        command
    };
    let text = refused(with(&["serve"])).await;
    names(&text, &["COM/LAKEBANK/accounts", "`bank`", "--without bank", "sandbox"]);
    let text = refused(with(&["serve", "--without", "bank"])).await;
    names(&text, &["COM/SIMU/sms", "`sms-gateway`"]);
}

#[tokio::test]
async fn a_slip_in_what_a_country_writes_to_people_stops_the_start() {
    let folder = Folder::new();
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/../../countries/demo");
    let own = folder.path().join("country");
    copy(std::path::Path::new(pack), &own);
    let messages = std::fs::read_to_string(own.join("messages.toml")).expect("reads");
    let file = format!("country = \"country\"\n{FREE}");
    for (wrong, says) in [
        (messages.replacen("{{ number }}", "{{ numbr }}", 1), "the place `numbr`"),
        (messages.replacen("\"sw\"]", "\"sw\", \"pt\"]", 1), "lacks the language `pt`"),
    ] {
        std::fs::write(own.join("messages.toml"), wrong).expect("writes");
        let text = refused(configured(&folder, &file, &["serve", "--only", "messaging"])).await;
        names(&text, &["messages.toml", "benefit-", says]);
    }
    std::fs::remove_file(own.join("messages.toml")).expect("removes");
    let text = refused(configured(&folder, &file, &["serve", "--only", "messaging"])).await;
    names(&text, &["messages.toml", "countries/demo"]);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("makes");
    for entry in std::fs::read_dir(from).expect("reads") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copies");
        }
    }
}
