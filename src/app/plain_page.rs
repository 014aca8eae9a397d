//! A refusal as the barest page that says it: what happened, what to do, the reference, a way out.
//!
//! It stands in until the pages' own layout renders refusals; [`super::router::voice`] names it once.

use crate::kernel::problem::Problem;
use crate::platform::web::facts::Facts;

/// The page. Every text of it is ours, except the path, which is not shown.
pub(super) fn render(problem: &Problem, facts: &Facts) -> String {
    let entry = problem.kind.entry();
    let detail = escaped(problem.detail.as_deref().unwrap_or(entry.remedy));
    format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title></head>\n<body><main><h1>{title}</h1><p>{detail}</p>\
         <p>Référence\u{a0}: {reference}</p><p><a href=\"/\">Retour à l’accueil</a></p>\
         </main></body>\n</html>\n",
        title = entry.title,
        reference = escaped(&facts.trace_id),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
