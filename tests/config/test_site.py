"""The layer of the site: what it gives, and what it imposes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mss_tui.config.load import Sources, Wanted, load, load_profile
from mss_tui.config.resolve import Origin
from mss_tui.errors import ConfigError, UsageError
from tests.config.conftest import GOOD, Write


def test_the_user_wins_where_nothing_is_locked(write: Write) -> None:
    profile = load_profile(write(site='[defaults]\ntheme = "light"\nlang = "en"\nca = "/etc/igc.pem"\n'))
    assert (profile.theme, profile.lang) == ("light", "en")
    assert profile.accounts[0].ca is not None
    assert profile.accounts[0].ca.name == "igc.pem"


def test_a_locked_key_is_the_sites_wherever_the_user_says_otherwise(write: Write) -> None:
    sources = write(site='locked = ["ca", "read_only"]\n[defaults]\nca = "/etc/igc.pem"\nread_only = true\n')
    profile = load_profile(sources)
    assert {account.ca for account in profile.accounts} == {Path("/etc/igc.pem")}
    assert profile.read_only


def test_a_lock_on_a_table_holds_all_of_it(write: Write) -> None:
    sources = write(site='locked = ["auth"]\n[defaults]\nauth = { method = "psc", relay = "https://relais.example" }\n')
    auth = load_profile(sources).accounts[1].auth
    assert (auth.method, auth.command) == ("psc", ())


def test_a_lock_without_a_value_imposes_ours(write: Write) -> None:
    sources = write(GOOD.replace("calls =", "read_only = true\ncalls ="), site='locked = ["read_only"]\n')
    assert not load_profile(sources).read_only


def test_the_site_may_impose_the_editor_or_forbid_any(write: Write) -> None:
    own = GOOD.replace("calls =", 'editor = ["vim"]\nexternal_editor = true\ndictionary = "mots"\ncalls =')
    mine = load_profile(write(own))
    assert (mine.editor, mine.external_editor) == (("vim",), True)
    assert mine.dictionary is not None
    assert mine.dictionary.is_absolute()
    site = 'locked = ["editor", "external_editor", "dictionary"]\n[defaults]\neditor = ["rnano", "-s"]\n'
    imposed = load_profile(write(own, site=f"{site}external_editor = false\n"))
    assert (imposed.editor, imposed.external_editor, imposed.dictionary) == (("rnano", "-s"), False, None)


def test_the_directory_can_be_locked(write: Write) -> None:
    sources = write(site='locked = ["directory"]\n[directory]\nfhir = { url = "https://relais.example" }\n')
    directory = load_profile(sources).directory
    assert (directory.fhir_url, directory.key_command) == ("https://relais.example", ())


def test_show_says_where_each_value_comes_from(write: Write) -> None:
    sources = write(site='locked = ["ca"]\n[defaults]\nca = "/etc/igc.pem"\ntheme = "light"\n')
    sections = dict(load(sources, Wanted(lang="en")).sections)
    profile, ehpad = sections["profiles.garde"], sections["accounts.ehpad"]
    assert profile["lang"].origin is Origin.COMMAND_LINE
    assert profile["theme"].origin is Origin.SITE
    assert profile["person.name"].origin is Origin.USER
    assert profile["folder"].origin is Origin.BUILT_IN
    assert (ehpad["ca"].value, ehpad["ca"].imposed, ehpad["ca"].ignored) == ("/etc/igc.pem", True, True)
    assert ehpad["policy"].section == "defaults"


def test_an_option_against_a_lock_is_refused(write: Write) -> None:
    sources = write(site='locked = ["theme"]\n[defaults]\ntheme = "light"\n')
    assert load_profile(sources, Wanted(theme="light")).theme == "light"
    with pytest.raises(UsageError, match=r"« theme » est imposé par le site\. Retirez l'option --theme\."):
        load_profile(sources, Wanted(theme="dark"))


def test_a_lock_on_nothing_we_know_is_refused(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"la clé « locked\.cach » est inconnue\. Vouliez-vous dire « cache »"):
        load_profile(write(site='locked = ["cach"]\n'))


def test_a_site_alone_is_enough(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(GOOD)
    assert load_profile(Sources(tmp_path / "none.toml", tmp_path)).name == "garde"


def test_a_site_may_bring_its_own_policy(write: Write) -> None:
    sources = write(GOOD.replace("sn-hdf", "maison"))
    with pytest.raises(ConfigError, match="maison"):
        load_profile(sources)
