"""Profiles for many people from a CSV file, as TOML for the site's configuration (`profile import`).

Columns: profile, name, title, rpps, entity, account, address, type, label. One line a mailbox; the lines of a profile
follow one another or not. What is the same for all (servers, policy, authentication) stands in [defaults].
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from mss_tui.config.check import nearest, problems
from mss_tui.errors import ConfigError, UsageError
from mss_tui.model.address import parse_address
from mss_tui.phrase import say
from mss_tui.text import clean

COLUMNS = ("profile", "name", "title", "rpps", "entity", "account", "address", "type", "label")
NEEDED = ("profile", "name", "account", "address", "type")
MAX_OCTETS = 5_000_000

_PERSON = ("name", "title", "rpps", "entity")
_ACCOUNT = ("address", "type", "label")
Line = dict[str, str]


def provision(path: Path) -> str:
    """The TOML of the profiles and accounts in the CSV file `path` (UTF-8; commas, semicolons or tabs).

    Raises:
        UsageError: the file cannot be read, or a line of it is wrong; its number is named.
    """
    people: dict[str, Line] = {}
    accounts: dict[str, Line] = {}
    own: dict[str, list[str]] = {}
    for number, line in _lines(path):
        profile, account = line["profile"], line["account"]
        person = {key: line[key] for key in _PERSON if line.get(key)}
        mailbox = {key: line[key] for key in _ACCOUNT if line.get(key)}
        try:
            mailbox["address"] = str(parse_address(mailbox["address"]))
        except UsageError as error:
            raise _wrong(path, number, error) from error
        if people.setdefault(profile, person) != person or accounts.setdefault(account, mailbox) != mailbox:
            raise _wrong(path, number, UsageError(say("un autre dit autre chose de ce profil ou de cette boîte.")))
        own.setdefault(profile, []).append(account)
        _check(path, number, profile, person, account, mailbox)
    sections = [_profile(name, person, list(dict.fromkeys(own[name]))) for name, person in people.items()]
    sections += [_section(f"accounts.{key_text(name)}", mailbox) for name, mailbox in accounts.items()]
    return "\n".join(sections)


def _lines(path: Path) -> list[tuple[int, Line]]:
    shown = clean(str(path), 200)
    try:
        with path.open("rb") as file:
            text = file.read(MAX_OCTETS).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            say("« {path} » ne peut pas être lu comme un texte en UTF-8.", path=shown),
            remedy=say("Enregistrez-le en CSV, UTF-8."),
        ) from error
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for column in reader.fieldnames or ():
            if column not in COLUMNS:
                raise UsageError(
                    say("« {path} » : la colonne « {name} » est inconnue.", path=shown, name=clean(column, 80)),
                    remedy=nearest(column, COLUMNS),
                )
        rows = [(reader.line_num, {k: (v or "").strip() for k, v in row.items() if k in COLUMNS}) for row in reader]
    except csv.Error as error:
        raise UsageError(say("« {path} » n'est pas du CSV lisible.", path=shown)) from error
    for number, row in rows:
        for key in NEEDED:
            if not row.get(key):
                raise _wrong(path, number, UsageError(say("il manque « {key} ».", key=key)))
    if not rows:
        raise UsageError(say("« {path} » n'a pas de ligne.", path=shown))
    return rows


def _check(path: Path, number: int, profile: str, person: Line, account: str, mailbox: Line) -> None:
    """What the configuration would refuse is refused here, with the line."""
    made = {"profiles": {profile: {"person": person}}, "accounts": {account: mailbox}}
    for error in problems(path, made):
        raise _wrong(path, number, error)


def _wrong(path: Path, number: int, error: UsageError) -> ConfigError:
    return ConfigError(
        say("« {path} », ligne {number} : {what}", path=clean(str(path), 200), number=number, what=error.what),
        remedy=error.remedy,
    )


def _profile(name: str, person: Line, accounts: list[str]) -> str:
    table = ", ".join(f"{key} = {text_of(value)}" for key, value in person.items())
    listed = ", ".join(map(text_of, accounts))
    return f"[profiles.{key_text(name)}]\nperson = {{ {table} }}\naccounts = [{listed}]\n"


def _section(name: str, values: Line) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {text_of(value)}" for key, value in values.items()), ""])


def key_text(name: str) -> str:
    """A TOML key."""
    return name if name.isascii() and name.replace("-", "").replace("_", "").isalnum() else text_of(name)


def text_of(value: str) -> str:
    """A TOML basic string; JSON's are the same where no control character is, and `_check` let none pass."""
    return json.dumps(value, ensure_ascii=False)
