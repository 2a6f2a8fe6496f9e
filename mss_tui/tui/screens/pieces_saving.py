"""Saving pieces from any screen: what is doubtful waits for a second key with its reason, then the folder is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from mss_tui.model.message import Attachment
from mss_tui.phrase import Phrase, say
from mss_tui.services.pieces import Pieces
from mss_tui.services.suspect import note_accepted
from mss_tui.text import clean
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskText, AskYesNo
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.widgets.paths import complete_path, readable_path
from mss_tui.tui.wording import octets

MOST_NAMED = 5


async def agreed(screen: MssScreen, pieces: Pieces, piece: Attachment, question: Phrase) -> bool:
    """Does a person want to go on with a piece, its doubts told; yes at once when there are none."""
    doubts = " ".join(screen.mss.words(doubt) for doubt in pieces.doubts(piece))
    if not doubts:
        return True
    asked = say("{doubts} {question}", doubts=doubts, question=question)
    answer: bool = await screen.mss.push_screen_wait(AskYesNo(asked))
    if answer:
        _note(screen, pieces, 1)
    return answer


def _note(screen: MssScreen, pieces: Pieces, n: int) -> None:
    """Who said yes to pieces that were held."""
    desk, row = screen.mss.desk, pieces.reading.row
    mailbox = next((p.account.address for p in desk.places if p.account.id == row.ref.account), row.ref.account)
    note_accepted(desk.journal, desk.actor, mailbox, pieces.reading, n)


async def save_pieces(screen: MssScreen, pieces: Pieces, wanted: Sequence[Attachment]) -> None:
    """Save some pieces in a folder that is asked for; given up between two octets, what was saved whole stays."""
    mss = screen.mss
    await pieces.examine(wanted)
    held = pieces.held(wanted)
    if len(wanted) == 1 and held:
        if not await agreed(screen, pieces, wanted[0], say("L'enregistrer quand même, sans l'ouvrir ?")):
            return
    elif held:
        names = ", ".join(clean(piece.name, 60) for piece in held[:MOST_NAMED])
        question = say("{n} pièce(s) suspecte(s) : {names}. Les enregistrer aussi ? n : les autres seulement.",
                       n=len(held), names=names)  # fmt: skip
        if await mss.push_screen_wait(AskYesNo(question)):
            _note(screen, pieces, len(held))
        else:
            wanted = [piece for piece in wanted if piece not in held]
    if not wanted:
        mss.say(say("Rien n'est enregistré."))
        return
    asked = AskText(say("Dans quel dossier ? (Tab complète)"), value=f"{Path.home()}/", complete=complete_path)
    folder = await mss.push_screen_wait(asked)
    if folder is None:
        return
    saved: list[Path] = []
    try:
        for number, piece in enumerate(wanted, 1):

            def watch(come: int, number: int = number, piece: Attachment = piece) -> None:
                told = say("Pièce {i} sur {n} : {come} reçus sur environ {size} (Échap arrête)", i=number,
                           n=len(wanted), come=octets(come), size=octets(piece.size))  # fmt: skip
                mss.say(told)

            saved.append(await pieces.save(piece, readable_path(folder), mss.desk.actor, watch))
    except asyncio.CancelledError:
        mss.say(say("Arrêté : {n} pièce(s) enregistrée(s) sur {total}.", n=len(saved), total=len(wanted)), Tone.WARN)
        raise
    if len(saved) == 1:
        mss.say(say("Enregistré : {path}", path=clean(str(saved[0]))), Tone.GOOD)
    else:
        mss.say(say("{n} pièces enregistrées dans {folder}", n=len(saved), folder=clean(folder)), Tone.GOOD)
