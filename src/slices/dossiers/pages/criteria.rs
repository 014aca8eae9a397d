//! «Demandé par votre banque»: the criteria that the lender's sheet (*fiche personnalisée*) retains, at most
//! eleven of the eighteen of the CCSF (avis du 13 janvier 2015), against what this dossier covers. Nothing is
//! kept: the answers stand in the address, and say nothing of the person.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;

use super::super::core::Dossiers;
use super::frame::{Frame, sheets, unkept};
use super::guest::{Answer, guest};
use super::loan::initiator;
use crate::domain::equivalence::CRITERIA;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::quotes::wire::{CriterionRequest, LenderRequest, SimulationResponse};

/// Criteria that a lender may retain.
const MOST: usize = 11;

/// A criterion with what may be asked of it.
struct Asked {
    name: String,
    title: String,
    options: Vec<(&'static str, String)>,
}

/// A line of the answer: what is asked, whether it is covered, and in which words.
struct Line {
    asked: String,
    covered: &'static str,
    detail: String,
}

/// The answer for one person.
struct Covered {
    who: String,
    /// The lender may not refuse (art. L313-30 C. conso.).
    is_whole: bool,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "dossiers/criteria.html")]
struct CriteriaPage {
    frame: Frame,
    asked: Vec<Asked>,
    answers: Vec<Covered>,
}

sheets!(CriteriaPage);

pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(typed): Query<HashMap<String, String>>,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    initiator(&guest)?;
    let mut form = Form::default();
    let retained = retained(&typed, &mut form);
    if retained.len() > MOST {
        let text = "Une banque retient 11 critères au plus\u{a0}: vérifiez votre fiche";
        form.refuse(&field(1), text);
    }
    let mut answers = Vec::new();
    if form.is_sound() && !retained.is_empty() {
        let lender = LenderRequest {
            criteria: retained.clone(),
            min_share_percent: None,
            requires_job_loss: false,
        };
        let said = dossiers.simulated(&guest.dossier, |request| request.lender = Some(lender));
        answers = covered(&said.await?, &retained);
    }
    let frame = Frame::new(&guest, "Demandé par votre banque", 4, "garanties", form);
    Ok(unkept(CriteriaPage { frame, asked: CRITERIA.iter().map(asked).collect(), answers }))
}

fn field(number: u8) -> String {
    format!("c{number}")
}

/// The space before a sign does not break (the list of the CCSF is written for programs too).
fn hard(text: &str) -> String {
    text.replace(" :", "\u{a0}:").replace(" %", "\u{a0}%").replace(" ;", "\u{202f};")
}

/// What is said of a criterion, without its title, which stands beside.
fn detail(title: &str, sentence: &str) -> String {
    let rest = sentence.strip_prefix(title).and_then(|rest| rest.strip_prefix(" : "));
    let mut letters = rest.unwrap_or(sentence).chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    hard(&format!("{first}{}", letters.as_str()))
}

fn asked(criterion: &crate::domain::equivalence::Criterion) -> Asked {
    let mut options = vec![("", "Non demandé".to_owned())];
    if criterion.values.is_empty() {
        options.push(("oui", "Demandé".to_owned()));
    }
    options.extend(criterion.values.iter().map(|value| (value.code, hard(value.label))));
    Asked { name: field(criterion.number), title: hard(criterion.title), options }
}

/// What was chosen in the lists of the page; anything else is not chosen.
fn retained(typed: &HashMap<String, String>, form: &mut Form) -> Vec<CriterionRequest> {
    let mut retained = Vec::new();
    for criterion in &CRITERIA {
        let name = field(criterion.number);
        let chosen = typed.get(&name).map(String::as_str).unwrap_or_default();
        let value = criterion.values.iter().find(|value| value.code == chosen);
        let is_asked = value.is_some() || (criterion.values.is_empty() && chosen == "oui");
        if is_asked {
            let value = value.map(|value| value.code.to_owned());
            retained.push(CriterionRequest { number: criterion.number, value });
            form.set(&name, chosen.to_owned());
        }
    }
    retained
}

fn covered(said: &SimulationResponse, retained: &[CriterionRequest]) -> Vec<Covered> {
    let is_alone = said.insured.len() == 1;
    let persons = said.insured.iter().zip(1..).filter_map(|(one, place)| {
        let answer = one.equivalence.as_ref()?;
        let lines = CRITERIA.iter().zip(&answer.criteria).filter_map(|(criterion, line)| {
            retained.iter().find(|asked| asked.number == criterion.number)?;
            Some(Line {
                asked: hard(criterion.title),
                covered: if line.status == "ok" { "Couvert" } else { "Pas couvert" },
                detail: detail(criterion.title, &line.detail),
            })
        });
        let who = if is_alone { String::new() } else { format!("Personne {place}") };
        Some(Covered { who, is_whole: answer.equivalent, lines: lines.collect() })
    });
    persons.collect()
}
