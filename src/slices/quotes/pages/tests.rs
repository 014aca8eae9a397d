//! Every page of the quote, rendered as it is sent, and looked at by the lint.

use std::fs;

use askama::Template;

use super::closed::{GonePage, NotEligiblePage, UnknownPage};
use super::mail::{SentPage, letter};
use super::quote::QuotePage;
use super::sample;
use super::simulator::{NotHerePage, SimulatorPage};
use super::years;
use crate::platform::web::form::Form;
use crate::platform::web::{assets, lint};
use crate::slices::quotes::form::{self, answers, assumptions};
use crate::slices::quotes::wire::QuoteResponse;

/// Checks a page and leaves a copy in `var/pages`, for whoever wants to look at it.
fn look(name: &str, text: &str) {
    lint::check(text);
    let sheet = assets::address("site.css");
    let text = text.replace(sheet, "../../assets/site.css");
    if fs::create_dir_all("var/pages").is_ok() {
        let _ = fs::write(format!("var/pages/{name}.html"), text);
    }
}

fn simulator(form: Form) -> String {
    SimulatorPage { form, quote: String::new(), act: "k1".to_owned() }.render().expect("renders")
}

fn quote(quote: &QuoteResponse) -> String {
    let form = answers::assumptions(&quote.request);
    QuotePage::new(quote, form, "k1".to_owned()).render().expect("renders")
}

#[test]
fn the_simulator_in_all_its_states() {
    look("simulator", &simulator(Form::default()));
    let mut wrong =
        Form::new([("capital", "<b>deux"), ("naissance_m", "13"), ("deux", "1"), ("prets", "2")]);
    assert!(form::read(&mut wrong, jiff::civil::date(2026, 11, 22)).is_none());
    let text = simulator(wrong);
    look("simulator-errors", &text);
    assert!(text.contains("<title>Erreur\u{A0}: Combien"));
    assert!(text.contains("value=\"&#60;b&#62;deux\""), "what was typed, and only text");
    look("simulator-couple", &simulator(answers::simulator(&sample::couple())));
    look("simulator-filled", &simulator(answers::simulator(&sample::single("62,50"))));
}

#[test]
fn the_quote_says_the_price_as_the_law_wants_it() {
    let single = sample::single("");
    let text = quote(&single);
    look("quote", &text);
    for words in [
        "TAEA",
        "8 premières années",
        "Coût total sur 20\u{A0}ans",
        "s’ajoute à votre mensualité",
        "Prix indicatif\u{A0}: il peut changer",
    ] {
        assert!(text.contains(words), "{words}");
    }
    let unknown = "Assurance actuelle ou proposée par la banque, en euros par mois";
    assert!(text.contains(unknown) && !text.contains("d’économie"));
    assert!(text.contains(">Continuer avec ce prix</a>"));
}

#[test]
fn the_worked_example_shows_its_costs() {
    let text = quote(&sample::couple());
    look("quote-couple", &text);
    for amount in [
        "42,43",
        "26,36",
        "60,56",
        "4\u{202F}838,64",
        "12\u{202F}161,63",
        "0,53\u{A0}%",
        "13,95",
        "28,48",
        "0,18\u{A0}%",
        "0,35\u{A0}%",
        "4\u{202F}026,48",
        "8\u{202F}135,15",
    ] {
        assert!(text.contains(amount), "{amount}");
    }
    assert!(text.contains("Sans question de santé"));
}

/// 200 000 € at 3,30 % over 20 years, of which twelve instalments are paid.
#[test]
fn a_running_loan_starts_from_its_balance() {
    let quote = sample::running("192818,39", "60");
    assert_eq!(quote.owed_at_start().get(), 19_281_839);
    let text = self::quote(&quote);
    look("quote-running", &text);
    assert!(text.contains("<b>192\u{202F}818,39\u{A0}€</b>"));
    assert!(text.contains("Le capital restant dû passe de 192\u{202F}818,39\u{A0}€ à"));
    assert!(text.contains("après la mensualité de décembre 2026"));
    assert!(text.contains("le prix de votre assurance actuelle ne change pas."));
    assert!(text.contains("name=\"effet_j\""), "the first day of cover can be changed");
}

