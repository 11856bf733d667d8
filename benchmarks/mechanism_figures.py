"""What docs/model.md says of single mechanisms, over twenty seeds: who owes and who paid all twelve bills,
how contracts end, who waits in line, how companies are paid and what they keep back, what reports make of it,
what disputes and complaints come to. Printed as median (lowest to highest); the docs state what this prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

import numpy as np
from common import keep, show

from sim.evidence.statistics import Choice, measure
from sim.mesa_city import City
from sim.model.parameters import PARAMETERS
from sim.model.state.contracts import LUMP_SUM, REMUNERATION
from sim.model.state.disputes import Stage
from sim.model.state.modes import MARKET, SELF
from sim.results.outcomes import run_outcomes
from sim.results.reading import Reading, record_of
from sim.scenario import Scenario, load, with_overrides
from sim.words import MODES, STAGES

YEAR = 12
MEDIATION = Stage.MEDIATION
MATTERS = ("service", "condition", "legacy")


def stepped(name: str, seed: int, *mechanisms: str) -> City:
    """A shipped city with these mechanisms on, in its last month."""
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    city = City(with_overrides(load(name), {"seed": seed, **switched}), threads=1)
    for _ in range(city.months):
        city.step()
    return city


def owners_of(name: str, seed: int, *mechanisms: str) -> dict[str, float]:
    """In percent: of the owners billed all year who owes something, who paid all twelve bills, who paid none;
    of the yuan billed in that year what was paid when due."""
    city = stepped(name, seed, *mechanisms)
    owners, estates = city.state.owners, city.state.estates
    billed = np.repeat(estates["billed_months"] == YEAR, estates["households"])
    label = " ".join((name, *mechanisms))
    return {
        f"{label}: owes something, %": 100 * (owners.arrears[billed] > 0).mean(),
        f"{label}: paid all twelve bills, %": 100 * (owners.missed[billed] == 0).mean(),
        f"{label}: paid none, %": 100 * (owners.missed[billed] == 2**YEAR - 1).mean(),
        f"{label}: paid when due, % of yuan": 100
        * estates["collected_12"].sum()
        / estates["billed_12"].sum(),
    }


def contracts_of(name: str, seed: int) -> dict[str, float]:
    """How often contracts that ended were renewed, refused, or went on, and in how many estates that was."""
    events = stepped(name, seed, "contracts").events()
    estates = {
        kind: [estate for _, estate, _, its_kind, _, _ in events if its_kind == f"contract_{kind}"]
        for kind in ("renewed", "refused", "open")
    }
    times = {f"{name} contracts: {kind}, times": float(len(where)) for kind, where in estates.items()}
    return times | {f"{name} contracts: open, estates": float(len(set(estates["open"])))}


def queue_of(name: str, seed: int, *mechanisms: str) -> dict[str, float]:
    """Estates under state-owned companies in the last month."""
    city = stepped(name, seed, *mechanisms)
    held = city.state.estates["mode"] == MODES.index("soe")
    return {f"{' '.join((name, *mechanisms))}: estates under state-owned companies": float(held.sum())}


def basis_of(seed: int, *mechanisms: str) -> dict[str, float]:
    """What residents of the default city have in the last year, and how its companies are paid."""
    city = stepped("vicious_cycle", seed, *mechanisms)
    found = run_outcomes(Reading(record_of(city)))
    kinds = [event[3] for event in city.events()]
    estates, label = city.state.estates, " ".join(("vicious_cycle", *mechanisms))
    shares = ("quality", "satisfaction", "collection_billing", "cycle_share", "self_sustaining")
    figures = {f"{label}: {name}, last year, %": 100 * found[f"{name}_last_year"] for name in shares}
    figures |= {
        f"{label}: kept back, yuan a household and month": found["skimmed_last_year"],
        f"{label}: remunerated, % of market-run": 100 * found["remuneration_end"],
        f"{label}: contracts of remuneration signed": float(kinds.count("remuneration_agreed")),
        f"{label}: contracts of remuneration ended by want of a committee": float(
            kinds.count("remuneration_ended")
        ),
        f"{label}: companies that left": found["exits"],
    }
    lump = (estates["mode"] == MARKET) & (estates["basis"] == LUMP_SUM)
    part = estates["skimmed"] / np.maximum(1, estates["skimmed"] + estates["spending"])
    for name, some in (("with a committee", 1), ("without a committee", 0)):
        rows = lump & (city.state.committees["exists"] == some)
        figures[f"{label}: kept back of a plan {name}, %"] = 100 * float(part[rows].mean())
    return figures


def account_of(seed: int) -> dict[str, float]:
    """What is left in the owners' accounts after a first year of remuneration, of what came in then."""
    city = City(
        with_overrides(load("vicious_cycle"), {"seed": seed, "mechanisms.price_basis": True}), threads=1
    )
    own = city.state.estates["basis"] == REMUNERATION
    accounts = city.state.estates["fund_account"]
    before = city.state.books.balances[accounts].copy()
    for _ in range(YEAR):
        city.step()
    estates = city.state.estates
    own &= estates["basis"] == REMUNERATION
    left = (city.state.books.balances[accounts] - before)[own] / estates["income_12"][own]
    return {
        "price_basis: left of a first year's income of the owners' account, %": 100 * float(np.median(left))
    }


