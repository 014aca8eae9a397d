//! Links by message: the way back to a dossier, and the invitation of the other person. A link alone
//! shows nothing that anybody answered.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::form;
use super::super::inviting::{Invitation, Opening};
use super::contact::{From, address, on_the_way};
use super::frame::{Frame, Notice, day, sheets, unkept};
use super::guest::{Answer, Stop, guest, identifier};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::csrf;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::quotes::form::birth;

#[derive(Template)]
#[template(path = "dossiers/resume.html")]
struct ResumePage {
    secret: String,
}

impl Sheet for ResumePage {
    fn title(&self) -> &str {
        "Reprendre votre dossier"
    }
}

#[derive(Template)]
#[template(path = "dossiers/invited.html")]
struct InvitedPage {
    form: Form,
    secret: String,
    by: String,
}

impl Sheet for InvitedPage {
    fn title(&self) -> &str {
        "Votre partie de l’assurance de prêt"
    }

    fn is_refused(&self) -> bool {
        !self.form.is_sound()
    }
}

#[derive(Template)]
#[template(path = "dossiers/invitation.html")]
struct InvitationPage {
    frame: Frame,
    /// How the last invitation stands.
    state: String,
}

sheets!(InvitationPage);

/// The same words for a way back that never was or is over, and a button that sends another.
fn over(secret: &str) -> Response {
    Notice::new(
        "Ce lien ne s’ouvre plus",
        &["Son délai est passé. Nous pouvons en envoyer un autre à l’adresse e-mail du dossier."],
    )
    .act("Recevoir un nouveau lien", &format!("/r/{secret}/nouveau"))
    .link("Aide et contact", "/aide")
    .status(StatusCode::GONE)
}

/// «Recevoir un nouveau lien»: the same answer for everybody.
pub(super) async fn renew(State(dossiers): State<Dossiers>, Path(secret): Path<String>) -> Answer {
    dossiers.renew_way_back(&secret).await?;
    Ok(on_its_way(&dossiers))
}

fn on_its_way(dossiers: &Dossiers) -> Response {
    let life = dossiers.core.settings.abandoned_days;
    let valid = format!("Il reste valable {life}\u{a0}jours.");
    let lines = &["Si ce dossier existe, un lien part à l’adresse e-mail donnée.", &valid];
    Notice::new("Regardez vos e-mails", lines).into_response()
}

/// The same words for an invitation that never was, is over, or was replaced.
fn closed() -> Response {
    Notice::new(
        "Ce lien ne s’ouvre plus",
        &["Il a été remplacé, ou son délai est passé. Demandez-en un nouveau à qui vous l’a envoyé."],
    )
    .link("Aide et contact", "/aide")
    .status(StatusCode::GONE)
}

/// «Recevoir le lien par e-mail», without a session: the same answer for everybody.
pub(super) async fn send(State(dossiers): State<Dossiers>, Path(id): Path<String>) -> Answer {
    dossiers.ask_way_back(identifier(&id)?, None).await?;
    Ok(on_its_way(&dossiers))
}

/// The link back: it asks to send the code.
pub(super) async fn resume(State(dossiers): State<Dossiers>, Path(secret): Path<String>) -> Answer {
    if dossiers.way_back(&secret).await?.is_none() {
        return Ok(over(&secret));
    }
    Ok(unkept(ResumePage { secret }))
}

/// «Recevoir le code».
pub(super) async fn come_back(
    State(dossiers): State<Dossiers>,
    Path(secret): Path<String>,
    from: From,
) -> Answer {
    let Some((dossier, insured)) = dossiers.way_back(&secret).await? else {
        return Ok(over(&secret));
    };
    let (session, asked) = dossiers.come_back(dossier.id, insured, address(&from)).await?;
    Ok(on_the_way(&dossiers, &format!("/d/{}/code", dossier.id), &session, asked))
}

/// «Continuer» in the customer's area: the account proves the address, the code that leaves the number.
pub(super) async fn by_account(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    from: From,
    form: Form,
) -> Answer {
    let Some(who) = dossiers.core.identity.visitor("clients", &headers).await? else {
        return Ok(Redirect::to("/pools/clients/account").into_response());
    };
    if !csrf::is_ours(&headers, dossiers.origin(), &who.cookie, form.value(csrf::FIELD)) {
        return Err(Problem::new(Kind::Forbidden).into());
    }
    let id = identifier(&id)?;
    let waiting = dossiers.waiting_for(who.party, who.address.as_ref()).await?;
    let one = waiting.into_iter().find(|one| one.dossier == id);
    let one = one.ok_or_else(|| Stop::from(DossierError::Unknown))?;
    let (session, asked) = dossiers.come_back(id, one.insured, address(&from)).await?;
    Ok(on_the_way(&dossiers, &format!("/d/{id}/code"), &session, asked))
}