#[test]
fn a_running_loan_without_its_balance_says_what_is_assumed() {
    let quote = sample::running("", "");
    let text = self::quote(&quote);
    look("quote-running-begins", &text);
    assert!(text.contains("Nous supposons que votre prêt vient de commencer"));
    assert!(text.contains("<b>200\u{202F}000,00\u{A0}€</b>, le capital restant dû"));
    assert!(text.contains(&format!("/simuler?devis={}#restant", quote.id)));
    assert!(
        simulator(Form::default())
            .contains("Capital restant dû, en euros <span class=\"fac\">(facultatif)</span>")
    );
}

/// The sentences of the catalogue, with the amounts of its examples.
#[test]
fn what_is_saved_or_lost_is_said_as_it_is() {
    let said = |mut quote: QuoteResponse, saved: i64| {
        let saving = quote.result.saving.as_mut().expect("a comparison");
        (saving.total_cents, saving.total_8y_cents) = (saved, saved);
        let text = self::quote(&quote);
        look("quote-compared", &text);
        let start = text.find("<strong>").expect("a headline") + "<strong>".len();
        let end = text[start..].find("</strong>").expect("its end") + start;
        text[start..end].replace(['\u{A0}', '\u{202F}'], " ")
    };
    let running = || sample::running("192818,39", "62,50");
    for (saved, expected) in [
        (
            962_412,
            "9 624 € d’économie sur la durée restante, par rapport à votre assurance actuelle \
             (62,50 € par mois).",
        ),
        (
            -31_200,
            "Votre assurance actuelle coûte moins cher de 312 €. Vérifiez que ses garanties sont \
             les mêmes.",
        ),
        (
            0,
            "Les deux assurances coûtent la même somme. Vérifiez que leurs garanties sont les \
             mêmes.",
        ),
        (
            -40,
            "Votre assurance actuelle coûte moins cher de 0,40 €. Vérifiez que ses garanties sont \
             les mêmes.",
        ),
    ] {
        assert_eq!(said(running(), saved), expected);
    }
    let offered = said(sample::single("62,50"), 962_412);
    let expected = "9 624 € d’économie sur toute la durée du prêt, par rapport à l’assurance de \
                    votre banque (62,50 € par mois).";
    assert_eq!(offered, expected);
    look("quote-saving", &quote(&sample::single("62,50")));
    look("quote-dearer", &quote(&sample::single("3")));
}

#[test]
fn a_price_that_falls_every_year_says_where_it_goes() {
    let mut quote = sample::single("");
    let rows = quote.result.project.schedule.as_mut().expect("a schedule");
    for (place, row) in (0_i64..).zip(rows.iter_mut()) {
        row.premium_cents = 5_000 - place / 12 * 100;
    }
    let costs = &mut quote.result.project.costs;
    (costs.first_month_cents, costs.max_month_cents, costs.min_month_cents) = (5_000, 5_000, 3_100);
    costs.total_cents = 4_050 * 240;
    let text = self::quote(&quote).replace(['\u{A0}', '\u{202F}'], " ");
    let said =
        "puis elle baisse chaque année : 40,50 € par mois en moyenne, 31,00 € le dernier mois.";
    assert!(text.contains(said));
}

#[test]
fn the_price_is_added_to_a_usual_month() {
    let mut request = sample::single("").request;
    request.loans[0].release_date = jiff::civil::date(2026, 1, 24);
    let quote = sample::quote(request);
    let rows = quote.result.loans[0].schedule.as_deref().expect("a schedule");
    assert!(rows[0].instalment_cents > 2 * rows[1].instalment_cents, "months of broken interest");
    assert_eq!(years::usual_instalment(&quote).get(), rows[1].instalment_cents);
}

