"""No sentence of ours stays French on the command line with `--lang en`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mss_tui.cli.main import parse
from mss_tui.cli.narration import Narration
from mss_tui.cli.parser import build_parser
from mss_tui.errors import MssError
from mss_tui.language import translator
from mss_tui.rules.catalogue import DOCUMENTS
from tests.cli.conftest import Demo, demo
from tests.language.french import french_in
from tests.language.test_texts import INVITATION

__all__ = ["demo"]

COMMANDS = (
    "inbox",
    "folders",
    "status --refresh",
    "doctor",
    "journal verify",
    "config validate",
    "config show",
    "config schema",
    "profile list",
    "annuaire stats",
    "annuaire search lefebvre",
    "annuaire verify anne.lefebvre@ch-valmarin.demo.mssante.fr jean@gmail.com",
    "outbox run --json",
    "releve show",
    "menage",
    "depart",
    "support",
    "patient list",
    "receipts 1:1",
    "read 1:1",
    "traiter 1:1",
    "outbox retry nothing",
    "check --to jean@gmail.com --subject coucou --body Bonjour --explain",
    "send --to jean@gmail.com --subject coucou --body Bonjour --confirm nothing=x",
    "inbox --limit x",
    "nothing",
    "--account nobody inbox",
)
FOLDERS = ("Brouillons", "Envoyés", "Corbeille", "Archives", "Indésirables", "Délégués")
OTHERS = ("Lettre - VIAL Paul", "Question sur l'ordonnance", *FOLDERS, *DOCUMENTS.values())
"""What stands in the mailbox, and the titles of French documents."""
NAMES = re.compile(r"(?<![\w.])[a-z]+(?:[.-][a-z-]+)+|'[a-z-]+'|\{[a-z,-]+\}")
"""Identifiers of rules, commands and options, which are the same in every language."""


@pytest.mark.parametrize("command", COMMANDS)
def test_no_sentence_of_ours_is_french(demo: Demo, command: str) -> None:
    ran = demo.run("--lang", "en", *command.split())
    assert french_in(NAMES.sub(" ", ran.out + ran.err), OTHERS) == [], ran.out + ran.err


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


def test_no_help_of_a_command_is_french() -> None:
    every = list(parsers(build_parser(translator("en"))))
    commands = {word for parser in every for word in parser.prog.split()}
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, commands))})(?![\w-])")
    found = {parser.prog: french_in(named.sub(" ", NAMES.sub(" ", parser.format_help()))) for parser in every}
    assert len(found) > 60
    assert {name: french for name, french in found.items() if french} == {}


def test_a_wrong_call_is_said_in_english() -> None:
    for wrong in (["inbox", "--limit"], ["--nothing"], ["read", "a", "b"], ["absence", "on", "--from", "x"]):
        with pytest.raises(MssError) as error:
            parse(["--lang", "en", *wrong], Narration(translator("en")))
        assert french_in(error.value.render(translator("en"))) == []


def test_what_the_worker_says_of_a_letter_is_in_english(demo: Demo, tmp_path: Path) -> None:
    letter = tmp_path / "invitation.eml"
    letter.write_bytes(b"From: a@x.mssante.fr\r\nContent-Type: text/calendar\r\n\r\n" + INVITATION)
    assert "Annulation" in demo.run("read", "--file", str(letter)).out
    told = demo.run("--lang", "en", "read", "--file", str(letter)).out
    assert "Cancellation" in told
    assert french_in(told) == []
