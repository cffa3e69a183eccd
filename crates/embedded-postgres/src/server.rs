//! The server process: start it, wait until it is ready, stop it.

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

use crate::error::{StartError, StopError};
use crate::instance::Instance;
use crate::paths::PORT;
use crate::postmaster_pid;
use crate::server_log::{self, LogEnd};
use crate::watchdog::{LAUNCH, Watchdog};

/// Crash recovery replays up to `max_wal_size`, even on a slow disk.
const START_TIMEOUT: Duration = Duration::from_mins(5);
/// How long the backends of a killed server may take to notice that it is gone.
const OLD_BACKENDS_TIMEOUT: Duration = Duration::from_secs(10);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

/// Durability and privacy. They come last on the command line, where the last one counts.
const SETTINGS: [&str; 6] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "lc_messages=C",
];

/// How recovery flushes the files of a crashed server: with one system call where there is one. One
/// call for each of about a thousand files takes seconds while others write to the same disk.
const RECOVERY: &str = if cfg!(target_os = "linux") {
    "recovery_init_sync_method=syncfs"
} else {
    "recovery_init_sync_method=fsync"
};

/// A server that accepts connections. Dropping it stops it, through the watchdog.
#[derive(Debug)]
pub(crate) struct PostgresProcess {
    process: Child,
    watchdog: Watchdog,
}

impl PostgresProcess {
    pub(crate) async fn start(
        instance: &Instance,
        watchdog_lock: File,
    ) -> Result<Self, StartError> {
        let Instance {
            paths,
            programs,
            os_user,
            cluster,
            ..
        } = instance;
        postmaster_pid::clear_stale(paths, os_user, cluster).await?;
        let watchdog = Watchdog::spawn(os_user, cluster, watchdog_lock)
            .map_err(|reason| StartError::program("/bin/sh", reason))?;
        let launch = Launch {
            instance,
            wal_compression: programs.wal_compression(os_user, cluster).await,
            log_end: LogEnd::of(cluster),
        };
        let deadline = Instant::now() + OLD_BACKENDS_TIMEOUT;
        loop {
            let mut process = launch
                .spawn(&watchdog)
                .map_err(|reason| StartError::program(programs.postgres(), reason))?;
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

    /// Waits until the server exits on its own.
    pub(crate) async fn exited(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Ends the watchdog of a server that has exited.
    pub(crate) async fn release(self) {
        self.watchdog.release().await;
    }

    /// Fast shutdown, then an immediate one, then SIGKILL.
    pub(crate) async fn stop(self) -> Result<(), StopError> {
        let Self {
            mut process,
            watchdog,
        } = self;
        let ended = end(&mut process).await;
        watchdog.release().await;
        match ended.map_err(StopError::Io)? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(StopError::Exited(status)),
            None => Err(StopError::Killed {
                seconds: STOP_TIMEOUT.as_secs(),
            }),
        }
    }
}

/// `None` when a fast shutdown was not enough.
async fn end(process: &mut Child) -> io::Result<Option<ExitStatus>> {
    signal(process, Signal::INT)?;
    if let Ok(status) = timeout(STOP_TIMEOUT, process.wait()).await {
        return status.map(Some);
    }
    signal(process, Signal::QUIT)?;
    if timeout(QUIT_TIMEOUT, process.wait()).await.is_err() {
        process.kill().await?;
    }
    Ok(None)
}

/// The system keeps the pid until the child is waited for, so this can't reach another process.
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
    instance: &'a Instance,
    wal_compression: &'static str,
    log_end: LogEnd,
}

impl Launch<'_> {
    fn spawn(&self, watchdog: &Watchdog) -> io::Result<Child> {
        let Instance {
            paths,
            programs,
            os_user,
            cluster,
            settings,
        } = self.instance;
        let mut command = os_user.shell(LAUNCH);
        command
            .current_dir(cluster)
            .arg(programs.postgres())
            .arg("-D")
            .arg(cluster)
            .args(["-c", &format!("wal_compression={}", self.wal_compression)]);
        for (name, value) in settings {
            command.args(["-c", &format!("{name}={value}")]);
        }
        for setting in server_log::SETTINGS
            .iter()
            .chain([&RECOVERY])
            .chain(&SETTINGS)
        {
            command.args(["-c", setting]);
        }
        command
            .args(["-c", &format!("port={PORT}")])
            .args(["-c", &socket_setting(paths.socket_dir())])
            .stdout(watchdog.pipe()?)
            .stderr(File::create(paths.start_log())?)
            .spawn()
    }

    async fn until_ready(&self, process: &mut Child) -> Result<(), StartError> {
        let program = || self.instance.programs.postgres();
        let pid = process.id();
        let deadline = Instant::now() + START_TIMEOUT;
        while !(pid.is_some() && postmaster_pid::is_ready(&self.instance.cluster, pid)) {
            let exited = process
                .try_wait()
                .map_err(|reason| StartError::program(program(), reason))?;
            if let Some(status) = exited {
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
            output: server_log::tail(
                &self.instance.paths.start_log(),
                &self.instance.cluster,
                &self.log_end,
            ),
        }
    }

    fn not_ready(&self) -> StartError {
        StartError::NotReady {
            seconds: START_TIMEOUT.as_secs(),
            log: server_log::directory(&self.instance.cluster),
        }
    }
}

/// The setting is a list, hence the quotes.
fn socket_setting(directory: &Path) -> String {
    let directory = directory.to_string_lossy().replace('"', "\"\"");
    format!("unix_socket_directories=\"{directory}\"")
}

/// Creates the database if it does not exist. Only the directory's owner does so, hence no race.
#[expect(
    clippy::disallowed_methods,
    reason = "the server that these statements run on does not exist at compile time"
)]
pub(crate) async fn ensure_database(
    maintenance: &PgConnectOptions,
    name: &str,
) -> sqlx::Result<()> {
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
    connection.close().await
}
