"""A CDA read: identity worded as the standard allows, missing values in words, every root, every body."""

from __future__ import annotations

import base64
import zlib

import pytest

from mss_tui.documents.cda import read_cda
from mss_tui.documents.facts import claims_pdf_a
from mss_tui.documents.identity import identity_status
from mss_tui.documents.jobs import cda_job
from mss_tui.documents.layout import lay_out
from mss_tui.documents.text import as_text, body, panel, plain_text
from mss_tui.documents.wording import iso, moment
from mss_tui.model.document import Level
from tests.support.xdm import DEMO, PDF, TEST, laboratory, n1, n3, text_body


def status(document: bytes) -> str:
    return str(identity_status(read_cda(document).header.patient))


def test_a_complete_ins_is_declared_qualified_by_the_sender_never_verified() -> None:
    assert status(n3()) == "INS présente, traits complets (déclarée qualifiée par l'émetteur)"
    assert "vérifiée" not in as_text(cda_job(n3(), {}).result().documents[0], 80).replace("empreinte vérifiée", "")


def test_an_ins_without_all_its_traits_says_which() -> None:
    assert status(n3(born='<birthTime nullFlavor="UNK"/>')).endswith("traits incomplets : date de naissance")


@pytest.mark.parametrize(("oid", "badge"), [(TEST, "TEST"), (DEMO, "DEMO")])
def test_test_and_demonstration_identities_carry_a_badge(oid: str, badge: str) -> None:
    assert status(n3(oid=oid)) == f"INS {badge} : ce n'est pas un vrai patient"


def test_no_ins_is_said() -> None:
    assert status(n3(oid="1.2.3")) == "pas d'INS dans ce document"


@pytest.mark.parametrize(
    ("ins", "words"),
    [
        ("279035121518988", "clé de l'INS du document est fausse : 88 au lieu de 89"),
        ("12345", "n'a pas la forme"),
        ("180035121518953", "sexe, année de naissance"),
    ],
)
def test_an_odd_matricule_is_a_warning_never_a_rejection(ins: str, words: str) -> None:
    assert words in " ".join(map(str, read_cda(n3(ins=ins)).warnings))


@pytest.mark.parametrize(
    ("flavor", "words"),
    [("UNK", "inconnu"), ("MSK", "masqué"), ("NASK", "non demandé"), ("ASKU", "demandé, non connu")],
)
def test_what_is_missing_says_why(flavor: str, words: str) -> None:
    document = n3(born=f'<birthTime nullFlavor="{flavor}"/>')
    assert read_cda(document).header.patient.birth_date == words
    assert words in as_text(cda_job(document, {}).result().documents[0], 80)


@pytest.mark.parametrize(
    "wrapper",
    [
        b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">%s</xsl:stylesheet>',
        b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object>%s</ds:Object></ds:Signature>',
    ],
    ids=["auto-présentable", "signed"],
)
def test_the_document_may_stand_inside_another_root(wrapper: bytes) -> None:
    inside = n3().split(b"?>", 1)[1]
    assert read_cda(wrapper % inside).header.title == "CR de biologie"


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15"])
def test_a_level_1_text_is_read_in_its_own_charset(encoding: str) -> None:
    cda = read_cda(n3(body=text_body("Consultation à 25 € : œdème.".encode(encoding))))
    assert cda.header.level is Level.N1
    assert body(cda, 80) == "Consultation à 25 € : œdème."


def test_an_embedded_pdf_comes_out_byte_for_byte() -> None:
    (file,) = read_cda(n1()).embedded
    assert (file.data, file.media_type, plain_text(file)) == (PDF, "application/pdf", None)
    assert claims_pdf_a(file.data) is True
    assert claims_pdf_a(b"%PDF-1.7 <pdfaid:part>3</pdfaid:part>") is False
    assert claims_pdf_a(b"x") is None


def test_a_damaged_embedded_file_is_said_and_the_rest_is_read() -> None:
    cda = read_cda(n1().replace(base64.b64encode(PDF), b"@@@ pas du base 64"))
    assert "est abîmé" in str(cda.warnings[-1])
    assert cda.header.title == "Lettre de liaison"


def media(data: bytes, attributes: str) -> str:
    packed = base64.b64encode(data).decode()
    return (
        '<section><title>Image</title><text><renderMultiMedia referencedObject="IMG1"/></text><entry>'
        f'<observationMedia classCode="OBS" moodCode="EVN" ID="IMG1"><value representation="B64" {attributes}>{packed}'
        "</value></observationMedia></entry></section>"
    )


def test_a_compressed_image_is_inflated_and_named_where_it_stands() -> None:
    deflater = zlib.compressobj(wbits=-15)
    packed = deflater.compress(b"\x89PNG....") + deflater.flush()
    cda = read_cda(n3(media(packed, 'mediaType="image/png" compression="DF"')))
    assert (cda.embedded[0].data, cda.embedded[0].id) == (b"\x89PNG....", "IMG1")
    assert "[Pièce jointe : IMG1]" in lay_out(cda.blocks, 80)


def test_a_compressed_file_that_unpacks_without_end_is_a_fault() -> None:
    deflater = zlib.compressobj(9, wbits=-15)
    packed = deflater.compress(bytes(70_000_000)) + deflater.flush()
    answer = cda_job(n3(media(packed, 'mediaType="image/png" compression="DF"')), {})
    assert "se déploie" in str(answer.what)


def test_hostile_titles_and_names_only_show() -> None:
    document = n3(title="[bold]x&#x9b;31m&#x202e;gnp", name='<family qualifier="BR">VI&#x200b;AL&#x85;</family>')
    text = as_text(cda_job(document, {}).result().documents[0], 80)
    assert all(c == "\n" or c.isprintable() for c in text)
    assert "[bold]x" in text


def test_the_panel_says_who_what_when_and_what_presses_first() -> None:
    (document,) = cda_job(n3(laboratory()), {}).result().documents
    fields = [(str(f.label), str(f.value)) for f in panel(document)]
    assert fields[0] == ("BIO !", "résultat critique : HH (très élevé)")
    assert ("Patient", "VIAL PAULE MARIE") in fields
    assert ("", "né(e) le 28/03/1979 · féminin · à DOMPREMY (51215)") in fields
    assert ("Auteur", "M Marcel CAMPARINI DR · Médecin - Biologie médicale (SM) · Labo BIOSUD") in fields
    assert ("Acte", "19/11/2026 08:00 · Hématologie") in fields
    assert ("Conservé par", "Labo BIOSUD") in fields


@pytest.mark.parametrize(
    ("written", "read", "standard"),
    [
        ("20210409153500+0100", "09/04/2021 15:35", "2021-04-09T15:35:00+01:00"),
        ("202104091535", "09/04/2021 15:35", "2021-04-09T15:35:00"),
        ("20210409", "09/04/2021", "2021-04-09"),
        ("2021", "2021", "2021"),
        ("inconnu", "inconnu", None),
    ],
)
def test_moments_read_in_french_in_their_own_zone(written: str, read: str, standard: str | None) -> None:
    assert (moment(written), iso(written)) == (read, standard)


def test_a_section_without_text_says_so_only_where_something_is_hidden() -> None:
    with_entry = '<section><title>A</title><entry><act classCode="ACT" moodCode="EVN"/></entry></section>'
    assert "(section sans texte)" in lay_out(read_cda(n3(with_entry)).blocks, 80)
    assert "(section sans texte)" not in lay_out(read_cda(n3("<section><title>A</title></section>")).blocks, 80)
