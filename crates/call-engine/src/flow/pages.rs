//! Lists that the service sends in pages.

use call_msgraph::{ListPage, Request};
use call_transport::{Reply, Transport};

/// Maximum number of pages of a list.
const MOST_PAGES: usize = 100;
/// Maximum size of a list, in bytes.
const LONGEST: usize = 16 << 20;

/// Fetches the other pages of a list, and returns all of it as one response.
///
/// If the list is too long, or a page is not received, the result is still marked as one page of several, so that nobody seems to
/// have left a call.
pub(crate) async fn with_all_pages(transport: &dyn Transport, request: &Request, first: Reply) -> Reply {
    let Request::Operation(list) = request else { return first };
    if !list.operation().is_some_and(|operation| operation.spec().reply.is_list()) {
        return first;
    }
    let Some(mut page) = ListPage::read(&first.body) else { return first };
    let Some(mut next) = page.next.as_deref().and_then(|link| list.next_page(link)) else { return first };
    for _ in 1..MOST_PAGES {
        let Ok(reply) = transport.send(&next.clone().into()).await else { break };
        let Some(other) = ListPage::read(&reply.body) else { break };
        if page.bytes() + other.bytes() > LONGEST {
            break;
        }
        page.append(other);
        match page.next.as_deref().and_then(|link| next.next_page(link)) {
            Some(link) => next = link,
            None => break,
        }
    }
    if page.next.is_some() {
        tracing::warn!(request = request.spec().name, "a list could not be read to its end");
    }
    first.with_body(page.to_json())
}
