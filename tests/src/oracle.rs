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

const TERMINATING: usize = 8;
const TERMINATED: usize = 9;

/// How many milliseconds after the receipt of a 404 the request of another must be sent to confirm it.
const CONFIRMS_AFTER: i64 = 1_000;

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
    /// A 404, with the time of the request if it is known.
    Gone(Option<i64>),
}

/// The cheapest explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The walk.
    pub steps: Vec<Step>,
    /// The other possible final states.
    pub others: Vec<&'static str>,
    /// The sequence numbers of false 404s and of the first reports that prove them false, in the order of the receipts.
    pub false_gone: Vec<u64>,
    /// The sequence numbers of accepted hang-ups after which the call was reported alive, and of these reports.
    pub unfulfilled: Vec<u64>,
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

/// Explains the claims about a call.
#[must_use]
pub fn explain(seen: &[Seen], window: i64, doubt: i64) -> Verdict {
    let mut all = seen.to_vec();
    all.sort_by_key(stamp);
    let set_aside = set_aside(&all, window);
    let false_gone = set_aside.iter().flat_map(|(gone, live)| [*gone, *live]).collect();
    let seen: Vec<Seen> = all.iter().filter(|one| !set_aside.iter().any(|(gone, _)| gone == *one)).copied().collect();
    let seen: Vec<Seen> = seen.iter().filter(|one| !is_void(one, &seen)).copied().collect();
    let start = if seen.iter().any(|one| one.state < 2) { 0 } else { 2 };
    let unfulfilled = unfulfilled(&seen, window);
    let (steps, mut others) = cheapest(start, &seen, window, doubt);
    if steps.last().is_some_and(|last| last.state == "terminated") && !is_end_claimed(&seen) {
        // What the present would be without the 404.
        let alive: Vec<Seen> = seen.iter().filter(|one| !matches!(one.how, How::Gone(_))).copied().collect();
        let (steps, doubts) = cheapest(start, &alive, window, doubt);
        others = vec![steps.last().map_or(start, |last| place_of(last.state))];
        others.extend(doubts);
        others.sort_unstable();
    }
    let others = others.into_iter().map(|state| LIFECYCLE[state].0).collect();
    Verdict { steps, others, false_gone: in_order(false_gone), unfulfilled: in_order(unfulfilled) }
}

/// Returns the cheapest walk, and the other possible ends of the connected phase.
fn cheapest(start: usize, seen: &[Seen], window: i64, doubt: i64) -> (Vec<Step>, Vec<usize>) {
    let mut orders = Vec::new();
    let connected: Vec<Seen> = seen.iter().filter(|one| phase(one.state) == CONNECTED).copied().collect();
    extend(&mut Vec::new(), seen, &connected, window, &mut orders);
    let mut costed: Vec<(Cost, Vec<Seen>)> =
        orders.into_iter().map(|order| (cost(start, &order, window), order)).collect();
    costed.sort_by(|a, b| a.0.cmp(&b.0));
    let ((inferred, lateness, _), best) = costed.first().cloned().expect("there is always an order");
    let Some(end) = best.last().map(|one| one.state) else { return (Vec::new(), Vec::new()) };
    let close = costed.iter().filter(|(cost, _)| cost.0 == inferred && cost.1 <= lateness + doubt);
    let ends = close.filter_map(|(_, order)| Some(order.last()?.state));
    let mut others: Vec<usize> = ends.filter(|other| *other != end && phase(end) == CONNECTED).collect();
    others.sort_unstable();
    others.dedup();
    (steps(start, &best), others)
}

/// Returns the false 404s, each with the first report that proves it false.
fn set_aside(all: &[Seen], window: i64) -> Vec<(Seen, Seen)> {
    let mut set_aside: Vec<(Seen, Seen)> = Vec::new();
    for (at, report) in all.iter().enumerate().filter(|(_, one)| is_live(one)) {
        let standing = |one: &&Seen| !set_aside.iter().any(|(gone, _)| gone == *one);
        let before: Vec<Seen> = all[..at].iter().filter(standing).copied().collect();
        if is_end_claimed(&before) {
            continue;
        }
        let is_false = |one: &&Seen| matches!(one.how, How::Gone(_)) && one.at < from(report, window);
        set_aside.extend(before.iter().filter(is_false).map(|gone| (*gone, *report)));
    }
    set_aside
}

/// Returns whether anything but a single 404 claims an end.
fn is_end_claimed(seen: &[Seen]) -> bool {
    let first_gone = seen.iter().find(|one| matches!(one.how, How::Gone(_)));
    seen.iter().any(|one| match one.how {
        How::Notified | How::Answered(_) => one.state >= TERMINATING,
        How::Promised(_) => one.state == TERMINATING && !is_void(one, seen),
        How::Gone(_) => first_gone.is_some_and(|first| asked(one).unwrap_or(one.at) >= first.at + CONFIRMS_AFTER),
    })
}

/// Returns whether a command was sent after the end had been received.
fn is_void(one: &Seen, seen: &[Seen]) -> bool {
    let over = |other: &Seen| other.state == TERMINATED && !matches!(other.how, How::Promised(_));
    matches!(one.how, How::Promised(_)) && seen.iter().any(|other| over(other) && asked(one) > Some(other.at))
}

fn is_live(one: &Seen) -> bool {
    matches!(one.how, How::Notified | How::Answered(_)) && one.state < TERMINATING
}

/// Returns the hang-ups after which the call was reported alive, and these reports.
fn unfulfilled(seen: &[Seen], window: i64) -> Vec<Seen> {
    let over = seen.iter().position(|one| one.state == TERMINATED && !matches!(one.how, How::Promised(_)));
    let reports = &seen[..over.unwrap_or(seen.len())];
    let mut evidence = Vec::new();
    for one in seen.iter().filter(|one| matches!(one.how, How::Promised(_)) && one.state == TERMINATING) {
        let later = reports.iter().filter(|report| is_live(report) && from(report, window) > one.at + window);
        let later: Vec<Seen> = later.copied().collect();
        if !later.is_empty() {
            evidence.push(*one);
            evidence.extend(later);
        }
    }
    evidence
}

fn in_order(mut evidence: Vec<Seen>) -> Vec<u64> {
    // Claims of one delivery have the same receipt.
    let place = |one: &Seen| (one.at, one.sequence, format!("{:?}", one.how));
    evidence.sort_by_key(place);
    evidence.dedup_by_key(|one| place(one));
    evidence.iter().map(|one| one.sequence).collect()
}

fn place_of(state: &str) -> usize {
    LIFECYCLE.iter().position(|(name, ..)| *name == state).expect("a state of the table")
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
        How::Answered(sent) | How::Promised(sent) | How::Gone(sent) => sent.filter(|sent| *sent <= one.at),
    }
}

fn surely_precedes(a: &Seen, b: &Seen, window: i64) -> bool {
    until(a, window) < from(b, window)
}

/// The start of the interval in which the claim was true.
fn from(one: &Seen, window: i64) -> i64 {
    match one.how {
        How::Notified => one.at - window,
        How::Answered(_) | How::Promised(_) | How::Gone(_) => asked(one).unwrap_or(one.at),
    }
}

/// The end of the interval in which the claim was true.
fn until(one: &Seen, window: i64) -> i64 {
    match one.how {
        How::Promised(_) => one.at + window,
        How::Notified | How::Answered(_) | How::Gone(_) => one.at,
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
