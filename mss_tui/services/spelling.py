"""Spelling in French, by the program that is installed here (hunspell, else aspell): words go through its input alone.

What is cited, the signature, addresses, anything with a digit, words all in capitals (family names, acronyms) and the
names of those who are written to are no words to be checked.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mss_tui.errors import NotFound, UsageError
from mss_tui.phrase import say
from mss_tui.services.commands import feed
from mss_tui.services.composing import own_words
from mss_tui.text import clean

SECONDS = 10.0
MOST_WORDS = 5_000
MOST_PRINTED = 4_000_000
MOST_SUGGESTIONS = 6
MAX_OCTETS = 200_000

_HUNSPELL = tuple(map(Path, ("/usr/share/hunspell", "/usr/share/myspell/dicts", "/usr/local/share/hunspell")))
_ASPELL = tuple(map(Path, ("/usr/lib/aspell", "/var/lib/aspell", "/usr/lib/aspell-0.60", "/usr/lib64/aspell-0.60")))
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NO_WORDS = re.compile(r"\S*(?:[@\d_/{}]|://)\S*")
_ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]", re.I)


def installed(hunspell: Sequence[Path] = _HUNSPELL, aspell: Sequence[Path] = _ASPELL) -> tuple[str, ...]:
    """The command that reads French words and says which it does not know.

    Raises:
        NotFound: there is none, or it has no French.
    """
    if program := shutil.which("hunspell"):
        names = [path.stem for folder in hunspell for path in sorted(folder.glob("fr*.dic"))]
        if names:
            return (program, "-a", "-i", "utf-8", "-d", next((n for n in ("fr_FR", "fr") if n in names), names[0]))
    program = shutil.which("aspell")
    if program and any(any(folder.glob("fr*.multi")) for folder in aspell):
        return (program, "-a", "--lang=fr", "--encoding=utf-8")
    raise NotFound(
        say("Aucun dictionnaire français n'est installé sur cette machine."),
        meaning=say("L'orthographe n'est pas vérifiée."),
        remedy=say("Sous Debian : apt install hunspell hunspell-fr (ou aspell aspell-fr)."),
    )


def spans(line: str, known: Collection[str] = ()) -> Iterator[tuple[int, int, str]]:
    """The words of a line to be checked, each with where it stands; `known` are words as `key` makes them."""
    if line.startswith(">"):
        return
    no_words = [match.span() for match in _NO_WORDS.finditer(line)]
    for match in _WORD.finditer(line):
        start, end = match.span()
        word = match[0]
        core = _ELISION.sub("", word, count=1)
        if len(core) < 2 or core.isupper() or key(word) in known or key(core) in known:
            continue
        if not any(first < end and start < last for first, last in no_words):
            yield start, end, word


def key(word: str) -> str:
    """A word as it is compared: no case, one kind of apostrophe."""
    return word.casefold().replace("’", "'")


def words_of(texts: Iterable[str], known: Collection[str] = ()) -> tuple[str, ...]:
    """The words of one's own text to be checked, each once, in order."""
    found: dict[str, None] = {}
    for text in texts:
        for line in own_words(text).split("\n"):
            found.update((word, None) for _, _, word in spans(line, known))
    return tuple(found)[:MOST_WORDS]


async def doubts(command: Sequence[str], words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The words that the dictionary does not know, each with what it would write instead.

    Raises:
        ConfigError, UsageError, DeadlinePassed: the program could not be run, failed, or took too long.
    """
    if not words:
        return {}
    asked = "".join(f"^{word.replace('’', chr(39))}\n" for word in words).encode()
    printed = await feed(command, asked, seconds=SECONDS, most=MOST_PRINTED)
    answers = printed.decode("utf-8", "replace").partition("\n")[2].split("\n\n")
    found: dict[str, tuple[str, ...]] = {}
    for word, answer in zip(words, answers, strict=False):
        wrong = [line for line in answer.split("\n") if line[:1] in ("&", "#", "?")]
        if wrong:
            found[word] = tuple(_instead(word, wrong))[:MOST_SUGGESTIONS]
    return found


def _instead(word: str, wrong: Sequence[str]) -> Iterator[str]:
    """Other spellings of a word, of which the program may have refused a part."""
    for line in wrong:
        head, _, listed = line.partition(": ")
        part = head.split(" ")[1] if " " in head else ""
        for spelling in filter(None, listed.split(", ")):
            spelling = clean(spelling, 80).replace("’", "'")
            yield spelling if key(part) == key(word) else word.replace("’", "'").replace(part, spelling, 1)


class KnownWords:
    """Words taken as right: for as long as the program runs, and in the profile's own file where it has one."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._words: set[str] = set()
        self._read = path is None

    def words(self) -> frozenset[str]:
        """All of them; a file that is not there yet is empty.

        Raises:
            UsageError: the file cannot be read.
        """
        if not self._read and self.path is not None:
            try:
                with self.path.open("rb") as file:
                    self._words |= {key(w) for w in file.read(MAX_OCTETS).decode("utf-8", "replace").split()}
            except FileNotFoundError:
                pass
            except OSError as error:
                raise self._unusable() from error
            self._read = True
        return frozenset(self._words)

    def add(self, word: str, *, keep: bool) -> None:
        """Take a word as right; with `keep`, in the file too.

        Raises:
            UsageError: the file cannot be written.
        """
        self._words.add(key(word))
        if keep and self.path is not None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            try:
                descriptor = os.open(self.path, flags, 0o600)
                with os.fdopen(descriptor, "ab") as file:
                    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                        raise self._unusable()
                    file.write(f"{word}\n".encode())
            except OSError as error:
                raise self._unusable() from error

    def _unusable(self) -> UsageError:
        return UsageError(
            say("Le dictionnaire du profil ne peut pas être lu ou écrit."),
            remedy=say("Vérifiez « dictionary » dans la configuration : {path}.", path=clean(str(self.path), 200)),
        )
