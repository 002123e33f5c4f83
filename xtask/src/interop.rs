//! `cargo xtask interop`: clients that others wrote sign in to our sandbox.
//!
//! Each folder under `interop/` is one client. The sandbox is the demo with its story told; it hands
//! over what a client needs in a small JSON file, and every entry becomes an environment variable:
//! `base_url` is `MSINGI_BASE_URL`. The contract stands in `interop/README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::shell::{self, Outcome};

/// A client that must be there, and how its language installs and runs it.
struct Client {
    name: &'static str,
    tool: Tool,
}

enum Tool {
    /// `npm ci` from `package-lock.json`, then `node main.mjs`.
    Node,
    /// The same, with a Chromium that is there already.
    Browser,
    /// A virtual environment from `requirements.txt` with hashes, then `python main.py`.
    Python,
}

const CLIENTS: &[Client] = &[
    Client { name: "openid-client", tool: Tool::Node },
    Client { name: "authlib", tool: Tool::Python },
    Client { name: "pages", tool: Tool::Browser },
    Client { name: "passkey", tool: Tool::Browser },
];

/// Names the browser, where it is not Debian's.
const CHROMIUM: &str = "MSINGI_CHROMIUM";
/// `require` makes a missing browser a failure.
const CHROMIUM_WANTED: &str = "MSINGI_TEST_CHROMIUM";

const BOOT_SECONDS_MAX: u64 = 120;

pub(crate) fn task(args: &[String]) -> Outcome<ExitCode> {
    let mut chosen = choose(args)?;
    leave_out_browsers(&mut chosen)?;
    let root = shell::workspace_root()?;
    for client in &chosen {
        client.check_complete(&root)?;
    }
    let binary = shell::build_product(&root)?;
    let scratch = root.join("target").join("interop");
    for client in &chosen {
        client.install(&root, &scratch)?;
    }
    let sandbox = Sandbox::boot(&binary, &scratch)?;
    let mut failed = Vec::new();
    for client in &chosen {
        shell::say(&format!("interop: {} ...", client.name));
        let mut run = client.command(&root, &scratch);
        run.envs(&sandbox.variables);
        let passed = shell::status(&mut run)?.success();
        shell::say(&format!("interop: {} {}", client.name, if passed { "ok" } else { "FAILED" }));
        if !passed {
            failed.push(client.name);
        }
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let log = sandbox.log.display();
    Err(format!("interop failed: {}; the sandbox's log: {log}", failed.join(", ")))
}

fn choose(names: &[String]) -> Outcome<Vec<&'static Client>> {
    if names.is_empty() {
        return Ok(CLIENTS.iter().collect());
    }
    let find = |name: &String| {
        let known = || CLIENTS.iter().map(|client| client.name).collect::<Vec<_>>().join(", ");
        let found = CLIENTS.iter().find(|client| client.name == name);
        found.ok_or_else(|| format!("no client `{name}`; known: {}", known()))
    };
    names.iter().map(find).collect()
}

/// Without Chromium, its clients are left out and that is said aloud; or it is an error, where the
/// browser is required.
fn leave_out_browsers(chosen: &mut Vec<&'static Client>) -> Outcome<()> {
    let browser = std::env::var(CHROMIUM).unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    if Path::new(&browser).is_file() {
        return Ok(());
    }
    let required = std::env::var(CHROMIUM_WANTED).is_ok_and(|value| value == "require");
    for client in chosen.extract_if(.., |client| matches!(client.tool, Tool::Browser)) {
        let missing = format!("no {browser} (Debian package: chromium; or set {CHROMIUM})");
        if required {
            return Err(format!("{} needs a browser: {missing}", client.name));
        }
        shell::say(&format!("interop: {} SKIPPED: {missing}", client.name));
    }
    Ok(())
}

impl Client {
    fn folder(&self, root: &Path) -> PathBuf {
        root.join("interop").join(self.name)
    }

    /// A client that is not there fails: a check that does not run proves nothing.
    fn check_complete(&self, root: &Path) -> Outcome<()> {
        let needed = match self.tool {
            Tool::Node | Tool::Browser => ["package-lock.json", "main.mjs"],
            Tool::Python => ["requirements.txt", "main.py"],
        };
        for name in needed {
            if !self.folder(root).join(name).is_file() {
                return Err(format!("interop/{}/{name} is missing", self.name));
            }
        }
        Ok(())
    }

