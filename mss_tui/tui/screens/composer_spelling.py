"""Spelling in the composer: doubtful words are underlined in the text and listed, each with other spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mss_tui.model.address import split_named
from mss_tui.phrase import say
from mss_tui.services.spelling import doubts, installed, key, spans, words_of
from mss_tui.text import clean
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.composer_editor import ComposerEditor
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field

_SHOWN = 3
_LEAVE, _ADD, _GO = "leave", "add", "go"


class ComposerSpelling(ComposerEditor):
    """Ctrl+U."""

    def action_spelling(self) -> None:
        """The words that the dictionary does not know."""
        self.mss.work(self, "ask", self._spell())

    async def _spell(self) -> None:
        command = installed()
        self.mss.say(say("Orthographe…"))
        found = await doubts(command, self._words())
        self.mss.quiet()
        corrected = 0
        while left := [word for word in self._words() if word in found]:
            self.query_one("#body", Body).underline(frozenset(left))
            choices = [Choice(_line(word, found), word) for word in left]
            question = say("Orthographe : {n} mot(s) inconnu(s), soulignés dans le texte", n=len(left))
            choice = await self.mss.push_screen_wait(AskChoice(question, choices))
            if choice is None or not await self._about(choice.key, found[choice.key]):
                return
            corrected += 1
        self.query_one("#body", Body).underline(frozenset())
        self.check_now()
        said = say("Orthographe : plus rien à revoir.") if corrected else say("Orthographe : aucun mot inconnu.")
        self.mss.say(said, Tone.GOOD)

    def _known(self) -> frozenset[str]:
        """Words that are right here: those that were said to be, and the names of people."""
        draft = self.draft()
        people = [" ".join(split_named(typed)).partition("@")[0] for typed in draft.recipients]
        person = self.mss.desk.actor.person
        names = re.findall(r"[^\W\d_]+", " ".join((*people, person.name, person.entity)))
        return self.mss.writing.known.words() | {key(name) for name in names}

    def _words(self) -> tuple[str, ...]:
        return words_of((self.typed("subject"), self.query_one("#body", Body).text), self._known())

    async def _about(self, word: str, instead: tuple[str, ...]) -> bool:
        """What is done about a word; False when the text is to be gone back to.

        Leaving it stands first: a medicine that the dictionary does not know must not become another by two Entrées.
        """
        words, known = self.mss.words, self.mss.writing.known
        choices = [
            Choice(words(say("le laisser ; il est juste, jusqu'à ce que je quitte")), _LEAVE),
            *(Choice(spelling, f"={spelling}") for spelling in instead),
            Choice(words(say("aller au mot, pour le récrire")), _GO),
            *([Choice(words(say("l'ajouter au dictionnaire du profil")), _ADD)] if known.path is not None else []),
        ]
        choice = await self.mss.push_screen_wait(
            AskChoice(
                say("« {word} » dans : {line}", word=clean(word, 80), line=clean(self._line_of(word), 200)),
                choices,
                filtered=False,
            )
        )
        match choice.key if choice is not None else "":
            case "":
                pass
            case "go":
                self._go_to(word)
                return False
            case "leave" | "add" as what:
                known.add(word, keep=what == _ADD)
            case spelling:
                self._replace(word, spelling[1:])
        return True

    def _line_of(self, word: str) -> str:
        """What it is read in."""
        places = self._places(word)
        lines = self.query_one("#body", Body).text.split("\n")
        return lines[places[0][0]].strip() if places else self.typed("subject")

    def _places(self, word: str) -> list[tuple[int, int, int]]:
        body = self.query_one("#body", Body)
        return [
            (row, start, end)
            for row, line in enumerate(body.text.split("\n"))
            for start, end, found in spans(line)
            if found == word
        ]

    def _go_to(self, word: str) -> None:
        places = self._places(word)
        if places:
            row, start, end = places[0]
            self.give_keys("body")
            self.query_one("#body", Body).select_span(row, start, end)
        else:
            self.give_keys("subject")

    def _replace(self, word: str, spelling: str) -> None:
        """Everywhere it stands, in the subject too."""
        body, subject = self.query_one("#body", Body), self.query_one("#subject", Field)
        for row, start, end in reversed(self._places(word)):
            body.replace(spelling, (row, start), (row, end))
        value = subject.value
        for start, end, found in reversed(list(spans(value))):
            if found == word:
                value = value[:start] + spelling + value[end:]
        subject.value = value


def _line(word: str, found: Mapping[str, tuple[str, ...]]) -> str:
    instead = ", ".join(found[word][:_SHOWN])
    return clean(f"{word} : {instead}" if instead else word, 200)
