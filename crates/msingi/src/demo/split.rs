//! The country in three processes: each installation with its own keys, databases and ports.

use super::client::{Desk, text};
use super::stage::{StageError, Where, config};
use super::world::{Site, World};
use basis::Rng;
use kernel::config::Config;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The installations of the country pack; the first is the hub.
const NAMES: [&str; 3] = ["registrar", "frontline", "treasury"];
/// Each installation's configuration, in its own folder.
const FILE: &str = "msingi.toml";
/// How long an installation may take to start.
const START: Duration = Duration::from_secs(60);

/// Three running installations; dropping them ends the processes.
pub struct Processes {
    program: PathBuf,
    children: Vec<Child>,
    configs: Vec<Config>,
    sites: Vec<Site>,
}

impl Processes {
    /// Starts the hub, lets the others join it, starts them.
    ///
    /// # Errors
    /// [`StageError::Process`] with what the process said.
    pub async fn start(place: &Where) -> Result<Self, StageError> {
        let program = program(place)?;
        let mut processes =
            Self { program, children: Vec::new(), configs: Vec::new(), sites: Vec::new() };
        for (number, name) in NAMES.iter().enumerate() {
            let file = processes.write_config(place, name, number)?;
            if number > 0 {
                let token = processes.invite(name).await?;
                run(&processes.program, &file, &["join", "with", &token]).await?;
            }
            processes.children.push(serve(&processes.program, &file)?);
            let base = processes.configs[number].base_url();
            wait_for(&base, &mut processes.children[number], &file).await?;
            let token = run(&processes.program, &file, &["operator-token"]).await?;
            let operator = token.trim().to_owned();
            processes.sites.push(Site { base, operator });
        }
        Ok(processes)
    }

    fn write_config(
        &mut self,
        place: &Where,
        name: &str,
        number: usize,
    ) -> Result<PathBuf, StageError> {
        let directory = place.directory.join(name);
        std::fs::create_dir_all(&directory)
            .map_err(|error| failed(&directory.display().to_string(), &error))?;
        let port = if number == 0 && place.port != 0 { place.port } else { free_port()? };
        let own = Where { directory: directory.clone(), port, ..place.clone() };
        let config = config(&own, name, free_port()?)?;
        let text = toml::to_string_pretty(&config)
            .map_err(|error| failed("writing msingi.toml", &error))?;
        let file = directory.join(FILE);
        std::fs::write(&file, text).map_err(|error| failed(&file.display().to_string(), &error))?;
        self.configs.push(config);
        Ok(file)
    }

    /// Asks the hub for a token with which `name` can join.
    async fn invite(&self, name: &str) -> Result<String, StageError> {
        let hub = &self.sites[0];
        let country = crate::country::Country::load("demo")
            .map_err(|error| failed("country pack", &error))?;
        let members: Vec<String> =
            country.hosted_by(name).iter().map(|member| member.id.to_string()).collect();
        let body = json!({"installation": name, "members": members, "valid_seconds": 600});
        let answer =
            Desk::new(&hub.base, &hub.operator).post("/exchange/v1/join-tokens", name, &body).await;
        let answer = answer.map_err(|error| failed("a join token", &error))?;
        text(&answer, "/token").map_err(|error| failed("a join token", &error))
    }

    /// How the driver reaches them.
    #[must_use]
    pub fn world(&self) -> World {
        let [registrar, frontline, treasury] = [0, 1, 2].map(|number| self.sites[number].clone());
        World { registrar, frontline, treasury, witnessed: true }
    }

    /// Their configurations.
    #[must_use]
    pub fn configs(&self) -> &[Config] {
        &self.configs
    }

    /// Stops one installation, the first being number 0; the others run on.
    pub async fn stop_one(&mut self, number: usize) {
        interrupt(&mut self.children[number]).await;
    }

    /// Starts a stopped installation again where it was.
    ///
    /// # Errors
    /// [`StageError::Process`] with what the process said.
    pub async fn start_one(&mut self, number: usize) -> Result<(), StageError> {
        let config = &self.configs[number];
        let file = config.storage.path.join(FILE);
        self.children[number] = serve(&self.program, &file)?;
        wait_for(&config.base_url(), &mut self.children[number], &file).await
    }

    /// Ends them and waits.
    pub async fn stop(mut self) {
        for child in &mut self.children {
            interrupt(child).await;
        }
    }
}

/// Asks the process to stop as an operator would; ends it if it does not.
async fn interrupt(child: &mut Child) {
    if let Some(id) = child.id() {
        // `kill` is on every Unix; a failure shows in the wait below.
        let _ = Command::new("kill").arg("-INT").arg(id.to_string()).status().await;
    }
    if tokio::time::timeout(Duration::from_secs(25), child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> StageError {
    StageError::Process(format!("{what}: {error}"))
}

/// A port that was free a moment ago, below those that systems give to outgoing connections: an
/// installation that starts again must find its own port free.
fn free_port() -> Result<u16, StageError> {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    const TRIES: usize = 100;
    let bind = |port| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let rng = Rng::system();
    for _ in 0..TRIES {
        let port = FIRST + u16::from_be_bytes(rng.bytes()) % COUNT;
        if bind(port).is_ok() {
            return Ok(port);
        }
    }
    let address = bind(0).and_then(|socket| socket.local_addr());
    Ok(address.map_err(|error| failed("a free port", &error))?.port())
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

fn serve(program: &Path, file: &Path) -> Result<Child, StageError> {
    let log = std::fs::File::create(file.with_file_name("msingi.log"))
        .map_err(|error| failed("log file", &error))?;
    let errors = log.try_clone().map_err(|error| failed("log file", &error))?;
    command(program, file)
        .arg("serve")
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(|error| failed("starting a process", &error))
}

async fn run(program: &Path, file: &Path, arguments: &[&str]) -> Result<String, StageError> {
    let output = command(program, file)
        .args(arguments)
        .output()
        .await
        .map_err(|error| failed("starting a process", &error))?;
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
