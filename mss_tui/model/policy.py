"""What differs from one operator to the next: figures, each with the document it comes from (catalogue §8)."""

from __future__ import annotations

from enum import StrEnum

from mss_tui.record import dataclass


class SizeBasis(StrEnum):
    """Are the limits on octets as they are on disk, or as they travel?"""

    RAW = "raw"
    ENCODED = "encoded"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its origin; None is "non renseigné", and its rule is then not applicable."""

    value: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """Whom to ask for help; `hours` are Paris time, Monday is 1."""

    name: str = ""
    portal: str = ""
    phone: str = ""
    address: str = ""
    days: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """An operator's figures. Sizes in octets (1 Mo = 10⁶ octets), delays in hours, days or calendar months."""

    id: str
    name: str
    part_octets: Figure = Figure()
    message_octets: Figure = Figure()
    mailbox_octets: Figure = Figure()
    patient_message_octets: Figure = Figure()
    size_basis: SizeBasis = SizeBasis.RAW
    handling_hours: Figure = Figure()
    handling_warning_hours: Figure = Figure()
    retention_months: Figure = Figure()
    retention_warning_days: Figure = Figure()
    unpublish_days: Figure = Figure()
    unpublish_warning_days: tuple[int, ...] = ()
    delete_years: Figure = Figure()
    delete_warning_days: tuple[int, ...] = ()
    quota_warning_percent: tuple[int, ...] = ()
    many_recipients: Figure = Figure()
    many_copies: Figure = Figure()
    remember_days: Figure = Figure()
    extra_domains: tuple[str, ...] = ()
    ca_sha256: tuple[str, ...] = ()
    support: Support = Support()
    raised: tuple[tuple[str, str], ...] = ()
    no_reply_mention: bool = True
    """Is the sentence that no reply is possible put under the messages of a BAL applicative (formation)?"""
