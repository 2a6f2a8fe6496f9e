"""An archive sent by the command line: the rules read it, the X-MSS fields travel, the receiver opens it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Demo
from tests.support.xdm import PDF, laboratory, n1, n3, xdm

SOPHIE = "sophie.petitjean@infirmier.demo.mssante.fr"
SUBJECT = "XDM/1.0/DDM+Lettre de liaison à la sortie d'un établ VIAL PAULE 28/03/1979"


def attached(tmp_path: Path, archive: bytes) -> tuple[str, ...]:
    zipped, copy = tmp_path / "IHE_XDM.ZIP", tmp_path / "20261120_Lettre_VIAL_PAULE.pdf"
    zipped.write_bytes(archive)
    copy.write_bytes(PDF)
    return ("--attach", str(zipped), "--attach", str(copy))


def test_the_rules_read_what_is_attached(demo: Demo, tmp_path: Path) -> None:
    pieces = attached(tmp_path, xdm(n3(laboratory())))
    ran = demo.run("check", "--json", "--to", SOPHIE, "--subject", "Bonjour", "--body", "Voir le document.", *pieces)
    found = {v["rule"]: v for v in ran.document["verdicts"]}
    assert "VIAL PAULE 28/03/1979" in found["pj.xdm-objet"]["message"]
    assert found["contenu.urgence"]["state"] == "violated"


def test_the_x_mss_fields_travel_and_the_receiver_opens_the_archive(demo: Demo, tmp_path: Path) -> None:
    pieces = attached(tmp_path, xdm(n1()))
    written = ("--to", "jean.martin@medecin.demo.mssante.fr", "--subject", SUBJECT, "--body", "La lettre.", *pieces)
    asked = demo.run("check", "--json", *written).document["needs_confirmation"]
    confirmed = [word for rule in asked for word in ("--confirm", f"{rule}=essai")]
    sent = demo.run("send", "--json", *written, *confirmed)
    assert sent.code == 0, (sent.out, sent.err)
    inbox = demo.run("inbox", "--json", "--read-only").document["messages"]
    message = next(m for m in inbox if m["subject"] == SUBJECT)
    assert message["patient"] == {"name": "VIAL PAULE", "ins": None}
    read = demo.run("read", "--json", "--read-only", message["ref"]).document
    headers = {h["name"]: h["value"] for h in read["headers"]}
    assert (headers["x-mss-codecda"], headers["x-mss-ins"]) == ("11490-0", "O")
    part = next(a["part"] for a in read["attachments"] if a["name"] == "IHE_XDM.ZIP")
    saved = demo.run("attachment", message["ref"], part, "--save", str(tmp_path), "--json").document["path"]
    assert demo.run("xdm", "check", saved).code == 0
