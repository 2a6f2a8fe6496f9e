"""One message under the patterns: what was met, where, and what it is worth for each label."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from mss_tui.model.verdict import Span
from mss_tui.rules.language.cues import LABELS, Cue, language
from mss_tui.rules.language.patterns import Hit
from mss_tui.rules.language.tokens import Tokens
from mss_tui.rules.language.values import value_after

THRESHOLD = 1.0
YIELDING = 1.4
"""What a label needs beside one that it yields to."""
ROUNDING = 1e-6
CARE = "clinique"
NEGATIONS = frozenset(["pas", "non", "jamais", "sans", "aucun", "aucune", "ni", "plus", "nul", "nulle", "rien"])
NEGATION_REACH = 3
MOST_EVIDENCE = 6


class Reading:
    """A message read: its score for each label, with the words that make it."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._language = language()
        self._hits = self._language.everywhere.find(tokens, 0, len(tokens.words))
        self._beside: dict[int, Iterable[str]] = {}
        self._contexts: dict[str, bool] = {}

    def holds(self, context: str) -> bool:
        """Does a context hold in this message?"""
        known = self._contexts.get(context)
        if known is None:
            group = self._language.contexts.get(context)
            met = 0 if group is None else sum(len(self._hits.get(p, ())) for p in group.patterns)
            known = self._contexts[context] = group is not None and met >= group.least
        return known

    def _somewhere(self, names: Sequence[str]) -> bool:
        """Is one of these patterns met, or one of these contexts held, in the message?"""
        return any(self.holds(name[1:]) if name[0] == "#" else name in self._hits for name in names)

    def _in_sentence(self, names: Sequence[str], sentence: int) -> bool:
        """Is one of these patterns met in the sentence, or one of these contexts held in the message?"""
        met = self._beside.get(sentence)
        if met is None:
            sentences = self.tokens.sentences
            first, end = bisect_left(sentences, sentence), bisect_right(sentences, sentence)
            met = self._beside[sentence] = self._language.beside.find(self.tokens, first, end).keys()
        return any(self.holds(name[1:]) if name[0] == "#" else name in met for name in names)

    def _counts(self, cue: Cue, hit: Hit) -> bool:
        first, last = hit
        tokens = self.tokens
        in_subject = last < tokens.body_at
        if cue.place and (cue.place == "subject") is not in_subject:
            return False
        if not cue.quoted and first in tokens.quoted and last in tokens.quoted:
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
        if cue.needs and not self._in_sentence(cue.needs, sentence):
            return False
        return not (cue.never and self._in_sentence(cue.never, sentence))

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

    def hits(self, cue: Cue) -> Iterator[Hit]:
        """Where a cue counts."""
        if cue.needs_message and not self._somewhere(cue.needs_message):
            return
        if cue.never_message and self._somewhere(cue.never_message):
            return
        if cue.brief and len(self.tokens.words) - self.tokens.body_at > cue.brief:
            return
        for pattern in cue.patterns:
            for hit in self._hits.get(pattern, ()):
                if self._counts(cue, hit):
                    yield hit

    def score(self, label: str, without: frozenset[str] = frozenset()) -> float:
        """What the message is worth for a label; 0 or less where nothing speaks for it.

        Args:
            without: families left out, to measure how much rests on each.
        """
        best: dict[str, float] = {}
        for cue in self._language.cues[label]:
            known = best.get(cue.family, 0.0)
            if cue.family not in without and abs(cue.weight) > abs(known) and next(self.hits(cue), None) is not None:
                best[cue.family] = cue.weight
        if not any(weight > 0 for weight in best.values()):
            return min(sum(best.values()), 0.0)
        bonus = 0.0 if self.holds(CARE) else self._language.unclinical.get(label, 0.0)
        return sum(best.values()) + bonus

    def given(self, without: frozenset[str] = frozenset()) -> dict[str, tuple[Span, ...]]:
        """The labels of the message with their evidence."""
        scores = {label: self.score(label, without) for label in LABELS}
        over = {label for label, score in scores.items() if score >= THRESHOLD - ROUNDING}
        weak = {
            label
            for label in over
            if over.intersection(self._language.yields.get(label, ())) and scores[label] < YIELDING - ROUNDING
        }
        return {label: self.evidence(label) for label in LABELS if label in over - weak}

    def evidence(self, label: str) -> tuple[Span, ...]:
        """The words that speak for a label, the heaviest and longest, in their order."""
        cues = [cue for cue in self._language.cues[label] if cue.weight > 0]
        found = [(cue.weight, hit) for cue in cues for hit in self.hits(cue)]
        taken: list[Hit] = []
        for _, hit in sorted(found, key=lambda f: (-f[0], f[1][0] - f[1][1])):
            if len(taken) < MOST_EVIDENCE and not any(a <= hit[1] and hit[0] <= b for a, b in taken):
                taken.append(hit)
        return tuple(self.tokens.text(*hit) for hit in sorted(taken))
