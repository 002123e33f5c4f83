//! A building block's published OpenAPI document as the oracle for what we answer.

use serde_json::{Map, Value, json};
use std::path::PathBuf;
use yaml_rust2::{Yaml, YamlLoader};

const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// An OpenAPI document of GovStack.
pub struct Spec {
    document: Value,
}

impl Spec {
    /// The document `../shared/specs/govstack/<file>` beside the repository. Where it is not there
    /// (a clone by itself), says so and answers none; the test then checks less.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "a skip must be seen in the test's output")]
    pub fn govstack(file: &str) -> Option<Self> {
        let shared =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/govstack");
        let path = shared.join(file);
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("SKIPPED the check against GovStack's YAML: {} is not there", path.display());
            return None;
        };
        let documents = YamlLoader::load_from_str(&text).expect("GovStack's YAML can be read");
        Some(Self { document: to_json(documents.first().expect("a document")) })
    }

    /// Every operation, as `GET /config/policies/`.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        let paths = self.document["paths"].as_object().expect("a document has paths");
        let of = |(path, item): (&String, &Value)| -> Vec<String> {
            let has = METHODS.iter().filter(|method| item.get(method).is_some());
            has.map(|method| format!("{} {path}", method.to_uppercase())).collect()
        };
        paths.iter().flat_map(of).collect()
    }

    /// What is wrong with an answer of `operation` (as in [`Spec::operations`]), in words.
    #[must_use]
    pub fn flaws(&self, operation: &str, status: u16, body: &Value) -> Vec<String> {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let described = &self.document["paths"][path][method.to_lowercase()]["responses"];
        let Some(response) = described.get(status.to_string()) else {
            return vec![format!("{operation}: the YAML names no answer with {status}")];
        };
        let Some(schema) = response["content"]["application/json"].get("schema") else {
            return Vec::new();
        };
        // References point at `#/components/...`, so the components become part of the schema.
        let mut schema = schema.clone();
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::validator_for(&schema).expect("GovStack's schema is a schema");
        let flaw = |error: jsonschema::ValidationError<'_>| {
            format!("{operation} {status}, {}: {error}", error.instance_path())
        };
        validator.iter_errors(body).map(flaw).collect()
    }
}

fn to_json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::String(text) | Yaml::Real(text) => json!(text),
        Yaml::Integer(number) => json!(number),
        Yaml::Boolean(flag) => json!(flag),
        Yaml::Array(items) => items.iter().map(to_json).collect(),
        Yaml::Hash(members) => {
            let name = |name: &Yaml| match name {
                Yaml::String(text) => text.clone(),
                Yaml::Integer(number) => number.to_string(),
                other => panic!("{other:?} is no member name"),
            };
            let members = members.iter().map(|(key, value)| (name(key), to_json(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_breaks_the_schema_is_found() {
        let Some(spec) = Spec::govstack("consent/consent-openapi.yaml") else { return };
        let policy =
            json!({ "id": "1", "name": "P", "version": "1", "url": "https://example.org" });
        let list = "GET /config/policies/";
        assert_eq!(spec.flaws(list, 200, &json!({ "policies": [policy] })), Vec::<String>::new());
        let mut nameless = policy;
        nameless["name"] = json!(7);
        assert_eq!(spec.flaws(list, 200, &json!({ "policies": [nameless] })).len(), 1);
        assert_eq!(spec.flaws(list, 201, &json!({})).len(), 1, "a status the YAML does not name");
        assert!(spec.operations().contains(&"DELETE /config/policy/{policyId}/".to_owned()));
    }
}
