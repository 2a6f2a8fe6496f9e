"""In the composer: files dropped on it, messages that begin from another, the signature, what is taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mss_tui.model.draft import Draft, Origin, RemotePart
from mss_tui.services.drafts import as_new, resent
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.paths import complete_path, dropped, readable_path
from tests.support.desk import ADDRESS, make_desk
from tests.support.desk import Body as Shown
from tests.support.screen import running, screen_text, until, write
from tests.tui.test_composer import LEFEBVRE, LEFEVRE, composed


def files(folder: Path, *names: str) -> list[Path]:
    made = [folder / name for name in names]
    for path in made:
        path.write_bytes(b"%PDF-1.4")
    return made


def test_a_whole_path_typed_behind_the_home_that_is_offered_is_that_path(tmp_path: Path) -> None:
    (one,) = files(tmp_path, "lettre.pdf")
    assert readable_path(f"~/{one}") == one
    assert complete_path(f"~/{tmp_path}/let") == [str(one)]
    assert readable_path("~/lettre.pdf") == Path.home() / "lettre.pdf"


def test_what_terminals_and_file_managers_paste_names_files(tmp_path: Path) -> None:
    one, other = files(tmp_path, "lettre de liaison.pdf", "été d'hier.pdf")
    quoted = f"'{one}'"
    escaped = str(other).replace(" ", "\\ ").replace("'", "\\'")
    for text in (
        f"{quoted} {escaped}",
        f"{quoted}\n{escaped}\n",
        f"{one}\n{other}",
        f"{one.as_uri()}\r\n{other.as_uri()}\r\n",
        f"{one.as_uri()} {other.as_uri()}",
        f'"{one}" "{other}"  ',
        f"file://localhost{one.as_uri()[7:]} {quoted} {escaped}",
    ):
        assert dropped(text) == [one, other], text
    assert dropped(str(one)) == [one]


def test_what_is_not_only_files_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = files(tmp_path, "a.pdf")
    monkeypatch.chdir(tmp_path)
    for text in (
        "",
        "a.pdf",
        f"{one} voir",
        f"voir {one}",
        f"{one} {tmp_path}/rien.pdf",
        str(tmp_path),
        f"'{one}",
        f"file://ailleurs{one}",
        "file://[",
        f"{one}\0" * 200,
        "/" * 30_000,
        "/dev/null",
        "/a\ud800b",
    ):
        assert dropped(text) == [], text


async def test_files_dropped_on_the_text_are_attached_when_that_is_said(tmp_path: Path) -> None:
    one, other = files(tmp_path, "lettre de liaison.pdf", "cr.pdf")
    async with running(make_desk()) as pilot:
        await composed(pilot)
        body = pilot.app.screen.query_one("#body", Body)
        await write(pilot, f"'{one}' {other} ")
        await until(pilot, "Joindre 2 fichier(s) : lettre de liaison.pdf, cr.pdf")
        await pilot.press("enter")
        await until(pilot, "2 fichiers joints, 16 o")
        assert "PJ     lettre de liaison.pdf" in screen_text(pilot.app)
        assert body.text == "Bonjour."
        await write(pilot, str(other))
        await until(pilot, "Joindre 1 fichier(s)")
        await pilot.press("down", "enter")
        await until(pilot, lambda: body.text == f"Bonjour.{other}")


async def test_several_paths_may_stand_in_the_field_of_attachments(tmp_path: Path) -> None:
    one, other = files(tmp_path, "un espace.pdf", "b.pdf")
    async with running(make_desk()) as pilot:
        await composed(pilot)
        long = "x" * 5_000
        for typed, said in (
            (f"'{one}' {other}", "2 fichiers joints"),
            (f"{one} {long}", "La pièce jointe"),
            (str(one), "Joint : un espace.pdf"),
        ):
            await pilot.press("ctrl+o")
            await pilot.pause()
            if "retirer" in screen_text(pilot.app):
                await pilot.press("enter")
            await until(pilot, "Joindre quel fichier")
            await write(pilot, typed)
            await pilot.press("enter")
            await until(pilot, said)
        screen = pilot.app.screen
        assert isinstance(screen, ComposerScreen)
        assert [piece.name for piece in screen.pieces] == ["un espace.pdf", "b.pdf", "un espace.pdf"]


async def test_one_that_cannot_be_attached_is_said_and_the_others_are(tmp_path: Path) -> None:
    one, other = files(tmp_path, "a.pdf", "b.pdf")
    async with running(make_desk()) as pilot:
        await composed(pilot)
        await write(pilot, f"{one}\n{other}")
        await until(pilot, "Joindre 2 fichier(s)")
        one.unlink()
        await pilot.press("enter")
        await until(pilot, "n'existe pas ou ne peut pas")
        assert "PJ     b.pdf 8 o" in screen_text(pilot.app)


# messages that begin from another


async def draft_after(pilot: Pilot[int], key: str) -> Draft:
    await pilot.press("down", key)
    await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ComposerScreen)
    return screen.draft()


async def test_a_message_is_forwarded_whole() -> None:
    async with running(make_desk()) as pilot:
        draft = await draft_after(pilot, "O")
        assert draft.subject == "Tr: Lettre de liaison - sortie VIAL Paul"
        assert draft.quoted == ""
        (piece,) = draft.attachments
        assert isinstance(piece, RemotePart)
        assert (piece.ref.uid, piece.section, piece.type) == (59, "", "message/rfc822")
        assert piece.name == "Lettre de liaison - sortie VIAL Paul.eml"
        assert draft.origin is Origin.FORWARD
        assert "Lettre de liaison - sortie VIAL Paul.eml" in screen_text(pilot.app)


async def test_any_message_is_taken_up_as_new() -> None:
    fake = make_desk()
    fake.reader.bodies[59] = Shown("Ligne une.")
    async with running(fake) as pilot:
        draft = await draft_after(pilot, "N")
        assert draft.body == "Ligne une."
        assert draft.subject == "Lettre de liaison - sortie VIAL Paul"
        assert draft.to
        assert (draft.in_reply_to, draft.references, draft.answers, draft.saved_as) == ("", (), None, None)


async def test_what_somebody_else_sent_is_not_sent_again() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("down", "E")
        await until(pilot, "n'a pas été envoyé par cette boîte")
        assert not isinstance(pilot.app.screen, ComposerScreen)


async def test_ones_own_message_is_sent_again_with_what_it_answered_and_asked_for() -> None:
    fake = make_desk()
    place = fake.desk.places[0]
    row = next(row for row in fake.mail.rows_in["INBOX"] if row.ref.uid == 59)
    own = replace(row.sender, address=ADDRESS.upper())
    reading = await place.reader.open(row, fake.desk.actor, mark=False)
    reading = replace(reading, row=replace(row, sender=own, in_reply_to="<q@x>", receipt_to=ADDRESS))
    again = resent(reading, place.account)
    assert (again.in_reply_to, again.want_reading, again.saved_as, again.validated) == ("<q@x>", True, None, "")
    assert (as_new(reading, place.account).in_reply_to, as_new(reading, place.account).want_reading) == ("", False)


# the signature


@pytest.mark.parametrize(
    ("keys", "signed"), [(("n",), True), (("down", "r"), True), (("down", "f"), True), (("down", "N"), False)]
)
async def test_the_signature_stands_under_what_is_begun_here(keys: tuple[str, ...], signed: bool) -> None:
    fake = make_desk()
    object.__setattr__(fake.desk, "profile", replace(fake.desk.profile, signature="Dr Jean MARTIN\n\x1b[2J04 00"))
    async with running(fake) as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        body = pilot.app.screen.query_one("#body", Body).text
        assert ("\n-- \nDr Jean MARTIN\n" in body) is signed
        assert "\x1b" not in body
        await pilot.press("escape")  # nothing was typed: nothing is asked
        await until(pilot, "Réception · garde@")


# what is said of what blocks


async def test_what_was_said_to_block_is_taken_back_once_it_does_not() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot, f"{LEFEVRE}, jean@gmail.com, paul@gmail.com")
        await pilot.press("ctrl+x")
        await until(pilot, "2 point(s) bloquent")
        await pilot.press("r")
        await until(pilot, "1 point(s) bloquent")
        await pilot.press("r")
        await until(pilot, "Plus rien ne bloque : Ctrl+X envoie.")
        assert "ne peut pas partir" not in screen_text(pilot.app)
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")


async def test_what_was_said_since_is_left_alone() -> None:
    async with running(make_desk()) as pilot:
        await composed(pilot, f"{LEFEVRE}, jean@gmail.com")
        await pilot.press("ctrl+x")
        await until(pilot, "1 point(s) bloquent")
        await pilot.press("escape", "ctrl+o")
        await until(pilot, "Joindre quel fichier")
        await write(pilot, "absent.pdf")
        await pilot.press("enter")
        await until(pilot, "absent.pdf")
        pilot.app.screen.query_one("#to", Field).value = LEFEVRE
        await until(pilot, "rien à signaler")
        assert "absent.pdf" in screen_text(pilot.app)


async def test_the_text_is_seen_under_many_pieces_and_verdicts(tmp_path: Path) -> None:
    pieces = files(tmp_path, *(f"piece{n}.pdf" for n in range(9)))
    body = "Ligne une.\nLigne deux.\nLigne trois."
    async with running(make_desk()) as pilot:
        people = f"{LEFEVRE}, {LEFEBVRE}, jean@gmail.com, 279035121518989@patient.mssante.fr"
        await composed(pilot, people, subject="urgent", body=body)
        await write(pilot, "\n".join(map(str, pieces)))
        await until(pilot, "Joindre 9 fichier(s)")
        await pilot.press("enter")
        await until(pilot, "9 fichiers joints")
        await until(pilot, "… et 7 de plus : Ctrl+O")
        for shown in ("Objet  urgent", "encodés / ", "Ligne trois.", "bloque"):
            assert shown in screen_text(pilot.app)


async def test_the_first_that_blocks_is_shown_first() -> None:
    async with running(make_desk()) as pilot:
        await composed(pilot, f"{LEFEBVRE}, jean@gmail.com")
        await until(pilot, "1 à confirmer")
        await pilot.press("ctrl+g", "ctrl+g")
        await until(pilot, "2/2 ?")
        await pilot.press("ctrl+x")
        await until(pilot, "1 point(s) bloquent")
        assert "1/2 X" in screen_text(pilot.app)
