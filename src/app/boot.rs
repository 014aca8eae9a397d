//! Starting: listeners first, so that health answers at once; then what may take its time.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::FromRef;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use super::background::{
    attend, deliver, follow_admission, follow_revocations, follow_rules, forget_old, tidy, watch,
    work_off,
};
use super::ops::{self, Ops};
use super::readiness::Readiness;
use super::router;
use super::state::{self, AppState, Platform};
use crate::gateway::settings::ServerSettings;
use crate::gateway::stack::{self, Work};
use crate::gateway::tls::Tls;
use crate::gateway::waf::Waf;
use crate::gateway::{self, Door, Drained, Stop};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::admission::Refusals;
use crate::platform::db::{Database, MigrationError, migrator};
use crate::platform::jobs::Jobs;
use crate::platform::telemetry;
use crate::platform::web::facts::Listener;
use crate::platform::web::{insurer, page};
use crate::slices::admission::Admissions;
use crate::slices::identity::Identity;
use crate::slices::messages::Messages;
use crate::slices::underwriting::{self, Underwriting};

/// The first pause between two tries to migrate, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A program that serves.
pub struct Running {
    /// The public address, with the port that the system chose when 0 was asked for.
    pub public: SocketAddr,
    /// The operators' address.
    pub admin: SocketAddr,
    /// The address of our own networks, if there is one.
    pub private: Option<SocketAddr>,
    serving: JoinHandle<Drained>,
    admin_guard: Guard,
    stop: Stop,
    tasks: TaskTracker,
    database: Database,
}

/// The two addresses, listened on. They come before everything else, because an address that is made
/// public may have to name the port that the system chose.
pub struct Listeners {
    public: TcpListener,
    admin: TcpListener,
    private: Option<TcpListener>,
}

impl Listeners {
    /// Listens, and writes the port into a `public_url` that leaves it open (port 0).
    ///
    /// # Errors
    /// An address cannot be listened on.
    pub async fn open(server: &mut ServerSettings) -> anyhow::Result<Self> {
        let public = listen(server.listen, "server.listen").await?;
        let admin = listen(server.admin_listen, "server.admin_listen").await?;
        let private = match server.private_listen {
            Some(address) => Some(listen(address, "server.private_listen").await?),
            None => None,
        };
        server.is_reached_on(public.local_addr()?.port());
        Ok(Self { public, admin, private })
    }
}

/// Says to pages who we are.
fn name_us(platform: &Platform) {
    let (settings, known) = (&platform.settings, &platform.settings.documents.insurer);
    page::set_brand(&settings.brand.name);
    page::set_origin(settings.server.public_url.as_str());
    insurer::set(insurer::Insurer {
        company: known.company.clone(),
        address: known.address.clone(),
        phone: known.phone.clone(),
    });
}

/// Starts serving `work`, and what `state` does by itself, until `stop` is asked.
///
/// # Errors
/// The operators' thread cannot start.
pub async fn start(
    platform: &Platform,
    state: &AppState,
    work: Work,
    listeners: Listeners,
    stop: &Stop,
) -> anyhow::Result<Running> {
    // Before the first request: what all of them share.
    telemetry::metrics();
    name_us(platform);
    let Listeners { public: listener, admin: admin_listener, private: private_listener } =
        listeners;
    let private = private_listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let tls = Tls::load(&platform.settings.server.tls)?;
    let (public, admin) = (listener.local_addr()?, admin_listener.local_addr()?);
    let tasks = TaskTracker::new();
    let readiness =
        Readiness::new(platform.database.clone(), Underwriting::from_ref(state), stop.clone());
    let waf = waf(platform, state)?;
    let refusals = Admissions::from_ref(state).admission().refusals().clone();
    let (public_routes, admin_routes) = routes(platform, work, &readiness, &waf, &refusals);

    let settings = platform.settings.clone();
    let (watched, asked) = (settings.clone(), stop.clone());
    if let Some(private_listener) = private_listener {
        let (routes, settings, asked) = (public_routes.clone(), settings.clone(), stop.clone());
        let door = Door { listener: Listener::Private, tls: tls.clone() };
        tasks.spawn(async move {
            gateway::serve(private_listener, routes, &settings.server, door, asked).await
        });
    }
    if let Some(tls) = tls.clone() {
        tasks.spawn(tls.follow(stop.clone()));
    }
    let door = Door { listener: Listener::Public, tls };
    let serving = tasks.spawn(async move {
        gateway::serve(listener, public_routes, &watched.server, door, asked).await
    });
    let admin_guard = serve_operators(admin_listener, admin_routes, settings.server.clone())?;
    tasks.spawn(tidy(stop.clone()));
    tasks.spawn(follow_rules(waf, stop.clone()));
    tasks.spawn(watch(readiness, stop.clone()));
    let underwriting = Underwriting::from_ref(state);
    serve_callbacks(platform, (&underwriting, &refusals), &tasks, stop).await?;
    tasks.spawn(attend(underwriting, stop.clone()));
    tasks.spawn(deliver(Messages::from_ref(state), stop.clone()));
    tasks.spawn(work_off(Jobs::from_ref(state), stop.clone()));
    tasks.spawn(follow_revocations(platform.clone(), Identity::from_ref(state), stop.clone()));
    tasks.spawn(forget_old(Identity::from_ref(state), stop.clone()));
    let poll = settings.admission.poll();
    tasks.spawn(follow_admission(Admissions::from_ref(state), poll, stop.clone()));
    if platform.settings.database.migrate_at_start {
        tasks.spawn(migrate(platform.clone(), stop.clone()));
    }
    tracing::info!(%public, %admin, version = env!("CARGO_PKG_VERSION"), "serving");
    Ok(Running {
        public,
        admin,
        private,
        serving,
        admin_guard,
        stop: stop.clone(),
        tasks,
        database: platform.database.clone(),
    })
}

