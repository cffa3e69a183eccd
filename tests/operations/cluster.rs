//! A PostgreSQL server of the test's own, run as operators run theirs: initdb, `pg_ctl`, settings.

use std::env;
use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fairhold::database::embedded::{Settings, default_data_dir, server_programs};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgPoolOptions;
use tokio::process::Command;

use crate::books::Books;

const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(5);

/// Durable, with room for standbys and archives, and small: several run beside each other.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 60
shared_buffers = 32MB
wal_level = replica
max_wal_senders = 4
hot_standby = on
timezone = 'UTC'
";

/// Ends the servers below the folder `$1` when the test has, however it did, and removes it.
const JANITOR: &str = r#"
trap '' HUP INT TERM
read -r _
for file in "$1"/*/data/postmaster.pid; do
    [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")" 2>/dev/null
done
sleep 1
rm -rf -- "$1"
"#;

/// A folder for the servers and backups of one test, and the programs to run them with.
pub(crate) struct Site {
    pub(crate) folder: PathBuf,
    pub(crate) programs: PathBuf,
    account: Option<(u32, u32)>,
    janitor: Child,
}

impl Site {
    /// A site, if the machine has these programs: where PostgreSQL was fetched there may be none
    /// but the server's own. A gate must have them.
    #[expect(
        clippy::print_stderr,
        reason = "whoever runs the tests must hear of it"
    )]
    pub(crate) async fn having(programs: &[&str]) -> Option<Self> {
        let site = Self::new().await;
        for name in programs {
            if site.program(name).arg("--version").output().await.is_err() {
                let is_gate = env::var_os("CI").is_some_and(|value| value == "true");
                assert!(!is_gate, "no {name} on this machine");
                eprintln!("not tested: there is no {name} on this machine");
                return None;
            }
        }
        Some(site)
    }

    async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("fairhold-site-{}-{count}", std::process::id()));
        let settings = Settings {
            data_dir: default_data_dir(),
            postgres_bin_dir: env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from),
        };
        let programs = server_programs(&settings).await.unwrap();
        DirBuilder::new().mode(0o711).create(&folder).unwrap();
        let mut janitor = std::process::Command::new("/bin/sh");
        janitor.args(["-c", JANITOR, "janitor"]).arg(&folder);
        janitor.current_dir("/").stdin(Stdio::piped());
        let site = Self {
            account: account(),
            programs,
            janitor: janitor.spawn().unwrap(),
            folder,
        };
        site.hand_over(&site.folder);
        site
    }

    /// Makes a folder belong to whoever runs PostgreSQL.
    pub(crate) fn hand_over(&self, folder: &Path) {
        if let Some((uid, gid)) = self.account {
            chown(folder, Some(uid), Some(gid)).unwrap();
        }
    }

    /// One of PostgreSQL's programs, run as an ordinary user.
    pub(crate) fn program(&self, name: &str) -> Command {
        let beside = self.programs.join(name);
        let program = if beside.exists() { beside } else { name.into() };
        let mut command = Command::new(program);
        command.current_dir("/").env_clear();
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
        command.kill_on_drop(true);
        command
    }

    /// Runs it to its end, which must be a good one.
    pub(crate) async fn run(&self, name: &str, arguments: &[&str]) -> Output {
        let run = self.program(name).args(arguments).output();
        let output = run.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(output.status.success(), "{name} {arguments:?}: {output:?}");
        output
    }

    /// A new cluster with these settings too, running.
    pub(crate) async fn cluster(&self, name: &str, settings: &str) -> Cluster<'_> {
        let cluster = Cluster::at(self, name);
        let data = cluster.data();
        self.run(
            "initdb",
            &[
                "-D",
                &data,
                "-U",
                "fairhold",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync",
            ],
        )
        .await;
        cluster.set(&format!("{SETTINGS}{settings}"));
        cluster.start().await;
        cluster
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let _ = self.janitor.wait();
    }
}

/// PostgreSQL refuses root: then another account runs it.
fn account() -> Option<(u32, u32)> {
    let id = |which, name| {
        let run = std::process::Command::new("id")
            .args([which, name])
            .output();
        String::from_utf8(run.ok()?.stdout)
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let of = |name| Some((id("-u", name)?, id("-g", name)?));
    let is_root = rustix::process::geteuid().is_root();
    is_root.then(|| ["postgres", "nobody"].into_iter().find_map(of).unwrap())
}

/// A server and its data, below the site's folder.
pub(crate) struct Cluster<'a> {
    site: &'a Site,
    name: String,
}

impl<'a> Cluster<'a> {
    /// A cluster whose data is, or will be, in the folder of this name.
    pub(crate) fn at(site: &'a Site, name: &str) -> Self {
        let folder = site.folder.join(name);
        DirBuilder::new().mode(0o755).create(&folder).unwrap();
        site.hand_over(&folder);
        let name = name.to_owned();
        Self { site, name }
    }

    fn folder(&self) -> PathBuf {
        self.site.folder.join(&self.name)
    }

    pub(crate) fn data(&self) -> String {
        self.folder().join("data").display().to_string()
    }

    /// Adds lines to its settings, for the next start.
    pub(crate) fn set(&self, settings: &str) {
        let file = Path::new(&self.data()).join("postgresql.conf");
        let mut file = fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
    }

    /// Starts it, and returns once it takes connections.
    pub(crate) async fn start(&self) {
        let folder = self.folder().display().to_string();
        let options = format!("-k '{folder}' -c cluster_name={}", self.name);
        let log = format!("{folder}/log");
        let data = self.data();
        // A server that inherits the pipes of the program that starts it would keep them open.
        let mut start = self.site.program("pg_ctl");
        start.args([
            "-D", &data, "-o", &options, "-l", &log, "-w", "-t", "60", "start",
        ]);
        start.stdout(Stdio::null()).stderr(Stdio::null());
        let status = start.status().await.unwrap();
        let told = fs::read_to_string(&log).unwrap_or_default();
        assert!(status.success(), "{told}");
    }

    /// Stops it; `immediate` is a crash without the chance to tell anybody.
    pub(crate) async fn stop(&self, mode: &str) {
        let data = self.data();
        self.site
            .run("pg_ctl", &["-D", &data, "-m", mode, "-w", "stop"])
            .await;
    }

    /// SIGKILL for all of its processes at once, as when its machine loses power. Returns once they
    /// are gone; what says that they run goes too, since somebody may be slow to bury them.
    pub(crate) async fn kill(&self) {
        let family = self.signal(Signal::KILL);
        eventually("they are gone", async || !is_any_alive(&family)).await;
        fs::remove_file(Path::new(&self.data()).join("postmaster.pid")).unwrap();
        let _ = fs::remove_file(self.folder().join(".s.PGSQL.5432.lock"));
    }

    /// Signals all of its processes, and returns which they are.
    pub(crate) fn signal(&self, signal: Signal) -> Vec<String> {
        let file = Path::new(&self.data()).join("postmaster.pid");
        let text = fs::read_to_string(file).unwrap();
        let family = family(text.lines().next().unwrap());
        for pid in &family {
            // One may have ended since.
            let _ = kill_process(Pid::from_raw(pid.parse().unwrap()).unwrap(), signal);
        }
        family
    }

    pub(crate) fn url(&self, database: &str) -> String {
        let host = self.folder().display().to_string().replace('/', "%2F");
        format!("postgresql://fairhold@localhost/{database}?host={host}")
    }

    pub(crate) async fn books(&self) -> Books {
        let pool = PgPoolOptions::new().max_connections(3);
        Books(pool.connect(&self.url("postgres")).await.unwrap())
    }
}

/// A server's pid and those of its children, each of which is a process group of its own.
fn family(leader: &str) -> Vec<String> {
    let text = ps(&["-eo", "pid=,ppid="]);
    let processes = text.lines().filter_map(|line| line.trim().split_once(' '));
    let belongs = |(pid, parent): &(&str, &str)| *pid == leader || parent.trim() == leader;
    let family = processes.filter(belongs).map(|(pid, _)| pid.to_owned());
    family.collect()
}

/// Whether any of them has not ended: one that nobody has waited for yet has.
fn is_any_alive(family: &[String]) -> bool {
    let states = ps(&["-o", "stat=", "-p", &family.join(",")]);
    states.lines().any(|state| !state.starts_with('Z'))
}

fn ps(arguments: &[&str]) -> String {
    let mut ps = std::process::Command::new("ps");
    let output = ps.args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Asks again until it is so.
pub(crate) async fn eventually(what: &str, so: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so().await {
        assert!(Instant::now() < deadline, "never came: {what}");
        tokio::time::sleep(POLL).await;
    }
}