/// The page where the other person is invited.
pub(super) async fn invitation(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.is_unsigned()?;
    let two = guest.dossier.at(2).filter(|_| guest.is_initiator());
    let two = two.ok_or_else(|| Stop::from(DossierError::Unknown))?;
    let mut form = Form::default();
    form.set("prenom", two.person.given_name.clone().unwrap_or_default());
    form.set("email", two.email.clone().unwrap_or_default());
    form.set("mobile", two.mobile.clone().unwrap_or_default());
    let state = dossiers.invitation_state(two.id).await?;
    let state = state.map_or_else(String::new, |(state, until)| match state.as_str() {
        "frozen" => {
            "Le lien a été bloqué\u{a0}: vérifiez la date de naissance ou renvoyez un lien."
                .to_owned()
        }
        "declined" => {
            "La personne a répondu «\u{a0}Ce n’est pas moi\u{a0}»\u{a0}: vérifiez le numéro."
                .to_owned()
        }
        _ => format!("Un lien est parti. Il est valable jusqu’au {}.", day(until)),
    });
    let frame = Frame::new(&guest, "Inviter l’autre personne", 0, "", form);
    Ok(unkept(InvitationPage { frame, state }))
}

/// The invitation leaves.
pub(super) async fn invite(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    guest.is_unsigned()?;
    if !guest.is_initiator() || guest.dossier.at(2).is_none() {
        return Err(DossierError::Unknown.into());
    }
    if form.is("action", "plus_tard") {
        return Ok(guest.to("plus-tard"));
    }
    let mine = guest.me()?.mobile.as_deref();
    let Some(invited) = form::invited(&mut form, mine).filter(|_| form.is_sound()) else {
        let frame = Frame::new(&guest, "Inviter l’autre personne", 0, "", form);
        return Ok(unkept(InvitationPage { frame, state: String::new() }));
    };
    let dossier = dossiers.invite(guest.dossier.id, guest.visit.insured, &invited).await?;
    Ok(super::hub::after(&guest, &dossier, &form))
}

/// The page behind a link of invitation.
pub(super) async fn invited(
    State(dossiers): State<Dossiers>,
    Path(secret): Path<String>,
) -> Answer {
    Ok(match dossiers.invitation(&secret).await? {
        Invitation::Open { by, .. } => unkept(InvitedPage { form: Form::default(), secret, by }),
        Invitation::Frozen => frozen(),
        Invitation::Closed => closed(),
    })
}

fn frozen() -> Response {
    Notice::new(
        "Ce lien est bloqué",
        &["La date de naissance ne correspondait pas. Demandez un nouveau lien à qui vous l’a envoyé."],
    )
    .link("Aide et contact", "/aide")
    .status(StatusCode::GONE)
}

/// The birth date was typed.
pub(super) async fn accept(
    State(dossiers): State<Dossiers>,
    Path(secret): Path<String>,
    from: From,
    mut form: Form,
) -> Answer {
    let Invitation::Open { by, .. } = dossiers.invitation(&secret).await? else {
        return invited(State(dossiers), Path(secret)).await;
    };
    if let Some(birth) = birth::read(&mut form, "naissance", dossiers.today()) {
        match dossiers.accept_invitation(&secret, birth, address(&from)).await? {
            Opening::Right(id, session, asked) => {
                return Ok(on_the_way(&dossiers, &format!("/d/{id}/code"), &session, asked));
            }
            Opening::Wrong(left) => {
                let tries = if left > 1 { "essais" } else { "essai" };
                let names = ["naissance_j", "naissance_m", "naissance_a"];
                let message = format!(
                    "Cette date ne correspond pas à l’invitation. Il reste {left} {tries}."
                );
                form.refuse_group("naissance", names[0], &names, message);
            }
            Opening::Closed => return Ok(frozen()),
        }
    }
    Ok(unkept(InvitedPage { form, secret, by }))
}

/// «Ce n’est pas moi».
pub(super) async fn decline(
    State(dossiers): State<Dossiers>,
    Path(secret): Path<String>,
) -> Answer {
    dossiers.decline_invitation(&secret).await?;
    let lines = &["Le lien est fermé, et la personne qui vous l’a envoyé est prévenue."];
    Ok(Notice::new("Merci de nous l’avoir dit", lines).into_response())
}
