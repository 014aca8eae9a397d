//! Back-office pages of segments: the list, the form with its count, one segment, its export.
//!
//! The form is sent by GET: a filter is no secret, and its address can be kept and passed on.

mod form;
mod words;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use self::form::{Answers, filter_of};
use self::words::{facts, sales};
use super::api::{attached, identifier};
use super::service::{Month, Saved, SegmentId, Segments};
use super::{SegmentError, SegmentFilter};
use crate::backoffice_page;
use crate::kernel::french::day_of_moment;
use crate::platform::backoffice::{Admitted, Deed, Frame, Room};
use crate::platform::clock::Entropy;
use crate::platform::web::form::{Form, act_key};
use crate::platform::web::page::{Page, PageError, Sheet as _};

/// Segments of one page of the list.
const LISTED: u32 = 50;

/// The room.
pub struct SegmentsRoom;

impl Room for SegmentsRoom {
    const TITLE: &'static str = "Segments";
    const SUMMARY: &'static str =
        "Compter des ventes par zone, période, type et prix\u{202f}; enregistrer et exporter.";
    const PATH: &'static str = "/gestion/segments";
    const GROUPS: &'static [&'static str] = &["campagnes", "administrateurs"];
}

/// The pages, below the room's address.
pub fn routes(segments: Segments, entropy: Entropy) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/nouveau", get(ask).post(keep))
        .route("/{id}", get(show))
        .route("/{id}/export.csv", get(export))
        .with_state(Rooms { segments, entropy })
}

#[derive(Clone)]
struct Rooms {
    segments: Segments,
    entropy: Entropy,
}

/// The list.
#[derive(Template)]
#[template(path = "campaigns/segments.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    /// Where the next page begins; empty on the last one.
    next: String,
}

backoffice_page!(ListPage, "Segments");

/// A segment in the list.
struct Row {
    id: String,
    name: String,
    zone: String,
    period: String,
    sales: String,
    kept: String,
}

/// The form, with the count of what was asked.
#[derive(Template)]
#[template(path = "campaigns/segment_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    answers: Answers,
    counted: Option<Counting>,
}

backoffice_page!(FormPage, "Nouveau segment", form);

/// A count, in words.
struct Counting {
    sales: String,
    editions: String,
    facts: Vec<(&'static str, String)>,
    /// The key of the act that keeps it.
    act: String,
}

/// One segment.
#[derive(Template)]
#[template(path = "campaigns/segment.html")]
struct SegmentPage {
    frame: Frame,
    id: String,
    name: String,
    facts: Vec<(&'static str, String)>,
    sales: String,
    kept: String,
    editions: String,
    /// Whether other editions are read now.
    is_outdated: bool,
    months: Vec<(String, String)>,
}

impl crate::platform::web::page::Sheet for SegmentPage {
    fn title(&self) -> &str {
        &self.name
    }

    fn area(&self) -> &str {
        crate::platform::backoffice::AREA
    }

