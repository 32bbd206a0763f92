use std::collections::BTreeSet;

use call_msgraph::ApiOperation;
use serde_json::{Value, json};

use crate::api::Rig;

#[tokio::test]
async fn the_openapi_document_lists_exactly_the_routes() {
    let rig = Rig::start(&[]);
    let api: Value = rig.get("/openapi.json").await.json().await.unwrap();
    let described: BTreeSet<_> = api["paths"].as_object().unwrap().keys().cloned().collect();
    // The routes in the source code.
    let routes = |prefix: &str, source: &str| -> Vec<String> {
        let paths = source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
        paths.map(|path| format!("{prefix}{}", path.replace("{*", "{"))).collect()
    };
    let mut there: BTreeSet<_> = routes("/v1", include_str!("../../src/serve/api.rs")).into_iter().collect();
    there.extend(routes("", include_str!("../../src/serve/health.rs")));
    there.extend(routes("", include_str!("../../src/serve/files.rs")));
    let table = ApiOperation::ALL.iter().map(|operation| operation.spec().path.replace("{call}", "{id}"));
    there.extend(table.map(|path| format!("/v1/calls/{path}")));
    there.extend(["/v1/calls/{id}/raw/{path}".to_owned()]);
    there.extend(["/callback".to_owned(), "/callback/{token}".to_owned()]);
    assert_eq!(described, there);
    no_bare_object(&api, "");

    for (path, item) in api["paths"].as_object().unwrap() {
        let segments = path.split('/').map(|segment| if segment.starts_with('{') { "t0ken" } else { segment });
        let url = rig.url(&segments.collect::<Vec<_>>().join("/"));
        for method in ["get", "post", "delete", "put", "patch"] {
            let asked = rig.client.request(method.to_uppercase().parse().unwrap(), &url).send().await.unwrap();
            let status = asked.status().as_u16();
            let is_described = item.get(method).is_some();
            assert_eq!(status != 405, is_described, "{method} {path}: {status}");
            let responses = item[method]["responses"].as_object();
            assert!(
                responses.is_none_or(|responses| responses.contains_key(&status.to_string())),
                "{method} {path}: {status} is not described"
            );
        }
    }
}

#[tokio::test]
async fn responses_match_the_openapi_document() {
    let rig = Rig::start(&[]);
    let api: Value = rig.get("/openapi.json").await.json().await.unwrap();
    let schemas = &api["components"]["schemas"];
    let call = rig.create().await;
    assert_described(&call, "Call", schemas);
    assert_described(&call["timeline"][0], "Step", schemas);
    let listed: Value = rig.get("/v1/calls").await.json().await.unwrap();
    assert_described(&listed, "Calls", schemas);
    let refused = rig.client.post(rig.url("/v1/calls")).json(&json!({})).send().await.unwrap();
    let refused: Value = refused.json().await.unwrap();
    assert_described(&refused, "Problem", schemas);
    assert!(!refused["problems"].as_array().unwrap().is_empty());
}

/// Checks that a value has all required members and no undescribed ones, each with its described type.
fn assert_described(value: &Value, name: &str, schemas: &Value) {
    let (schema, value) = (&schemas[name], value.as_object().unwrap());
    for required in schema["required"].as_array().unwrap() {
        assert!(value.contains_key(required.as_str().unwrap()), "{name} lacks {required}");
    }
    for (key, member) in value {
        let described = &schema["properties"][key];
        assert!(described.is_object(), "{name}.{key} is not described");
        let kind = match member {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let allows =
            |kinds: &Value| kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
        assert!(allows(&described["type"]) || described["anyOf"].is_array(), "{name}.{key} is {kind}");
    }
}

/// Checks that every schema says what it contains, and that every reference leads somewhere.
fn no_bare_object(schema: &Value, place: &str) {
    if schema["type"] == "object" {
        let says = ["properties", "additionalProperties"].iter().any(|key| schema[key].is_object());
        assert!(says, "a bare object at {place}");
    }
    let children: Vec<_> = match schema {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    children.into_iter().for_each(|(key, value)| no_bare_object(value, &format!("{place}/{key}")));
}

#[tokio::test]
async fn every_reference_of_the_openapi_document_exists() {
    let rig = Rig::start(&[]);
    let text = rig.get("/openapi.json").await.text().await.unwrap();
    let api: Value = serde_json::from_str(&text).unwrap();
    let references: BTreeSet<_> =
        text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(references.len() > 30, "{references:?}");
    for reference in references {
        assert!(api.pointer(reference).is_some_and(Value::is_object), "{reference}");
    }
}
