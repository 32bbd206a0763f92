use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::{look, writer};

/// Number of kills, unless `JOURNAL_KILLS` sets it.
const KILLS: u64 = 5;

#[tokio::test]
async fn acknowledged_records_survive_a_kill() {
    let kills = std::env::var("JOURNAL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut random = fastrand::Rng::with_seed(17);
    for kill in 0..kills {
        let directory = tempfile::tempdir().unwrap();
        let mut process = writer::start(directory.path(), u64::MAX / 8, &[]).stderr(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let (mut printed, lines) = (String::new(), random.u32(1..2_000));
        for _ in 0..lines {
            output.read_line(&mut printed).unwrap();
        }
        process.kill().unwrap();
        // Everything that the writer printed before the kill counts, even if it is read later.
        while output.read_line(&mut printed).unwrap() > 0 {}
        process.wait().unwrap();
        let found = look(directory.path()).await.unwrap();
        let lost: BTreeSet<_> =
            writer::acknowledged(&printed).filter(|number| !found.numbers.contains(number)).collect();
        assert!(lost.is_empty() && found.damage.is_empty(), "kill {kill} lost {lost:?}, {:?}", found.damage);
        assert!(writer::acknowledged(&printed).next().is_some(), "it wrote something");
    }
}
