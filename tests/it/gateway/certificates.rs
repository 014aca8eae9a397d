//! TLS in the binary and client certificates, with real authorities: none, wrong, taken back, right.

use std::path::PathBuf;

use assurly::gateway::tls::{ClientCertificates, TlsSettings};
use assurly::kernel::access::PoolKind;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa,
    Issuer as Ca, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use reqwest::{Certificate, Client, Identity};
use serde_json::json;

use crate::access::issuer::Issuer;
use crate::harness::app::{Access, App};
use crate::harness::eventually;

/// An authority with its key.
struct Authority(Ca<'static, KeyPair>, String);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let own = params.self_signed(&key).expect("signed").pem();
        Self(Ca::new(params, key), own)
    }

    /// A certificate and its key, PEM.
    fn issue(&self, name: &str, serial: u64) -> (String, String) {
        let mut params = CertificateParams::new(vec!["localhost".into()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(serial));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("signed");
        (certificate.pem(), key.serialize_pem())
    }

    /// What it takes back.
    fn takes_back(&self, serials: &[u64]) -> String {
        let revoked = serials.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 1, 1),
            next_update: date_time_ymd(2100, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.0).expect("signed").pem().expect("PEM")
    }
}

struct World {
    ours: Authority,
    folder: PathBuf,
}

impl World {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let world = Self { ours: Authority::new("Partners"), folder };
        let (certificate, key) = world.ours.issue("localhost", 1);
        world.write("server.pem", &certificate);
        world.write("server.key", &key);
        world.write("ca.pem", &world.ours.1);
        world.write("crl.pem", &world.ours.takes_back(&[]));
        world
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("written");
    }

    fn settings(&self, client_certificates: ClientCertificates) -> TlsSettings {
        let file = |name: &str| self.folder.join(name);
        TlsSettings {
            cert_file: file("server.pem"),
            key_file: file("server.key"),
            client_ca_file: file("ca.pem"),
            client_crl_file: file("crl.pem"),
            client_certificates,
            reload_s: 1,
        }
    }

    /// A client that shows this certificate.
    fn client(&self, shown: Option<&(String, String)>) -> Client {
        let ours = Certificate::from_pem(self.ours.1.as_bytes()).expect("PEM");
        let mut client = Client::builder().no_proxy().tls_certs_only([ours]);
        if let Some((certificate, key)) = shown {
            let identity = Identity::from_pem(format!("{certificate}{key}").as_bytes());
            client = client.identity(identity.expect("PEM"));
        }
        client.build().expect("a client")
    }
}

/// The status, or none when there was no conversation.
async fn ask(app: &App, client: &Client, path: &str, token: Option<&str>) -> Option<u16> {
    let url = format!("https://localhost:{}{path}", app.public.port());
    let mut request = client.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.ok().map(|answer| answer.status().as_u16())
}

#[tokio::test]
async fn none_wrong_taken_back_and_right_are_told_apart() {
    let world = World::new("mtls-roles");
    let right = world.ours.issue("api.courtier.example", 10);
    let taken_back = world.ours.issue("api.ancien.example", 11);
    let wrong = Authority::new("Somebody else").issue("api.courtier.example", 10);
    world.write("crl.pem", &world.ours.takes_back(&[11]));
    let issuer = Issuer::start("/partners").await;
    let app = App::on_database_with_access(
        Access { issuers: vec![issuer.settings(PoolKind::Partenaires)], ..Access::default() },
        |settings| settings.server.tls = world.settings(ClientCertificates::Optional),
    )
    .await;
    app.rule(&json!({
        "certificates": [
            {"name": "courtier", "subject": "CN=api.courtier.example", "client": "app"}],
        "policies": [
            {"name": "certified", "effect": "deny", "operations": ["me.show"], "certificate": false}],
    }))
    .await;
    let token = issuer.token("s");
    let mut claims = issuer.claims("s");
    claims["client_id"] = json!("another");
    let foreign = issuer.sign(&issuer.header(), &claims);
    let (none, right) = (world.client(None), world.client(Some(&right)));
    // Without one, what asks for one is closed, and the rest is open.
    assert_eq!(ask(&app, &none, "/v1/me", Some(&token)).await, Some(403));
    assert_eq!(ask(&app, &none, "/healthz", None).await, Some(200));
    // A wrong one, or one that was taken back, ends the conversation before it begins.
    assert_eq!(ask(&app, &world.client(Some(&wrong)), "/healthz", None).await, None);
    assert_eq!(ask(&app, &world.client(Some(&taken_back)), "/healthz", None).await, None);
    // The right one, with a token of the application that holds it, and with another's.
    assert_eq!(ask(&app, &right, "/v1/me", Some(&token)).await, Some(200));
    assert_eq!(ask(&app, &right, "/v1/me", Some(&foreign)).await, Some(403));
    assert_eq!(ask(&app, &right, "/v1/me", None).await, Some(401), "it is no identity");
    // Plain HTTP on this address is no conversation at all.
    let plain = format!("http://localhost:{}/healthz", app.public.port());
    assert!(none.get(plain).send().await.is_err());
}

#[tokio::test]
async fn without_one_there_is_no_connection_where_one_is_required() {
    let world = World::new("mtls-required");
    let right = world.ours.issue("api.courtier.example", 10);
    let app = App::on_database_with(|settings| {
        settings.server.tls = world.settings(ClientCertificates::Required);
    })
    .await;
    assert_eq!(ask(&app, &world.client(None), "/healthz", None).await, None);
    assert_eq!(ask(&app, &world.client(Some(&right)), "/healthz", None).await, Some(200));
}

#[tokio::test]
async fn files_that_change_are_read_again_and_wrong_ones_are_not_taken() {
    let world = World::new("mtls-reload");
    let partner = world.ours.issue("api.courtier.example", 10);
    let app = App::on_database_with(|settings| {
        settings.server.tls = world.settings(ClientCertificates::Optional);
    })
    .await;
    assert_eq!(ask(&app, &world.client(Some(&partner)), "/healthz", None).await, Some(200));
    world.write("crl.pem", "not a list");
    world.write("crl.pem", &world.ours.takes_back(&[10]));
    eventually("the certificate is taken back", async || {
        let asked = ask(&app, &world.client(Some(&partner)), "/healthz", None).await;
        asked.is_none().then_some(())
    })
    .await;
    world.write("crl.pem", "not a list");
    eventually("the wrong file was looked at", async || {
        let figures = app.metrics().await;
        figures
            .iter()
            .any(|line| line.starts_with("tls_reloads_total{outcome=\"kept\"}"))
            .then_some(())
    })
    .await;
    assert_eq!(ask(&app, &world.client(Some(&partner)), "/healthz", None).await, None);
    assert_eq!(ask(&app, &world.client(None), "/healthz", None).await, Some(200));
}
