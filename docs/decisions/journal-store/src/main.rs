//! Measures the candidates for the journal store: see `docs/decisions/journal-store.md`.

mod stores;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use stores::{NAMES, Numbered, Result, open};

/// Number of deliveries per sync, under load.
const GROUP: usize = 32;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["rate", count] => NAMES.iter().try_for_each(|name| rate(name, count.parse()?)),
        ["kill", times] => NAMES.iter().try_for_each(|name| kill(name, times.parse()?)),
        ["flip", times] => NAMES.iter().try_for_each(|name| flip(name, times.parse()?)),
        // The subcommands that the measurements start as separate processes.
        ["write", name, dir, count] => write(name, Path::new(dir), count.parse()?),
        ["count", name, dir] => count(name, Path::new(dir)),
        _ => Err("usage: journal-store rate COUNT | kill TIMES | flip TIMES".into()),
    }
}

/// Makes a line as the journal would store it, with its checksum first.
fn record(number: u64) -> Numbered {
    let id = format!("{:08x}-1d22-4b5c-8e0f-{number:012x}", number.wrapping_mul(2_654_435_761) as u32);
    let text = format!(
        "{{\"receivedAt\":\"2026-03-01T10:00:00.{:06}Z\",\"node\":0,\"seq\":{number},\"kind\":\"notification\",\"token\":\"{:032x}\",\"body\":{{\
         \"@odata.type\":\"#microsoft.graph.commsNotifications\",\"value\":[{{\"@odata.type\":\"#microsoft.graph.commsNotification\",\
         \"changeType\":\"updated\",\"resourceUrl\":\"/communications/calls/{id}\",\"resourceData\":{{\"@odata.type\":\"#microsoft.graph.call\",\
         \"id\":\"{id}\",\"state\":\"established\",\"direction\":\"outgoing\",\"callbackUri\":\"https://bot.contoso.com/callback\",\
         \"source\":{{\"@odata.type\":\"#microsoft.graph.participantInfo\",\"identity\":{{\"application\":{{\"id\":\"2891555a-92ff-42e6-80fa-6e1300c6b5c6\"}}}}}}\
         }}}}]}}}}",
        number % 1_000_000,
        u128::from(number) * 0x9e37_79b9_7f4a_7c15_f39c,
    );
    let mut bytes = format!("{:08x} ", crc32fast::hash(text.as_bytes())).into_bytes();
    bytes.extend_from_slice(text.as_bytes());
    (number, bytes)
}

fn rate(name: &str, count: u64) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let records: Vec<_> = (0..count).map(record).collect();
    let bytes: usize = records.iter().map(|(_, record)| record.len()).sum();
    let mut store = open(name, dir.path())?;
    let began = Instant::now();
    for batch in records.chunks(GROUP) {
        store.append(batch)?;
    }
    let (took, singles) = (began.elapsed(), Instant::now());
    for number in count..count + 200 {
        store.append(&[record(number)])?;
    }
    let single = singles.elapsed() / 200;
    let on_disk = size(dir.path())?;
    // Nothing is closed, as after a crash.
    std::mem::forget(store);
    let copy = tempfile::tempdir()?;
    assert!(Command::new("cp").arg("-r").arg(dir.path().join(".")).arg(copy.path()).status()?.success());
    let reopened = Instant::now();
    let read = open(name, copy.path())?.read()?.len();
    println!(
        "{name:16} {:>7.0} deliveries/s in groups of {GROUP}, {single:>8.2?} one alone; {:>5.0} bytes on disk for {:.0}; {read} opened and read in {:.2?}",
        count as f64 / took.as_secs_f64(),
        on_disk as f64 / count as f64,
        bytes as f64 / count as f64,
        reopened.elapsed(),
    );
    Ok(())
}

fn kill(name: &str, times: u64) -> Result<()> {
    let (mut lost, mut acknowledged, mut refused) = (0, 0, 0);
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..times {
        let dir = tempfile::tempdir()?;
        let mut writer =
            this(&["write", name, &dir.path().display().to_string(), "1000000000"]).stdout(Stdio::piped()).spawn()?;
        let end = Instant::now() + Duration::from_millis(random.u64(20..300));
        let mut last = 0;
        let mut lines = BufReader::new(writer.stdout.take().ok_or("no output")?).lines();
        while Instant::now() < end {
            let Some(line) = lines.next() else { break };
            last = line?.parse()?;
        }
        writer.kill()?;
        // Everything that was acknowledged before the kill counts, even if it is read later.
        last = lines.map_while(std::result::Result::ok).filter_map(|line| line.parse().ok()).last().unwrap_or(last);
        writer.wait()?;
        acknowledged += last;
        match counted(name, dir.path())? {
            Some(present) => lost += (1..=last).filter(|number| !present.contains(number)).count(),
            None => refused += 1,
        }
    }
    println!("{name:16} {times} kills: {acknowledged} acknowledged, {lost} lost, {refused} times not opened");
    Ok(())
}

