"""Prints docs/reference/corpus.md: how each mail of a folder lists and opens.

usage: python -m tests.mime.corpus_report FOLDER > docs/reference/corpus.md
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from mss_tui.adapters.worker import ProcessWorker
from tests.mime.opening import SECONDS, Opened, opened
from tests.mime.test_header import clean_line
from tests.support.awkward import mails

AWKWARD = 300
HEAD = f"""# Messages difficiles : ce que mss-tui en fait

Page produite par `python -m tests.mime.corpus_report DOSSIER` ; ne la modifiez pas à la main.

Chaque message est listé (en-têtes lus dans le programme), ouvert (structure et texte lus dans le processus
confiné, en {SECONDS:g} s au plus), puis chacune de ses pièces est montrée si une vue existe. « Sans texte » :
le message n'en a pas, ses pièces sont listées. « Remarque » : l'écran dit ce qui manque ou ce qui a été
laissé de côté. « Vue brute » : la lecture a échoué ou dépassé son délai, une phrase le dit et les octets
restent lisibles. « Caractère actif » : un octet de commande du terminal serait arrivé à l'écran.

Les messages viennent des jeux d'essai publics de bibliothèques de courrier (licences BSD, MIT, Apache 2.0, ISC
et PSF) ; ils ne sont pas distribués avec mss-tui. La dernière ligne du tableau est produite par le générateur
du projet (`tests/support/awkward.py`), que les tests rejouent partout.

| source | messages | texte | sans texte | remarque | pièces | vue brute | délai dépassé | caractère actif | maximum |
|---|---|---|---|---|---|---|---|---|---|"""

TAIL = """
## Par le programme entier

Les mêmes messages, déposés sur un vrai serveur (Dovecot), ouverts par le programme comme à l'écran, puis chacune de
leurs pièces : `pytest -m slow -s tests/mime/test_real_program.py` (il faut le dossier des messages à côté du projet).
Chacun s'ouvre ; une pièce « sans vue » est dite telle, et s'enregistre ; une pièce « suspecte » attend une seconde
touche. Mesuré le 20/11/2026, sur deux cœurs partagés.

| messages | texte | sans texte | vue brute | pièces | montrées | sans vue | suspectes | échec dit | maximum |
|---|---|---|---|---|---|---|---|---|---|
| 736 | 673 | 63 | 0 | 1084 | 951 | 133 | 48 | 0 | 0.14 s |"""


@dataclass(slots=True)
class Line:
    """A line of the table."""

    name: str
    mails: int = 0
    text: int = 0
    bare: int = 0
    notes: int = 0
    pieces: int = 0
    raw: int = 0
    late: int = 0
    acting: int = 0
    slowest: float = 0.0

    def add(self, found: Opened) -> None:
        """Count a mail."""
        self.mails += 1
        self.text += bool(found.text)
        self.bare += not found.text and not found.failed
        self.notes += found.notes > 0
        self.pieces += found.attachments
        self.raw += found.failed
        self.late += found.deadline
        self.acting += not all(map(clean_line, found.strings))
        self.slowest = max(self.slowest, found.milliseconds)

    def __str__(self) -> str:
        counts = (self.mails, self.text, self.bare, self.notes, self.pieces, self.raw, self.late, self.acting)
        return f"| {self.name} | {' | '.join(map(str, counts))} | {self.slowest / 1000:.2f} s |"


async def report(folder: Path) -> list[Line]:
    """A line a sub-folder, one for all of them, one for the generator."""
    worker = ProcessWorker()
    lines: list[Line] = []
    total = Line("**ensemble**")
    await opened(worker, b"Subject: warm\n\n<p>")
    for source in sorted(path for path in folder.iterdir() if path.is_dir()):
        line = Line(source.name)
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            found = await opened(worker, path.read_bytes())
            line.add(found)
            total.add(found)
        lines.append(line)
    made = Line("générateur")
    for _, data in mails(AWKWARD):
        made.add(await opened(worker, data))
    await worker.close()
    return [*lines, total, made]


if __name__ == "__main__":
    print(HEAD)
    for line in asyncio.run(report(Path(sys.argv[1]))):
        print(line)
    print(TAIL)
