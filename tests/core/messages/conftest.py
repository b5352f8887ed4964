"""A business with a mail server and a service for SMS that do as the test says."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from core.jobs.execution import run_due_jobs
from core.kernel import EXTENSION
from core.messages.models import Message
from core.testing.databases import AddonSet

ROOT = Path(__file__).parent / "root"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("courier",), (ROOT,))


@dataclass
class Post:
    """A mail server: what it took, and what it answers to a verb instead of 250 (None: it hangs up)."""

    address: tuple[str, int] = ("", 0)
    taken: list[Any] = field(default_factory=list)
    answers: dict[str, str | None] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    """What it offers STARTTLS with."""
    encrypted: list[str] = field(default_factory=list)
    """The verbs that came over an encrypted line."""

    @property
    def url(self) -> str:
        return f"smtp://{self.address[0]}:{self.address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self._say("220 here")
        is_encrypted = False
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            answer = post.answers.get(verb, "250 fine")
            if is_encrypted:
                post.encrypted.append(verb)
            if verb == "EHLO" and post.tls and not is_encrypted:
                answer = "250-here\r\n250 STARTTLS"
            if verb == "STARTTLS" and post.tls:
                self._say("220 go on")
                try:
                    self.connection = post.tls.wrap_socket(self.connection, server_side=True)
                except OSError:
                    return None  # the client does not trust us
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
                is_encrypted = True
                continue
            if verb == "QUIT":
                return self._say("221 bye")
            if verb == "DATA" and answer == "250 fine":
                self._say("354 go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                answer = post.answers.get(".", "250 taken")
                if answer is not None and answer.startswith("2"):
                    post.taken.append(message_from_bytes(content, policy=policy.default))
            if answer is None:
                return None
            self._say(answer)
        return None

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


def make_certificate(folder: Path, address: str) -> Path:
    """A certificate that says it is ``address``, made by itself; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    begin = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin)
    builder = builder.not_valid_after(begin + timedelta(days=30))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = builder.sign(key, hashes.SHA256())
    path = folder / f"{address}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def start_post() -> Iterator[Callable[[str], Post]]:
    """``start_post("127.0.0.1")`` begins to listen there."""
    servers = []

    def start(host: str) -> Post:
        server = socketserver.ThreadingTCPServer((host, 0), _Conversation)
        server.daemon_threads = True
        server.post = Post(server.server_address)  # type: ignore[attr-defined,arg-type]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server.post  # type: ignore[attr-defined,no-any-return]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def use_post(app: Any) -> Callable[[str | None], None]:
    """``use_post(url)`` makes it the deployment's mail server; ``console:`` and None are good too."""

    def use(url: str | None) -> None:
        kernel = app.extensions[EXTENSION]
        config = replace(kernel.config, smtp_url=url, mail_from="crm@haidang.example")
        app.extensions[EXTENSION] = replace(kernel, config=config)

    return use


@pytest.fixture
def post(start_post: Callable[[str], Post], use_post: Callable[[str | None], None]) -> Post:
    """The mail server of the deployment."""
    made = start_post("127.0.0.1")
    use_post(made.url)
    return made


@pytest.fixture
def courier(app: Any) -> Iterator[Any]:
    """The service for SMS: ``TAKEN``, ``ANSWERS``, ``READY``."""
    from addons.courier import services

    yield services
    services.TAKEN.clear()
    services.ANSWERS.clear()
    services.READY[0] = True


@pytest.fixture
def run(app: Any) -> Callable[[], int]:
    """Run every job that is due."""

    def run_all() -> int:
        with app.app_context():
            return run_due_jobs()

    return run_all


@pytest.fixture
def messages(world: Any, tenant: Any) -> Callable[[], list[Message]]:
    """The business's messages as they stand, in order."""

    def read() -> list[Message]:
        with world.session(tenant) as session:
            found = list(session.scalars(select(Message).order_by(Message.id)))
            session.expunge_all()
            return found

    return read
