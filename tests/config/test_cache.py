"""Who decides where what was read stays."""

from __future__ import annotations

import pytest

from mss_tui.config.load import Wanted, load, load_profile
from mss_tui.errors import ConfigError, UsageError
from mss_tui.model.people import Caching
from tests.config.conftest import GOOD, Write

ENCRYPTED = GOOD.replace("calls =", 'cache = "encrypted"\ncalls =')


def test_memory_is_the_default(write: Write) -> None:
    assert load_profile(write()).caching == Caching()
    assert not Caching().encrypted


def test_a_copy_is_asked_for_with_its_key(write: Write) -> None:
    text = ENCRYPTED.replace("calls =", 'cache_key = { command = ["pass", "mss/copie"] }\ncache_wipe = false\ncalls =')
    assert load_profile(write(text)).caching == Caching(True, False, ("pass", "mss/copie"), wipe=False)
    text = ENCRYPTED.replace("calls =", "cache_key = { keyring = true }\ncalls =")
    assert load_profile(write(text)).caching == Caching(encrypted=True, keyring=True)


def test_no_cache_is_the_command_lines_word_for_one_run(write: Write) -> None:
    assert not load_profile(write(ENCRYPTED), Wanted(cache="memory")).caching.encrypted


def test_the_site_can_forbid_the_copy_and_impose_it(write: Write) -> None:
    sources = write(ENCRYPTED, site='locked = ["cache"]\n[defaults]\ncache = "memory"\n')
    loaded = load(sources)
    assert not loaded.profile.caching.encrypted
    assert dict(loaded.sections)["profiles.garde"]["cache"].ignored
    sources = write(GOOD, site='locked = ["cache", "cache_key"]\n[defaults]\ncache = "encrypted"\n')
    assert load_profile(sources).caching.encrypted
    with pytest.raises(UsageError, match="--no-cache"):
        load_profile(sources, Wanted(cache="memory"))


def test_a_shared_host_keeps_no_copy(write: Write) -> None:
    with pytest.raises(ConfigError, match="poste partagé"):
        load_profile(write(ENCRYPTED.replace("calls =", "shared_host = true\ncalls =")))
    sources = write(ENCRYPTED, site='locked = ["shared_host"]\n[defaults]\nshared_host = true\n')
    with pytest.raises(ConfigError, match="poste partagé"):
        load_profile(sources)
    assert load_profile(sources, Wanted(cache="memory")).shared_host


def test_a_passphrase_in_the_file_is_no_key(write: Write) -> None:
    for wrong in ('cache_key = "phrase"', 'cache_key = { passphrase = "une longue phrase" }', 'cache = "disque"'):
        with pytest.raises(ConfigError):
            load_profile(write(GOOD.replace("calls =", f"{wrong}\ncalls =")))
