"""A small load client: each visitor is a thread with one connection that it keeps, and asks again as soon as it is answered."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

TIMEOUT = 60.0


class Visitor:
    """One keep-alive connection of HTTP/1.1, with the cookies of somebody who is signed in. Asks for no compression: the
    bare page, which the pages are compared with, has none."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._address = ("127.0.0.1", port)
        self._cookie = cookie
        self._socket: socket.socket | None = None
        self._rest = b""

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body."""
        return self._ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._cookie}\r\n\r\n".encode())

    def post(self, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """The same for a form."""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._cookie}\r\nContent-Length: {len(body)}\r\n"
        return self._ask(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body)

    def add_cookie(self, header: str) -> None:
        """Keep what a Set-Cookie header gives."""
        self._cookie = "; ".join(filter(None, (self._cookie, header.partition(";")[0])))

    def _ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = self._read(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self._socket.close()
            self._socket, self._rest = None, b""
        return int(head[0].split()[1]), headers, body

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._rest:
            self._rest += self._receive()
        head, _, self._rest = self._rest.partition(mark)
        return head

    def _read(self, length: int) -> bytes:
        while len(self._rest) < length:
            self._rest += self._receive()
        body, self._rest = self._rest[:length], self._rest[length:]
        return body

    def _receive(self) -> bytes:
        assert self._socket is not None
        if chunk := self._socket.recv(1 << 18):
            return chunk
        raise ConnectionError("the server closed the connection")


@dataclass
class Measured:
    """What a run came to: seconds of each answer that counts, how long it took, and what was not as expected."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    failed: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.elapsed if self.elapsed else 0.0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


Act = Callable[[], float]
"""One thing that a visitor does; the seconds that count. Raises AssertionError when the answer is not the expected one."""


def run(acts: Sequence[Act], seconds: float) -> Measured:
    """Let each visitor act again and again until the time is over."""
    found = Measured()
    until = time.monotonic() + seconds
    visitors = [threading.Thread(target=_repeat, args=(act, until, found)) for act in acts]
    began = time.monotonic()
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    found.elapsed = time.monotonic() - began
    return found


def _repeat(act: Act, until: float, found: Measured) -> None:
    while time.monotonic() < until:
        try:
            found.seconds.append(act())
        except (AssertionError, ConnectionError, OSError) as problem:
            found.failed.append(str(problem)[:200])
            return
