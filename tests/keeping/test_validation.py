"""The validation circuit on the server: marks on the draft, names in the journal, facts for envoi.non-valide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mss_tui.errors import UsageError
from mss_tui.model.message import TO_VALIDATE, VALIDATED, Row
from mss_tui.model.verdict import State
from mss_tui.services.composing import new_draft
from mss_tui.services.desk import Desk
from mss_tui.services.drafts import keep, reopened
from mss_tui.services.files import local_file
from mss_tui.services.validation import Validation
from tests.keeping.conftest import ANNE, Open, shared
from tests.support.servers import MailServer


def _state(desk: Desk, draft: object) -> list[State]:
    return [v.state for v in desk.place().checker.check(draft) if v.rule == "envoi.non-valide"]  # type: ignore[arg-type]


async def _drafts(desk: Desk) -> tuple[Row, ...]:
    place = desk.place()
    folder = next(f for f in await place.box.folders() if f.role.value == "drafts")
    return (await place.box.open(folder.name)).known()


async def test_a_draft_is_put_to_validation_validated_and_then_may_leave(
    mail_server: MailServer, desk_of: Open, tmp_path: object
) -> None:
    account = shared(mail_server.new_account())
    desk = await desk_of(mail_server, account, validation="block")
    piece = tmp_path / "lettre.pdf"  # type: ignore[operator]
    piece.write_bytes(b"%PDF-1.4")
    draft = replace(
        new_draft(account, to=["anne.lefebvre@ch.mssante.fr"], subject="CR", body="Bonjour."),
        attachments=(local_file(piece),),
    )
    assert _state(desk, draft) == [State.VIOLATED]
    await keep(desk.place().sender, draft, desk.clock.now())
    (row,) = await _drafts(desk)
    circuit = Validation(desk.place().box, desk.journal)
    await circuit.ask([row], desk.actor)
    (row,) = await _drafts(desk)
    assert TO_VALIDATE in row.flags
    anne = type(desk.actor)(ANNE)
    await circuit.validate([row], anne)
    (row,) = await _drafts(desk)
    assert VALIDATED in row.flags
    assert TO_VALIDATE not in row.flags
    taken_up = reopened(await desk.place().reader.peek(row), account)
    assert _state(desk, taken_up) == [State.SATISFIED]
    assert _state(desk, replace(taken_up, body="Bonsoir.")) == [State.VIOLATED]
    assert _state(desk, replace(taken_up, to=("paul@ch.mssante.fr",))) == [State.VIOLATED]
    line = desk.journal.entries()[-1]
    assert (line.act, line.phase, line.actor) == ("validation.validate", "done", "Dr Anne LEFEBVRE (RPPS 10100004410)")
    assert len(line.details["digest"]) == 64


async def test_only_a_draft_and_only_a_named_person(mail_server: MailServer, desk_of: Open) -> None:
    from tests.keeping.conftest import message

    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message("reçu")])
    desk = await desk_of(mail_server, account)
    rows = (await desk.place().box.open("INBOX")).known()
    with pytest.raises(UsageError, match="brouillon"):
        await Validation(desk.place().box, desk.journal).validate(rows, desk.actor)
