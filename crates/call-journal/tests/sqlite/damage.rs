use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use call_journal::{Journal, SqliteJournal};
use tempfile::TempDir;

use crate::{look, record};

const DELIVERIES: u64 = 1_000;
/// Offset of the first delivery. The first page identifies the file.
const FIRST: usize = 4_096;

/// Makes a journal. Returns its file, and the directory that contains it.
async fn journal() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = SqliteJournal::open(directory.path()).unwrap();
    let records: Vec<_> = (0..DELIVERIES).map(record).collect();
    journal.append(&records).await.unwrap();
    let path = directory.path().join("journal.sqlite");
    (directory, path)
}

fn missing(numbers: &BTreeSet<u64>) -> Vec<u64> {
    (0..DELIVERIES).filter(|number| !numbers.contains(number)).collect()
}

#[tokio::test]
async fn a_flipped_bit_loses_one_reported_record() {
    let (directory, path) = journal().await;
    let whole = fs::read(&path).unwrap();
    let mut random = fastrand::Rng::with_seed(17);
    let mut lost_one = 0;
    for _ in 0..400 {
        let mut bytes = whole.clone();
        let at = random.usize(FIRST..bytes.len());
        bytes[at] ^= 1 << random.u8(..8);
        fs::write(&path, &bytes).unwrap();
        let found = look(directory.path()).await.unwrap_or_else(|error| panic!("byte {at}: {error:?}"));
        let missing = missing(&found.numbers);
        // In the worst case the bit belongs to the structure of a page, which holds a dozen deliveries.
        assert!(missing.len() <= 12, "byte {at} cost {missing:?}");
        assert!(
            missing.is_empty() || !found.damage.is_empty() || found.recovery.damaged.is_some(),
            "byte {at} cost {missing:?}"
        );
        lost_one += usize::from(missing.len() == 1 && found.damage.len() == 1);
        for entry in fs::read_dir(directory.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
    assert!(lost_one > 300, "most bits belong to one delivery, and {lost_one} cost just that");
}

#[tokio::test]
async fn a_truncated_file_keeps_its_readable_records() {
    let (directory, path) = journal().await;
    let whole = fs::read(&path).unwrap();
    let mut random = fastrand::Rng::with_seed(17);
    for _ in 0..40 {
        let length = random.usize(FIRST * 2..whole.len());
        fs::write(&path, &whole[..length]).unwrap();
        let found = look(directory.path()).await.unwrap_or_else(|error| panic!("{length} bytes: {error:?}"));
        let damaged = found.recovery.damaged.unwrap();
        assert_eq!(fs::read(damaged).unwrap().len(), length, "what is damaged is kept as it is");
        // Pages are written nearly, but not exactly, in the order of their content.
        let expected = DELIVERIES as usize * (length / FIRST).saturating_sub(8) / whole.len().div_ceil(FIRST);
        assert!(found.numbers.len() >= expected, "{length} bytes: {} of {expected}", found.numbers.len());
        for entry in fs::read_dir(directory.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
}

#[tokio::test]
async fn a_damaged_description_of_the_table_loses_no_record() {
    const DESCRIPTION: &[u8] =
        b"CREATE TABLE deliveries (number INTEGER PRIMARY KEY, line TEXT NOT NULL, checksum INTEGER NOT NULL)";
    let (directory, file) = journal().await;
    let sound = fs::read(&file).unwrap();
    let expected = look(directory.path()).await.unwrap().numbers;
    let at = sound.windows(DESCRIPTION.len()).position(|part| part == DESCRIPTION).unwrap();
    for place in (at - 40..at + DESCRIPTION.len()).step_by(3) {
        let other = tempfile::tempdir().unwrap();
        let mut damaged = sound.clone();
        damaged[place] ^= 0x01;
        fs::write(other.path().join("journal.sqlite"), damaged).unwrap();
        let found = look(other.path()).await.unwrap_or_else(|error| panic!("byte {place}: {error:?}"));
        assert!(found.numbers == expected, "byte {place}: {} records", found.numbers.len());
    }
}
