//! The guarantees, one file each.

use call_core::Id;
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_id_is_read_from_its_own_spelling(text in "[0-9a-fA-F-]{30,38}") {
        let id = Id::new(&text);
        prop_assert_eq!(Id::new(&id.to_string()), id);
    }
}