fn flip(name: &str, times: u64) -> Result<()> {
    const COUNT: u64 = 10_000;
    let mut random = fastrand::Rng::with_seed(1);
    for is_closed in [true, false] {
        let original = tempfile::tempdir()?;
        let dir = original.path().display().to_string();
        let mut writer = this(&["write", name, &dir, &COUNT.to_string()]).stdout(Stdio::piped()).spawn()?;
        if is_closed {
            drop(writer.stdin.take());
        }
        let mut lines = BufReader::new(writer.stdout.take().ok_or("no output")?).lines();
        while lines.next().transpose()?.ok_or("ended early")?.parse::<u64>()? < COUNT {}
        if !is_closed {
            writer.kill()?;
        }
        writer.wait()?;
        let (mut refused, mut lost, mut worst) = (0, Vec::new(), 0);
        for _ in 0..times {
            let copy = tempfile::tempdir()?;
            assert!(Command::new("cp").arg("-r").arg(original.path().join(".")).arg(copy.path()).status()?.success());
            flip_a_bit(copy.path(), &mut random)?;
            match counted(name, copy.path())? {
                Some(present) => {
                    let missing = COUNT as usize - (1..=COUNT).filter(|number| present.contains(number)).count();
                    worst = worst.max(missing);
                    lost.push(missing);
                }
                None => refused += 1,
            }
        }
        lost.sort_unstable();
        let (median, none) = (lost.get(lost.len() / 2), lost.iter().filter(|lost| **lost == 0).count());
        let state = if is_closed { "closed" } else { "killed" };
        let many = lost.iter().filter(|lost| **lost > 2).count();
        println!(
            "{name:16} {state}: {times} times one bit of {COUNT} deliveries: {refused} times not opened, {none} times none lost, {many} times more than two, median {median:?}, worst {worst}"
        );
    }
    Ok(())
}

/// Flips one bit of the written data. Reserved space does not count.
fn flip_a_bit(dir: &Path, random: &mut fastrand::Rng) -> Result<()> {
    let files = files(dir)?;
    let total = size(dir)?;
    loop {
        let mut at = random.u64(..total);
        for path in &files {
            let length = fs::metadata(path)?.len();
            if at >= length {
                at -= length;
                continue;
            }
            let mut bytes = fs::read(path)?;
            if bytes[at as usize] == 0 {
                break;
            }
            bytes[at as usize] ^= 1 << random.u8(..8);
            return Ok(fs::write(path, bytes)?);
        }
    }
}

/// Writes `count` deliveries, and prints the number of the last one whenever a group is durable.
fn write(name: &str, dir: &Path, count: u64) -> Result<()> {
    let mut store = open(name, dir)?;
    let mut out = std::io::stdout().lock();
    let mut next = 1;
    while next <= count {
        let last = count.min(next + GROUP as u64 - 1);
        store.append(&(next..=last).map(record).collect::<Vec<_>>())?;
        writeln!(out, "{last}")?;
        out.flush()?;
        next = last + 1;
    }
    // A caller that wants to kill the process while the store is open keeps standard input open.
    std::io::stdin().lock().read_line(&mut String::new())?;
    Ok(())
}

/// Prints the numbers of all intact deliveries.
fn count(name: &str, dir: &Path) -> Result<()> {
    let records = open(name, dir)?.read()?;
    let mut out = String::new();
    for (number, found) in records {
        if record(number).1 == found {
            out += &format!("{number}\n");
        }
    }
    Ok(std::io::stdout().write_all(out.as_bytes())?)
}

/// Reads a store in a separate process, because it may panic. Returns `None` if the store cannot be opened or read.
fn counted(name: &str, dir: &Path) -> Result<Option<BTreeSet<u64>>> {
    let output = this(&["count", name, &dir.display().to_string()]).stderr(Stdio::null()).output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(output.status.success().then(|| text.lines().filter_map(|line| line.parse().ok()).collect()))
}

fn this(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.args(arguments).stdin(Stdio::piped());
    command
}

fn files(dir: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}

fn size(dir: &Path) -> Result<u64> {
    files(dir)?.iter().map(|path| Ok(fs::metadata(path)?.len())).sum()
}
