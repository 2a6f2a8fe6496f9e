"""Rows, structures and folders as JSON, and back. What is read back we wrote: its page's MAC proves it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mss_tui.model.address import Correspondent
from mss_tui.model.folder import Folder, Role
from mss_tui.model.message import MessageRef, Part, Row
from mss_tui.ports.mail import Fetched
from mss_tui.record import dataclass
from mss_tui.text import DisplayText


@dataclass(frozen=True, slots=True)
class FolderCopy:
    """A folder as it was `at`: counts, and its newest rows, newest first.

    `newest` of the rows stand without a gap below the last message. `modseq` is 0 where the server cannot say what
    changed since (QRESYNC). `stamp` names this state in the file, so that a change by another program is noticed.
    """

    name: str
    uidvalidity: int
    uidnext: int
    total: int
    unseen: int | None
    modseq: int
    newest: int
    keywords: bool
    at: datetime
    rows: tuple[Row, ...]
    stamp: int = 0


def same_message(one: Row, other: Row) -> bool:
    """Are both rows of one message? What a server sends cut, or was not asked for, is no difference."""
    if (one.received, one.size) != (other.received, other.size):
        return False
    pairs = (
        (one.message_id, other.message_id),
        (one.subject, other.subject),
        (one.sender.address, other.sender.address),
    )
    return all(a == b or not a or not b for a, b in pairs)


def row_text(row: Row) -> str:
    """A row without its reference."""
    return json.dumps(_row(row), ensure_ascii=False, separators=(",", ":"))


def row_of_text(ref: MessageRef, text: str) -> Row:
    """The row of a reference."""
    return _row_of(ref, json.loads(text))


def message_text(fetched: Fetched) -> str:
    """A message's header and structure, with the row that they came with; octets as Latin-1."""
    return json.dumps(
        {
            "row": _row(fetched.row),
            "header": fetched.header.decode("latin-1"),
            "structure": _part(fetched.structure),
            "first": None if fetched.first is None else fetched.first.decode("latin-1"),
        },
        separators=(",", ":"),
    )


def message_of_text(ref: MessageRef, text: str) -> Fetched:
    """The message of a reference."""
    found = json.loads(text)
    first = found["first"]
    return Fetched(
        _row_of(ref, found["row"]),
        found["header"].encode("latin-1"),
        _part_of(found["structure"]),
        None if first is None else first.encode("latin-1"),
    )


def folders_text(folders: Sequence[Folder]) -> str:
    """The folders of a mailbox."""
    return json.dumps([[f.name, f.path, f.role, f.selectable, f.subscribed, f.total, f.unseen] for f in folders])


def folders_of_text(text: str) -> tuple[Folder, ...]:
    """The way back."""
    return tuple(
        Folder(name, tuple(path), Role(role), selectable, subscribed, total, unseen)
        for name, path, role, selectable, subscribed, total, unseen in json.loads(text)
    )


def _row(row: Row) -> list[Any]:
    people = [_people(found) for found in (row.to, row.reply_to, row.cc)]
    return [
        [row.sender.name, row.sender.address],
        *people,
        row.subject,
        row.date and row.date.isoformat(),
        row.received.isoformat(),
        row.size,
        sorted(row.flags),
        row.message_id,
        row.in_reply_to,
        row.senders,
        row.automatic,
        row.receipt_to,
        row.has_attachment,
        row.has_documents,
    ]


def _row_of(ref: MessageRef, found: list[Any]) -> Row:
    (sender, to, reply_to, cc, subject, date, received, size, flags), rest = found[:9], found[9:]
    message_id, in_reply_to, senders, automatic, receipt_to, has_attachment, has_documents = rest
    return Row(
        ref=ref,
        sender=Correspondent(*sender),
        to=_people_of(to),
        subject=DisplayText(subject),
        date=date and datetime.fromisoformat(date),
        received=datetime.fromisoformat(received),
        size=size,
        flags=frozenset(flags),
        message_id=message_id,
        in_reply_to=in_reply_to,
        reply_to=_people_of(reply_to),
        cc=_people_of(cc),
        senders=senders,
        automatic=automatic,
        receipt_to=receipt_to,
        has_attachment=has_attachment,
        has_documents=has_documents,
    )


def _people(people: Sequence[Correspondent]) -> list[list[str]]:
    return [[person.name, person.address] for person in people]


def _people_of(found: list[list[str]]) -> tuple[Correspondent, ...]:
    return tuple(Correspondent(DisplayText(name), DisplayText(address)) for name, address in found)


def _part(part: Part) -> list[Any]:
    return [
        part.section,
        part.type,
        part.size,
        part.encoding,
        part.charset,
        part.name,
        part.disposition,
        part.content_id,
        part.parameters,
        [_part(child) for child in part.parts],
    ]


def _part_of(found: list[Any]) -> Part:
    section, kind, size, encoding, charset, name, disposition, content_id, parameters, parts = found
    return Part(
        section,
        kind,
        size,
        encoding,
        charset,
        DisplayText(name),
        disposition,
        content_id,
        tuple((key, value) for key, value in parameters),
        tuple(map(_part_of, parts)),
    )
