"""Make the README's pictures with the README's own first command, in Chinese and English: python docs/make_images.py"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).with_name("images")
SCENARIO = "vicious_cycle"


def main() -> None:
    """Run the scenario once per language and copy its first chart."""
    IMAGES.mkdir(exist_ok=True)
    for language, name in (("en", "overview.png"), ("zh", "overview.zh.png")):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            subprocess.run(
                [sys.executable, "-m", "sim", "run", SCENARIO, "--lang", language, "--out", str(out)],
                check=True,
            )
            shutil.copyfile(out / "charts" / "overview.png", IMAGES / name)


if __name__ == "__main__":
    main()
