//! A private PostgreSQL cluster for one command: made in a temporary folder, reachable only on
//! 127.0.0.1 with a random password, stopped and removed at the end, also after a failure.
//!
//! PostgreSQL refuses to run as root, so under root the server runs as the user `postgres`.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::shell::{self, Outcome};

/// Where tests and the product's own commands find the cluster.
pub(crate) const URL_VARIABLE: &str = "MSINGI_TEST_PG_URL";

const START_SECONDS_MAX: u64 = 60;
const PORT_ATTEMPTS_MAX: usize = 5;
const SERVER_USER: &str = "postgres";
const DATABASE_USER: &str = "msingi";

/// What a crash of the machine may cost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Flushes are off: the data is thrown away anyway, and tests need no disk.
    ThrownAway,
    /// PostgreSQL's defaults: every commit reaches the disk. For measuring.
    Kept,
}

/// A running cluster. Dropping it stops the server and removes the data.
pub(crate) struct Cluster {
    dir: PathBuf,
    bin: PathBuf,
    server: Child,
    url: String,
}

impl Cluster {
    /// Makes and starts a cluster, or answers `None` where no server is installed.
    pub(crate) fn start(durability: Durability) -> Outcome<Option<Cluster>> {
        let Some(bin) = find_server() else {
            return Ok(None);
        };
        let dir = make_folder()?;
        let started =
            init(&bin, &dir).and_then(|password| serve(&bin, &dir, &password, durability));
        match started {
            Ok((server, url)) => Ok(Some(Cluster { dir, bin, server, url })),
            Err(message) => {
                // The first error is the one to tell; a folder left behind does no harm.
                let _ = fs::remove_dir_all(&dir);
                Err(message)
            }
        }
    }

    /// `postgres://user:password@127.0.0.1:port/postgres`, with a role that may do everything.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// For people: which server this is.
    pub(crate) fn describe(&self) -> String {
        let version = shell::capture(Command::new(self.bin.join("postgres")).arg("--version"));
        version.map_or_else(|_| "PostgreSQL".to_owned(), |text| text.trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_server_user(&self.bin.join("pg_ctl"), &self.dir);
        stop.arg("--pgdata").arg(self.dir.join("data"));
        stop.args(["--mode", "immediate", "--silent", "stop"]);
        if shell::capture(&mut stop).is_err() {
            // Without pg_ctl the hard way: the server's children notice and end too.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        if let Err(e) = fs::remove_dir_all(&self.dir) {
            shell::complain(&format!("could not remove {}: {e}", self.dir.display()));
        }
    }
}

/// The folder that holds `initdb` and `postgres`: from the PATH, from `pg_config`, or the newest of
/// Debian's versioned folders.
fn find_server() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(answer) = shell::capture(Command::new("pg_config").arg("--bindir")) {
        candidates.push(PathBuf::from(answer.trim()));
    }
    candidates.extend(debian_versions());
    let mut complete = candidates.into_iter().filter(|dir| is_server_folder(dir));
    // Behind a link the server would look for its libraries in the wrong place.
    complete.find_map(|dir| fs::canonicalize(dir.join("initdb")).ok()?.parent().map(PathBuf::from))
}

fn is_server_folder(dir: &Path) -> bool {
    dir.join("initdb").is_file() && dir.join("postgres").is_file()
}

fn debian_versions() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, bin)| bin).collect()
}

fn make_folder() -> Outcome<PathBuf> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = format!("msingi-pg-{}-{}", std::process::id(), since_epoch.as_nanos());
    let dir = std::env::temp_dir().join(name);
    fs::create_dir_all(&dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))?;
    if is_root() {
        shell::capture(Command::new("chown").arg(SERVER_USER).arg(&dir)).map_err(|e| {
            format!("{e}\nunder root the server runs as `{SERVER_USER}`, which must exist")
        })?;
    }
    Ok(dir)
}

fn is_root() -> bool {
    shell::capture(Command::new("id").arg("-u")).is_ok_and(|uid| uid.trim() == "0")
}

/// The program, run in `dir` by a user that may own a cluster, and ended when we end.
fn as_server_user(program: &Path, dir: &Path) -> Command {
    let root = is_root();
    let mut command = if root || has_setpriv() {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]);
        if root {
            command.args(["--reuid", SERVER_USER, "--regid", SERVER_USER, "--clear-groups"]);
        }
        command.arg("--").arg(program);
        command
    } else {
        // Outside Linux only an orderly end of ours stops the server.
        Command::new(program)
    };
    command.current_dir(dir).env("LC_ALL", "C").env_remove("PGDATA").env_remove("PGPORT");
    command
}

fn has_setpriv() -> bool {
    shell::capture(Command::new("setpriv").arg("--version")).is_ok()
}