def trust_of(seed: int, *mechanisms: str) -> dict[str, float]:
    """What trust-based service from month 13 on changes in months 25 to 48 where it was signed by then."""
    trust = {"kind": "trust_based_service", "start": 13}
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    data = with_overrides(load("vicious_cycle"), {"seed": seed, "months": 48, **switched}).model_dump()
    with_it, without = (
        City(Scenario.model_validate(data | {"interventions": some}), threads=1) for some in ([trust], [])
    )
    for _ in range(24):
        with_it.step()
    rows = with_it.state.estates["lever_disclosure"] > 0.7
    for city in (with_it, without):
        city.run()
    one, other = with_it.outcomes, without.outcomes
    assert one is not None and other is not None
    label = f"trust in {' '.join(('vicious_cycle', *mechanisms))}"
    figures = {f"{label}: estates that signed": float(rows.sum())}
    for name in ("quality", "satisfaction", "condition", "trust"):
        change = getattr(one, name)[25:, rows].mean() - getattr(other, name)[25:, rows].mean()
        figures[f"{label}: change of {name}, points"] = 100 * float(change)
    paid = [outcome.paid_12[-1, rows].sum() / outcome.billed_12[-1, rows].sum() for outcome in (one, other)]
    return figures | {f"{label}: change of collection, points": 100 * float(paid[0] - paid[1])}


