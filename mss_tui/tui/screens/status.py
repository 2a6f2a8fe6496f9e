"""The life of every mailbox: its state, its dates, its figures with their origin, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.directory import Publication
from mss_tui.model.policy import Figure, Policy
from mss_tui.phrase import Phrase, say
from mss_tui.services.absence import Shown, told
from mss_tui.services.help import hours
from mss_tui.services.status import AccountStatus
from mss_tui.tui.message_lines import verdict_lines
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.page import PageScreen
from mss_tui.tui.widgets.lines import labelled
from mss_tui.tui.widgets.status_block import percent
from mss_tui.tui.wording import LIFE, LINE, day, full_moment, octets

ROOM = 18
FIGURES: tuple[tuple[str, Phrase, Phrase], ...] = (
    ("part_octets", say("une pièce"), Phrase("{n}")),
    ("message_octets", say("un message"), Phrase("{n}")),
    ("mailbox_octets", say("la boîte"), Phrase("{n}")),
    ("handling_hours", say("traiter sous"), say("{n} h")),
    ("retention_months", say("effacement à"), say("{n} mois")),
    ("unpublish_days", say("dépublication à"), say("{n} jours")),
    ("delete_years", say("suppression à"), say("{n} an(s)")),
)
DIRECTORY: dict[Publication, Phrase] = {
    Publication.PUBLISHED: say("publiée dans l'Annuaire Santé"),
    Publication.NOT_PUBLISHED: say("non trouvée dans l'Annuaire Santé"),
    Publication.UNKNOWN: say("non vérifiée"),
}


def _urgency(status: AccountStatus) -> int:
    """Days until the next deadline; one that is past comes first."""
    if status.critical:
        return -1
    return status.life.deadline.days if status.life.deadline else 10**6


class StatusScreen(PageScreen):
    """Every mailbox of the profile."""

    def heading(self) -> Phrase:
        """The profile."""
        return say("État des boîtes du profil {profile}", profile=self.mss.desk.profile.name)

    def lines(self, width: int) -> Sequence[Line]:
        """One mailbox after another, the most urgent deadline first."""
        lines: list[Line] = []
        for status in sorted(self.mss.desk.status(), key=_urgency):
            lines += [*self._mailbox(status, width), ()]
        return lines

    def _mailbox(self, status: AccountStatus, width: int) -> list[Line]:
        words = self.mss.words
        account, life, known = status.account, status.life, status.remembered
        tone = Tone.WARN if status.verdicts else Tone.GOOD
        lines: list[Line] = [((f"{account.address}  {account.type}", Tone.HEAD),)]

        def add(label: Phrase, text: str, how: Tone = Tone.PLAIN) -> None:
            lines.extend(labelled(f"  {words(label)}", text, width, how, room=ROOM))

        add(say("état"), f"{words(LIFE[life.state])}. {words(life.advice)}", tone)
        change = self.mss.lines.get(account.id)
        if change is not None:
            add(say("ligne"), " · ".join(words(part) for part in (LINE[change.line], change.tls) if part is not None))
        never = words(say("jamais depuis ce poste"))
        add(say("lue"), full_moment(known.read) if known.read else never)
        add(say("connexion"), full_moment(known.connected) if known.connected else never)
        if known.shared_read is not None:
            add(say("lue ailleurs"), full_moment(known.shared_read))
        if known.overdue or known.expiring:
            late = say("{n} en retard, {m} effacé(s) bientôt", n=known.overdue or 0, m=known.expiring or 0)
            add(say("à traiter"), words(late), Tone.WARN)
        if known.absence is not None:
            add(say("absence"), words(told(Shown(known.absence))))
        if life.unpublish_on is not None:
            add(say("dépubliée"), words(say("le {day} si personne ne se connecte", day=day(life.unpublish_on))))
        if life.delete_on is not None:
            add(say("supprimée"), words(say("le {day} si personne ne se connecte", day=day(life.delete_on))))
        add(say("annuaire"), words(DIRECTORY[known.directory]))
        if status.quota is not None:
            used, limit, p = octets(status.quota.used), octets(status.quota.limit), percent(status.quota)
            source = say("serveur") if status.quota.source == "server" else status.quota.source
            add(
                say("quota"),
                words(say("{used} / {limit}, {p} % ({source})", used=used, limit=limit, p=p, source=source)),
            )
        for verdict in status.verdicts:
            lines += [((f"  {run[0][0]}", run[0][1]),) for run in verdict_lines(verdict, words, width - 2)]
        return lines + self._figures(account.policy, width)

    def _figures(self, policy: Policy, width: int) -> list[Line]:
        """The operator's figures; what no document gives is said to be missing, never invented."""
        words = self.mss.words
        lines = labelled(f"  {words(say('opérateur'))}", policy.name, width, room=ROOM)
        for name, label, form in FIGURES:
            figure: Figure = getattr(policy, name)
            if figure.value is None:
                text = words(say("non renseigné"))
            else:
                shown = words(octets(figure.value)) if name.endswith("octets") else str(figure.value)
                text = f"{words(Phrase(form.template, {'n': shown}))} ({figure.source})"
            lines += labelled(f"    {words(label)}", text, width, room=ROOM + 2)
        support = policy.support
        if support.name:
            known = hours(support, self.mss.desk.clock.now())
            parts = (support.name, support.phone, words(known) if known else "", support.portal, support.address)
            text = " · ".join(part for part in parts if part)
            lines += labelled(f"  {words(say('support'))}", text, width, room=ROOM)
        return lines