#[test]
fn the_cover_says_who_is_left_out_and_why_it_ends() {
    let mut request = sample::couple().request;
    request.insured[0].occupation = crate::domain::person::Occupation::Retraite;
    request.insured[1].birth_date = jiff::civil::date(1970, 2, 2);
    let text = quote(&sample::quote(request));
    look("quote-partly-covered", &text);
    assert!(text.contains("Vous\u{A0}: non couverte"));
    assert!(text.contains("anniversaire)") && text.contains("(fin du prêt)"));
    assert!(text.contains("Vous\u{A0}: À partir de 65\u{A0}ans ou à la retraite, l’assurance"));
}

#[test]
fn eight_years_can_say_otherwise_and_a_tie_is_a_tie() {
    let mut quote = sample::single("62,50");
    let saving = quote.result.saving.as_mut().expect("a comparison");
    saving.total_8y_cents = -1_000;
    let text = self::quote(&quote);
    assert!(text.contains("l’assurance de votre banque coûte pourtant moins cher de 10\u{A0}€"));
    let saving = quote.result.saving.as_mut().expect("a comparison");
    (saving.total_cents, saving.total_8y_cents) = (0, 0);
    assert!(self::quote(&quote).contains("Les deux assurances coûtent la même somme."));
}

#[test]
fn errors_on_the_quote_open_its_form() {
    let single = sample::single("");
    let mut form = Form::new([("part1", "120"), ("echeance_m", "13"), ("echeance_a", "2027")]);
    assert!(
        assumptions::change(&mut form, &single.request, jiff::civil::date(2026, 11, 22)).is_none()
    );
    form.complete(&answers::assumptions(&single.request));
    let text = QuotePage::new(&single, form, "k1".to_owned()).render().expect("renders");
    look("quote-errors", &text);
    assert!(text.contains("<details open>"));
}

#[test]
fn the_other_pages() {
    look("gone", &GonePage.render().expect("renders"));
    look("unknown", &UnknownPage.render().expect("renders"));
    look("not-here", &NotHerePage { quote: "/devis/q".to_owned() }.render().expect("renders"));
    let reasons = vec![super::words::outside_ages(0, 1), super::words::outside_ages(1, 2)];
    let form = Form::new([("capital", "220000"), ("action", "x")]);
    let page =
        NotEligiblePage { reasons, form, page: "/simuler".to_owned() }.render().expect("renders");
    look("not-eligible", &page);
    assert!(page.contains("name=\"capital\" value=\"220000\""));
    for way_out in ["https://www.aeras-infos.fr", "href=\"/aide\"", "href=\"tel:+33"] {
        assert!(page.contains(way_out), "{way_out}");
    }
}

#[test]
fn the_rules_of_the_trade_read_well_in_the_registry() {
    for rule in crate::domain::rule::Rule::ALL {
        let sentence = crate::kernel::french::spaced(rule.sentence());
        lint::check(&format!(
            "<!DOCTYPE html><html lang=\"fr\"><title>T</title><h1>{sentence}</h1></html>"
        ));
    }
}

#[test]
fn the_letter_tells_a_stranger_nothing_about_a_person() {
    look("sent", &SentPage { quote: "/devis/quo_1".to_owned() }.render().expect("renders"));
    let couple = sample::couple();
    let letter = letter(&couple);
    let text = format!("{} {}", letter.subject, letter.paragraphs.join("\n"));
    for words in
        ["42,43\u{a0}€ le premier mois", "2 personnes", couple.number.as_str(), "jours d’arrêt"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    for person in &couple.request.insured {
        let born = person.birth_date.year().to_string();
        assert!(!text.contains(&born) && !text.contains("fumeur"), "{text}");
    }
    assert!(letter.action.is_some_and(|(_, address)| address.ends_with(&couple.page)));
}
