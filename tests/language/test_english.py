"""The English catalogue: the placeholders of its source, the .mo of its .po, and nearly every sentence."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from mss_tui.language import translator
from mss_tui.phrase import say

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "mss_tui" / "locale" / "en" / "LC_MESSAGES" / "mss_tui.po"
ENOUGH = 0.95
_BRACES = re.compile(r"\{[^{}]*\}")


def _make_locale() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_locale", ROOT / "docs" / "make_locale.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MAKE_LOCALE = _make_locale()


def _translated(catalog: Catalog) -> dict[str, str]:
    return {m.id: m.string for m in catalog if m.id and isinstance(m.id, str) and isinstance(m.string, str)}


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    with PO.open("rb") as file:
        return _translated(read_po(file))


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    return list(_translated(MAKE_LOCALE.template()))


def test_placeholders_are_those_of_the_source(english: dict[str, str]) -> None:
    wrong = {f: e for f, e in english.items() if e and sorted(_BRACES.findall(f)) != sorted(_BRACES.findall(e))}
    assert not wrong


def test_blanks_at_the_ends_are_those_of_the_source(english: dict[str, str]) -> None:
    """Pieces are put side by side: a lost blank glues two words together."""
    ends = {f: e for f, e in english.items() if e and (f[0] == " ", f[-1] == " ") != (e[0] == " ", e[-1] == " ")}
    assert not ends


def test_no_french_typography_in_english(english: dict[str, str]) -> None:
    """Text in French that goes to others is copied as it is; anything else has no quotation marks of French."""
    left = [e for f, e in english.items() if e != f and re.search(r"[«»]|(?<=\w) [:;!?](?:\s|$)", e)]
    assert not left


def test_the_binary_catalogue_is_what_the_text_compiles_to() -> None:
    same = PO.with_suffix(".mo").read_bytes() == MAKE_LOCALE.compiled(PO)  # two long binaries: no use in a diff
    assert same, "run docs/make_locale.py"


def test_nearly_every_sentence_has_a_translation(english: dict[str, str], sentences: list[str]) -> None:
    lacking = [sentence for sentence in sentences if not english.get(sentence)]
    done = len(sentences) - len(lacking)
    assert done >= ENOUGH * len(sentences), f"{done} of {len(sentences)} sentences; lacking: {lacking}"


def test_a_known_sentence_is_rendered_in_english() -> None:
    phrase = say("Le dossier « {folder} » n'existe pas.", folder="Labo")
    assert phrase.render(translator("en")) == 'Folder "Labo" does not exist.'
    assert phrase.render(translator("fr")) == "Le dossier « Labo » n'existe pas."


def test_an_unknown_sentence_stays_in_french() -> None:
    assert translator("en")("Cette phrase n'est dans aucun catalogue.") == "Cette phrase n'est dans aucun catalogue."


def test_nothing_said_is_nothing_in_any_language() -> None:
    assert say("").render(translator("en")) == ""
