//! `--check-config`: tries what the sidecar needs.

use std::io::{self, Write as _};
use std::path::Path;

use call_engine::call_transport::BoxError;
use call_journal::SqliteJournal;

use crate::serve::providers::{tokens, validator};
use crate::serve::settings::ServeSettings;
use crate::signals::listen;
use crate::terminal::chain;

/// Tries the access token, the signing keys, the address and the journal, and returns whether all of them work.
pub(super) async fn check(settings: ServeSettings) -> io::Result<bool> {
    let ServeSettings { credentials, webhook, listen: address, journal, .. } = settings;
    let authority = credentials.authority();
    let token = async { Ok(tokens(credentials)?.token().await.map(drop)?) };
    let keys = async {
        match validator(webhook)? {
            Some(validator) => Ok(validator.fetch_keys().await?),
            None => Ok(()),
        }
    };
    let tried = [
        (
            format!("access token of {authority}"),
            token.await,
            "check --tenant-id, --client-id and --client-secret, and the network",
        ),
        ("signing keys".to_owned(), keys.await, "check --webhook-openid-url and the network"),
        // These errors say what to do.
        (format!("address {address}"), listen(address).await.map(drop), ""),
        (format!("journal {}", journal.display()), try_journal(&journal), ""),
    ];
    let mut out = io::stdout().lock();
    for (what, outcome, remedy) in &tried {
        match outcome {
            Ok(()) => writeln!(out, "ok      {what}")?,
            Err(error) if remedy.is_empty() => writeln!(out, "failed  {what}: {}", chain(&**error))?,
            Err(error) => writeln!(out, "failed  {what}: {}\n        {remedy}", chain(&**error))?,
        }
    }
    Ok(tried.iter().all(|(_, outcome, _)| outcome.is_ok()))
}

fn try_journal(directory: &Path) -> Result<(), BoxError> {
    SqliteJournal::open(directory)?;
    Ok(())
}
