//! Addresses to listen on, as people write them.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs as _};

/// Reads an address to listen on: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, the name of a machine, or `:8080`, which is an address
/// of this machine that no other machine can reach.
pub(crate) fn listen_address(text: &str) -> Result<SocketAddr, String> {
    const EXPECTED: &str = "expected an address and a port such as `127.0.0.1:8080`, `localhost:8080` or `:8080`; \
                            `0.0.0.0:8080` is reachable from other machines";
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (name, port) = text.rsplit_once(':').ok_or(EXPECTED)?;
    let port: u16 = port.parse().map_err(|_| EXPECTED)?;
    if name.is_empty() || name.eq_ignore_ascii_case("localhost") {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    let mut found =
        (name, port).to_socket_addrs().map_err(|error| format!("cannot resolve the name: {error}; {EXPECTED}"))?;
    found.next().ok_or_else(|| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, address) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("localhost:8081", "127.0.0.1:8081"),
            ("LocalHost:0", "127.0.0.1:0"),
            (":8080", "127.0.0.1:8080"),
            ("0.0.0.0:80", "0.0.0.0:80"),
        ] {
            assert_eq!(listen_address(text), Ok(address.parse().expect("an address")), "{text}");
        }
        for wrong in ["", "8080", "localhost", ":", ":x", "127.0.0.1", "http://127.0.0.1:8080", ":70000"] {
            let refused = listen_address(wrong).expect_err(wrong);
            assert!(refused.contains("expected an address and a port"), "{refused}");
        }
    }
}
