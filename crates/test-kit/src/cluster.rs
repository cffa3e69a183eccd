//! A PostgreSQL cluster of the test's own, run as operators do: `initdb`, `pg_ctl`, settings.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgPoolOptions;

use crate::postgres_host::PostgresHost;
use crate::tables::Tables;
use crate::wait::eventually;

/// Durable, with room for standbys and archives, and small: several run at once.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 60
shared_buffers = 32MB
wal_level = replica
max_wal_senders = 4
hot_standby = on
timezone = 'UTC'
";

impl PostgresHost {
    /// A new cluster with these settings too, running.
    pub async fn cluster(&self, name: &str, settings: &str) -> Cluster<'_> {
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

/// A server and its data, in a folder of its host.
pub struct Cluster<'a> {
    host: &'a PostgresHost,
    name: String,
}

impl<'a> Cluster<'a> {
    /// A cluster whose data folder exists or will be created under this name.
    pub fn at(host: &'a PostgresHost, name: &str) -> Self {
        let folder = host.folder.join(name);
        DirBuilder::new().mode(0o755).create(&folder).unwrap();
        host.hand_over(&folder);
        let name = name.to_owned();
        Self { host, name }
    }

    fn folder(&self) -> PathBuf {
        self.host.folder.join(&self.name)
    }

    pub fn data(&self) -> String {
        self.folder().join("data").display().to_string()
    }

    /// Appends to `postgresql.conf`, which the next start reads.
    pub fn set(&self, settings: &str) {
        let file = Path::new(&self.data()).join("postgresql.conf");
        let mut file = fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
    }

    /// Starts it and returns once it accepts connections.
    pub async fn start(&self) {
        let folder = self.folder().display().to_string();
        let options = format!("-k '{folder}' -c cluster_name={}", self.name);
        let log = format!("{folder}/log");
        let data = self.data();
        // A server that inherits the pipes of the program that starts it would keep them open.
        let mut start = self.host.program("pg_ctl");
        start.args([
            "-D", &data, "-o", &options, "-l", &log, "-w", "-t", "60", "start",
        ]);
        start.stdout(Stdio::null()).stderr(Stdio::null());
        let status = start.status().await.unwrap();
        let log = fs::read_to_string(&log).unwrap_or_default();
        assert!(status.success(), "{log}");
    }

    /// Stops it; `immediate` is a crash.
    pub async fn stop(&self, mode: &str) {
        let data = self.data();
        self.host
            .run("pg_ctl", &["-D", &data, "-m", mode, "-w", "stop"])
            .await;
    }

    /// Sends SIGKILL to all of its processes at once, as when its machine loses power, and returns
    /// once they are gone. Removes the pid files, since zombies may remain.
    pub async fn kill(&self) {
        let family = self.signal(Signal::KILL);
        eventually("the processes are gone", async || !is_any_alive(&family)).await;
        fs::remove_file(Path::new(&self.data()).join("postmaster.pid")).unwrap();
        let _ = fs::remove_file(self.folder().join(".s.PGSQL.5432.lock"));
    }

    /// Signals all of its processes and returns their pids.
    pub fn signal(&self, signal: Signal) -> Vec<String> {
        let file = Path::new(&self.data()).join("postmaster.pid");
        let text = fs::read_to_string(file).unwrap();
        let family = family(text.lines().next().unwrap());
        for pid in &family {
            // It may have ended since.
            let _ = kill_process(Pid::from_raw(pid.parse().unwrap()).unwrap(), signal);
        }
        family
    }

    pub fn socket_directory(&self) -> String {
        self.folder().display().to_string()
    }

    pub fn url(&self, database: &str) -> String {
        let host = self.folder().display().to_string().replace('/', "%2F");
        format!("postgresql://fairhold@localhost/{database}?host={host}")
    }

    pub async fn books(&self) -> Tables {
        let pool = PgPoolOptions::new().max_connections(3);
        Tables(pool.connect(&self.url("postgres")).await.unwrap())
    }
}

/// A server's pid and those of its children, each of which has a process group of its own.
fn family(leader: &str) -> Vec<String> {
    let text = ps(&["-eo", "pid=,ppid="]);
    let processes = text.lines().filter_map(|line| line.trim().split_once(' '));
    let belongs = |(pid, parent): &(&str, &str)| *pid == leader || parent.trim() == leader;
    let family = processes.filter(belongs).map(|(pid, _)| pid.to_owned());
    family.collect()
}

/// Whether any of them is more than a zombie.
fn is_any_alive(family: &[String]) -> bool {
    let states = ps(&["-o", "stat=", "-p", &family.join(",")]);
    states.lines().any(|state| !state.starts_with('Z'))
}

fn ps(arguments: &[&str]) -> String {
    let mut ps = std::process::Command::new("ps");
    let output = ps.args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
