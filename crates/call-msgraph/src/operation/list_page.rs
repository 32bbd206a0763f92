//! A page of a list (OData, `value` and `@odata.nextLink`).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A page of a list, with its elements as they came.
///
/// ```
/// use call_msgraph::ListPage;
/// let mut list = ListPage::read(br#"{"value": [{"id": 1}], "@odata.nextLink": "participants?$skip=1"}"#).expect("a page");
/// list.append(ListPage::read(br#"{"value": [{"id": 2}]}"#).expect("a page"));
/// assert_eq!(list.to_json(), br#"{"value":[{"id": 1},{"id": 2}]}"#);
/// ```
#[derive(Serialize, Deserialize)]
pub struct ListPage {
    value: Vec<Box<RawValue>>,
    /// Link to the next page; `None` on the last one.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl ListPage {
    /// Reads a page; `None` if the body is no list.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Appends the page that follows.
    pub fn append(&mut self, other: Self) {
        self.value.extend(other.value);
        self.next = other.next;
    }

    /// Returns the size of the elements, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.value.iter().map(|element| element.get().len()).sum()
    }

    /// Returns the body of a list with the elements.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl std::fmt::Debug for ListPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListPage").field("elements", &self.value.len()).field("is_last", &self.next.is_none()).finish()
    }
}
