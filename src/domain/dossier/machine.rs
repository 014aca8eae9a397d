//! The table of transitions, and the two questions asked of it: what may be done, and what becomes of
//! it.

use super::{Act, Role, State};

/// One row of the table: an act takes the dossier from any of these states to one other, if one of
/// these roles asks.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// What is done.
    pub act: Act,
    /// Where it may be done.
    pub from: &'static [State],
    /// Where it leads.
    pub to: State,
    /// Who may do it.
    pub roles: &'static [Role],
}

/// An act that the table does not have: answered 409 `ILLEGAL_TRANSITION` with what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{act} cannot be done in state {state} by {role}")]
pub struct Illegal {
    /// Where the dossier stands.
    pub state: State,
    /// What was asked.
    pub act: Act,
    /// Who asked.
    pub role: Role,
    /// What the same role may do here instead.
    pub allowed: Vec<Act>,
}

/// Those who prepare a dossier.
const SELLERS: &[Role] = &[Role::Prospect, Role::Customer, Role::Partner, Role::Advisor];

/// States that somebody may leave behind without a word.
const OPEN: &[State] = &[
    State::Simulation,
    State::Quote,
    State::Application,
    State::Medical,
    State::Decision,
    State::Offer,
    State::Signature,
    State::Postponed,
];

/// The whole life of a dossier. Rows in the order of the life; `from` and `act` together lead to one
/// state only.
pub const TRANSITIONS: &[Transition] = {
    use Act as A;
    use Role as R;
    use State as S;
    const fn row(
        act: Act,
        from: &'static [State],
        to: State,
        roles: &'static [Role],
    ) -> Transition {
        Transition { act, from, to, roles }
    }
    &[
        row(A::KeepQuote, &[S::Simulation], S::Quote, SELLERS),
        row(A::Disqualify, &[S::Simulation, S::Quote, S::Application], S::Ineligible, &[R::System]),
        row(A::Expire, &[S::Quote, S::Offer, S::Signature], S::Expired, &[R::System]),
        row(A::Apply, &[S::Quote], S::Application, SELLERS),
        // A partner never answers, and never sends somebody to, health questions.
        row(A::AskHealth, &[S::Application], S::Medical, &[R::Customer, R::Insured]),
        row(A::SkipHealth, &[S::Application], S::Decision, &[R::Customer, R::Insured, R::Partner]),
        row(
            A::ChangeFacts,
            &[S::Medical, S::Decision, S::Offer, S::Signature],
            S::Application,
            &[R::Customer, R::Insured, R::Partner, R::Advisor],
        ),
        row(A::CompleteHealth, &[S::Medical], S::Decision, &[R::Insured]),
        row(
            A::MakeOffer,
            &[S::Decision],
            S::Offer,
            &[R::Insured, R::Underwriter, R::Medical, R::System],
        ),
        row(A::Postpone, &[S::Decision], S::Postponed, &[R::Underwriter, R::Medical, R::System]),
        // Never by a program alone: GDPR article 22, and the second level of AERAS.
        row(A::Decline, &[S::Decision], S::Declined, &[R::Underwriter, R::Medical]),
        row(A::ApplyAgain, &[S::Postponed], S::Application, &[R::Customer]),
        row(A::BeginSignature, &[S::Offer], S::Signature, &[R::Customer, R::Insured, R::System]),
        row(A::Conclude, &[S::Signature], S::Contract, &[R::Insured, R::System]),
        row(A::NotifyBank, &[S::Contract], S::Bank, &[R::Customer, R::Advisor, R::System]),
        row(A::EnterIntoForce, &[S::Bank], S::InForce, &[R::Advisor, R::System]),
        row(A::RecordBankRefusal, &[S::Bank], S::BankRefused, &[R::Customer, R::Advisor]),
        row(A::ResumeBank, &[S::BankRefused], S::Bank, &[R::Customer, R::Advisor]),
        // What is signed stays: other guarantees are another dossier, with an offer of its own.
        row(A::AmendForBank, &[S::BankRefused], S::Terminated, &[R::System]),
        row(
            A::Withdraw,
            &[S::Contract, S::Bank, S::BankRefused, S::InForce, S::Suspended],
            S::Withdrawn,
            &[R::Customer],
        ),
        row(A::BeginAmendment, &[S::InForce], S::Amending, &[R::Customer, R::Advisor]),
        row(A::SignAmendment, &[S::Amending], S::InForce, &[R::Customer, R::Insured]),
        row(A::DropAmendment, &[S::Amending], S::InForce, &[R::Customer, R::Advisor, R::System]),
        row(A::Suspend, &[S::InForce, S::Amending], S::Suspended, &[R::Billing, R::System]),
        row(A::Reinstate, &[S::Suspended], S::InForce, &[R::Billing, R::System]),
        row(
            A::Terminate,
            &[S::InForce, S::Amending, S::Suspended, S::BankRefused],
            S::Terminated,
            &[R::Advisor, R::Compliance, R::Claims, R::System],
        ),
        row(A::Abandon, OPEN, S::Abandoned, &[R::System]),
    ]
};

