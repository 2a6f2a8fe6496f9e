"""What people call professions and specialities, beside the labels of the extraction (TRE_G15, TRE_R38)."""

from __future__ import annotations

from collections.abc import Iterable

NOISE = frozenset(
    str.split("a au aux de des du d en et l la le les ou par sm scd cex pac si qualifie specialiste option")
)
"""Words of the labels that nobody looks for."""

ENDINGS: tuple[tuple[str, str], ...] = (
    ("logie", "logue"),
    ("logie", "logiste"),
    ("iatrie", "iatre"),
    ("stetrique", "stetricien"),
    ("therapeute", "therapie"),
    ("phoniste", "phonie"),
    ("dentiste", "dentaire"),
    ("ticien", "tique"),
    ("icien", "icienne"),
    ("acien", "acienne"),
    ("acien", "acie"),
    ("ier", "iere"),
    ("rgien", "rgienne"),
    ("rgien", "rgie"),
    ("rgie", "rgien"),
    ("masseur", "masseuse"),
    ("aidant", "aidante"),
    ("soignant", "soignante"),
    ("teur", "trice"),
)
"""A word of a label that ends like the left side is also found as the right side."""

NAMES: tuple[tuple[str, str], ...] = (
    ("medecine generale", "generaliste mg"),
    ("medecin", "docteur"),
    ("chirurgien dentiste", "dent"),
    ("infirmier", "ide idel"),
    ("masseur kinesitherapeute", "kine"),
    ("sage femme", "maieuticien sf"),
    ("pedicure podologue", "podo"),
    ("orthophoniste", "ortho"),
    ("manipulateur erm", "manip radio"),
    ("preparateur pharmacie", "pharmacien"),
    ("psychologue", "psy"),
    ("psychiatrie", "psy"),
    ("pedopsychiatrie", "psy"),
    ("psychiatrie enfant", "pedopsychiatre pedopsychiatrie"),
    ("cardiologie", "cardio"),
    ("medecine cardiovasculaire", "cardiologue cardiologie cardio"),
    ("maladies vasculaires", "angiologue angiologie"),
    ("medecine vasculaire", "angiologue angiologie phlebologue"),
    ("anesthesie", "anesthesiste"),
    ("reanimation", "reanimateur rea"),
    ("dermatologie", "dermato"),
    ("endocrinologie", "endocrino diabetologue diabetologie"),
    ("geriatrie", "geriatre gerontologue"),
    ("gynecologie", "gyneco"),
    ("gastro enterologie", "gastro gastroenterologue gastroenterologie"),
    ("hematologie", "hemato"),
    ("hepatologie", "hepatologue"),
    ("nephrologie", "nephro"),
    ("neurologie", "neuro"),
    ("neuro chirurgie", "neurochirurgien neurochirurgie"),
    ("chirurgie orthopedique", "orthopediste orthopedie ortho"),
    ("orthopedie dento faciale", "orthodontiste orthodontie"),
    ("chirurgie urologique", "urologue urologie uro"),
    ("urologie", "uro"),
    ("oncologie", "oncologue onco cancerologue"),
    ("ophtalmologie", "ophtalmo"),
    ("ophtalmo", "ophtalmologue ophtalmologie"),
    ("oto rhino laryngologie", "orl"),
    ("orl", "oto rhino laryngologue"),
    ("pneumologie", "pneumo"),
    ("radio diagnostic", "radiologue radiologie radio"),
    ("radiologie", "radio imagerie"),
    ("radio therapie", "radiotherapeute radiotherapie"),
    ("rhumatologie", "rhumato"),
    ("medecine physique", "mpr reeducateur reeducation"),
    ("medecine urgence", "urgentiste urgences"),
    ("medecine interne", "interniste"),
    ("medecine legale", "legiste"),
    ("maladies infectieuses", "infectiologue infectiologie"),
    ("biologie medicale", "biologiste labo"),
    ("anatomie cytologie", "anatomopathologiste anapath"),
    ("chirurgie", "chir"),
)
"""A label that holds every word of the left side is also found by the words of the right side."""


def also(words: Iterable[str]) -> set[str]:
    """Further words for a label whose folded words are `words`."""
    known = set(words)
    found = {word[: -len(end)] + other for word in known for end, other in ENDINGS if word.endswith(end)}
    for needed, extra in NAMES:
        if known.issuperset(needed.split()):
            found.update(extra.split())
    return found - known