    fn accent(&self) -> &str {
        crate::platform::backoffice::ACCENT
    }
}

async fn list(
    who: Admitted<SegmentsRoom>,
    State(rooms): State<Rooms>,
    uri: Uri,
) -> Result<Response, PageError> {
    let after = answers_of(&uri).value("apres").parse().ok();
    let mut found = rooms.segments.list(after, LISTED + 1).await?;
    let has_more = found.len() > LISTED as usize;
    found.truncate(LISTED as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.id.to_string());
    let rows = found.into_iter().map(Row::of).collect();
    let page = ListPage { frame: who.frame(), rows, next: next.unwrap_or_default() };
    Ok(Page::new(page).into_response())
}

impl Row {
    fn of(saved: Saved) -> Self {
        let filter = &saved.filter;
        Self {
            zone: words::zone(filter),
            period: words::period(filter),
            sales: sales(saved.sales),
            kept: day_of_moment(&saved.created_at.to_string()).unwrap_or_default(),
            id: saved.id.to_string(),
            name: saved.name,
        }
    }
}

async fn ask(
    who: Admitted<SegmentsRoom>,
    State(rooms): State<Rooms>,
    uri: Uri,
) -> Result<Response, PageError> {
    let mut form = answers_of(&uri);
    let mut counted = None;
    if form.has("compter")
        && let Some(filter) = filter_of(&mut form)
    {
        match rooms.segments.count(Some(who.staff().party()), &filter).await {
            Ok(found) => {
                counted = Some(Counting {
                    sales: words::counted(&found),
                    editions: words::editions(&found.editions),
                    facts: facts(&filter),
                    act: rooms.entropy.hex::<16>(),
                });
            }
            Err(error) => refuse(&mut form, error)?,
        }
    }
    let answers = Answers::of(&form);
    Ok(Page::new(FormPage { frame: who.frame(), form, answers, counted }).into_response())
}

async fn keep(State(rooms): State<Rooms>, deed: Deed<SegmentsRoom>) -> Result<Response, PageError> {
    let Deed { admitted: who, mut form } = deed;
    let filter = filter_of(&mut form);
    if form.value("nom").is_empty() {
        form.refuse("nom", "Donnez un nom au segment");
    }
    if let Some(filter) = filter
        && form.is_sound()
    {
        let document = serde_json::to_vec(&filter).unwrap_or_default();
        let act = act_key(form.value("acte"), &document);
        let (party, name) = (Some(who.staff().party()), form.value("nom").to_owned());
        match rooms.segments.save(party, &name, filter, Some(&act)).await {
            Ok((saved, _)) => {
                let to = format!("/gestion/segments/{}?fait=1", saved.id);
                return Ok(Redirect::to(&to).into_response());
            }
            Err(error) => refuse(&mut form, error)?,
        }
    }
    let answers = Answers::of(&form);
    Ok(Page::new(FormPage { frame: who.frame(), form, answers, counted: None }).into_response())
}

/// What was wrong with the answers goes back to the form; anything else is a refusal of the page.
fn refuse(form: &mut Form, error: SegmentError) -> Result<(), PageError> {
    match error {
        SegmentError::Filter(pointer, what) => {
            form.refuse(form::field_of(pointer), what.trim_end_matches('.'));
            Ok(())
        }
        SegmentError::NoEdition(_) => {
            form.refuse_group("donnees", "", &[], "Aucune édition de ces données n’est publiée");
            Ok(())
        }
        other => Err(other.into()),
    }
}

async fn show(
    who: Admitted<SegmentsRoom>,
    State(rooms): State<Rooms>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, PageError> {
    let saved = rooms.segments.find(identifier(&id)?).await?;
    let (now, months) = current(&rooms.segments, &saved.filter).await?;
    let mut frame = who.frame();
    if answers_of(&uri).has("fait") {
        "Le segment est enregistré.".clone_into(&mut frame.told);
    }
    let page = SegmentPage {
        frame,
        facts: facts(&saved.filter),
        sales: sales(saved.sales),
        kept: day_of_moment(&saved.created_at.to_string()).unwrap_or_default(),
        editions: words::editions(&saved.editions),
        is_outdated: now != saved.editions,
        months: months
            .into_iter()
            .map(|(month, count)| (words::month(&month), sales(count)))
            .collect(),
        id: saved.id.to_string(),
        name: saved.name,
    };
    Ok(Page::new(page).into_response())
}

/// The editions of now, and the months on them; nothing when no edition is left.
async fn current(
    segments: &Segments,
    filter: &SegmentFilter,
) -> Result<(Vec<(String, u64)>, Vec<Month>), SegmentError> {
    match segments.editions_of(&filter.dataset).await {
        Ok(now) => Ok((now, segments.months(filter).await?)),
        Err(SegmentError::NoEdition(_)) => Ok((Vec::new(), Vec::new())),
        Err(error) => Err(error),
    }
}

async fn export(
    who: Admitted<SegmentsRoom>,
    State(rooms): State<Rooms>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: SegmentId = identifier(&id)?;
    let saved = rooms.segments.find(id).await?;
    let party = Some(who.staff().party());
    Ok(attached(id, rooms.segments.export(party, Some(id), &saved.filter).await?))
}

fn answers_of(uri: &Uri) -> Form {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
    Form::new(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::web::lint;

    #[test]
    fn every_page_is_sound() {
        let frame = Frame { name: "N. Petit".into(), ..Frame::default() };
        let empty = ListPage { frame: frame.clone(), rows: Vec::new(), next: String::new() };
        lint::check(&empty.render().expect("renders"));
        let pairs = [
            ("compter", "1"),
            ("zone", "departements"),
            ("zones", "01"),
            ("du", "01/01/2020"),
            ("au", "31/12/2020"),
            ("maison", "1"),
        ];
        let mut form = Form::new(pairs);
        let filter = filter_of(&mut form).expect("right");
        let counted = Counting {
            sales: "12 ventes".into(),
            editions: "2020".into(),
            facts: facts(&filter),
            act: "k".into(),
        };
        let answers = Answers::of(&form);
        let page = FormPage { frame: frame.clone(), form, answers, counted: Some(counted) };
        let text = page.render().expect("renders");
        lint::check(&text);
        assert!(text.contains("12 ventes") && text.contains("name=\"acte\" value=\"k\""));
        let mut wrong = Form::new([("compter", "1"), ("du", "32/01/2020")]);
        assert!(filter_of(&mut wrong).is_none());
        let answers = Answers::of(&wrong);
        let page = FormPage { frame: frame.clone(), form: wrong, answers, counted: None };
        lint::check(&page.render().expect("renders"));
        let page = SegmentPage {
            frame,
            id: "seg_1".into(),
            name: "Maisons <de> l’Ain".into(),
            facts: facts(&filter),
            sales: "12 ventes".into(),
            kept: "1er mai 2026".into(),
            editions: "2020".into(),
            is_outdated: true,
            months: vec![("janvier 2020".into(), "moins de 11".into())],
        };
        lint::check(&page.render().expect("renders"));
    }
}
