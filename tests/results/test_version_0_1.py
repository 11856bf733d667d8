"""What version 0.1 wrote can be read: `version_0_1.tar.xz` holds one small result of each kind, made by commit 43ee6e3."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

import sim
from sim.experiments.saved_ids import CLASSES, OF_VERSION_0_1, class_of, id_of
from sim.experiments.saved_objects import decode, encode

KINDS = ("run", "comparison", "study", "sensitivity", "tipping", "ablation", "budget", "batch")
FOUND = ("tipping", "ablation", "budget")


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the old results."""
    place = tmp_path_factory.mktemp("old")
    with tarfile.open(Path(__file__).with_name("version_0_1.tar.xz")) as archive:
        archive.extractall(place, filter="data")
    return place


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_read(old: Path, kind: str) -> None:
    found = sim.load_result(old / kind)
    said = getattr(found, "saved_manifest", {}).get("sentences", {}).get("en", [])
    assert kind in ("run", "batch", "study") or said


def test_an_old_comparison_keeps_what_it_called_rescued(old: Path) -> None:
    found = sim.load_result(old / "comparison")
    assert found.rescue_rule == "end"  # the last month alone
    counted = found.rescued("helped")
    saved = found.rescues.set_index("group").loc["all"]
    assert (counted.rescued, counted.harmed, counted.neither) == (saved["rescued"], saved["harmed"], 6)
    assert counted.at_risk == saved["at_risk"] == 3 and set(found.rescues["counted"]) == {"estates"}
    figure = found.plot("rescues")
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert any("at the end in the baseline" in text for text in texts)


@pytest.mark.parametrize("kind", FOUND)
def test_parts_named_by_module_then_are_the_parts_named_by_id_now(old: Path, kind: str) -> None:
    assert '"@of": "sim.experiments.' in (old / kind / "result.json").read_text(encoding="utf-8")
    found = sim.load_result(old / kind)
    written = json.dumps(encode(found))
    assert set(parts_in(json.loads(written))) <= set(CLASSES)
    again = decode(json.loads(written))
    assert again.digest == found.digest
    for name, table in found.tables().items():
        assert table.equals(again.tables()[name]), name


def parts_in(data: object) -> list[str]:
    """The ids of all parts in saved data."""
    inner = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    own = [str(data["@of"])] if isinstance(data, dict) and "@of" in data else []
    return own + [one for part in inner for one in parts_in(part)]


def test_every_id_has_its_class_and_none_was_lost() -> None:
    assert len(set(CLASSES.values())) == len(CLASSES)
    for name in CLASSES:
        assert id_of(class_of(name)) == name
    for written, name in OF_VERSION_0_1.items():
        assert class_of(written) is class_of(name)
    with pytest.raises(TypeError, match="not written into a result"):
        id_of(Path)
