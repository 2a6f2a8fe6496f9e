"""Extractions of the annuaire and lists of trust-space domains, of any size; everyone in them is invented.

What real files have and code stumbles over is in them: one address on several lines, empty columns, both spellings
of the header, double names, particles, a mailbox without a place, a service without a name.
"""

from __future__ import annotations

import itertools
import random
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

COLUMNS = (
    "Type de BAL",
    "Adresse BAL",
    "Type Identifiant PP",
    "Identifiant PP",
    "Identification nationale PP",
    "Type identifiant structure",
    "Identification Structure",
    "Service de rattachement",
    "Civilité d'exercice",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Catégorie profession",
    "Libellé de catégorie profession",
    "Code Profession",
    "Libellé Profession",
    "Code savoir-faire",
    "Libellé savoir-faire",
    "Dématérialisation",
    "Raison Sociale structure BAL",
    "Enseigne commerciale structure BAL",
    "L2COMPLEMENTLOCALISATION",
    "L3COMPLEMENTDISTRIBUTION",
    "L4NUMEROVOIE",
    "L4COMPLEMENTNUMEROVOIE",
    "NL4TYPEVOIE",
    "L4LIBELLEVOIE",
    "L5LIEUDITMENTION",
    "L6LIGNEACHEMINEMENT",
    "Code postal",
    "Département",
    "Pays",
)


def header(*, suffix: bool = True) -> str:
    """The first line; the last eleven columns bare, or with the suffix that some days have."""
    end = " structure BAL" if suffix else ""
    return "|".join((*COLUMNS[:20], *(name + end for name in COLUMNS[20:])))


@dataclass(frozen=True, slots=True)
class Box:
    """One line of the extraction."""

    address: str
    type: str = "PER"
    family: str = ""
    given: str = ""
    title: str = ""
    rpps: str = ""
    profession: tuple[str, str] = ("", "")
    speciality: tuple[str, str] = ("", "")
    service: str = ""
    finess: str = ""
    structure: str = ""
    sign: str = ""
    street: tuple[str, str, str] = ("", "", "")
    postal_code: str = ""
    town: str = ""
    department: str = ""

    @property
    def line(self) -> str:
        """As it stands in the file, without its line end."""
        number, kind, name = self.street
        return "|".join(
            (
                self.type,
                self.address,
                "8" if self.rpps else "",
                self.rpps,
                "8" + self.rpps if self.rpps else "",
                "1" if self.finess else "",
                self.finess,
                self.service,
                self.title,
                self.family,
                self.given,
                "C" if self.profession[0] else "",
                "Civil" if self.profession[0] else "",
                *self.profession,
                *self.speciality,
                "O" if self.finess else "N",
                self.structure,
                self.sign,
                "",
                "",
                number,
                "",
                kind,
                name,
                "",
                f"{self.postal_code} {self.town}".strip(),
                self.postal_code,
                self.department,
                "France" if self.town else "",
            )
        )


