//! What a refresh token is worth when it is presented (RFC 9700 §4.14.2): rotation, reuse, and the one
//! case where using a token twice is no theft, an answer that was lost on the way.

use std::time::Duration;

use jiff::Timestamp;

/// An answer that was lost is asked for again within so long.
const RETRY: Duration = Duration::from_secs(30);

/// A token, and what became of it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct TokenState {
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) used_at: Option<Timestamp>,
    pub(in super::super) is_revoked: bool,
    /// Whether one of the tokens that replaced it was used.
    pub(in super::super) successor_used: bool,
}

/// The family that a token belongs to.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct FamilyState {
    pub(in super::super) expires_at: Timestamp,
    pub(in super::super) is_revoked: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    /// Replace it.
    Rotate,
    /// Replace it again: the first replacement was lost, and is revoked.
    Retry,
    /// Two people have it: the whole family ends.
    Reused,
    /// It is worth nothing, and that is all.
    Dead,
}

/// Judges a token.
pub(in super::super) fn judge(
    token: TokenState,
    family: FamilyState,
    idle: Duration,
    now: Timestamp,
) -> Verdict {
    if family.is_revoked || now >= family.expires_at {
        return Verdict::Dead;
    }
    if token.is_revoked {
        return Verdict::Reused;
    }
    match token.used_at {
        None if now >= token.created_at + idle => Verdict::Dead,
        None => Verdict::Rotate,
        Some(at) if now <= at + RETRY && !token.successor_used => Verdict::Retry,
        Some(_) => Verdict::Reused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(600);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("an instant")
    }

    fn verdict(used: Option<i64>, is_revoked: bool, successor_used: bool, now: i64) -> Verdict {
        let token =
            TokenState { created_at: at(0), used_at: used.map(at), is_revoked, successor_used };
        let family = FamilyState { expires_at: at(1000), is_revoked: false };
        judge(token, family, IDLE, at(now))
    }

    #[test]
    fn a_token_is_replaced_once_and_a_lost_answer_once_more() {
        assert_eq!(verdict(None, false, false, 599), Verdict::Rotate);
        assert_eq!(verdict(None, false, false, 600), Verdict::Dead, "idle");
        assert_eq!(verdict(Some(10), false, false, 40), Verdict::Retry);
        assert_eq!(verdict(Some(10), false, false, 41), Verdict::Reused, "too late");
        assert_eq!(verdict(Some(10), false, true, 11), Verdict::Reused, "the successor was used");
        assert_eq!(verdict(None, true, false, 11), Verdict::Reused, "replaced by a retry");
        assert_eq!(verdict(Some(999), false, false, 1000), Verdict::Dead, "the family's end");
        let token = TokenState {
            created_at: at(0),
            used_at: Some(at(1)),
            is_revoked: false,
            successor_used: true,
        };
        let family = FamilyState { expires_at: at(1000), is_revoked: true };
        assert_eq!(judge(token, family, IDLE, at(2)), Verdict::Dead, "killed once is enough");
    }
}
