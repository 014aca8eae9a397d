//! What is not looked at, and why: what the configuration says, and what the API's own document says
//! of its fields. A password may be any text; an address to come back to is an address.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use serde_json::Value;

use super::rules::Group;
use super::settings::{Exclusion, covers};

/// Levels of a schema that are followed; ours have a handful.
const DEPTH_MAX: usize = 12;

/// How a field is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Not by these groups.
    Without(BTreeSet<Group>),
    /// Not at all.
    Nothing,
}

/// What is known of the addresses of the API before anybody calls them.
#[derive(Debug, Default)]
pub(super) struct Schema {
    /// Address and field, and how it is looked at.
    fields: BTreeMap<String, BTreeMap<String, Treatment>>,
    /// Address, and the methods that it takes.
    methods: BTreeMap<String, Vec<Method>>,
}

impl Schema {
    /// Reads an OpenAPI document.
    pub(super) fn of(document: &Value) -> Self {
        let mut schema = Self::default();
        let paths = document["paths"].as_object().into_iter().flatten();
        for (path, item) in paths {
            let operations = item.as_object().into_iter().flatten();
            for (method, operation) in operations {
                let Ok(method) = method.to_ascii_uppercase().parse::<Method>() else { continue };
                schema.methods.entry(path.clone()).or_default().push(method);
                schema.read(path, operation, document);
            }
        }
        schema
    }

    fn read(&mut self, path: &str, operation: &Value, document: &Value) {
        let mut found = BTreeMap::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            member(name, &parameter["schema"], document, 0, &mut found);
        }
        let contents = operation["requestBody"]["content"].as_object().into_iter().flatten();
        for (_, content) in contents {
            walk(&content["schema"], document, 0, &mut found);
        }
        self.fields.entry(path.to_owned()).or_default().extend(found);
    }

    /// The methods that this address takes.
    pub(super) fn methods(&self, route: Option<&str>) -> &[Method] {
        route.and_then(|route| self.methods.get(route)).map_or(&[], Vec::as_slice)
    }

    /// How this field is looked at, by the document and by the configuration.
    pub(super) fn treatment(
        &self,
        configured: &[Exclusion],
        route: Option<&str>,
        field: &str,
    ) -> Option<Treatment> {
        let route = route?;
        let field = field.to_ascii_lowercase();
        let own = configured.iter().find(|it| it.field == field && covers(&it.route, route));
        match own {
            Some(own) if own.groups.is_empty() => Some(Treatment::Nothing),
            Some(own) => Some(Treatment::Without(own.groups.iter().copied().collect())),
            None => self.fields.get(route)?.get(&field).cloned(),
        }
    }

    /// Fields of the document that are looked at in another way than the others.
    pub(super) fn count(&self) -> usize {
        self.fields.values().map(BTreeMap::len).sum()
    }
}

/// Follows a schema down to its fields.
fn walk(schema: &Value, document: &Value, depth: usize, found: &mut BTreeMap<String, Treatment>) {
    if depth > DEPTH_MAX {
        return;
    }
    let schema = resolved(schema, document);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        member(name, property, document, depth, found);
    }
    walk_some(&schema["items"], document, depth, found);
    for key in ["allOf", "anyOf", "oneOf"] {
        for part in schema[key].as_array().into_iter().flatten() {
            walk_some(part, document, depth, found);
        }
    }
}

fn walk_some(
    schema: &Value,
    document: &Value,
    depth: usize,
    found: &mut BTreeMap<String, Treatment>,
) {
    if schema.is_object() {
        walk(schema, document, depth + 1, found);
    }
}

fn member(
    name: &str,
    schema: &Value,
    document: &Value,
    depth: usize,
    found: &mut BTreeMap<String, Treatment>,
) {
    let schema = resolved(schema, document);
    let treatment = match schema["format"].as_str() {
        Some("uri" | "url" | "uri-reference") => {
            Some(Treatment::Without([Group::Rfi].into_iter().collect()))
        }
        Some("password" | "byte" | "binary") => Some(Treatment::Nothing),
        _ => None,
    };
    match treatment {
        Some(treatment) => {
            found.insert(name.to_ascii_lowercase(), treatment);
        }
        None => walk_some(schema, document, depth, found),
    }
}

/// The schema behind a reference.
fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    let reference = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_which_fields_are_secrets_and_which_are_addresses() {
        let document = serde_json::json!({
            "paths": {"/v1/accounts/{id}": {"put": {
                "parameters": [{"name": "back", "schema": {"type": "string", "format": "uri"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
            }}},
            "components": {"schemas": {"A": {"properties": {
                "password": {"type": "string", "format": "password"},
                "name": {"type": "string"},
                "self": {"$ref": "#/components/schemas/A"},
                "sites": {"type": "array", "items": {"properties": {"site": {"format": "uri"}}}},
            }}}},
        });
        let schema = Schema::of(&document);
        let route = Some("/v1/accounts/{id}");
        let rfi = Treatment::Without([Group::Rfi].into_iter().collect());
        assert_eq!(schema.treatment(&[], route, "PassWord"), Some(Treatment::Nothing));
        assert_eq!(schema.treatment(&[], route, "back"), Some(rfi.clone()));
        assert_eq!(schema.treatment(&[], route, "site"), Some(rfi));
        assert_eq!(schema.treatment(&[], route, "name"), None);
        assert_eq!(schema.treatment(&[], None, "password"), None);
        assert_eq!(schema.methods(route), [Method::PUT]);
        assert_eq!(schema.count(), 3);
    }
}
