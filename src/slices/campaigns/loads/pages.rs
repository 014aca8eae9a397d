//! Back-office pages of loads. A page of a run that works asks for itself again, without a script.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::service::{Loads, Run, State as RunState};
use super::store::{FileRow, RejectRow, RunRow};
use crate::backoffice_page;
use crate::kernel::french;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::backoffice::{Admitted, Frame, Room};
use crate::platform::web::page::{Page, PageError, Sheet as _};
use crate::slices::campaigns::etl::load::Report;

/// The room.
pub struct LoadsRoom;

impl Room for LoadsRoom {
    const TITLE: &'static str = "Chargements";
    const SUMMARY: &'static str =
        "Suivre les fichiers de données ouvertes qui deviennent des tables, et les lignes rendues.";
    const PATH: &'static str = "/gestion/chargements";
    const GROUPS: &'static [&'static str] = &["donnees", "campagnes", "administrateurs"];
}

/// The pages, below the room's address.
pub fn routes(loads: Loads) -> Router {
    Router::new().route("/", get(list)).route("/{run}", get(show)).with_state(loads)
}

/// The runs.
#[derive(Template)]
#[template(path = "campaigns/loads.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    is_live: bool,
}

backoffice_page!(ListPage, "Chargements");

struct Row {
    id: u64,
    what: String,
    state: Mark,
    percent: u64,
    begun: String,
}

/// A state in words; `is_good` chooses the colour, which says nothing alone.
struct Mark {
    word: &'static str,
    is_good: bool,
}

