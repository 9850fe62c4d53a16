"""The files beside the code: pinned packages, workflows, hooks, the version."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
import yaml
from command_line import PROJECT
from packaging.requirements import Requirement
from packaging.version import Version

import wann_core

METADATA: Final = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS: Final = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))


def pins() -> list[Requirement]:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


def test_every_dependency_is_pinned_to_a_version_that_is_allowed() -> None:
    pinned: dict[str, list[Version]] = {}
    for pin in pins():
        (one,) = pin.specifier
        assert one.operator == "=="
        pinned.setdefault(pin.name.lower(), []).append(Version(one.version))
    extras = METADATA["optional-dependencies"].values()
    for text in [*METADATA["dependencies"], *(one for extra in extras for one in extra)]:
        wanted = Requirement(text)
        if wanted.name == "wann-talk":
            continue
        assert wanted.name.lower() in pinned, wanted.name
        assert all(version in wanted.specifier for version in pinned[wanted.name.lower()]), text


def test_the_pins_name_no_host_and_no_path() -> None:
    assert all(pin.url is None for pin in pins())
    assert not re.search(r"https?:|file:|--(extra-)?index|@", (PROJECT / "constraints.txt").read_text(encoding="utf-8"))


def test_the_version_stands_in_one_place() -> None:
    assert "version" in METADATA["dynamic"]
    assert Version(wann_core.__version__).release
    assert f"## {wann_core.__version__}\n" in (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")


def steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_pins_its_actions_and_its_packages(workflow: Path) -> None:
    for step in steps(workflow):
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step.get("uses", "actions/none@" + "0" * 40))
        if "pip install" in step.get("run", ""):
            assert "-c constraints.txt" in step["run"]


def test_the_workflow_tests_every_python_that_the_project_names() -> None:
    jobs = yaml.safe_load((PROJECT / ".github/workflows/test.yml").read_text(encoding="utf-8"))["jobs"]
    named = [one.rsplit(" ", 1)[1] for one in METADATA["classifiers"] if re.search(r":: 3\.\d+$", one)]
    assert jobs["fast"]["strategy"]["matrix"]["python"] == named
    assert {os.split("-")[0] for os in jobs["fast"]["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}


def test_the_hooks_call_the_commands_of_the_ci_script() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    lines = (PROJECT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert len(hooks) == 3
    assert [hook["entry"] for hook in hooks if hook["entry"] not in lines] == []


@pytest.fixture
def site_builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """``.github/build_site.py`` for a project of two decks; one of them does not build."""
    spec = importlib.util.spec_from_file_location("build_site", PROJECT / ".github" / "build_site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "slides").mkdir()
    for name in ("good", "bad", ".#editor"):
        (tmp_path / "slides" / f"{name}.md").touch()
    (tmp_path / "build.py").write_text(
        "import pathlib, sys\n"
        "name = pathlib.Path(sys.argv[1]).stem\n"
        "if name != 'good': sys.exit(1)\n"
        "folder = pathlib.Path('dist', name); folder.mkdir(parents=True)\n"
        "(folder / 'index.html').write_text('<title>Good &amp; short</title>')\n"
    )
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return module


def test_a_bad_deck_is_left_out_of_the_site_and_named(site_builder: ModuleType, tmp_path: Path) -> None:
    assert site_builder.main(tmp_path / "site") == 0
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="(.*?)">(.*?)</a>', page) == [("good/", "Good &amp; short")]
    assert (tmp_path / "site" / "good" / "index.html").is_file()
    assert (tmp_path / "output").read_text() == "failed=bad\n"


def test_a_site_without_any_deck_is_a_failure(site_builder: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "slides" / "good.md").unlink()
    assert site_builder.main(tmp_path / "site") == 1
