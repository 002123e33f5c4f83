//! The country in processes of its own: each installation with its own keys, databases and ports,
//! and what can happen to it from outside, such as a power cut.

use super::client::{Desk, text};
use super::free_port::free_port;
use super::relay::Relay;
use super::stage::{Layout, StageError, Where, config};
use super::world::{Site, World};
use crate::country::Country;
use kernel::config::Config;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// The installations of the split country; the first is the hub.
const SPLIT: [&str; 3] = ["registrar", "frontline", "treasury"];
/// The one installation of a country that is not split.
const LOCAL: &str = "local";
/// The village post, always an installation of its own: its link to the hub can be cut.
const POST: &str = "post";
/// The neighbouring country: another hub with keys of its own, and no link but the public one.
const NEIGHBOUR: &str = "neighbour";
/// Each installation's configuration, in its own folder.
const FILE: &str = "msingi.toml";
/// Each process's number, for whoever wants to look at it.
const PROCESS: &str = "msingi.pid";
/// How long an installation may take to start.
const START: Duration = Duration::from_secs(60);
/// How long one may take to stop before it is ended.
const STOP: Duration = Duration::from_secs(25);

/// Running installations. Cheap to clone; dropping the last clone ends the processes.
#[derive(Clone)]
pub struct Processes(Arc<Inner>);

struct Inner {
    program: PathBuf,
    installations: Vec<Installation>,
    /// The way to the hub; whatever other installations send there passes it.
    link: Relay,
}

struct Installation {
    name: String,
    config: Config,
    site: Site,
    child: Mutex<Child>,
}

impl Processes {
    /// Starts the hub, lets the others join it, starts them.
    ///
    /// # Errors
    /// [`StageError::Process`] with what the process said.
    pub async fn start(place: &Where) -> Result<Self, StageError> {
        let country =
            Country::load(&place.country).map_err(|error| failed("country pack", &error))?;
        let program = program(place)?;
        let wire = free_port()?;
        let link = Relay::to((std::net::Ipv4Addr::LOCALHOST, wire).into()).await;
        let link = link.map_err(|error| failed("the link to the hub", &error))?;
        let mut installations: Vec<Installation> = Vec::new();
        for name in names(place, &country) {
            let hub = installations.first();
            let port = if hub.is_none() { wire } else { free_port()? };
            let address = hub.is_none().then(|| format!("https://{}", link.address()));
            let place =
                &Where { port: public_port(place.port, installations.len())?, ..place.clone() };
            let file = write_config(place, name, port, address)?;
            if let Some(hub) = hub {
                let token = invite(&hub.site, &country, name).await?;
                run(&program, &file.path, &["join", "with", &token]).await?;
            }
            installations.push(serve_first(&program, name, file).await?);
        }
        let port = public_port(place.port, installations.len())?;
        let abroad = write_neighbour(&Where { port, ..place.clone() })?;
        installations.push(serve_first(&program, NEIGHBOUR, abroad).await?);
        Ok(Self(Arc::new(Inner { program, installations, link })))
    }

    /// How the driver reaches them.
    #[must_use]
    pub fn world(&self) -> World {
        let site = |name: &str| {
            let found = self.0.installations.iter().find(|one| one.name == name);
            found.unwrap_or(&self.0.installations[0]).site.clone()
        };
        let [registrar, frontline, treasury] = SPLIT.map(site);
        let beside = |name: &str| {
            let found = self.0.installations.iter().find(|one| one.name == name);
            found.map(|one| one.site.clone())
        };
        World {
            witnessed: registrar.base != treasury.base,
            registrar,
            frontline,
            treasury,
            post: beside(POST),
            abroad: beside(NEIGHBOUR),
            hands: Some(self.clone()),
        }
    }

    /// Their configurations.
    #[must_use]
    pub fn configs(&self) -> Vec<Config> {
        self.0.installations.iter().map(|one| one.config.clone()).collect()
    }

