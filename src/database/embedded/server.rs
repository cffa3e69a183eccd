//! The server's own process: started, waited for, stopped.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::process::Child;
use tokio::time::{Instant, sleep, timeout};

use super::account::Account;
use super::layout::{Layout, PORT};
use super::programs::Programs;
use super::watchdog::{LAUNCH, Watchdog};
use super::{StartError, StopError, logs, pid_file};

/// Recovery after a crash replays up to `max_wal_size`, on a slow disk too.
const START_PATIENCE: Duration = Duration::from_mins(5);
/// How long the backends of a server that was killed may take to notice.
const BACKENDS_PATIENCE: Duration = Duration::from_secs(10);
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const QUIT_PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

/// Durability first, then what suits a small busy server. It takes more connections than a process
/// may be told to open, with room for psql and for `fairhold audit`.
const SETTINGS: [&str; 16] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_connections=500",
    "shared_buffers=128MB",
    "wal_buffers=16MB",
    "max_wal_size=1GB",
    "checkpoint_timeout=10min",
    "autovacuum_naptime=15s",
    "random_page_cost=1.1",
    "jit=off",
    "lc_messages=C",
    "timezone=UTC",
    "cluster_name=fairhold",
];

/// How a crashed server's folder is brought to the disk before recovery: by one call where the system
/// has it. A call for each of its thousand files takes seconds while others write to the same disk.
const RECOVERY: &str = if cfg!(target_os = "linux") {
    "recovery_init_sync_method=syncfs"
} else {
    "recovery_init_sync_method=fsync"
};

/// A server that takes connections. Dropping it stops it, through the watchdog.
#[derive(Debug)]
pub(super) struct Server {
    process: Child,
    watchdog: Watchdog,
}

impl Server {
    pub(super) async fn start(
        layout: &Layout,
        programs: &Programs,
        account: &Account,
        cluster: &Path,
        watchdog_lock: File,
    ) -> Result<Self, StartError> {
        pid_file::clear(layout, account, cluster).await?;
        let watchdog = Watchdog::spawn(account, cluster, watchdog_lock)
            .map_err(|source| StartError::program("/bin/sh", source))?;
        let launch = Launch {
            layout,
            programs,
            account,
            cluster,
            wal_compression: programs.wal_compression(account, cluster).await,
        };
        let deadline = Instant::now() + BACKENDS_PATIENCE;
        loop {
            let mut process = launch
                .spawn(&watchdog)
                .map_err(|source| StartError::program(programs.postgres(), source))?;
            match launch.until_ready(&mut process).await {
                Ok(()) => return Ok(Self { process, watchdog }),
                Err(StartError::Exited { output, .. })
                    if output.contains("shared memory block") && Instant::now() < deadline =>
                {
                    sleep(POLL * 10).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until the server ends by itself.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Lets go of a server that has ended.
    pub(super) async fn let_go(self) {
        self.watchdog.release().await;
    }

    /// Fast shutdown, then an immediate one, then SIGKILL.
    pub(super) async fn stop(self) -> Result<(), StopError> {
        let Self {
            mut process,
            watchdog,
        } = self;
        let ended = end(&mut process).await;
        watchdog.release().await;
        match ended? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(StopError::Ended(status)),
            None => Err(StopError::Killed {
                seconds: STOP_PATIENCE.as_secs(),
            }),
        }
    }
}

/// `None` when it took more than a fast shutdown.
async fn end(process: &mut Child) -> io::Result<Option<ExitStatus>> {
    signal(process, Signal::INT)?;
    if let Ok(status) = timeout(STOP_PATIENCE, process.wait()).await {
        return status.map(Some);
    }
    signal(process, Signal::QUIT)?;
    if timeout(QUIT_PATIENCE, process.wait()).await.is_err() {
        process.kill().await?;
    }
    Ok(None)
}

/// The pid is ours until the child is waited for, so that this can't meet another process.
fn signal(process: &Child, signal: Signal) -> io::Result<()> {
    let pid = process
        .id()
        .and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    match pid {
        Some(pid) => Ok(kill_process(pid, signal)?),
        None => Ok(()),
    }
}

struct Launch<'a> {
    layout: &'a Layout,
    programs: &'a Programs,
    account: &'a Account,
    cluster: &'a Path,
    wal_compression: &'static str,
}

impl Launch<'_> {
    fn spawn(&self, watchdog: &Watchdog) -> io::Result<Child> {
        let mut command = self.account.shell(LAUNCH);
        command
            .current_dir(self.cluster)
            .arg(self.programs.postgres())
            .arg("-D")
            .arg(self.cluster)
            .args(["-c", &format!("port={PORT}")])
            .args(["-c", &socket_setting(self.layout.socket_folder())])
            .args(["-c", &format!("wal_compression={}", self.wal_compression)]);
        for setting in SETTINGS.iter().chain([&RECOVERY]).chain(&logs::SETTINGS) {
            command.args(["-c", setting]);
        }
        command
            .stdout(watchdog.pipe()?)
            .stderr(File::create(self.layout.start_log())?)
            .spawn()
    }

    async fn until_ready(&self, process: &mut Child) -> Result<(), StartError> {
        let program = || self.programs.postgres();
        let pid = process.id();
        let deadline = Instant::now() + START_PATIENCE;
        while !(pid.is_some() && pid_file::is_ready(self.cluster, pid)) {
            let ended = process
                .try_wait()
                .map_err(|source| StartError::program(program(), source))?;
            if let Some(status) = ended {
                return Err(self.exited(status));
            }
            if Instant::now() >= deadline {
                return Err(self.not_ready());
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    fn exited(&self, status: ExitStatus) -> StartError {
        StartError::Exited {
            status,
            output: logs::tail(&self.layout.start_log(), self.cluster),
        }
    }

    fn not_ready(&self) -> StartError {
        StartError::NotReady {
            seconds: START_PATIENCE.as_secs(),
            log: logs::folder(self.cluster),
        }
    }
}

/// The setting is a list, hence the quotes.
fn socket_setting(folder: &Path) -> String {
    let folder = folder.to_string_lossy().replace('"', "\"\"");
    format!("unix_socket_directories=\"{folder}\"")
}

/// Creates the database where it is missing. Only the folder's owner does so, hence no race.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no database to check these statements against before they have run"
)]
pub(super) async fn create_database(
    maintenance: &PgConnectOptions,
    name: &str,
) -> Result<(), StartError> {
    let mut connection = maintenance.connect().await?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
    if !exists {
        let statement = AssertSqlSafe(format!("create database \"{name}\""));
        sqlx::raw_sql(statement).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}
