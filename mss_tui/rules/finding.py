"""What a check finds: a verdict without the catalogue's part (id, severity)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from mss_tui.model.verdict import Place, Severity, Span, State, Where
from mss_tui.phrase import Value
from mss_tui.record import dataclass
from mss_tui.text import clean

MAX_VALUE = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One word of one rule on one thing; `severity` where it differs from the rule's own."""

    state: State
    where: Where
    values: Mapping[str, Value]
    evidence: tuple[Span, ...] = ()
    severity: Severity | None = None


Findings = Iterable[Finding]


def _values(values: dict[str, Value]) -> Mapping[str, Value]:
    return MappingProxyType({k: clean(v, MAX_VALUE) if isinstance(v, str) else v for k, v in values.items()})


def at(place: Place, item: str = "") -> Where:
    """A place; its item sanitised."""
    return Where(place, clean(item, 254) if item else "")


def violated(
    where: Where, *, evidence: tuple[Span, ...] = (), severity: Severity | None = None, **values: Value
) -> Finding:
    """The rule is violated; `values` fill its sentence (`variant` chooses it)."""
    return Finding(State.VIOLATED, where, _values(values), evidence, severity)


def satisfied(where: Where, **values: Value) -> Finding:
    """It was checked and holds."""
    return Finding(State.SATISFIED, where, _values(values))


def unknown(where: Where, *, severity: Severity | None = None, **values: Value) -> Finding:
    """A fact is missing."""
    return Finding(State.UNKNOWN, where, _values(values), (), severity)


def decided(holds: bool | None) -> Callable[..., Finding]:
    """The finding for a fact that holds, does not, or is missing."""
    if holds is None:
        return unknown
    return satisfied if holds else violated
