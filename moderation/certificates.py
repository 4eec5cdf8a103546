"""A private CA and a certificate of it, for clients that insist on their vendor's own address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = re.compile(r"(?=.{4,253}\Z)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
"""A name with a dot in it, perhaps with `*` as its first label; an IP address ends in a digit and is none."""
SLOW_CLOCK = timedelta(hours=1)
"""How far the clock of a client may be behind."""
FOR_SERVERS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


@dataclass(frozen=True, slots=True)
class Certificates:
    """What was made, as PEM: the CA is for clients, the certificate and its key are for the server."""

    ca: bytes
    ca_key: bytes
    certificate: bytes
    key: bytes
    until: datetime


def make(hosts: Sequence[str], now: datetime, days: int) -> Certificates:
    """Return a new CA that is good for `hosts` alone, and a certificate of it for them."""
    until = now + timedelta(days=days)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name, name = _name(f"moderation's own CA of {now:%Y-%m-%d}"), _name("moderation server")
    ca_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = (
        _builder(ca_name, ca_name, ca_key, now, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(_constraints(hosts), critical=True)
        .add_extension(ca_id, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    certificate = (
        _builder(name, ca_name, key, now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_id), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return Certificates(
        ca.public_bytes(Encoding.PEM),
        _pem(ca_key),
        certificate.public_bytes(Encoding.PEM),
        _pem(key),
        certificate.not_valid_after_utc,
    )


def _constraints(hosts: Sequence[str]) -> x509.NameConstraints:
    """Return what the CA may vouch for: the hosts, with the names below them, and no address at all."""
    names = sorted({host.removeprefix("*.") for host in hosts})
    addresses = [x509.IPAddress(ip_network(everywhere)) for everywhere in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints(permitted_subtrees=[x509.DNSName(name) for name in names], excluded_subtrees=addresses)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLOW_CLOCK)
        .not_valid_after(until)
        .add_extension(FOR_SERVERS, critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
