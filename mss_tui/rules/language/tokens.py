"""A message as folded words with their places, sentences and quotation marks: what patterns look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mss_tui.model.verdict import Place, Span
from mss_tui.rules.words import flat

_TOKEN = re.compile(
    r"\bs'?il (?:vous|te) plait\b|"
    r"\d{1,2} ?h(?: ?\d\d)?(?![a-z0-9])|[a-zœæß][a-z0-9œæß]*|\d+(?:[.,:/]\d+)*|[%€?]|"
    r"[.!;\n,:()]|[«»“”\"]|(?<=\s)'(?=\w)|(?<=\w)'(?=[\s.,;)])"
)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_ABBREVIATIONS = frozenset(("m", "mr", "mme", "mlle", "dr", "pr", "st", "ste", "cf", "tel", "av", "p", "j", "n", "me"))
_GREETED = frozenset(("madame", "monsieur", "mademoiselle"))
_OPENS, _CLOSES = frozenset("«“"), frozenset("»”")
MAX_CHARS = 60_000
"""Text beyond is not read: no message of a person is that long, and the time stays bounded."""


@dataclass(slots=True)
class Tokens:
    """Words of subject and body, in parallel lists. `quoted` says between quotation marks; sentences are numbered.

    The subject is a sentence of its own, before the body's.
    """

    subject: str
    body: str
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    clauses: set[int] = field(default_factory=set)
    """Indexes of tokens that begin a clause: a comma, a colon, a bracket or a new line stands before."""
    body_at: int = 0
    """Index of the body's first token."""

    def text_of(self, token: int) -> str:
        """The text, subject or body, that a token stands in."""
        return self.subject if token < self.body_at else self.body

    def text(self, first: int, last: int) -> Span:
        """The words `first` to `last` (included) where they stand."""
        place = Place.SUBJECT if last < self.body_at else Place.BODY
        of = self.text_of(last)
        return Span(place, self.starts[first], self.ends[last], of[self.starts[first] : self.ends[last]])


def tokenise(subject: str, body: str) -> Tokens:
    """The tokens of a message whose body holds the sender's own words alone (`own_words`)."""
    found = Tokens(subject, body)
    after = _add(found, flat(subject[:MAX_CHARS]), subject, 0)
    found.body_at = len(found.words)
    _add(found, flat(body[:MAX_CHARS]), body, after + 1)
    for at, word in enumerate(found.words):
        if word in _GREETED and at + 1 in found.clauses:
            found.words[at] = "salutation"
    return found


def _add(into: Tokens, folded: str, text: str, sentence: int) -> int:
    """Append the tokens of one text; returns the last sentence's number."""
    words, starts, ends, sentences, quoted = into.words, into.starts, into.ends, into.sentences, into.quoted
    inside = straight = False
    for match in _TOKEN.finditer(folded):
        word = match.group()
        if word.isalnum() or word in "%€" or len(word) > 1:
            if word.startswith(("s'il ", "sil ")):
                word = "svp"
            elif word == "m" and folded[match.end() : match.end() + 1] == "'":
                word = "me"
            words.append(word if word.isascii() else word.translate(_LIGATURES))
            starts.append(match.start())
            ends.append(match.end())
            sentences.append(sentence)
            quoted.append(inside or straight)
        elif word in ".!?;":
            abbreviated = word == "." and words and words[-1] in _ABBREVIATIONS and ends[-1] == match.start()
            if word == "?":
                words.append(word)
                starts.append(match.start())
                ends.append(match.end())
                sentences.append(sentence)
                quoted.append(inside or straight)
            if not abbreviated:
                sentence += 1
        elif word in ",:()":
            into.clauses.add(len(words))
        elif word == "\n":
            into.clauses.add(len(words))
            following = text[match.end() : match.end() + 1]
            if not following.islower():
                sentence += 1
                straight = False
            if following in ("\n", ""):
                inside = False
        elif word in _OPENS:
            inside = True
        elif word in _CLOSES:
            inside = False
        elif word == '"':
            straight = not straight
    return sentence