/// One run.
#[derive(Template)]
#[template(path = "campaigns/load.html")]
struct RunPage {
    frame: Frame,
    title: String,
    state: Mark,
    is_live: bool,
    /// Whether it asks for itself again: who reads slowly stops that (WCAG 2.2.1).
    is_followed: bool,
    percent: u64,
    facts: Vec<(&'static str, String)>,
    message: String,
    files: Vec<FileLine>,
    reasons: Vec<(&'static str, String)>,
    rejects: Vec<RejectLine>,
    report: Option<ReportLines>,
}

impl crate::platform::web::page::Sheet for RunPage {
    fn title(&self) -> &str {
        &self.title
    }

    fn area(&self) -> &str {
        crate::platform::backoffice::AREA
    }

    fn accent(&self) -> &str {
        crate::platform::backoffice::ACCENT
    }
}

struct FileLine {
    name: String,
    size: String,
    lines: String,
    chunks: String,
    percent: u64,
    rows: String,
    rejects: String,
}

struct RejectLine {
    file: String,
    line: String,
    byte: String,
    column: String,
    reason: &'static str,
    text: String,
}

/// The report: each file's lines, and what they became.
struct ReportLines {
    files: Vec<(String, [String; 6])>,
    changes: Vec<String>,
    facts: Vec<(&'static str, String)>,
}

async fn list(who: Admitted<LoadsRoom>, State(loads): State<Loads>) -> Result<Response, PageError> {
    let runs = loads.list().await?;
    let is_live = runs.iter().any(|(_, state)| *state == RunState::Loading);
    let rows = runs.into_iter().map(|(row, state)| Row::of(&row, state)).collect();
    Ok(Page::new(ListPage { frame: who.frame(), rows, is_live }).into_response())
}

async fn show(
    who: Admitted<LoadsRoom>,
    State(loads): State<Loads>,
    Path(run): Path<String>,
    uri: Uri,
) -> Result<Response, PageError> {
    let id: u64 = run.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    let run = loads.find(id).await?;
    let is_followed = uri.query() != Some("suivre=non");
    Ok(Page::new(RunPage { is_followed, ..RunPage::of(who.frame(), run) }).into_response())
}

impl Row {
    fn of(row: &RunRow, state: RunState) -> Self {
        Self {
            id: row.id,
            what: format!("{} {}", row.dataset, row.period),
            state: mark(state),
            percent: progress(state, row.bytes_done, row.bytes_total),
            begun: french::day_of_moment(&row.started_at.0.to_string()).unwrap_or_default(),
        }
    }
}

impl RunPage {
    fn of(frame: Frame, run: Run) -> Self {
        let Run { row, state, files, pace, reasons, rejects } = run;
        let mut facts = vec![
            ("Commencé", moment(row.started_at.0)),
            ("Octets chargés", format!("{} sur {}", size(row.bytes_done), size(row.bytes_total))),
        ];
        let total = |of: fn(&FileRow) -> u64| whole(files.iter().map(of).sum());
        facts.push(("Lignes chargées", total(|file| file.rows_ok)));
        facts.push(("Lignes rendues", total(|file| file.rejects)));
        if let Some(pace) = pace {
            facts.push(("Rythme", format!("{} lignes par seconde", whole(pace.rows_per_second))));
            facts.push(("Temps restant", duration(pace.seconds_left)));
        }
        match row.ended_at {
            Some(ended) => facts.push(("Terminé", moment(ended.0))),
            None => facts.push(("Dernier signe de vie", moment(row.heartbeat_at.0))),
        }
        Self {
            frame,
            title: format!("Chargement {}\u{a0}: {} {}", row.id, row.dataset, row.period),
            state: mark(state),
            is_live: state == RunState::Loading,
            is_followed: true,
            percent: progress(state, row.bytes_done, row.bytes_total),
            facts,
            message: row.message.unwrap_or_default(),
            files: files.iter().map(FileLine::of).collect(),
            reasons: reasons.iter().map(|(word, count)| (reason(word), whole(*count))).collect(),
            rejects: rejects.into_iter().map(RejectLine::of).collect(),
            report: row.report.map(|report| ReportLines::of(&report.0)),
        }
    }
}

impl FileLine {
    fn of(file: &FileRow) -> Self {
        Self {
            size: size(file.bytes),
            lines: whole(file.line_count),
            chunks: format!("{} sur {}", whole(file.chunks_done), whole(file.chunks)),
            percent: if file.chunks_done == file.chunks {
                100
            } else {
                percent(file.bytes_done, file.bytes)
            },
            rows: whole(file.rows_ok),
            rejects: whole(file.rejects),
            name: short(&file.name),
        }
    }
}

impl RejectLine {
    fn of(row: RejectRow) -> Self {
        let text = String::from_utf8_lossy(&row.raw);
        let text = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
        Self {
            file: short(&row.name),
            line: whole(row.line_no),
            byte: whole(row.byte_offset),
            column: row.column_name,
            reason: reason(&row.reason),
            text: text.collect(),
        }
    }
}

impl ReportLines {
    fn of(report: &Report) -> Self {
        let line = |file: &crate::slices::campaigns::etl::load::FileReport| {
            let parts =
                [file.lines, file.headers, file.rows, file.rejects, file.blanks, file.trailers];
            (short(&file.name), parts.map(whole))
        };
        let seconds = |(phase, ms): &(String, u64)| {
            let name = match phase.as_str() {
                "profile" => "Lecture",
                "load" => "Envoi",
                "verify" => "Vérification",
                "index" => "Index et mois",
                _ => "Publication",
            };
            (name, format!("{},{}\u{a0}s", whole(ms / 1000), ms % 1000 / 100))
        };
        let mut facts = vec![("Ventes trouvées", whole(report.sales))];
        facts.extend(report.phases.iter().map(seconds));
        Self {
            files: report.files.iter().map(line).collect(),
            changes: report.changes.clone(),
            facts,
        }
    }
}

const fn mark(state: RunState) -> Mark {
    let (word, is_good) = match state {
        RunState::Loading => ("En cours", false),
        RunState::Silent => ("Sans nouvelles", false),
        RunState::Failed => ("Arrêté", false),
        RunState::Published => ("Publié", true),
        RunState::Replaced => ("Remplacé", false),
        RunState::Dropped => ("Effacé", false),
    };
    Mark { word, is_good }
}

/// Why a line was given back, for people.
fn reason(word: &str) -> &'static str {
    match word {
        "field_count" => "nombre de champs",
        "utf8" => "texte illisible",
        "nul_byte" => "octet nul",
        "date" => "date",
        "decimal" => "nombre décimal",
        "integer" => "nombre entier",
        "too_long" => "texte trop long",
        "line_too_long" => "ligne trop longue",
        "quote" => "guillemet ouvert",
        _ => "autre",
    }
}

/// How far a run is. Headers are in no chunk: the last per cent is that the run is over.
fn progress(state: RunState, done: u64, total: u64) -> u64 {
    match state {
        RunState::Published | RunState::Replaced | RunState::Dropped => 100,
        RunState::Loading | RunState::Silent | RunState::Failed => percent(done, total).min(99),
    }
}

/// A whole number below a hundred until everything is there.
fn percent(done: u64, total: u64) -> u64 {
    (u128::from(done) * 100)
        .checked_div(u128::from(total))
        .map_or(100, |part| u64::try_from(part.min(100)).unwrap_or(100))
}

fn whole(count: u64) -> String {
    french::number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn size(bytes: u64) -> String {
    french::bytes(bytes)
}

/// The name of a file without the folders that lead to it.
fn short(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

fn moment(at: jiff::Timestamp) -> String {
    let text = at.to_string();
    let day = french::day_of_moment(&text).unwrap_or_default();
    let zoned = at.in_tz("Europe/Paris");
    zoned.map_or(day.clone(), |zoned| format!("{day} à {}", zoned.strftime("%-H\u{a0}h\u{a0}%M")))
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}\u{a0}s"),
        60..3600 => format!("{}\u{a0}min {:02}\u{a0}s", seconds / 60, seconds % 60),
        _ => format!("{}\u{a0}h {:02}\u{a0}min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::web::lint;
    use crate::slices::campaigns::etl::load::FileReport;

    #[test]
    fn every_page_is_sound() {
        let frame = Frame { name: "N. Petit".into(), ..Frame::default() };
        for rows in [Vec::new(), vec![row()]] {
            let page = ListPage { frame: frame.clone(), rows, is_live: true };
            let text = page.render().expect("renders");
            lint::check(&text);
            assert!(text.contains("http-equiv=\"refresh\""));
        }
        let report = Report {
            files: vec![FileReport { name: "a/b.txt".into(), lines: 3, ..FileReport::default() }],
            changes: vec!["une colonne".into()],
            phases: vec![("load".into(), 1500)],
            ..Report::default()
        };
        let page = RunPage {
            frame,
            title: "Chargement 1".into(),
            state: mark(RunState::Published),
            is_live: false,
            is_followed: true,
            percent: 100,
            facts: vec![("Commencé", "hier".into())],
            message: "arrêté".into(),
            files: Vec::new(),
            reasons: vec![("date", "1".into())],
            rejects: vec![RejectLine {
                file: "b.txt".into(),
                line: "2".into(),
                byte: "99".into(),
                column: "date_mutation".into(),
                reason: reason("date"),
                text: "<script>".into(),
            }],
            report: Some(ReportLines::of(&report)),
        };
        let text = page.render().expect("renders");
        lint::check(&text);
        assert!(
            !text.contains("<script>") && text.contains("1,5\u{a0}s") && text.contains("b.txt")
        );
        assert!(!text.contains("http-equiv=\"refresh\""), "what is over does not change");
    }

    fn row() -> Row {
        let state = mark(RunState::Loading);
        Row { id: 1, what: "dvf 2020".into(), state, percent: 40, begun: "hier".into() }
    }

    #[test]
    fn times_and_shares_are_readable() {
        assert_eq!(duration(59), "59\u{a0}s");
        assert_eq!(duration(3599), "59\u{a0}min 59\u{a0}s");
        assert_eq!(duration(7260), "2\u{a0}h 01\u{a0}min");
        assert_eq!((percent(1, 3), percent(0, 0), percent(5, 4)), (33, 100, 100));
    }
}
