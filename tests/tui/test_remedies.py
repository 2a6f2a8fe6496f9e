"""The panel of Ctrl+G: each remedy by one key, the verdict gone or answered afterwards; to the place by Entrée."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_patients import FilePatients
from mss_tui.model.directory import DirectoryEntry, SearchResult
from mss_tui.model.draft import Draft
from mss_tui.model.patient import Mark
from mss_tui.model.people import MailboxType
from mss_tui.model.verdict import Place
from mss_tui.phrase import Phrase
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.automatic import NO_REPLY
from mss_tui.services.files import local_file
from mss_tui.text import clean
from mss_tui.tui.remedies import BY_RULE, Remedy
from mss_tui.tui.screens.annuaire import AnnuaireScreen
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.walker import Walker
from tests.support.desk import FakeDesk, make_desk
from tests.support.fake_mail import NOW
from tests.support.screen import NARROW, WIDE, running, screen_text, until

LEFEVRE = "a.lefevre@medecin.mssante.fr"
LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"
NUMBER = "279035121518989"
PATIENT = f"{NUMBER}@patient.mssante.fr"


async def writing(pilot: Pilot[int], to: str = LEFEVRE, body: str = "Bonjour.", **more: object) -> ComposerScreen:
    """The composer on a message, checked."""
    draft = Draft("k", "garde", to=tuple(to.split(", ")), subject="Suite VIAL Paul", body=body)
    pilot.app.main.write_message(pilot.app.main.place, replace(draft, **more))  # type: ignore[attr-defined, arg-type]
    await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen) and bool(pilot.app.screen.query(Walker)))
    screen = pilot.app.screen
    assert isinstance(screen, ComposerScreen)
    await until(pilot, lambda: not screen._at_work("learn"))
    return screen


async def walk_to(pilot: Pilot[int], rule: str) -> None:
    """Ctrl+G until the walk stands at a rule."""
    walker = pilot.app.screen.query_one(Walker)
    for _ in range(12):
        await pilot.press("ctrl+g")
        await pilot.pause()
        if walker.current is not None and walker.current.rule == rule:
            return
    raise AssertionError([v.rule for v in walker.verdicts])


def rules(screen: ComposerScreen) -> set[str]:
    return {v.rule for v in screen.query_one(Walker).verdicts}


def field(screen: ComposerScreen, name: str) -> str:
    return screen.query_one(f"#{name}", Field).value


def test_every_rule_with_remedies_is_one_of_the_catalogue_and_no_key_means_two_things() -> None:
    assert set(BY_RULE) <= set(catalogue())
    for rule, found in BY_RULE.items():
        keys = [remedy.key for remedy in found]
        assert len(keys) == len(set(keys)), rule
        assert "i" not in keys, rule


def test_the_composer_has_every_act_of_a_remedy() -> None:
    from mss_tui.tui import remedies

    for remedy in (value for value in vars(remedies).values() if isinstance(value, Remedy)):
        assert hasattr(ComposerScreen, f"remedy_{remedy.act}"), remedy


async def test_n_says_that_the_point_is_left_and_o_takes_the_sentence_away() -> None:
    async with running(make_desk()) as pilot:
        await writing(pilot, LEFEBVRE)
        await walk_to(pilot, "destinataire.homonymes")
        await pilot.press("n")
        await until(pilot, "Laissé : le message ne partira pas sans réponse.")
        await pilot.press("o")
        await until(pilot, lambda: "Laissé" not in screen_text(pilot.app))
        await walk_to(pilot, "destinataire.homonymes")
        await until(pilot, "accepté")
        await pilot.press("n")
        await until(pilot, "Accord retiré : le message ne partira pas sans réponse.")
        assert pilot.app.screen.query_one(Walker).accepted == {}


async def test_r_removes_a_recipient_and_of_a_double_only_the_second() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, f"{LEFEVRE}, jean@gmail.com, {LEFEVRE}")
        await walk_to(pilot, "destinataire.hors-espace")
        await pilot.press("r")
        await until(pilot, lambda: field(screen, "to") == f"{LEFEVRE}, {LEFEVRE}")
        await walk_to(pilot, "destinataire.doublon")
        await pilot.press("r")
        await until(pilot, lambda: field(screen, "to") == LEFEVRE)
        assert not rules(screen) & {"destinataire.hors-espace", "destinataire.doublon"}


async def test_a_looks_the_recipient_up_and_puts_what_is_chosen_in_its_place() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, "lefebvre.anne@rnssante.fr")
        await walk_to(pilot, "destinataire.hors-espace")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, AnnuaireScreen))
        await until(pilot, "cardiologue")
        await pilot.press("down", "enter")
        await until(pilot, lambda: field(screen, "to") == f"Anne LEFEBVRE <{LEFEBVRE}>")


async def test_c_corrects_the_key_of_an_ins_and_the_identity_is_still_asked() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, "Léo DUPOND <279035121518900@patient.mssante.fr>")
        await walk_to(pilot, "destinataire.patient-cle")
        await pilot.press("c")
        await until(pilot, "Clé corrigée : 2 79 03 51 215 189 89")
        assert field(screen, "to") == f"Léo DUPOND <{PATIENT}>"
        assert "destinataire.patient-cle" not in rules(screen)
        assert "destinataire.patient-identite" in rules(screen)


async def test_the_key_of_a_corsican_ins_is_corrected_too() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, "253072B07300400@patient.mssante.fr")
        await walk_to(pilot, "destinataire.patient-cle")
        await pilot.press("c")
        await until(pilot, lambda: field(screen, "to") == "253072B07300470@patient.mssante.fr")


async def test_c_puts_the_name_of_the_directory() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, f"Paul VIAL <{LEFEVRE}>")
        await walk_to(pilot, "destinataire.nom-discordant")
        await pilot.press("c")
        await until(pilot, lambda: field(screen, "to") == f"Anna LEFEVRE <{LEFEVRE}>")
        assert "destinataire.nom-discordant" not in rules(screen)


async def test_s_writes_to_the_service_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = make_desk()
    service = DirectoryEntry(
        "cardio@chu-lyon.mssante.fr", "ORG", structure=clean("CH Lyon Sud"), service=clean("Cardiologie")
    )
    monkeypatch.setattr(fake.index, "search", lambda *_args, **_more: SearchResult((service,), 1, False))
    async with running(fake) as pilot:
        screen = await writing(pilot, LEFEBVRE)
        await until(pilot, lambda: "destinataire.org-disponible" in rules(screen))
        await walk_to(pilot, "destinataire.org-disponible")
        await pilot.press("s")
        await until(pilot, lambda: field(screen, "to") == "cardio@chu-lyon.mssante.fr")


async def test_d_asks_the_person_by_phone_and_the_journal_says_so() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await writing(pilot, LEFEBVRE)
        await walk_to(pilot, "destinataire.homonymes")
        await pilot.press("d")
        await until(pilot, "Demander à la personne, par téléphone")
        assert "Labo BIOSUD  04 00 00 00 00" in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, "vérifié de vive voix")
        await pilot.press("escape", "ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")
        intent = next(line for line in fake.journal.lines if line.act == "send")
        assert intent.details["confirm:destinataire.homonymes"] == "vérifié de vive voix auprès de la personne"


async def test_an_applicative_mailbox_begins_with_its_mention_and_m_puts_it_back() -> None:
    async with running(make_desk(kind=MailboxType.APP)) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        begun = pilot.app.screen.query_one("#body", Body)
        assert NO_REPLY in begun.text
        await pilot.press("escape")
        screen = await writing(pilot, body="Voici le résultat.\n\n-- \nLe laboratoire\n")
        body = screen.query_one("#body", Body)
        body.text = "Voici le résultat.\n\n-- \nLe laboratoire\n"
        screen.check_now()
        await walk_to(pilot, "contenu.applicative-mention")
        await pilot.press("m")
        await until(pilot, lambda: "contenu.applicative-mention" not in rules(screen))
        assert body.text == f"Voici le résultat.\n\n{NO_REPLY}\n\n-- \nLe laboratoire\n"


async def test_the_policy_may_say_that_no_mention_is_put() -> None:
    fake = make_desk(kind=MailboxType.APP)
    place = fake.desk.places[0]
    quiet = replace(place.account, policy=replace(place.account.policy, no_reply_mention=False))
    async with running(fake) as pilot:
        pilot.app.main.write_message(replace(place, account=quiet), Draft("k", "garde"))  # type: ignore[attr-defined]
        await until(pilot, "Objet")
        assert pilot.app.screen.query_one("#body", Body).text == ""


async def test_f_makes_it_the_last_message_to_a_patient_and_takes_that_back(tmp_path: Path) -> None:
    fake, store = registered(tmp_path)
    for mark in (Mark.INFORMED, Mark.QUALIFIED):
        store.note(NUMBER, mark)
    async with running(fake) as pilot:
        screen = await writing(pilot, PATIENT, body="Bonjour, voici la suite.")
        await pilot.press("ctrl+g")
        await until(pilot, "f dernier message (FIN)")
        await pilot.press("f")
        await until(pilot, "dernier message au patient (FIN)")
        assert screen.draft().last_to_patient
        await until(pilot, "f retirer FIN")
        await pilot.press("f")
        await until(pilot, "Le patient pourra répondre.")
        assert not screen.draft().last_to_patient
        await pilot.press("f", "escape", "ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")
        assert b"\r\nX-MSS-MES: FIN\r\n" in fake.submission.sent[0].data


async def test_r_has_a_patient_answer_to_the_sender_again() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, PATIENT, reply_to="accueil@cabinet.mssante.fr")
        await walk_to(pilot, "destinataire.patient-reply-to")
        await pilot.press("r")
        await until(pilot, lambda: screen.draft().reply_to == "")
        assert "destinataire.patient-reply-to" not in rules(screen)


async def test_f_takes_fin_from_a_message_that_goes_to_no_patient() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, last_to_patient=True)
        await walk_to(pilot, "entete.fin-sans-patient")
        await pilot.press("f")
        await until(pilot, lambda: "entete.fin-sans-patient" not in rules(screen))


async def test_j_adds_the_piece_that_was_announced(tmp_path: Path) -> None:
    piece = tmp_path / "bilan.txt"
    piece.write_text("rien de spécial")
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, body="Veuillez trouver ci-joint le bilan.")
        await walk_to(pilot, "contenu.pj-oubliee")
        await pilot.press("j")
        await until(pilot, "Joindre quel fichier")
        pilot.app.screen.query_one(Field).value = str(piece)
        await pilot.press("enter")
        await until(pilot, "Joint : bilan.txt")
        assert "contenu.pj-oubliee" not in rules(screen)


async def test_r_leaves_a_piece_or_the_cited_thread_out(tmp_path: Path) -> None:
    piece = tmp_path / "macro.exe"
    piece.write_bytes(b"MZ")
    async with running(make_desk()) as pilot:
        screen = await writing(pilot, attachments=(local_file(piece),), quoted="> un fil")
        await walk_to(pilot, "pj.type-dangereux")
        await pilot.press("r")
        await until(pilot, lambda: screen.pieces == ())
        await walk_to(pilot, "contenu.historique-cite")
        await pilot.press("r")
        await until(pilot, lambda: screen.quoted == "")
        assert "pj.type-dangereux" not in rules(screen)


async def test_q_says_whom_to_phone() -> None:
    async with running(make_desk()) as pilot:
        await writing(pilot, body="Pouvez-vous passer tout de suite, détresse respiratoire en cours ?")
        await walk_to(pilot, "contenu.urgence")
        await pilot.press("q")
        await until(pilot, "Régulation  15")


def registered(tmp_path: Path) -> tuple[FakeDesk, FilePatients]:
    def tell(_said: Phrase) -> None:
        """Nothing is told in these tests."""

    store = FilePatients(tmp_path / "patients.json", "garde", SetClock(NOW), tell)
    return make_desk(patients=store), store


async def test_a_derogation_by_law_is_a_reason_of_its_own_and_a_yes_is_not_enough(tmp_path: Path) -> None:
    fake, store = registered(tmp_path)
    store.note(NUMBER, Mark.INFORMED)
    store.note(NUMBER, Mark.NO_EXCHANGES)
    async with running(fake) as pilot:
        await writing(pilot, body=f"Patient INS {NUMBER} : suite.")
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("space")
        await until(pilot, "Le patient s'oppose aux échanges : pourquoi écrire ?")
        await pilot.press("escape")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Cochez d'abord")
        assert fake.submission.sent == []
        await pilot.press("escape")
        await walk_to(pilot, "patient.opposition")
        assert "d dérogation prévue par la loi" in screen_text(pilot.app)
        await pilot.press("d")
        await until(pilot, "protection d'un enfant")
        await pilot.press("enter")
        await until(pilot, "Noté pour l'envoi")
        await pilot.press("escape", "ctrl+x")
        await until(pilot, "Motif : Dérogation prévue par la loi")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")
        intent = next(line for line in fake.journal.lines if line.act == "send")
        assert intent.details["confirm:patient.opposition"] == "Dérogation prévue par la loi : protection d'un enfant"


async def test_entree_goes_to_the_place_and_selects_what_caused_it() -> None:
    async with running(make_desk()) as pilot:
        screen = await writing(
            pilot, f"{LEFEVRE}, jean@gmail.com", body="Bonjour,\nveuillez trouver ci-joint le bilan."
        )
        await walk_to(pilot, "destinataire.hors-espace")
        await pilot.press("enter")
        await until(pilot, lambda: screen.has_keys("to"))
        assert screen.query_one("#to", Field).selected_text == "jean@gmail.com"
        await walk_to(pilot, "contenu.pj-oubliee")
        verdict = screen.query_one(Walker).current
        assert verdict is not None
        await pilot.press("enter")
        await until(pilot, lambda: screen.has_keys("body"))
        assert screen.query_one("#body", Body).selected_text == verdict.evidence[0].text


async def test_the_source_is_shown_on_demand() -> None:
    async with running(make_desk()) as pilot:
        await writing(pilot, "jean@gmail.com")
        await walk_to(pilot, "destinataire.hors-espace")
        assert "questions fréquentes, 2" not in screen_text(pilot.app)
        await pilot.press("i")
        await until(pilot, "questions fréquentes, 2")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_no_key_of_the_panel_is_cut_by_the_edge(size: tuple[int, int]) -> None:
    async with running(make_desk(), size) as pilot:
        await writing(pilot, f"Paul VIAL <{LEFEBVRE}>")
        await walk_to(pilot, "destinataire.nom-discordant")
        text = screen_text(pilot.app)
        for key in ("c corriger le nom", "r retirer", "a annuaire", "d demander à la personne", "o oui, j'accepte",
                    "Entrée y aller", "i source", "Ctrl+G suivant", "Échap texte"):  # fmt: skip
            assert key in text, key


async def test_verdicts_are_grouped_by_field_the_most_severe_first() -> None:
    async with running(make_desk(), WIDE) as pilot:
        screen = await writing(pilot, f"{LEFEBVRE}, jean@gmail.com", body="Veuillez trouver ci-joint le bilan.")
        places = [v.where.place for v in screen.query_one(Walker).verdicts]
        assert places == [Place.TO, Place.TO, Place.BODY]
        assert screen.query_one(Walker).verdicts[0].blocks
