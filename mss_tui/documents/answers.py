"""What the jobs on documents answer: data that crosses the worker's pipe. Nothing here reads XML."""

from __future__ import annotations

from mss_tui.documents.fault import DocumentFault
from mss_tui.model.document import Archive
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive, or the sentences that say why there is none."""

    archive: Archive | None = None
    what: Phrase | None = None
    meaning: Phrase | None = None
    remedy: Phrase | None = None
    detail: str = ""

    def result(self) -> Archive:
        """The archive.

        Raises:
            DocumentFault: there is none.
        """
        if self.archive is None:
            what = self.what or say("Ce document ne peut pas être lu.")
            raise DocumentFault(what, meaning=self.meaning, remedy=self.remedy, detail=self.detail)
        return self.archive


@dataclass(frozen=True, slots=True)
class FileOctets:
    """A file of an archive; None when it has no such file."""

    data: bytes | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What `documents.check` finds wrong; empty when nothing is."""

    problems: tuple[Phrase, ...]
