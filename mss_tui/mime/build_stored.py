"""The sender's own copy of a message: what leaves, and above it the blind copies that the wire never shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mss_tui.errors import UsageError
from mss_tui.mime.build import split_recipient
from mss_tui.mime.build_fields import field, message_ids
from mss_tui.model.address import Address, parse_address
from mss_tui.model.draft import Built, Draft, LocalFile, RemotePart
from mss_tui.model.message import MessageRef
from mss_tui.phrase import say

MAX_HEADER = 256 * 1024
_BLIND = re.compile(rb"Bcc:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
_FIELD = re.compile(rb"^(From|To|Cc|Bcc|Message-ID):((?:[^\r\n]*\r\n(?=[ \t]))*[^\r\n]*)\r\n", re.I | re.M)
_ANGLE = re.compile(r"<([^<>\s]+)>\s*(?:,|$)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def stored_copy(built: Built, bcc: Sequence[str]) -> bytes:
    """The octets for Drafts and Sent: those of `built`, after a Bcc field where there are blind copies."""
    if not bcc:
        return built.data
    people = [str(split_recipient(typed)[1]) for typed in bcc]
    return field("Bcc", [f"{address}," for address in people[:-1]] + people[-1:]) + built.data


def from_stored(data: bytes, *, want_delivery: bool = True) -> Built:
    """What goes to SMTP, exactly as it was built, from a copy that `stored_copy` made and a server kept.

    Raises:
        UsageError: it is not one of ours: an address that is none, no Message-ID, no recipient.
    """
    blind = _BLIND.match(data)
    wire = data[blind.end() :] if blind else data
    end = data.find(b"\r\n\r\n", 0, MAX_HEADER)
    found: dict[str, list[Address]] = {}
    message_id = ""
    for match in _FIELD.finditer(data, 0, max(end, 0) + 2):
        name, value = match[1].decode().lower(), re.sub(r"\r\n(?=[ \t])", "", match[2].decode("ascii", "replace"))
        if name == "message-id":
            message_id = "".join(message_ids(value)[:1])
        else:
            found.setdefault(name, []).extend(_addresses(value))
    people = [str(a) for name in ("to", "cc", "bcc") for a in found.get(name, ())]
    senders = found.get("from", [])
    if end < 0 or not message_id or not people or len(senders) != 1:
        raise UsageError(
            say("Ce brouillon n'a pas été préparé pour l'envoi, ou il a été changé depuis."),
            remedy=say("Rouvrez-le, vérifiez-le et renvoyez-le."),
        )
    return Built(
        message_id=message_id,
        envelope_id=message_id[1:].partition("@")[0],
        sender=str(senders[0]),
        recipients=tuple(dict.fromkeys(people)),
        data=wire,
        want_delivery=want_delivery,
    )


def _addresses(value: str) -> list[Address]:
    """The addresses of a field as `build` writes it; names are left out."""
    value = _QUOTED.sub("", value).strip()
    if not value or value == "undisclosed-recipients:;":
        return []
    return [parse_address((_ANGLE.search(part) or [part, part])[1]) for part in value.split(",") if part.strip()]


def moved_to(draft: Draft, ref: MessageRef) -> Draft:
    """The draft, stored now at `ref` as `build` made it: pieces it took over from its former copy are there.

    Part 1 is the text, the pieces follow in order.
    """

    def moved(number: int, piece: LocalFile | RemotePart) -> LocalFile | RemotePart:
        if isinstance(piece, RemotePart) and piece.ref == draft.saved_as:
            return replace(piece, ref=ref, section=str(number))
        return piece

    pieces = tuple(moved(number, piece) for number, piece in enumerate(draft.attachments, 2))
    return replace(draft, attachments=pieces, saved_as=ref)
