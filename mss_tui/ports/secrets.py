"""Secrets: where a password or token comes from."""

from __future__ import annotations

from typing import Protocol

from mss_tui.model.people import Account


class Secret:
    """A secret in memory that no message, log or traceback shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value; for the authenticator alone."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied")


class Secrets(Protocol):
    """Gives the secret of an account; asks the user only where a terminal is and prompting is allowed."""

    async def of(self, account: Account) -> Secret:
        """The password or a fresh token.

        Raises:
            AuthRefused: none can be had without asking, or the user gave up.
            ConfigError: the profile's way to it does not work.
        """
        ...

    def forget(self, account: Account) -> None:
        """The server refused it: do not offer it again."""
        ...
