"""Text of scanned letters, through the command that the administrator declared (`ocr`); nothing leaves the host.

Pages are drawn in the bounded worker and given to the command on its input: no file. What comes back may be wrong, and
says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.mime.picture import Scan
from mss_tui.mime.view import View
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.ports.worker import BoundedWorker
from mss_tui.services.commands import feed
from mss_tui.text import DisplayText, clean_lines

MAX_PAGES = 10
DRAWING_SECONDS = 10.0
READING_SECONDS = 60.0
MOST = 200_000
"""Octets of text of a page; a printed one has a few thousand."""

MAY_BE_WRONG = say("Texte lu par reconnaissance de caractères : il peut être faux. L'image fait foi (v).")
NOTHING_READ = say("La reconnaissance de caractères n'a rien lu.")
NOT_DECLARED = say(
    "PDF image, pas de texte : v en montre les pages. L'administrateur peut déclarer une reconnaissance de caractères "
    "(clé « ocr »)."
)
POSSIBLE = say("PDF image, pas de texte : o le lit par reconnaissance de caractères, v en montre les pages.")


async def recognise(worker: BoundedWorker, data: bytes, command: Sequence[str], translate: Translate = str) -> View:
    """The words of the first pages of a PDF, as `command` reads their pictures.

    Raises:
        MssError: the command is not there, failed, printed far too much or took too long.
    """
    texts: list[str] = []
    notes: tuple[Phrase, ...] = ()
    total = 1
    while len(texts) < min(total, MAX_PAGES):
        scan = await worker.run("pdf_scan", Scan, data, {"page": len(texts)}, seconds=DRAWING_SECONDS)
        if not scan.picture:
            notes = scan.notes
            break
        total = scan.pages
        printed = await feed(command, scan.picture, seconds=READING_SECONDS, most=MOST)
        texts.append(clean_lines(printed.decode("utf-8", errors="replace"), MOST).strip())
    if total > MAX_PAGES:
        notes = (say("Seules les {n} premières pages sur {total} sont lues.", n=len(texts), total=total), *notes)
    if not any(texts):
        return View(DisplayText(""), notes=notes or (NOTHING_READ,))
    marks = [say("— page {n} sur {total} —", n=n, total=total).render(translate) for n in range(1, len(texts) + 1)]
    whole = "\n\n".join(f"{mark}\n\n{text}" for mark, text in zip(marks, texts, strict=True))
    return View(clean_lines(whole, MOST * MAX_PAGES), notes=(MAY_BE_WRONG, *notes))
