"""The form that makes an archive of a PDF: what is missing is asked by its name, nothing of a patient is invented."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from mss_tui.documents.data import load
from mss_tui.documents.form import document_types
from mss_tui.model.document import Patient, XdmEntry
from mss_tui.model.draft import HeldFile
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.services.document_form import form_from, typed_patient
from mss_tui.services.document_making import Made, envelope, make
from mss_tui.services.letters import read_octets
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, AskYesNo, Choice
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.paths import complete_path, no_folder, readable_path
from mss_tui.tui.widgets.title import Title

FIELDS: tuple[tuple[str, Phrase], ...] = (
    ("pdf", say("PDF (Ctrl+O)")),
    ("type", say("Type (Ctrl+T)")),
    ("title", say("Titre")),
    ("act_date", say("Date de l'acte")),
    ("birth_name", say("Nom de naissance")),
    ("given", say("Premier prénom")),
    ("givens", say("Prénoms de naissance")),
    ("used_name", say("Nom utilisé")),
    ("birth_date", say("Né(e) le JJ/MM/AAAA")),
    ("sex", say("Sexe M ou F")),
    ("birth_place", say("Lieu (code COG)")),
    ("ins", say("INS avec sa clé")),
    ("oid", say("OID de l'INS")),
    ("local_id", say("ou OID^IPP local")),
    ("author", say("Auteur")),
    ("rpps", say("RPPS")),
    ("structure", say("Structure")),
    ("structure_id", say("FINESS (Ctrl+T : secteur)")),
    ("sector", say("Secteur (Ctrl+T)")),
)


def held(made: Made) -> tuple[HeldFile, ...]:
    """An archive and its PDF copies as attachments: they stay in memory."""
    archive = HeldFile(Path(made.name), made.name, "application/zip", len(made.archive), made.archive)
    copies = (HeldFile(Path(name), name, "application/pdf", len(data), data) for name, data in made.copies)
    return (archive, *copies)


class DocumentFormScreen(MssScreen):
    """One field a line; Ctrl+X makes the archive and gives it to `done`.

    Args:
        patient: a known patient whose traits are proposed.
        earlier: a document that the new one replaces.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.FORM)]
    AUTO_FOCUS = None

    def __init__(
        self,
        place: Place,
        done: Callable[[Made], None],
        *,
        patient: Patient | None = None,
        earlier: XdmEntry | None = None,
    ) -> None:
        super().__init__()
        self.place = place
        self._done = done
        self._patient = patient
        self._earlier = earlier

    def body(self) -> Iterable[Widget]:
        """Heading, fields."""
        replaces = self._earlier.label if self._earlier is not None else ""
        heading = say("Annule et remplace « {title} »", title=replaces) if replaces else say("Document d'un PDF")
        yield Title(heading)
        proposed = self._proposed()
        with VerticalScroll(id="form", can_focus=False):
            for name, label in FIELDS:
                with Horizontal(classes="row"):
                    yield Title(label, quiet=True, classes="form-label")
                    yield Field(proposed.get(name, ""), id=f"form-{name}")

    def _proposed(self) -> dict[str, str]:
        """What is known: the profile's author, the patient, what was typed of the structure last time."""
        person = self.mss.desk.profile.person
        known = {"author": person.name, "rpps": person.rpps, "structure": person.entity}
        if self._patient is not None:
            known |= typed_patient(self._patient)
        if self._earlier is not None and self._earlier.cda is not None:
            known |= {"type": self._earlier.cda.header.code.code, "title": str(self._earlier.title)}
        return known | self.mss.desk.documents.typed

    def on_mount(self) -> None:
        """The first field has the keys."""
        for label in self.query(".form-label"):
            label.styles.width = 26
        self.give_keys("form-pdf")

    def key_hints(self) -> tuple[Scope, ...]:
        """The keys of the form."""
        return (Scope.FORM,)

    def keeps_us(self) -> Phrase | None:
        """What was typed would be lost."""
        return say("Abandonner le document en cours ?")

    def typed(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: self.query_one(f"#form-{name}", Field).value.strip() for name, _ in FIELDS}

    def action_pdf(self) -> None:
        """Choose the PDF."""
        self.mss.work(self, "ask", self._ask_pdf())

    async def _ask_pdf(self) -> None:
        question = say("Quel PDF ? (Tab complète)")
        asked = AskText(question, value="~/", complete=complete_path, refuse=no_folder)
        path = await self.mss.push_screen_wait(asked)
        if path:
            self.query_one("#form-pdf", Field).value = path

    def action_table(self) -> None:
        """The reviewed table of the field: types, or sectors of activity."""
        self.mss.work(self, "ask", self._choose())

    async def _choose(self) -> None:
        sector = self.focused is not None and self.focused.id in ("form-structure_id", "form-sector")
        if sector:
            rows = [(row["code"], row["label"]) for row in load("sectors")["sector"]]
        else:
            rows = [(kind.code, str(kind.label)) for kind in document_types()]
        question = say("Secteur d'activité") if sector else say("Type de document")
        choices = [Choice(f"{code}  {label}", code) for code, label in rows]
        choice = await self.mss.push_screen_wait(AskChoice(question, choices))
        if choice is not None:
            self.query_one("#form-sector" if sector else "#form-type", Field).value = choice.key

    def action_make(self) -> None:
        """Make the archive."""
        self.mss.work(self, "make", self._make())

    async def _make(self) -> None:
        typed = self.typed()
        if typed["ins"]:
            question = say("Cette INS vient-elle d'une identité au statut « qualifiée » ?")
            if not await self.mss.push_screen_wait(AskYesNo(question)):
                self.mss.say(
                    say("Une INS non qualifiée ne part pas : videz-la, donnez un identifiant local."), Tone.WARN
                )
                return
            typed["ins_qualified"] = "oui"
        desk, now = self.mss.desk, self.mss.desk.clock.now()
        address = self.place.account.address
        patient = self._patient if typed["ins"] == (self._patient.ins if self._patient else "") else None
        form = form_from(typed, desk.profile.person, address, now, earlier=self._earlier, patient=patient)
        pdf = await read_octets(readable_path(typed["pdf"]))
        made = await asyncio.to_thread(make, form, pdf, envelope(form.author.structure, address, now))
        desk.documents.typed = {name: typed[name] for name in ("structure_id", "sector", "structure")}
        self.dismiss(None)
        self._done(made)

    def action_back(self) -> None:
        """Échap."""
        self.dismiss(None)
