"""A shared host: who acts is asked, nothing of one person is left for the next, the journal and the outbox stay."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mss_tui.adapters.places import Places, passing
from mss_tui.config.load import Sources, load_profile
from mss_tui.errors import ConfigError
from tests.cli.conftest import Demo

ADDRESS = "jean.martin@medecin.demo.mssante.fr"


def shared(demo: Demo, name: str) -> Path:
    return demo.changed(name, ("[profiles.demo]\n", "[profiles.demo]\nshared_host = true\n"))


def test_nothing_but_journal_and_outbox_is_left(demo: Demo) -> None:
    config = shared(demo, "partage.toml")
    state, ref = demo.config.parent / "etat", demo_ref(demo)
    before = {path.name for path in state.rglob("*")} if state.exists() else set()
    ran = demo.run("--config", str(config), "--qui-agit", "Anne LEFEBVRE", "read", ref)
    assert ran.code == 0, ran.err
    left = {path.name for path in state.rglob("*")} - before
    assert not {name for name in left if not name.startswith((".", "journal", "outbox", "limites", "refus"))}, left


def demo_ref(demo: Demo) -> str:
    return str(demo.run("inbox", "--json", "--account", ADDRESS).document["messages"][0]["ref"])


def test_sending_without_saying_who_acts_is_refused(demo: Demo) -> None:
    config = shared(demo, "partage-envoi.toml")
    shared_mailbox = next(a["address"] for a in demo.line["accounts"] if a["address"] != ADDRESS)
    ran = demo.run(
        "--config", str(config), "--account", shared_mailbox, "send", "--to", ADDRESS,
        "--subject", "x", "--body", "x", "--json",
    )  # fmt: skip
    assert ran.code in (10, 11), ran.out + ran.err
    assert "bal.org-tracabilite" in ran.out


def test_the_folder_is_ours_alone_and_gone_afterwards(tmp_path: Path) -> None:
    usual = Places(tmp_path, tmp_path, tmp_path / "state", ())
    with passing(usual) as kept:
        assert kept.state.stat().st_mode & 0o777 == 0o700
        assert kept.facts.parent == kept.state
        assert kept.journal == tmp_path / "state" / "journal.jsonl"
        assert kept.outbox == tmp_path / "state" / "outbox"
        assert str(kept.state).startswith(os.environ["XDG_RUNTIME_DIR"])
        kept.facts.write_text("x")
    assert not kept.state.exists()


def test_the_keyring_of_a_shared_account_is_refused(demo: Demo) -> None:
    text = ("[profiles.demo]\n", "[profiles.demo]\nshared_host = true\n"), ('method = "password"', "keyring = true")
    config = demo.changed("trousseau.toml", *text)
    with pytest.raises(ConfigError, match="poste partagé"):
        load_profile(Sources(config, config.parent / "site", named=True))
