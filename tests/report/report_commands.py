"""The command, and settings that make a city tiny."""

from __future__ import annotations

from typer.testing import CliRunner

from sim.cli.app import app

TYPES = ("commodity", "unit_built", "three_no", "resettlement")
TINY = {"city.estates": 20, "city.districts": 2, "companies.private": 4} | {f"types.{kind}.households_mean": 40 for kind in TYPES}
SMALL = [part for key, value in TINY.items() for part in ("--set", f"{key}={value}")]
LITTLE = ["--set", "city.estates=10", "--set", "city.households=800", "--set", "companies.private=3"]


def estate(*arguments: str, lang: str = "en"):
    return CliRunner().invoke(app, [*arguments, "--lang", lang], env={"LC_ALL": "C", "COLUMNS": "200"})
