"""Health documents as read: an archive, its documents, a CDA's header and narrative (documents.md).

Every text is sanitised; dates stay as the document writes them (HL7 TS, with their own zone) beside their French form.
"""

from __future__ import annotations

from enum import StrEnum

from mss_tui.phrase import Phrase
from mss_tui.record import dataclass
from mss_tui.text import DisplayText

NOTHING = DisplayText("")


class Level(StrEnum):
    """N1 embeds a file, N3 is written in sections."""

    N1 = "N1"
    N3 = "N3"


@dataclass(frozen=True, slots=True)
class Coded:
    """A code, the system it is of, and its label."""

    code: str
    system: str = ""
    label: DisplayText = NOTHING


@dataclass(frozen=True, slots=True)
class Identifier:
    """An HL7 II: root (an OID or UUID) and extension."""

    root: str
    extension: str = ""

    def __str__(self) -> str:
        return f"{self.root}^{self.extension}" if self.extension else self.root


@dataclass(frozen=True, slots=True)
class Patient:
    """The patient of a document.

    `birth_date` is AAAAMMJJ as written; a missing trait is empty, or says why ("inconnu").

    `ins` and `ins_oid` are those of the first identifier under an INS authority.
    """

    ids: tuple[Identifier, ...] = ()
    ins: str = ""
    ins_oid: str = ""
    birth_name: DisplayText = NOTHING
    birth_given: DisplayText = NOTHING
    birth_givens: DisplayText = NOTHING
    used_name: DisplayText = NOTHING
    used_given: DisplayText = NOTHING
    birth_date: DisplayText = NOTHING
    sex: DisplayText = NOTHING
    birth_county: DisplayText = NOTHING
    birth_city: DisplayText = NOTHING

    @property
    def label(self) -> str:
        """Birth name and first given name, else what there is."""
        return f"{self.birth_name or self.used_name} {self.birth_given or self.used_given or self.birth_givens}".strip()


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a document: a person or a device."""

    name: DisplayText
    id: Identifier | None = None
    speciality: DisplayText = NOTHING
    structure: DisplayText = NOTHING
    address: DisplayText = NOTHING
    """Its MSSanté address, as the document gives it."""


@dataclass(frozen=True, slots=True)
class Related:
    """A document this one is related to; `RPLC` replaces it."""

    type: str
    ids: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file inside a CDA: `data` is empty when it could not be decoded, and `fault` says why."""

    media_type: str
    data: bytes
    id: str = ""
    fault: Phrase | None = None


@dataclass(frozen=True, slots=True)
class CdaHeader:
    """The header of a CDA."""

    root: str
    level: Level
    id: Identifier | None
    set_id: Identifier | None
    version: str
    code: Coded
    title: DisplayText
    effective: DisplayText
    confidentiality: Coded
    patient: Patient
    authors: tuple[Author, ...]
    custodian: DisplayText
    related: tuple[Related, ...]
    service_start: DisplayText = NOTHING
    service_code: Coded | None = None
    responsible: DisplayText = NOTHING
    critical: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()

    @property
    def replaces(self) -> Identifier | None:
        """The document that this one replaces (RPLC)."""
        return next((r.ids[0] for r in self.related if r.type == "RPLC" and r.ids), None)


@dataclass(frozen=True, slots=True)
class Run:
    """Words with one emphasis."""

    text: DisplayText
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title; `depth` 1 is the outermost."""

    depth: int
    text: DisplayText


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; `marker` stands before the first line ("• ", "1. "), `indent` in levels.

    Without any run it stands for a section that has entries for programs and no text for people.
    """

    runs: tuple[Run, ...]
    marker: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, its spans already spread: a spread cell repeats its text with `spread` set."""

    text: DisplayText
    head: bool = False
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has the same number of cells; the first `heads` rows are headings."""

    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 0
    caption: DisplayText = NOTHING


@dataclass(frozen=True, slots=True)
class Media:
    """A file shown at this place of the narrative; `id` is that of an `Embedded`."""

    id: str
    label: DisplayText


Content = Heading | Paragraph | Table | Media


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a narrative: exactly one of the four is there (a union that crosses the worker's pipe as data)."""

    heading: Heading | None = None
    paragraph: Paragraph | None = None
    table: Table | None = None
    media: Media | None = None

    @classmethod
    def of(cls, content: Content) -> Block:
        """The block that holds `content`."""
        if isinstance(content, Heading):
            return cls(heading=content)
        if isinstance(content, Paragraph):
            return cls(paragraph=content)
        return cls(table=content) if isinstance(content, Table) else cls(media=content)

    @property
    def content(self) -> Content:
        """What it holds."""
        found = self.heading or self.paragraph or self.table or self.media
        assert found is not None  # noqa: S101 - `of` puts one in
        return found


@dataclass(frozen=True, slots=True)
class Cda:
    """A CDA read: header, narrative, embedded files, and what is worth a warning."""

    header: CdaHeader
    blocks: tuple[Block, ...]
    embedded: tuple[Embedded, ...]
    warnings: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class XdmEntry:
    """A document of an archive, as METADATA.XML describes it and as it is.

    `file` is the entry's name in the archive, empty when there is none. `hash_ok` and `size_ok` are None when METADATA
    does not say. `action` is C or D where an extra slot asks for replacement or deletion.
    """

    metadata: str
    file: str
    title: DisplayText
    type: Coded | None
    class_code: Coded | None
    format: Coded | None
    confidentiality: tuple[Coded, ...]
    patient_id: str
    mime_type: str
    size: int
    hash_ok: bool | None
    size_ok: bool | None
    case_exact: bool = True
    action: str = ""
    replaces: str = ""
    unique_id: str = ""
    slots: tuple[tuple[str, tuple[str, ...]], ...] = ()
    codes: tuple[tuple[str, Coded], ...] = ()
    cda: Cda | None = None
    fault: Phrase | None = None

    @property
    def label(self) -> DisplayText:
        """Title, type or file: what a list calls it."""
        return self.title or (self.type.label if self.type else NOTHING) or DisplayText(self.file) or NOTHING

    @property
    def ids(self) -> frozenset[str]:
        """How other documents may name this one."""
        found = {value for value in (self.unique_id,) if value}
        if self.cda is not None and self.cda.header.id is not None:
            found.add(str(self.cda.header.id))
        return frozenset(found)

    @property
    def replaced(self) -> str:
        """The document that this one replaces: the CDA is believed, METADATA may lack the link (documents.md §0)."""
        in_cda = self.cda.header.replaces if self.cda is not None else None
        return str(in_cda) if in_cda is not None else self.replaces


@dataclass(frozen=True, slots=True)
class Archive:
    """An XDM archive: its documents, the number of entries, and what is worth a warning."""

    documents: tuple[XdmEntry, ...]
    entries: int
    warnings: tuple[Phrase, ...]
