"""What the rules may know of a draft's attachments: each read once, in the bounded worker, when it is attached."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from mss_tui.documents.answers import Opened
from mss_tui.documents.facts import claims_pdf_a, facts_of
from mss_tui.errors import MssError
from mss_tui.mime.build import File
from mss_tui.mime.kinds import FIRST
from mss_tui.mime.macros import MOST, Macros, may_hold_macros
from mss_tui.mime.view import View
from mss_tui.model.draft import Draft, HeldFile, LocalFile, RemotePart
from mss_tui.model.facts import DocumentFact
from mss_tui.ports.worker import BoundedWorker
from mss_tui.rules.xdm import headers_of, is_archive
from mss_tui.services.attachments import beginning
from mss_tui.services.pdf_patients import pdf_facts

Read = Callable[[LocalFile | RemotePart], Awaitable[File]]
Key = tuple[object, ...]
T = TypeVar("T")
SECONDS = 10.0
KEPT = 200


class Attached:
    """Reads attachments for the rules, and remembers what it read by path, time and size."""

    def __init__(self, read: Read, worker: BoundedWorker) -> None:
        self._read = read
        self._worker = worker
        self._known: dict[Key, tuple[DocumentFact, ...]] = {}
        self._first: dict[Key, bytes] = {}
        self._macros: dict[Key, bool] = {}

    def first(self, attachment: LocalFile | RemotePart) -> bytes | None:
        """The first octets of an attachment, None while it was not looked at."""
        if isinstance(attachment, HeldFile):
            return attachment.data[:FIRST]
        return self._first.get(_key(attachment))

    def macros(self, attachment: LocalFile | RemotePart) -> bool | None:
        """Does an office document hold macros? None while nobody looked into it."""
        return self._macros.get(_key(attachment))

    def known(self, draft: Draft) -> tuple[DocumentFact, ...] | None:
        """What is known of every attachment; None while one of them was not read."""
        found: list[DocumentFact] = []
        for attachment in draft.attachments:
            if job_of(attachment.name, attachment.type):
                facts = self._known.get(_key(attachment))
                if facts is None:
                    return None
                found += (replace(fact, source=attachment.name) for fact in facts)
        return tuple(found)

    async def learn(self, draft: Draft) -> bool:
        """Read what was not read yet; True when something was. What cannot be read now stays unknown."""
        learned = False
        for attachment in draft.attachments:
            learned |= await self._look(attachment)
            learned |= await self._look_into(attachment)
            job = job_of(attachment.name, attachment.type)
            key = _key(attachment)
            if not job or key in self._known:
                continue
            try:
                name, _, data = await self._read(attachment)
                facts = await self._facts(job, name, data)
            except MssError:
                continue
            _keep(self._known, key, facts)
            if isinstance(attachment, RemotePart):
                _keep(self._first, key, data[:FIRST])
            learned = True
        return learned

    async def _look(self, attachment: LocalFile | RemotePart) -> bool:
        """Look at the first octets of a file of this machine; a part of a message is looked at when it is read."""
        key = _key(attachment)
        if isinstance(attachment, HeldFile | RemotePart) or key in self._first:
            return False
        try:
            first = await asyncio.to_thread(beginning, attachment, FIRST)
        except MssError:
            return False
        _keep(self._first, key, first)
        return True

    async def _look_into(self, attachment: LocalFile | RemotePart) -> bool:
        """Look for macros in a document that may hold some."""
        key = _key(attachment)
        if key in self._macros or attachment.size > MOST:
            return False
        if not may_hold_macros(attachment.name, self.first(attachment) or b""):
            return False
        try:
            _, _, data = await self._read(attachment)
            macros = await self._worker.run("macros", Macros, data, seconds=SECONDS)
        except MssError:
            return False
        _keep(self._macros, key, macros.found)
        return True

    async def _facts(self, job: str, name: str, data: bytes) -> tuple[DocumentFact, ...]:
        if job == "pdf":
            return await self._pdf(name, data)
        opened = await self._worker.run(job, Opened, data, {"name": name}, seconds=SECONDS)
        if opened.archive is None:
            return ()
        return facts_of(opened.archive, name, "xdm" if job == "xdm.open" else "cda")

    async def _pdf(self, name: str, data: bytes) -> tuple[DocumentFact, ...]:
        """Whom a PDF names; one that the worker gives up on is not tried again, and known not to have been read."""
        claim = await asyncio.to_thread(claims_pdf_a, data)
        try:
            text = str((await self._worker.run("pdf", View, data, seconds=SECONDS)).text)
        except MssError:
            text = ""
        return pdf_facts(text, name, pdf_a=claim)

    async def completed(self, draft: Draft) -> Draft:
        """The draft with the X-MSS fields of its archive, computed now: they are never typed (ECO.2.4.1, ECO.2.4.2)."""
        await self.learn(draft)
        documents = [fact for fact in self.known(draft) or () if fact.kind == "xdm"]
        return replace(draft, headers=tuple(headers_of(documents).items()))


def job_of(name: str, media_type: str) -> str:
    """The job of the worker that reads an attachment as a document, "" for none."""
    end = name.lower().rpartition(".")[2]
    if is_archive(name) or (end == "zip" and "xdm" in name.lower()):
        return "xdm.open"
    if end == "xml" or media_type in ("text/xml", "application/xml", "application/xslt+xml"):
        return "cda.open"
    return "pdf" if end == "pdf" or media_type == "application/pdf" else ""


def _keep(kept: dict[Key, T], key: Key, value: T) -> None:
    if len(kept) >= KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = value


def _key(attachment: LocalFile | RemotePart) -> Key:
    if isinstance(attachment, RemotePart):
        return attachment.ref, attachment.section
    if isinstance(attachment, HeldFile):
        return "", attachment.name, hashlib.sha256(attachment.data).digest()
    try:
        changed = attachment.path.stat().st_mtime_ns
    except OSError:
        changed = 0
    return str(attachment.path), changed, attachment.size