/// Creates the cluster's files and returns the password of its one role.
fn init(bin: &Path, dir: &Path) -> Outcome<String> {
    let password = random_password()?;
    let password_file = dir.join("password");
    fs::write(&password_file, &password)
        .and_then(|()| fs::set_permissions(&password_file, readable_by_owner()))
        .map_err(|e| format!("cannot write {}: {e}", password_file.display()))?;
    if is_root() {
        shell::capture(Command::new("chown").arg(SERVER_USER).arg(&password_file))?;
    }
    let mut initdb = as_server_user(&bin.join("initdb"), dir);
    initdb.arg("--pgdata").arg(dir.join("data"));
    initdb.args(["--username", DATABASE_USER, "--auth", "scram-sha-256"]);
    initdb.arg("--pwfile").arg(&password_file);
    initdb.args(["--encoding", "UTF8", "--locale", "C", "--no-sync"]);
    shell::capture(&mut initdb).map_err(|e| {
        format!("{e}\nset TMPDIR to a folder that the user `{SERVER_USER}` can reach")
    })?;
    Ok(password)
}

fn readable_by_owner() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o600)
}

fn random_password() -> Outcome<String> {
    use std::io::Read;
    let mut bytes = [0_u8; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|e| format!("no randomness: {e}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Starts the server on a free port and waits until it answers.
fn serve(
    bin: &Path,
    dir: &Path,
    password: &str,
    durability: Durability,
) -> Outcome<(Child, String)> {
    // Between asking for a free port and using it another program may take it.
    for _ in 0..PORT_ATTEMPTS_MAX {
        let port = free_port()?;
        let mut server = launch(bin, dir, port, durability)?;
        if wait_until_ready(&mut server, dir)? {
            let url = format!("postgres://{DATABASE_USER}:{password}@127.0.0.1:{port}/postgres");
            return Ok((server, url));
        }
    }
    let log = fs::read_to_string(dir.join("log")).unwrap_or_default();
    Err(format!("PostgreSQL does not start:\n{}", log.trim_end()))
}

fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.map(|address| address.port()).map_err(|e| format!("no free port on 127.0.0.1: {e}"))
}

fn launch(bin: &Path, dir: &Path, port: u16, durability: Durability) -> Outcome<Child> {
    let log = fs::File::create(dir.join("log"));
    let log = log.map_err(|e| format!("cannot write into {}: {e}", dir.display()))?;
    let errors = log.try_clone().map_err(|e| format!("cannot write the server's log: {e}"))?;
    let mut server = as_server_user(&bin.join("postgres"), dir);
    server.arg("-D").arg(dir.join("data")).args(["-p", &port.to_string()]);
    let mut settings = vec![
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=400",
        "shared_buffers=256MB",
    ];
    if durability == Durability::ThrownAway {
        settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
    }
    for setting in settings {
        server.args(["-c", setting]);
    }
    server.stdin(Stdio::null()).stdout(log).stderr(errors);
    server.spawn().map_err(|e| format!("cannot run {server:?}: {e}"))
}

/// Whether the server came up; `false` when it ended, for example because the port was taken.
fn wait_until_ready(server: &mut Child, dir: &Path) -> Outcome<bool> {
    let deadline = Instant::now() + Duration::from_secs(START_SECONDS_MAX);
    while Instant::now() < deadline {
        let ended = server.try_wait().map_err(|e| format!("cannot watch the server: {e}"))?;
        if ended.is_some() {
            return Ok(false);
        }
        // The eighth line of the lock file is the status that `pg_ctl start` waits for as well.
        let lock = fs::read_to_string(dir.join("data/postmaster.pid")).unwrap_or_default();
        if lock.lines().nth(7).is_some_and(|status| status.trim() == "ready") {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = server.kill();
    Err(format!("PostgreSQL was not ready after {START_SECONDS_MAX} s"))
}

/// `cargo xtask pg [--durable] -- <command>`.
pub(crate) fn task(args: &[String]) -> Outcome<ExitCode> {
    let (options, command) = match args.iter().position(|arg| arg == "--") {
        Some(at) => (&args[..at], &args[at + 1..]),
        None => (&args[..0], args),
    };
    let mut durability = Durability::ThrownAway;
    for option in options {
        match option.as_str() {
            "--durable" => durability = Durability::Kept,
            other => return Err(format!("pg knows only --durable before `--`, got `{other}`")),
        }
    }
    let Some((program, arguments)) = command.split_first() else {
        return Err("name a command: cargo xtask pg -- <command>".to_owned());
    };
    let Some(cluster) = Cluster::start(durability)? else {
        return Err(not_found());
    };
    let mut child = Command::new(program);
    child.args(arguments.iter().map(|argument| argument.replace("{url}", cluster.url())));
    child.env(URL_VARIABLE, cluster.url());
    shell::status(&mut child).map(shell::exit_code)
}

/// The remedy where no server is installed.
pub(crate) fn not_found() -> String {
    "no PostgreSQL server found in PATH, by pg_config or under /usr/lib/postgresql; \
     on Debian: apt-get install postgresql"
        .to_owned()
}
