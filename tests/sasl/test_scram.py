"""SCRAM without a line: the vectors of the RFCs, and servers that lie."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.adapters.sasl import STRONG
from mss_tui.adapters.scram import MAX_ROUNDS, MECHANISMS, Scram, fingerprint, prepared
from mss_tui.errors import AuthRefused, HostileServer, MssError
from tests.tls.laboratory import Issuer

SHA_1 = (
    "SCRAM-SHA-1",
    "fyko+d2lbbFgONRv9qkxdawL",
    b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
)
"""RFC 5802 §5."""
SHA_256 = (
    "SCRAM-SHA-256",
    "rOprNGfwEbeRWgbNEkqO",
    b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
)
"""RFC 7677 §3."""


@pytest.mark.parametrize("vector", [SHA_1, SHA_256], ids=lambda vector: vector[0])
def test_the_exchanges_of_the_rfcs(vector: tuple[str, str, bytes, bytes, bytes, bytes]) -> None:
    mechanism, nonce, first, server_first, final, server_final = vector
    exchange = Scram(mechanism, "user", "pencil", nonce=nonce)
    assert exchange.first() == first
    assert exchange.answer(server_first) == final
    assert not exchange.verified
    assert exchange.answer(server_final) == b""
    assert exchange.verified


def begun() -> Scram:
    return Scram("SCRAM-SHA-256", "user", "pencil", nonce=SHA_256[1])


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(SHA_256[3].replace(b"i=4096", b"i=4095"), id="so few rounds that the proof gives it away"),
        pytest.param(SHA_256[3].replace(b"i=4096", b"i=%d" % (MAX_ROUNDS + 1)), id="more rounds than we do"),
        pytest.param(SHA_256[3].replace(b"i=4096", b"i=9999999999"), id="rounds without end"),
        pytest.param(SHA_256[3].replace(b"i=4096", b"i=-1"), id="no number"),
        pytest.param(SHA_256[3].replace(b"r=rOpr", b"r=xOpr"), id="an answer to somebody else"),
        pytest.param(b"r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", id="our nonce alone"),
        pytest.param(b"m=new," + SHA_256[3], id="an extension that must be understood"),
        pytest.param(SHA_256[3].replace(b"s=W22Z", b"s=W2!2Z"), id="a salt that is no base64"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_server_that_does_not_behave_gets_no_proof(said: bytes) -> None:
    exchange = begun()
    with pytest.raises(HostileServer, match="interrompue"):
        exchange.answer(said)
    assert not exchange.proved


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"v=" + base64.b64encode(bytes(32)), id="a wrong signature"),
        pytest.param(SHA_256[5][:-4], id="a part of the signature"),
        pytest.param(b"v=", id="no signature"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_server_that_does_not_know_the_password_is_refused(said: bytes) -> None:
    exchange = begun()
    exchange.answer(SHA_256[3])
    with pytest.raises(HostileServer, match="n'a pas prouvé"):
        exchange.answer(said)
    assert not exchange.verified


def test_a_refusal_is_a_refusal_with_the_servers_word() -> None:
    exchange = begun()
    exchange.answer(SHA_256[3])
    with pytest.raises(AuthRefused) as refusal:
        exchange.answer(b"e=invalid-proof")
    assert refusal.value.detail == "invalid-proof"


def test_a_server_that_goes_on_asking_is_refused() -> None:
    exchange = begun()
    for said in (SHA_256[3], SHA_256[5]):
        exchange.answer(said)
    with pytest.raises(HostileServer):
        exchange.answer(SHA_256[5])


def test_the_proof_is_bound_to_the_certificate() -> None:
    exchange = Scram("SCRAM-SHA-256-PLUS", "user", "pencil", b"fingerprint", nonce=SHA_256[1])
    assert exchange.first() == b"p=tls-server-end-point,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    said = exchange.answer(SHA_256[3])
    bound = base64.b64decode(said.partition(b",")[0].removeprefix(b"c="))
    assert bound == b"p=tls-server-end-point,,fingerprint"
    assert said.rpartition(b"p=")[2] != SHA_256[4].rpartition(b"p=")[2]


def test_the_server_can_see_that_its_offer_of_binding_was_taken_out() -> None:
    assert Scram("SCRAM-SHA-256", "user", "pencil", could_bind=True).first().startswith(b"y,,")


def test_the_fingerprint_is_of_the_hash_that_signed() -> None:
    der = Issuer.root("AC DES ESSAIS").der
    assert fingerprint(der) == hashlib.sha256(der).digest()


def test_a_name_keeps_its_commas_and_equal_signs() -> None:
    assert Scram("SCRAM-SHA-256", "a=b,c", "pencil", nonce="n").first() == b"n,,n=a=3Db=2Cc,r=n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("I\u00adX", "IX"), ("user", "user"), ("USER", "USER"), ("\u00aa", "a"), ("\u2168", "IX"), ("a\u00a0b", "a b")],
)
def test_saslprep(text: str, expected: str) -> None:
    """RFC 4013 §3, and a no-break space."""
    assert prepared(text) == expected


@pytest.mark.parametrize("text", ["\u0007", "\u06271", "a\u0627", "\ue000", "\u0221", "\u200e"])
def test_saslprep_forbids(text: str) -> None:
    with pytest.raises(AuthRefused, match="caractère"):
        prepared(text)


@given(st.binary(max_size=300), st.booleans())
def test_whatever_a_server_says_nothing_is_believed(said: bytes, prove: bool) -> None:
    exchange = begun()
    if prove:
        exchange.proved = True
        exchange._expected = bytes(32)
    with pytest.raises(MssError):
        exchange.answer(said)
    assert not exchange.verified


def test_neither_password_nor_proof_is_shown() -> None:
    exchange = begun()
    exchange.answer(SHA_256[3])
    assert "pencil" not in repr(exchange)
    assert "_expected" not in repr(exchange)


def test_what_is_chosen_from_can_be_done() -> None:
    assert tuple(MECHANISMS) == STRONG
