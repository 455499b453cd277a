"""A certificate that the attacked processes trust, for the names of the room's name server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from proofs.attacks.outbound_names import PUBLIC, PUBLIC6

NAMES = ("*.room.test", "*.rebind.test", "*.internal.test", "example.com", "www.example.com")


def make(path: Path, names: Sequence[str] = NAMES) -> Path:
    """Write key and certificate into one file, and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "the room")])
    others = [x509.IPAddress(ip_address(each)) for each in (PUBLIC, PUBLIC6)]
    covered = x509.SubjectAlternativeName([*(x509.DNSName(each) for each in names), *others])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(covered, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