    /// Stops one installation as its operator would, the first being number 0; the others run on.
    pub async fn stop_one(&self, number: usize) {
        interrupt(&mut *self.0.installations[number].child.lock().await).await;
    }

    /// Starts a stopped installation again where it was.
    ///
    /// # Errors
    /// [`StageError::Process`] with what the process said.
    pub async fn start_one(&self, number: usize) -> Result<(), StageError> {
        let one = &self.0.installations[number];
        let file = one.config.storage.path.join(FILE);
        let mut child = one.child.lock().await;
        *child = serve(&self.0.program, &one.name, &file)?;
        wait_for(&one.config.base_url(), &mut child, &file).await
    }

    /// A power cut where the treasury is: its process ends in the middle of whatever it does.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub async fn cut_power_of_treasury(&self) -> Result<(), StageError> {
        let mut child = self.0.installations[self.treasury()].child.lock().await;
        child.kill().await.map_err(|error| failed("ending the process", &error))
    }

    /// The power is back.
    ///
    /// # Errors
    /// As [`Processes::start_one`].
    pub async fn restore_power_of_treasury(&self) -> Result<(), StageError> {
        self.start_one(self.treasury()).await
    }

    /// Cuts the link to the hub.
    pub fn cut_link(&self) {
        self.0.link.cut();
    }

    /// Mends the link to the hub.
    pub fn mend_link(&self) {
        self.0.link.mend();
    }

    /// Somebody with the password of a database changes a row of the civil register's audit trail
    /// behind the back of its code.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn tamper(&self) -> Result<(), StageError> {
        super::intruder::change_a_row(&self.0.installations[0].config).await
    }

    /// Ends them and waits.
    pub async fn stop(&self) {
        // The hub last: what the others seal at their end is still witnessed.
        for one in self.0.installations.iter().rev() {
            interrupt(&mut *one.child.lock().await).await;
        }
    }

    fn treasury(&self) -> usize {
        let found = self.0.installations.iter().position(|one| one.name == SPLIT[2]);
        found.unwrap_or(0)
    }
}

/// The installations to start, the hub first.
fn names<'a>(place: &Where, country: &'a Country) -> Vec<&'a str> {
    let mut names: Vec<&str> = match place.layout {
        Layout::Three => SPLIT.to_vec(),
        Layout::One | Layout::Inside => vec![LOCAL],
    };
    names.extend(country.installation(POST).map(|post| post.name.as_str()));
    names
}

/// The public port of an installation: those after the first one's where they are free.
fn public_port(first: u16, number: usize) -> Result<u16, StageError> {
    let number = u16::try_from(number).unwrap_or_default();
    let wanted = first.saturating_add(number);
    let free = || std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, wanted)).is_ok();
    match first != 0 && (number == 0 || free()) {
        true => Ok(wanted),
        false => free_port(),
    }
}

/// A configuration and the file it stands in.
struct Written {
    config: Config,
    path: PathBuf,
}

fn write_config(
    place: &Where,
    name: &str,
    wire_port: u16,
    wire_url: Option<String>,
) -> Result<Written, StageError> {
    let directory = place.directory.join(name);
    std::fs::create_dir_all(&directory)
        .map_err(|error| failed(&directory.display().to_string(), &error))?;
    let own = Where { directory, ..place.clone() };
    let mut config = config(&own, name, wire_port)?;
    config.listen.wire_url = wire_url;
    write_file(config)
}

/// The neighbour's identity, whose pages stand under another host name: browsers keep the cookies of
/// one host together, whatever the port.
fn write_neighbour(place: &Where) -> Result<Written, StageError> {
    let directory = place.directory.join(NEIGHBOUR);
    std::fs::create_dir_all(&directory)
        .map_err(|error| failed(&directory.display().to_string(), &error))?;
    let schema_prefix = format!("{}_jr", place.schema_prefix);
    let own = Where { directory, schema_prefix, ..place.clone() };
    let mut config = config(&own, LOCAL, free_port()?)?;
    config.country = NEIGHBOUR.to_owned();
    config.installation.issuer = Some(format!("http://localhost:{}", own.port));
    write_file(config)
}

