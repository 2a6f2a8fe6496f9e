"""Which part of a message is its text, and which are its attachments: pure functions on the tree of parts."""

from __future__ import annotations

from mss_tui.mime.names import name_for
from mss_tui.model.message import Attachment, Part
from mss_tui.phrase import Phrase, say

MAX_DEPTH = 100
MAX_LISTED = 1_000
"""Attachments that are named, in the order of the parts."""

_TEXTS = ("text/plain", "text/html", "text/enriched", "text/richtext", "text/calendar")
_PREFERENCE = {kind: rank for rank, kind in enumerate(_TEXTS)}
_SIGNATURES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
    }
)


def choose_text(structure: Part) -> Part | None:
    """The part to show as the message's text, None when there is none.

    Of alternatives plain text is preferred, wherever it stands; of a related or signed group its root; of a mixture the
    first text that is not an attachment. A text sent as the only part counts even when it is called an attachment.
    """
    found = _text_in(structure, 0)
    if found is not None:
        return found
    leaves = structure.leaves()
    return leaves[0] if len(leaves) == 1 and leaves[0].type in _TEXTS else None


def _text_in(part: Part, depth: int) -> Part | None:
    if not part.type.startswith("multipart/"):
        return part if _is_text(part) else None
    if depth > MAX_DEPTH or part.type == "multipart/encrypted":
        return None
    if part.type == "multipart/alternative":
        found = [text for child in part.parts if (text := _text_in(child, depth + 1)) is not None]
        return min(found, key=lambda text: (not text.size, _PREFERENCE.get(text.type, len(_TEXTS))), default=None)
    children = _root_first(part) if part.type == "multipart/related" else part.parts
    named = None
    for child in children:
        text = _text_in(child, depth + 1)
        if text is not None and not (child is text and text.name):
            return text
        named = named or text
    return named


def _root_first(part: Part) -> tuple[Part, ...]:
    start = dict(part.parameters).get("start", "").strip("<>")
    root = next((child for child in part.parts if start and child.content_id.strip("<>") == start), None)
    return part.parts if root is None else (root, *(child for child in part.parts if child is not root))


def _is_text(part: Part) -> bool:
    if part.disposition == "attachment":
        return False
    return part.type in _TEXTS or (part.type.startswith("text/") and not part.name)


def alternative_of(structure: Part, chosen: Part) -> Part | None:
    """The HTML text that stands for the same words as `chosen`, None when there is none."""
    return next((leaf for leaf in _twins(structure, chosen) if leaf.type == "text/html"), None)


def _twins(structure: Part, chosen: Part) -> list[Part]:
    """Texts in the same multipart/alternative as `chosen`, one of which was to be shown."""
    stack = [structure]
    while stack:
        part = stack.pop()
        if part.type == "multipart/alternative" and any(leaf is chosen for leaf in part.leaves()):
            return [leaf for leaf in part.leaves() if leaf is not chosen and _is_text(leaf) and not leaf.name]
        stack.extend(part.parts if part.type.startswith("multipart/") else ())
    return []


def attachments(structure: Part) -> tuple[Attachment, ...]:
    """Every part that a reader may save: all but the shown text and its twins; names cleaned and unlike each other.

    A message that its server could not describe (section "") has none: it is read as a whole, which names them.
    `inline` marks what belongs to the text (images of an HTML text, signatures).
    """
    chosen = choose_text(structure)
    hidden = [] if chosen is None else [chosen, *(t for t in _twins(structure, chosen) if t.type != "text/calendar")]
    taken: set[str] = set()
    found: list[Attachment] = []
    for part in structure.leaves():
        if not part.section or any(part is shown for shown in hidden):
            continue
        if len(found) == MAX_LISTED:
            break
        name = name_for(part, taken)
        taken.add(name.casefold())
        inline = part.type in _SIGNATURES or (bool(part.content_id) and part.disposition != "attachment")
        found.append(Attachment(part.section, name, part.type, decoded_size(part), inline))
    return tuple(found)


def decoded_size(part: Part) -> int:
    """The size of a part once decoded, in octets, estimated from its size as encoded (76 characters a line)."""
    return part.size * 57 // 78 if part.encoding.lower() == "base64" else part.size


def structure_notes(structure: Part) -> tuple[Phrase, ...]:
    """What a reader must know of the form of a message: signed, encrypted, in pieces, TNEF."""
    notes: dict[str, Phrase] = {}
    if len(structure.leaves()) > MAX_LISTED:
        notes[""] = say(
            "Seules les {n} premières pièces sont listées ; les autres sont dans la vue brute.", n=MAX_LISTED
        )
    stack = [structure]
    while stack:
        part = stack.pop()
        note = _NOTES.get(part.type)
        if part.type.endswith("pkcs7-mime"):
            kind = dict(part.parameters).get("smime-type", "").lower()
            note = _NOTES["multipart/signed" if kind == "signed-data" else "multipart/encrypted"]
        if part.type == "multipart/signed" and part is not structure:
            note = _NOTES["signed in part"]
        if note is not None:
            notes[note.template] = note
        stack.extend(part.parts if part.type.startswith("multipart/") else ())
    return tuple(notes.values())


_NOTES = {
    "multipart/signed": say("Message signé ; la signature n'est pas vérifiée ici."),
    "signed in part": say(
        "Message signé en partie : rien ne couvre les pièces ajoutées autour ; la signature n'est pas vérifiée ici."
    ),
    "multipart/encrypted": say("Message chiffré : son contenu ne peut pas être lu ici, enregistrez la pièce."),
    "message/partial": say("Morceau d'un message découpé par son expéditeur : demandez-lui le message entier."),
    "message/external-body": say("Le contenu est ailleurs sur le réseau ; mss-tui ne va pas le chercher."),
    "application/ms-tnef": say("Pièces au format d'Outlook (winmail.dat) : demandez à l'expéditeur de les renvoyer."),
    "application/vnd.ms-tnef": say(
        "Pièces au format d'Outlook (winmail.dat) : demandez à l'expéditeur de les renvoyer."
    ),
}
