"""Operator policies: the shipped figures of an operator, and what an administrator sets over them (catalogue §8).

A policy file, shipped or the administrator's own, has the same keys, all optional:

    name = "SN-HdF"
    size_basis = "raw"                                        # "raw" or "encoded"
    extra_domains = ["interop-mssante.apicrypt.org"]
    no_reply_mention = true                                   # is it put under the messages of a BAL applicative?
    [figures]
    part_octets = { value = 20_000_000, source = "charte 2" } # or a number alone; "non renseigné" takes one away
    [marks]
    quota_warning_percent = [80, 95]
    [support]
    portal = "https://support.sn-hdf.fr"
    [severities]
    "destinataire.cci" = "confirm"                            # a shipped policy only raises; an administrator may lower
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from mss_tui.config.check import nearest
from mss_tui.config.files import Tables, read_toml
from mss_tui.errors import ConfigError
from mss_tui.model.policy import Figure, Policy, SizeBasis, Support
from mss_tui.model.verdict import Severity
from mss_tui.phrase import Phrase, say
from mss_tui.rules.catalogue import catalogue
from mss_tui.text import clean

POLICIES = ("sn-hdf", "mailiz", "monsisra", "apicrypt-v2", "mon-espace-sante", "generique")
COMMON = "commun"
UNSET = "non renseigné"
ADMINISTRATOR = "administrateur"
MARKS = ("unpublish_warning_days", "delete_warning_days", "quota_warning_percent")
FIGURES = tuple(f.name for f in fields(Policy) if f.type == "Figure")
_MOST = 10**12
_SHIPPED = Path(__file__).parents[1] / "operators"


def load_policy(policy_id: str, site_override: Path | None = None) -> Policy:
    """The policy of an operator, with the administrator's file over it.

    An id that is not shipped is possible where the administrator's file gives its figures.

    Raises:
        ConfigError: no such policy; an unknown key or a wrong value in the administrator's file.
    """
    known = policy_id in POLICIES
    if not known and site_override is None:
        raise ConfigError(
            say("La politique d'opérateur « {id} » n'existe pas.", id=clean(policy_id, 80)),
            remedy=nearest(policy_id, POLICIES),
        )
    policy = _over(Policy(policy_id, clean(policy_id, 80)), _shipped(COMMON), COMMON)
    if known:
        policy = _over(policy, _shipped(policy_id), policy_id)
    if site_override is not None:
        policy = _over(policy, read_toml(site_override), clean(str(site_override)))
    return policy


def _shipped(name: str) -> Tables:
    return tomllib.loads((_SHIPPED / f"{name}.toml").read_text("utf-8"))


def _over(policy: Policy, tables: Tables, file: str) -> Policy:
    """`policy` with what `tables` say."""
    _known_keys(
        tables,
        (
            *("name", "size_basis", "extra_domains", "ca_sha256", "no_reply_mention"),
            *("figures", "marks", "support", "severities"),
        ),
        "",
        file,
    )
    changes: dict[str, Any] = {}
    for key, value in tables.items():
        match key:
            case "name":
                changes["name"] = _text(value, key, file)
            case "size_basis":
                changes["size_basis"] = SizeBasis(_one_of(value, tuple(SizeBasis), key, file))
            case "extra_domains":
                changes["extra_domains"] = tuple(_domain(v, key, file) for v in _list(value, key, file))
            case "ca_sha256":
                changes["ca_sha256"] = tuple(_fingerprint(v, key, file) for v in _list(value, key, file))
            case "no_reply_mention":
                if not isinstance(value, bool):
                    raise _wrong(key, file, say("true ou false"))
                changes["no_reply_mention"] = value
            case "figures":
                _known_keys(_table(value, key, file), FIGURES, key, file)
                changes |= {name: _figure(of, f"{key}.{name}", file) for name, of in value.items()}
            case "marks":
                _known_keys(_table(value, key, file), MARKS, key, file)
                changes |= {name: _marks(of, f"{key}.{name}", file) for name, of in value.items()}
            case "support":
                changes["support"] = _support(_table(value, key, file), file)
            case "severities":
                _known_keys(_table(value, key, file), tuple(catalogue()), key, file)
                words = {rule: _one_of(of, tuple(Severity), f"{key}.{rule}", file) for rule, of in value.items()}
                changes["raised"] = tuple((dict(policy.raised) | words).items())
    return replace(policy, **changes)


def _known_keys(table: Mapping[str, Any], known: tuple[str, ...], path: str, file: str) -> None:
    for name in table:
        if name not in known:
            key = clean(f"{path}.{name}" if path else name, 80)
            raise ConfigError(
                say("Dans « {file} », la clé « {key} » est inconnue.", file=file, key=key), remedy=nearest(name, known)
            )


def _wrong(key: str, file: str, expected: Phrase) -> ConfigError:
    return ConfigError(
        say("Dans « {file} », « {key} » doit être {expected}.", file=file, key=clean(key, 80), expected=expected)
    )


def _table(value: object, key: str, file: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(key, file, say("une table"))
    return value


def _list(value: object, key: str, file: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(key, file, say("une liste"))
    return value


def _text(value: object, key: str, file: str) -> str:
    if not isinstance(value, str) or clean(value, 200) != value:
        raise _wrong(key, file, say("un texte entre guillemets"))
    return value


def _one_of(value: object, known: tuple[str, ...], key: str, file: str) -> str:
    text = _text(value, key, file)
    if text not in known:
        raise _wrong(key, file, say("l'un de : {names}", names=", ".join(known)))
    return text


def _domain(value: object, key: str, file: str) -> str:
    text = _text(value, key, file).lower()
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", text):
        raise _wrong(key, file, say("une liste de domaines"))
    return text


def _fingerprint(value: object, key: str, file: str) -> str:
    text = _text(value, key, file).replace(":", "").lower()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise _wrong(key, file, say("une liste d'empreintes SHA-256"))
    return text


def _number(value: object, key: str, file: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _MOST:
        raise _wrong(key, file, say("un nombre entier positif, ou « {unset} »", unset=UNSET))
    return value


def _figure(value: object, key: str, file: str) -> Figure:
    if value == UNSET:
        return Figure()
    if not isinstance(value, dict):
        return Figure(_number(value, key, file), ADMINISTRATOR)
    _known_keys(value, ("value", "source"), key, file)
    source = _text(value.get("source", ADMINISTRATOR), f"{key}.source", file)
    return Figure(_number(value.get("value"), f"{key}.value", file), source)


def _marks(value: object, key: str, file: str) -> tuple[int, ...]:
    return tuple(sorted(_number(v, key, file) for v in _list(value, key, file)))


def _support(table: dict[str, Any], file: str) -> Support:
    _known_keys(table, tuple(f.name for f in fields(Support)), "support", file)
    values: dict[str, Any] = {}
    for name, value in table.items():
        key = f"support.{name}"
        if name == "days":
            values[name] = tuple(_number(v, key, file) for v in _list(value, key, file))
            if any(day > 7 for day in values[name]):
                raise _wrong(key, file, say("une liste de jours, 1 est lundi et 7 dimanche"))
        else:
            values[name] = _text(value, key, file)
        if name in ("opens", "closes") and not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", values[name]):
            raise _wrong(key, file, say("une heure, comme 08:00"))
    return Support(**values)
