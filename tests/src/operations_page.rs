//! The page `docs/operations.md`, made from the table of operations.

use std::fmt::Write as _;

use call_msgraph::{ApiOperation, Group, Member, ObjectType, OperationSpec, ValueType};

/// Returns the page.
///
/// # Panics
/// Never: a string accepts every text.
#[must_use]
pub fn page() -> String {
    let mut page = Page(String::new());
    page.line("# Operations");
    page.line("");
    page.line(
        "All operations of the calling API, as the engine, the sidecar, `callctl check --operation NAME` and the simulated service \
         know them. This page is made from the table in `call-msgraph/src/operation/table.rs`; a test fails when it is stale \
         (`cargo run --package call-tests --bin operations > docs/operations.md`).",
    );
    page.line("");
    page.line("| operation | request | reply | what follows | may be repeated |");
    page.line("| --- | --- | --- | --- | --- |");
    for operation in ApiOperation::ALL {
        let spec = operation.spec();
        let repeat = if spec.is_repeatable { "yes" } else { "no" };
        page.line(&format!(
            "| [{0}](#{1}) | {2} `{3}` | {4} | {5} | {repeat} |",
            spec.name,
            spec.name.to_ascii_lowercase(),
            spec.method.as_str(),
            path(spec),
            spec.reply.phrase(),
            follows(spec),
        ));
    }
    page.line("");
    page.line(
        "Anything else is sent by `CallHandle::raw(path, body)`, or by the sidecar's `POST /v1/calls/{id}/raw/{path}`: operations that \
         the service adds later, and those that only old or beta pages describe (`microsoft.graph.StartRecording`, \
         `participants/configureMixer`). Nothing of them is checked, except that the path stays below the path of the call.",
    );
    for group in Group::ALL {
        page.line("");
        page.line(&format!("## {}", group.title()));
        for operation in ApiOperation::ALL.iter().filter(|operation| operation.spec().group == group) {
            page.operation(operation.spec());
        }
    }
    page.0
}

struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        writeln!(self.0, "{line}").expect("a string accepts every text");
    }

    fn operation(&mut self, spec: &OperationSpec) {
        self.line("");
        self.line(&format!("### {}", spec.name));
        self.line("");
        self.line(&format!("{} [{}]", spec.about, spec.source));
        self.line("");
        let method = method_of(spec.name);
        let owner = if spec.ids().any(|id| id == "call") { "CallHandle" } else { "Engine" };
        let rust = match spec.name {
            "answer" | "reject" | "redirect" => format!("`IncomingCall::{method}`"),
            "getCall" => "`CallHandle::snapshot`".to_owned(),
            _ => format!("`{owner}::{method}`"),
        };
        self.line(&format!(
            "* Rust: {rust}. Sidecar: `{} /v1/calls/{}`.",
            spec.method.as_str(),
            spec.path.replace("{call}", "{id}")
        ));
        let needed = spec.permissions.to_string();
        let permissions = if needed.is_empty() { "none that the reference names" } else { &needed };
        let when = if spec.is_checked_at_creation { "; checked when the call is created, not here" } else { "" };
        self.line(&format!("* Permissions: {permissions}{when}."));
        let needs = needs(spec);
        if !needs.is_empty() {
            self.line(&format!("* Needs {needs}."));
        }
        self.line(&format!("* Reply: {}. What follows: {}.", spec.reply.phrase(), follows(spec)));
        if let Some(body) = spec.body {
            self.line("");
            self.line("| member | value | meaning |");
            self.line("| --- | --- | --- |");
            self.members(body, "");
            self.line("");
            self.line("```json");
            self.line(spec.example.unwrap_or_default());
            self.line("```");
        }
    }

    /// Writes the members of a type, and those of the objects in them.
    fn members(&mut self, shape: &ObjectType, above: &str) {
        for Member { name, value, is_required, about, .. } in shape.members {
            let path = format!("{above}{name}");
            let required = if *is_required { " (required)" } else { "" };
            self.line(&format!("| `{path}`{required} | {} | {about} |", value.phrase()));
            let (one, path) =
                if let ValueType::List { of, .. } = value { (*of, format!("{path}[]")) } else { (value, path) };
            if let ValueType::Object(inner) = one {
                self.members(inner, &format!("{path}."));
            } else if let ValueType::OneOf(inners) = one {
                self.choices(inners, &path);
            }
        }
    }

    fn choices(&mut self, choices: &[&ObjectType], path: &str) {
        let mut shown: Option<&ObjectType> = None;
        for inner in choices {
            // The kinds of one report have the same members.
            if shown.is_some_and(|shown| shown.members.len() == inner.members.len() && shown.members.len() > 10) {
                continue;
            }
            shown = Some(inner);
            self.members(inner, &format!("{path}."));
        }
    }
}

fn path(spec: &OperationSpec) -> String {
    format!("/communications/calls/{}", spec.path)
}

fn follows(spec: &OperationSpec) -> String {
    let phrases: Vec<_> = spec.follows.iter().map(|follows| follows.phrase()).collect();
    if phrases.is_empty() { "nothing".to_owned() } else { phrases.join("; ") }
}

fn needs(spec: &OperationSpec) -> String {
    let needs = spec.needs;
    let all = [
        (needs.incoming, "an incoming call that was not answered"),
        (needs.established && !needs.group, "an established call"),
        (needs.group, "an established group call"),
        (needs.service_hosted, "service-hosted media"),
        (needs.app_hosted, "app-hosted media"),
    ];
    all.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, phrase)| phrase).collect::<Vec<_>>().join(", ")
}

/// Returns the name of the method: the name of the operation in the spelling of Rust.
fn method_of(name: &str) -> String {
    let mut method = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            method.push('_');
        }
        method.push(letter.to_ascii_lowercase());
    }
    method
}
