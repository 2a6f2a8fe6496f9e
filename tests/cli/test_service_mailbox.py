"""The whole way, with a real index: the mailbox of a recipient's own service is offered."""

from __future__ import annotations

from tests.cli.conftest import Demo


def test_the_service_of_a_hospital_doctor_is_named(demo: Demo) -> None:
    message = ("--to", "anne.lefebvre@ch-valmarin.demo.mssante.fr", "--subject", "Avis", "--body", "Merci pour tout.")
    verdicts = demo.run("check", "--json", "--explain", *message).document["verdicts"]
    (said,) = (v for v in verdicts if v["rule"] == "destinataire.org-disponible")
    assert said["state"] == "violated"
    assert "cardiologie@ch-valmarin.demo.mssante.fr" in said["message"]
    assert "urgences@" not in said["message"]
