//! The rule by brute force: tries every admissible explanation and takes the cheapest.
//!
//! It shares no code with the core and knows neither queues nor cells. It is meant to be boring. Times are in milliseconds.

/// The states in the order of the lifecycle, with their phase and their successors.
const LIFECYCLE: [(&str, usize, &[usize]); 10] = [
    ("incoming", 0, &[1, 2, 8, 9]),
    ("redirecting", 1, &[2, 8, 9]),
    ("establishing", 2, &[3, 4, 8, 9]),
    ("ringing", 3, &[4, 8, 9]),
    ("established", 4, &[5, 6, 8, 9]),
    ("hold", 4, &[4, 6, 8, 9]),
    ("transferring", 4, &[7, 4, 8, 9]),
    ("transferAccepted", 4, &[4, 8, 9]),
    ("terminating", 5, &[9]),
    ("terminated", 6, &[]),
];
const CONNECTED: usize = 4;

/// How many places among the claims of the connected phase one claim can overtake another.
const PLACES: usize = 32;

/// A claim about a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Time of receipt.
    pub at: i64,
    /// Orders receipts of one instant.
    pub sequence: u64,
    /// Index of the state in the lifecycle.
    pub state: usize,
    /// Source of the claim.
    pub how: How,
}

/// Source of a claim about a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A notification.
    Notified,
    /// The response to a request, with the time of the request if it is known.
    Answered(Option<i64>),
    /// An accepted command that leads to the state, with the time of the request if it is known.
    Promised(Option<i64>),
}

/// The cheapest explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The walk.
    pub steps: Vec<Step>,
    /// The other possible final states of a connected call.
    pub others: Vec<&'static str>,
}

/// A step of the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The state.
    pub state: &'static str,
    /// The sequence numbers of the supporting claims, in the order of the receipts. Empty if the step is inferred.
    pub evidence: Vec<u64>,
    /// Earliest time of entry.
    pub not_before: Option<i64>,
    /// Latest time of entry.
    pub not_after: Option<i64>,
}

/// The cost of an explanation: inferred steps, total lateness, then the order of the receipts themselves.
type Cost = (usize, i64, Vec<(i64, u64, usize)>);

/// Explains the claims about a call. Returns `None` if there are none.
#[must_use]
pub fn explain(seen: &[Seen], window: i64, doubt: i64) -> Verdict {
    let over = seen.iter().filter(|one| one.state == 9).map(|one| one.at).min();
    let is_outrun = |one: &&Seen| matches!((one.how, over), (How::Promised(_), Some(over)) if asked(one).is_some_and(|sent| sent > over));
    let seen: Vec<Seen> = seen.iter().filter(|one| !is_outrun(one)).copied().collect();
    let start = if seen.iter().any(|one| one.state < 2) { 0 } else { 2 };

    let mut orders = Vec::new();
    let mut connected: Vec<Seen> = seen.iter().filter(|one| phase(one.state) == CONNECTED).copied().collect();
    connected.sort_by_key(stamp);
    extend(&mut Vec::new(), &seen, &connected, window, &mut orders);
    let mut costed: Vec<(Cost, Vec<Seen>)> =
        orders.into_iter().map(|order| (cost(start, &order, window), order)).collect();
    costed.sort_by(|a, b| a.0.cmp(&b.0));
    let Some(((inferred, lateness, _), best)) = costed.first().cloned() else {
        return Verdict { steps: Vec::new(), others: Vec::new() };
    };
    let Some(end) = best.last().map(|one| one.state) else {
        return Verdict { steps: Vec::new(), others: Vec::new() };
    };
    let ends = costed
        .iter()
        .filter(|(cost, _)| cost.0 == inferred && cost.1 <= lateness + doubt)
        .filter_map(|(_, order)| Some(order.last()?.state));
    let mut others: Vec<usize> = ends.filter(|other| *other != end && phase(end) == CONNECTED).collect();
    others.sort_unstable();
    others.dedup();
    Verdict { steps: steps(start, &best), others: others.into_iter().map(|state| LIFECYCLE[state].0).collect() }
}

/// Returns whether a state may directly follow another.
#[must_use]
pub fn may_follow(state: &str, next: &str) -> bool {
    let mut rows = LIFECYCLE.iter().filter(|(name, ..)| *name == state);
    rows.any(|(_, _, successors)| successors.iter().any(|&successor| LIFECYCLE[successor].0 == next))
}

fn phase(state: usize) -> usize {
    LIFECYCLE[state].1
}

