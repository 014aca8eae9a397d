//! `/devis/{ref}`: the price, what it covers, what it assumes; and a copy with other assumptions.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};

use super::chart::Chart;
use super::closed::{self, Closed};
use super::cover::Cover;
use super::papers::Offer;
use super::price::{Comparison, Price};
use super::simulator::key_of;
use super::{words, years};
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::platform::web::page::{self, Page, Sheet};
use crate::slices::documents::Document;
use crate::slices::quotes::form::{answers, assumptions, carry, refusal, terms};
use crate::slices::quotes::papers::Paper;
use crate::slices::quotes::service::Quotes;
use crate::slices::quotes::wire::{InsuredRequest, LoanRequest, QuoteResponse};

/// A quote as its owner reads it.
#[derive(Template)]
#[template(path = "quotes/quote.html")]
pub(super) struct QuotePage<'a> {
    quote: &'a QuoteResponse,
    form: Form,
    act: String,
    price: Price,
    comparison: Option<Comparison>,
    cover: Vec<Cover>,
    persons: Vec<Person>,
    papers: Vec<Offer>,
    years: Vec<years::Year>,
    chart: Option<Chart>,
    editable: bool,
}

impl Sheet for QuotePage<'_> {
    fn title(&self) -> &str {
        "Votre prix"
    }

    fn is_refused(&self) -> bool {
        !self.form.is_sound()
    }
}

impl<'a> QuotePage<'a> {
    /// The page of `quote`, with what was typed on it.
    pub(super) fn new(quote: &'a QuoteResponse, form: Form, act: String) -> Self {
        let years = years::of(quote);
        Self {
            quote,
            form,
            act,
            price: Price::of(quote),
            comparison: Comparison::of(quote),
            cover: Cover::of(quote),
            persons: Person::all(quote),
            papers: Paper::all(quote).iter().map(|one| Offer::of(quote, one, None)).collect(),
            editable: carry::is_editable(&quote.request),
            chart: Chart::of(&years, quote.owed_at_start()),
            years,
        }
    }

    /// The page with the sizes of its documents, which begin to be made when it is first looked at. A page
    /// waits for none and is never refused for them: without a size, a link is a link.
    async fn with_papers(mut self, quotes: &Quotes) -> Self {
        match quotes.papers().begun(self.quote, Paper::all(self.quote)).await {
            Ok(papers) => {
                let size = |known: &Option<_>| known.as_ref().map(|made: &Document| made.size);
                let offers = papers.iter();
                let offers = offers.map(|(one, known)| Offer::of(self.quote, one, size(known)));
                self.papers = offers.collect();
            }
            Err(problem) => {
                let cause = problem.cause.unwrap_or_default();
                tracing::warn!(cause, "the documents of a quote are not ready");
            }
        }
        self
    }

    fn made_on(&self) -> String {
        french::day_of_moment(&self.quote.created_at).unwrap_or_default()
    }

    fn valid_until(&self) -> String {
        french::day_of_moment(&self.quote.expires_at).unwrap_or_default()
    }

    /// Whether the fields of the assumptions are unfolded: something is to be corrected there, or
    /// the person comes back to them.
    fn is_open(&self) -> bool {
        !self.form.is_sound() || self.form.is("action", "corriger")
    }

    /// One loan in one line.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn loan_line(&self, loan: &LoanRequest) -> String {
        loan_line(loan)
    }

    /// Whether the loans are already being repaid, as far as we were told.
    fn is_running(&self) -> bool {
        self.quote.request.is_running()
    }

    /// What is left to repay of the first loan when cover begins, and after which instalment.
    fn balance_used(&self) -> Option<(String, String)> {
        let effect = self.quote.request.effect_date;
        let rows = self.quote.result.loans.first()?.schedule.as_deref()?;
        let row = rows.iter().rev().find(|row| row.due_date <= effect)?;
        Some((french::euros(Cents::new(row.outstanding_cents)), french::month(row.due_date)))
    }

    /// What is left to repay when cover begins, all loans together.
    fn owed(&self) -> String {
        french::euros(self.quote.owed_at_start())
    }

    /// What to know before going on, with whom it is about.
    fn warnings(&self) -> Vec<String> {
        let persons = self.quote.request.insured.len();
        let warnings = self.quote.result.warnings.iter();
        warnings.map(|warning| words::warning(warning, persons)).collect()
    }

    /// The address of the page, to find it again.
    fn address(&self) -> String {
        page::absolute(&self.quote.page)
    }

    fn purpose(&self) -> &'static str {
        let asked = answers::assumptions(&self.quote.request);
        words::label(&words::PURPOSES, asked.value("objet"))
    }

    fn first_due(&self) -> String {
        answers::first_months(&self.quote.request).join(", ")
    }
}

