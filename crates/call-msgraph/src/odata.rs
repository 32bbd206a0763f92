//! Names of OData types.

const NAMESPACE: &str = "microsoft.graph.";

/// Returns the name of a type without `#` and namespace.
pub(crate) fn short_name(odata_type: &str) -> &str {
    let name = odata_type.strip_prefix('#').unwrap_or(odata_type);
    match name.split_at_checked(NAMESPACE.len()) {
        Some((namespace, rest)) if namespace.eq_ignore_ascii_case(NAMESPACE) => rest,
        _ => name,
    }
}
