//! Pages 2 to 4: who somebody is, where they live, what they do.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;

use super::super::answering::Saving;
use super::super::core::Dossiers;
use super::super::form;
use super::super::model::Insured;
use super::frame::{Frame, sheets};
use super::guest::{Answer, Guest, Stop, guest, seen};
use super::hub::{after, draft, keep_typed, prolonged, refused, shown, stale};
use crate::kernel::french;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;

#[derive(Template)]
#[template(path = "dossiers/identity.html")]
struct IdentityPage {
    frame: Frame,
    /// Of the first and the last name.
    labels: [&'static str; 2],
    birth: String,
    /// Prefix of what a browser may fill in: none for oneself, a section for the other.
    auto: &'static str,
    quote: String,
}

#[derive(Template)]
#[template(path = "dossiers/address.html")]
struct AddressPage {
    frame: Frame,
    auto: &'static str,
    /// «Même adresse que Camille», with the address.
    same: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "dossiers/work.html")]
struct WorkPage {
    frame: Frame,
}

sheets!(IdentityPage, AddressPage, WorkPage);

type At = Path<(String, String)>;

fn section(guest: &Guest, person: &Insured) -> &'static str {
    if person.id == guest.visit.insured { "" } else { "section-a2 " }
}

fn title(guest: &Guest, person: &Insured, own: &str, other: &str) -> String {
    let name = || person.person.given_name.clone().unwrap_or_else(|| "l’autre personne".to_owned());
    if person.id == guest.visit.insured { own.to_owned() } else { other.replace("{}", &name()) }
}

async fn identity_page(
    dossiers: &Dossiers,
    guest: &Guest,
    person: &Insured,
    form: Form,
) -> Result<IdentityPage, Stop> {
    let quote = dossiers.quote_of(&guest.dossier).await?;
    let asked = quote.request.insured.get(usize::from(person.place) - 1);
    let title = title(guest, person, "Qui êtes-vous\u{202f}?", "Qui est {}\u{202f}?");
    let frame = Frame::new(guest, &title, 2, "", form);
    Ok(IdentityPage {
        frame,
        labels: if person.id == guest.visit.insured {
            ["Votre prénom", "Votre nom de naissance"]
        } else {
            ["Son prénom", "Son nom de naissance"]
        },
        birth: asked.map_or_else(String::new, |one| french::day(one.birth_date)),
        auto: section(guest, person),
        quote: quote.page,
    })
}

pub(super) async fn identity(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.is_unsigned()?;
    let person = guest.person(&who)?;
    let mut form = Form::default();
    form::fill_identity(&mut form, &person.person);
    let form = draft(&dossiers, &guest, &format!("identite/{who}"), form).await?;
    Ok(shown(identity_page(&dossiers, &guest, person, form).await?))
}

pub(super) async fn save_identity(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    guest.is_unsigned()?;
    let (person, page) = (guest.person(&who)?, format!("identite/{who}"));
    if prolonged(&dossiers, &guest, &page, &form).await? {
        return Ok(shown(identity_page(&dossiers, &guest, person, form).await?));
    }
    let Some(answers) = form::identity(&mut form) else {
        if let Some(answer) = keep_typed(&dossiers, &guest, &page, &form).await? {
            return Ok(answer);
        }
        return Ok(shown(identity_page(&dossiers, &guest, person, form).await?));
    };
    let saving = Saving { id: guest.dossier.id, page: &page, seen: seen(&form), by: guest.by() };
    let insured = person.id;
    let saved = dossiers.save_identity(saving, insured, answers).await;
    if let Some(mut again) = stale(&dossiers, &guest, &saved).await? {
        let mut kept = Form::default();
        if let Some(now) = again.dossier.person(insured) {
            form::fill_identity(&mut kept, &now.person);
        }
        again.say(&kept);
        let mut page = identity_page(&dossiers, &guest, person, form).await?;
        again.onto(&mut page.frame);
        return Ok(shown(page));
    }
    Ok(after(&guest, &saved?, &form))
}