def cases_of(seed: int, *mechanisms: str, label: str = "", **overrides: float) -> dict[str, float]:
    """What disputes come to in the default city: how many, how they end, what they bring in, where they are,
    and what residents and the public have of it."""
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    changed = {key.replace("__", "."): value for key, value in overrides.items()}
    city = City(with_overrides(load("vicious_cycle"), {"seed": seed, **switched, **changed}), threads=1)
    owners, estates = city.state.owners, city.state.estates
    counts = dict.fromkeys(("sued", "heard", "settled", "withdrawn", "judged", "enforced", "joined"), 0.0)
    suits = np.zeros(estates.size)
    claimed = came_in = lapsed = 0.0
    for _ in range(city.months):
        stage, owed = owners.dispute.copy(), owners.arrears.copy()
        city.step()
        for name in counts:
            counts[name] += float(estates[f"cases_{name}"].sum())
        suits += estates["cases_sued"]
        claimed += float(owed[(stage < MEDIATION) & (owners.dispute >= MEDIATION)].sum(dtype=np.int64))
        came_in += float(estates["case_paid"].sum())
        lapsed += float(estates["lapsed"].sum())
    found = run_outcomes(Reading(record_of(city)))
    label = label or " ".join(("vicious_cycle", *mechanisms))
    shares = ("satisfaction", "collection_billing", "cycle_share", "self_sustaining")
    figures = {f"{label}: {name}, last year, %": 100 * found[f"{name}_last_year"] for name in shares}
    figures |= {
        f"{label}: companies that left": found["exits"],
        f"{label}: public cost, million yuan": found["public_cost"] / 1e6,
        f"{label}: owed at the end, million yuan": estates["arrears"].sum() / 1e8,
    }
    if "cases" not in mechanisms:
        return figures
    years, homes = city.months / YEAR, estates["households"].sum()
    ended = sum(counts[name] for name in ("settled", "withdrawn", "judged"))
    calls = [event[1] for event in city.events() if event[3] == "group_refusal"]
    return figures | {
        f"{label}: suits for 1,000 households and year": 1000 * counts["sued"] / homes / years,
        f"{label}: of cases closed settled or withdrawn, %": 100 * (1 - counts["judged"] / ended),
        f"{label}: of cases closed by mediators and courts judged": counts["judged"],
        f"{label}: brought in, % of the debts in cases": 100 * came_in / claimed,
        f"{label}: suits in the tenth of the estates with most, %": 100
        * np.sort(suits)[-estates.size // 10 :].sum()
        / suits.sum(),
        f"{label}: lapsed or given up, million yuan": lapsed / 1e8,
        f"{label}: courts and mediators, million yuan": found["fiscal_spending_state"] / 1e6,
        f"{label}: calls to refuse": float(len(calls)),
        f"{label}: owners who joined one, % of all": 100 * counts["joined"] / homes,
    }


def after_suits(seed: int) -> dict[str, float]:
    """In the estates and the year after ten or more of their owners were sued in a month: what was paid when
    due of that year's bills, with suits and in the same city without any, in percent."""
    on = {"seed": seed, "mechanisms.cases": True}
    none = {"cases.sue_rate": 0.0, "cases.exit_sue": 0.0}
    sued, quiet = (
        City(with_overrides(load("vicious_cycle"), {**on, **some}), threads=1) for some in ({}, none)
    )
    waiting: dict[int, list[int]] = {}
    pairs = []
    for month in range(1, sued.months + 1):
        sued.step()
        quiet.step()
        a, b = sued.state.estates, quiet.state.estates
        for e in waiting.pop(month, []):
            if a["billed_months"][e] == b["billed_months"][e] == YEAR:
                pairs.append([c["collected_12"][e] / c["billed_12"][e] for c in (a, b)])
        waiting[month + YEAR] = np.flatnonzero(a["cases_sued"] >= 10).tolist()
    with_suits, without = np.mean(pairs, axis=0) if pairs else (np.nan, np.nan)
    return {
        "cases: paid when due in the year after ten or more suits, %": 100 * with_suits,
        "cases: and in the same estates of a city without suits, %": 100 * without,
        "cases: such years": float(len(pairs)),
    }


def enforced_in(seed: int, *mechanisms: str) -> dict[str, float]:
    """What legal enforcement and mediation, each alone and from month 13 on, change in collection and in
    public cost."""
    figures: dict[str, float] = {}
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    data = with_overrides(load("vicious_cycle"), {"seed": seed, **switched}).model_dump()
    found = {}
    for kind in ("", "legal_enforcement", "mediation"):
        programmes = [{"kind": kind, "start": 13}] if kind else []
        city = City(Scenario.model_validate(data | {"interventions": programmes}), threads=1)
        for _ in range(city.months):
            city.step()
        found[kind] = run_outcomes(Reading(record_of(city)))
    for kind in ("legal_enforcement", "mediation"):
        label = " ".join((kind, *mechanisms))
        for name, unit in (("collection_billing_last_year", 100), ("cycle_share_last_year", 100)):
            figures[f"{label}: {name}, points"] = unit * (found[kind][name] - found[""][name])
        cost = found[kind]["public_cost"] - found[""]["public_cost"]
        figures[f"{label}: public cost, million yuan"] = cost / 1e6
        figures[f"{label}: owners sued"] = found[kind]["suits"] - found[""]["suits"]
    return figures


REPORTED = {
    "subsidy_only": (
        "cycle_share_last_year",
        "reported_cycle_share_last_year",
        "collection_billing_last_year",
        "reported_collection_gap_last_year",
    ),
    "package": ("cycle_share_last_year", "reported_cycle_share_last_year")
    + tuple(f"reported_{name}_gap_last_year" for name in ("collection", "satisfaction")),
    "pingdingshan": ("nominal_end", "reported_nominal_end", "collection_billing_last_year"),
}


def reports_of(seed: int, *mechanisms: str) -> dict[str, float]:
    """What programmes that choose, rank and reward come to, and how far what they see is from what is."""
    figures: dict[str, float] = {}
    for name, outcomes in REPORTED.items():
        city = stepped(name, seed, *mechanisms)
        found = run_outcomes(Reading(record_of(city)))
        label = " ".join((name, *mechanisms))
        figures |= {f"{label}: {outcome}, %": 100 * found[outcome] for outcome in outcomes}
        figures[f"{label}: fiscal_spending, million yuan"] = found["fiscal_spending"] / 1e6
        treated = city.policy.programme_states[0].queue.size
        figures[f"{label}: estates that the first programme took in"] = float(treated)
        paid = [event for event in city.events() if event[3] == "award_paid"]
        figures[f"{label}: awards, million yuan"] = sum(event[5] for event in paid) / 1e6
    return figures


SOLVING = (
    "complaint_app",
    "mediation",
    "rectification_drive",
    "four_tier_linkage",
    "party_branches",
    "reception_day",
    "red_neighbour",
)


def repairs_of(seed: int) -> dict[str, float]:
    """What solved complaints come to in a city of 100 estates, and what each programme that solves some,
    alone and from month 13 on, changes with the mechanism and without."""
    figures: dict[str, float] = {}
    found = {(kind, on): complaints_of(seed, kind, on) for on in (False, True) for kind in ("", *SOLVING)}
    for on, label in ((False, "no repairs"), (True, "repairs")):
        figures |= {f"{label}: {name}": value for name, value in found["", on].items()}
        for kind in SOLVING:
            for name in COMPARED:
                figures[f"{kind} with {label}: {name}, change"] = found[kind, on][name] - found["", on][name]
    for name in COMPARED:
        figures[f"repairs less no repairs: {name}"] = found["", True][name] - found["", False][name]
    strong, without = (complaints_of(seed, kind, True, **UPPER) for kind in ("complaint_app", ""))
    for name in COMPARED:
        figures[f"complaint_app with repairs that mend much: {name}, change"] = strong[name] - without[name]
    return figures


UPPER = {f"repairs.{name}": (PARAMETERS[f"repairs.{name}"].plausible or (0.0, 1.0))[1] for name in MATTERS}
COMPARED = (
    "satisfaction, last year, %",
    "collection of what is billed, last year, %",
    "estates in the cycle, last year, %",
    "condition at the end, %",
    "complaints solved, %",
    "public cost, million yuan",
)


def complaints_of(seed: int, kind: str, on: bool, **overrides: float) -> dict[str, float]:
    """How many complain, of what, how often again while one is open; how many are solved, at what cost."""
    data = with_overrides(
        load("small_city"), {"seed": seed, "mechanisms.repairs": on, **overrides}
    ).model_dump()
    programmes = [{"kind": kind, "start": 13}] if kind else []
    city = City(Scenario.model_validate(data | {"interventions": programmes}), threads=1)
    owners, estates = city.state.owners, city.state.estates
    filed, about = np.zeros(estates.size), np.zeros(3)
    solved = again = cost = 0.0
    for _ in range(city.months):
        waited = owners.waiting > 0
        city.step()
        new = [(getattr(owners, f"open_{matter}") & 1) == 1 for matter in MATTERS]
        about += [one.sum() for one in new]
        again += float((np.any(new, 0) & waited).sum())
        filed += estates["complaints_filed"]
        solved += float(estates["complaints_solved"].sum())
        cost += float(estates["repair_cost"].sum())
    found, homes = run_outcomes(Reading(record_of(city))), estates["households"]
    years = city.months / YEAR
    figures = {
        COMPARED[0]: 100 * found["satisfaction_last_year"],
        COMPARED[1]: 100 * found["collection_billing_last_year"],
        COMPARED[2]: 100 * found["cycle_share_last_year"],
        COMPARED[3]: 100 * float((estates["condition"] * homes).sum() / homes.sum()),
        COMPARED[4]: 100 * solved / filed.sum(),
        COMPARED[5]: found["public_cost"] / 1e6,
        "complaints for 1,000 households and year": 1000 * filed.sum() / homes.sum() / years,
    }
    if on:
        figures |= {
            "filed while another is open, %": 100 * again / filed.sum(),
            "about service, %": 100 * about[0] / about.sum(),
            "about facilities, %": 100 * about[1] / about.sum(),
            "cost of solving, million yuan": cost / 1e8,
        }
    return figures


def concentration_of(seed: int, *mechanisms: str) -> dict[str, float]:
    """How uneven the complaints of the last year are over the estates of the default city."""
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    city = City(with_overrides(load("vicious_cycle"), {"seed": seed, **switched}), threads=1)
    filed = np.zeros(city.state.estates.size)
    for month in range(city.months):
        city.step()
        filed += city.state.estates["complaints_filed"] if month >= city.months - YEAR else 0
    label = " ".join(("vicious_cycle", *mechanisms))
    figures = {}
    for among, values in (("all estates", filed), ("those that file any", filed[filed > 0])):
        most = np.sort(values)[-round(0.11 * values.size) :].sum()
        name = f"{label}: complaints of a year from the 11 % of {among} with most, %"
        figures[name] = float(100 * most / filed.sum())
    return figures


def complained_of(seed: int) -> dict[str, float]:
    """What docs/model.md says of the mechanism `repairs`."""
    return repairs_of(seed) | concentration_of(seed) | concentration_of(seed, "repairs")


def volunteers_of(seed: int, *mechanisms: str) -> dict[str, float]:
    """How many estates manage themselves, for how long, how many volunteers there are, and what owners pay
    there."""
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    city = City(with_overrides(load("vicious_cycle"), {"seed": seed, **switched}), threads=1)
    estates = city.state.estates
    own = [estates["mode"] == SELF]
    paid = billed = 0
    hands: list[np.ndarray] = []
    for _ in range(city.months):
        city.step()
        own.append(estates["mode"] == SELF)
        paid += int(estates["collected"][own[-1]].sum())
        billed += int(estates["billed"][own[-1]].sum())
        hands.append(100 * estates["volunteers"][own[-1]] / estates["households"][own[-1]])
    label = " ".join(("vicious_cycle", *mechanisms))
    turns = [np.flatnonzero(np.diff(here, prepend=False, append=False)) for here in np.array(own).T]
    spells = [(int(a), int(b)) for turn in turns for a, b in turn.reshape(-1, 2)]
    ended = [end - begin for begin, end in spells if begin > 0 and end < len(own)]
    kinds = [event[3] for event in city.events()]
    found = run_outcomes(Reading(record_of(city)))
    figures = {
        "self-managed, month 12, %": 100 * own[12].mean(),
        "self-managed, month 120, %": 100 * own[120].mean(),
        "spells that began in the run and ended": float(len(ended)),
        "months that they lasted (median)": float(np.median(ended)) if ended else np.nan,
        "self-managed estates, paid when due, % of yuan": 100 * paid / billed,
        "satisfaction, last year, %": 100 * found["satisfaction_last_year"],
        "estates in the cycle, last year, %": 100 * found["cycle_share_last_year"],
    }
    if "volunteers" in mechanisms:
        figures |= {
            "volunteers for 100 households, median": float(np.median(np.concatenate(hands))),
            "groups that gave up": float(kinds.count("self_management_ended")),
            "of them followed by another": float(kinds.count("self_management_renewed")),
        }
    return {f"{label}: {name}": value for name, value in figures.items()}


RENEWED = {"kind": "retrofit", "start": 25, "owner_share": 0.0, "lag": 0, "capacity": 6.0}
SERVED = {"kind": "operating_subsidy", "start": 25}


def works_of(seed: int, *mechanisms: str) -> dict[str, float]:
    """What a retrofit that the state pays, a subsidy, and both, from month 25 on, change in a city
    of 100 estates; and what the two together give beyond the sum."""
    found = {
        name: course_of(seed, list(programmes), *mechanisms)
        for name, programmes in (
            ("nothing", ()),
            ("retrofit", (RENEWED,)),
            ("subsidy", (SERVED,)),
            ("both", (RENEWED, SERVED)),
        )
    }
    label = " ".join(("small_city", *mechanisms))
    figures = {}
    for place, name in enumerate(("satisfaction", "collection", "condition", "estates in the cycle")):
        moved = {kind: found[kind][:, place] - found["nothing"][:, place] for kind in found}
        beyond = moved["both"] - moved["retrofit"] - moved["subsidy"]
        for when, months in (("a year after", slice(30, 42)), ("last two years", slice(-24, None))):
            for kind, values in {**moved, "both beyond the sum": beyond}.items():
                if kind != "nothing":
                    figures[f"{label}: {kind}, {name}, {when}, points"] = float(values[months].mean())
    return figures


def course_of(seed: int, programmes: list[dict[str, object]], *mechanisms: str) -> np.ndarray:
    """Satisfaction, collection, condition and estates in the cycle of each month, in percent."""
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    data = with_overrides(load("small_city"), {"seed": seed, **switched}).model_dump()
    city = City(Scenario.model_validate(data | {"interventions": programmes}), threads=1)
    estates, months = city.state.estates, []
    homes = estates["households"] / estates["households"].sum()
    for _ in range(city.months):
        city.step()
        low = np.isin(estates["stage"], (STAGES.index("spiralling"), STAGES.index("collapsed")))
        paid = estates["collected"].sum() / estates["billed"].sum()
        months.append([estates["satisfaction"] @ homes, paid, estates["condition"] @ homes, low.mean()])
    return 100 * np.array(months)


def fund_of(seed: int, *mechanisms: str) -> dict[str, float]:
    """What maintenance funds hold and are used for, and what that changes."""
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    city = City(with_overrides(load("vicious_cycle"), {"seed": seed, **switched}), threads=1)
    estates = city.state.estates
    for _ in range(city.months):
        city.step()
    record = record_of(city)
    found, kinds = run_outcomes(Reading(record)), [event[3] for event in city.events()]
    homes = estates["households"] / estates["households"].sum()
    figures = {
        "condition at the end, %": 100 * float(estates["condition"] @ homes),
        "satisfaction, last year, %": 100 * found["satisfaction_last_year"],
        "estates in the cycle, last year, %": 100 * found["cycle_share_last_year"],
    }
    if "fund" in mechanisms:
        held = city.state.books.balances[estates["maintenance_account"]]
        use = measure(record, "maintenance_fund_use", Choice((25, 60)))
        figures |= {
            "estates with a fund, %": 100 * float((estates["first_deposit"] > 0).mean()),
            "held for a household, yuan": float(held.sum() / 100 / estates["households"].sum()),
            "used in a year, of what is held, %": 100 * use,
            "votes that agreed": float(kinds.count("fund_agreed")),
            "votes without a quorum": float(kinds.count("funds_inquorate")),
            "emergencies": float(kinds.count("fund_urgent")),
            "funds under 30 % of the deposit": float((held < 0.3 * estates["first_deposit"]).sum()),
        }
    label = " ".join(("vicious_cycle", *mechanisms))
    return {f"{label}: {name}": value for name, value in figures.items()}


def figures_of(seed: int) -> dict[str, float]:
    """All figures of one seed."""
    figures = owners_of("vicious_cycle", seed) | owners_of("vicious_cycle", seed, "persistence")
    for name in ("vicious_cycle", "gaotang"):
        figures |= contracts_of(name, seed)
    for name in ("wuhan_hanyang", "gaotang"):
        figures |= queue_of(name, seed) | queue_of(name, seed, "queue")
    for mechanisms in ((), ("price_basis",), ("price_basis", "contracts", "ballots")):
        figures |= basis_of(seed, *mechanisms)
    figures |= account_of(seed) | trust_of(seed) | trust_of(seed, "price_basis")
    figures |= reports_of(seed) | reports_of(seed, "reporting")
    figures |= cases_of(seed) | cases_of(seed, "cases") | after_suits(seed)
    figures |= enforced_in(seed) | enforced_in(seed, "cases") | complained_of(seed)
    figures |= volunteers_of(seed) | volunteers_of(seed, "volunteers")
    figures |= works_of(seed) | works_of(seed, "works")
    return figures | fund_of(seed) | fund_of(seed, "fund")


def told(seeds: Iterable[int]) -> Sequence[Sequence[object]]:
    """A row a figure: median, lowest, highest over the seeds."""
    by_seed = [figures_of(seed) for seed in seeds]
    return [
        [label, *(round(float(x), 1) for x in (np.median(drawn), min(drawn), max(drawn)))]
        for label in by_seed[0]
        for drawn in [[figures[label] for figures in by_seed]]
    ]


def main() -> None:
    """Print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    rows = told(range(1, seeds + 1))
    show(f"Mechanisms over seeds 1-{seeds}", ["figure", "median", "lowest", "highest"], rows)
    keep("mechanism_figures", {str(row[0]): list(row[1:]) for row in rows})


if __name__ == "__main__":
    main()
