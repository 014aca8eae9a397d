//! Pricing a document: read it, simulate, write the answer. Pure: no database, no clock.

use super::reading;
use super::wire::{SimulationRequest, SimulationResponse};
use super::writing::Writer;
use crate::domain::pathway::Rules;
use crate::domain::rule::Rule;
use crate::domain::simulation::SimulationError;
use crate::domain::tariff::{Tariff, catalog};
use crate::kernel::problem::{Fault, Kind, Problem};

/// What prices are made from: the current tariff and the editions of the routing.
#[derive(Debug)]
pub struct Pricer {
    tariff: Tariff,
    rules: Vec<Rules>,
}

impl Pricer {
    /// The tariff and the routing shipped with this build.
    ///
    /// # Errors
    /// A message that names the file that cannot be read; a test keeps it from happening.
    pub fn shipped() -> Result<Self, String> {
        let tariff = catalog::current().map_err(|error| error.to_string())?;
        let rules = Rules::shipped().map_err(|error| format!("routing.toml: {error}"))?;
        Ok(Self { tariff, rules })
    }

    /// Prices a document; month-by-month tables are left out unless `with_schedule`.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with one fault per value that cannot be taken.
    pub fn price(
        &self,
        request: &SimulationRequest,
        with_schedule: bool,
    ) -> Result<SimulationResponse, Problem> {
        let reading = reading::read(request, &self.tariff).map_err(invalid)?;
        let rules = Rules::on(&self.rules, request.effect_date).ok_or(Kind::Bug)?;
        let simulation = reading.project.simulate(&self.tariff, rules).map_err(not_measured)?;
        let writer = Writer {
            request,
            project: &reading.project,
            simulation: &simulation,
            tariff: &self.tariff,
            lender: reading.lender.as_ref(),
            with_schedule,
        };
        Ok(writer.response(reading.warnings))
    }
}

/// A refusal that names each fault.
pub(super) fn invalid(faults: Vec<Fault>) -> Problem {
    Problem::new(Kind::Invalid).faults(faults)
}

fn not_measured(error: SimulationError) -> Problem {
    let SimulationError::RateNotDefined { loan } = error;
    let rule = Rule::TaegNotDefined;
    invalid(vec![Fault::new(format!("/loans/{loan}"), rule.code(), rule.sentence())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(text: &str) -> SimulationResponse {
        let request = serde_json::from_str(text).expect("a document");
        Pricer::shipped().expect("products/").price(&request, false).expect("a price")
    }

    #[test]
    fn the_couple_of_the_reference() {
        let answer = price(include_str!("../../../docs/examples/couple-two-loans.json"));
        let a = &answer.insured[0];
        assert_eq!((a.costs.first_month_cents, a.costs.taea.as_str()), (1395, "0.1758"));
        assert_eq!(a.route.path.as_deref(), Some("P1"));
        assert_eq!(answer.project.costs.total_cents, 1_216_163);
        assert_eq!(answer.project.first_month_tax_cents, 350);
        assert_eq!(answer.project.first_collection_cents, 4243);
    }

    #[test]
    fn the_saving_is_the_difference_with_the_bank() {
        let answer = price(include_str!("../../../docs/examples/one-loan.json"));
        let saving = answer.saving.expect("the bank's price was given");
        // 200 000 € at 0.34 % on initial capital: 56.67 € a month.
        assert_eq!(saving.bank.first_month_cents, 5667);
        assert_eq!(saving.bank.total_cents, 5667 * 240);
        assert_eq!(saving.total_cents, saving.bank.total_cents - answer.project.costs.total_cents);
    }
}
