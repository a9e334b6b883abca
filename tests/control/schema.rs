//! Whether JSON is as a schema says, as far as `openapi.json` uses schemas.

use serde_json::Value;

/// What is wrong with a value, by the schemas of a document.
pub(crate) fn faults(document: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = document
            .pointer(&pointer[1..])
            .unwrap_or_else(|| panic!("no {pointer}"));
        return faults(document, target, value, place);
    }
    let mut found = Vec::new();
    for (word, rule) in schema.as_object().unwrap() {
        let fits = match word.as_str() {
            "description" | "format" | "contentEncoding" | "items" | "prefixItems"
            | "properties" => true,
            "type" => list(rule)
                .iter()
                .any(|kind| is(kind.as_str().unwrap(), value)),
            "const" => rule == value,
            "enum" => list(rule).contains(value),
            "minimum" => value
                .as_f64()
                .is_none_or(|number| number >= rule.as_f64().unwrap()),
            "minItems" => value
                .as_array()
                .is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value
                .as_array()
                .is_none_or(|list| list.len() as u64 <= rule.as_u64().unwrap()),
            "required" => list(rule)
                .iter()
                .all(|name| value.get(name.as_str().unwrap()).is_some()),
            "oneOf" => {
                let fitting = list(rule)
                    .into_iter()
                    .filter(|rule| faults(document, rule, value, place).is_empty());
                fitting.count() == 1
            }
            "additionalProperties" => {
                let members = value.as_object().into_iter().flatten();
                let mut others =
                    members.filter(|(name, _)| schema["properties"].get(name.as_str()).is_none());
                others.all(|(_, value)| {
                    rule != &Value::Bool(false) && faults(document, rule, value, place).is_empty()
                })
            }
            other => panic!("schemas are not checked for {other}"),
        };
        if !fits {
            found.push(format!("{place}: {value} does not fit {word} {rule}"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            found.extend(faults(document, schema, value, &format!("{place}.{name}")));
        }
    }
    for (at, value) in value.as_array().into_iter().flatten().enumerate() {
        let schema = schema["prefixItems"]
            .get(at)
            .or_else(|| schema.get("items"));
        found.extend(
            schema
                .into_iter()
                .flat_map(|schema| faults(document, schema, value, &format!("{place}[{at}]"))),
        );
    }
    found
}

fn list(value: &Value) -> Vec<Value> {
    value
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![value.clone()])
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let document = serde_json::json!({ "a": { "type": "object", "required": ["b"], "properties": { "b": { "type": "integer" } } } });
    let schema = serde_json::json!({ "type": "array", "items": { "$ref": "#/a" } });
    let of = |value: Value| faults(&document, &schema, &value, "").len();
    assert_eq!(of(serde_json::json!([{ "b": 1 }])), 0);
    assert_eq!(of(serde_json::json!([{ "b": "1" }, {}])), 2);
    assert_eq!(of(serde_json::json!({})), 1);
}
