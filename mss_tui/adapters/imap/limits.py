"""What a server may send before the connection is dropped, and how long a call may take (security.md P15)."""

from __future__ import annotations

from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Octets and counts; one set for every connection, another in tests.

    Args:
        line: a line without its literals.
        literal: one literal.
        response: one response, literals included.
        pieces: literals in one response.
        depth: parentheses in one another.
        untagged: untagged responses between two tagged ones.
        octets: what arrives between two tagged answers.
        messages: messages in a folder.
        connect: seconds until a connection is authenticated.
        call: seconds that a call may take, and besides
        slowest: octets a second on the slowest line that a body or an upload is waited for.
    """

    line: int = 1 << 20
    literal: int = 64 << 20
    response: int = 96 << 20
    pieces: int = 1_000
    depth: int = 200
    untagged: int = 200_000
    octets: int = 192 << 20
    messages: int = 2_000_000
    connect: float = 20.0
    call: float = 30.0
    slowest: int = 8 << 10

    def deadline(self, octets: int = 0) -> float:
        """Seconds that a call moving `octets` may take in all."""
        return self.call + octets / self.slowest


LITERAL_DIGITS = 12
CLEAR_OCTETS = 16 << 10
"""Everything a server may say before TLS."""

LOGOUT = 1.5
"""Seconds for a goodbye."""
