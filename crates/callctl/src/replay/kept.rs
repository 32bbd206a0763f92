//! The values of a log, for a report that contains them.

/// The first values of a log, up to a number of bytes.
#[derive(Debug)]
pub(crate) struct Kept {
    values: Vec<(u64, Box<str>)>,
    /// How many more bytes are kept.
    room: usize,
}

/// Maximum size of the kept values, in bytes. They are compressed in a report.
const MOST: usize = 256 << 20;

impl Kept {
    pub(crate) const fn new(keeps_values: bool) -> Self {
        Self { values: Vec::new(), room: if keeps_values { MOST } else { 0 } }
    }

    /// Keeps a value, if there is room. Numbers must increase.
    pub(crate) fn keep(&mut self, number: u64, value: &str) {
        match self.room.checked_sub(value.len()) {
            Some(room) => {
                self.room = room;
                self.values.push((number, value.into()));
            }
            None => self.room = 0,
        }
    }

    /// Returns a value by its number.
    pub(crate) fn of(&self, number: u64) -> Option<&str> {
        let place = self.values.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(&self.values[place].1)
    }
}
