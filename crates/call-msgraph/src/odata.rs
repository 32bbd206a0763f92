//! Names of OData types.

use call_core::MediaKind;

const NAMESPACE: &str = "microsoft.graph.";

/// Returns the name of a type without `#` and namespace.
pub(crate) fn short_name(odata_type: &str) -> &str {
    let name = odata_type.strip_prefix('#').unwrap_or(odata_type);
    match name.split_at_checked(NAMESPACE.len()) {
        Some((namespace, rest)) if namespace.eq_ignore_ascii_case(NAMESPACE) => rest,
        _ => name,
    }
}

/// Returns where the media of a `mediaConfig` of a type are hosted; `None` for an unknown type.
#[must_use]
pub fn media_kind(odata_type: &str) -> Option<MediaKind> {
    let known =
        [("serviceHostedMediaConfig", MediaKind::ServiceHosted), ("appHostedMediaConfig", MediaKind::AppHosted)];
    let name = short_name(odata_type);
    known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
}
