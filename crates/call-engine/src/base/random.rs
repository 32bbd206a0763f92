//! Random texts from the operating system.

/// Returns 128 random bits in hexadecimal digits; `None` if the operating system returns no random numbers.
pub(crate) fn random_hex() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}
