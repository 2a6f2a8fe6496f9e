"""`doctor` and `profile create`: what a person without any setting sees, against the demo operator and nobody."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme

from mss_tui.cli.commands import doctor
from mss_tui.errors import AuthRefused
from mss_tui.phrase import say
from tests.cli.conftest import Demo, Run

ADDRESS = "jean.martin@medecin.demo.mssante.fr"


def test_doctor_goes_from_the_name_to_the_annuaire(demo: Demo) -> None:
    ran = demo.run("doctor")
    assert ran.code == 0, ran.err
    for step in (
        "imap.dns", "imap.tcp", "imap.tls", "smtp.tls", "imap.auth", "imap.quota", "smtp.auth", "sieve", "annuaire",
    ):  # fmt: skip
        assert f"ok  {step}" in ran.out, ran.out
    assert "TLS 1.3 ca · TLS_AES_256_GCM_SHA384" in ran.out
    assert "encore" in ran.out


def test_doctor_in_json_names_every_step(demo: Demo) -> None:
    document = demo.run("doctor", "--json", "--account", ADDRESS).document
    assert document["ok"] is True
    (account,) = document["accounts"]
    assert account["account"] == ADDRESS
    assert [step["step"] for step in account["steps"]] == [
        "imap.dns", "imap.tcp", "imap.tls", "smtp.dns", "smtp.tcp", "smtp.tls", "imap.auth", "imap.capabilities",
        "imap.quota", "smtp.auth", "sieve", "annuaire",
    ]  # fmt: skip
    (tls,) = [step["what"] for step in account["steps"] if step["step"] == "imap.tls"]
    assert re.fullmatch(r"TLS 1\.3 ca · TLS_AES_256_GCM_SHA384 · certificat .+ ← .+, encore \d+ jours", tls)


def test_a_password_that_was_refused_is_not_tried_again_for_sending(demo: Demo) -> None:
    ran = demo.run("--password-fd", "0", "doctor", "--json", "--account", ADDRESS, input="faux")
    assert ran.code == 21
    (account,) = ran.document["accounts"]
    states = {step["step"]: step["state"] for step in account["steps"]}
    assert states["imap.auth"] == "failed"
    assert states["smtp.auth"] == "skipped"


def test_reading_that_fails_says_nothing_of_sending(demo: Demo) -> None:
    port = demo.line["imap"]["port"]
    config = demo.changed("closed.toml", (f"port = {port}, ", "port = 9, "))
    ran = demo.run("--config", str(config), "doctor", "--account", ADDRESS)
    assert "-   imap.auth" in ran.out
    assert "ok  smtp.auth" in ran.out


def test_doctor_says_what_to_do_and_does_not_try_what_cannot_work(demo: Demo) -> None:
    port = demo.line["imap"]["port"]
    config = demo.changed("closed.toml", (f"port = {port}, ", "port = 9, "))
    ran = demo.run("--config", str(config), "doctor", "--account", ADDRESS)
    assert ran.code == 20
    assert "NON imap.tcp" in ran.out
    assert "pare-feu" in ran.out
    assert "-   imap.auth          non essayé" in ran.out
    assert "ok  smtp.tls" in ran.out


def test_doctor_names_the_authority_that_is_not_the_one(demo: Demo, tmp_path: Path) -> None:
    other = tmp_path / "autre.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    config = demo.changed("other.toml", (str(demo.line["ca"]), str(other)))
    ran = demo.run("--config", str(config), "doctor", "--account", ADDRESS)
    assert ran.code == 20
    assert "NON imap.tls" in ran.out
    assert "autorité" in ran.out


def test_a_profile_is_made_without_a_question_and_can_be_used(demo: Demo, run: Run, tmp_path: Path) -> None:
    config = tmp_path / "mien.toml"
    imap, smtp = (f"127.0.0.1:{demo.line[name]['port']}" for name in ("imap", "smtp"))
    ran = run(
        "--config", str(config), "profile", "create", ADDRESS, "--ca", demo.line["ca"], "--person", "Jean MARTIN",
        "--title", "Dr", "--imap", imap, "--smtp", smtp,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert "ligne de commande" in ran.err
    assert "ok  imap.tls" in ran.err
    assert "ok  smtp.tls" in ran.err
    assert "imap.auth" not in ran.err
    assert "La suite demande un mot de passe" in ran.err
    assert config.stat().st_mode & 0o777 == 0o600
    made = tomllib.loads(config.read_text())
    assert made["accounts"]["jean.martin"]["imap"] == {
        "host": "127.0.0.1", "port": demo.line["imap"]["port"], "security": "starttls",
    }  # fmt: skip
    password = next(a["password"] for a in demo.line["accounts"] if a["address"] == ADDRESS)
    used = run("--config", str(config), "--password-fd", "0", "inbox", "--json", input=password)
    assert used.code == 0, used.err
    assert run("--config", str(config), "config", "validate").code == 0


def test_a_profile_that_is_made_with_a_password_is_tried_to_its_end(demo: Demo, run: Run, tmp_path: Path) -> None:
    imap, smtp = (f"127.0.0.1:{demo.line[name]['port']}" for name in ("imap", "smtp"))
    ran = run(
        "--config", str(tmp_path / "mien.toml"), "--password-fd", "0", "profile", "create", ADDRESS, "--json",
        "--ca", demo.line["ca"], "--person", "Jean MARTIN", "--imap", imap, "--smtp", smtp,
        input=next(a["password"] for a in demo.line["accounts"] if a["address"] == ADDRESS),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    states = {step["step"]: step["state"] for step in ran.document["steps"]}
    assert [name for name, state in states.items() if state == "ok"] == [
        "imap.dns", "imap.tcp", "imap.tls", "smtp.dns", "smtp.tcp", "smtp.tls", "imap.auth", "imap.capabilities",
        "imap.quota", "smtp.auth",
    ]  # fmt: skip
    assert states["sieve"] == "skipped"
    assert "annuaire" in states


def test_a_name_that_is_taken_and_a_missing_person_change_nothing(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "mien.toml"
    servers = ("--imap", "127.0.0.1:143", "--smtp", "127.0.0.1:587")
    base = ("--config", str(config), "profile", "create", ADDRESS, "--ca", "system", *servers)
    assert run(*base).code == 2
    assert not config.exists()
    assert run(*base, "--person", "Jean MARTIN").code == 0
    before = config.read_text()
    ran = run(*base, "--person", "Jean MARTIN")
    assert (ran.code, config.read_text()) == (2, before)
    assert "existe déjà" in ran.err
    other = run(*base, "--person", "Jean MARTIN", "--name", "autre", "--dry-run")
    assert other.code == 0
    assert "[profiles.autre]" in other.out
    assert config.read_text() == before


def test_an_address_outside_the_trust_space_is_not_looked_up(run: Run, tmp_path: Path) -> None:
    ran = run("profile", "create", "jean@gmail.com", "--ca", "system", "--person", "Jean MARTIN")
    assert ran.code == 2
    assert "espace de confiance" in ran.err


class Refusing:
    """A submission server that takes nothing from this account."""

    async def authenticate(self) -> None:
        raise AuthRefused(say("refusé"), remedy=say("Vérifiez le mot de passe, puis renvoyez."))


@pytest.mark.parametrize(("may_read", "words"), [(True, "un droit à part"), (False, "Vérifiez l'identifiant")])
async def test_what_to_do_when_sending_is_refused_depends_on_reading(may_read: bool, words: str) -> None:
    place: Any = SimpleNamespace(submission=Refusing())
    with pytest.raises(AuthRefused) as refusal:
        await doctor._may_send(place, may_read)
    assert words in str(refusal.value.remedy)
