//! The yardstick of `bin/bench`: the smallest axum handler that reads the same document and answers
//! with one of the same size; with `price` as its second argument, one that calculates the answer each
//! time: the route without any layer. Serves on the address given as its first argument.

use std::sync::Arc;

use assurly::slices::quotes::Pricer;
use assurly::slices::quotes::wire::{SimulationRequest, SimulationResponse};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};

async fn answer(
    State(answer): State<Arc<SimulationResponse>>,
    Json(_request): Json<SimulationRequest>,
) -> Json<Arc<SimulationResponse>> {
    Json(answer)
}

async fn price(
    State(pricer): State<Arc<Pricer>>,
    Json(request): Json<SimulationRequest>,
) -> Result<Json<SimulationResponse>, StatusCode> {
    pricer.price(&request, false).map(Json).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("usage: bare ADDRESS")?;
    let document = include_str!("../docs/examples/one-loan.json");
    let pricer = Pricer::shipped()?;
    if std::env::args().nth(2).as_deref() == Some("price") {
        let router =
            Router::new().route("/v1/simulations", post(price)).with_state(Arc::new(pricer));
        axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?;
        return Ok(());
    }
    let priced = pricer.price(&serde_json::from_str(document)?, false);
    let priced = priced.map_err(|problem| format!("{problem:?}"))?;
    let router = Router::new().route("/v1/simulations", post(answer)).with_state(Arc::new(priced));
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?;
    Ok(())
}
