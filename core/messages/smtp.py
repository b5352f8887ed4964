"""E-mail by SMTP: a message with text and plain HTML, an encrypted line, and what the server's answers mean."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from urllib.parse import unquote, urlsplit

from core.clock import now
from core.messages.contributions import (
    Outgoing,
    PermanentFailure,
    SendingFailure,
    TemporaryFailure,
    UncertainFailure,
)

TIMEOUT = 10
"""Seconds for each step of the conversation."""

PORTS = {"smtp": 587, "smtps": 465}
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where a line without encryption leaves nothing to overhear."""

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")

PARAGRAPH = '<p style="margin:0 0 1em">'
PAGE = '<div style="font:16px/1.5 sans-serif;color:#1c1c1e;max-width:40em">'


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes. ``is_tls`` encrypts from the first byte (smtps), else STARTTLS does, on which we insist."""

    host: str
    port: int
    is_tls: bool
    user: str
    password: str
    address: str
    """Who writes: the From address of all mail."""

    @classmethod
    def of(cls, url: str, address: str) -> MailServer:
        """``smtp://user:password@host:port`` or ``smtps://…`` (``BANYAN_SMTP_URL``)."""
        parts = urlsplit(url)
        return cls(
            parts.hostname or "",
            parts.port or PORTS[parts.scheme],
            parts.scheme == "smtps",
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            address,
        )

    def send(self, outgoing: Outgoing) -> None:
        """Hand the message over. TemporaryFailure, PermanentFailure, UncertainFailure."""
        content = compose(outgoing, self.address).as_bytes(policy=SMTP)
        try:
            with self._connect() as line:
                self._hand_over(line, outgoing.recipient, content)
        except SendingFailure:
            raise
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(_told(error)) from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            line = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            line.ehlo()
            if not self.is_tls and (line.has_extn("starttls") or self.host not in HERE):
                line.starttls(context=context)  # refuses with an SMTPException where the server has none
                line.ehlo()
            if self.user:
                line.login(self.user, self.password)
        except BaseException:
            line.close()
            raise
        return line

    def _hand_over(self, line: smtplib.SMTP, recipient: str, content: bytes) -> None:
        _expect(line.mail(self.address))
        _expect(line.rcpt(recipient))
        try:
            answer = line.data(content)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, _bytes(error.smtp_error))
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise UncertainFailure(_told(error)) from error
        _expect(answer)


def compose(outgoing: Outgoing, address: str) -> EmailMessage:
    """The message as it travels: UTF-8 headers encoded (RFC 2047), text and HTML. A header cannot hold a line break."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(outgoing.sender_name, addr_spec=address)
    mail["To"] = Address(outgoing.recipient_name, addr_spec=outgoing.recipient)
    mail["Subject"] = outgoing.subject
    mail["Date"] = now()
    mail["Message-ID"] = f"<{outgoing.id}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated" if not outgoing.reply_to else "no"
    if outgoing.reply_to:
        mail["Reply-To"] = Address(addr_spec=outgoing.reply_to)
    mail.set_content(outgoing.body, cte="base64")
    mail.add_alternative(html_of(outgoing.body, outgoing.receipt), subtype="html", cte="base64")
    return mail


def html_of(text: str, receipt: str = "") -> str:
    """``text`` as paragraphs: everything escaped, addresses of pages as links, and the picture of a receipt."""
    paragraphs = [each for each in re.split(r"\n\s*\n", text.strip()) if each.strip()]
    picture = f'<img src="{escape(receipt)}" width="1" height="1" alt="">' if receipt else ""
    return PAGE + "".join(f"{PARAGRAPH}{_linked(each)}</p>" for each in paragraphs) + f"{picture}</div>"


def _linked(text: str) -> str:
    parts, end = [], 0
    for found in LINK.finditer(text):
        url = escape(found[0])
        parts += [escape(text[end : found.start()]), f'<a href="{url}">{url}</a>']
        end = found.end()
    parts.append(escape(text[end:]))
    return "".join(parts).replace("\n", "<br>")


def _expect(answer: tuple[int, bytes]) -> None:
    """5xx is for good (RFC 5321 §4.2.1), every other refusal for now."""
    code, text = answer
    if 200 <= code < 300:
        return
    told = f"{code} {text.decode('utf-8', 'replace')}"
    raise PermanentFailure(told) if 500 <= code < 600 else TemporaryFailure(told)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _told(error: Exception) -> str:
    """What an administrator reads. A refused log-in is the operator's to mend, so it too is temporary."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_bytes(error.smtp_error).decode('utf-8', 'replace')}"
    return f"{type(error).__name__}: {error}"
