"""`status --json` day after day, as a script sees it: 400 days, clock changes, a leap year."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.cli.commands import status as command
from mss_tui.cli.main import run
from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Absence
from mss_tui.model.people import Actor, Person

PARIS = ZoneInfo("Europe/Paris")
ADDRESS = "secretariat@ehpad.mssante.fr"
CONFIG = """
[profiles.garde]
person = {{ name = "Jean MARTIN", title = "Dr", rpps = "10001234567" }}
accounts = ["ehpad"]
[accounts.ehpad]
address = "{address}"
type = "{type}"
policy = "sn-hdf"
imap = {{ host = "localhost", port = 143 }}
smtp = {{ host = "localhost", port = 587 }}
ca = "system"
"""
WATCHED = ("state", "read_days", "connected_days", "unpublish_in_days", "delete_in_days")

Status = Callable[..., tuple[int, Any]]


class Station:
    """A machine with one mailbox, whose clock is set."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any, kind: str = "ORG") -> None:
        self.clock = SetClock(datetime(2026, 11, 20, tzinfo=UTC))
        self._capture = capfdbinary
        self.folder = folder
        config = folder / "config.toml"
        config.write_text(f'state = "{folder / "state"}"\n' + CONFIG.format(address=ADDRESS, type=kind))
        self._argv = ["--config", str(config), "status"]
        self.facts = JsonFactsFile(folder / "state" / "facts.json", print)
        self.journal = JsonlJournal(folder / "state" / "journal.jsonl", self.clock, print)
        monkeypatch.setattr(command, "SystemClock", lambda: self.clock)

    def run(self, *options: str) -> tuple[int, str]:
        code = run([*self._argv, *options])
        return code, self._capture.readouterr().out.decode()

    def status(self) -> tuple[int, dict[str, Any]]:
        code, out = self.run("--json")
        return code, json.loads(out)["accounts"][0]


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Station:
    return Station(tmp_path, monkeypatch, capfdbinary)


def noon(of: date) -> datetime:
    return datetime.combine(of, time(12), PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    "begins",
    [
        pytest.param(date(2026, 3, 28), id="the-day-before-summer-time"),
        pytest.param(date(2026, 10, 24), id="the-day-before-winter-time"),
        pytest.param(date(2027, 12, 31), id="into-a-leap-year"),
        pytest.param(date(2028, 2, 29), id="on-a-leap-day"),
    ],
)
def test_four_hundred_days_without_anybody(station: Station, begins: date) -> None:
    station.facts.update("ehpad", read=noon(begins), connected=noon(begins), baseline=noon(begins))
    gone = begins.replace(year=begins.year + 1, day=min(begins.day, 28)) if begins.day == 29 else None
    deleted = gone or begins.replace(year=begins.year + 1)
    for days in (*range(62), *range(62, 400, 13), 299, 300, 334, 335, 364, 365, 366, 400):
        today = begins + timedelta(days=days)
        station.clock.set(noon(today))
        code, told = station.status()
        expected = (
            "supprimee" if today >= deleted
            else "suppression_proche" if days >= 300
            else "depubliee" if days >= 60
            else "depublication_proche" if days >= 55
            else "a_surveiller" if days >= 45
            else "active"
        )  # fmt: skip
        left = [max(60 - days, 0), max((deleted - today).days, 0)]
        assert [told[key] for key in WATCHED] == [expected, days, days, *left], today
        assert code == (0 if days == 0 else 30)


@pytest.mark.parametrize(
    ("read", "now", "days"),
    [
        (datetime(2026, 10, 24, 23, 59, tzinfo=PARIS), datetime(2026, 10, 25, 0, 1, tzinfo=PARIS), 1),
        (datetime(2026, 10, 25, 0, 1, tzinfo=PARIS), datetime(2026, 10, 25, 23, 59, tzinfo=PARIS), 0),
        (datetime(2026, 3, 29, 0, 30, tzinfo=PARIS), datetime(2026, 3, 29, 23, 30, tzinfo=PARIS), 0),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, 1, tzinfo=UTC), 1),
        (datetime(2028, 2, 28, 12, tzinfo=PARIS), datetime(2028, 3, 1, 12, tzinfo=PARIS), 2),
    ],
)
def test_days_are_those_of_paris(station: Station, read: datetime, now: datetime, days: int) -> None:
    station.facts.update("ehpad", read=read, connected=read)
    station.clock.set(now)
    assert station.status()[1]["read_days"] == days


