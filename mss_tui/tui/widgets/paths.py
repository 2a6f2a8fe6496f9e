"""Paths typed by the user: completion, and what a path means."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

MOST = 40
MOST_DROPPED = 100
LONGEST = 20_000
_BEGINS = re.compile(r"""['"]?(?:/|file:/|~/)""")
_OFFERED = re.compile(r"^~/(?=/|~/)")


def readable_path(typed: str) -> Path:
    """The path meant by what was typed; "~" is home, and a whole path typed behind the "~/" offered stands alone."""
    path = Path(_OFFERED.sub("", typed.strip()))
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def complete_path(typed: str) -> list[str]:
    """Paths that begin as typed, folders with a slash at their end, hidden ones only when asked for."""
    path = readable_path(typed)
    folder, start = (path, "") if typed.endswith("/") else (path.parent, path.name)
    found: list[str] = []
    try:
        for entry in sorted(folder.iterdir()):
            if (
                entry.name.isprintable()
                and entry.name.startswith(start)
                and (start.startswith(".") or not entry.name.startswith("."))
            ):
                found.append(f"{entry}/" if entry.is_dir() else str(entry))
                if len(found) == MOST:
                    break
    except OSError:
        return []
    return found


def no_folder(typed: str) -> Phrase | None:
    """Why a path is not that of a file yet, where it is a folder's."""
    try:
        folder = readable_path(typed).is_dir()
    except (OSError, ValueError):
        return None
    said = say("« {path} » est un dossier : continuez jusqu'au fichier (Tab complète).", path=clean(typed, 200))
    return said if folder else None


def dropped(text: str) -> list[Path]:
    """The files that a paste names, where it names files and nothing else; else none.

    Terminals give the paths of dropped files quoted or escaped for a shell, separated by spaces or line ends; file
    managers as they are, or as file: addresses (RFC 8089), one a line. Only whole paths count: a word of a text may
    be the name of a file too.
    """
    text = text.strip().strip("\0")
    if not text or len(text) > LONGEST or _BEGINS.match(text) is None:
        return []
    lines = [line.strip() for line in re.split(r"[\r\n\0]+", text) if line.strip()]
    for words in (lines, _shell_words(lines)):
        if 0 < len(words) <= MOST_DROPPED:
            paths = [_named(word) for word in words]
            found = [path for path in paths if path is not None]
            if len(found) == len(words):
                return list(dict.fromkeys(found))
    return []


def _shell_words(lines: list[str]) -> list[str]:
    try:
        return [word for line in lines for word in shlex.split(line)]
    except ValueError:
        return []


def _named(word: str) -> Path | None:
    """The file of this machine that a word names in full."""
    if word.startswith("file:"):
        try:
            address = urlsplit(word)
        except ValueError:
            return None
        if address.netloc not in ("", "localhost"):
            return None
        word = unquote(address.path)
    path = readable_path(word)
    try:
        return path if path.is_absolute() and path.is_file() else None
    except (OSError, ValueError):
        return None
