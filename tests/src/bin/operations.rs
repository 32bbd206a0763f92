//! Prints `docs/operations.md`.

#![expect(clippy::print_stdout, reason = "it prints a page")]

fn main() {
    print!("{}", call_tests::operations_page::page());
}
