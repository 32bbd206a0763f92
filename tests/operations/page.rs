//! The page of all operations, and the methods that it names.

use std::path::Path;

use call_tests::operations_page::page;

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_page_of_operations_is_up_to_date() {
    let how = "run `cargo run --package call-tests --bin operations > docs/operations.md`";
    assert!(page() == file("docs/operations.md"), "docs/operations.md is stale: {how}");
}

#[test]
fn every_method_that_the_page_names_exists() {
    let host = ["engine", "handle", "incoming", "operations"]
        .map(|name| file(&format!("crates/call-engine/src/host/{name}.rs")));
    let page = page();
    let methods: Vec<_> = page
        .split("* Rust: `")
        .skip(1)
        .filter_map(|rest| rest.split(['`', ':']).filter(|word| !word.is_empty()).nth(1))
        .collect();
    assert_eq!(methods.len(), call_msgraph::ApiOperation::ALL.len());
    for method in methods {
        let signature = format!("pub async fn {method}(");
        assert!(host.iter().any(|source| source.contains(&signature)), "there is no method {method}");
    }
}
