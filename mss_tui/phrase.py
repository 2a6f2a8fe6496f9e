"""Sentences for the user: a literal French template and its values, joined only where they are shown.

The template is looked up in the catalogue of the interface language (`mss_tui/locale`), then formatted, so that no
value can change what is translated and no outside text can become a template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import LiteralString, TypeAlias

from mss_tui.record import dataclass

Value: TypeAlias = "str | int | float | Phrase"
Translate = Callable[[str], str]


def _as_written(template: str) -> str:
    return template


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence not yet in a language.

    `values` come sanitised (`text.clean`): a phrase does not clean what it is given. A value may be a phrase itself,
    and is then put into the same language.
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def render(self, translate: Translate = _as_written) -> str:
        """The sentence in the language of `translate` (French when none is given)."""
        if not self.template:
            return ""  # gettext would answer with the header of its catalogue
        template = translate(self.template)
        if not self.values:
            return template
        values = {name: v.render(translate) if isinstance(v, Phrase) else v for name, v in self.values.items()}
        return template.format_map(values)

    def __str__(self) -> str:
        return self.render()


def say(template: LiteralString, **values: Value) -> Phrase:
    """A phrase from a literal template; message extraction looks for calls of this name.

    A template without values is never formatted, so its braces stand as they are.
    """
    return Phrase(template, MappingProxyType(values))


def listed(phrases: Sequence[Value], between: str = ", ") -> Phrase:
    """Several values side by side, each put into the language when it is shown; `between` is the same in all."""
    names = [f"v{number}" for number in range(len(phrases))]
    return Phrase(
        between.join(f"{{{name}}}" for name in names), MappingProxyType(dict(zip(names, phrases, strict=True)))
    )
