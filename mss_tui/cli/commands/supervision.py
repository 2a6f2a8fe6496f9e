"""What a supervision reads: the Nagios line, the Prometheus textfile, the overdue messages."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mss_tui.cli import shape
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.mailbox import Life
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.services.status import AccountStatus, ProfileStatus
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.services.box import ListEntry

OK, WARNING, CRITICAL, NOT_KNOWN = range(4)
Late = dict[str, "Sequence[ListEntry]"]
"""Overdue messages by mailbox."""

WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def level(status: ProfileStatus) -> int:
    """0 to 3, as Nagios counts."""
    if any(account.critical for account in status.accounts):
        return CRITICAL
    if status.attention:
        return WARNING
    return NOT_KNOWN if any(account.life.state is Life.UNKNOWN for account in status.accounts) else OK


def nagios(context: Context, status: ProfileStatus) -> int:
    """One line and its code (Nagios plug-in guidelines)."""
    told = ", ".join(f"{account.account.address} {account.life.state}" for account in status.accounts)
    overdue = sum(account.remembered.overdue or 0 for account in status.accounts)
    context.output.text(f"MSS {WORDS[level(status)]} - {told} | overdue={overdue} queued={status.queued}")
    return level(status)


def write_textfile(status: ProfileStatus, clock: Clock, path: Path) -> None:
    """Replace `path`, which whoever supervises may read: figures and the addresses of mailboxes, nothing else.

    Raises:
        UsageError: it cannot be written; what was there stays.
    """
    import tempfile  # the supervision alone writes files, and this is slow to import

    text = "\n".join(_metrics(status, clock)) + "\n"
    folder = path.expanduser().parent
    made = ""
    try:
        descriptor, made = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(descriptor, 0o644)
        Path(made).replace(path.expanduser())
    except OSError as error:
        with contextlib.suppress(OSError):
            if made:
                Path(made).unlink()
        raise UsageError(
            say("« {path} » ne peut pas être écrit.", path=clean(str(path), 200)), detail=clean(error.strerror or "")
        ) from error


_GAUGES: tuple[tuple[str, str], ...] = (
    ("mss_mailbox_state", "State of the mailbox's life; 1 for the one it is in."),
    ("mss_mailbox_read_days", "Paris days since a person last read it."),
    ("mss_mailbox_connected_days", "Paris days since the last authentication."),
    ("mss_mailbox_unpublish_in_days", "Days until it leaves the directory if nobody connects."),
    ("mss_mailbox_delete_in_days", "Days until it is deleted if nobody connects."),
    ("mss_mailbox_overdue", "Messages not handled in the charter's time, when last counted."),
    ("mss_mailbox_expiring", "Messages that the operator erases soon, when last counted."),
    ("mss_mailbox_counted_timestamp_seconds", "When they were counted."),
    ("mss_mailbox_quota_used_bytes", "Storage in use."),
    ("mss_mailbox_quota_limit_bytes", "Storage limit."),
)


def _metrics(status: ProfileStatus, clock: Clock) -> Iterator[str]:
    for name, what in _GAUGES:
        samples = [sample for account in status.accounts for sample in _samples(name, account)]
        if samples:
            yield f"# HELP {name} {what}"
            yield f"# TYPE {name} gauge"
            yield from samples
    for name, what, value in (
        ("mss_outbox_queued", "Messages on their way.", status.queued),
        ("mss_outbox_undecided", "1 when a message waits for somebody's decision.", int(status.undecided)),
        ("mss_status_level", "0 good, 1 warning, 2 critical, 3 unknown.", level(status)),
        ("mss_status_timestamp_seconds", "When this was written.", int(clock.now().timestamp())),
    ):
        yield from (f"# HELP {name} {what}", f"# TYPE {name} gauge", f"{name} {value}")


def _samples(name: str, status: AccountStatus) -> Iterator[str]:
    address = status.account.address.replace("\\", "\\\\").replace('"', '\\"')
    mailbox = f'mailbox="{address}",type="{status.account.type}"'
    if name == "mss_mailbox_state":
        yield from (f'{name}{{{mailbox},state="{life}"}} {int(life is status.life.state)}' for life in Life)
        return
    life, known = status.life, status.remembered
    values: dict[str, float | None] = {
        "mss_mailbox_read_days": life.read_days,
        "mss_mailbox_connected_days": life.connected_days,
        "mss_mailbox_unpublish_in_days": life.unpublish_in_days,
        "mss_mailbox_delete_in_days": life.delete_in_days,
        "mss_mailbox_overdue": known.overdue,
        "mss_mailbox_expiring": known.expiring,
        "mss_mailbox_counted_timestamp_seconds": None if known.counted is None else int(known.counted.timestamp()),
        "mss_mailbox_quota_used_bytes": None if status.quota is None else status.quota.used,
        "mss_mailbox_quota_limit_bytes": None if status.quota is None else status.quota.limit,
    }
    if values[name] is not None:
        yield f"{name}{{{mailbox}}} {values[name]}"


def overdue(context: Context, status: ProfileStatus, late: Late) -> int:
    """Who is late: counts as they were last taken, and the messages themselves where they were asked for."""
    accounts = [
        {
            "address": account.account.address,
            "overdue": account.remembered.overdue,
            "counted": shape.moment(account.remembered.counted),
            "messages": _messages(account, late),
        }
        for account in status.accounts
    ]
    if context.json:
        context.output.document({"accounts": accounts})
    else:
        for account in status.accounts:
            address, count = account.account.address, account.remembered.overdue
            told = "?" if count is None else str(count)
            context.output.text(context.t(say("{address} : {n} en retard", address=address, n=told)))
            for message in _messages(account, late) or ():
                words = (message["ref"], message["due"], message["from"]["name"], message["subject"])
                context.output.text("    " + "  ".join(str(word) for word in words if word))
    return ExitCode.ATTENTION if any(account["overdue"] for account in accounts) else ExitCode.DONE


def _messages(status: AccountStatus, late: Late) -> list[dict[str, Any]] | None:
    entries = late.get(status.account.address)
    return None if entries is None else [shape.entry(entry, status.account.policy) for entry in entries]
