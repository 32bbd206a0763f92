//! The description of the API: a fixed part, and what is made from the table of operations.

use std::sync::LazyLock;

use call_engine::call_msgraph::{ApiOperation, CREATE_CALL, Member, ObjectType, OperationSpec, ReplyKind, ValueType};
use serde_json::{Map, Value, json};

use crate::serve::operations::{RAW, has_route, path};

/// The document, as JSON.
pub(super) static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// Statuses of the problems of an operation.
const PROBLEMS: [&str; 11] = ["400", "401", "404", "409", "410", "413", "415", "422", "502", "503", "504"];

fn document() -> Value {
    let mut document: Value = serde_json::from_str(include_str!("openapi.json")).unwrap_or_default();
    let mut schemas = Map::new();
    let create = schema_of(&CREATE_CALL, &mut schemas);
    document["paths"]["/v1/calls"]["post"]["requestBody"]["content"]["application/json"]["schema"] = create;
    for operation in ApiOperation::ALL.iter().copied().filter(|operation| has_route(*operation)) {
        let spec = operation.spec();
        let place = &mut document["paths"][format!("/v1{}", path(operation))];
        place["parameters"] = parameters(spec);
        place[spec.method.as_str().to_ascii_lowercase()] = described(spec, &mut schemas);
    }
    let raw = &mut document["paths"][format!("/v1{}", RAW.replace("{*", "{"))];
    raw["parameters"] = json!([{ "$ref": "#/components/parameters/Id" }, id_parameter("path", "Path below the call")]);
    raw["post"] = json!({
        "summary": "Post an operation that the table of operations does not have. Its body is not checked",
        "requestBody": { "content": { "application/json": { "schema": { "description": "Body as the API describes it" } } } },
        "responses": responses(&json!({ "description": "Body of the response" })),
    });
    if let Some(known) = document["components"]["schemas"].as_object_mut() {
        known.extend(schemas);
    }
    document
}

fn described(spec: &OperationSpec, schemas: &mut Map<String, Value>) -> Value {
    let reply = reply_schema(spec.reply, schemas);
    let responses = if spec == ApiOperation::GetOperation.spec() { of_operation() } else { responses(&reply) };
    let mut described = json!({ "summary": spec.about, "operationId": spec.name, "responses": responses });
    if spec.reply == ReplyKind::Operation || spec == ApiOperation::Transfer.spec() {
        described["parameters"] = ["Wait", "Lasts"].map(|name| reference("parameters", name)).into();
    }
    if let Some(body) = spec.body {
        let is_required = body.members.iter().any(|member| member.is_required);
        let example: Value = spec.example.and_then(|example| serde_json::from_str(example).ok()).unwrap_or_default();
        let content = json!({ "schema": schema_of(body, schemas), "example": example });
        described["requestBody"] = json!({ "required": is_required, "content": { "application/json": content } });
    }
    described
}

/// Describes the responses with an operation that the sidecar knows.
fn of_operation() -> Value {
    let problem = reference("responses", "Problem");
    let content = json!({ "application/json": { "schema": reference("schemas", "Operation") } });
    let known =
        json!({ "description": "The operation, as it is known now. The service is not asked", "content": content });
    json!({ "200": known, "400": problem, "401": problem, "404": problem, "503": problem })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn parameters(spec: &OperationSpec) -> Value {
    let parameter = |id: &'static str| match id {
        "call" => json!({ "$ref": "#/components/parameters/Id" }),
        other => id_parameter(other, &format!("Id of the {other}")),
    };
    spec.ids().map(parameter).collect()
}

fn id_parameter(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": { "type": "string" } })
}

fn responses(reply: &Value) -> Value {
    let schema = json!({
        "type": "object", "required": ["reply", "operation"],
        "properties": {
            "reply": reply,
            "operation": { "anyOf": [reference("schemas", "Operation"), { "type": "null" }] },
            "waitedAtMost": { "type": "integer", "description": "Only with `wait`, in seconds. A longer wait is shortened to this" },
        },
    });
    let content = json!({ "application/json": { "schema": schema } });
    let accepted = json!({ "description": "The service accepted the request", "content": content });
    let uncertain = json!({
        "description": "No response was received, so the operation may have started. Do not repeat it: its outcome tells",
        "content": content,
    });
    let problem = reference("responses", "Problem");
    let problems = PROBLEMS.iter().map(|status| ((*status).to_owned(), problem.clone()));
    let successes = [("200".to_owned(), accepted), ("202".to_owned(), uncertain)];
    Value::Object(problems.chain(successes).collect())
}

fn reply_schema(reply: ReplyKind, schemas: &mut Map<String, Value>) -> Value {
    let Some(resource) = reply.resource() else { return json!({ "type": "null" }) };
    // The service may send more than the reference describes.
    let one = json!({ "allOf": [schema_of(resource, schemas)], "description": "As the service sent it" });
    if !reply.is_list() {
        return one;
    }
    json!({
        "type": "object", "required": ["value"],
        "properties": { "value": { "type": "array", "items": one }, "@odata.nextLink": { "type": "string" } },
    })
}

/// Returns a reference to the schema of a type, and adds the schema if it is new.
fn schema_of(shape: &ObjectType, schemas: &mut Map<String, Value>) -> Value {
    let name = format!("api.{}", shape.name);
    if !schemas.contains_key(&name) {
        // The entry exists before its members are described, so that a type may contain itself.
        schemas.insert(name.clone(), Value::Null);
        let kind = json!({ "type": "string", "description": format!("#microsoft.graph.{}", shape.name) });
        let mut properties = Map::from_iter([("@odata.type".to_owned(), kind)]);
        for Member { name, value, about, .. } in shape.members {
            let mut schema = value_schema(*value, schemas);
            schema["description"] = (*about).into();
            properties.insert((*name).to_owned(), schema);
        }
        let required: Vec<_> =
            shape.members.iter().filter(|member| member.is_required).map(|member| member.name).collect();
        schemas.insert(name.clone(), json!({ "type": "object", "properties": properties, "required": required }));
    }
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn value_schema(value: ValueType, schemas: &mut Map<String, Value>) -> Value {
    match value {
        ValueType::Text { most, .. } => json!({ "type": "string", "maxLength": most }),
        ValueType::Id => json!({ "type": "string" }),
        ValueType::CallbackUri | ValueType::Uri => json!({ "type": "string", "format": "uri" }),
        ValueType::Word(words) => json!({ "type": "string", "enum": words }),
        ValueType::Boolean => json!({ "type": "boolean" }),
        ValueType::Integer { least, most, .. } => {
            let mut schema = json!({ "type": "integer" });
            if least != i64::MIN {
                schema["minimum"] = least.into();
            }
            if most != i64::MAX {
                schema["maximum"] = most.into();
            }
            schema
        }
        ValueType::Percent => json!({ "type": "number", "minimum": 0, "maximum": 100 }),
        ValueType::Duration => json!({ "type": "string", "format": "duration" }),
        ValueType::IdentitySet => json!({ "$ref": "#/components/schemas/IdentitySet" }),
        ValueType::Object(shape) => schema_of(shape, schemas),
        ValueType::OneOf(shapes) => {
            json!({ "oneOf": shapes.iter().map(|shape| schema_of(shape, schemas)).collect::<Vec<_>>() })
        }
        ValueType::List { of, least, most } => {
            let mut schema = json!({ "type": "array", "items": value_schema(*of, schemas), "minItems": least });
            if let Some(most) = most {
                schema["maxItems"] = most.into();
            }
            schema
        }
        _ => json!({}),
    }
}
