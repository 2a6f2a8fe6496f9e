"""Writing and sending: what the rules say where, the remedies, the three reflexes, and that nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mss_tui.errors import ConnectionLost
from mss_tui.model.directory import DirectoryEntry
from mss_tui.phrase import say
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from tests.support.desk import Body as Shown
from tests.support.desk import FakeDesk, correspondent, make_desk, sample_rows
from tests.support.screen import NARROW, WIDE, golden, running, screen_text, until, write

LEFEVRE = "a.lefevre@medecin.mssante.fr"
LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"


async def composed(
    pilot: Pilot[int], to: str = LEFEVRE, subject: str = "Suite VIAL Paul", body: str = "Bonjour."
) -> None:
    await pilot.press("n")
    await until(pilot, "Objet")
    await write(pilot, to)
    await pilot.press("tab", "tab", "tab")
    await write(pilot, subject)
    await pilot.press("tab")
    await write(pilot, body)
    await until(pilot, lambda: body in pilot.app.screen.query_one("#body", Body).text)


@pytest.mark.parametrize(("size", "name"), [(NARROW, "composer-80x24"), (WIDE, "composer-120x40")])
async def test_a_verdict_stands_under_its_field(size: tuple[int, int], name: str) -> None:
    async with running(make_desk(), size) as pilot:
        await composed(pilot, f"{LEFEBVRE}, jean@gmail.com", body="Chère consœur, voyez la pièce jointe.")
        await until(pilot, "1 bloque")
        await until(pilot, "CH Lyon Sud")
        golden(pilot.app, name)


@pytest.mark.parametrize(("size", "name"), [(NARROW, "reflexes-80x24"), (WIDE, "reflexes-120x40")])
async def test_the_three_reflexes_name_people_and_pieces(size: tuple[int, int], name: str) -> None:
    async with running(make_desk(), size) as pilot:
        await composed(pilot, LEFEBVRE)
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        golden(pilot.app, name)


async def test_a_routine_message_costs_one_key() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1 destinataire(s)")
        assert fake.submission.sent[0].recipients == (LEFEVRE,)
        assert "Réception · garde@" in screen_text(pilot.app)


async def answered(pilot: Pilot[int], fake: FakeDesk) -> int:
    """Send what is written, yes to everything that is asked; returns how many keys that took after Ctrl+X."""
    left, keys = len(fake.submission.sent), 0
    await pilot.press("ctrl+x")
    await until(pilot, "Pertinence")
    while len(fake.submission.sent) == left:
        assert keys < 9
        asks = "Espace cocher   m motif" in screen_text(pilot.app) and "[ ]" in asked(pilot)
        await pilot.press("space" if asks else "o")
        keys += 1
        if not asks:
            await until(pilot, lambda: len(fake.submission.sent) > left)
    await until(pilot, "Envoyé à 1")
    return keys


def asked(pilot: Pilot[int]) -> str:
    """The lines of the dialog that a person answers, but for pertinence."""
    lines = screen_text(pilot.app).partition("Pertinence")[0].split("\n")
    return "\n".join(lines[:-1])


async def test_an_annuaire_that_cannot_be_asked_costs_its_question_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(address: str) -> tuple[DirectoryEntry, ...]:
        raise ConnectionLost(say("L'annuaire ne répond pas."))

    fake = make_desk()
    monkeypatch.setattr(fake.index, "of_address", silent)
    async with running(fake) as pilot:
        await composed(pilot)
        assert await answered(pilot, fake) == 2
        await composed(pilot, subject="Suite VIAL Paul, traitement")
        assert await answered(pilot, fake) == 1


async def test_a_homonym_that_was_confirmed_costs_one_key_the_next_time() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot, LEFEBVRE)
        assert await answered(pilot, fake) == 2
        await composed(pilot, LEFEBVRE)
        assert await answered(pilot, fake) == 1


async def test_nothing_leaves_before_pertinence_is_answered() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("enter")
        await until(pilot, "Il reste à cocher")
        assert fake.submission.sent == []
        await pilot.press("space", "enter")
        await until(pilot, "Envoyé à 1")


async def test_a_confirm_is_answered_with_its_reason_and_remembered() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot, LEFEBVRE)
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Cochez d'abord")
        await pilot.press("m")
        await until(pilot, "Motif (va au journal)")
        await write(pilot, "cardiologue du patient")
        await pilot.press("enter")
        await until(pilot, "Motif :")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")
        intent = next(line for line in fake.journal.lines if line.act == "send")
        assert intent.details["confirm:destinataire.homonymes"] == "cardiologue du patient"
        assert ("destinataire.homonymes", LEFEBVRE) in fake.acceptances.pairs


async def test_a_block_stops_and_its_letters_are_remedies() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot, f"{LEFEVRE}, jean@gmail.com")
        await pilot.press("ctrl+x")
        await until(pilot, "1 point(s) bloquent")
        assert "r retirer   a annuaire" in screen_text(pilot.app)
        await pilot.press("r")
        await until(pilot, lambda: pilot.app.screen.query_one("#to", Field).value == LEFEVRE)
        await pilot.press("escape")
        await write(pilot, "xyz")
        assert pilot.app.screen.query_one("#body", Body).text == "Bonjour.xyz"
        assert fake.submission.sent == []


async def test_ctrl_g_walks_and_escape_gives_the_text_back() -> None:
    async with running(make_desk()) as pilot:
        await composed(pilot, f"jean@gmail.com, {LEFEBVRE}")
        await until(pilot, "1 à confirmer")
        await pilot.press("ctrl+g")
        await until(pilot, "1/2 X")
        await pilot.press("ctrl+g")
        await until(pilot, "2/2 ?")
        await pilot.press("o")
        await until(pilot, "1/2 X")
        await pilot.press("escape")
        await until(pilot, "1 bloque")
        assert "à confirmer" not in screen_text(pilot.app)


async def test_the_annuaire_fills_the_field_and_its_homonyms_are_not_asked_again() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await write(pilot, "lefebvre")
        await pilot.press("ctrl+t")
        await until(pilot, "homonyme" if pilot.app.size.width >= 100 else "535 928 boîtes")
        await until(pilot, "cardiologue")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert pilot.app.screen.query_one("#to", Field).value == f"Anne LEFEBVRE <{LEFEBVRE}>"
        await until(pilot, "rien à signaler")


async def test_attaching_asks_for_a_path_and_a_wrong_one_is_a_sentence(tmp_path: Path) -> None:
    piece = tmp_path / "lettre.pdf"
    piece.write_bytes(b"%PDF" * 5_000)
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        for path, said in ((f"{tmp_path}/rien.pdf", "n'existe pas"), (f"{tmp_path}/let", "Joint : lettre.pdf, 20 ko")):
            await pilot.press("ctrl+o")
            await until(pilot, "Joindre quel fichier")
            await pilot.press("ctrl+u")
            await write(pilot, path)
            await pilot.press("tab", "enter")
            await until(pilot, said)
        assert "PJ     lettre.pdf 20 ko" in screen_text(pilot.app)
        await pilot.press("ctrl+x")
        await until(pilot, "lettre.pdf (20 ko) : aucun patient")
        await pilot.press("space", "o")
        await until(pilot, "Envoyé à 1")
        assert b"JVBERiVQREYl" in fake.submission.sent[0].data


async def test_a_folder_is_no_piece_and_the_question_stays(tmp_path: Path) -> None:
    (tmp_path / "lettre.pdf").write_bytes(b"%PDF" * 5_000)
    async with running(make_desk()) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, "Joindre quel fichier")
        await pilot.press("ctrl+u")
        await write(pilot, f"{tmp_path}/")
        await pilot.press("enter")
        await until(pilot, "est un dossier")
        await write(pilot, "let")
        await pilot.press("tab")
        await until(pilot, lambda: "lettre.pdf" in screen_text(pilot.app))
        assert "Joindre quel fichier" in screen_text(pilot.app)
        assert "est un dossier" not in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, "Joint : lettre.pdf, 20 ko")


async def test_leaving_asks_and_coming_back_loses_nothing() -> None:
    async with running(make_desk()) as pilot:
        await composed(pilot, body="Long texte.")
        await pilot.press("escape")
        await until(pilot, "Quitter ce message ?")
        await pilot.press("down", "down", "enter")
        await until(pilot, "Long texte.")
        await pilot.press("ctrl+q")
        await until(pilot, "Le message en cours n'est pas enregistré.")
        await pilot.press("escape")
        await until(pilot, "Long texte.")


async def test_a_draft_is_kept_on_the_server_without_what_no_message_can_carry() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot, f"{LEFEVRE}, pas une adresse")
        await pilot.press("ctrl+s")
        await until(pilot, "sans 1 destinataire(s)")
        folder, data, _ = fake.mail.appended[0]
        assert folder == "Drafts"
        assert b"To: a.lefevre@medecin.mssante.fr\r\n" in data
        await pilot.press("escape")
        await until(pilot, "Réception · garde@")


async def test_a_refused_draft_stays_in_the_composer() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot, body="À garder.")
        fake.mail.failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("escape")
        await until(pilot, "Quitter ce message ?")
        await pilot.press("enter")
        await until(pilot, "La ligne s'est coupée.")
        assert "À garder." in screen_text(pilot.app)


async def test_a_lost_connection_leaves_the_message_in_the_composer() -> None:
    fake = make_desk()
    fake.submission.failure = ConnectionLost(
        say("Le serveur d'envoi ne répond plus."), meaning=say("Rien n'est parti.")
    )
    async with running(fake) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Le serveur d'envoi ne répond plus. Rien n'est parti.")
        assert "Bonjour." in screen_text(pilot.app)
        assert isinstance(pilot.app.screen, ComposerScreen)


async def test_a_partial_refusal_is_asked_about_and_every_answer_shown() -> None:
    fake = make_desk()
    fake.submission.refused = {LEFEBVRE}
    async with running(fake, WIDE) as pilot:
        await composed(pilot, f"{LEFEVRE}, {LEFEBVRE}")
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("space", "space", "enter")
        await until(pilot, f"Le serveur refuse : {LEFEBVRE}. Envoyer aux autres ?")
        await pilot.press("o")
        await until(pilot, "Parti pour une partie des destinataires seulement")
        assert f"refusé {LEFEBVRE} : 550 inconnu" in screen_text(pilot.app)
        assert len(fake.submission.sent) == 1


async def test_an_answer_quotes_below_and_can_leave_the_thread_out() -> None:
    fake = make_desk()
    fake.reader.bodies[59] = Shown("Ligne une.\nLigne deux.")
    async with running(fake) as pilot:
        await pilot.press("down", "r")
        await until(pilot, "[3 lignes citées partent")
        assert "Objet  Re: Lettre de liaison - sortie VIAL Paul" in screen_text(pilot.app)
        assert LEFEBVRE in pilot.app.screen.query_one("#to", Field).value
        await pilot.press("ctrl+b")
        await until(pilot, lambda: "lignes citées" not in screen_text(pilot.app))


async def test_answering_everyone_asks_why_and_the_reason_is_proposed() -> None:
    more = correspondent("Sophie PETIT <sophie.petit@infirmier.mssante.fr>")
    async with running(make_desk([replace(one, cc=(more,)) for one in sample_rows()])) as pilot:
        await pilot.press("down", "R")
        await until(pilot, "Répondre à tous : pourquoi")
        assert "(va au journal)" in " ".join(screen_text(pilot.app).replace("│", " ").split())
        await write(pilot, "RCP du 21")
        await pilot.press("enter")
        await until(pilot, "Objet  Re:")
        assert pilot.app.screen.reason == "RCP du 21"  # type: ignore[attr-defined]


async def test_where_the_sender_is_everyone_answering_all_asks_nothing() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("down", "R")
        await until(pilot, "Objet  Re:")
        assert "Répondre à tous" not in screen_text(pilot.app)


async def test_a_new_message_says_nothing_of_what_is_still_empty() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "rien à signaler")
        await pilot.press("ctrl+g")
        await until(pilot, "n'a pas d'objet")


async def test_a_letter_is_filled_field_by_field_and_does_not_leave_before() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await write(pilot, LEFEVRE)
        await pilot.press("ctrl+e")
        await until(pilot, "Quel modèle ?")
        await write(pilot, "Demande d'avis")
        await pilot.press("enter")
        await until(pilot, "Encore 4 champ(s)")
        subject, body = pilot.app.screen.query_one("#subject", Field), pilot.app.screen.query_one("#body", Body)
        assert subject.has_focus
        assert "Dr Jean MARTIN" in body.text
        await write(pilot, "VIAL Paul")
        assert subject.value == "Demande d'avis pour VIAL Paul"
        await pilot.press("ctrl+x")
        await until(pilot, "Rien n'est parti : un champ")
        assert fake.submission.sent == []
        for value in ("VIAL Paul", "12/04/1950", "dyspnée", "faut-il une échographie"):
            await pilot.press("ctrl+e")
            await write(pilot, value)
        assert "{" not in body.text
        assert "Question : faut-il une échographie." in body.text
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")


async def test_what_is_typed_is_kept_by_itself_while_it_goes_on() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, ComposerScreen)
        screen.autosave()
        await until(pilot, lambda: not screen.unsaved)
        first = screen.saved.saved_as
        assert first is not None
        await write(pilot, " Suite.")
        await until(pilot, lambda: screen.unsaved)
        screen.autosave()
        await until(pilot, lambda: not screen.unsaved)
        assert screen.saved.saved_as != first
        await write(pilot, " Fin.")
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        screen.autosave()
        assert screen.unsaved
        await pilot.press("escape")
        screen.autosave()
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        assert not screen.unsaved
        await pilot.press("escape")
        assert screen.query_one("#body", Body).text == "Bonjour. Suite. Fin."
        assert screen.query_one("#body", Body).has_focus