    fn install(&self, root: &Path, scratch: &Path) -> Outcome<()> {
        let folder = self.folder(root);
        match self.tool {
            Tool::Node | Tool::Browser => {
                let mut npm = Command::new("npm");
                npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
                shell::must_succeed(npm.current_dir(folder))
                    .map_err(|e| format!("{e}\n(Debian packages: nodejs npm)"))
            }
            Tool::Python => {
                let environment = self.environment(scratch);
                let mut venv = Command::new("python3");
                shell::must_succeed(venv.args(["-m", "venv"]).arg(&environment))
                    .map_err(|e| format!("{e}\n(Debian package: python3-venv)"))?;
                let mut pip = Command::new(environment.join("bin/pip"));
                pip.args(["install", "--quiet", "--disable-pip-version-check"]);
                pip.args(["--require-hashes", "--requirement"]);
                shell::must_succeed(pip.arg(folder.join("requirements.txt")))
            }
        }
    }

    fn environment(&self, scratch: &Path) -> PathBuf {
        scratch.join(format!("{}-venv", self.name))
    }

    fn command(&self, root: &Path, scratch: &Path) -> Command {
        let mut command = match self.tool {
            Tool::Node | Tool::Browser => Command::new("node"),
            Tool::Python => Command::new(self.environment(scratch).join("bin/python")),
        };
        command.arg(match self.tool {
            Tool::Node | Tool::Browser => "main.mjs",
            Tool::Python => "main.py",
        });
        command.current_dir(self.folder(root));
        command
    }
}

/// The demo, told and waiting. Dropping it ends it.
struct Sandbox {
    process: Child,
    variables: BTreeMap<String, String>,
    log: PathBuf,
}

impl Sandbox {
    fn boot(binary: &Path, scratch: &Path) -> Outcome<Sandbox> {
        // The demo keeps its data in ./data of the folder it runs in.
        let dir = scratch.join("sandbox");
        let unusable = |e| format!("cannot make a fresh {}: {e}", dir.display());
        if dir.exists() {
            fs::remove_dir_all(&dir).map_err(unusable)?;
        }
        fs::create_dir_all(&dir).map_err(unusable)?;
        let log = dir.join("log");
        let output = fs::File::create(&log).map_err(unusable)?;
        let errors = output.try_clone().map_err(unusable)?;
        let handover = dir.join("handover.json");
        let mut demo = Command::new(binary);
        demo.args(["demo", "--one-process", "--residents", "200", "--port", "0", "--handover"]);
        demo.arg(&handover);
        demo.current_dir(&dir).stdin(Stdio::null()).stdout(output).stderr(errors);
        let process = demo.spawn().map_err(|e| format!("cannot run {}: {e}", binary.display()))?;
        let mut sandbox = Sandbox { process, variables: BTreeMap::new(), log };
        sandbox.variables = sandbox.wait_for(&handover)?;
        Ok(sandbox)
    }

    fn wait_for(&mut self, handover: &Path) -> Outcome<BTreeMap<String, String>> {
        let deadline = Instant::now() + Duration::from_secs(BOOT_SECONDS_MAX);
        while Instant::now() < deadline {
            if let Ok(json) = fs::read_to_string(handover) {
                return variables(&json);
            }
            let ended = self.process.try_wait().map_err(|e| format!("lost the demo: {e}"))?;
            if let Some(status) = ended {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                return Err(format!("the demo ended with {status}:\n{}", log.trim_end()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!(
            "the demo handed nothing over within {BOOT_SECONDS_MAX} s; its log: {}",
            self.log.display()
        ))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Its data is thrown away, so it need not end gracefully.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `{"base_url": "..."}` as `MSINGI_BASE_URL=...`; what is not text is passed as JSON.
fn variables(json: &str) -> Outcome<BTreeMap<String, String>> {
    let entries: BTreeMap<String, serde_json::Value> = serde_json::from_str(json)
        .map_err(|e| format!("the demo's handover is not a JSON object: {e}"))?;
    if !entries.contains_key("base_url") {
        return Err("the demo's handover has no base_url".to_owned());
    }
    let named = entries.into_iter().map(|(key, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (format!("MSINGI_{}", key.to_ascii_uppercase()), text)
    });
    Ok(named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handover_becomes_variables() {
        let json = r#"{"base_url": "http://127.0.0.1:1", "client_key": {"kty": "EC"}}"#;
        let variables = variables(json).unwrap();
        assert_eq!(variables["MSINGI_BASE_URL"], "http://127.0.0.1:1");
        assert_eq!(variables["MSINGI_CLIENT_KEY"], r#"{"kty":"EC"}"#);
    }

    #[test]
    fn a_handover_without_an_address_is_refused() {
        assert!(variables("{}").is_err());
        assert!(variables("[]").is_err());
    }

    #[test]
    fn clients_are_known_by_name() {
        assert_eq!(choose(&[]).unwrap().len(), CLIENTS.len());
        assert!(choose(&["authlib".to_owned()]).is_ok());
        assert!(choose(&["unknown".to_owned()]).is_err());
    }
}
