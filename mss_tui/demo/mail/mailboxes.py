"""The two mailboxes of the demo, and what is in them when it starts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from importlib.resources import files
from typing import Any

from mss_tui.demo.annuaire.people import Directory, Professional
from mss_tui.demo.documents.cda import pdf
from mss_tui.demo.documents.clinical import TYPES, Clinical, Patient, Result, Section, file_name, patients, subject
from mss_tui.demo.documents.xdm import archive
from mss_tui.demo.mail.build import Attached, Sketch, build, message_id
from mss_tui.demo.mail.dates import dated, erased, raw, received
from mss_tui.demo.mail.files import attached
from mss_tui.demo.mail.reports import bounce, receipt
from mss_tui.demo.store import MailStore
from mss_tui.model.paris import PARIS
from mss_tui.record import dataclass


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


class Writer:
    """Writes the messages of one mailbox."""

    def __init__(self, seed: Seed, directory: Directory) -> None:
        self._seed = seed
        self._own = f'"{seed.label}" <{seed.address}>'
        self._people = {box.address: (person, box) for person, box in directory.boxes() if person is not None}
        self._patients: Mapping[str, Patient] = patients()

    def write(self, entry: dict[str, Any], when: datetime) -> bytes:
        """The bytes of one entry of the mailbox's file."""
        if "raw" in entry:
            date = format_datetime(when.astimezone(PARIS))
            charset = entry.get("charset", "utf-8")
            return raw(entry["raw"], date=date, message_id=message_id(entry["id"]), charset=charset)
        if "bounce" in entry:
            return bounce(entry, self._seed.address, when)
        sketch = self._sketch(entry, when)
        if "mdn" in entry:
            return receipt(entry, sketch, when)
        if "document" in entry:
            sketch = self._with_documents(sketch, [self._clinical(entry["id"], d, when) for d in entry["document"]])
        if "forwards" in entry:
            inner = self._sketch(entry["forwards"], when)
            sketch = replace(sketch, embedded=build(inner, when))
        return build(sketch, when)

    def _sketch(self, entry: dict[str, Any], when: datetime) -> Sketch:
        return Sketch(
            id=entry["id"],
            sender=entry.get("from", self._own),
            to=entry.get("to", self._own),
            subject=entry.get("subject", ""),
            body=dated(entry.get("body", ""), when),
            html=entry.get("html", ""),
            cc=entry.get("cc", ""),
            headers=entry.get("headers", {}),
            attached=[attached(file) for file in entry.get("attach", ())],
            answers=entry.get("answers", ""),
            thread=entry.get("thread", ()),
            calendar=dated(entry.get("calendar", ""), when).lstrip("\n").replace("\n", "\r\n"),
        )

    def _clinical(self, key: str, entry: dict[str, Any], when: datetime) -> Clinical:
        author: Professional
        author, box = self._people[entry["author"]]
        if box.structure is None:
            raise ValueError(f"{entry['author']} works in no structure")
        return Clinical(
            key=key,
            type=TYPES[entry["type"]],
            title=entry["title"],
            patient=self._patients[entry["patient"]],
            author=author,
            structure=box.structure,
            made=when,
            sections=[
                Section(s["title"], [dated(line, when) for line in s.get("text", ())], s.get("table", ()))
                for s in entry["sections"]
            ],
            results=[Result(**result) for result in entry.get("results", ())],
            structured=entry.get("level", "N3") == "N3",
            version=entry.get("version", 1),
            replaces=entry.get("replaces", ""),
        )

    def _with_documents(self, sketch: Sketch, documents: list[Clinical]) -> Sketch:
        """The archive first, then each document's PDF; subject and headers follow from them (ECO.2.1.1, ECO.2.4)."""
        beside = [Attached(file_name(document), "application/pdf", pdf(document)) for document in documents]
        zipped = Attached("IHE_XDM.ZIP", "application/zip", archive(documents))
        codes = ",".join(document.type.code for document in documents)
        named = subject(documents[0])
        if documents[0].replaces:  # after the prefix, where receivers sort by it
            named = named.replace("DDM+", "DDM+[Annule et remplace] ", 1)
        return replace(
            sketch,
            subject=named,
            headers={**sketch.headers, "X-MSS-CODECDA": codes, "X-MSS-INS": "O"},
            attached=[*sketch.attached, zipped, *beside],
        )


def fill(store: MailStore, directory: Directory, day0: datetime) -> None:
    """Put every message into its folder; what the operator would have erased by now is left out."""
    now = store.clock()
    for seed in ACCOUNTS:
        account = store.accounts[seed.address]
        writer = Writer(seed, directory)
        text = files("mss_tui.demo.mail").joinpath(f"{seed.id}.toml").read_text("utf-8")
        entries = [(received(entry, day0), entry) for entry in tomllib.loads(text)["message"]]
        for when, entry in sorted(entries, key=lambda pair: pair[0]):
            if not erased(when, now):
                folder = account.folders[entry.get("folder", "INBOX")]
                folder.add(writer.write(entry, when), when, entry.get("flags", ()))