fn write_file(config: Config) -> Result<Written, StageError> {
    let text =
        toml::to_string_pretty(&config).map_err(|error| failed("writing msingi.toml", &error))?;
    let path = config.storage.path.join(FILE);
    std::fs::write(&path, text).map_err(|error| failed(&path.display().to_string(), &error))?;
    Ok(Written { config, path })
}

/// Asks the hub for a token with which `name` can join.
async fn invite(hub: &Site, country: &Country, name: &str) -> Result<String, StageError> {
    let members: Vec<String> =
        country.hosted_by(name).iter().map(|member| member.id.to_string()).collect();
    let body = json!({"installation": name, "members": members, "valid_seconds": 600});
    let answer =
        Desk::new(&hub.base, &hub.operator).post("/exchange/v1/join-tokens", name, &body).await;
    let answer = answer.map_err(|error| failed("a join token", &error))?;
    text(&answer, "/token").map_err(|error| failed("a join token", &error))
}

async fn serve_first(
    program: &Path,
    name: &str,
    file: Written,
) -> Result<Installation, StageError> {
    let mut child = serve(program, name, &file.path)?;
    let base = file.config.base_url();
    wait_for(&base, &mut child, &file.path).await?;
    let token = run(program, &file.path, &["operator-token"]).await?;
    let operator = token.trim().to_owned();
    Ok(Installation {
        name: name.to_owned(),
        config: file.config,
        site: Site { base, operator },
        child: Mutex::new(child),
    })
}

/// Asks the process to stop as an operator would; ends it if it does not.
async fn interrupt(child: &mut Child) {
    if let Some(id) = child.id() {
        // `kill` is on every Unix; a failure shows in the wait below.
        let _ = Command::new("kill").arg("-INT").arg(id.to_string()).status().await;
    }
    if tokio::time::timeout(STOP, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}

pub(super) fn failed(what: &str, error: &dyn std::fmt::Display) -> StageError {
    StageError::Process(format!("{what}: {error}"))
}

fn program(place: &Where) -> Result<PathBuf, StageError> {
    match &place.program {
        Some(program) => Ok(program.clone()),
        None => std::env::current_exe().map_err(|error| failed("this program", &error)),
    }
}

fn command(program: &Path, file: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("--config").arg(file).stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn serve(program: &Path, name: &str, file: &Path) -> Result<Child, StageError> {
    let path = file.with_file_name("msingi.log");
    let log = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let log = log.map_err(|error| failed("log file", &error))?;
    let errors = log.try_clone().map_err(|error| failed("log file", &error))?;
    let mut command = command(program, file);
    // Its standard input closes with this process, even if that is killed.
    command.args(["serve", "--with-parent"]).stdin(Stdio::piped()).stdout(log).stderr(errors);
    if name == POST {
        command.args(["--only", "civil"]);
    }
    let child = command.spawn();
    let child = child.map_err(|error| failed("starting a process", &error))?;
    let number = child.id().map(|id| id.to_string()).unwrap_or_default();
    std::fs::write(file.with_file_name(PROCESS), number)
        .map_err(|error| failed(PROCESS, &error))?;
    Ok(child)
}

async fn run(program: &Path, file: &Path, arguments: &[&str]) -> Result<String, StageError> {
    let output = command(program, file).args(arguments).output().await;
    let output = output.map_err(|error| failed("starting a process", &error))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            Err(StageError::Process(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
        }
    }
}

async fn wait_for(base: &str, child: &mut Child, file: &Path) -> Result<(), StageError> {
    let health = format!("{base}/health");
    let log = || std::fs::read_to_string(file.with_file_name("msingi.log")).unwrap_or_default();
    let tries = START.as_millis() / 50;
    for _ in 0..tries {
        if reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(StageError::Process(format!(
                "an installation ended ({status}):\n{}",
                log()
            )));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(StageError::Process(format!("{base} did not start:\n{}", log())))
}
