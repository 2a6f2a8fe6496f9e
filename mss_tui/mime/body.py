"""Text parts as they are read: octets, encoding, charset, paragraphs, quoted thread. Runs in the bounded worker."""

from __future__ import annotations

from collections.abc import Mapping

from mss_tui.language import translator
from mss_tui.mime.calendar import calendar_text
from mss_tui.mime.charset import codec_of, decode
from mss_tui.mime.flowed import unflow
from mss_tui.mime.inline import name_inline_files
from mss_tui.mime.quote import quoted_from
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.view import MAX_OCTETS, View
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.text import clean, clean_lines

Options = Mapping[str, str | int]


def text_job(data: bytes, options: Options) -> View:
    """Job `text`: a part that is not HTML. Options: `type`, `charset`, `encoding`, `flowed`, `delsp`."""
    text, notes = part_text(data, options)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if options.get("type") == "text/calendar":
        text = calendar_text(text, language_of(options))
    else:
        text, named = name_inline_files(text, language_of(options))
        notes += named
        if options.get("flowed"):
            text = unflow(text, delsp=bool(options.get("delsp")))
    return view_of(text, notes)


def language_of(options: Options) -> Translate:
    """The language that the worker was told, for the words of ours that stand in the text of a part."""
    return translator(str(options.get("lang", "fr")))


def part_text(data: bytes, options: Options) -> tuple[str, tuple[Phrase, ...]]:
    """The characters of a part, not sanitised, and what is to be said of how they were read."""
    notes: tuple[Phrase, ...] = ()
    charset = str(options.get("charset", ""))
    if len(data) >= MAX_OCTETS:
        data = data[:MAX_OCTETS]
        notes += (say("Texte incomplet : seuls les {n} premiers octets sont montrés.", n=MAX_OCTETS),)
    octets = decode_transfer(data, str(options.get("encoding", "")))
    if codec_of(charset) is None:
        notes += (say("Jeu de caractères inconnu « {charset} » : deviné.", charset=clean(charset, 40)),)
    return decode(octets, charset), notes


def view_of(text: str, notes: tuple[Phrase, ...] = (), after: str = "") -> View:
    """`text` sanitised, blanks at line ends and outer empty lines away, its quoted thread found.

    `after` is ours and stands below all of it.
    """
    lines = [line if line == "-- " else line.rstrip() for line in clean_lines(text).split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    first = next((index for index, line in enumerate(lines) if line), 0)
    lines = lines[first:]
    return View(clean_lines("\n".join(lines) + after), quoted_from(lines), notes)
