"""Structural variants of the model as worlds: the settings that make each, the ensemble that calibration
fitted to it, and the weight that it gave it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.arguments import refused
from sim.errors import ScenarioError, StudyError
from sim.evidence.patterns import CALIBRATION, load_patterns
from sim.experiments.ensemble import Ensemble, file_of, load_ensemble
from sim.problems import is_file
from sim.results.folder import read_manifest
from sim.scenario import Scenario, with_overrides
from sim.studies.calibration.variants import AS_IT_IS, with_settings
from sim.text import message


@dataclass(frozen=True)
class Variant:
    """A structural variant. settings: by key, for all plans alike. ensemble: what its runs are over, None
    without one. own: whether that was fitted to the variant; else it is that of the model as it is. weight,
    weight_as_it_is: what calibration gave the variant and the model as it is, NaN where nobody says."""

    name: str
    settings: Mapping[str, Any]
    ensemble: Ensemble | None = None
    own: bool = False
    weight: float = math.nan
    weight_as_it_is: float = math.nan

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario in this variant; ScenarioError, of the variant, for what a scenario cannot have."""
        try:
            return with_overrides(scenario, self.settings)
        except ScenarioError as error:
            place = message("robust.variant", name=self.name)
            raise ScenarioError([replace(one, file=place) for one in error.problems]) from None


def variants_of(
    asked: object,
    taken: Iterable[str],
    arms: Mapping[str, Scenario],
    varied: Iterable[str],
    given: Ensemble | str | Path | None,
    members: Ensemble | None,
) -> dict[str, Variant]:
    """Variants by name from settings by name. taken: names that worlds have. varied: keys of factors.
    given, members: the ensemble as it was named, and itself.

    StudyError for a name that another world has, a variant without settings or one that sets what is varied,
    or an ensemble of its name that was fitted to other settings; ScenarioError for settings that a plan
    cannot have.
    """
    variants = {}
    for name, settings in _stated(asked).items():
        if name in taken:
            allowed = message("robust.allowed.variant_name", names=", ".join(taken))
            raise StudyError(message("problem.instead", place="variant", found=repr(name), allowed=allowed))
        if not settings:
            raise refused(f"variants {name}", settings, message("robust.allowed.variant"))
        twice = [key for key in settings if key.removeprefix("parameters.") in varied]
        if twice:
            allowed = message("robust.allowed.not_varied")
            raise StudyError(
                message("problem.instead", place=f"variant {name}", found=twice[0], allowed=allowed)
            )
        variant = Variant(name, dict(settings))
        for scenario in arms.values():
            variant.of(scenario)
        variants[name] = _calibrated(variant, given, members)
    return variants


def _stated(asked: object) -> Mapping[str, Mapping[str, Any]]:
    """What was given as variants; StudyError for what is no settings by name."""
    if asked is None:
        return {}
    allowed = message("robust.allowed.variant")
    if not isinstance(asked, Mapping):
        raise refused("variants", asked, allowed)
    for name, settings in asked.items():
        if not isinstance(name, str):
            raise refused("variants", name, allowed)
        if not name or not all(letter.isalnum() or letter in "-_" for letter in name):
            raise refused("variants", name, message("calibration.error.name"))
        if not isinstance(settings, Mapping) or any(not isinstance(key, str) for key in settings):
            raise refused(f"variants {name}", settings, allowed)
    return asked


def _calibrated(variant: Variant, given: Ensemble | str | Path | None, members: Ensemble | None) -> Variant:
    """The variant with its own ensemble where calibration left one beside that of the model as it is, and
    with the weights that it gave both."""
    if members is None:
        return variant
    there = _file(given, members)
    if there is None:
        return replace(variant, ensemble=members)
    weights = _weights(there)
    variant = replace(
        variant,
        ensemble=members,
        weight=weights.get(variant.name, math.nan),
        weight_as_it_is=weights.get(AS_IT_IS, math.nan),
    )
    file = there.with_name(f"{there.stem}_{variant.name}.csv")
    if not is_file(file):
        return variant
    own = load_ensemble(file)
    _check_fitted(variant, there, file)
    return replace(variant, ensemble=own, own=True)


def _file(given: Ensemble | str | Path | None, members: Ensemble) -> Path | None:
    """The file of the ensemble; None where it is in no file that can be found."""
    if not isinstance(given, Ensemble) and given is not None:
        return file_of(given)
    try:
        there = file_of(members.name)
        return there if load_ensemble(there).digest == members.digest else None
    except StudyError:
        return None


def _manifest(file: Path) -> dict[str, Any]:
    """What the manifest beside an ensemble says; nothing where there is none."""
    name = f"{file.stem}.json"
    return read_manifest(file.parent, name) if is_file(file.parent / name) else {}


def _weights(file: Path) -> dict[str, float]:
    rows = _manifest(file).get("variants") or []
    return {str(row["variant"]): float(row["weight"]) for row in rows}


def _check_fitted(variant: Variant, base: Path, file: Path) -> None:
    """StudyError where the ensemble of a variant's name was fitted to other settings: by what its manifest
    states, or by its patterns where those are the shipped ones with the variant's settings in them."""
    from sim.studies.calibration.calibration import patterns_hash

    fitted = _manifest(file)
    stated, written = fitted.get("variant_settings"), dict(variant.settings)
    wrong = stated is not None and stated != written
    if stated is None and fitted:
        every = [one for one in load_patterns()[0] if one.use == CALIBRATION and one.measurable]
        if _manifest(base).get("patterns_sha256") == patterns_hash(every):
            wrong = fitted.get("patterns_sha256") != patterns_hash(with_settings(every, written))
    if wrong:
        found = settings_text(variant)
        allowed = message("robust.allowed.fitted", file=file)
        raise StudyError(
            message("problem.instead", place=f"variant {variant.name}", found=found, allowed=allowed)
        )


def settings_text(variant: Variant) -> str:
    """The settings of a variant, as a command states them."""
    return ",".join(f"{key}={_toml(value)}" for key, value in variant.settings.items())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    bare = not isinstance(value, str) or value.replace("_", "").isalnum()
    return str(value) if bare else json.dumps(value, ensure_ascii=False)
