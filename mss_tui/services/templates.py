"""Letters to begin with: those of the usage cases, and the user's own; fields in braces are filled before sending.

A letter of one's own is a text file in the `modeles` folder beside the configuration: « Objet : … » on its first line,
an empty line, the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from mss_tui.errors import NotFound, UsageError
from mss_tui.model.people import Person
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean, clean_lines

MAX_OWN = 200
MAX_OCTETS = 64_000
SENDER = "votre nom"
_FIELD = re.compile(r"\{([a-zà-ÿœ][a-zà-ÿœ' ]{1,40})\}")
_SUBJECT = re.compile(r"objet\s*:\s*(.*)\Z", re.I)


@dataclass(frozen=True, slots=True)
class Template:
    """A letter; `own` says that it is the user's. Texts are sanitised."""

    name: str
    title: str
    subject: str
    body: str
    own: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The names to fill, in order."""
        return fields(f"{self.subject}\n{self.body}")


def fields(text: str) -> tuple[str, ...]:
    """The fields that stand unfilled in a text, each once."""
    return tuple(dict.fromkeys(_FIELD.findall(text)))


def first_field(text: str) -> tuple[int, int] | None:
    """Where the first unfilled field stands, in characters."""
    found = _FIELD.search(text)
    return found.span() if found is not None else None


@cache
def _shipped() -> tuple[Template, ...]:
    data = tomllib.loads((files("mss_tui.services") / "templates.toml").read_text("utf-8"))
    return tuple(Template(name, t["title"], t["subject"], t["body"].strip() + "\n") for name, t in data.items())


def templates(folder: Path | None) -> tuple[Template, ...]:
    """Every letter, the user's own first; one's own takes the place of a shipped one of its name.

    A file that cannot be read as a letter is passed over.
    """
    own = {template.name: template for template in _own(folder)} if folder is not None else {}
    return (*own.values(), *(template for template in _shipped() if template.name not in own))


def _own(folder: Path) -> list[Template]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".txt" and path.is_file())
    except OSError:
        return []
    return [template for path in paths[:MAX_OWN] if (template := _read(path)) is not None]


def _read(path: Path) -> Template | None:
    try:
        with path.open("rb") as file:
            text = clean_lines(file.read(MAX_OCTETS).decode())
    except (OSError, UnicodeDecodeError):
        return None
    first, _, rest = text.partition("\n")
    subject = _SUBJECT.match(first.strip())
    name = clean(path.stem, 80)
    if subject is None:
        return Template(name, name, "", text, own=True)
    return Template(name, name, clean(subject[1], 200), rest.lstrip("\n"), own=True)


def named(name: str, folder: Path | None) -> Template:
    """The letter of that name.

    Raises:
        NotFound: there is none.
    """
    known = templates(folder)
    found = next((t for t in known if t.name.casefold() == name.casefold()), None)
    if found is None:
        raise NotFound(
            say("Il n'y a pas de modèle « {name} ».", name=clean(name, 80)),
            remedy=say("« mss-tui templates list » les montre."),
        )
    return found


def filled(template: Template, values: Mapping[str, str], person: Person | None = None) -> Template:
    """The letter with these values in its fields; the sender's name goes in by itself.

    Raises:
        UsageError: the letter has no such field.
    """
    strange = next((name for name in values if name not in template.fields), None)
    if strange is not None:
        raise UsageError(
            say("Le modèle « {name} » n'a pas de champ « {field} ».", name=template.name, field=clean(strange, 80)),
            remedy=say("Ses champs : {fields}.", fields=", ".join(template.fields)),
        )
    known = {name: value for name, value in values.items() if value.strip()}
    if person is not None and person.name:
        known.setdefault(SENDER, f"{person.title} {person.name}".strip())

    def put(match: re.Match[str]) -> str:
        return known.get(match[1], match[0])

    return replace(
        template,
        subject=clean(_FIELD.sub(put, template.subject), 400),
        body=clean_lines(_FIELD.sub(put, template.body)),
    )
