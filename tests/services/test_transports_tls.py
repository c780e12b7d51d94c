"""Letters over TLS: only to a server whose certificate is known, and with the name and password given."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services import mail
from tests.services.sink import Sink, listening, message


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "server.pem"
    path.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def secured(sink: Sink, scheme: str, certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    options: dict[str, Any] = {"ssl_context": context}
    if scheme != "smtps":
        options = {"tls_context": context, "require_starttls": True}
    with listening(sink, **options) as port:
        yield f"{scheme}://localhost:{port}"


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_trusted_server_is_sent_to_over_tls(scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sink = Sink()
    with secured(sink, scheme, certificate) as url, mail.open_transport(url) as transport:
        transport.send(message())
    assert len(sink.envelopes) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_server_with_an_unknown_certificate_gets_nothing(scheme: str, certificate: Path):
    sink = Sink()
    with (
        secured(sink, scheme, certificate) as url,
        mail.open_transport(url) as transport,
        pytest.raises(mail.Temporary, match="certificate"),
    ):
        transport.send(message())
    assert sink.envelopes == []


def test_name_and_password_of_the_address_are_used():
    seen = []

    def authenticate(server: Server, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    sink = Sink()
    with (
        listening(sink, authenticator=authenticate, auth_require_tls=False) as port,
        mail.open_transport(f"smtp://user%40q:p%2Fw@127.0.0.1:{port}") as transport,
    ):
        transport.send(message())
    assert seen == [(b"user@q", b"p/w")]
    assert len(sink.envelopes) == 1


def test_wrong_password_keeps_the_letter():
    def refuse(*args: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    with (
        listening(Sink(), authenticator=refuse, auth_require_tls=False) as port,
        mail.open_transport(f"smtp://user:wrong@127.0.0.1:{port}") as transport,
        pytest.raises(mail.Temporary, match="535"),
    ):
        transport.send(message())
