//! `callctl explain`: explains the codes of a result.

use std::io::{self, Write};

use call_msgraph::internal::unexplained;
use call_msgraph::{explain, explanations};

use crate::exit;
use crate::terminal::finish;

/// A pair to explain; without one, all explanations as a page of Markdown.
pub(crate) struct Explain(pub(crate) Option<Codes>);

/// `CODE/SUBCODE`
#[derive(Clone, Copy)]
pub(crate) struct Codes(i64, i64);

impl std::str::FromStr for Codes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let codes =
            text.split_once('/').and_then(|(code, subcode)| Some(Self(code.parse().ok()?, subcode.parse().ok()?)));
        codes.ok_or("not a code and a subcode such as 500/7000")
    }
}

impl Explain {
    /// Writes the explanation and returns the exit status.
    pub(crate) fn run(&self) -> u8 {
        let mut out = io::stdout().lock();
        let Some(Codes(code, subcode)) = self.0 else { return finish(write_book(&mut out), || 0) };
        match explain(code, subcode) {
            Some(known) => {
                let (cause, retry, source) = (&known.cause, known.retry.as_str(), &known.source);
                let meaning = &known.meaning;
                let text =
                    format!("{code}/{subcode}  {meaning}\n  cause   {cause}\n  retry   {retry}\n  source  {source}\n");
                finish(out.write_all(text.as_bytes()), || 0)
            }
            None => {
                let is_seen = unexplained().contains(&(code, subcode));
                let seen = if is_seen { "; it was seen in logs" } else { "" };
                finish(writeln!(out, "{code}/{subcode}  unknown: there is no explanation for this pair{seen}"), || {
                    exit::REJECTED
                })
            }
        }
    }
}

fn write_book(out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "# Result codes\n\n`callctl explain CODE/SUBCODE` explains one result. `callctl explain` prints this page.\n"
    )?;
    writeln!(
        out,
        "| code/subcode | what it means | likely cause | does a retry help? | source |\n| --- | --- | --- | --- | --- |"
    )?;
    for known in explanations() {
        let (code, subcode, retry) = (known.code, known.subcode, known.retry.as_str());
        writeln!(out, "| {code}/{subcode} | {} | {} | {retry} | {} |", known.meaning, known.cause, known.source)?;
    }
    let seen: Vec<_> = unexplained().iter().map(|(code, subcode)| format!("{code}/{subcode}")).collect();
    writeln!(out, "\nSeen in logs, and explained nowhere: {}.", seen.join(", "))
}
