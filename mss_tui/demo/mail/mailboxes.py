"""The two mailboxes of the demo, and what is in them when it starts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from mss_tui.demo.mail.build import Sketch, build
from mss_tui.demo.mail.dates import erased, erased_in, hours_before
from mss_tui.demo.store import MailStore


@dataclass(frozen=True, slots=True)
class Seed:
    """An account of the demo: `id` names it in the configuration, `label` in From (ECO.2.2.7)."""

    id: str
    address: str
    type: str
    label: str


ACCOUNTS = (
    Seed("dr-martin", "jean.martin@medecin.demo.mssante.fr", "PER", "Dr_Jean_MARTIN_Cabinet du Port"),
    Seed("ehpad", "secretariat@ehpad-tilleuls.demo.mssante.fr", "ORG", "EHPAD Les Tilleuls – Secrétariat"),
)


def _received(entry: dict[str, Any], now: datetime) -> datetime:
    if "erased_in" in entry:
        return erased_in(now, entry["erased_in"])
    return hours_before(now, entry["hours"])


def _sketch(entry: dict[str, Any], seed: Seed) -> Sketch:
    own = f'"{seed.label}" <{seed.address}>'
    return Sketch(
        id=entry["id"],
        sender=entry.get("from", own),
        to=entry.get("to", own),
        subject=entry.get("subject", ""),
        body=entry.get("body", ""),
        cc=entry.get("cc", ""),
        headers=entry.get("headers", {}),
        answers=entry.get("answers", ""),
        thread=entry.get("thread", ()),
    )


def fill(store: MailStore, day0: datetime) -> None:
    """Put every message into its folder; what the operator would have erased by now is left out."""
    now = store.clock()
    for seed in ACCOUNTS:
        account = store.accounts[seed.address]
        text = files("mss_tui.demo.mail").joinpath(f"{seed.id}.toml").read_text("utf-8")
        entries = [(_received(entry, day0), entry) for entry in tomllib.loads(text)["message"]]
        for received, entry in sorted(entries, key=lambda pair: pair[0]):
            if erased(received, now):
                continue
            folder = account.folders[entry.get("folder", "INBOX")]
            folder.add(build(_sketch(entry, seed), received), received, entry.get("flags", ()))
