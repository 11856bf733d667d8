"""What a row says against itself: a rate of nothing, homes too large for their number, a fee where nobody
manages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.city.columns import Column
from sim.city.notes import Note
from sim.city.rows import LARGE, SMALL, base_of
from sim.city.vocabulary import bare, blank_word, meaning_of, pattern, plain, vocabulary
from sim.text import Message, message

if TYPE_CHECKING:
    from sim.city.reading import Reading

Facts = dict[str, Any]
LEAST_FLAT, MOST_FLAT = 10.0, 1_000.0  # m2 of floor a household, over all of an estate
MOST_PARKING = 5.0  # spaces a household
COLLECTION = "collection"


def check_rows(
    reading: Reading,
    kept: Mapping[int, Facts],
    first_of: Mapping[str, Column],
    told: frozenset[tuple[int, str]],
) -> None:
    """Blank what contradicts the rest of its row, and say what is unusual; what the mapping told is left
    alone."""
    check = _Check(reading, kept, first_of, told)
    check.rates()
    check.sizes()
    check.areas()
    check.buildings()
    check.parking()
    check.remarks()
    check.companies()
    check.parts()


class _Check:
    def __init__(
        self,
        reading: Reading,
        kept: Mapping[int, Facts],
        first_of: Mapping[str, Column],
        told: frozenset[tuple[int, str]],
    ) -> None:
        self.reading, self.kept, self.first_of, self.told = reading, kept, first_of, told
        self.rate_columns = [one for one in reading.columns if one.means == COLLECTION]

    def note(self, row: int, column: Column, verdict: Any, why: Message, code: str, made: str = "") -> None:
        """Say something of a cell."""
        found = self.reading.table.sheet.cell(row, column.place).text.strip()
        self.reading.notes.append(Note(row, column.place, column.heading, found, verdict, why, made, code))

    def _rates_of(self, facts: Facts) -> dict[str, Column]:
        """Keys of the collection rates of a row with their columns."""
        found = {}
        for column in self.rate_columns:
            period = facts.get("period")
            keys = [column.key]
            if column.year is None:
                keys += [key for key in facts if re.fullmatch(r"collection_\d{4}", key)]
                keys += [f"{COLLECTION}_{period[0]}"] if period else []
            for key in keys:
                if key in facts:
                    found[key] = column
        return found

    def rates(self) -> None:
        """Rates of rows in another unit than their columns, and rates of nothing."""
        for row, facts in self.kept.items():
            misfits = {key for key in facts.get("misfits", ()) if key.startswith(COLLECTION)}
            rates = {
                key: column
                for key, column in self._rates_of(facts).items()
                if (row, column.key) not in self.told
            }
            if len(misfits) > len(rates) and rates:
                for key, column in rates.items():
                    del facts[key]
                    self.note(row, column, "blank", message("city.check.row_of_misfits"), "row_of_misfits")
                continue
            zeros = {key: column for key, column in rates.items() if facts[key] == 0}
            for key, column in zeros.items():
                why = self._why_zero(facts, key, len(zeros) == len(rates))
                del facts[key]
                self.note(row, column, "blank", why, "zero_rate")
            whole = [column for key, column in rates.items() if facts.get(key) == 1]
            if len(whole) > 1 and len(whole) == len(rates):
                self.note(row, whole[0], "doubtful", message("city.check.always_all"), "always_all")

    def _why_zero(self, facts: Facts, key: str, all_zero: bool) -> Message:
        billed = facts.get(key.replace(COLLECTION, "billed", 1))
        if any(pattern("rows", "not_reported").search(plain(clause)) for clause in _clauses(facts)):
            return message("city.check.zero_not_reported")
        if facts.get("fee") is False or billed == 0:
            return message("city.check.zero_not_billed")
        return message("city.check.zero_always" if all_zero else "city.check.zero_once")

    def sizes(self) -> None:
        """Very small and very large numbers of households."""
        column = self.first_of.get("households")
        if column is None:
            return
        for row, facts in self.kept.items():
            number = facts.get("households", SMALL)
            if number < SMALL:
                self.note(
                    row, column, "doubtful", message("city.check.small", least=SMALL), "small", str(number)
                )
            elif number > LARGE:
                self.note(
                    row,
                    column,
                    "doubtful",
                    message("city.check.large", most=f"{LARGE:,}"),
                    "large",
                    str(number),
                )

    def areas(self) -> None:
        """Floor areas that would make homes of no possible size."""
        column = self.first_of.get("floor_area")
        if column is None:
            return
        for row, facts in self.kept.items():
            if "floor_area" not in facts or not facts.get("households") or (row, "floor_area") in self.told:
                continue
            each = facts["floor_area"] / facts["households"]
            if not LEAST_FLAT <= each <= MOST_FLAT:
                del facts["floor_area"]
                why = message(
                    "city.check.flat_area",
                    each=f"{each:,.3g}",
                    least=f"{LEAST_FLAT:g}",
                    most=f"{MOST_FLAT:,.0f}",
                )
                self.note(row, column, "blank", why, "flat_area")

    def buildings(self) -> None:
        """Numbers of buildings that the households cannot fill."""
        buildings = self.first_of.get("buildings")
        for row, facts in self.kept.items():
            number = facts.get("buildings")
            if buildings is None or number is None or not facts.get("households"):
                continue
            if number == 0 or number > facts["households"]:
                del facts["buildings"]
                self.note(row, buildings, "blank", message("city.check.buildings"), "buildings")

    def parking(self) -> None:
        """Parking spaces that no estate has."""
        columns = [one for one in self.reading.columns if one.means == "parking"]
        for row, facts in self.kept.items():
            unread = facts.pop("parking_unread", False)
            number = facts.get("parking")
            if unread:
                facts.pop("parking", None)
            elif (
                number is not None
                and facts.get("households")
                and number > MOST_PARKING * max(facts["households"], 2)
            ):
                del facts["parking"]
                worst = max(columns, key=lambda one: self._number_at(row, one))
                why = message("city.check.parking", each=f"{number / facts['households']:.0f}")
                self.note(row, worst, "blank", why, "parking")

    def _number_at(self, row: int, column: Column) -> float:
        found = re.sub(r"[^\d.]", "", plain(self.reading.table.sheet.cell(row, column.place).text))
        return float(found) if re.fullmatch(r"\d+(\.\d+)?", found) else 0.0

    def remarks(self) -> None:
        """Modes and missing fees that only a remark says."""
        column = self.first_of.get("remark")
        if column is None:
            return
        for row, facts in self.kept.items():
            modes = {
                meaning_of("mode")[clause]
                for clause in _clauses(facts)
                if meaning_of("mode").get(clause, "unclear") != "unclear"
            }
            if len(modes) == 1 and "mode" not in facts and "company" not in facts:
                facts["mode"] = modes.pop()
                self.note(
                    row,
                    column,
                    "doubtful",
                    message("city.check.mode_of_remark"),
                    "mode_of_remark",
                    facts["mode"],
                )
            if any(blank_word(clause) == "not_charged" for clause in _clauses(facts)) and "fee" not in facts:
                facts["fee"] = False
                self.note(row, column, "doubtful", message("city.check.fee_of_remark"), "fee_of_remark")

    def companies(self) -> None:
        """Companies in the words of the table apart from modes that stand in their column, and developers
        among them."""
        column = self.first_of.get("company")
        if column is None:
            return
        developers = {bare(word) for word in vocabulary()["developer"]["headings"]}
        other = next((one for one in self.reading.columns if bare(one.heading) in developers), None)
        for row, facts in self.kept.items():
            if "company" not in facts:
                continue
            name, mode = facts.pop("company")
            if (
                name
                and other is not None
                and plain(name) == plain(self.reading.table.sheet.cell(row, other.place).text)
            ):
                self.note(row, column, "blank", message("city.company.developer"), "company_developer")
                continue
            if name:
                facts["company"] = name
                known = facts.get("mode")
                if known in ("none", "self", "cleaning", "unit"):
                    self.note(
                        row,
                        column,
                        "doubtful",
                        message("city.check.company_without", mode=known),
                        "company_without",
                        name,
                    )
            elif "mode" not in facts:
                facts["mode"] = mode
            elif facts["mode"] != mode:
                why = message("city.check.two_modes", kept=facts["mode"], other=mode)
                self.note(row, column, "doubtful", why, "two_modes", facts["mode"])

    def parts(self) -> None:
        """Parts of one place with different fees, kept as estates of their own."""
        column = self.first_of.get("households")
        by_base: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, facts in self.kept.items():
            base, part = base_of(str(facts.get("name") or ""))
            if part:
                by_base[(base, str(facts.get("district") or ""))].append(row)
        for rows in by_base.values():
            for row in rows[1:]:
                before = self.kept[rows[0]].get("fee")
                fee = self.kept[row].get("fee")
                if column is not None and fee and before and fee != before:
                    why = message("city.check.parts", row=rows[0])
                    self.note(
                        row, column, "doubtful", why, "parts", str(self.kept[row].get("households", ""))
                    )


def _clauses(facts: Facts) -> list[str]:
    clauses = re.split(r"[,;。、.!\n]+", plain(str(facts.get("remark") or "")))
    return [one.strip() for one in clauses if one.strip()]
