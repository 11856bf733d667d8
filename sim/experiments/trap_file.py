"""Questions about the trap as files: a tipping map or a budget search in TOML, beside the studies of many runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from sim.errors import ScenarioError, StudyError
from sim.experiments.budget import FRESH, REPLICATIONS, TRIALS, BudgetSearch, budget
from sim.experiments.menu import MenuItem, repeated
from sim.experiments.study_file import COMMAND, find_study, refuse_empty_lists, study_folders
from sim.experiments.tipping import LONGEST_DELAY, MONTHS, VALUES, Tipping, tipping
from sim.problems import Problem, one_of
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.fields import Name, Table, Wording, refuse, setting
from sim.scenario.loading import SUFFIX, find, read_toml
from sim.scenario.merging import file_at, origins_of
from sim.scenario.messages import problems_of, programme_problems
from sim.scenario.nearest import nearest
from sim.scenario.overrides import SOURCE
from sim.scenario.programme import load_programmes, read_programme
from sim.text import message

Found = TypeVar("Found", bound="TrapStudy")


class TrapStudy(Table):
    """What both kinds of file say: a name, the question, the scenario and the values changed in it."""

    name: Name
    title: Wording
    question: Wording
    base: str = Field(min_length=1, description="name or path of the scenario / 情景")
    changes: dict[str, Any] = Field(
        default_factory=dict, description="values changed, by dotted key / 修改项"
    )
    interventions: tuple[dict[str, Any], ...] = Field(
        default=(), strict=False, description="programmes besides those of the scenario / 另加的措施"
    )

    @model_validator(mode="after")
    def _check_programmes(self) -> TrapStudy:
        known, problems = load_programmes(), []
        for place, one in enumerate(self.interventions):
            kind = one.get("kind")
            if not isinstance(kind, str) or kind not in known:
                found = message("found.nothing") if kind is None else repr(kind)
                where = f"interventions.{place}.kind"
                problems.append(Problem("", where, found, one_of(sorted(known)), nearest(kind, known)))
                continue
            problems += [
                Problem("", f"interventions.{place}.{part.key}", part.found, part.allowed, part.nearest)
                for part in programme_problems(one)
            ]
        refuse(problems)
        return self

    def scenario(self) -> Scenario:
        """The scenario that the question is about: the base with its changes and the programmes added. ScenarioError if it cannot be."""
        base = load(self.base)
        added = tuple(read_programme(one) for one in self.interventions)
        with_added = base.model_copy(update={"interventions": (*base.interventions, *added)})
        return with_overrides(with_added, {"name": self.name if added else base.name} | self.changes)


class TippingStudy(TrapStudy):
    """A tipping map, see `sim.tipping`."""

    command: Literal["tipping"]
    lever: str = Field(default="added_income", description="added_income, viability or a dotted key / 杠杆")
    low: float | None = setting(None, None, None, "", "least value of the lever", "最小值")
    high: float | None = setting(None, None, None, "", "greatest value of the lever", "最大值")
    values: int = setting(VALUES, 3, 1000, "", "values of the lever before refining", "取值个数")
    types: tuple[str, ...] = Field(
        default=(), strict=False, description="estate types (default: all) / 小区类型"
    )
    world: Literal["alike", "city"] = Field(
        default="alike", description="estates all alike, or the city as it is / 城市"
    )
    months: int = setting(MONTHS, 24, 1200, "month", "until estates have settled", "运行月数")
    seeds: int = setting(1, 1, 1000, "", "seeds of each start", "随机种子数")
    longest_delay: int = setting(
        LONGEST_DELAY,
        12,
        600,
        "month",
        "longest delay tried for the point of no return",
        "不可逆转点的最长推迟",
    )

    @model_validator(mode="after")
    def _check_range(self) -> TippingStudy:
        if (self.low is None) != (self.high is None):
            refuse(
                [
                    Problem(
                        "", "low" if self.low is None else "high", "nothing", "both low and high, or neither"
                    )
                ]
            )
        return self

    def options(self) -> dict[str, Any]:
        """Keyword arguments of `sim.tipping`."""
        return {
            "low": self.low,
            "high": self.high,
            "values": self.values,
            "types": self.types or None,
            "world": self.world,
            "months": self.months,
            "seeds": tuple(range(1, self.seeds + 1)),
            "longest_delay": self.longest_delay,
        }

    def run(self, **options: Any) -> Tipping:
        """Answer it; `options` replace what the file says."""
        return tipping(self.scenario(), self.lever, **(self.options() | options))


class BudgetStudy(TrapStudy):
    """A budget search, see `sim.budget`."""

    command: Literal["budget"]
    yearly: float = setting(..., 1, 1e11, "yuan/year", "most public money a year", "每年预算")
    payer: Literal["city", "district", "street", "community"] | None = Field(
        default=None,
        description="tier that is granted the sum (default: none, the payers' own budgets bound it) / 获得这笔拨款的政府层级",
    )
    trials: int = setting(TRIALS, 1, 1_000_000, "", "packages to try", "试验次数")
    replications: int = setting(REPLICATIONS, 1, 10_000, "", "seeds of each package", "重复次数")
    stress: int = setting(24, 0, 100_000, "", "futures of the stress test", "压力测试情形数")
    fresh: int = setting(
        FRESH, 0, 10_000, "", "seeds on which the front is scored again, 0 for none", "重新评分的新种子数"
    )
    sampler: Literal["nsga2", "tpe"] = Field(
        default="nsga2", description="how packages are proposed / 搜索算法"
    )
    menu: tuple[MenuItem, ...] = Field(
        default=(), strict=False, description="what may be bought (default: generic) / 措施菜单"
    )

    @model_validator(mode="after")
    def _every_kind_once(self) -> BudgetStudy:
        refuse(repeated(self.menu))
        return self

    def options(self) -> dict[str, Any]:
        """Keyword arguments of `sim.budget`."""
        return {
            "payer": self.payer,
            "trials": self.trials,
            "replications": self.replications,
            "stress": self.stress,
            "fresh": self.fresh,
            "sampler": self.sampler,
            "menu": self.menu or None,
        }

    def run(self, **options: Any) -> BudgetSearch:
        """Answer it; `options` replace what the file says."""
        return budget(self.scenario(), self.yearly, **(self.options() | options))


KINDS: dict[str, type[TippingStudy] | type[BudgetStudy]] = {"tipping": TippingStudy, "budget": BudgetStudy}


def load_trap_study(path_or_name: str | Path, kind: type[Found]) -> Found:
    """The checked file of one kind. ScenarioError that lists every problem, also where the file is of another kind."""
    file = find_study(path_or_name)
    data = read_toml(file)
    refuse_empty_lists(data, str(file))
    data.setdefault("name", file.stem)
    try:
        made = kind.model_validate(data)
    except ValidationError as error:
        origins = {(): str(file)} | origins_of(data, str(file))
        raise ScenarioError(problems_of(error, kind, data, lambda place: file_at(origins, place))) from None
    return _over_its_scenario(made, file)


def _over_its_scenario(made: Found, file: Path) -> Found:
    """The study with the file of its base (beside its own, else as for `load`). ScenarioError where its scenario cannot be."""
    missing: Problem | None = None
    for beside in (file.parent, None):
        try:
            made = made.model_copy(update={"base": str(find(made.base, beside=beside))})
            break
        except ScenarioError as error:
            missing = error.problems[0]
    else:
        assert missing is not None
        problem = Problem(str(file), "base", repr(made.base), missing.allowed, missing.nearest)
        raise ScenarioError([problem])
    load(made.base)  # what is wrong with the base is said under its own name
    try:
        made.scenario()
    except ScenarioError as error:
        raise ScenarioError(
            Problem(
                str(file),
                f"changes.{one.key}" if one.file == SOURCE else one.key,
                one.found,
                one.allowed,
                one.nearest,
            )
            for one in error.problems
        ) from None
    return made


def is_trap_study(name: str, command: str) -> bool:
    """Whether a name or path is a file of this command, rather than a scenario. StudyError if it is one of another command."""
    try:
        found = read_toml(find_study(name)).get(COMMAND)
    except ScenarioError:
        return False
    if found is not None and found != command:
        raise StudyError(
            f"{name}: a question for `estate {found}`, allowed a scenario, or a file with {COMMAND} = {command!r}"
        )
    return bool(found == command)


def list_trap_studies() -> dict[str, str]:
    """The names of these files that can be given without a path, sorted, with the command of each."""
    files = (path for folder in study_folders() for path in folder.glob("*" + SUFFIX))
    found = {path.stem: read_toml(path).get(COMMAND) for path in files}
    return {name: str(command) for name, command in sorted(found.items()) if command is not None}