fn address_page(guest: &Guest, person: &Insured, form: Form) -> AddressPage {
    let title = title(guest, person, "Où habitez-vous\u{202f}?", "Où habite {}\u{202f}?");
    let same = guest
        .dossier
        .at(1)
        .filter(|first| guest.is_initiator() && person.place > 1 && first.person.is_housed());
    let same = same.map(|first| {
        let lines = [&first.person.street, &first.person.postcode, &first.person.city];
        let line = lines.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        (first.called(), line)
    });
    let back = format!("a{}/identite", person.place);
    AddressPage {
        frame: Frame::new(guest, &title, 2, &back, form),
        auto: section(guest, person),
        same,
    }
}

pub(super) async fn address(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.is_unsigned()?;
    let person = guest.person(&who)?;
    let mut form = Form::default();
    form::fill_address(&mut form, &person.person);
    let form = draft(&dossiers, &guest, &format!("adresse/{who}"), form).await?;
    Ok(shown(address_page(&guest, person, form)))
}

pub(super) async fn save_address(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    guest.is_unsigned()?;
    let (person, page) = (guest.person(&who)?, format!("adresse/{who}"));
    let same = form.is("meme", "oui") && guest.is_initiator() && person.place > 1;
    if let Some(first) = guest.dossier.at(1).filter(|_| same) {
        form::fill_address(&mut form, &first.person);
    }
    if form.is("action", "etranger") {
        form.set("pays", "hors");
        return Ok(shown(address_page(&guest, person, form)));
    }
    if prolonged(&dossiers, &guest, &page, &form).await? {
        return Ok(shown(address_page(&guest, person, form)));
    }
    let Some(answers) = form::address(&mut form) else {
        if let Some(answer) = keep_typed(&dossiers, &guest, &page, &form).await? {
            return Ok(answer);
        }
        return Ok(shown(address_page(&guest, person, form)));
    };
    let saving = Saving { id: guest.dossier.id, page: &page, seen: seen(&form), by: guest.by() };
    let saved = dossiers.save_address(saving, person, &answers).await;
    if let Some(mut again) = stale(&dossiers, &guest, &saved).await? {
        let mut kept = Form::default();
        if let Some(now) = again.dossier.person(person.id) {
            form::fill_address(&mut kept, &now.person);
        }
        again.say(&kept);
        let mut page = address_page(&guest, person, form);
        again.onto(&mut page.frame);
        return Ok(shown(page));
    }
    match saved {
        Ok(saved) => Ok(after(&guest, &saved, &form)),
        Err(error) => {
            refused(&guest, error, &mut form, |form| shown(address_page(&guest, person, form)))
        }
    }
}

fn work_page(guest: &Guest, person: &Insured, form: Form) -> WorkPage {
    let title =
        title(guest, person, "Votre travail et vos loisirs", "Le travail et les loisirs de {}");
    let back = format!("a{}/adresse", person.place);
    WorkPage { frame: Frame::new(guest, &title, 2, &back, form) }
}

pub(super) async fn work(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.is_unsigned()?;
    let person = guest.person(&who)?;
    let quote = dossiers.quote_of(&guest.dossier).await?;
    let mut form = Form::default();
    if let Some(asked) = quote.request.insured.get(usize::from(person.place) - 1) {
        form::fill_work(&mut form, person.person.work_done, asked);
    }
    let form = draft(&dossiers, &guest, &format!("travail/{who}"), form).await?;
    Ok(shown(work_page(&guest, person, form)))
}

pub(super) async fn save_work(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    guest.is_unsigned()?;
    let (person, page) = (guest.person(&who)?, format!("travail/{who}"));
    if prolonged(&dossiers, &guest, &page, &form).await? {
        return Ok(shown(work_page(&guest, person, form)));
    }
    let Some(answers) = form::work(&mut form) else {
        if let Some(answer) = keep_typed(&dossiers, &guest, &page, &form).await? {
            return Ok(answer);
        }
        return Ok(shown(work_page(&guest, person, form)));
    };
    let saving = Saving { id: guest.dossier.id, page: &page, seen: seen(&form), by: guest.by() };
    let saved = dossiers.save_work(saving, person, &answers).await;
    if let Some(again) = stale(&dossiers, &guest, &saved).await? {
        let mut page = work_page(&guest, person, form);
        again.onto(&mut page.frame);
        return Ok(shown(page));
    }
    match saved {
        Ok(saved) => Ok(after(&guest, &saved, &form)),
        Err(error) => {
            refused(&guest, error, &mut form, |form| shown(work_page(&guest, person, form)))
        }
    }
}
