"""Answers of an authority, damaged in every way: nothing but the truth, or nothing, is believed."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.adapters.tls_answers import Said, Unusable, from_list, from_ocsp
from tests.tls.laboratory import NOW, Issued, Issuer
from tests.tls.registry import says

ROOT = Issuer.root("AC DES ESSAIS")
ISSUED = ROOT.issue()
OTHER = ROOT.issue()
DELEGATE = ROOT.issue(names=(), usage=ExtendedKeyUsageOID.OCSP_SIGNING)
ANSWERS = {
    "good": says(ISSUED),
    "revoked": says(ISSUED, status=OCSPCertStatus.REVOKED),
    "delegated": says(ISSUED, status=OCSPCertStatus.REVOKED, delegate=DELEGATE),
}
LISTS = {
    "good": ROOT.list(OTHER).public_bytes(Encoding.DER),
    "revoked": ROOT.list(ISSUED, OTHER).public_bytes(Encoding.DER),
    "pem": ROOT.list(ISSUED).public_bytes(Encoding.PEM),
}


def read(kind: str, data: bytes, issued: Issued = ISSUED) -> Said | None:
    """What is believed; None for nothing."""
    reads = from_ocsp if kind == "ocsp" else from_list
    try:
        return reads(data, issued.certificate, ROOT.certificate, NOW)
    except Unusable:
        return None


def whole(kind: str, name: str) -> tuple[bytes, Said]:
    data = (ANSWERS if kind == "ocsp" else LISTS)[name]
    said = read(kind, data)
    assert said is not None
    return data, said


KINDS = st.sampled_from([("ocsp", name) for name in ANSWERS] + [("list", name) for name in LISTS])


@given(KINDS, st.data())
def test_a_changed_octet_changes_no_word(which: tuple[str, str], draw: st.DataObject) -> None:
    data, said = whole(*which)
    at = draw.draw(st.integers(0, len(data) - 1))
    octet = draw.draw(st.integers(0, 255))
    found = read(which[0], data[:at] + bytes([octet]) + data[at + 1 :])
    assert found in (None, said)


@given(KINDS, st.data())
def test_half_an_answer_is_none(which: tuple[str, str], draw: st.DataObject) -> None:
    data, said = whole(*which)
    cut = data[: draw.draw(st.integers(0, len(data) - 1))]
    assert read(which[0], cut) in (None, said)  # a PEM block without its last line end is whole


@given(st.sampled_from(["ocsp", "list"]), st.binary(max_size=400))
def test_rubbish_is_none(kind: str, data: bytes) -> None:
    assert read(kind, data) is None


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_about_one_certificate(name: str) -> None:
    assert read("ocsp", ANSWERS[name], OTHER) is None


def test_a_list_is_about_all_of_its_authority() -> None:
    assert [read("list", LISTS[name]).revoked for name in LISTS] == [False, True, True]  # type: ignore[union-attr]
    assert read("list", LISTS["good"], OTHER).revoked  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "extension",
    [
        pytest.param(x509.DeltaCRLIndicator(1), id="a delta"),
        pytest.param(
            x509.IssuingDistributionPoint(None, None, False, True, None, False, False), id="for authorities alone"
        ),
        pytest.param(x509.IssuingDistributionPoint(None, None, False, False, None, True, False), id="indirect"),
    ],
)
def test_a_part_of_a_list_is_none(extension: x509.ExtensionType) -> None:
    whole = ROOT.list()
    builder = x509.CertificateRevocationListBuilder().issuer_name(whole.issuer)
    builder = builder.last_update(whole.last_update_utc).next_update(whole.next_update_utc)  # type: ignore[arg-type]
    for one in whole.extensions:
        builder = builder.add_extension(one.value, one.critical)
    part = builder.add_extension(extension, critical=True).sign(ROOT.key, whole.signature_hash_algorithm)  # type: ignore[arg-type]
    assert read("list", part.public_bytes(Encoding.DER)) is None
