//! Addresses, as they are written in flags and variables.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};

use super::Mistake;

/// Reads `HOST:PORT`. `localhost` is 127.0.0.1 alone; without a host, as distribution has it, it is every address.
pub(super) fn address(text: &str) -> Result<SocketAddr, Mistake> {
    let mistake = |reason: &str| {
        Mistake(format!(
            "{text:?} is not an address to listen on: {reason}; write it like --addr 127.0.0.1:5000"
        ))
    };
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (host, port) = text
        .rsplit_once(':')
        .ok_or_else(|| mistake("it has no port"))?;
    let port: u16 = port
        .parse()
        .map_err(|_| mistake("its port is not a number up to 65535"))?;
    match host {
        "" => Ok((Ipv4Addr::UNSPECIFIED, port).into()),
        "localhost" => Ok((Ipv4Addr::LOCALHOST, port).into()),
        name => {
            let mut addresses = (name, port)
                .to_socket_addrs()
                .map_err(|_| mistake("its host is not known here"))?;
            addresses
                .next()
                .ok_or_else(|| mistake("its host has no address"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (text, wanted) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("localhost:5000", "127.0.0.1:5000"),
            (":5000", "0.0.0.0:5000"),
            ("[::1]:1", "[::1]:1"),
        ] {
            assert_eq!(address(text).unwrap(), wanted.parse().unwrap(), "{text}");
        }
        for text in [
            "",
            "5000",
            "localhost",
            "localhost:65536",
            "::1",
            "no.such.host.invalid:1",
        ] {
            assert!(address(text).unwrap_err().0.contains("--addr"), "{text}");
        }
    }
}
