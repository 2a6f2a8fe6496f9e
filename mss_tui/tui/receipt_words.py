"""What became of a message, in words: states of the outbox, receipts, failures with what to do."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.advice import advice
from mss_tui.model.receipt import Event, Receipt, Report
from mss_tui.model.sending import SendState
from mss_tui.phrase import Phrase, say
from mss_tui.services.receipts import Heard, Timeline
from mss_tui.text import DisplayText
from mss_tui.tui.paint import Tone
from mss_tui.tui.wording import Words, full_moment

Told = tuple[str, Tone]

EVENT: dict[Event, Phrase] = {
    Event.RELAYED: say("transmis à un serveur qui ne donne pas d'accusé"),
    Event.DELAYED: say("RETARDÉ : son serveur essaie encore"),
    Event.DELIVERED: say("remis dans la boîte"),
    Event.READ: say("lu"),
    Event.INTEGRATED: say("intégré par le logiciel du destinataire"),
    Event.NOT_INTEGRATED: say("NON INTÉGRÉ par le logiciel du destinataire"),
    Event.DELETED: say("supprimé, peut-être sans être lu"),
    Event.FAILED: say("NON REMIS"),
}
TONES: dict[Event, Tone] = {
    Event.DELIVERED: Tone.GOOD,
    Event.READ: Tone.GOOD,
    Event.INTEGRATED: Tone.GOOD,
    Event.DELAYED: Tone.WARN,
    Event.DELETED: Tone.WARN,
    Event.NOT_INTEGRATED: Tone.BAD,
    Event.FAILED: Tone.BAD,
}
STATE: dict[SendState, Phrase] = {
    SendState.DRAFT: say("non parti, gardé en brouillon"),
    SendState.QUEUED: say("en file sur le serveur"),
    SendState.SENDING: say("en cours d'envoi"),
    SendState.ACCEPTED: say("parti ; sa copie attend le serveur"),
    SendState.PARTLY_REFUSED: say("PARTI, mais pas à tous"),
    SendState.REFUSED: say("REFUSÉ : rien n'est parti"),
    SendState.UNKNOWN: say("PEUT-ÊTRE PARTI"),
}
STATE_TONE: dict[SendState, Tone] = {
    SendState.UNKNOWN: Tone.BAD,
    SendState.REFUSED: Tone.BAD,
    SendState.PARTLY_REFUSED: Tone.WARN,
}
MEANING: dict[SendState, Phrase] = {
    SendState.DRAFT: say("Il n'est pas parti, c'est certain. r l'envoie ; s le rend aux brouillons."),
    SendState.QUEUED: say("Il attend sur le serveur, entier. z l'annule ; r l'envoie maintenant."),
    SendState.SENDING: say("Un programme l'envoie en ce moment : attendez."),
    SendState.ACCEPTED: say("Il est parti. Sa copie ira dans Envoyés dès que le serveur répond ; rien à faire."),
    SendState.PARTLY_REFUSED: say("e écrit aux refusés seulement ; s le retire d'ici."),
    SendState.REFUSED: say("Il n'est parti pour personne. Corrigez les adresses : s le rend aux brouillons."),
    SendState.UNKNOWN: say(
        "La ligne s'est coupée avant la réponse du serveur : personne ne sait s'il est parti. "
        "Entrée cherche sa copie dans Envoyés et des accusés. Ne le renvoyez (r) que si rien ne revient : "
        "il pourrait arriver deux fois."
    ),
}


def receipt_words(receipt: Receipt, words: Words) -> list[Told]:
    """A receipt: what, when, and after a failure why, what to do, and the other side's own words."""
    what = words(EVENT[receipt.event])
    if receipt.event is Event.READ and receipt.automatic:
        what = words(say("affiché (accusé automatique)"))
    if receipt.at is not None:
        what = words(say("{what} le {when}", what=what, when=full_moment(receipt.at)))
    if receipt.code and receipt.event in (Event.FAILED, Event.DELAYED, Event.NOT_INTEGRATED):
        what = f"{what} ({receipt.code})"
    told = [(what, TONES.get(receipt.event, Tone.PLAIN))]
    if receipt.event in (Event.FAILED, Event.NOT_INTEGRATED) and receipt.reason is not None:
        known = advice(receipt.reason, receipt.code)
        told.append((f"{words(known.means)} {words(known.remedy)}", Tone.WARN))
    if receipt.event in (Event.FAILED, Event.DELAYED, Event.NOT_INTEGRATED) and receipt.words:
        told.append((f"« {receipt.words[:300]} »", Tone.FAINT))
    return told


def silent_words(heard: Heard, words: Words, *, accepted: bool) -> Told:
    """Of a recipient of whom nothing was heard, which proves nothing: what one's own server said when it left."""
    if heard.refused:
        said = say("{who} : REFUSÉ par votre serveur à l'envoi : ne l'a pas reçu", who=heard.address)
        return words(said), Tone.BAD
    if accepted:
        return words(say("{who} : accepté par le serveur ; aucun accusé reçu", who=heard.address)), Tone.PLAIN
    return words(say("{who} : aucun accusé reçu", who=heard.address)), Tone.PLAIN


def person_words(who: DisplayText, receipts: Sequence[Receipt], words: Words) -> list[Told]:
    """Everything heard of one recipient, oldest first."""
    told: list[Told] = []
    for number, receipt in enumerate(receipts):
        first, *others = receipt_words(receipt, words)
        what = (
            say("{label} : {value}", label=who, value=first[0]) if number == 0 else say("  puis {what}", what=first[0])
        )
        head = words(what)
        told += [(head, first[1]), *((f"    {text}", tone) for text, tone in others)]
    return told


def timeline_words(timeline: Timeline, words: Words) -> list[Told]:
    """What became of a sent message, recipient by recipient."""
    sent = words(say("Envoyé le {when}", when=full_moment(timeline.sent)))
    asked = words(
        say("accusé de lecture demandé") if timeline.reading_asked else say("sans demande d'accusé de lecture")
    )
    told: list[Told] = [(f"{sent} · {asked}", Tone.STRONG)]
    for heard in timeline.people:
        if heard.receipts:
            told += person_words(heard.address, heard.receipts, words)
        else:
            told.append(silent_words(heard, words, accepted=timeline.accepted))
    for receipt in timeline.others:
        told += person_words(receipt.recipient or DisplayText("?"), (receipt,), words)
    if not timeline.complete:
        told.append((words(say("Il y a plus de rapports que je n'en lis : ceci est incomplet.")), Tone.WARN))
    return told


def report_words(report: Report, words: Words) -> list[Told]:
    """What a received report says, in place of its technical text."""
    told: list[Told] = []
    for receipt in report.receipts:
        told += person_words(receipt.wanted or receipt.recipient or DisplayText("?"), (receipt,), words)
    return told
