"""argparse in French: its own sentences, for as long as it works. In English it speaks for itself."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator

_SENTENCES = {
    "usage: ": "usage : ",
    "positional arguments": "arguments ",
    "options": "options ",
    "show this help message and exit": "montre cette aide",
    "show program's version number and exit": "montre la version",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "expected one argument": "il manque une valeur.",
    "expected at most one argument": "une valeur au plus.",
    "expected at least one argument": "il manque au moins une valeur.",
    "unrecognized arguments: %s": "argument inconnu : %s.",
    "the following arguments are required: %s": "il manque : %s.",
    "one of the arguments %s is required": "il faut l'un de : %s.",
    "not allowed with argument %s": "ne va pas avec %s.",
    "ignored explicit argument %r": "ne prend pas de valeur (%r).",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » n'en est pas ; au choix : %(choices)s.",
    "invalid %(type)s value: %(value)r": "« %(value)s » ne convient pas (%(type)s).",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s est ambigu : %(matches)s.",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "commande inconnue : %(parser_name)s (%(choices)s).",
}


def _plural(one: str, many: str, count: int) -> str:
    return f"il manque {count} valeurs." if "expected" in one else (one if count == 1 else many)


@contextlib.contextmanager
def french_argparse() -> Iterator[None]:
    """Inside, argparse speaks French: it takes its sentences from two names of its module."""
    before = argparse._, argparse.ngettext  # type: ignore[attr-defined]
    argparse._, argparse.ngettext = (lambda text: _SENTENCES.get(text, text)), _plural  # type: ignore[attr-defined]
    try:
        yield
    finally:
        argparse._, argparse.ngettext = before  # type: ignore[attr-defined]
