//! The candidates, behind one trait: numbered records that are durable once a batch is appended.

use std::error::Error;
use std::path::Path;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A numbered record.
pub type Numbered = (u64, Vec<u8>);

pub trait Store {
    /// Returns once the whole batch would survive a power failure.
    fn append(&mut self, batch: &[Numbered]) -> Result<()>;

    /// Returns everything that can be read. Records that the store refuses to return are left out.
    fn read(&mut self) -> Result<Vec<Numbered>>;
}

/// The names of the candidates.
pub const NAMES: [&str; 6] = ["fjall", "redb", "sqlite-wal", "sqlite-rollback", "commitlog", "lines"];

pub fn open(name: &str, dir: &Path) -> Result<Box<dyn Store>> {
    Ok(match name {
        #[cfg(feature = "fjall")]
        "fjall" => Box::new(fjall_store::Fjall::open(dir)?),
        #[cfg(feature = "redb")]
        "redb" => Box::new(redb_store::Redb::open(dir)?),
        #[cfg(feature = "sqlite")]
        "sqlite-wal" => Box::new(sqlite_store::Sqlite::open(dir, "WAL")?),
        #[cfg(feature = "sqlite")]
        "sqlite-rollback" => Box::new(sqlite_store::Sqlite::open(dir, "TRUNCATE")?),
        #[cfg(feature = "commitlog")]
        "commitlog" => Box::new(commitlog_store::Commits::open(dir)?),
        "lines" => Box::new(lines_store::Lines::open(dir)?),
        _ => return Err(format!("no store is called {name}").into()),
    })
}

#[cfg(feature = "fjall")]
mod fjall_store {
    use super::*;
    use ::fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

    pub struct Fjall(Database, Keyspace);

    impl Fjall {
        pub fn open(dir: &Path) -> Result<Self> {
            let database = Database::builder(dir).open()?;
            let records = database.keyspace("records", KeyspaceCreateOptions::default)?;
            Ok(Self(database, records))
        }
    }

    impl Store for Fjall {
        fn append(&mut self, batch: &[Numbered]) -> Result<()> {
            let mut writes = self.0.batch();
            for (number, record) in batch {
                writes.insert(&self.1, number.to_be_bytes(), record.as_slice());
            }
            writes.commit()?;
            Ok(self.0.persist(PersistMode::SyncAll)?)
        }

        fn read(&mut self) -> Result<Vec<Numbered>> {
            let mut records = Vec::new();
            for entry in self.1.iter() {
                // A damaged block loses only itself, if the store can continue after it.
                let Ok((key, value)) = entry.into_inner() else { continue };
                records.push((u64::from_be_bytes(key.as_ref().try_into()?), value.to_vec()));
            }
            Ok(records)
        }
    }
}

#[cfg(feature = "redb")]
mod redb_store {
    use super::*;
    use ::redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

    const RECORDS: TableDefinition<u64, &[u8]> = TableDefinition::new("records");

    pub struct Redb(Database);

    impl Redb {
        pub fn open(dir: &Path) -> Result<Self> {
            Ok(Self(Database::create(dir.join("records.redb"))?))
        }
    }

    impl Store for Redb {
        fn append(&mut self, batch: &[Numbered]) -> Result<()> {
            let transaction = self.0.begin_write()?;
            {
                let mut table = transaction.open_table(RECORDS)?;
                for (number, record) in batch {
                    table.insert(number, record.as_slice())?;
                }
            }
            Ok(transaction.commit()?)
        }

        fn read(&mut self) -> Result<Vec<Numbered>> {
            let table = self.0.begin_read()?.open_table(RECORDS)?;
            let mut records = Vec::new();
            for entry in table.iter()? {
                let Ok((number, record)) = entry else { break };
                records.push((number.value(), record.value().to_vec()));
            }
            Ok(records)
        }
    }
}

#[cfg(feature = "sqlite")]
mod sqlite_store {
    use super::*;
    use rusqlite::{Connection, params};

    pub struct Sqlite(Connection);

