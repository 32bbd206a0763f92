//! Random numbers from the operating system.

/// Returns 128 random bits in hexadecimal digits; `None` if the operating system returns no random numbers.
pub(crate) fn random_hex() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// Returns a number that nobody can foresee, unless the operating system returns no random numbers.
pub(crate) fn seed() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_or(0, |()| u64::from_be_bytes(bytes))
}
