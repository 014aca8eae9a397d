//! What was found of one part.

use std::fmt;

use serde::Serialize;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// As it should be.
    Well,
    /// It works; somebody should look at it.
    Odd,
    /// It does not work, or will soon not.
    Wrong,
}

/// One sentence, and what to do.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    pub(super) part: &'static str,
    pub(super) verdict: Verdict,
    /// What is so.
    pub(super) says: String,
    /// How to put it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<String>,
}

impl Finding {
    pub(super) fn well(part: &'static str, says: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Well, says: says.into(), remedy: None }
    }

    pub(super) fn odd(
        part: &'static str,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { part, verdict: Verdict::Odd, says: says.into(), remedy: Some(remedy.into()) }
    }

    pub(super) fn wrong(
        part: &'static str,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { part, verdict: Verdict::Wrong, says: says.into(), remedy: Some(remedy.into()) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.verdict {
            Verdict::Well => "well ",
            Verdict::Odd => "look ",
            Verdict::Wrong => "WRONG",
        };
        writeln!(f, "{mark}  {:<12} {}", self.part, self.says)?;
        if let Some(remedy) = &self.remedy {
            writeln!(f, "                    -> {remedy}")?;
        }
        Ok(())
    }
}
