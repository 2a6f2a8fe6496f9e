"""People, accounts and drafts of the sending tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mss_tui.model.draft import Draft
from mss_tui.model.people import Account, Actor, Auth, AuthMethod, Endpoint, MailboxType, Person, Security
from mss_tui.model.policy import Policy

NOW = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
MARTIN = Person(name="Jean MARTIN", title="Dr", rpps="10000000001", entity="Cabinet du Port")
ACTOR = Actor(MARTIN)
LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"
PHARMACY = "pharmacie@pont.mssante.fr"
PATIENT = "279035121518989@patient.mssante.fr"


def account(
    port: int = 587,
    *,
    security: Security = Security.STARTTLS,
    method: AuthMethod = AuthMethod.PASSWORD,
    user: str = "",
    ca: Path | None = None,
    type_: MailboxType = MailboxType.PER,
    label: str = "",
    host: str = "localhost",
    folders: dict[str, str] | None = None,
) -> Account:
    endpoint = Endpoint(host, port, security)
    return Account(
        id="dr-martin",
        address="dr.martin@medecin.mssante.fr",
        type=type_,
        policy=Policy(id="essai", name="Essai"),
        imap=Endpoint(host, 143),
        smtp=endpoint,
        auth=Auth(method, user),
        ca=ca,
        label=label,
        folders=folders or {},
    )


def draft(**changes: object) -> Draft:
    fields: dict[str, object] = {
        "key": "0011223344556677",
        "account": "dr-martin",
        "to": (LEFEBVRE,),
        "subject": "Lettre de liaison VIAL Paul",
        "body": "Chère consœur,\n\nvoici la lettre.\n",
    }
    return Draft(**(fields | changes))  # type: ignore[arg-type]
