"""One message under the patterns: what was met, where, and what it is worth for each label."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import sqrt

from mss_tui.model.verdict import Place, Span
from mss_tui.rules.language.cues import LABELS, Cue, language
from mss_tui.rules.language.passages import beside, cut, read
from mss_tui.rules.language.tokens import Tokens
from mss_tui.rules.language.values import value_after
from mss_tui.rules.language.weights import FIGURE, SLOPE, grams, known, moved, weights

THRESHOLD = 1.0
YIELDING = 1.4
"""What a label needs beside one that it yields to."""
ROUNDING = 1e-6
CARE = "clinique"
NEGATIONS = frozenset(["pas", "non", "jamais", "sans", "aucun", "aucune", "ni", "plus", "nul", "nulle", "rien"])
NEGATION_REACH = 3
MOST_EVIDENCE = 6
SHORT_MESSAGE = 150
"""Words up to which a message is weighed as a whole."""
HEAVY = 0.03
"""What a word must add to a score to be shown."""
CUES_ONLY = frozenset(("identifiants",))
CUE_NEEDED = frozenset(("pj-oubliee",))


Met = tuple[int, int, int]
"""A passage, the first and the last word in it."""
SUBJECT = 0
"""The subject is the first passage."""


class Reading:
    """A message read: its score for each label, with the words that make it.

    Args:
        subject: the subject line.
        body: the sender's own words, at their places in the body.
    """

    def __init__(self, subject: str, body: str) -> None:
        self._language = language()
        self._texts = ((0, subject), *cut(body))
        self._body = body
        self._passages = [read(text) for _, text in self._texts]
        self._hits: dict[str, list[Met]] = {}
        for at, passage in enumerate(self._passages):
            for name, hits in passage.hits.items():
                self._hits.setdefault(name, []).extend((at, first, last) for first, last in hits)
        self._contexts: dict[str, bool] = {}
        self._short = sum(len(p.tokens.words) for p in self._passages) <= SHORT_MESSAGE
        self._touched = {cue for name in self._hits for cue in self._language.speakers.get(name, ())}

    def holds(self, context: str) -> bool:
        """Does a context hold in this message?"""
        holds = self._contexts.get(context)
        if holds is None:
            group = self._language.contexts.get(context)
            met = 0 if group is None else sum(len(self._hits.get(p, ())) for p in group.patterns)
            holds = self._contexts[context] = group is not None and met >= group.least
        return holds

    def _somewhere(self, names: Sequence[str]) -> bool:
        """Is one of these patterns met, or one of these contexts held, in the message?"""
        return any(self.holds(name[1:]) if name[0] == "#" else name in self._hits for name in names)

    def _in_sentence(self, names: Sequence[str], passage: int, sentence: int) -> bool:
        """Is one of these patterns met in the sentence, or one of these contexts held in the message?"""
        met = beside(self._texts[passage][1], sentence)
        return any(self.holds(name[1:]) if name[0] == "#" else name in met for name in names)

    def _counts(self, cue: Cue, hit: Met) -> bool:
        passage, first, last = hit
        tokens = self._passages[passage].tokens
        if cue.place and (cue.place == "subject") is not (passage == SUBJECT):
            return False
        if not cue.quoted and first in tokens.quoted and last in tokens.quoted:
            return False
        if not cue.negated and _negated(tokens, first):
            return False
        sentence = tokens.sentences[first]
        if cue.value and not self._value_after(passage, tokens.ends[last]):
            return False
        if cue.open and _colon_after(tokens, last):
            return False
        if cue.alone and not (_clause_at(tokens, first) and _clause_at(tokens, last + 1)):
            return False
        if cue.needs and not self._in_sentence(cue.needs, passage, sentence):
            return False
        return not (cue.never and self._in_sentence(cue.never, passage, sentence))

    def _value_after(self, passage: int, end: int) -> bool:
        """Does a secret follow? It may stand on the line after, in the next passage."""
        start, text = self._texts[passage]
        return value_after(text, end) if passage == SUBJECT else value_after(self._body, start + end)

    def hits(self, cue: Cue) -> Iterator[Met]:
        """Where a cue counts."""
        if cue.number not in self._touched:
            return
        if cue.needs_message and not self._somewhere(cue.needs_message):
            return
        if cue.never_message and self._somewhere(cue.never_message):
            return
        if cue.brief and sum(len(p.tokens.words) for p in self._passages[1:]) > cue.brief:
            return
        for pattern in cue.patterns:
            for hit in self._hits.get(pattern, ()):
                if self._counts(cue, hit):
                    yield hit

    def spoken(self, label: str) -> float:
        """What the cues of a label are worth; 0 or less where none speaks for it."""
        best: dict[str, float] = {}
        for cue in self._language.cues[label]:
            so_far = best.get(cue.family, 0.0)
            if abs(cue.weight) > abs(so_far) and next(self.hits(cue), None) is not None:
                best[cue.family] = cue.weight
        if not any(weight > 0 for weight in best.values()):
            return min(sum(best.values()), 0.0)
        bonus = 0.0 if self.holds(CARE) else self._language.unclinical.get(label, 0.0)
        return sum(best.values()) + bonus

    def score(self, label: str) -> float:
        """What the message is worth for a label: its cues, moved by its words.

        In a long message words count only beside a cue.
        """
        spoken = self.spoken(label)
        if counts_alone(label, spoken) or (spoken <= 0 and not self._short):
            return spoken
        words = self._words(label)
        return spoken + moved(label, weights().total(label, words)) if words else spoken

    def _weighed(self, label: str) -> Collection[int]:
        """The passages that are weighed: all of a short message, else those in which a cue speaks for the label.

        What else a long message says does not speak against it.
        """
        if self._short:
            return range(len(self._texts))
        return {hit[0] for cue in self._language.cues[label] if cue.weight > 0 for hit in self.hits(cue)}

    def _words(self, label: str) -> frozenset[str]:
        """The words with a weight in the passages weighed."""
        passages = self._weighed(label)
        table = weights().words
        held = frozenset(name for name in self._held() if name in table) if passages else frozenset()
        return held.union(*(known(self._texts[at][1]) for at in passages))

    def _held(self) -> frozenset[str]:
        """The contexts that hold, as words: "#clinique"."""
        return frozenset(f"#{name}" for name in self._language.contexts if self.holds(name))

    def grams(self) -> frozenset[str]:
        """All that a weight may be learnt for in this message."""
        return self._held().union(gram for p in self._passages for gram, _, _ in grams(p.tokens))

    def given(self) -> dict[str, tuple[Span, ...]]:
        """The labels of the message with their evidence."""
        over = decided({label: self.score(label) for label in LABELS})
        return {label: self.evidence(label) for label in LABELS if label in over}

    def evidence(self, label: str) -> tuple[Span, ...]:
        """What speaks for a label, the heaviest, in its order: cues, and words where these do not suffice."""
        cues = [cue for cue in self._language.cues[label] if cue.weight > 0]
        found = [(cue.weight, hit) for cue in cues for hit in self.hits(cue)]
        if label not in CUES_ONLY and self.spoken(label) < THRESHOLD - ROUNDING:
            found += self._heavy(label)
        taken: list[Met] = []
        for _, (passage, first, last) in sorted(found, key=lambda f: (-f[0], f[1][1] - f[1][2])):
            if len(taken) < MOST_EVIDENCE and not any(p == passage and a <= last and first <= b for p, a, b in taken):
                taken.append((passage, first, last))
        return tuple(self._span(*hit) for hit in sorted(taken))

    def _heavy(self, label: str) -> list[tuple[float, Met]]:
        """The words of the message that speak for a label, each with what it adds to the score; one at least."""
        learnt, share = weights(), SLOPE / sqrt(len(self._words(label)) + 1)
        every = [
            (share * learnt.weight(label, gram), (at, first, last))
            for at in self._weighed(label)
            for gram, first, last in grams(self._passages[at].tokens)
            if FIGURE not in gram
        ]
        return [one for one in every if one[0] >= HEAVY] or sorted(every, reverse=True)[:1]

    def _span(self, passage: int, first: int, last: int) -> Span:
        offset, text = self._texts[passage]
        tokens = self._passages[passage].tokens
        start, end = tokens.starts[first], tokens.ends[last]
        return Span(Place.SUBJECT if passage == SUBJECT else Place.BODY, offset + start, offset + end, text[start:end])


def counts_alone(label: str, spoken: float) -> bool:
    """Do the words of a message not count for a label, where its cues are worth `spoken`?

    A secret is told by its cues alone: words that speak for it might be the secret, and they are shown. An announced
    attachment needs a cue: its words are those of any request for a document.
    """
    return label in CUES_ONLY or (label in CUE_NEEDED and spoken <= 0)


def decided(scores: Mapping[str, float]) -> frozenset[str]:
    """The labels that a message is given, by its scores."""
    over = frozenset(label for label, score in scores.items() if score >= THRESHOLD - ROUNDING)
    yields = language().yields
    return frozenset(
        label for label in over if over.isdisjoint(yields.get(label, ())) or scores[label] >= YIELDING - ROUNDING
    )


def _clause_at(tokens: Tokens, at: int) -> bool:
    """Does a clause begin at word `at`, or the text end before it?"""
    if at in (0, len(tokens.words)) or at in tokens.clauses:
        return True
    return tokens.sentences[at] != tokens.sentences[at - 1]


def _colon_after(tokens: Tokens, last: int) -> bool:
    """Does a colon with a blank after it follow in the sentence?"""
    after = bisect_right(tokens.sentences, tokens.sentences[last]) - 1
    rest = tokens.text[tokens.ends[last] : tokens.ends[after] + 2]
    return re.search(r":(?:\s|$)", rest) is not None


def _negated(tokens: Tokens, first: int) -> bool:
    """Does a negation stand shortly before, in the same clause?"""
    for at in range(first - 1, max(first - 1 - NEGATION_REACH, -1), -1):
        if tokens.sentences[at] != tokens.sentences[first] or at + 1 in tokens.clauses:
            return False
        if tokens.words[at] in NEGATIONS:
            return True
    return False
