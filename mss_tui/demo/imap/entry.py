"""Commands that need no folder: capability, TLS, authentication, and the end (RFC 3501 §6.1, §6.2)."""

from __future__ import annotations

import base64
import binascii

from mss_tui.demo import sasl
from mss_tui.demo.imap.session import MAX_LOGINS, Command, Session, State
from mss_tui.demo.imap.syntax import Arguments, BadSyntax, Refusal
from mss_tui.demo.store import MailAccount


async def capability(session: Session, args: Arguments) -> str:
    """CAPABILITY."""
    args.end()
    session.untagged(f"CAPABILITY {session.capabilities}")
    return "CAPABILITY completed"


async def noop(session: Session, args: Arguments) -> str:
    """NOOP and CHECK: the answer brings what is new."""
    args.end()
    return "completed"


async def logout(session: Session, args: Arguments) -> None:
    """LOGOUT."""
    args.end()
    session.untagged("BYE au revoir")
    session.leaving = True
    await session.answer("OK LOGOUT completed")


async def identify(session: Session, args: Arguments) -> str:
    """ID (RFC 2971): what the client says of itself is read and forgotten."""
    args.space()
    if not args.skip(b"NIL"):
        args.expect(b"(")
        while not args.skip(b")"):
            args.string()
            args.space()
            if not args.skip(b"NIL"):
                args.string()
            args.skip(b" ")
    args.end()
    session.untagged('ID ("name" "mss-tui demo")')
    return "ID completed"


async def enable(session: Session, args: Arguments) -> str:
    """ENABLE (RFC 5161)."""
    wanted = []
    while not args.done:
        args.space()
        wanted.append(args.atom().upper())
    if not wanted:
        raise BadSyntax("a capability expected")
    fresh = "CONDSTORE" in wanted and not session.condstore
    session.condstore |= "CONDSTORE" in wanted
    session.untagged("ENABLED CONDSTORE" if fresh else "ENABLED")
    return "ENABLE completed"


async def start_tls(session: Session, args: Arguments) -> None:
    """STARTTLS (RFC 3501 §6.2.1)."""
    args.end()
    if session.line.secure:
        raise BadSyntax("TLS is on")
    await session.answer("OK begin TLS now")
    await session.line.start_tls(session.tls)


async def login(session: Session, args: Arguments) -> str:
    """LOGIN, under TLS only."""
    if not session.line.secure:
        raise Refusal("[PRIVACYREQUIRED] STARTTLS first")
    args.space()
    user = args.astring().decode("utf-8", "replace")
    args.space()
    password = args.astring().decode("utf-8", "replace")
    args.end()
    return _accept(session, session.store.authenticate(user, password))


def _accept(session: Session, account: MailAccount | None) -> str:
    if account is None:
        session.failed_logins += 1
        if session.failed_logins >= MAX_LOGINS:
            session.untagged("BYE too many failed logins")
            session.leaving = True
        raise Refusal("[AUTHENTICATIONFAILED] wrong address or password")
    session.account = account
    return f"[CAPABILITY {session.capabilities}] logged in"


async def authenticate(session: Session, args: Arguments) -> str:
    """AUTHENTICATE PLAIN (RFC 4616) and XOAUTH2, with or without an initial response (RFC 4959)."""
    if not session.line.secure:
        raise Refusal("[PRIVACYREQUIRED] STARTTLS first")
    args.space()
    mechanism = args.atom().upper()
    if mechanism not in ("PLAIN", "XOAUTH2"):
        raise Refusal("[CANNOT] mechanism not offered")
    first = b""
    if not args.done:
        args.space()
        first = args.astring()
        args.end()
    response = _decode(first if first else await session.ask(b""))
    if mechanism == "PLAIN":
        return _accept(session, sasl.plain(session.store, response))
    account = sasl.bearer(session.store, response)
    if account is None:
        await session.ask(base64.b64encode(sasl.REFUSED_TOKEN))
    return _accept(session, account)


def _decode(text: bytes) -> bytes:
    if text == b"*":
        raise BadSyntax("authentication given up")
    try:
        return b"" if text == b"=" else base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BadSyntax("base64 expected") from error


COMMANDS = {
    "CAPABILITY": Command(State.ANY, capability),
    "NOOP": Command(State.ANY, noop),
    "LOGOUT": Command(State.ANY, logout),
    "ID": Command(State.ANY, identify),
    "STARTTLS": Command(State.GREETED, start_tls),
    "LOGIN": Command(State.GREETED, login),
    "AUTHENTICATE": Command(State.GREETED, authenticate),
    "ENABLE": Command(State.LOGGED_IN, enable),
    "CHECK": Command(State.SELECTED, noop),
}