/// What this role may do in this state, in the order of the table.
pub fn acts(state: State, role: Role) -> impl Iterator<Item = Act> {
    let rows = TRANSITIONS.iter();
    rows.filter(move |row| row.from.contains(&state) && row.roles.contains(&role))
        .map(|row| row.act)
}

/// The state that the act leads to.
///
/// # Errors
/// The table has no such act here for this role.
pub fn apply(state: State, act: Act, role: Role) -> Result<State, Illegal> {
    let row = TRANSITIONS.iter().find(|row| row.act == act && row.from.contains(&state));
    match row {
        Some(row) if row.roles.contains(&role) => Ok(row.to),
        _ => Err(Illegal { state, act, role, allowed: acts(state, role).collect() }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn an_act_leads_from_a_state_to_one_other() {
        let mut seen = BTreeSet::new();
        for row in TRANSITIONS {
            assert!(!row.roles.is_empty() && !row.from.is_empty(), "{}", row.act);
            for from in row.from {
                assert!(seen.insert((row.act, *from)), "{} from {from} twice", row.act);
                assert_ne!(*from, row.to, "{} stays where it is", row.act);
            }
        }
        let acts: BTreeSet<_> = TRANSITIONS.iter().map(|row| row.act).collect();
        assert_eq!(acts.len(), Act::ALL.len(), "every act has its row");
    }

    #[test]
    fn every_state_can_be_reached_and_left_unless_it_is_the_end() {
        let mut reached = BTreeSet::from([State::Simulation]);
        while let Some(next) = TRANSITIONS.iter().find(|row| {
            !reached.contains(&row.to) && row.from.iter().any(|from| reached.contains(from))
        }) {
            reached.insert(next.to);
        }
        assert_eq!(reached.len(), State::ALL.len());
        let ends: BTreeSet<_> = State::ALL
            .into_iter()
            .filter(|state| TRANSITIONS.iter().all(|row| !row.from.contains(state)))
            .collect();
        let expected = [
            State::Terminated,
            State::Expired,
            State::Abandoned,
            State::Ineligible,
            State::Declined,
            State::Withdrawn,
        ];
        assert_eq!(ends, BTreeSet::from(expected));
    }

    #[test]
    fn nothing_that_is_signed_becomes_unsigned() {
        for row in TRANSITIONS {
            let leaves = row.from.iter().any(|from| from.is_signed());
            assert!(!leaves || row.to.is_signed(), "{}", row.act);
        }
    }

    #[test]
    fn a_partner_never_comes_near_health_and_a_program_never_declines() {
        assert!(apply(State::Application, Act::AskHealth, Role::Partner).is_err());
        assert!(apply(State::Medical, Act::CompleteHealth, Role::Partner).is_err());
        assert!(apply(State::Decision, Act::Decline, Role::System).is_err());
        assert_eq!(apply(State::Decision, Act::Decline, Role::Medical), Ok(State::Declined));
    }

    #[test]
    fn a_refusal_says_what_is_allowed() {
        let illegal = apply(State::Offer, Act::Conclude, Role::Customer).expect_err("too early");
        assert_eq!(illegal.allowed, [Act::ChangeFacts, Act::BeginSignature]);
        assert_eq!(illegal.to_string(), "conclude cannot be done in state offer by customer");
    }

    /// The table of `docs/domain/dossier.md` is the table of the code.
    #[test]
    fn the_documentation_is_the_table() {
        let page = include_str!("../../../docs/domain/dossier.md");
        let mut table = String::new();
        for row in TRANSITIONS {
            let from: Vec<_> = row.from.iter().map(|state| format!("`{state}`")).collect();
            let roles: Vec<_> = row.roles.iter().map(Role::to_string).collect();
            let (from, roles) = (from.join(" "), roles.join(" "));
            let _ = writeln!(
                table,
                "| `{}` | {from} | `{}` | {roles} | {} |",
                row.act,
                row.to,
                row.act.sentence()
            );
        }
        assert!(page.contains(&table), "docs/domain/dossier.md should hold:\n{table}");
    }
}
