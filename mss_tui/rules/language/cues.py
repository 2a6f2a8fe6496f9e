"""Cues: patterns with a weight, read from `data/langue/*.toml`; a label is given when its families' weights reach 1.

    [[cue]]
    family = "invitation"            a family counts once, with its heaviest cue
    weight = 0.6                     below zero: what speaks against the label
    patterns = '''                   one a line
    tu|vous viens|venez'''
    in = "body"                      or "subject"; both when left out
    with                             one of these in the same sentence (patterns, or "#context"), one a line
    without                          none of these in the same sentence; "=name" is a list of [shared]
    with_message, without_message    the same in the whole message
    negated = true                   counts even after a negation
    quoted = true                    counts between quotation marks too
    value = true                     a value follows, as one does a password
    open = true                      no colon follows in the sentence (what is announced is not given at once)
    brief = 60                       the sender's text has no more words than that
    alone = true                     the words are a clause of their own: between commas, brackets or full stops

    unclinical = 0.3                 at the top of a label: added where the context "clinique" does not hold
    yields = "proselyte"             at the top of a label: the score must be higher by 0.4 where that one is given

A context ("#clinique") is a named group of patterns that holds when at least `least` of them are met.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from itertools import count
from typing import Any

from mss_tui.record import dataclass
from mss_tui.rules.data import load
from mss_tui.rules.language.patterns import Compiler, PatternIndex

LABELS = ("urgence", "prive", "commercial", "proselyte", "insultant", "convocation", "identifiants", "pj-oubliee")
FILES = ("commun", *LABELS, "vente", "detresse", "danger")
"""In the order in which they are read: what a file names was said before."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Patterns that speak for a label, or against it."""

    number: int
    family: str
    weight: float
    patterns: tuple[str, ...]
    place: str = ""
    needs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    needs_message: tuple[str, ...] = ()
    never_message: tuple[str, ...] = ()
    negated: bool = False
    quoted: bool = False
    value: bool = False
    open: bool = False
    brief: int = 0
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A named group of patterns."""

    patterns: tuple[str, ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Language:
    """All cues by label, all contexts, and their patterns: those looked for everywhere, and those that only matter
    in a sentence where a cue was met.

    `unclinical` is what a label's score gains where nothing in the message speaks of care; `yields` names the labels
    beside which it needs more (`YIELDING`); `speakers` are the numbers of the cues by pattern.
    """

    cues: Mapping[str, tuple[Cue, ...]]
    unclinical: Mapping[str, float]
    yields: Mapping[str, tuple[str, ...]]
    contexts: Mapping[str, Context]
    speakers: Mapping[str, Collection[int]]
    everywhere: PatternIndex
    beside: PatternIndex


Shared = Mapping[str, tuple[str, ...]]


def _lines(text: str, shared: Shared) -> tuple[str, ...]:
    lines = [line for line in text.split("\n") if line]
    return tuple(part for line in lines for part in (shared[line[1:]] if line[0] == "=" else (line,)))


def _cue(number: int, data: Mapping[str, Any], shared: Shared) -> Cue:
    return Cue(
        number=number,
        family=data["family"],
        weight=float(data["weight"]),
        patterns=_lines(data["patterns"], shared),
        place=data.get("in", ""),
        needs=_lines(data.get("with", ""), shared),
        never=_lines(data.get("without", ""), shared),
        needs_message=_lines(data.get("with_message", ""), shared),
        never_message=_lines(data.get("without_message", ""), shared),
        negated=data.get("negated", False),
        quoted=data.get("quoted", False),
        value=data.get("value", False),
        open=data.get("open", False),
        brief=data.get("brief", 0),
        alone=data.get("alone", False),
    )


@cache
def language() -> Language:
    """The cues of every label; read and compiled once, on the first text."""
    lexicons: dict[str, tuple[str, ...]] = {}
    contexts: dict[str, Context] = {}
    cues: dict[str, tuple[Cue, ...]] = {}
    unclinical: dict[str, float] = {}
    yields: dict[str, tuple[str, ...]] = {}
    numbers = count()
    shared: dict[str, tuple[str, ...]] = {}
    for data in (load(f"langue/{name}") for name in FILES):
        lexicons |= {name: tuple(words.split()) for name, words in data.get("lexicons", {}).items()}
        shared |= {name: tuple(_lines(lines, shared)) for name, lines in data.get("shared", {}).items()}
        for name, group in data.get("contexts", {}).items():
            contexts[name] = Context(_lines(group["patterns"], shared), group.get("least", 1))
        if "unclinical" in data:
            unclinical[data["label"]] = float(data["unclinical"])
        if "yields" in data:
            yields[data["label"]] = tuple(data["yields"].split())
        if "cue" in data:
            made = tuple(_cue(next(numbers), cue, shared) for cue in data["cue"])
            cues[data["label"]] = cues.get(data["label"], ()) + made
    everywhere = {p for group in contexts.values() for p in group.patterns}
    beside: set[str] = set()
    speakers: dict[str, set[int]] = {}
    for cue in (c for of in cues.values() for c in of):
        for line in cue.patterns:
            speakers.setdefault(line, set()).add(cue.number)
        everywhere.update(cue.patterns, cue.needs_message, cue.never_message)
        beside.update(cue.needs, cue.never)
    compiler = Compiler(lexicons)

    def index(lines: set[str]) -> PatternIndex:
        return PatternIndex((line, compiler.pattern(line)) for line in lines if line[0] != "#")

    return Language(cues, unclinical, yields, contexts, speakers, index(everywhere), index(beside))
