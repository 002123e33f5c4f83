//! A country for one test: put up anew, on one engine, inside the test or in processes of its own.

use crate::program;
use basis::{Clock, Id, Rng};
use kernel::config::Config;
use kernel::db::{Db, drop_schemas};
use msingi::boot::{self, Running};
use msingi::demo::{Layout, Processes, Screen, Stage, Told, Where, World, driver};
use std::path::{Path, PathBuf};

/// Where PostgreSQL is; `cargo xtask test` sets it to a private cluster.
const POSTGRES_URL: &str = "MSINGI_TEST_PG_URL";

/// How many residents a test's country has.
pub const RESIDENTS: u32 = 150;

/// A folder of a test's own, removed with it.
pub struct Folder(PathBuf);

impl Folder {
    /// A new, empty folder.
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("msingi-journey-{}", unique()));
        std::fs::create_dir_all(&path).expect("the temporary folder can be written");
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Leftovers of a failed removal lie in the temporary folder and harm nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Real time and chance, because tests of parallel processes must differ.
fn unique() -> String {
    Id::mint(&Clock::system(), &Rng::system()).to_string().replace('-', "")
}

/// The engine under a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The URL of the PostgreSQL server under test; says so where there is none.
#[expect(clippy::print_stderr, reason = "a skip must be seen in the test's output")]
pub fn postgres_url() -> Option<String> {
    let url = std::env::var(POSTGRES_URL).ok();
    if url.is_none() {
        eprintln!("SKIPPED on PostgreSQL: {POSTGRES_URL} is not set (cargo xtask test sets it)");
    }
    url
}

/// One block's database of one installation.
pub struct Database {
    /// `registrar/civil`.
    pub name: String,
    /// The database.
    pub db: Db,
}

/// A running country.
pub struct Country {
    place: Where,
    stage: Option<Stage>,
    _folder: Folder,
}

impl Country {
    /// Puts a country up; none where the engine is not there.
    pub async fn put_up(engine: Engine, layout: Layout) -> Option<Self> {
        msingi::install_cryptography();
        let postgres = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(postgres_url()?),
        };
        let folder = Folder::new();
        let unique = unique();
        let place = Where {
            directory: folder.path().to_owned(),
            postgres,
            port: 0,
            layout,
            // The end of a UUIDv7 is chance; its beginning is the time, which tests share.
            schema_prefix: format!("j{}", &unique[unique.len() - 12..]),
            country: "demo".to_owned(),
            program: Some(program::binary()),
        };
        let stage = build(&place).await;
        Some(Self { place, stage: Some(stage), _folder: folder })
    }

    /// How the driver reaches it.
    pub fn world(&self) -> World {
        self.stage().world().expect("the operators' tokens can be signed")
    }

    /// Tells the whole story.
    pub async fn tell(&self) -> Told {
        match driver::tell(&self.world(), RESIDENTS, &mut Screen::silent()).await {
            Ok(told) => told,
            Err(error) => panic!("the story went wrong: {error}\n{:?}", self.logs()),
        }
    }

    /// What its processes have logged so far; nothing where the country runs in the test's own.
    pub fn logs(&self) -> Vec<(PathBuf, String)> {
        let files = self.configs().into_iter().map(|config| config.storage.path.join("msingi.log"));
        files.filter_map(|file| Some((file.clone(), std::fs::read_to_string(file).ok()?))).collect()
    }

    /// Configurations of its installations. The neighbour is another country, and not looked into.
    pub fn configs(&self) -> Vec<Config> {
        let all = self.stage().configs(&self.place).expect("the stage was built from the same");
        all.into_iter().filter(|config| config.country == self.place.country).collect()
    }

    /// Every database, beside whatever else uses it.
    pub async fn databases(&self) -> Vec<Database> {
        let mut databases = Vec::new();
        for config in self.configs() {
            let place = boot::place(&config).expect("the installation's keys can be opened");
            for (block, migrations) in boot::databases(&config).expect("the country pack is right")
            {
                let ctx = place.ctx(block, migrations, "test").await.expect("the database opens");
                let name = format!("{}/{block}", config.installation.name);
                databases.push(Database { name, db: ctx.db });
            }
        }
        databases
    }

    /// One database by the name of installation and block.
    pub async fn database(&self, name: &str) -> Db {
        let mut databases = self.databases().await;
        let at = databases.iter().position(|database| database.name == name);
        databases.swap_remove(at.expect("there is such a database")).db
    }

    /// The installation that runs in the test's own process.
    pub fn running(&self) -> &Running {
        match self.stage() {
            Stage::Inside(running) => running,
            Stage::Apart(_) => panic!("this country runs in processes of its own"),
        }
    }

    /// Its processes.
    pub fn processes(&self) -> &Processes {
        match self.stage() {
            Stage::Apart(processes) => processes,
            Stage::Inside(_) => panic!("this country runs inside the test"),
        }
    }

    /// Stops it; databases and keys stay until [`Country::forget`].
    pub async fn stop(&mut self) {
        self.stage.take().expect("stopped once").stop().await;
    }

    /// Removes what it left on a server.
    pub async fn forget(mut self) {
        if self.stage.is_some() {
            self.stop().await;
        }
        if let Some(url) = &self.place.postgres {
            drop_schemas(url, &self.place.schema_prefix).await.expect("its schemas can be dropped");
        }
    }

    fn stage(&self) -> &Stage {
        self.stage.as_ref().expect("it runs")
    }
}

/// Ports of the processes are chosen before they are bound, so that another test may be
/// faster; then all is tried again.
async fn build(place: &Where) -> Stage {
    for _ in 0..3 {
        match Stage::build(place).await {
            Ok(stage) => return stage,
            Err(error) if error.to_string().contains("is in use") => {
                std::fs::remove_dir_all(&place.directory).expect("the folder can be emptied");
                std::fs::create_dir_all(&place.directory).expect("the folder can be made");
            }
            Err(error) => panic!("the country cannot be put up: {error}"),
        }
    }
    panic!("no free ports in three attempts");
}
