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

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mss_tui.model.verdict import Span
from mss_tui.rules.data import load
from mss_tui.rules.language.patterns import Compiler, Hit, PatternIndex
from mss_tui.rules.language.tokens import Tokens
from mss_tui.rules.language.values import value_after

THRESHOLD = 1.0
YIELDING = 0.4
ROUNDING = 1e-6
LABELS = ("urgence", "prive", "commercial", "proselyte", "insultant", "convocation", "identifiants", "pj-oubliee")
FILES = ("commun", *LABELS, "detresse")
CARE = "clinique"
NEGATIONS = frozenset(["pas", "non", "jamais", "sans", "aucun", "aucune", "ni", "plus", "nul", "nulle", "rien"])
NEGATION_REACH = 3
MOST_EVIDENCE = 6


@dataclass(frozen=True, slots=True)
class Cue:
    """Patterns that speak for a label, or against it."""

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
    """All cues by label, all contexts, and the index of all their patterns.

    `unclinical` is what a label's score gains where nothing in the message speaks of care; `yields` names the labels
    beside which it needs more (`YIELDING`).
    """

    cues: Mapping[str, tuple[Cue, ...]]
    unclinical: Mapping[str, float]
    yields: Mapping[str, tuple[str, ...]]
    contexts: Mapping[str, Context]
    index: PatternIndex


Shared = Mapping[str, tuple[str, ...]]


def _lines(text: str, shared: Shared) -> tuple[str, ...]:
    lines = [line for line in text.split("\n") if line]
    return tuple(part for line in lines for part in (shared[line[1:]] if line[0] == "=" else (line,)))


def _cue(data: Mapping[str, Any], shared: Shared) -> Cue:
    return Cue(
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
            cues[data["label"]] = cues.get(data["label"], ()) + tuple(_cue(cue, shared) for cue in data["cue"])
    texts = {p for group in contexts.values() for p in group.patterns}
    for cue in (c for of in cues.values() for c in of):
        named = (cue.patterns, cue.needs, cue.never, cue.needs_message, cue.never_message)
        texts |= {p for group in named for p in group if not p.startswith("#")}
    compiler = Compiler(lexicons)
    return Language(cues, unclinical, yields, contexts, PatternIndex((text, compiler.pattern(text)) for text in texts))


class Reading:
    """One message under the patterns: what was met, where, and what it is worth for each label."""

    def __init__(self, tokens: Tokens, features: Iterable[str] = ()) -> None:
        self.tokens = tokens
        self._language = language()
        self._hits = self._language.index.find(tokens)
        self._features = frozenset(features)
        self._contexts: dict[str, bool] = {}

    def holds(self, context: str) -> bool:
        """Does a context hold in this message?"""
        if context in self._features:
            return True
        known = self._contexts.get(context)
        if known is None:
            group = self._language.contexts.get(context)
            met = 0 if group is None else sum(len(self._hits.get(p, ())) for p in group.patterns)
            known = self._contexts[context] = group is not None and met >= group.least
        return known

    def _met(self, names: Sequence[str], sentence: int | None) -> bool:
        for name in names:
            if name.startswith("#"):
                if self.holds(name[1:]):
                    return True
            elif sentence is None:
                if name in self._hits:
                    return True
            elif any(self.tokens.sentences[first] == sentence for first, _ in self._hits.get(name, ())):
                return True
        return False

    def _counts(self, cue: Cue, hit: Hit) -> bool:
        first, last = hit
        tokens = self.tokens
        in_subject = last < tokens.body_at
        if cue.place and (cue.place == "subject") is not in_subject:
            return False
        if not cue.quoted and tokens.quoted[first] and tokens.quoted[last]:
            return False
        if not cue.negated and self._negated(first):
            return False
        sentence = tokens.sentences[first]
        if cue.value and not value_after(tokens.text_of(last), tokens.ends[last]):
            return False
        if cue.open and self._colon_after(last):
            return False
        if cue.alone and not (self._clause_at(first) and self._clause_at(last + 1)):
            return False
        if cue.needs and not self._met(cue.needs, sentence):
            return False
        return not (cue.never and self._met(cue.never, sentence))

    def _clause_at(self, token: int) -> bool:
        """Does a clause begin at `token`, or the text end before it?"""
        tokens = self.tokens
        if token in (0, tokens.body_at, len(tokens.words)) or token in tokens.clauses:
            return True
        return tokens.sentences[token] != tokens.sentences[token - 1]

    def _colon_after(self, last: int) -> bool:
        tokens = self.tokens
        after = last
        while after + 1 < len(tokens.words) and tokens.sentences[after + 1] == tokens.sentences[last]:
            after += 1
        rest = tokens.text_of(last)[tokens.ends[last] : tokens.ends[after] + 2]
        return re.search(r":(?:\s|$)", rest) is not None

    def _negated(self, first: int) -> bool:
        tokens = self.tokens
        for at in range(first - 1, max(first - 1 - NEGATION_REACH, -1), -1):
            if tokens.sentences[at] != tokens.sentences[first] or at + 1 in tokens.clauses:
                return False
            if tokens.words[at] in NEGATIONS:
                return True
        return False

    def hits(self, cue: Cue) -> list[Hit]:
        """Where a cue counts."""
        if cue.needs_message and not self._met(cue.needs_message, None):
            return []
        if cue.never_message and self._met(cue.never_message, None):
            return []
        if cue.brief and len(self.tokens.words) - self.tokens.body_at > cue.brief:
            return []
        return [hit for p in cue.patterns for hit in self._hits.get(p, ()) if self._counts(cue, hit)]

    def score(self, label: str, without: frozenset[str] = frozenset()) -> tuple[float, tuple[Span, ...]]:
        """What the message is worth for a label, and the words that say so.

        Args:
            without: families left out, to measure how much rests on each.
        """
        best: dict[str, float] = {}
        found: list[tuple[float, Hit]] = []
        for cue in self._language.cues[label]:
            if cue.family in without:
                continue
            hits = self.hits(cue)
            if hits:
                weight = best.get(cue.family, 0.0)
                best[cue.family] = cue.weight if abs(cue.weight) > abs(weight) else weight
                found += [(cue.weight, hit) for hit in hits if cue.weight > 0]
        bonus = self._language.unclinical.get(label, 0.0) if found and not self.holds(CARE) else 0.0
        return sum(best.values()) + bonus, self._evidence(found)

    def given(self, without: frozenset[str] = frozenset()) -> dict[str, tuple[Span, ...]]:
        """The labels of the message with their evidence."""
        scores = {label: self.score(label, without) for label in LABELS}
        over = {label for label, (score, spans) in scores.items() if spans and score >= THRESHOLD - ROUNDING}
        yields = self._language.yields
        weak = {
            label
            for label in over
            if over.intersection(yields.get(label, ())) and scores[label][0] < THRESHOLD + YIELDING - ROUNDING
        }
        return {label: scores[label][1] for label in LABELS if label in over - weak}

    def _evidence(self, found: list[tuple[float, Hit]]) -> tuple[Span, ...]:
        taken: list[Hit] = []
        for _, hit in sorted(found, key=lambda f: (-f[0], f[1][0] - f[1][1])):
            if len(taken) < MOST_EVIDENCE and not any(a <= hit[1] and hit[0] <= b for a, b in taken):
                taken.append(hit)
        return tuple(self.tokens.text(*hit) for hit in sorted(taken))
