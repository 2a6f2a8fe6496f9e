"""A mailbox with patients in every place that is kept."""

from __future__ import annotations

from dataclasses import replace

from mss_tui.adapters.cache.encoding import FolderCopy
from mss_tui.model.message import MessageRef, Part, Row
from mss_tui.model.people import Account, Endpoint, MailboxType
from mss_tui.model.policy import Policy
from mss_tui.ports.mail import Fetched
from mss_tui.text import clean
from tests.support.fake_mail import generated
from tests.support.servers import NOW

HERE = Endpoint("127.0.0.1", 143)
ACCOUNT = Account("garde", "garde@alpha.mssante.fr", MailboxType.ORG, Policy("p", "p"), HERE, HERE)
ROWS = 500
PATIENTS = ("M. DUPONDEL Léo", "Mme VIALARD Zoé")


def row(uid: int, patient: str = "") -> Row:
    """A letter about a patient."""
    return replace(
        generated(ACCOUNT.id, ROWS)(uid),
        ref=MessageRef(ACCOUNT.id, "INBOX", 7, uid),
        subject=clean(f"Lettre de liaison, {patient or 'patient'}, n° {uid}"),
    )


def folder(patient: str = "", *, rows: int = ROWS, modseq: int = 9) -> FolderCopy:
    """An inbox of such letters."""
    listed = tuple(row(uid, patient) for uid in range(rows, 0, -1))
    return FolderCopy("INBOX", 7, rows + 1, rows, 3, modseq, rows, True, NOW, listed)


def message(patient: str, uid: int = ROWS) -> Fetched:
    """One of them, read."""
    text = f"Histoire de {patient}".encode()
    return Fetched(row(uid, patient), f"Subject: {patient}\r\n\r\n".encode(), Part("1", "text/plain", len(text)), text)


def clear_forms(name: str) -> list[bytes]:
    """A name as it could stand in a file."""
    bare = name.split()[1]
    return [bare.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
