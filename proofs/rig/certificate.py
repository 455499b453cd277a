"""A certificate of our own that the processes under proof trust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = timedelta(days=1)


def make(path: Path, names: Sequence[str], addresses: Sequence[str] = ()) -> Path:
    """Write key and certificate for these hosts into one file, and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    # Each its own: two authorities of one name would be taken for each other.
    serial = x509.random_serial_number()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"the rig {serial}")])
    others = [x509.IPAddress(ip_address(each)) for each in addresses]
    covered = x509.SubjectAlternativeName([*(x509.DNSName(each) for each in names), *others])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(serial)
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
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
