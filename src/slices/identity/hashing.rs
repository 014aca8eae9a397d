//! Passwords become argon2id hashes here: so many at a time, so many waiting, and no more.
//!
//! A hash is made to be expensive. Whoever comes when the queue is full is told to come back: the rest
//! of the service goes on answering. Nothing here reads the database or decides who may log in.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::settings::IdentitySettings;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::clock::Entropy;

/// When to come back: a queue is worked off in about that time.
const COME_BACK: Duration = Duration::from_secs(2);

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub(super) struct Hasher {
    argon: Argon2<'static>,
    /// Hashes under way.
    turns: Arc<Semaphore>,
    /// Those, and who waits for one.
    places: Arc<Semaphore>,
    entropy: Entropy,
    /// What a password is compared with when there is no account: the same work, never equal.
    nobody: Arc<str>,
}

/// A place in the queue.
pub(super) struct Place<'a> {
    hasher: &'a Hasher,
    _place: OwnedSemaphorePermit,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    /// Another password, or no account.
    Wrong,
    /// The right one.
    Right,
    /// The right one, under parameters of the past: here is its hash under today's.
    Old(String),
}

impl Hasher {
    pub(super) fn new(settings: &IdentitySettings, entropy: Entropy) -> Self {
        let parallel = match settings.hash_parallel {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            parallel => parallel,
        };
        let (memory, passes) = (settings.hash_memory_kib, settings.hash_passes);
        // The settings are checked at the start: what the library would refuse never comes here.
        let params = Params::new(memory, passes, 1, Some(32)).unwrap_or_default();
        let [salt, output] =
            [&entropy.bytes::<16>()[..], &entropy.bytes::<32>()].map(|b| STANDARD_NO_PAD.encode(b));
        Self {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            turns: Arc::new(Semaphore::new(parallel)),
            places: Arc::new(Semaphore::new(parallel + settings.hash_queue)),
            nobody: format!("$argon2id$v=19$m={memory},t={passes},p=1${salt}${output}").into(),
            entropy,
        }
    }

    /// A place in the queue; 503 when it is full.
    pub(super) fn place(&self) -> Result<Place<'_>, Problem> {
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => Ok(Place { hasher: self, _place: place }),
            Err(_) => {
                metrics::counter!("identity_hash_queue_full_total").increment(1);
                Err(Problem::new(Kind::Unavailable).retry_after(COME_BACK))
            }
        }
    }

    fn is_old(&self, hash: &PasswordHash) -> bool {
        let wanted = self.argon.params();
        Params::try_from(hash).map_or(true, |found| {
            (found.m_cost(), found.t_cost(), found.p_cost())
                != (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
        })
    }

    fn hash(&self, password: &str) -> Result<String, Problem> {
        let salt = self.entropy.bytes::<16>();
        let hash = self.argon.hash_password_with_salt(password.as_bytes(), &salt);
        Ok(hash.map_err(|error| Problem::new(Kind::Bug).cause(error))?.to_string())
    }

    fn check(&self, password: &str, stored: Option<&str>) -> Result<Checked, Problem> {
        let hash = PasswordHash::new(stored.unwrap_or(&self.nobody));
        let hash = hash.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        let is_right = self.argon.verify_password(password.as_bytes(), &hash).is_ok();
        if !is_right || stored.is_none() {
            return Ok(Checked::Wrong);
        }
        if self.is_old(&hash) { self.hash(password).map(Checked::Old) } else { Ok(Checked::Right) }
    }
}

impl Place<'_> {
    /// Whether `stored` is this password's hash. `None`: nobody's, at the same price.
    pub(super) async fn check(
        self,
        password: &str,
        stored: Option<String>,
    ) -> Result<Checked, Problem> {
        let password = password.to_owned();
        self.work(move |hasher| hasher.check(&password, stored.as_deref())).await?
    }

    /// The hash of a password, as a PHC string.
    pub(super) async fn hash(self, password: &str) -> Result<String, Problem> {
        let password = password.to_owned();
        self.work(move |hasher| hasher.hash(&password)).await?
    }

    /// Hashes of short secrets that are looked up by their hash: the salt is their owner's.
    pub(super) async fn derive(
        self,
        secrets: Vec<String>,
        salt: [u8; 16],
    ) -> Result<Vec<[u8; 32]>, Problem> {
        self.work(move |hasher| {
            secrets
                .iter()
                .map(|secret| {
                    let mut out = [0; 32];
                    let done = hasher.argon.hash_password_into(secret.as_bytes(), &salt, &mut out);
                    done.map(|()| out).map_err(|error| Problem::new(Kind::Bug).cause(error))
                })
                .collect()
        })
        .await?
    }

    /// Waits for its turn and works on a thread that may take its time. A client that leaves does not
    /// give its turn back before the work is done.
    async fn work<T: Send + 'static>(
        self,
        job: impl FnOnce(&Hasher) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.hasher.turns).acquire_owned().await;
        let turn = turn.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        let hasher = self.hasher.clone();
        let work = tokio::task::spawn_blocking(move || {
            let done = job(&hasher);
            drop(turn);
            done
        });
        work.await.map_err(|error| Problem::new(Kind::Bug).cause(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(passes: u32, queue: usize) -> IdentitySettings {
        IdentitySettings {
            cache_s: 0,
            hash_memory_kib: 19_456,
            hash_passes: passes,
            hash_parallel: 1,
            hash_queue: queue,
            attempts_burst: 1,
            attempts_refill_s: 1,
            revocation_poll_ms: 1000,
        }
    }

    fn hasher(passes: u32) -> Hasher {
        Hasher::new(&settings(passes, 1), Entropy::seeded(1))
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_renewed_when_the_price_changes() {
        let old = hasher(1);
        let phc = old.place().expect("a place").hash("mot de passe").await.expect("a hash");
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=1,p=1$"), "{phc}");
        let check = async |hasher: &Hasher, password: &str, phc: &str| {
            let place = hasher.place().expect("a place");
            place.check(password, Some(phc.to_owned())).await.expect("checked")
        };
        assert_eq!(check(&old, "mot de passe", &phc).await, Checked::Right);
        assert_eq!(check(&old, "mot de passé", &phc).await, Checked::Wrong);
        let new = hasher(2);
        let Checked::Old(renewed) = check(&new, "mot de passe", &phc).await else {
            panic!("it is old");
        };
        assert_eq!(check(&new, "mot de passe", &renewed).await, Checked::Right);
        let nobody = new.place().expect("a place").check("mot de passe", None).await;
        assert_eq!(nobody.expect("checked"), Checked::Wrong);
    }

    #[tokio::test]
    async fn the_queue_has_an_end() {
        let hasher = hasher(1);
        let (_first, _second) = (hasher.place().expect("one"), hasher.place().expect("two"));
        let full = hasher.place().err().expect("full");
        assert_eq!((full.kind, full.retry_after), (Kind::Unavailable, Some(COME_BACK)));
    }

    #[tokio::test]
    async fn short_secrets_are_derived_alike_for_one_owner_only() {
        let hasher = hasher(1);
        let derive = async |salt| {
            let place = hasher.place().expect("a place");
            place.derive(vec!["a".to_owned(), "b".to_owned()], [salt; 16]).await.expect("derived")
        };
        let (mine, again, other) = (derive(1).await, derive(1).await, derive(2).await);
        assert!(mine == again && mine != other && mine[0] != mine[1]);
    }
}
