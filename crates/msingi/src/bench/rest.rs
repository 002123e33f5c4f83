//! What an installation costs when nobody asks anything: memory a minute after the story, and the
//! time it takes to start again with the story's data.
//!
//! Both are measured on processes of their own, started as an operator would.

use super::cpu;
use super::report::{Aim, Figure};
use basis::Clock;
use kernel::db::Storage;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// MiB in RAM that an installation at rest should stay under.
const AIM_MIB: u64 = 64;
/// Milliseconds from starting the program to the first good answer.
const AIM_MILLIS: u64 = 2_000;
/// How long it rests before it is looked at.
const REST: Duration = Duration::from_secs(60);
/// How long the story or a start may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Starts that the median is taken of.
const STARTS: usize = 5;
/// The folder of the country's one installation below that of the demo.
const COUNTRY: &str = "local";
/// Where the number of its process stands.
const PROCESS: &str = "msingi.pid";
/// The last line that `msingi demo` says about the running country.
const LAST_LINE: &str = "Ctrl-C";

type Failure = Box<dyn std::error::Error>;

/// Tells the story in a process, lets it rest, looks at its memory, ends it, and starts the
/// installation again.
///
/// # Errors
/// Whatever keeps a process from running.
pub async fn measure(
    storage: &Storage,
    directory: &Path,
    clock: &Clock,
) -> Result<Vec<Figure>, Failure> {
    let (engine, url) = match storage {
        Storage::Sqlite { .. } => ("sqlite", None),
        Storage::Postgres(place) => ("postgres", Some(place.url.clone())),
    };
    let directory = directory.join(format!("demo-{engine}"));
    let port = free_port()?;
    let mut story = demo(&directory, port, url.as_deref())?;
    let told = tokio::time::timeout(PATIENCE, told(&mut story)).await;
    told.map_err(|_| "the story was not told in time")??;
    let country = directory.join(COUNTRY);
    let id: u32 = std::fs::read_to_string(country.join(PROCESS))?.trim().parse()?;
    let mut figures = Vec::new();
    tokio::time::sleep(REST).await;
    if let (Some(resident), Some(peak)) = (cpu::resident_kib(id), cpu::peak_kib(id)) {
        let name = format!("{engine}: memory after the story and 60 s of rest");
        let figure = Figure::of(&name, "MiB", vec![resident.div_ceil(1_024)]);
        let note = format!("at most {} MiB since the start", peak.div_ceil(1_024));
        figures.push(figure.with_aim(Aim::AtMost(AIM_MIB - 1)).with_note(note));
    }
    interrupt(&mut story).await?;
    figures.push(starts(engine, &country, port, clock).await?);
    Ok(figures)
}

async fn starts(engine: &str, country: &Path, port: u16, clock: &Clock) -> Result<Figure, Failure> {
    // The configuration that the demo ran with.
    let file = country.join("msingi.toml");
    let mut millis = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let begun = clock.monotonic_micros();
        let mut process = serve(&file)?;
        let up = tokio::time::timeout(PATIENCE, answers(port)).await;
        up.map_err(|_| "the installation did not start in time")?;
        millis.push(u64::try_from((clock.monotonic_micros() - begun) / 1_000)?);
        interrupt(&mut process).await?;
    }
    let name = format!("{engine}: start with the story's data, to a good /health");
    Ok(Figure::of(&name, "ms", millis).with_aim(Aim::AtMost(AIM_MILLIS)))
}

fn program() -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

fn demo(directory: &Path, port: u16, url: Option<&str>) -> std::io::Result<Child> {
    let mut command = program()?;
    command
        .args(["demo", "--one-process", "--directory"])
        .arg(directory)
        .arg("--port")
        .arg(port.to_string());
    if let Some(url) = url {
        command.arg("--database").arg(url);
    }
    command.stdout(Stdio::piped()).spawn()
}

/// Reads until the story is told. The pipe is drained further on, so that the process never waits.
async fn told(story: &mut Child) -> Result<(), Failure> {
    let mut lines = BufReader::new(story.stdout.take().ok_or("no output")?).lines();
    let mut last = String::new();
    while let Some(line) = lines.next_line().await? {
        if line.contains(LAST_LINE) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(());
        }
        if !line.trim().is_empty() {
            last = line;
        }
    }
    Err(format!("the demo ended after: {last}").into())
}

fn serve(file: &Path) -> std::io::Result<Child> {
    program()?.arg("--config").arg(file).arg("serve").stdout(Stdio::null()).spawn()
}

async fn answers(port: u16) {
    let health = format!("http://127.0.0.1:{port}/health");
    while !reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Asks the process to stop, as an operator would, and waits until it has.
async fn interrupt(process: &mut Child) -> Result<(), Failure> {
    if let Some(id) = process.id() {
        Command::new("kill").arg("-INT").arg(id.to_string()).status().await?;
    }
    let ended = tokio::time::timeout(PATIENCE, process.wait()).await;
    ended.map_err(|_| "the process did not end")??;
    Ok(())
}

/// A port that was free a moment ago.
fn free_port() -> std::io::Result<u16> {
    let socket = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(socket.local_addr()?.port())
}
