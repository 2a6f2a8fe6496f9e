"""A mailbox with all its services on a real server, with files of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.places import Places
from mss_tui.config.policies import load_policy
from mss_tui.model.people import Person, Profile
from mss_tui.services.desk import Desk
from mss_tui.wiring import Means, build
from tests.support.servers import NOW, MailServer, Passwords

PERSON = Person("Jeanne MARTIN", "Dr", "10000000000", "Cabinet du Port")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
async def desk(mail_server: MailServer, tmp_path: Path, clock: SetClock) -> AsyncIterator[Desk]:
    """A desk with one mailbox that nobody has used, under the policy of SN-HdF."""
    account = replace(mail_server.new_account(), policy=load_policy("sn-hdf"))
    state = tmp_path / "state"
    places = Places(config=tmp_path / "config.toml", site=tmp_path / "site", state=state, indexes=())
    means = Means(places, Passwords(of=mail_server.password), clock, print, by_person=True)
    made = build(Profile("cabinet", PERSON, (account,)), means)
    yield made
    await made.close()