/// One loan in one line.
pub(super) fn loan_line(loan: &LoanRequest) -> String {
    let deferral = loan.deferral_months.filter(|months| *months > 0);
    format!(
        "{}{HARD}: {} sur {}, à {}{}",
        terms::called(loan.kind),
        french::euros_short(Cents::new(loan.capital_cents)),
        french::duration(loan.months),
        french::rate(&loan.nominal_rate),
        deferral
            .map_or(String::new(), |months| format!(", différé de {}", french::duration(months)))
    )
}

/// One person among the assumptions: what was assumed, and the fields that change it. A field is
/// its name and its label.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) who: String,
    pub(super) line: String,
    situation: (String, String),
    job: (String, String),
    part: (String, String),
}

impl Person {
    pub(super) fn all(quote: &QuoteResponse) -> Vec<Self> {
        let count = quote.request.insured.len();
        let asked = answers::assumptions(&quote.request);
        let people = quote.request.insured.iter().enumerate();
        people.map(|(place, person)| Self::one(place, count, person, &asked)).collect()
    }

    fn one(place: usize, count: usize, person: &InsuredRequest, asked: &Form) -> Self {
        let (number, whose) = (place + 1, words::of_person(place, count));
        let field =
            |name: &str, label: &str| (format!("{name}{number}"), format!("{label}{whose}"));
        let asked_of = if count < 2 { "Votre situation" } else { "Situation" };
        let (situation, job) = (field("situation", asked_of), field("travail", "Travail"));
        let share = person.shares.first().map_or(100, |share| share.percent);
        let line = [
            words::label(&words::OCCUPATIONS, asked.value(&situation.0)).to_lowercase(),
            words::label(&words::JOBS, asked.value(&job.0)).to_lowercase(),
            if person.smoker { "fumeur" } else { "non-fumeur" }.to_owned(),
            format!("part assurée {share}{}%", french::HARD),
        ];
        let line: Vec<String> = line.into_iter().filter(|part| !part.is_empty()).collect();
        let mut part = field("part", "Part du prêt assurée");
        part.1.push_str(", en\u{A0}%");
        Self { who: words::person(place, count), line: line.join(", "), situation, job, part }
    }
}

pub(super) async fn show(
    State(quotes): State<Quotes>,
    Path(reference): Path<String>,
) -> Result<Response, Closed> {
    let quote = closed::shown(&quotes, &reference).await?;
    let form = answers::assumptions(&quote.request);
    let page = QuotePage::new(&quote, form, quotes.fresh_key());
    Ok(Page::new(page.with_papers(&quotes).await).into_response())
}

pub(super) async fn change(
    State(quotes): State<Quotes>,
    Path(reference): Path<String>,
    mut form: Form,
) -> Result<Response, Closed> {
    let quote = closed::shown(&quotes, &reference).await?;
    if form.is("action", "corriger") {
        return Ok(again(&quote, form));
    }
    let Some(request) = assumptions::change(&mut form, &quote.request, quotes.today()) else {
        return Ok(again(&quote, form));
    };
    let key = key_of(&form, &request, &quotes);
    let problem = match quotes.keep(request.clone(), &key, quote.id.parse().ok()).await {
        Ok(kept) => return Ok(Redirect::to(&kept.quote.page).into_response()),
        Err(problem) => problem,
    };
    match refusal::place(&mut form, problem, on_this_page) {
        refusal::Refusal::Corrections => Ok(again(&quote, form)),
        refusal::Refusal::NotEligible(faults) => {
            Ok(closed::not_eligible(&faults, &request, form, &quotes, &quote.page))
        }
        refusal::Refusal::Other(problem) => Err(problem.into()),
    }
}

/// The page of the quote with what is to be corrected, the other fields as the quote has them.
pub(super) fn again(quote: &QuoteResponse, mut form: Form) -> Response {
    form.complete(&answers::assumptions(&quote.request));
    let act = form.value("cle").to_owned();
    Page::new(QuotePage::new(quote, form, act)).into_response()
}

fn on_this_page(field: &str) -> bool {
    let fields = [
        "franchise",
        "formule",
        "objet",
        "situation1",
        "situation2",
        "part1",
        "part2",
        "echeance_m",
        "actuelle",
    ];
    fields.contains(&field)
}
