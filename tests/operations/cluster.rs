//! A PostgreSQL server for a test, run as operators run theirs: initdb, `pg_ctl`, settings.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgPoolOptions;

use crate::books::Books;
use crate::site::Site;

const LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(5);

/// Durable, ready for standbys and archives, and small: several run at the same time.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 60
shared_buffers = 32MB
wal_level = replica
max_wal_senders = 4
hot_standby = on
timezone = 'UTC'
";

impl Site {
    /// A new, running cluster with these additional settings.
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

/// A server and its data, below the site's directory.
pub(crate) struct Cluster<'a> {
    site: &'a Site,
    name: String,
}

impl<'a> Cluster<'a> {
    /// A cluster whose data is, or will be, in the directory of this name.
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

    /// Adds settings for the next start.
    pub(crate) fn set(&self, settings: &str) {
        let file = Path::new(&self.data()).join("postgresql.conf");
        let mut file = fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
    }

    /// Returns once it accepts connections.
    pub(crate) async fn start(&self) {
        let folder = self.folder().display().to_string();
        let options = format!("-k '{folder}' -c cluster_name={}", self.name);
        let log = format!("{folder}/log");
        let data = self.data();
        // The server would inherit pipes and keep them open.
        let mut start = self.site.program("pg_ctl");
        start.args([
            "-D", &data, "-o", &options, "-l", &log, "-w", "-t", "60", "start",
        ]);
        start.stdout(Stdio::null()).stderr(Stdio::null());
        let status = start.status().await.unwrap();
        let output = fs::read_to_string(&log).unwrap_or_default();
        assert!(status.success(), "{output}");
    }

    /// Stops it; the mode `immediate` is a crash.
    pub(crate) async fn stop(&self, mode: &str) {
        let data = self.data();
        self.site
            .run("pg_ctl", &["-D", &data, "-m", mode, "-w", "stop"])
            .await;
    }

    /// Kills all of its processes at once, as when its machine loses power. Returns once they have
    /// exited. Removes its pid files, since zombies of these processes may still exist.
    pub(crate) async fn kill(&self) {
        let family = self.signal(Signal::KILL);
        eventually("its processes have exited", async || !is_any_alive(&family)).await;
        fs::remove_file(Path::new(&self.data()).join("postmaster.pid")).unwrap();
        let _ = fs::remove_file(self.folder().join(".s.PGSQL.5432.lock"));
    }

    /// Signals all of its processes, and returns their pids.
    pub(crate) fn signal(&self, signal: Signal) -> Vec<String> {
        let file = Path::new(&self.data()).join("postmaster.pid");
        let text = fs::read_to_string(file).unwrap();
        let family = family(text.lines().next().unwrap());
        for pid in &family {
            // It may have exited since.
            let _ = kill_process(Pid::from_raw(pid.parse().unwrap()).unwrap(), signal);
        }
        family
    }

    pub(crate) fn socket_directory(&self) -> String {
        self.folder().display().to_string()
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

/// The pids of a server and its children, each of which is a process group of its own.
fn family(leader: &str) -> Vec<String> {
    let text = ps(&["-eo", "pid=,ppid="]);
    let processes = text.lines().filter_map(|line| line.trim().split_once(' '));
    let belongs = |(pid, parent): &(&str, &str)| *pid == leader || parent.trim() == leader;
    let family = processes.filter(belongs).map(|(pid, _)| pid.to_owned());
    family.collect()
}

/// Whether any of them is running; zombies are not.
fn is_any_alive(family: &[String]) -> bool {
    let states = ps(&["-o", "stat=", "-p", &family.join(",")]);
    states.lines().any(|state| !state.starts_with('Z'))
}

fn ps(arguments: &[&str]) -> String {
    let mut ps = std::process::Command::new("ps");
    let output = ps.args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Polls a condition until it holds.
pub(crate) async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !holds().await {
        assert!(Instant::now() < deadline, "not reached: {what}");
        tokio::time::sleep(POLL).await;
    }
}
