"""A Pro Santé Connect and a relay that stand for the real ones: for the demo and the tests.

The person's phone is `decide`: it is given the number and says what they do. By default they confirm after a moment.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mss_tui.demo.line import Door, Gone, Line, TooLong

MAX_LINE, MAX_HEADERS, MAX_BODY, PATIENCE = 8192, 60, 4096, 60.0
Answer = tuple[int, dict[str, Any]]


@dataclass
class Asked:
    """What the phone shows: who is asked, the number, how; and how often the relay was polled since."""

    identity: str
    number: str
    channel: str
    until: datetime
    polls: int = 0


Decide = Callable[[Asked], str]
"""What the person does: "" (confirms) or the error of CIBA ("authorization_pending", "access_denied"…)."""


def confirms_soon(asked: Asked) -> str:
    """The phone of the demo: confirms at the third poll."""
    return "" if asked.polls >= 3 else "authorization_pending"


@dataclass
class FakePsc:
    """The relay. `tokens` are those that mail servers take, with their end; the test moves `now`."""

    identities: frozenset[str]
    now: Callable[[], datetime]
    decide: Decide = confirms_soon
    token_seconds: int = 120
    idle_seconds: int = 1800
    interval: float = 1
    issue: Callable[[], str] = lambda: secrets.token_urlsafe(24)
    confirmed_by: str = ""
    tokens: dict[str, datetime] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sessions: dict[str, datetime] = field(default_factory=dict)

    async def open(self, tls: ssl.SSLContext) -> tuple[Door, str]:
        """Listen; the door and the relay's address."""
        door = await Door.open(self._serve, tls=tls)
        return door, f"https://127.0.0.1:{door.port}"

    def takes(self, token: str) -> bool:
        """Is it a token that still lives?"""
        return token in self.tokens and self.now() < self.tokens[token]

    async def _serve(self, line: Line) -> None:
        while True:
            async with asyncio.timeout(PATIENCE):
                path, cookie, body = await _request(line)
            self.calls.append((path, body))
            cookie, (status, found) = self.answer(path, cookie, body)
            data = json.dumps(found).encode()
            head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            if cookie:
                head += f"Set-Cookie: proxy_session_id={cookie}; Secure; HttpOnly\r\n"
            line.write(head.encode() + b"\r\n" + data)
            await line.drain()

    def answer(self, path: str, cookie: str, body: dict[str, Any]) -> tuple[str, Answer]:
        """The cookie to set ("" for none) and the answer."""
        match path:
            case "/connect" if body.get("nationalId") in self.identities:
                handle = secrets.token_urlsafe(24)
                until = self.now() + timedelta(seconds=120)
                self.asked[handle] = Asked(body["nationalId"], body["bindingMessage"], body["channel"], until)
                return "", (200, {"auth_req_id": handle, "expires_in": 120, "interval": self.interval})
            case "/connect":
                return "", (404, {"error": "unknown_user"})
            case "/token" if (asked := self.asked.get(body.get("auth_req_id", ""))) is not None:
                asked.polls += 1
                error = "expired_token" if self.now() >= asked.until else self.decide(asked)
                if error:
                    return "", (400, {"error": error})
                del self.asked[body["auth_req_id"]]
                cookie = secrets.token_urlsafe(24)
                self.sessions[cookie] = self.now() + timedelta(seconds=self.idle_seconds)
                return cookie, (200, self._token(cookie) | {"national_id": self.confirmed_by or asked.identity})
            case "/renew" if self.now() < self.sessions.get(cookie, self.now()):
                if body.get("keepAlive"):
                    self.sessions[cookie] = self.now() + timedelta(seconds=self.idle_seconds)
                return "", (200, self._token(cookie))
            case "/renew":
                return "", (401, {"error": "session_ended"})
            case "/disconnect":
                self.sessions.pop(cookie, None)
                return "", (200, {})
        return "", (400, {"error": "invalid_request"})

    def _token(self, cookie: str) -> dict[str, Any]:
        token = self.issue()
        self.tokens[token] = self.now() + timedelta(seconds=self.token_seconds)
        left = int((self.sessions[cookie] - self.now()).total_seconds())
        return {"access_token": token, "expires_in": self.token_seconds, "session_expires_in": left}


async def _request(line: Line) -> tuple[str, str, dict[str, Any]]:
    """Path, session cookie and JSON body of a POST."""
    first = (await line.read_line(MAX_LINE)).decode("ascii", "replace").split(" ")
    if len(first) != 3 or first[0] != "POST":
        raise Gone
    headers: dict[str, str] = {}
    for _ in range(MAX_HEADERS):
        text = (await line.read_line(MAX_LINE)).decode("latin-1")
        if not text:
            break
        name, _, value = text.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        raise TooLong
    try:
        body = json.loads(await line.read_exactly(int(length)) or b"{}")
    except ValueError as error:
        raise Gone from error
    cookies = dict(part.strip().partition("=")[::2] for part in headers.get("cookie", "").split(";"))
    return first[1], cookies.get("proxy_session_id", ""), body if isinstance(body, dict) else {}
