"""Every act of a screen and the command that does the same (command line contract)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TWINS: Mapping[str, str] = MappingProxyType(
    {
        "screen.inbox": "inbox",
        "screen.compose": "send",
        "screen.annuaire": "annuaire search MOT",
        "screen.outbox": "outbox list",
        "screen.status": "status",
        "screen.journal": "journal",
        "screen.help": "help",
        "screen.calls": "config show",
        "main.boxes": "folders",
        "main.new": "send",
        "main.refresh": "inbox",
        "main.undo": "annuler",
        "main.search": "inbox --search MOTS",
        "mail.done": "traiter REF",
        "mail.to-do": "a-traiter REF",
        "mail.delegate": "deleguer REF --a QUI",
        "mail.file": "classer REF --dans DOSSIER",
        "mail.delete": "supprimer REF",
        "mail.move": "deplacer REF --dans DOSSIER",
        "mail.reply": "send --reply REF",
        "mail.reply-all": "send --reply-all REF",
        "mail.forward": "send --forward REF --to ADRESSE",
        "mail.save": "enregistrer REF --vers DOSSIER",
        "mail.seen": "lu REF",
        "mail.follow": "suivi REF",
        "mail.headers": "read REF --json",
        "mail.raw": "read REF --raw",
        "list.open": "read REF",
        "composer.send": "send",
        "composer.check": "check",
        "composer.annuaire": "annuaire search MOT",
        "composer.save": "send --draft",
        "composer.wishes": "send --receipt",
        "composer.attach": "send --attach FICHIER",
        "composer.quote": "send --reply REF",
        "walker.source": "check --explain",
        "reflexes.send": "send",
        "reflexes.yes": "send --confirm RÈGLE",
        "reflexes.reason": "send --confirm RÈGLE=MOTIF",
        "results.to": "send --to ADRESSE",
        "results.cc": "send --cc ADRESSE",
        "results.verify": "annuaire verify ADRESSE",
        "results.detail": "annuaire show ADRESSE",
        "results.patient": "send --to INS@patient.mssante.fr",
    }
)