def luhn(digits: str) -> str:
    """`digits` with the key that RPPS and FINESS numbers end with."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


DOCTOR, NURSE, PHARMACIST = ("10", "Médecin"), ("60", "Infirmier"), ("21", "Pharmacien")
MIDWIFE, DENTIST, PHYSIO = ("50", "Sage-Femme"), ("40", "Chirurgien-Dentiste"), ("70", "Masseur-Kinésithérapeute")
GENERAL, CARDIO = ("SM26", "Qualifié en Médecine générale (SM)"), ("SM04", "Cardiologie et Maladies vasculaires (SM)")

PROFESSIONS: tuple[tuple[tuple[str, str], str, int], ...] = (
    (DOCTOR, "medecin", 42),
    (NURSE, "infirmier", 24),
    (PHARMACIST, "pharmacien", 8),
    (PHYSIO, "masseur-kinesitherapeute", 12),
    (DENTIST, "chirurgien-dentiste", 6),
    (MIDWIFE, "sage-femme", 4),
    (("91", "Orthophoniste"), "orthophoniste", 2),
    (("80", "Pédicure-Podologue"), "pedicure-podologue", 2),
    (("93", "Psychologue"), "psychologue", 1),
)
SPECIALITIES: tuple[tuple[tuple[str, str], int], ...] = (
    (GENERAL, 40),
    (("SM54", "Médecine générale (SM)"), 12),
    (CARDIO, 5),
    (("SM42", "Psychiatrie (SM)"), 6),
    (("SM02", "Anesthésie-réanimation (SM)"), 5),
    (("SM40", "Pédiatrie (SM)"), 4),
    (("SM44", "Radio-diagnostic (SM)"), 4),
    (("SM38", "Ophtalmologie (SM)"), 3),
    (("SM08", "Chirurgie orthopédique et Traumatologie (SM)"), 2),
    (("SM15", "Dermatologie et Vénéréologie (SM)"), 2),
    (("SM24", "Gastro-entérologie et Hépatologie (SM)"), 2),
    (("SM20", "Gynécologie-obstétrique (SM)"), 2),
    (("SM32", "Neurologie (SM)"), 2),
    (("SM18", "Gériatrie (SM)"), 2),
    (("SM41", "Pneumologie (SM)"), 2),
    (("SM48", "Rhumatologie (SM)"), 2),
    (("SM39", "Oto-rhino-laryngologie (SM)"), 1),
)
FAMILIES = str.split(
    "MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE LEROY ROUX DAVID "
    "BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT MULLER LEFEVRE FAURE ANDRE MERCIER "
    "BLANC GUERIN BOYER GARNIER CHEVALIER FRANCOIS LEGRAND GAUTHIER GARCIA PERRIN ROBIN CLEMENT MORIN NICOLAS HENRY "
    "ROUSSEL MATHIEU GAUTIER MASSON MARCHAND DUVAL DENIS DUMONT MARIE LEMAIRE NOEL MEYER DUFOUR MEUNIER BRUN BLANCHARD "
    "GIRAUD JOLY RIVIERE LUCAS BRUNET GAILLARD BARBIER ARNAUD MARTINEZ GERARD ROCHE RENARD SCHMITT ROY LEROUX COLIN "
    "VIDAL CARON PICARD ROGER FABRE AUBERT LEMOINE RENAUD DUMAS LACROIX OLIVIER PHILIPPE BOURGEOIS PIERRE BENOIT REY "
    "LECLERC PAYET ROLLAND LECLERCQ GUILLAUME LECOMTE LOPEZ JEAN DUPUY GUILLOT HUBERT BERGER CARPENTIER SANCHEZ DUPUIS "
    "MOULIN LOUIS DESCHAMPS HUET VASSEUR PEREZ BOUCHER FLEURY ROYER KLEIN JACQUET ADAM PARIS POIRIER MARTY AUBRY GUYOT "
    "NGUYEN TRAN LE BENALI HADDAD TRAORE DIALLO FERNANDES"
)
PARTICLED = ("DE LA FONTAINE", "LE GOFF", "LE ROY", "D'ORMESSON", "DU BOIS", "SAINT MARTIN", "DE VILLIERS", "L'HOSTIS")
GIVEN = str.split(
    "MARIE JEAN ANNE PIERRE SOPHIE PHILIPPE NATHALIE MICHEL ISABELLE ALAIN CATHERINE PATRICK SYLVIE NICOLAS VALERIE "
    "CHRISTOPHE SANDRINE LAURENT CAROLINE THOMAS CELINE JULIEN CAMILLE ALEXANDRE PAULINE ANTOINE CLAIRE MATHIEU "
    "JULIE FRANCOIS LAURE OLIVIER VIRGINIE STEPHANE EMILIE DAVID CHARLOTTE GUILLAUME MATHILDE VINCENT LUCIE PAUL "
    "ALICE HUGO LOUIS EMMA LEA MANON CHLOE SARAH ARTHUR JULES GABRIEL RAPHAEL ADAM MOHAMED KARIM FATIMA YASMINE THI "
    "BENEDICTE HELENE JEAN-LUC JEAN-PIERRE ANNE-SOPHIE MARIE-CLAUDE PIERRE-YVES Benoît Hélène Zoé ÉLODIE"
)
TOWNS: tuple[tuple[str, str, str], ...] = (
    ("69003", "LYON 03", "Rhône"),
    ("69310", "PIERRE BENITE", "Rhône"),
    ("69100", "VILLEURBANNE", "Rhône"),
    ("75012", "PARIS 12", "Paris"),
    ("75015", "PARIS 15", "Paris"),
    ("13005", "MARSEILLE 05", "Bouches-du-Rhône"),
    ("31000", "TOULOUSE", "Haute-Garonne"),
    ("33000", "BORDEAUX CEDEX", "Gironde"),
    ("44000", "NANTES", "Loire-Atlantique"),
    ("54000", "NANCY", "Meurthe-et-Moselle"),
    ("59000", "LILLE", "Nord"),
    ("62100", "CALAIS", "Pas-de-Calais"),
    ("67000", "STRASBOURG", "Bas-Rhin"),
    ("34000", "MONTPELLIER", "Hérault"),
    ("06000", "NICE", "Alpes-Maritimes"),
    ("35000", "RENNES", "Ille-et-Vilaine"),
    ("29200", "BREST", "Finistère"),
    ("20000", "AJACCIO", "Corse-du-Sud"),
    ("97400", "ST DENIS", "La Réunion"),
    ("42000", "ST ETIENNE", "Loire"),
)
SERVICES = str.split(
    "Cardiologie,Secrétariat médical,Urgences,Pharmacie à usage intérieur,Laboratoire,Imagerie médicale,Accueil,"
    "Gériatrie,Pédiatrie,Chirurgie ambulatoire,Hospitalisation à domicile,Réanimation,Consultations externes",
    ",",
)
_START = str.split(
    "ba be bo bou bra bri ca cha che co cou da de di du fa fe fi flo fra ga ge gi gou gra ha he jo la lan le"
)
_START += str.split("li lo ma mar me mi mo mon na ni no pa pe pi po pou ra re ri ro rou sa se si so ta te ti to tru")
_START += ["va", "ve", "vi", "vil"]
_MIDDLE = str.split(
    "ba ber cel co da del di du fa fi ga gu la lan li lo ma mi mo na ne ni no pa qui ra ri ro sa si ta ti va vi"
)
_END = str.split("ain and ard at aud aux ay eau el en er et ez ier in iot is ix oir ois on ot oux ut uy y")


def _names(rng: random.Random, known_names: Iterable[str], count: int) -> list[str]:
    """Distinct names, the common ones first."""
    known = dict.fromkeys(known_names)
    while len(known) < count:
        middle = "".join(rng.choice(_MIDDLE) for _ in range(rng.choice((0, 1, 1, 2))))
        known["".join((rng.choice(_START), middle, rng.choice(_END))).upper()] = None
    return list(known)


def _towns(rng: random.Random, count: int) -> list[tuple[str, str, str]]:
    found = list(TOWNS)
    while len(found) < count:
        postal, _, department = rng.choice(TOWNS)
        form = rng.choice(("{0}", "SAINT {0}", "STE {0}", "{0} SUR {1}", "{0} LES {1}"))
        name = form.format(rng.choice(_START) + rng.choice(_END), rng.choice(_START) + rng.choice(_END)).upper()
        found.append((f"{postal[:2]}{rng.randrange(1000):03d}", name, department))
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    finess: str
    name: str
    sign: str
    domain: str
    street: tuple[str, str, str]
    town: tuple[str, str, str]


_PLACES = (
    ("CENTRE HOSPITALIER DE {town}", 4),
    ("CHU DE {town} - SITE {name}", 2),
    ("CLINIQUE SAINT {given}", 4),
    ("EHPAD LES {name}S", 12),
    ("EHPAD RESIDENCE {name}", 8),
    ("CABINET MEDICAL {name}", 30),
    ("CABINET DU DR {name}", 40),
    ("PHARMACIE {name}", 25),
    ("LABORATOIRE {name}", 6),
    ("MAISON DE SANTE DE {town}", 10),
    ("SSIAD DE {town}", 3),
)


def _places(rng: random.Random, count: int, families: list[str]) -> list[_Place]:
    forms = [form for form, _ in _PLACES]
    weights = [weight for _, weight in _PLACES]
    towns = _towns(rng, max(20, count // 6))
    places = []
    for number in range(count):
        town = rng.choice(towns)
        bare = town[1].split(" 0")[0].removesuffix(" CEDEX")
        form = rng.choices(forms, weights)[0]
        name = form.format(town=bare, name=rng.choice(families), given=rng.choice(GIVEN).upper())
        places.append(
            _Place(
                luhn(f"{town[0][:2]}{number % 1_000_000:06d}"),
                name,
                name.title() if number % 7 == 0 else "",
                "-".join(name.lower().replace("'", " ").split()[:3]),
                (str(rng.randrange(1, 200)), rng.choice(("RUE", "AV", "BD")), f"DE {rng.choice(families)}"),
                town,
            )
        )
    return places


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _skewed(rng: random.Random, size: int) -> int:
    """A position, the first ones much more often (names are like that)."""
    return int(size ** rng.random()) - 1 if rng.random() < 0.7 else rng.randrange(size)


def boxes(rows: int, seed: int = 1) -> Iterator[Box]:
    """`rows` mailboxes; the same ones for the same `rows` and `seed`."""
    rng = random.Random(seed)
    families = _names(rng, FAMILIES, min(max(200, rows // 4), 110_000))
    givens = _names(rng, GIVEN, min(max(100, rows // 40), 6_000))
    places = _places(rng, max(30, rows // 7), families)
    kinds = [weight for _, _, weight in PROFESSIONS]
    skills = [weight for _, weight in SPECIALITIES]
    before: Box | None = None
    for number in range(rows):
        if before is not None and number % 3000 == 1:
            yield replace(before, service=before.service + " bis")
            continue
        place = places[_skewed(rng, len(places))]
        located: dict[str, object] = {
            "finess": place.finess,
            "structure": place.name,
            "sign": place.sign,
            "street": place.street,
            "postal_code": place.town[0],
            "town": place.town[1],
            "department": place.town[2],
        }
        if rng.random() < 0.15:
            service = rng.choice(SERVICES)
            local = _ascii(service.lower().replace(" ", "-"))
            before = Box(f"{local}.{number}@{place.domain}.mssante.fr", "ORG", service=service, **located)  # type: ignore[arg-type]
        else:
            family = families[_skewed(rng, len(families))]
            dice = rng.random()
            if dice < 0.06:
                family = f"{family}-{families[_skewed(rng, len(families))]}"
            elif dice < 0.08:
                family = rng.choice(PARTICLED)
            given = givens[_skewed(rng, len(givens))]
            profession, domain, _ = rng.choices(PROFESSIONS, kinds)[0]
            speciality = rng.choices(SPECIALITIES, skills)[0][0] if profession is DOCTOR else ("", "")
            local = _ascii(f"{given}.{family}".lower().replace(" ", "-").replace("'", ""))
            liberal = rng.random() < 0.5
            before = Box(
                f"{local}.{number}@{domain if liberal else place.domain}.mssante.fr",
                family=family,
                given=given,
                title="DR" if profession is DOCTOR and rng.random() < 0.8 else "",
                rpps=luhn(f"10{number * 1861 % 100_000_000:08d}"),
                profession=profession,
                speciality=speciality,
                **({} if liberal and rng.random() < 0.6 else located),  # type: ignore[arg-type]
            )
        yield before


def write(
    path: Path,
    lines: Iterable[Box | str],
    *,
    suffix: bool = True,
    bom: bool = False,
    end: str = "\n",
    member: str = "Extraction_Correspondance_MSSante_202611190500.txt",
) -> Path:
    """Write an extraction, as text or (by the name of `path`) as the zip that the ANS serves."""
    target = path.with_suffix(".txt.tmp") if path.suffix == ".zip" else path
    with target.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as stream:
        stream.write(header(suffix=suffix) + end)
        stream.writelines((line if isinstance(line, str) else line.line) + end for line in lines)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(target, member)
        target.unlink()
    return path


_DOMAIN = """<Domaine><Nom>{name}</Nom><Description>{what}</Description><DNCertificatOperateur>\
CN={host},OU={unit},O={who},ST=Rhône (69),C=FR</DNCertificatOperateur>\
<ResponsableContact>responsable@{name}</ResponsableContact>\
<SupportContact>support@{name}</SupportContact><DateMAJ>2026-11-18</DateMAJ></Domaine>"""


def white_list(domains: Iterable[tuple[str, str]], at: str = "2026-11-19T03:00:00+01:00") -> bytes:
    """A `listeblanchemssante.xml` of (domain, operator) pairs."""
    entries = "\n".join(
        _DOMAIN.format(name=name, what=f"Domaine {name}", host="mss.exemple", unit="MSS", who=operator)
        for name, operator in domains
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListeBlanche xmlns="https://listeblanche.mssante.fr/schema">'
        f"<DateDeGeneration>{at}</DateDeGeneration>\n{entries}\n</ListeBlanche>\n"
    ).encode()


def domains(count: int) -> Iterator[tuple[str, str]]:
    """`count` domains of about `count` / 27 operators (321 for 8 655), some with letters outside ASCII."""
    for number in itertools.islice(itertools.count(), count):
        name = f"hôpital-{number}" if number % 500 == 3 else f"structure-{number}"
        yield f"{name}.mssante.fr", f"Opérateur {number % max(1, count // 27)}"
