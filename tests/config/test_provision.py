"""Two hundred people in one CSV file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mss_tui.config.load import Sources, Wanted, load_profile
from mss_tui.config.provision import provision
from mss_tui.errors import ConfigError, UsageError

HEAD = "profile;name;title;rpps;entity;account;address;type;label\n"
LINES = HEAD + (
    'martin;Jean MARTIN;Dr;10001234567;Cabinet du "Port";martin;jean.martin@medecin.mssante.fr;PER;\n'
    'martin;Jean MARTIN;Dr;10001234567;Cabinet du "Port";ehpad;accueil@ehpad.mssante.fr;ORG;Accueil\n'
    "petit;Zoé PETIT;;;;petit;zoe.petit@infirmier.mssante.fr;PER;\n"
)
COMMON = """
[defaults]
policy = "sn-hdf"
ca = "system"
imap = { host = "imap.example", port = 143 }
smtp = { host = "smtp.example", port = 587 }
"""


def _csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gens.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_lines_become_profiles_of_the_site(tmp_path: Path, delimiter: str) -> None:
    text = provision(_csv(tmp_path, "\ufeff" + LINES.replace(";", delimiter)))
    (tmp_path / "config.toml").write_text(COMMON + text)
    martin = load_profile(Sources(tmp_path / "none.toml", tmp_path), Wanted(profile="martin"))
    assert (martin.person.name, martin.person.entity) == ("Jean MARTIN", 'Cabinet du "Port"')
    assert [account.address for account in martin.accounts] == [
        "jean.martin@medecin.mssante.fr",
        "accueil@ehpad.mssante.fr",
    ]
    assert martin.accounts[1].label == "Accueil"
    petit = load_profile(Sources(tmp_path / "none.toml", tmp_path), Wanted(profile="petit"))
    assert (petit.person.name, petit.person.rpps) == ("Zoé PETIT", "")


def test_two_hundred_people_are_one_file(tmp_path: Path) -> None:
    people = "".join(f"p{n};Jean P{n};;;;b{n};p{n}@medecin.mssante.fr;PER;\n" for n in range(200))
    (tmp_path / "config.toml").write_text(COMMON + provision(_csv(tmp_path, HEAD + people)))
    profile = load_profile(Sources(tmp_path / "none.toml", tmp_path), Wanted(profile="p137"))
    assert profile.accounts[0].address == "p137@medecin.mssante.fr"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("zoe.petit@", "zoe petit ", "ligne 4 : « zoe petit infirmier.mssante.fr » n'est pas une adresse."),
        ("mssante.fr;PER;", "mssante.fr;PR;", "ligne 2"),
        ('10001234567;Cabinet du "Port";ehpad', "123;Cabinet;ehpad", "ligne 3 : un autre dit autre chose"),
        ("petit;Zoé PETIT", "petit;", "ligne 4 : il manque « name »."),
        ("petit;Zoé", "petit;Zo\x1bé", "ligne 4 :"),
        ("profile;name", "profil;name", "la colonne « profil » est inconnue. Vouliez-vous dire « profile » ?"),
        (LINES, HEAD, "n'a pas de ligne."),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert before in LINES
    text = LINES.replace(before, after, 1)
    with pytest.raises((UsageError, ConfigError)) as caught:
        provision(_csv(tmp_path, text))
    assert sentence in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ne peut pas être lu"):
        provision(tmp_path / "none.csv")
