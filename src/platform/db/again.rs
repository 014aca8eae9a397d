//! Acts that met another one on the same rows.
//!
//! The engines settle two transactions that wait for each other by undoing one of them (1213), and end a
//! wait that takes too long (1205). Both are ordinary: nothing was written, and the same act done again
//! succeeds as a rule. One mechanism for all of them; never around more than one transaction, and never
//! around anything that the undoing does not undo.

use crate::kernel::problem::Problem;

use super::DbError;

/// How often an act is done in all before its failure is believed.
const TIMES: u32 = 3;

/// A failure that says whether somebody else had the row.
pub trait Contended {
    /// Whether the same act may succeed at once.
    fn is_contended(&self) -> bool;
}

impl Contended for DbError {
    fn is_contended(&self) -> bool {
        self.is_busy()
    }
}

impl Contended for Problem {
    fn is_contended(&self) -> bool {
        self.contended
    }
}

/// Does an act that is one transaction, from its beginning to its commit; again when it met another one.
///
/// # Errors
/// The act's own: the last one, when it met others each time.
pub async fn again<T, E, F>(mut act: impl FnMut() -> F + Send) -> Result<T, E>
where
    E: Contended + Send,
    F: Future<Output = Result<T, E>> + Send,
{
    for _ in 1..TIMES {
        match act().await {
            Err(error) if error.is_contended() => {
                metrics::counter!("db_transactions_repeated_total").increment(1);
            }
            done => return done,
        }
    }
    act().await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::kernel::problem::Kind;

    async fn after(failures: u32, problem: Problem) -> (Result<u32, Problem>, u32) {
        let tries = AtomicU32::new(0);
        let act = || async {
            let made = tries.fetch_add(1, Ordering::Relaxed);
            if made < failures { Err(problem.clone()) } else { Ok(made) }
        };
        let done = again(act).await;
        (done, tries.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn an_act_that_met_another_is_done_again_and_not_for_ever() {
        let met = || Problem::new(Kind::Unavailable).contended();
        assert_eq!(after(0, met()).await.1, 1);
        let (done, tries) = after(2, met()).await;
        assert!(done.is_ok() && tries == 3);
        let (done, tries) = after(9, met()).await;
        assert!(done.is_err() && tries == TIMES);
    }

    #[tokio::test]
    async fn any_other_failure_is_believed_at_once() {
        let (done, tries) = after(1, Problem::new(Kind::Unavailable)).await;
        assert!(done.is_err() && tries == 1);
    }
}
