"""What clients that trust the private CA accept, by real TLS handshakes."""

import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from moderation import certificates, clock
from moderation.certificates import Certificates
from moderation.cli_cert import HOSTS


@pytest.fixture(scope="module")
def made() -> Certificates:
    """Give certificates for the vendors' hosts."""
    return certificates.make(HOSTS, clock.now(), 7)


def greet(made: Certificates, host: str, folder: Path, certificate: bytes = b"") -> None:
    """Shake hands with a server that has `certificate`, or the one that was made, as a client that calls `host`."""
    for name, content in (("server.pem", certificate or made.certificate), ("server.key", made.key)):
        (folder / name).write_bytes(content)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "server.pem", folder / "server.key")
    calling = ssl.create_default_context(cadata=made.ca.decode())
    calling.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = calling.wrap_bio(to_client, to_server, server_hostname=host)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert client.version() == "TLSv1.3"


def forge(made: Certificates, name: x509.GeneralName) -> bytes:
    """Return a certificate for `name`, signed with the CA's key and good for the server's."""
    ca, key = x509.load_pem_x509_certificate(made.ca), load_pem_private_key(made.key, None)
    ca_key = load_pem_private_key(made.ca_key, None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a thief")]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ca.not_valid_before_utc)
        .not_valid_after(ca.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


@pytest.mark.parametrize("host", [*HOSTS[:2], "0123456789ab.rest.akismet.com", HOSTS[3]])
def test_a_client_that_trusts_the_ca_accepts_the_server(made: Certificates, host: str, tmp_path: Path) -> None:
    """Every host that it was made for is taken, a key before Akismet's host too."""
    greet(made, host, tmp_path)


@pytest.mark.parametrize("host", ["googleapis.com", "a.b.rest.akismet.com", "bank.example"])
def test_the_server_is_nobody_else(made: Certificates, host: str, tmp_path: Path) -> None:
    """Under any other name the server is refused."""
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        greet(made, host, tmp_path)


def test_a_ca_key_makes_certificates_of_its_hosts(made: Certificates, tmp_path: Path) -> None:
    """Whoever kept the key can make another server's certificate."""
    greet(made, "api.openai.com", tmp_path, forge(made, x509.DNSName("api.openai.com")))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("bank.example", x509.DNSName("bank.example")),
        ("www.googleapis.com", x509.DNSName("*.googleapis.com")),
        ("127.0.0.1", x509.IPAddress(ip_address("127.0.0.1"))),
        ("::1", x509.IPAddress(ip_address("::1"))),
    ],
)
def test_a_stolen_ca_key_is_good_for_nothing_else(
    made: Certificates, host: str, name: x509.GeneralName, tmp_path: Path
) -> None:
    """A certificate for any other name or for an address is refused, though the CA signed it."""
    with pytest.raises(ssl.SSLCertVerificationError, match=r"(permitted|excluded) subtree violation"):
        greet(made, host, tmp_path, forge(made, name))


def test_a_certificate_lasts_as_long_as_was_said() -> None:
    """The server and the CA end together; a client whose clock is a little slow takes them at once."""
    now = clock.now().replace(microsecond=0)

    made = certificates.make(["api.openai.com"], now, 30)

    for one in (made.ca, made.certificate):
        certificate = x509.load_pem_x509_certificate(one)
        assert certificate.not_valid_after_utc == made.until == now + timedelta(days=30)
        assert certificate.not_valid_before_utc < now


@pytest.mark.parametrize(
    ("name", "is_host"),
    [
        ("api.openai.com", True),
        ("*.rest.akismet.com", True),
        ("xn--bcher-kva.example", True),
        (f"{'a' * 63}.example", True),
        ("localhost", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("a.*.example", False),
        ("*.*.example", False),
        ("bücher.example", False),
        ("-a.example", False),
        ("a..example", False),
        ("https://api.openai.com", False),
        (f"{'a' * 64}.example", False),
        (".".join(["a" * 49] * 5) + ".example", False),
        ("", False),
        ("api.openai.com\n", False),
    ],
)
def test_a_host_is_a_name(name: str, *, is_host: bool) -> None:
    """Names with a dot are hosts, with `*` at most as the first label; addresses and URLs are none."""
    assert (certificates.HOST.fullmatch(name) is not None) is is_host
