//! Runs a suite against faulty implementations.

use std::collections::BTreeSet;
use std::future::Future;

/// Returns the promises in the source code of a suite.
pub(crate) fn promises_in(source: &str) -> BTreeSet<String> {
    let named = source.split("promise!(").skip(1).filter_map(|rest| {
        let text = rest.trim_start().strip_prefix('"')?;
        text.split('"').next()
    });
    named.map(str::to_owned).collect()
}

/// Checks that each promise has a flaw, and that the suite fails each flaw with the promise that it breaks, and shows why.
pub(crate) async fn assert_each_is_broken<R: Future<Output = ()> + 'static>(
    of: &str,
    promises: &BTreeSet<String>,
    flaws: &[&'static str],
    run: impl Fn(&'static str) -> R,
) {
    let flawed: BTreeSet<_> = flaws.iter().map(|flaw| (*flaw).to_owned()).collect();
    assert_eq!(&flawed, promises, "each promise needs a faulty implementation");
    for flaw in flaws {
        let tasks = tokio::task::LocalSet::new();
        let running = tasks.spawn_local(run(flaw));
        let failed = tasks.run_until(running).await.expect_err(flaw);
        let panic = failed.into_panic();
        let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        let first = said.lines().next().unwrap_or_default();
        assert_eq!(first, format!("broken promise of {of}: {flaw}"));
        assert!(said.contains("\n  sent: ") && said.contains("\n  came back: "), "{said}");
    }
}
