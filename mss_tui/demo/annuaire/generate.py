"""The demo's directory, the same each time: known people, then invented ones from a seed."""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from importlib.resources import files
from typing import Any

from mss_tui.demo.annuaire.people import Box, Directory, Place, Profession, Professional, Structure, finess, rpps

DOMAIN = "demo.mssante.fr"
SEED = 20_261_120
INDEPENDENT, SALARIED = 190, 70
EMPLOYERS = ("SA01", "SA02", "SA08")


def slug(text: str) -> str:
    """`text` as part of an address: ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("Œ", "OE").replace("œ", "oe"))
    ascii_text = plain.encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.replace("'", "")).strip("-")


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("mss_tui.demo.annuaire").joinpath(name).read_text("utf-8"))


class _Maker:
    def __init__(self) -> None:
        self.random = random.Random(SEED)  # noqa: S311 (invented names, no secret)
        self.words = _data("words.toml")
        self.professions = {key: Profession(*values) for key, values in self.words["professions"].items()}
        self.names = {key: text.split() for key, text in self.words["names"].items()}
        self.people: list[Professional] = []
        self.structures: list[tuple[Structure, tuple[Box, ...]]] = []
        self.taken: set[str] = set()

    def structure(self, name: str, sign: str, sector: str, place: Place) -> Structure:
        rank = len(self.structures) + 1
        return Structure(rank, finess(place.postal_code[:2], rank), name, sign, sector, place)

    def person(self, name: list[str], profession: Profession, boxes: tuple[Box, ...]) -> None:
        rank = len(self.people) + 1
        self.taken.update(box.address for box in boxes)
        family, given, civility, title = name
        self.people.append(Professional(rank, rpps(rank), family, given, civility, title, profession, boxes))

    def known(self) -> None:
        data = _data("known.toml")
        by_id: dict[str, Structure] = {}
        for entry in data["structure"]:
            structure = self.structure(entry["name"], entry.get("sign", ""), entry["sector"], Place(*entry["place"]))
            by_id[entry["id"]] = structure
            own = (Box(box[0], "ORG" if len(box) < 3 else box[2], structure, box[1]) for box in entry.get("boxes", ()))
            self.structures.append((structure, tuple(own)))
        for entry in data["person"]:
            hidden = entry.get("red_list", False)
            boxes = []
            for address, *where in entry["boxes"]:
                structure_id, service = (*where, "", "")[:2]
                boxes.append(Box(address, "PER", by_id.get(structure_id), service, red_list=hidden))
            self.person(entry["name"], self.professions[entry["profession"]], tuple(boxes))

    def place(self, town: list[str]) -> Place:
        places = self.words["places"]
        pick = self.random.choice
        return Place(str(self.random.randint(1, 120)), pick(places["kinds"]), pick(places["streets"]), *town)

    def more_structures(self) -> None:
        there = {structure.name for structure, _ in self.structures}
        for town in self.words["places"]["towns"]:
            for name, short, sector, services in self.words["structures"]["kinds"]:
                if name.format(town[1]) in there:
                    continue
                structure = self.structure(name.format(town[1]), "", sector, self.place(town))
                domain = f"{short}-{slug(town[1])}.{DOMAIN}"
                boxes = (
                    Box(f"{slug(service) or 'contact'}@{domain}", "ORG", structure, service) for service in services
                )
                self.structures.append((structure, tuple(boxes)))

    def name(self, profession: Profession) -> list[str]:
        her = self.random.random() < 0.6
        given = self.random.choice(self.names["her" if her else "him"])
        family = self.random.choice(self.names["families"]).replace("~", " ")
        if self.random.random() < 0.3:
            given = given.upper()
        return [family, given, "MME" if her else "M", "DR" if profession.code in ("10", "40") else ""]

    def address(self, name: list[str], domain: str) -> str:
        wanted = f"{slug(name[1])}.{slug(name[0])}"
        address, number = f"{wanted}@{domain}", 1
        while address in self.taken:
            number += 1
            address = f"{wanted}{number}@{domain}"
        return address

    def more_people(self) -> None:
        kinds = list(self.professions.values())
        for _ in range(INDEPENDENT):
            profession = self.random.choice(kinds)
            name = self.name(profession)
            address = self.address(name, f"{self.words['domains'][profession.code]}.{DOMAIN}")
            self.person(name, profession, (Box(address, "PER", digital=self.random.random() < 0.8),))
        employers = [(structure, own) for structure, own in self.structures if structure.sector in EMPLOYERS and own]
        for _ in range(SALARIED):
            profession = self.random.choice(kinds)
            structure, own = self.random.choice(employers)
            name = self.name(profession)
            address = self.address(name, own[0].address.partition("@")[2])
            self.person(name, profession, (Box(address, "PER", structure, self.random.choice(own).service),))


def directory() -> Directory:
    """A few hundred mailboxes: homonyms, double names, accents, shared addresses and a red list among them."""
    maker = _Maker()
    maker.known()
    maker.more_structures()
    maker.more_people()
    return Directory(tuple(maker.people), tuple(maker.structures))
