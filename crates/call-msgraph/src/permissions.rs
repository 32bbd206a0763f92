//! What a refusal for lack of a permission needs.

use std::fmt;

use crate::create::kind::Permissions;

/// The permissions that a refused request needs, and which of them is missing, as far as that is known.
///
/// `Display` says how a permission is granted.
///
/// ```
/// use call_msgraph::{ApiOperation, PermissionHint};
/// let needed = ApiOperation::RecordResponse.spec().permissions;
/// let hint = PermissionHint::new(needed, Some(&["Calls.Initiate.All".to_owned()])).expect("it needs one");
/// assert_eq!(hint.missing.as_deref(), Some(&["Calls.AccessMedia.All"][..]));
/// assert!(hint.to_string().starts_with("the token lacks Calls.AccessMedia.All; an administrator grants"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PermissionHint {
    /// Permissions that the request needs.
    pub needed: Permissions,
    /// Permissions that the token of the request lacks; `None` if the contents of the token are unknown. If it is empty, the
    /// permissions are granted, and something else is: the tenant's consent to an application that was changed, or a setting.
    pub missing: Option<Vec<&'static str>>,
}

impl PermissionHint {
    /// Returns the hint for a request. `granted` are the permissions (`roles`) in its token, if they are known. Returns `None` if the
    /// reference names no permission.
    #[must_use]
    pub fn new(needed: Permissions, granted: Option<&[String]>) -> Option<Self> {
        if needed == Permissions::default() {
            return None;
        }
        let missing = granted.map(|granted| needed.missing(|name| granted.iter().any(|role| is_same(role, name))));
        Some(Self { needed, missing })
    }
}

/// Returns whether two names are one permission: some pages of the reference spell it in the plural.
fn is_same(one: &str, other: &str) -> bool {
    let singular = |name: &str| name.to_ascii_lowercase().replace("groupcalls", "groupcall");
    singular(one) == singular(other)
}

impl fmt::Display for PermissionHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.missing.as_deref() {
            Some([]) => {
                return f.write_str(
                    "the token has the permissions that the reference names; check the consent of the tenant, and the \
                     settings that the page of the operation names",
                );
            }
            Some(missing) => write!(f, "the token lacks {}", missing.join(" and "))?,
            None => {
                f.write_str("it needs ")?;
                if !self.needed.any_of.is_empty() {
                    write!(f, "one of {}", self.needed.any_of.join(", "))?;
                }
                if !self.needed.all_of.is_empty() {
                    let and = if self.needed.any_of.is_empty() { "" } else { ", and " };
                    write!(f, "{and}{}", self.needed.all_of.join(" and "))?;
                }
            }
        }
        f.write_str(
            "; an administrator grants it to the application: Microsoft Entra admin center, App registrations, API permissions, \
             Microsoft Graph, application permissions, then consent",
        )
    }
}
