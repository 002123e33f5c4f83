//! `msingi demo`.

use super::{Failure, say};
use crate::demo::{Layout, SCHEMA_PREFIX, Screen, Stage, Told, Where, World, driver};
use kernel::config::{Config, Log};
use kernel::serve::Shutdown;
use kernel::telemetry;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How to run it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Tell the story and end, instead of leaving the country running
    #[arg(long)]
    exit: bool,
    /// Run all institutions in one process, for a machine with little memory; otherwise they run in
    /// three, each with its own keys and databases
    #[arg(long)]
    one_process: bool,
    /// How many residents the country has
    #[arg(long, value_name = "NUMBER", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    residents: u32,
    /// Use a PostgreSQL server instead of SQLite, as postgres://user:password@host/database
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Folder for keys and databases; emptied first if it holds an earlier demo
    #[arg(long, default_value = "./data/demo")]
    directory: PathBuf,
    /// Public port of the (first) installation; 0 for a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Use a changed copy of countries/demo, for example with another service package
    #[arg(long, value_name = "FOLDER")]
    pack: Option<PathBuf>,
    /// Write what an outside client needs to sign in to this file, as JSON
    #[arg(long, value_name = "FILE", hide = true)]
    handover: Option<PathBuf>,
}

pub async fn run(args: Args) -> Result<(), Failure> {
    // The story is told in its own words; that the demo's keys are no secret stands in its title.
    telemetry::init(&Log { level: "warn,kernel::keys=error".to_owned(), ..Log::default() })?;
    clear(&args.directory)?;
    if let Some(url) = &args.database {
        // The same on a server: what begins with the demo's own prefix and no other role owns.
        kernel::db::drop_schemas(url, SCHEMA_PREFIX).await?;
    }
    let mut stop = Shutdown::on_signals()?;
    let place = Where {
        directory: args.directory.clone(),
        postgres: args.database.clone(),
        port: args.port,
        layout: if args.one_process { Layout::One } else { Layout::Three },
        schema_prefix: SCHEMA_PREFIX.to_owned(),
        country: country(args.pack.as_deref())?,
        program: None,
    };
    let mut screen = Screen::stdout();
    screen.title("Tumbawe, an invented country", &setting(&args));
    let stage = Stage::build(&place).await?;
    let world = stage.world()?;
    let told = driver::tell(&world, args.residents, &mut screen).await?;
    let made = told.reads_made.len();
    if told.reads != made {
        return Err(format!("{made} reads were made and {} are shown", told.reads).into());
    }
    if let Some(file) = &args.handover {
        hand_over(file, &world, &told).await?;
    }
    explore(&screen, &stage.configs(&place)?[0], &world, &told, args.exit);
    if !args.exit {
        show_codes(&screen, &told, &mut stop).await;
    }
    let configs = stage.configs(&place)?;
    stage.stop().await;
    verify(&configs, told.tampered).await
}

fn setting(args: &Args) -> String {
    let processes = match args.one_process {
        true => "one process, and one for a village post",
        false => "three processes over mutual TLS, and one for a village post",
    };
    let engine = if args.database.is_some() { "PostgreSQL" } else { "SQLite" };
    format!("{processes}, {engine}, data in {}, keys that are no secret", args.directory.display())
}

/// The country pack, by its whole path: each installation is started in a folder of its own.
fn country(pack: Option<&Path>) -> Result<String, Failure> {
    let Some(pack) = pack else { return Ok("demo".to_owned()) };
    let folder = std::fs::canonicalize(pack)
        .map_err(|error| format!("--pack {}: {error}", pack.display()))?;
    Ok(folder.display().to_string())
}

