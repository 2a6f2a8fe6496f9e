"""The keys of the focused pane, then of the rest of the screen, then the marks."""

from __future__ import annotations

from collections.abc import Sequence

from textual.screen import Screen

from mss_tui.phrase import Phrase, say
from mss_tui.tui.actions import BY_ID, Action, Scope, keys_shown
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.page import PageScreen
from mss_tui.tui.widgets.lines import labelled

ROOM = 16
SCOPE: dict[Scope, Phrase] = {
    Scope.APP: say("Partout"),
    Scope.SCREENS: say("Écrans (hors d'un champ de texte)"),
    Scope.MOVES: say("Se déplacer"),
    Scope.MAIN: say("Boîte"),
    Scope.MAIL: say("Messages"),
    Scope.LIST: say("Liste"),
    Scope.MESSAGE: say("Message"),
    Scope.COMPOSER: say("Écrire"),
    Scope.WALKER: say("Vérifier (Ctrl+G)"),
    Scope.REFLEXES: say("Avant d'envoyer"),
    Scope.ANNUAIRE: say("Annuaire, champ"),
    Scope.RESULTS: say("Annuaire, résultats"),
    Scope.OUTBOX: say("Boîte d'envoi"),
    Scope.TIMELINE: say("Suivi d'un message"),
    Scope.DOCUMENTS: say("Documents"),
    Scope.PIECES: say("Pièces jointes"),
    Scope.SUSPECT: say("Signaler"),
    Scope.FORM: say("Document à fabriquer"),
    Scope.PAGE: say("Lecture"),
    Scope.HANDOVER: say("Relève"),
    Scope.JOURNAL: say("Journal"),
    Scope.ABSENCE: say("Absence"),
    Scope.ARTICLES: say("Aide"),
    Scope.DIALOG: say("Question"),
}
MARKS: tuple[tuple[str | Phrase, Phrase], ...] = (
    ("N", say("non lu")),
    ("R  F", say("répondu ; transféré")),
    ("P", say("d'un patient")),
    ("E", say("d'une adresse hors de l'espace MSSanté")),
    ("A", say("d'une application : personne ne lit les réponses")),
    ("*", say("suivi")),
    ("+  D", say("pièce jointe ; document de santé (XDM)")),
    ("BIO!", say("résultat critique")),
    ("x", say("sélectionné")),
    (say("RETARD"), say("ni traité, ni délégué, ni classé dans le délai de la charte")),
    (say("effacé"), say("l'opérateur l'effacera ce jour-là : enregistrez ce qui doit rester")),
    ("X ? ! i", say("ce que disent les règles : bloque, à confirmer, attention, pour information")),
)


def possible(screen: Screen[object]) -> list[Action]:
    """What can be done on a screen now, the focused pane first."""
    found: dict[str, Action] = {}
    for active in screen.active_bindings.values():
        ident = active.binding.id
        if ident in BY_ID and active.enabled:
            found.setdefault(ident, BY_ID[ident])
    return list(found.values())


class HelpScreen(PageScreen):
    """Help for the pane that had the keys."""

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._actions = possible(about)

    def heading(self) -> Phrase:
        """What it is."""
        return say("Touches du volet actif   (Échap revient)")

    def lines(self, width: int) -> Sequence[Line]:
        """Scope by scope."""
        words = self.mss.words
        lines: list[Line] = []
        scopes = dict.fromkeys(a.scope for a in self._actions)
        for scope in sorted(scopes, key=lambda s: s in (Scope.MOVES, Scope.SCREENS, Scope.APP)):
            lines.append(((words(SCOPE[scope]), Tone.HEAD),))
            for action in self._actions:
                if action.scope is scope:
                    text = words(say("{label} : {value}", label=action.label, value=action.tooltip))
                    lines += labelled(f" {keys_shown(action, words, self.mss.own_keys)}", text, width, room=ROOM)
            lines.append(())
        lines.append(((words(say("Marques")), Tone.HEAD),))
        for mark, meaning in MARKS:
            lines += labelled(f" {words(mark) if isinstance(mark, Phrase) else mark}", words(meaning), width, room=ROOM)
        return lines
