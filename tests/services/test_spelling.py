"""Spelling: which words are asked about, what the program answers, and that it only gets words on its input."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.errors import NotFound, UsageError
from mss_tui.services.spelling import KnownWords, doubts, installed, key, spans, words_of


def french() -> tuple[str, ...]:
    try:
        return installed()
    except NotFound:
        pytest.skip("no French dictionary here: apt install hunspell hunspell-fr")


def test_only_ones_own_words_are_asked_about() -> None:
    text = (
        "Chère consœur,\nVIAL Paul, né le 12/04/1950, 5mg/j, jean.martin@x.fr https://exemple.fr/page {champ}\n"
        "l'ordonnance qu’il aujourd'hui compte-rendu à\n> cité par un autre\n\n-- \nSignature jamais lue"
    )
    wanted = "Chère consœur né le l'ordonnance qu’il aujourd'hui compte-rendu"
    assert words_of([text], {key("Paul")}) == tuple(wanted.split())


def test_names_are_known_behind_an_elision_too() -> None:
    assert words_of(["l'avis d'Anne, qu’ANNE"], {"anne"}) == ("l'avis",)


@given(st.text(max_size=300))
def test_a_word_stands_where_it_is_said_to(line: str) -> None:
    for start, end, word in spans(line):
        assert line[start:end] == word
        assert not any(character.isdecimal() or character in "@\n" for character in word)


async def test_the_installed_program_knows_french() -> None:
    found = await doubts(french(), ("Bonjour", "ordonance", "l'ordonnance", "aujourd’hui", "cardio-vasculère", "zzxqk"))
    assert set(found) == {"ordonance", "cardio-vasculère", "zzxqk"}
    assert "ordonnance" in found["ordonance"]
    assert "cardio-vasculaire" in found["cardio-vasculère"]
    assert await doubts(("/nowhere",), ()) == {}


async def test_words_go_through_the_input_alone(tmp_path: Path) -> None:
    seen, program = tmp_path / "seen", tmp_path / "program"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {seen}; env >> {seen}; echo "@(#) banner"; sed \'s/^.*$/\\& x 1 1: y, z\\n/\'\n'
    )
    program.chmod(0o700)
    found = await doubts((str(program), "-a"), ("dyspnée", "!commande", "vial"))
    assert list(found) == ["dyspnée", "!commande", "vial"]
    assert "dyspn" not in seen.read_text()


async def test_an_answer_that_is_none_is_taken_for_none(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(
        "#!/bin/sh\ncat > /dev/null; printf '@(#) b\\n& a\\n\\n#\\n\\n\\033[2J& b 1 1: \\033[2Jc\\n\\n'\n"
    )
    program.chmod(0o700)
    found = await doubts((str(program),), ("a", "b", "c"))
    assert set(found) <= {"a", "b", "c"}
    assert "\x1b" not in repr(found.values())
    program.write_text("#!/bin/sh\ncat > /dev/null; exit 3\n")
    with pytest.raises(UsageError):
        await doubts((str(program),), ("a",))


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotFound) as failed:
        installed()
    assert "hunspell-fr" in failed.value.render()
    for name in ("hunspell", "aspell"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(NotFound):
        installed((tmp_path,), (tmp_path,))
    (tmp_path / "fr-40.multi").write_text("")
    assert installed((tmp_path,), (tmp_path,))[1:] == ("-a", "--lang=fr", "--encoding=utf-8")
    (tmp_path / "fr_CA.dic").write_text("")
    assert installed((tmp_path,), (tmp_path,))[-2:] == ("-d", "fr_CA")
    (tmp_path / "fr_FR.dic").write_text("")
    assert installed((tmp_path,), (tmp_path,))[-2:] == ("-d", "fr_FR")


def test_words_are_kept_on_disk_only_where_a_file_is_named(tmp_path: Path) -> None:
    KnownWords(None).add("sartan", keep=True)
    path = tmp_path / "mots.txt"
    known = KnownWords(path)
    assert known.words() == frozenset()
    known.add("Sartan", keep=False)
    assert not path.exists()
    known.add("L’INR", keep=True)
    assert known.words() == {"sartan", "l'inr"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KnownWords(path).words() == {"l'inr"}
    (tmp_path / "lien").symlink_to(path)
    with pytest.raises(UsageError, match="dictionnaire du profil"):
        KnownWords(tmp_path / "lien").add("x", keep=True)
    with pytest.raises(UsageError, match="dictionnaire du profil"):
        KnownWords(tmp_path).words()