impl Running {
    /// Waits until the last request is answered. Health and metrics answer until then.
    ///
    /// # Errors
    /// The listener's task ended by a panic.
    pub async fn ended(self) -> anyhow::Result<Drained> {
        let drained = self.serving.await.context("the listener ended by a panic")?;
        drop(self.admin_guard);
        self.tasks.close();
        let rest = async {
            self.tasks.wait().await;
            self.database.close().await;
        };
        // A migration under way may take its time, unless somebody insists.
        tokio::select! {
            () = rest => {}
            () = self.stop.forced() => tracing::warn!("ended without waiting for the last tasks"),
        }
        match drained {
            Drained::Clean => tracing::info!("stopped: every request was answered"),
            Drained::Cut { connections } => {
                tracing::warn!(connections, "stopped: connections were cut before their answer");
            }
        }
        Ok(drained)
    }
}

/// Ends what it guards when it is dropped, however that comes about.
struct Guard(Stop);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.force();
    }
}

/// Serves operators on a thread and a runtime of its own, where no pricing makes them wait.
fn serve_operators(
    listener: TcpListener,
    routes: Router,
    settings: ServerSettings,
) -> anyhow::Result<Guard> {
    let listener = listener.into_std()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stop = Stop::default();
    let guard = Guard(stop.clone());
    let serve = async move {
        match TcpListener::from_std(listener) {
            Ok(listener) => {
                let door = Door::default();
                let _drained = gateway::serve(listener, routes, &settings, door, stop).await;
            }
            Err(error) => tracing::error!(%error, "operators cannot be answered"),
        }
    };
    std::thread::Builder::new()
        .name("operators".to_owned())
        .spawn(move || runtime.block_on(serve))
        .context("the operators' thread cannot start")?;
    Ok(guard)
}

async fn listen(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("`{key}`: cannot listen on {address}"))
}

fn routes(
    platform: &Platform,
    work: Work,
    readiness: &Readiness,
    waf: &Waf,
    refusals: &Refusals,
) -> (Router, Router) {
    let ops = Ops { database: platform.database.clone(), readiness: readiness.clone() };
    let voice = router::voice(&platform.settings);
    let told = (&voice, refusals);
    let (server, entropy) = (&platform.settings.server, &platform.entropy);
    let public = stack::public(work, ops::health(ops.clone()), server, waf, told, entropy);
    let admin = stack::admin(ops::admin(ops), server, told, entropy);
    (public, admin)
}

/// The firewall over our own API; what it finds is shown on the gateway's page.
fn waf(platform: &Platform, state: &AppState) -> anyhow::Result<Waf> {
    let document = serde_json::to_value(router::document(state))?;
    let waf = Waf::new(&platform.settings.waf, &document, platform.clock.clone())?;
    Admissions::from_ref(state).know_findings(waf.findings().clone());
    Ok(waf)
}

/// Brings the tables up to date, as often as it takes: the database may come after us.
async fn migrate(platform: Platform, stop: Stop) {
    let mut pause = FIRST_PAUSE;
    loop {
        match platform.database.migrate_unless(stop.asked(), migrator()).await {
            Ok(()) => match furnish(&platform).await {
                Ok(()) => return tracing::info!("the tables are up to date"),
                Err(problem) => {
                    tracing::error!(cause = problem.cause, ?pause, "the tables are not furnished");
                }
            },
            Err(MigrationError::GivenUp) => return,
            Err(error) => tracing::error!(%error, ?pause, "the tables are not up to date"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            () = stop.asked() => return,
        }
    }
}

/// Writes the rows that every installation has, once the tables are there.
///
/// # Errors
/// The database does not answer.
pub async fn furnish(platform: &Platform) -> Result<(), Problem> {
    let identity = state::identity(platform);
    identity.map_err(|error| Problem::new(Kind::Bug).cause(error))?.prepare().await
}

/// Takes the engine's callbacks, on an address of their own.
async fn serve_callbacks(
    platform: &Platform,
    (underwriting, refusals): (&Underwriting, &Refusals),
    tasks: &TaskTracker,
    stop: &Stop,
) -> anyhow::Result<()> {
    let settings = platform.settings.clone();
    let Some(address) = settings.underwriting.callback_address() else { return Ok(()) };
    let listener = listen(address, "underwriting.callback_listen").await?;
    let routes = underwriting::callbacks(underwriting);
    let voice = router::voice(&settings);
    let told = (&voice, refusals);
    let routes = stack::admin(routes, &settings.server, told, &platform.entropy);
    let (door, stop) = (Door::default(), stop.clone());
    tasks
        .spawn(async move { gateway::serve(listener, routes, &settings.server, door, stop).await });
    Ok(())
}