def test_a_machine_that_connects_keeps_it_published_and_does_not_read_it(station: Station) -> None:
    begins = date(2026, 11, 20)
    station.facts.update("ehpad", read=noon(begins), connected=noon(begins))
    station.clock.set(noon(begins + timedelta(days=50)))
    station.facts.update("ehpad", connected=station.clock.now())
    code, told = station.status()
    assert (told["state"], told["read_days"], told["connected_days"]) == ("active", 50, 0)
    assert code == 30
    assert {v["rule"] for v in told["verdicts"]} >= {"cycle.lecture-quotidienne"}


def test_a_colleagues_reading_counts_and_stays_apart(station: Station) -> None:
    station.facts.update("ehpad", read=noon(date(2026, 11, 1)), connected=noon(date(2026, 11, 1)))
    station.facts.update("ehpad", shared_read=noon(date(2026, 11, 20)), shared_connected=noon(date(2026, 11, 20)))
    station.clock.set(noon(date(2026, 11, 20)))
    assert station.status()[1]["read_days"] == 0
    assert station.facts.of("ehpad").read == noon(date(2026, 11, 1))


def test_what_is_overdue_is_told_and_asks_for_attention(station: Station) -> None:
    now = noon(date(2026, 11, 20))
    station.clock.set(now)
    station.facts.update("ehpad", read=now, connected=now, overdue=0, counted=now)
    assert station.run("--overdue", "--json")[0] == 0
    station.facts.update("ehpad", overdue=3)
    code, out = station.run("--overdue", "--json")
    assert (code, json.loads(out)["accounts"]) == (
        30,
        [{"address": ADDRESS, "overdue": 3, "counted": "2026-11-20T12:00:00+01:00", "messages": None}],
    )
    assert station.run("--nagios") == (1, f"MSS WARNING - {ADDRESS} active | overdue=3 queued=0\n")


@pytest.mark.parametrize(
    ("facts", "code", "word"),
    [
        ({}, 3, "UNKNOWN"),
        ({"read": 0, "connected": 0}, 0, "OK"),
        ({"read": 1, "connected": 0}, 1, "WARNING"),
        ({"read": 0, "connected": 60}, 2, "CRITICAL"),
    ],
)
def test_nagios_levels(station: Station, facts: dict[str, int], code: int, word: str) -> None:
    now = station.clock.now()
    station.facts.update("ehpad", **{name: now - timedelta(days=days) for name, days in facts.items()})
    ran, out = station.run("--nagios")
    assert ran == code
    assert out.startswith(f"MSS {word} - ")


def test_the_prometheus_file_is_replaced_whole_and_holds_no_patient(station: Station) -> None:
    now = station.clock.now()
    station.facts.update("ehpad", read=now, connected=now, overdue=2, counted=now, quota=Quota(41_000_000, 60_000_000))
    path = station.folder / "mss.prom"
    path.write_text("old")
    assert station.run("--prometheus", str(path)) == (0, "")
    text = path.read_text()
    mailbox = f'mailbox="{ADDRESS}",type="ORG"'
    for line in (
        f'mss_mailbox_state{{{mailbox},state="active"}} 1',
        f"mss_mailbox_overdue{{{mailbox}}} 2",
        f"mss_mailbox_quota_used_bytes{{{mailbox}}} 41000000",
        "mss_status_level 1",
    ):
        assert line in text.splitlines()
    for line in text.splitlines():
        assert line.startswith("# ") or line.rpartition(" ")[2].isdigit(), line
    assert path.stat().st_mode & 0o777 == 0o644
    code, _ = station.run("--prometheus", str(station.folder / "no" / "mss.prom"))
    assert code == 2
    assert [p.name for p in station.folder.iterdir() if p.name.endswith(".tmp")] == []


def test_the_absence_is_told(station: Station) -> None:
    away = Absence(True, date(2026, 12, 24), date(2027, 1, 3))
    station.facts.update("ehpad", absence=away)
    assert station.status()[1]["absence"] == {"on": True, "from": "2026-12-24", "until": "2027-01-03"}


def test_who_came_and_who_no_longer_acts_is_told_for_a_shared_mailbox(station: Station) -> None:
    def acts(name: str, on: date) -> None:
        station.clock.set(noon(on))
        station.journal.write(Actor(Person(name)), ADDRESS, "read", "done")

    acts("Jean MARTIN", date(2026, 9, 1))
    acts("Paul ROUX", date(2026, 9, 2))
    acts("Jean MARTIN", date(2026, 11, 19))
    acts("Anne LEFEBVRE", date(2026, 11, 20))
    told = [v["message"] for v in station.status()[1]["verdicts"] if v["rule"] == "bal.utilisateurs"]
    assert len(told) == 2
    assert any("Anne LEFEBVRE" in message for message in told)
    assert any("Paul ROUX" in message for message in told)
