"""Initial responses of the SASL mechanisms that the demo takes, the same on every server of it."""

from __future__ import annotations

from mss_tui.demo.store import MailAccount, MailStore

REFUSED_TOKEN = b'{"status":"400","schemes":"bearer"}'
"""What XOAUTH2 says before the client's empty line and the refusal."""


def plain(store: MailStore, response: bytes) -> MailAccount | None:
    """PLAIN (RFC 4616): a password lets act for itself only, so another authorisation identity is refused."""
    parts = response.decode("utf-8", "replace").split("\0")
    if len(parts) != 3 or parts[0].lower() not in ("", parts[1].lower()):
        return None
    return store.authenticate(parts[1], parts[2])


def bearer(store: MailStore, response: bytes) -> MailAccount | None:
    """XOAUTH2: the token of an account of the demo is its password, or one of its Pro Santé Connect."""
    pairs = dict(part.partition("=")[::2] for part in response.decode("utf-8", "replace").split("\x01") if part)
    kind, _, token = pairs.get("auth", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    user = pairs.get("user", "")
    return store.of(user) if store.takes_token(token) else store.authenticate(user, token)
