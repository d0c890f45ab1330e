//! The addresses that a webhook may reach: public ones, and those of the operator's list.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// Address ranges that are not public (IANA IPv4 Special-Purpose Address Registry, RFC 6890), including multicast and reserved addresses.
const NOT_PUBLIC_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// Global unicast (RFC 4291, section 2.4); all other addresses are local, multicast, mapped, translated or not assigned.
const UNICAST_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Ranges of it that are not public (IANA IPv6 Special-Purpose Address Registry); Teredo and 6to4 carry addresses of IPv4.
const NOT_PUBLIC_V6: [Ipv6Net; 4] = [v6(0x2001, 0, 23), v6(0x2001, 0xdb8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];

/// Returns whether an address is reached over the public Internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => UNICAST_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&address)),
    }
}

/// Returns whether a webhook may connect to this address: a listed one, or, if TLS protects the message, a public one.
#[must_use]
pub fn is_allowed(address: IpAddr, is_tls: bool, listed: &[IpNet]) -> bool {
    let address = address.to_canonical();
    listed.iter().any(|net| net.contains(&address)) || is_tls && is_public(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let of = |text: &str| is_public(text.parse().unwrap());
        for public in ["1.1.1.1", "223.5.5.5", "101.91.40.24", "::ffff:223.5.5.5", "2400:3200::1", "2606:4700::1111"] {
            assert!(of(public), "{public}");
        }
        let local = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.170",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
        ];
        for local in local {
            assert!(!of(local), "{local}");
        }
    }

    #[test]
    fn the_list_opens_what_is_on_it_and_plain_http_needs_it() {
        let listed: Vec<IpNet> = ["10.1.0.0/16", "fd00::/8"].iter().map(|net| net.parse().unwrap()).collect();
        let may = |text: &str, is_tls| is_allowed(text.parse().unwrap(), is_tls, &listed);
        assert!(may("10.1.2.3", true) && may("10.1.2.3", false) && may("::ffff:10.1.2.3", false) && may("fd12::1", true));
        assert!(may("223.5.5.5", true) && !may("223.5.5.5", false));
        assert!(!may("10.2.0.1", true) && !may("127.0.0.1", false));
    }
}
