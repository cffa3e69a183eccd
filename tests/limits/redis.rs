//! A real Redis of one test, which can be frozen, killed and restarted.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use fairhold_test_kit::{
    certificate::{Certificate, CertificateFiles},
    eventually,
};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

/// A server on its own socket. Killed when dropped.
pub(crate) struct Redis {
    folder: PathBuf,
    child: Option<Child>,
    /// Its certificate and port, if it uses TLS.
    tls: Option<(CertificateFiles, u16)>,
    /// Further command-line arguments.
    settings: &'static [&'static str],
}

impl Redis {
    /// One that is not running yet.
    pub(crate) fn absent() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fairhold-redis-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self {
            folder,
            child: None,
            tls: None,
            settings: &[],
        }
    }

    pub(crate) async fn running() -> Self {
        let mut redis = Self::absent();
        redis.start().await;
        redis
    }

    /// One that responds but runs no scripts.
    pub(crate) async fn without_scripts() -> Self {
        let mut redis = Self::absent();
        redis.settings = &[
            "--user",
            "default",
            "on",
            "nopass",
            "~*",
            "&*",
            "+@all",
            "-@scripting",
        ];
        redis.start().await;
        redis
    }

    /// One that only accepts TLS, with the certificate `paper`.
    pub(crate) async fn by_tls(paper: &Certificate) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut redis = Self::absent();
        redis.tls = Some((CertificateFiles::of(paper), port));
        redis.start().await;
        redis
    }

    /// Starts it without data, and returns once it listens.
    pub(crate) async fn start(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no"]);
        command.arg("--unixsocket").arg(self.socket());
        command.arg("--dir").arg(&self.folder).args(self.settings);
        if let Some((files, port)) = &self.tls {
            command.arg("--tls-port").arg(port.to_string());
            command.args(["--bind", "127.0.0.1", "--tls-auth-clients", "no"]);
            command.args(["--tls-cert-file", &files.path("certificate")]);
            command.args(["--tls-key-file", &files.path("key")]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.kill_on_drop(true).spawn();
        self.child = Some(child.expect("redis-server is installed"));
        let listens = async || UnixStream::connect(self.socket()).is_ok();
        eventually("Redis listens", listens).await;
    }

    pub(crate) async fn kill(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }

    /// Stops responding. Its connections stay open.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// The command-line flag that names it.
    pub(crate) fn flag(&self) -> String {
        match &self.tls {
            Some((_, port)) => format!("--redis-url=rediss://127.0.0.1:{port}"),
            None => format!("--redis-url=redis+unix://{}", self.socket().display()),
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().and_then(Child::id).unwrap();
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        kill_process(pid.unwrap(), signal).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