/// Adds every admissible continuation of a walk.
///
/// `connected` are all claims of the connected phase, in the order of their stamps.
fn extend(begun: &mut Vec<Seen>, left: &[Seen], connected: &[Seen], window: i64, orders: &mut Vec<Vec<Seen>>) {
    let place = |one: &Seen| connected.iter().position(|other| other == one);
    if left.is_empty() {
        orders.push(begun.clone());
    }
    for (at, next) in left.iter().enumerate() {
        let blocks = |other: &Seen| {
            phase(other.state) < phase(next.state)
                || (other.state == next.state && stamp(other) < stamp(next))
                || (phase(next.state) == CONNECTED
                    && phase(other.state) == CONNECTED
                    && (surely_precedes(other, next, window) || place(other).map(|place| place + PLACES) < place(next)))
        };
        if left.iter().any(blocks) {
            continue;
        }
        let mut rest = left.to_vec();
        rest.remove(at);
        begun.push(*next);
        extend(begun, &rest, connected, window, orders);
        begun.pop();
    }
}

fn stamp(one: &Seen) -> (i64, u64, usize) {
    (one.at, one.sequence, one.state)
}

/// The time of the request. `None` if it would be later than the response.
fn asked(one: &Seen) -> Option<i64> {
    match one.how {
        How::Notified => None,
        How::Answered(sent) | How::Promised(sent) => sent.filter(|sent| *sent <= one.at),
    }
}

fn surely_precedes(a: &Seen, b: &Seen, window: i64) -> bool {
    let from = match b.how {
        How::Notified => b.at - window,
        How::Answered(_) | How::Promised(_) => asked(b).unwrap_or(b.at),
    };
    until(a, window) < from
}

/// The end of the interval in which the claim was true.
fn until(one: &Seen, window: i64) -> i64 {
    match one.how {
        How::Promised(_) => one.at + window,
        How::Notified | How::Answered(_) => one.at,
    }
}

fn cost(start: usize, order: &[Seen], window: i64) -> Cost {
    let inferred = walk(start, order).iter().filter(|(_, seen)| seen.is_empty()).count();
    let connected: Vec<&Seen> = order.iter().filter(|one| phase(one.state) == CONNECTED).collect();
    // The instants never decrease, so each is as late as the earliest end of all that follow allows.
    let instant = |at: usize| connected[at..].iter().map(|one| until(one, window)).min().unwrap_or(i64::MAX);
    let lateness = (0..connected.len()).map(|at| until(connected[at], window) - instant(at)).sum();
    (inferred, lateness, order.iter().map(stamp).collect())
}

/// Returns the states of an order, each with its supporting claims.
fn walk(start: usize, order: &[Seen]) -> Vec<(usize, Vec<Seen>)> {
    let mut walk: Vec<(usize, Vec<Seen>)> = Vec::new();
    for one in order {
        if let Some((state, seen)) = walk.last_mut()
            && *state == one.state
        {
            seen.push(*one);
            continue;
        }
        let from = match walk.last() {
            Some((state, _)) => *state,
            None if start == one.state => {
                walk.push((start, vec![*one]));
                continue;
            }
            None => {
                walk.push((start, Vec::new()));
                start
            }
        };
        walk.extend(between(from, one.state).into_iter().map(|state| (state, Vec::new())));
        walk.push((one.state, vec![*one]));
    }
    walk
}

/// Returns the states between two states on the shortest walk. Tries walks of one, two, three, … steps.
fn between(from: usize, to: usize) -> Vec<usize> {
    let mut ways = vec![vec![from]];
    for _ in 0..LIFECYCLE.len() {
        let mut longer = Vec::new();
        for way in ways {
            for &next in LIFECYCLE[way[way.len() - 1]].2 {
                let mut way = way.clone();
                way.push(next);
                if next == to {
                    return way[1..way.len() - 1].to_vec();
                }
                longer.push(way);
            }
        }
        ways = longer;
    }
    panic!("no way leads from {} to {}", LIFECYCLE[from].0, LIFECYCLE[to].0);
}

fn steps(start: usize, order: &[Seen]) -> Vec<Step> {
    let walk = walk(start, order);
    let reports = |seen: &&Seen| !matches!(seen.how, How::Promised(_));
    let mut steps = Vec::new();
    for (at, (state, seen)) in walk.iter().enumerate() {
        let earlier = walk[..at].iter().flat_map(|(_, seen)| seen).filter(reports);
        let later = walk[at..].iter().flat_map(|(_, seen)| seen).filter(reports);
        let mut evidence: Vec<Seen> = seen.clone();
        evidence.sort_by_key(stamp);
        steps.push(Step {
            state: LIFECYCLE[*state].0,
            evidence: evidence.iter().map(|one| one.sequence).collect(),
            not_before: earlier.filter_map(asked).max(),
            not_after: later.map(|one| one.at).min(),
        });
    }
    steps
}
