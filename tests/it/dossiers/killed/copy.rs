//! The program itself, as it is installed: started on a port of its own, ended by the kernel without a word.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use assurly::kernel::access::PoolKind;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::access::issuer::Issuer;
use crate::harness::app::{HEALTH_KEYRING, KEYRING, SEAL};
use crate::harness::{eventually, soon};

/// A copy of the program, and whoever asks it.
pub(super) struct Copy {
    child: Child,
    pub(super) origin: String,
}

impl Copy {
    pub(super) async fn start(database: &str, config: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_assurly"))
            .arg("serve")
            .env("ASSURLY_CONFIG", config)
            .env("ASSURLY__SERVER__LISTEN", "127.0.0.1:0")
            .env("ASSURLY__SERVER__ADMIN_LISTEN", "127.0.0.1:0")
            .env("ASSURLY__ENVIRONMENT", "development")
            .env("ASSURLY__CRYPTO__KEYRING_FILE", KEYRING.as_str())
            .env("ASSURLY__HEALTH__KEYRING_FILE", HEALTH_KEYRING.as_str())
            .env("ASSURLY__SEAL__CERTIFICATE_FILE", SEAL.0.as_str())
            .env("ASSURLY__SEAL__KEY_FILE", SEAL.1.as_str())
            .env("ASSURLY__STORAGE__URL", concat!("file:", env!("CARGO_TARGET_TMPDIR"), "/storage"))
            .env("ASSURLY__DOCUMENTS__INSURER__CREDITOR", "FR72ZZZ123456")
            .env("ASSURLY__PDF__TIMEOUT_MS", "60000")
            .env("ASSURLY__JOBS__POLL_MS", "20")
            .env("ASSURLY__JOBS__TIMEOUT_S", "60")
            .env("ASSURLY__JOBS__CLAIM_S", "61")
            .env("ASSURLY__JOBS__ATTEMPTS_MAX", "1000")
            .env("ASSURLY__JOBS__RETRY_FIRST_S", "1")
            .env("ASSURLY__JOBS__RETRY_LONGEST_S", "5")
            .env("ASSURLY__JOBS__TEND_MS", "200")
            .env("ASSURLY__MESSAGES__POLL_MS", "50")
            .env("ASSURLY__DATABASE__ACQUIRE_TIMEOUT_MS", "20000")
            .env("ASSURLY__DATABASE__URL", database)
            .env("ASSURLY__TELEMETRY__FORMAT", "json")
            .env("ASSURLY__TELEMETRY__FILTER", "warn,assurly::app::boot=info")
            .env_remove("DATABASE_URL")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let origin = soon(async {
            loop {
                let line = lines.next_line().await.expect("readable").expect("it goes on");
                let Ok(line) = serde_json::from_str::<Value>(&line) else { continue };
                if line["message"] == "serving" {
                    return format!("http://{}", line["public"].as_str().expect("an address"));
                }
            }
        })
        .await;
        let ready = format!("{origin}/readyz");
        eventually("ready", async || {
            reqwest::get(&ready).await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        Self { child, origin }
    }

    /// No goodbye.
    pub(super) async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }
}

/// The settings that trust this issuer.
pub(super) fn config(issuer: &Issuer, name: &str) -> PathBuf {
    let settings = issuer.settings(PoolKind::Clients);
    let text = format!(
        "[[access.issuers]]\nissuer = \"{}\"\npool = \"clients\"\nprofile = \"rfc9068\"\n\
         jwks_uri = \"{}/jwks\"\naudiences = [\"assurly\"]\nalgs = [\"ES256\", \"EdDSA\", \"RS256\"]\n\
         max_token_age_s = 7200\nallow_private = true\n",
        settings.issuer, settings.issuer
    );
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{name}-{}.toml", std::process::id()));
    std::fs::write(&path, text).expect("written");
    path
}
