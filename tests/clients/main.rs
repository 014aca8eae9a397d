//! Independent client libraries against the running server: those that applications use to obtain
//! tokens and to check them, and other makers' servers as pools from outside.
//!
//! Not Rust's own harness: a scenario is a line of a script in the library's own language. Each is
//! printed as a test, and the last line counts them, as `bin/test` reads it. Needs `TEST_DATABASE_URL`
//! and the libraries in `var/clients`; `bin/test --only clients` brings both. A first argument runs
//! only the scenarios whose name contains it.

mod house;
mod report;
mod script;
mod town;

use std::process::ExitCode;
use std::sync::Arc;

use house::{House, Outside};
use report::Report;
use script::{Family, Script};

/// How people get their accounts. Always run: everybody else needs them.
const PEOPLE: Family = Family { name: "people", file: "people.mjs", seconds: 60 };

/// What the libraries do with our tokens, one after the other: they share the machine with a server.
const INSIDE: [Family; 9] = [
    Family { name: "openid_client", file: "openid-client.mjs", seconds: 150 },
    Family { name: "openid_client_refusals", file: "openid-client-refusals.mjs", seconds: 150 },
    Family { name: "oauth4webapi", file: "oauth4webapi.mjs", seconds: 60 },
    Family { name: "aws_jwt_verify", file: "aws-jwt-verify.mjs", seconds: 60 },
    Family { name: "jose", file: "jose.mjs", seconds: 60 },
    Family { name: "authlib", file: "authlib_client.py", seconds: 60 },
    Family { name: "requests_oauthlib", file: "requests_oauthlib_client.py", seconds: 60 },
    Family { name: "pyjwt", file: "pyjwt_client.py", seconds: 60 },
    Family { name: "pyotp", file: "pyotp_agent.py", seconds: 60 },
];

/// Pools from outside, beside the others: what is waited for here is the server's own patience.
const OUTSIDE: [Family; 3] = [
    Family { name: "oidc_provider", file: "outside/oidc-provider.mjs", seconds: 90 },
    Family { name: "oauth2_mock_server", file: "outside/oauth2-mock-server.mjs", seconds: 90 },
    Family { name: "scripted_keys", file: "outside/scripted-keys.mjs", seconds: 90 },
];

/// Two Cognito pools. They name themselves, so they start before the server that is told of them.
const COGNITO: Family = Family { name: "cognito", file: "outside/cognito.py", seconds: 60 };

fn main() -> ExitCode {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let report = Arc::new(Report::new(filter));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run(&report));
    report.close()
}

/// Everything is started here and ends with this function.
async fn run(report: &Report) {
    let cognito = report.wants(COGNITO.name).then(|| Script::start(&COGNITO, report));
    let mut outside = Outside::reserve();
    let cognito = match cognito {
        Some(mut script) => match script.ready().await {
            Ok(told) => {
                outside.cognito = told;
                Some(script)
            }
            Err(why) => {
                report.failed(COGNITO.name, "starts", &why);
                None
            }
        },
        None => None,
    };
    let house = match House::open(&outside).await {
        Ok(house) => house,
        Err(why) => return report.failed("server", "starts", &why),
    };
    match town::settle(&house, &outside).await {
        Ok(()) => {
            tokio::join!(inside(report, &house), from_outside(report, &house, cognito));
        }
        Err(why) => report.failed("server", "pools, applications and people", &why),
    }
    if report.has_failed() {
        report.quote("the server's log", &house.log());
    }
    house.close().await;
}

async fn inside(report: &Report, house: &House) {
    if !INSIDE.iter().any(|family| report.wants(family.name)) && !report.wants(PEOPLE.name) {
        return;
    }
    Script::start(&PEOPLE, report).run(&house.world(), report).await;
    for family in INSIDE.iter().filter(|family| report.wants(family.name)) {
        Script::start(family, report).run(&house.world(), report).await;
    }
}

async fn from_outside(report: &Report, house: &House, cognito: Option<Script>) {
    if let Some(script) = cognito {
        script.run(&house.world(), report).await;
    }
    for family in OUTSIDE.iter().filter(|family| report.wants(family.name)) {
        Script::start(family, report).run(&house.world(), report).await;
    }
}
