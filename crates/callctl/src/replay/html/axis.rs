//! The time axis.

use call_core::Timestamp;

/// A time axis with a width in pixels.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    from: Timestamp,
    to: Timestamp,
}

impl Axis {
    /// Width of a chart, and the part of it for the last step.
    pub(super) const WIDTH: f64 = 960.0;
    const LAST: f64 = 90.0;

    /// Returns an axis over some times, which may be empty.
    pub(super) fn over(times: impl Iterator<Item = Timestamp>) -> Self {
        let mut all: Option<Self> = None;
        for at in times {
            let Self { from, to } = all.unwrap_or(Self { from: at, to: at });
            all = Some(Self { from: from.min(at), to: to.max(at) });
        }
        let nothing = Timestamp::from_millis(0);
        all.unwrap_or(Self { from: nothing, to: nothing })
    }

    /// Returns whether the content of another axis would be crowded on this one.
    pub(super) fn crowds(self, other: Self) -> bool {
        let (all, part) = (self.to.saturating_since(self.from), other.to.saturating_since(other.from));
        !part.is_zero() && all > part.saturating_mul(4)
    }

    pub(super) fn place(self, at: Timestamp) -> f64 {
        let length = self.to.saturating_since(self.from).as_secs_f64();
        if length == 0.0 {
            return 0.0;
        }
        let share = at.saturating_since(self.from).as_secs_f64() / length;
        share.min(1.0) * (Self::WIDTH - Self::LAST)
    }

    /// Returns the labels of the axis, with their positions.
    pub(super) fn marks(self) -> Vec<(f64, Timestamp)> {
        let middle = self.from.saturating_add(self.to.saturating_since(self.from) / 2);
        let mut times = vec![self.from, middle, self.to];
        times.dedup();
        times.into_iter().map(|at| (self.place(at), at)).collect()
    }
}
