"""Profiles as people write them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from mss_tui.config.load import Sources, Wanted, load, load_profile, validate
from mss_tui.errors import ConfigError, UsageError
from mss_tui.model.people import Auth, Call, Destination, Endpoint, MailboxType, Person, Security
from tests.config.conftest import GOOD, Write


def test_a_profile_has_its_person_mailboxes_and_servers(write: Write, tmp_path: Path) -> None:
    profile = load_profile(write())
    assert profile.person == Person("Jean MARTIN", "Dr", "10001234567", "Cabinet du Port")
    assert [account.id for account in profile.accounts] == ["dr-martin", "ehpad"]
    assert profile.calls == (Call("Régulation", "15"),)
    ehpad = profile.accounts[1]
    assert ehpad.type is MailboxType.ORG
    assert ehpad.policy.id == "sn-hdf"
    assert ehpad.imap == Endpoint("imap.operateur.example", 143, Security.STARTTLS)
    assert ehpad.sieve == Endpoint("imap.operateur.example", 4190)
    assert ehpad.auth == Auth(command=("pass", "mss/ehpad"))
    assert ehpad.ca == tmp_path / "igc.pem"
    assert profile.directory.fhir_url == "https://annuaire.example/fhir/v2"


def test_an_account_inherits_and_its_own_word_wins(write: Write) -> None:
    martin = load_profile(write()).accounts[0]
    assert martin.address == "jean.martin@medecin.mssante.fr"
    assert martin.imap.host == "imap.operateur.example"
    assert martin.type is MailboxType.PER


def test_defaults_are_weaker_than_what_is_inherited(write: Write) -> None:
    source = GOOD + '\n[profiles.nuit]\ninherits = "garde"\nread_only = true\n'
    profile = load_profile(write(source.replace("[defaults]", '[defaults]\ntheme = "light"')), Wanted(profile="nuit"))
    assert (profile.person.name, profile.read_only, profile.theme) == ("Jean MARTIN", True, "light")


def test_the_command_line_is_stronger_than_the_file(write: Write) -> None:
    wanted = Wanted(folder="Archives", read_only=True, lang="en", theme="dark", account="ehpad")
    profile = load_profile(write(), wanted)
    assert (profile.folder, profile.read_only, profile.lang, profile.theme) == ("Archives", True, "en", "dark")
    assert [account.id for account in profile.accounts] == ["ehpad"]


def test_an_account_is_chosen_by_its_address_too(write: Write) -> None:
    profile = load_profile(write(), Wanted(account="Secretariat@ehpad-tilleuls.mssante.fr"))
    assert [account.id for account in profile.accounts] == ["ehpad"]


def test_leave_is_two_dates(write: Write) -> None:
    text = GOOD.replace("calls =", "leave = { from = 2026-12-24, until = 2026-12-26 }\ncalls =")
    assert load_profile(write(text)).leave == (date(2026, 12, 24), date(2026, 12, 26))


def test_the_state_may_be_elsewhere(write: Write, tmp_path: Path) -> None:
    assert load(write()).state is None
    assert load(write('state = "etat"\n' + GOOD)).state == tmp_path / "etat"
    site = 'locked = ["state"]\nstate = "/var/lib/mss"\n'
    assert load(write('state = "etat"\n' + GOOD, site=site)).state == Path("/var/lib/mss")


def test_the_system_store_is_said_not_assumed(write: Write) -> None:
    assert load_profile(write(GOOD.replace('ca = "igc.pem"', ""))).accounts[1].ca is None
    with pytest.raises(ConfigError, match=r"il manque « accounts\.dr-martin\.ca »"):
        load_profile(write(GOOD.replace('ca = "igc.pem"', "").replace('ca = "system"', "")))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("calls =", "appels =", "la clé « profiles.garde.appels » est inconnue."),
        ("type =", "typ =", "la clé « accounts.ehpad.typ » est inconnue. Vouliez-vous dire « type » ?"),
        ("port = 143", "prot = 143", "la clé « accounts.ehpad.imap.prot » est inconnue. Vouliez-vous dire « port » ?"),
        ("[directory]", "[diretory]", "la clé « diretory » est inconnue. Vouliez-vous dire « directory » ?"),
        ("port = 143", 'port = "143"', "« accounts.ehpad.imap.port » doit être un nombre entier."),
        ("port = 143", "port = true", "« accounts.ehpad.imap.port » doit être un nombre entier."),
        ("port = 143", "port = 70000", "« accounts.ehpad.imap.port » va de 1 à 65535."),
        ('"ORG"', '"BAL"', "« accounts.ehpad.type » ne peut être que PER, ORG, APP, CAB."),
        ('"starttls"', '"none"', "« accounts.ehpad.imap.security » ne peut être que starttls, tls."),
        ("10001234567", "123", "« profiles.garde.person.rpps » n'a pas la forme attendue."),
        ("Régulation", "R\\u001b[31m", "« profiles.garde.calls[1].who » contient un caractère invisible"),
        (', phone = "15"', "", "il manque « profiles.garde.calls[1].phone » : numéro."),
        ("https://annuaire", "http://annuaire", "« directory.fhir.url » n'a pas la forme attendue."),
        ("secretariat@", "secretariat ", "accounts.ehpad.address : « secretariat ehpad-tilleuls.mssante.fr » n'est"),
        ('"dr-martin", "ehpad"', '"dr-martin", "epad"', "qui n'existe pas. Vouliez-vous dire « ehpad » ?"),
        (
            'inherits = "ehpad"',
            'inherits = "epad"',
            "hérite de « epad », qui n'existe pas. Vouliez-vous dire « ehpad »",
        ),
        ('inherits = "ehpad"', 'inherits = "dr-martin"', "« dr-martin » hérite de lui-même"),
        ("[accounts.ehpad]", '[accounts."../x"]', "« accounts.../x » n'est pas un nom possible."),
        ("[defaults]", "[defaults]\nlocked = []", "la clé « defaults.locked » est inconnue."),
        ("[defaults]", "locked = []\n[defaults]", "la clé « locked » est inconnue."),
        ("[defaults]", "[defaults", "n'est pas du TOML valable, ligne 2, colonne 10."),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(write: Write, before: str, after: str, sentence: str) -> None:
    sources = write(GOOD.replace(before, after))
    with pytest.raises(ConfigError) as caught:
        load_profile(sources)
    assert sentence in str(caught.value)
    assert str(sources.user) in str(caught.value) or "hérite" in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        'password = "hunter2-xyz"',
        'mot_de_passe = "hunter2-xyz"',
        'imap_password = "hunter2-xyz"',
        'token = "hunter2-xyz"',
        'auth = { password = "hunter2-xyz" }',
        'auth = { command = ["echo", "hunter2-xyz"] }',
        'auth = { command = ["/usr/bin/printf", "hunter2-xyz"] }',
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_quoted(write: Write, line: str) -> None:
    text = GOOD.replace('auth = { command = ["pass", "mss/ehpad"] }', line)
    with pytest.raises(ConfigError, match="met un secret en clair") as caught:
        load_profile(write(text))
    assert 'command = ["pass", "mss/ehpad"]' in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_wrong_value_is_never_quoted(write: Write) -> None:
    with pytest.raises(ConfigError) as caught:
        load_profile(write(GOOD.replace('auth = { command = ["pass", "mss/ehpad"] }', 'auth = "hunter2-xyz"')))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_refused(write: Write, mode: int) -> None:
    sources = write()
    sources.user.chmod(mode)
    with pytest.raises(ConfigError, match="D'autres que vous peuvent écrire"):
        load_profile(sources)


def test_a_link_is_judged_by_what_it_leads_to(write: Write, tmp_path: Path) -> None:
    sources = write()
    link = tmp_path / "link.toml"
    link.symlink_to(sources.user)
    assert load_profile(Sources(link, sources.site)).name == "garde"
    sources.user.chmod(0o666)
    with pytest.raises(ConfigError, match="D'autres que vous"):
        load_profile(Sources(link, sources.site))


def test_no_configuration_is_said_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Aucune configuration : .* n'existe pas\. Essayez « mss-tui demo »"):
        load_profile(Sources(tmp_path / "none.toml", tmp_path))


def test_a_named_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ne peut pas être lue"):
        load_profile(Sources(tmp_path / "none.toml", tmp_path, named=True))


def test_several_profiles_need_a_word_which(write: Write) -> None:
    text = GOOD + '\n[profiles.nuit]\ninherits = "garde"\n'
    with pytest.raises(ConfigError, match="Choisissez avec --profile : garde, nuit"):
        load_profile(write(text))
    assert load_profile(write('profile = "nuit"\n' + text)).name == "nuit"
    with pytest.raises(ConfigError, match=r"Le profil « nuti » n'existe pas .* Vouliez-vous dire « nuit »"):
        load_profile(write(text), Wanted(profile="nuti"))


def test_a_mailbox_that_the_profile_has_not_is_a_usage_error(write: Write) -> None:
    with pytest.raises(UsageError, match=r"Le profil n'a pas de boîte « x »\. Il a : dr-martin, ehpad"):
        load_profile(write(), Wanted(account="x"))


def test_validate_says_everything_at_once(write: Write) -> None:
    wrong = validate(write(GOOD.replace("type =", "typ =").replace("port = 143", "port = 0")))
    assert len(wrong) == 3
    assert validate(write()) == []


def test_validate_puts_every_profile_together(write: Write) -> None:
    wrong = validate(write(GOOD + '\n[profiles.nuit]\naccounts = ["ehpad"]\n'))
    assert [str(error) for error in wrong] == [
        str(error) for error in wrong if "profiles.nuit.person.name" in str(error)
    ]
    assert len(wrong) == 1


HANDOVER = """handover = [
  { name = "DPI", folder = "entrants", mode = "0640" },
  { name = "Imprimante", command = ["lp", "-d", "accueil"], content = "pdf" },
]
ocr = ["tesseract", "stdin", "stdout", "-l", "fra"]
calls ="""


def test_what_documents_may_be_handed_over_to_is_declared(write: Write, tmp_path: Path) -> None:
    profile = load_profile(write(GOOD.replace("calls =", HANDOVER)))
    assert profile.destinations == (
        Destination("DPI", folder=tmp_path / "entrants", mode=0o640),
        Destination("Imprimante", command=("lp", "-d", "accueil"), content="pdf"),
    )
    assert profile.ocr == ("tesseract", "stdin", "stdout", "-l", "fra")
    assert load_profile(write()).destinations == ()


def test_the_site_may_be_the_only_one_to_declare_them(write: Write) -> None:
    site = 'locked = ["handover", "ocr"]\n[defaults]\nhandover = [{ name = "Site", command = ["lp"] }]\n'
    profile = load_profile(write(GOOD.replace("calls =", HANDOVER), site=site))
    assert [destination.name for destination in profile.destinations] == ["Site"]
    assert profile.ocr == ()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ('{ name = "DPI" }', "handover « DPI » est mal déclaré"),
        ('{ name = "DPI", folder = "a", command = ["lp"] }', "handover « DPI » est mal déclaré"),
        ('{ name = "P", command = ["lp"] }, { name = "p", command = ["lp"] }', "handover « p » est mal déclaré"),
        ('{ name = "DPI", folder = "a", mode = "0999" }', "n'a pas la forme attendue"),
        ('{ name = "DPI", folder = "a", content = "tout" }', "ne peut être que document, pdf, text"),
        ('{ folder = "a" }', "il manque"),
    ],
)
def test_a_destination_is_one_folder_or_one_command_of_its_own_name(write: Write, wrong: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        load_profile(write(GOOD.replace("calls =", f"handover = [{wrong}]\ncalls =")))
