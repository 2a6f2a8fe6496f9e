"""Operator policies: what ships, and what an administrator may say over it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from mss_tui.config.policies import FIGURES, POLICIES, load_policy
from mss_tui.errors import ConfigError
from mss_tui.model.policy import Policy, SizeBasis


def site(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "politique.toml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return path


def test_sn_hdf_has_the_figures_of_the_charter() -> None:
    policy = load_policy("sn-hdf")
    figures = {name: (getattr(policy, name).value, getattr(policy, name).source) for name in FIGURES}
    assert figures == {
        "part_octets": (20_000_000, "charte 2"),
        "message_octets": (60_000_000, "charte 2"),
        "mailbox_octets": (60_000_000, "charte 4"),
        "patient_message_octets": (25_000_000, "ref2, Mon espace santé"),
        "handling_hours": (72, "charte 3"),
        "handling_warning_hours": (48, "choix du produit"),
        "retention_months": (3, "charte 4"),
        "retention_warning_days": (14, "choix du produit"),
        "unpublish_days": (60, "charte 4"),
        "delete_years": (1, "charte 4"),
        "many_recipients": (3, "choix du produit"),
        "many_copies": (3, "choix du produit"),
        "remember_days": (30, "choix du produit"),
    }
    assert (policy.support.phone, policy.support.portal) == ("0 970 201 301", "https://support.sn-hdf.fr")
    assert (policy.support.days, policy.support.opens, policy.support.closes) == ((1, 2, 3, 4, 5), "08:00", "18:00")


@pytest.mark.parametrize("policy_id", POLICIES)
def test_every_shipped_figure_says_where_it_comes_from(policy_id: str) -> None:
    policy = load_policy(policy_id)
    for name in FIGURES:
        figure = getattr(policy, name)
        assert (figure.value is None) == (figure.source == ""), name
    assert policy.name
    assert policy.raised == ()


def test_the_generic_policy_knows_only_what_the_faq_says() -> None:
    policy = load_policy("generique")
    assert (policy.unpublish_days.value, policy.delete_years.value) == (60, 1)
    unset = ("part_octets", "message_octets", "mailbox_octets", "handling_hours", "retention_months")
    assert all(getattr(policy, name).value is None for name in unset)


def test_figures_are_all_of_the_policy_s_figures() -> None:
    assert set(FIGURES) == {f.name for f in fields(Policy) if "Figure" in str(f.type)}


def test_an_administrator_sets_figures_severities_and_support(tmp_path: Path) -> None:
    path = site(
        tmp_path,
        """
        size_basis = "encoded"
        [figures]
        message_octets = 30_000_000
        mailbox_octets = "non renseigné"
        handling_hours = { value = 48, source = "note de service 12" }
        [marks]
        quota_warning_percent = [90, 70]
        [severities]
        "destinataire.cci" = "confirm"
        "objet.vague" = "info"
        [support]
        phone = "01 02 03 04 05"
        """,
    )
    policy = load_policy("sn-hdf", path)
    assert (policy.message_octets.value, policy.message_octets.source) == (30_000_000, "administrateur")
    assert policy.mailbox_octets.value is None
    assert (policy.handling_hours.value, policy.handling_hours.source) == (48, "note de service 12")
    assert policy.size_basis is SizeBasis.ENCODED
    assert policy.quota_warning_percent == (70, 90)
    assert dict(policy.raised) == {"destinataire.cci": "confirm", "objet.vague": "info"}
    assert policy.part_octets.value == 20_000_000
    assert policy.support.phone == "01 02 03 04 05"


def test_an_administrator_may_leave_the_no_reply_mention_out(tmp_path: Path) -> None:
    assert load_policy("sn-hdf").no_reply_mention
    assert not load_policy("sn-hdf", site(tmp_path, "no_reply_mention = false\n")).no_reply_mention
    with pytest.raises(ConfigError, match="true ou false"):
        load_policy("sn-hdf", site(tmp_path, 'no_reply_mention = "non"\n'))


def test_an_operator_that_is_not_shipped_is_possible_with_a_file(tmp_path: Path) -> None:
    policy = load_policy("mon-operateur", site(tmp_path, 'name = "Mon opérateur"\n[figures]\nunpublish_days = 90\n'))
    assert (policy.id, policy.name, policy.unpublish_days.value) == ("mon-operateur", "Mon opérateur", 90)
    assert policy.message_octets.value is None


def test_an_unknown_policy_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="sn-hdf"):
        load_policy("sn-hfd")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[figures]\nmesage_octets = 1\n", "message_octets"),
        ("[figure]\n", "figures"),
        ('[severities]\n"destinataire.cc" = "warn"\n', "destinataire.cci"),
        ('[severities]\n"destinataire.cci" = "bloc"\n', "block"),
        ("[figures]\nmessage_octets = -1\n", "positif"),
        ("[figures]\nmessage_octets = true\n", "positif"),
        ('[figures]\nmessage_octets = "beaucoup"\n', "positif"),
        ("[figures.message_octets]\nvalue = 3\nsourc = 'x'\n", "source"),
        ("figures = 3\n", "table"),
        ("[marks]\nquota_warning_percent = 80\n", "liste"),
        ('size_basis = "brut"\n', "raw"),
        ('extra_domains = ["pas un domaine"]\n', "domaines"),
        ("[support]\ndays = [8]\n", "lundi"),
        ('[support]\nopens = "8h"\n', "08:00"),
        ("name = 3\n", "texte"),
    ],
)
def test_a_mistake_in_the_administrator_s_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = site(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        load_policy("sn-hdf", path)
    assert said in str(refused.value)
    assert "politique.toml" in str(refused.value)
