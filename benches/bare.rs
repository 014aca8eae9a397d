//! The yardstick of `bin/bench`: the smallest axum handler that reads the same document and answers
//! with one of the same size. Serves on the address given as its argument.

use std::sync::Arc;

use assurly::slices::quotes::Pricer;
use assurly::slices::quotes::wire::{SimulationRequest, SimulationResponse};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};

async fn answer(
    State(answer): State<Arc<SimulationResponse>>,
    Json(_request): Json<SimulationRequest>,
) -> Json<Arc<SimulationResponse>> {
    Json(answer)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("usage: bare ADDRESS")?;
    let document = include_str!("../docs/examples/one-loan.json");
    let priced = Pricer::shipped()?.price(&serde_json::from_str(document)?, false);
    let priced = priced.map_err(|problem| format!("{problem:?}"))?;
    let router = Router::new().route("/v1/simulations", post(answer)).with_state(Arc::new(priced));
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?;
    Ok(())
}
