"""Every act of a screen and the command that does the same (command line contract)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TWINS: Mapping[str, str] = MappingProxyType(
    {
        "screen.inbox": "inbox",
        "screen.compose": "send",
        "screen.annuaire": "annuaire search MOT",
        "screen.status": "status",
        "screen.journal": "journal",
        "screen.help": "help",
        "screen.calls": "config show",
        "main.boxes": "folders",
        "main.new": "send",
        "main.refresh": "inbox",
        "main.search": "inbox --search MOTS",
        "mail.done": "mark done REF",
        "mail.to-do": "mark todo REF",
        "mail.delegate": "mark delegated REF --to NOM",
        "mail.file": "move REF --into DOSSIER --filed",
        "mail.delete": "delete REF",
        "mail.move": "move REF --into DOSSIER",
        "mail.reply": "send --reply REF",
        "mail.reply-all": "send --reply-all REF",
        "mail.forward": "send --forward REF --to ADRESSE",
        "mail.save": "read REF --save DOSSIER",
        "mail.seen": "mark seen REF",
        "mail.follow": "mark followed REF",
        "mail.headers": "read REF --json",
        "mail.raw": "read REF --raw",
        "list.open": "read REF",
        "composer.send": "send",
        "composer.check": "check",
        "composer.annuaire": "annuaire search MOT",
        "composer.save": "send --draft",
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
