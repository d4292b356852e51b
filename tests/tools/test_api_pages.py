"""The reference pages: every public name of the rooms that readers meet has its place on one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.public_names import doors, offered

pytest.importorskip("pdoc", reason="pdoc is not installed; the extra docs brings it")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Build the pages in a process of their own, as building them changes what modules list."""
    made = tmp_path_factory.mktemp("api")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tools.api_pages", str(made)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return made


@pytest.mark.parametrize(
    "room", ["onionskin", "layers", "losses", "metrics", "models", "ops", "optimizers", "datasets"]
)
def test_every_public_name_has_its_place(folder, room):
    door = "onionskin" if room == "onionskin" else f"onionskin.{room}"
    page = (folder / (door.replace(".", "/") + ".html")).read_text(encoding="utf-8")
    places = set(re.findall(r'id="([^"]+)"', page))
    own = [path.stem for path in folder.glob(f"{door.replace('.', '/')}/*.html")]  # modules have pages of their own
    names = [one for one in offered(door) if f"{door}.{one}" not in doors() and not one.startswith("__")]
    assert [one for one in names if one not in places and one not in own] == []


def test_how_a_model_is_trained_is_on_the_page_of_models(folder):
    page = (folder / "onionskin" / "models.html").read_text(encoding="utf-8")
    assert 'id="Trainer.fit"' in page and "number of the last epoch" in page
