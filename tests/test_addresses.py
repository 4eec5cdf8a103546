from ipaddress import ip_address, ip_network

import pytest

from moderation.addresses import check_url, is_public, may_reach
from moderation.errors import BlockedTargetError


def words(text: str) -> list[str]:
    """Return what stands in `text` between spaces."""
    return text.split()


PUBLIC = words("""
1.1.1.1 8.8.8.8 93.184.215.14 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 198.20.0.1 223.255.255.255
2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001::1 2001:200::1
::ffff:8.8.8.8 64:ff9b::8.8.8.8
""")
CLOSED = words("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16
169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.9 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b:1::7f00:1 64:ff9b:1::8.8.8.8 100::1 100:0:0:1::1
2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:1ff:ffff::1
2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:808:808::1 2620:4f:8000::1 3fff::1 3fff:fff::1
4000::1 5f00::1 8000::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
""")
LOCAL = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def refusal(url: str, *, allow_http: bool = False) -> str:
    """Return why `url` is refused."""
    with pytest.raises(BlockedTargetError) as caught:
        check_url(url, allow_http=allow_http, networks=())
    return caught.value.detail


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    """Unicast that is routed everywhere is public, also where it is mapped into IPv6 or reached by NAT64."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", CLOSED)
def test_all_other_addresses_are_closed(address: str) -> None:
    """Private, special, reserved, multicast and documentation space is closed, in every IPv6 dress."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("address", "network", "allowed"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.2.0.0/16", False),
        ("fd00::5", "fd00::/8", True),
        ("::ffff:10.1.2.3", "10.0.0.0/8", False),
        ("8.8.8.8", "10.0.0.0/8", True),
    ],
)
def test_an_operator_can_allow_networks(address: str, network: str, *, allowed: bool) -> None:
    """What lies in an allowed network may be reached, written as the operator wrote it, beside all that is public."""
    assert may_reach(ip_address(address), (ip_network(network),)) is allowed


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/"),
        ("https://Hooks.Example.com:8443/a/b?key=1#part", "hooks.example.com", 8443, "/a/b?key=1"),
        ("https://example.com?x=1", "example.com", 443, "/?x=1"),
        ("https://xn--bcher-kva.example:9000/", "xn--bcher-kva.example", 9000, "/"),
        ("https://web_1:3000/hook", "web_1", 3000, "/hook"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
        ("https://[2001:4860:4860:0::8888]:443/", "2001:4860:4860::8888", 443, "/"),
        ("https://[::ffff:8.8.8.8]/", "::ffff:808:808", 443, "/"),
        ("https://0x.example.com/", "0x.example.com", 443, "/"),
    ],
)
def test_a_url_is_taken_apart(url: str, host: str, port: int, path: str) -> None:
    """Host, port and path with query are what the URL says; a fragment is not sent."""
    target = check_url(url, allow_http=False, networks=())

    assert (target.https, target.host, target.port, target.path) == (True, host, port, path)


@pytest.mark.parametrize(
    "host",
    [
        *words("""
        127.1 0x7f000001 0x7f.1 2130706433 017700000001 0177.0.0.1 127.0.0.01 127.0.0.1. 1.2.3.4.5 8.8.8.0x8 0 1
        example.1 example.0xa [::1%25eth0] [fe80::1%eth0] [::1]x x[::1] [127.0.0.1] [1:2]
        -a.example a-.example a..b .a a. * a,b %31%32%37.0.0.1
        """),
        "a" * 64 + ".example",
        ".".join(["a" * 60] * 5),
        "",
    ],
)
def test_odd_spellings_of_hosts_are_refused(host: str) -> None:
    """A host is a name of DNS labels or an address in its one usual spelling; anything that looks else is neither."""
    assert "host" in refusal(f"https://{host}/") or "understood" in refusal(f"https://{host}/")


@pytest.mark.parametrize(
    "host",
    words("""
    127.0.0.1 10.0.0.1 169.254.169.254 0.0.0.0 localhost LOCALHOST a.localhost [::1] [::] [::ffff:127.0.0.1]
    [::FFFF:7f00:1] [64:ff9b::a9fe:a9fe] [2002:7f00:1::] [fd00:ec2::254]
    """),
)
def test_literal_addresses_are_checked_at_once(host: str) -> None:
    """A URL that names a closed address, or localhost, is refused before anything is resolved."""
    assert "not public" in refusal(f"https://{host}/hook")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "https"),
        ("ftp://example.com/", "https"),
        ("file:///etc/passwd", "https"),
        ("gopher://example.com:6379/_x", "https"),
        ("//example.com/", "https"),
        ("example.com/hook", "https"),
        ("https:example.com", "host"),
        ("https://user@example.com/", "user name"),
        ("https://user:password@example.com/", "user name"),
        ("https://example.com@127.0.0.1/", "user name"),
        ("https://example.com:22/", "ports"),
        ("https://example.com:25/", "ports"),
        ("https://example.com:0/", "ports"),
        ("https://example.com:1023/", "ports"),
        ("https://example.com:65536/", "understood"),
        ("https://example.com:+443/", "understood"),
        ("https://[::1/", "understood"),
        ("https://example.com\\@127.0.0.1/", "characters"),
        ("https://exa\tmple.com/", "characters"),
        ("https://example.com/\r\nHost: x", "characters"),
        (" https://example.com/", "characters"),
        ("https://example.com/\x00", "characters"),
        ("https://bücher.example/", "characters"),
        ("https://①②⑦.0.0.1/", "characters"),
        ("https://127。0。0。1/", "characters"),
        ("https://example.com/" + "a" * 2000, "characters"),
        ("", "characters"),
    ],
)
def test_urls_that_no_endpoint_needs_are_refused(url: str, why: str) -> None:
    """Only https, without user names, on ports of the web or free ones, in plain ASCII."""
    assert why in refusal(url)


def test_a_host_that_is_an_address_is_told_from_a_name() -> None:
    """Who connects need not resolve what is an address already."""
    four = check_url("https://8.8.8.8/", allow_http=False, networks=())
    name = check_url("https://dns.google/", allow_http=False, networks=())

    assert (four.address, name.address) == (ip_address("8.8.8.8"), None)


def test_plain_http_can_be_allowed() -> None:
    """For development, an operator allows http, and then its port is 80."""
    target = check_url("http://example.com/", allow_http=True, networks=())

    assert (target.https, target.port) == (False, 80)
    assert "https" in refusal("ftp://example.com/", allow_http=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_allowed_networks_open_literal_addresses(host: str) -> None:
    """A private address can be registered where the operator allows its network."""
    assert check_url(f"http://{host}:8000/", allow_http=True, networks=LOCAL).port == 8000


@pytest.mark.parametrize("url", ["https://10.0.0.1/hook?token=tops3cret", "https://a@b/tops3cret", "ssh://h/tops3cret"])
def test_a_refusal_repeats_nothing_of_the_url(url: str) -> None:
    """Paths and queries of callbacks hold secrets: neither the refusal nor the repr of a target shows them."""
    assert "tops3cret" not in refusal(url)
    assert "tops3cret" not in repr(check_url("https://example.com/tops3cret", allow_http=False, networks=()))
