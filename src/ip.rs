//! Addresses and the networks they are in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Networks a list may hold at most.
pub const NETWORKS_MAX: usize = 10_000;

/// Why a text is not an address or a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidNetwork {
    /// Neither an address nor a network in CIDR notation (RFC 4632).
    Malformed,
    /// A network with bits set beyond its prefix; the right one is given.
    HostBitsSet(IpNet),
}

impl std::fmt::Display for InvalidNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => {
                f.write_str("is not an address or a network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32")
            }
            Self::HostBitsSet(right) => {
                write!(f, "has bits set beyond its prefix length; the network is {right}")
            }
        }
    }
}

/// A set of addresses, given as networks; looked up in logarithmic time.
#[derive(Debug, Clone, Default)]
pub struct AddressSet {
    v4: Vec<Ipv4Net>,
    v6: Vec<Ipv6Net>,
}

impl AddressSet {
    /// Collects networks; overlapping and adjacent ones become one.
    pub fn new(networks: impl IntoIterator<Item = IpNet>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for network in networks {
            match network {
                IpNet::V4(network) => v4.push(network),
                IpNet::V6(network) => v6.push(network),
            }
        }
        Self { v4: Ipv4Net::aggregate(&v4), v6: Ipv6Net::aggregate(&v6) }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether the address is in one of the networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        // Aggregated networks are sorted and disjoint: only the last that begins
        // at or before the address can hold it.
        fn holds<N, A: PartialOrd>(nets: &[N], start: impl Fn(&N) -> A, end: impl Fn(&N) -> A, a: A) -> bool {
            let after = nets.partition_point(|net| start(net) <= a);
            nets.get(after.wrapping_sub(1)).is_some_and(|net| a <= end(net))
        }
        match address.to_canonical() {
            IpAddr::V4(a) => holds(&self.v4, Ipv4Net::network, Ipv4Net::broadcast, a),
            IpAddr::V6(a) => holds(&self.v6, Ipv6Net::network, Ipv6Net::broadcast, a),
        }
    }
}

/// Reads an address or a network. An IPv4-mapped one (`::ffff:192.0.2.0/120`,
/// RFC 4291 section 2.5.5.2) is the IPv4 one it stands for.
///
/// # Errors
/// See [`InvalidNetwork`].
pub fn parse_network(text: &str) -> Result<IpNet, InvalidNetwork> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(address.to_canonical()));
    }
    let network: IpNet = text.parse().map_err(|_| InvalidNetwork::Malformed)?;
    let network = unmapped(network);
    if network.trunc() != network {
        return Err(InvalidNetwork::HostBitsSet(network.trunc()));
    }
    Ok(network)
}

fn unmapped(network: IpNet) -> IpNet {
    const MAPPED_BITS: u8 = 96;
    let IpNet::V6(v6) = network else { return network };
    let inner = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(MAPPED_BITS));
    inner.and_then(|(v4, bits)| Ipv4Net::new(v4, bits).ok()).map_or(network, IpNet::V4)
}

/// Reads Envoy's `source.address`: an address with a port (which is 0 when the address
/// comes from a trusted `x-forwarded-for`) or without, IPv6 in brackets or bare, perhaps
/// with a zone. `None` for anything else, such as a Unix socket's path.
pub fn parse_source(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Some(socket.ip().to_canonical());
    }
    let host = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => text,
    };
    let bare = host.split_once('%').map_or(host, |(address, _zone)| address);
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// The 128 bits by which an address is known in tables of abuse: an IPv4 address as its
/// mapped form, an IPv6 address as its /64, the smallest block a site is given (RFC 6177).
pub fn client_bits(address: IpAddr) -> u128 {
    const SITE: u128 = !(u64::MAX as u128);
    match address.to_canonical() {
        IpAddr::V4(v4) => Ipv4Addr::to_ipv6_mapped(&v4).to_bits(),
        IpAddr::V6(v6) => Ipv6Addr::to_bits(v6) & SITE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(networks: &[&str]) -> AddressSet {
        AddressSet::new(networks.iter().map(|n| parse_network(n).unwrap()))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_set_holds_what_its_networks_hold() {
        let set = set(&["10.0.0.0/8", "192.0.2.7", "192.0.2.8/31", "2001:db8::/32", "::1"]);
        for inside in [
            "10.255.255.255",
            "10.0.0.0",
            "192.0.2.7",
            "192.0.2.9",
            "2001:db8:ffff::1",
            "::1",
            "::ffff:10.1.1.1",
        ] {
            assert!(set.contains(address(inside)), "{inside}");
        }
        for outside in
            ["9.255.255.255", "11.0.0.0", "192.0.2.6", "192.0.2.10", "2001:db9::", "::2", "::", "0.0.0.0"]
        {
            assert!(!set.contains(address(outside)), "{outside}");
        }
        assert!(!AddressSet::default().contains(address("10.0.0.1")));
    }

    #[test]
    fn the_whole_internet_is_a_network() {
        assert!(set(&["0.0.0.0/0"]).contains(address("255.255.255.255")));
        assert!(!set(&["0.0.0.0/0"]).contains(address("::1")));
        assert!(set(&["::/0"]).contains(address("ffff::")));
    }

    #[test]
    fn mapped_networks_are_ipv4_networks() {
        assert_eq!(parse_network("::ffff:192.0.2.0/120"), "192.0.2.0/24".parse().map_err(|_| unreachable!()));
        assert!(set(&["::ffff:192.0.2.9"]).contains(address("192.0.2.9")));
    }

    #[test]
    fn host_bits_name_the_right_network() {
        let error = parse_network("192.0.2.7/24").unwrap_err();
        assert_eq!(error.to_string(), "has bits set beyond its prefix length; the network is 192.0.2.0/24");
        for wrong in ["", "10.0.0.0/33", "10.0.0", "example.org", "::1/129", "10.0.0.1/", " 10.0.0.1"] {
            assert_eq!(parse_network(wrong), Err(InvalidNetwork::Malformed), "{wrong}");
        }
    }

    #[test]
    fn source_addresses_come_in_many_forms() {
        for (text, expected) in [
            ("127.0.0.1:45556", "127.0.0.1"),
            ("5.6.7.8:0", "5.6.7.8"),
            ("5.6.7.8", "5.6.7.8"),
            ("[2001:db8::1]:0", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
            ("[fe80::1%eth0]:80", "fe80::1"),
        ] {
            assert_eq!(parse_source(text.as_bytes()), Some(address(expected)), "{text}");
        }
        for wrong in ["", "/run/envoy.sock", "@abstract", "[::1", "\u{661}.1.1.1"] {
            assert_eq!(parse_source(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(parse_source(b"\xff"), None);
    }

    #[test]
    fn an_ipv6_client_is_its_site() {
        assert_eq!(client_bits(address("2001:db8::1")), client_bits(address("2001:db8::ffff:1")));
        assert_ne!(client_bits(address("2001:db8::1")), client_bits(address("2001:db8:0:1::1")));
        assert_ne!(client_bits(address("192.0.2.1")), client_bits(address("192.0.2.2")));
    }
}
