//! The first walk over a document: its syntax, its depth, and each name once per object.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::strict::DEPTH_MAX;
use super::{escaped, refused};
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::web::input::InputRule;

/// Walks over `text`; says what is wrong with its form.
pub(super) fn walk(text: &str) -> Result<(), Problem> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut place = Place::default();
    let walked = Step(&mut place).deserialize(&mut reader).and_then(|()| reader.end());
    match (walked, place.fault) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some((kind, fault))) => Err(refused(kind, fault)),
        (Err(error), None) => Err(refused(Kind::Malformed, syntax(&error, text))),
    }
}

fn syntax(error: &serde_json::Error, text: &str) -> Fault {
    let detail = if text.trim().is_empty() {
        "Le corps est vide\u{202f}; envoyez un document JSON.".to_owned()
    } else {
        let (line, column) = (error.line(), error.column());
        format!(
            "Ce n’est plus du JSON à la ligne {line}, colonne {column}\u{202f}; corrigez cet endroit."
        )
    };
    InputRule::JsonSyntax.fault("", detail)
}

/// Where the walk is, and what it found.
#[derive(Default)]
struct Place {
    pointer: Vec<String>,
    fault: Option<(Kind, Fault)>,
}

impl Place {
    /// Goes one level down, unless that is too deep.
    fn enter<E: Error>(&mut self, name: String) -> Result<(), E> {
        self.pointer.push(name);
        if self.pointer.len() > usize::from(DEPTH_MAX) {
            let detail = format!(
                "Plus de {DEPTH_MAX} niveaux d’imbrication\u{202f}; aplatissez le document."
            );
            return Err(self.stop(Kind::Malformed, InputRule::JsonDepth, detail));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.pointer.pop();
    }

    /// Keeps the fault; the error only carries the news up, because serde's errors are texts.
    fn stop<E: Error>(&mut self, kind: Kind, rule: InputRule, detail: String) -> E {
        let pointer: String = self.pointer.iter().map(|name| format!("/{name}")).collect();
        self.fault = Some((kind, rule.fault(pointer, detail)));
        E::custom("stopped")
    }
}

/// One value of the document.
struct Step<'a>(&'a mut Place);

impl<'de> DeserializeSeed<'de> for Step<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Step<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            self.0.enter(escaped(&name))?;
            if !seen.insert(name) {
                let detail =
                    "Ce nom apparaît deux fois dans son objet\u{202f}; gardez-en un.".to_owned();
                return Err(self.0.stop(Kind::Invalid, InputRule::JsonDuplicateKey, detail));
            }
            map.next_value_seed(Step(self.0))?;
            self.0.leave();
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            self.0.enter(index.to_string())?;
            if list.next_element_seed(Step(self.0))?.is_none() {
                self.0.leave();
                break;
            }
            self.0.leave();
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