/// A demo begins with an empty country. Only a folder that a demo made is emptied.
fn clear(directory: &Path) -> Result<(), Failure> {
    let mark = directory.join("this-is-a-demo");
    if directory.exists() && !mark.exists() && std::fs::read_dir(directory)?.next().is_some() {
        let text = format!(
            "{} is not empty and no demo made it: choose another folder with --directory",
            directory.display()
        );
        return Err(text.into());
    }
    if directory.exists() {
        std::fs::remove_dir_all(directory)?;
    }
    std::fs::create_dir_all(directory)?;
    std::fs::write(
        mark,
        "An invented country; `msingi demo` empties this folder when it starts.\n",
    )?;
    Ok(())
}

fn explore(screen: &Screen, first: &Config, world: &World, told: &Told, exit: bool) {
    screen.gap();
    if exit {
        return;
    }
    let base = &world.registrar.base;
    screen.line("The portal", &format!("{base}/portal"));
    screen.line("Sign in as Zawadi", &format!("number {}, app {}", told.vid, told.totp_secret));
    for account in &told.accounts {
        screen.gap();
        screen.line("An officer's desk", &format!("{}, {}", account.desk, account.does));
        let app = format!("number {}, app {}", account.number, account.secret);
        screen.line("", &app);
    }
    screen.gap();
    screen.line("The operator's view", &format!("{base}/desk/operator, token by:"));
    let file = first.storage.path.join("msingi.toml");
    screen.line("", &format!("msingi --config {} operator-token", file.display()));
    screen.line("What runs here", &format!("{base}/.well-known/dpi-component"));
    screen.line("Stop", "Ctrl-C");
    screen.gap();
}

/// Shows one-time codes, as the apps would, until the demo is stopped. A file or pipe gets none: the
/// secrets stand above.
async fn show_codes(screen: &Screen, told: &Told, stop: &mut Shutdown) {
    let clock = basis::Clock::system();
    let short = |number: &str| number.rsplit('/').next().unwrap_or(number).to_owned();
    let mut apps = vec![("Zawadi".to_owned(), told.totp_secret.clone())];
    apps.extend(
        told.accounts.iter().map(|account| (short(&account.number), account.secret.clone())),
    );
    loop {
        screen.codes(&apps, clock.now().unix_seconds());
        tokio::select! {
            () = stop.stopped() => return,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

/// Reads every audit trail once more, now that nothing runs. Where the story changed a row, that row
/// must be found, and nothing else.
async fn verify(configs: &[Config], tampered: bool) -> Result<(), Failure> {
    let (mut rows, mut findings) = (0, Vec::new());
    for config in configs {
        for (block, report) in super::audit::reports(config).await? {
            let name = &config.installation.name;
            findings
                .extend(report.findings.iter().map(|found| format!("{name}, {block}: {found}")));
            rows += report.sealed;
        }
    }
    let (changed, others): (Vec<String>, Vec<String>) =
        findings.into_iter().partition(|found| tampered && found.contains("row 2 (civil."));
    if let Some(finding) = others.first() {
        return Err(format!("audit trail of {finding}").into());
    }
    match (tampered, changed.first()) {
        (false, _) => {
            say(format!("  Audit trails verified offline: {rows} rows, nothing changed."))
        }
        (true, Some(found)) => say(format!(
            "  Audit trails verified offline: {rows} rows; found what the story had changed: {found}."
        )),
        (true, None) => return Err("the row that the story changed was not found".into()),
    }
    Ok(())
}

/// Registers an outside relying party and writes down what it needs; see interop/README.md.
async fn hand_over(file: &Path, world: &World, told: &Told) -> Result<(), Failure> {
    let client = driver::outside_client(world).await?;
    let officers = told.accounts.iter().map(
        |account| json!({"desk": account.desk, "number": account.number, "secret": account.secret}),
    );
    let officers: Vec<_> = officers.collect();
    let handover = json!({
        "base_url": world.registrar.base, "issuer": world.registrar.base,
        "client_id": client.id, "client_key": client.key, "redirect_uri": client.redirect_uri,
        "login_name": told.vid, "totp_secret": told.totp_secret,
        "officers": officers,
    });
    let draft = file.with_extension("part");
    std::fs::write(&draft, handover.to_string())?;
    Ok(std::fs::rename(draft, file)?)
}