    impl Sqlite {
        pub fn open(dir: &Path, journal: &str) -> Result<Self> {
            let connection = Connection::open(dir.join("records.sqlite"))?;
            connection.pragma_update(None, "journal_mode", journal)?;
            connection.pragma_update(None, "synchronous", "EXTRA")?;
            connection.execute("CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY, record BLOB)", [])?;
            Ok(Self(connection))
        }
    }

    impl Store for Sqlite {
        fn append(&mut self, batch: &[Numbered]) -> Result<()> {
            let transaction = self.0.transaction()?;
            {
                let mut insert = transaction.prepare_cached("INSERT INTO records VALUES (?, ?)")?;
                for (number, record) in batch {
                    insert.execute(params![*number as i64, record])?;
                }
            }
            Ok(transaction.commit()?)
        }

        fn read(&mut self) -> Result<Vec<Numbered>> {
            let mut records = Vec::new();
            let last: i64 =
                self.0.query_row("SELECT max(number) FROM records", [], |row| row.get(0)).unwrap_or(1 << 20);
            let mut from = 0;
            // Unreadable records are skipped, one number at a time.
            while from <= last {
                let mut select = self.0.prepare_cached("SELECT number, record FROM records WHERE number >= ?")?;
                let mut rows = select.query([from])?;
                loop {
                    match rows.next() {
                        Ok(Some(row)) => {
                            let number: i64 = row.get(0)?;
                            records.push((number as u64, row.get(1).unwrap_or_default()));
                            from = number + 1;
                        }
                        Ok(None) => return Ok(records),
                        Err(_) => break,
                    }
                }
                from += 1;
            }
            Ok(records)
        }
    }
}

#[cfg(feature = "commitlog")]
mod commitlog_store {
    use super::*;
    use ::commitlog::message::MessageSet;
    use ::commitlog::{CommitLog, LogOptions, ReadLimit};

    pub struct Commits(CommitLog);

    impl Commits {
        pub fn open(dir: &Path) -> Result<Self> {
            Ok(Self(CommitLog::new(LogOptions::new(dir))?))
        }
    }

    impl Store for Commits {
        fn append(&mut self, batch: &[Numbered]) -> Result<()> {
            for (number, record) in batch {
                let mut message = number.to_be_bytes().to_vec();
                message.extend_from_slice(record);
                self.0.append_msg(&message)?;
            }
            Ok(self.0.flush()?)
        }

        fn read(&mut self) -> Result<Vec<Numbered>> {
            let (mut records, mut from) = (Vec::new(), 0);
            while let Ok(messages) = self.0.read(from, ReadLimit::max_bytes(1 << 20)) {
                let before = from;
                for message in messages.iter() {
                    let (number, record) = message.payload().split_at(8);
                    records.push((u64::from_be_bytes(number.try_into()?), record.to_vec()));
                    from = message.offset() + 1;
                }
                if from == before {
                    break;
                }
            }
            Ok(records)
        }
    }
}

mod lines_store {
    use super::*;
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::path::PathBuf;

    /// A file of lines, each with a checksum: the minimal cost of a log.
    pub struct Lines(File, PathBuf);

    impl Lines {
        pub fn open(dir: &Path) -> Result<Self> {
            let path = dir.join("records.lines");
            Ok(Self(OpenOptions::new().create(true).append(true).open(&path)?, path))
        }
    }

    impl Store for Lines {
        fn append(&mut self, batch: &[Numbered]) -> Result<()> {
            let mut bytes = Vec::new();
            for (number, record) in batch {
                write!(bytes, "{number} ")?;
                bytes.extend_from_slice(record);
                bytes.push(b'\n');
            }
            self.0.write_all(&bytes)?;
            Ok(self.0.sync_data()?)
        }

        fn read(&mut self) -> Result<Vec<Numbered>> {
            let bytes = std::fs::read(&self.1)?;
            let numbered = bytes.split(|byte| *byte == b'\n').filter_map(|line| {
                let space = line.iter().position(|byte| *byte == b' ')?;
                let number = str::from_utf8(&line[..space]).ok()?.parse().ok()?;
                Some((number, line[space + 1..].to_vec()))
            });
            Ok(numbered.collect())
        }
    }
}
