//! The texts of a document in JSON, as tokens on the way: no tree is built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::checks::Check;
use super::rules::Place;
use super::values::Values;

/// Objects and lists in one another that are looked into.
const DEPTH_MAX: usize = 64;

/// Adds the names and texts of a document; of what is none, the whole.
pub(super) fn read<'a>(body: &'a [u8], values: &mut Values<'a>) {
    values.is_json = true;
    let mut reader = serde_json::Deserializer::from_slice(body);
    let step = Step { values, name: String::new(), depth: 0 };
    let whole = step.deserialize(&mut reader).and_then(|()| reader.end()).is_ok();
    if !whole {
        values.odd(Check::MalformedBody);
        values.add(Place::Args, "", body);
    }
}

struct Step<'v, 'a> {
    values: &'v mut Values<'a>,
    name: String,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Step<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Step<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        if depth > DEPTH_MAX {
            return Err(A::Error::custom("too deep"));
        }
        while let Some(name) = map.next_key::<String>()? {
            self.values.member(&name);
            map.next_value_seed(Step { values: &mut *self.values, name, depth })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        if depth > DEPTH_MAX {
            return Err(A::Error::custom("too deep"));
        }
        loop {
            let step = Step { values: &mut *self.values, name: self.name.clone(), depth };
            if list.next_element_seed(step)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.values.add(Place::Args, self.name, text.as_bytes().to_vec());
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

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
