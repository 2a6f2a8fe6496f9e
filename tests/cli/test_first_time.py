"""The first time, in front of a terminal: questions instead of options; a script is never asked."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Demo, Run
from tests.support.terminal import Terminal

ADDRESS = "jean.martin@medecin.demo.mssante.fr"


def answers(terminal: Terminal, *lines: tuple[str, str]) -> None:
    """Wait for each question, type its answer."""
    for question, line in lines:
        terminal.wait(question)
        terminal.type(line + "\r")


def server(demo: Demo, name: str) -> str:
    return f"127.0.0.1:{demo.line[name]['port']}"


@pytest.mark.terminal
def test_what_profile_create_was_not_given_is_asked_and_the_profile_is_tried_to_its_end(
    demo: Demo, tmp_path: Path
) -> None:
    password = next(a["password"] for a in demo.line["accounts"] if a["address"] == ADDRESS)
    config = tmp_path / "mien.toml"
    call = (
        "--config",
        str(config),
        "profile",
        "create",
        "--imap",
        server(demo, "imap"),
        "--smtp",
        server(demo, "smtp"),
    )
    with Terminal("mss_tui", *call, cols=140, rows=50, own=True) as terminal:
        answers(
            terminal,
            ("Votre adresse MSSanté", ADDRESS),
            ("Vos prénom et NOM", "Jean MARTIN"),
            ("Titre", "Dr"),
            ("Numéro RPPS", ""),
            ("Fichier des autorités", str(demo.line["ca"])),
            ("Authentification", ""),
            ("Mot de passe de", password),
        )
        terminal.wait("Profil « jean.martin » écrit")
        for step in ("imap.auth", "smtp.auth", "imap.quota"):
            assert f"ok  {step}" in terminal.text
        assert password not in terminal.text
    made = tomllib.loads(config.read_text())
    assert made["profiles"]["jean.martin"]["person"] == {"name": "Jean MARTIN", "title": "Dr"}
    assert made["accounts"]["jean.martin"]["auth"] == {"method": "password"}


@pytest.mark.terminal
def test_without_any_configuration_the_program_begins_with_questions(demo: Demo, tmp_path: Path) -> None:
    """The servers too, where they cannot be looked for."""
    with Terminal("mss_tui", cols=140, rows=50, own=True, XDG_CONFIG_HOME=str(tmp_path)) as terminal:
        terminal.wait("Il n'y a pas encore de profil ici")
        answers(
            terminal,
            ("Votre adresse MSSanté", "anne@clinique.example"),
            ("Vos prénom et NOM", "Anne LEFEBVRE"),
            ("Titre", ""),
            ("Numéro RPPS", ""),
            ("Fichier des autorités", str(demo.line["ca"])),
            ("Authentification", "password"),
            ("Serveur de lecture", server(demo, "imap")),
            ("Serveur d'envoi", server(demo, "smtp")),
            ("Mot de passe de", ""),
        )
        terminal.wait("Relancez maintenant : mss-tui")
        assert "n'est pas dans l'espace de confiance" in terminal.text
        assert "ok  imap.tls" in terminal.text
        assert "NON imap.auth" in terminal.text
    (config,) = tmp_path.rglob("config.toml")
    assert config.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(config.read_text())["accounts"]["anne"]["address"] == "anne@clinique.example"


@pytest.mark.parametrize(
    ("given", "missing"),
    [((), "ADRESSE"), ((ADDRESS,), "--ca"), ((ADDRESS, "--ca", "system"), "--person")],
)
def test_a_script_is_told_what_is_missing(run: Run, given: tuple[str, ...], missing: str) -> None:
    ran = run("profile", "create", *given)
    assert ran.code == 2
    assert f"Il manque {missing}" in ran.err
