"""``python build.py`` as a process of its own, on decks in a temporary folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
HEAVY = {"numpy", "numba", "pyecharts", "PIL", "gymnasium", "imageio", "starlette", "uvicorn", "rich", "cma"}

DECK = """---
title: A small deck
language: en
---

# A small deck

Some text with $a^2$ in it.



## Chart

```echarts
x\\y\\Sizes:first,second
a,1,2
b,3,4
```

Note:
What only the speaker sees.


## End

```dot From a to b
digraph { a -> b }
```
"""


def run(*arguments: str | Path, options: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, str(PROJECT / "build.py"), *map(str, arguments)]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=PROJECT)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with talk.md, built into its dist/."""
    folder = tmp_path_factory.mktemp("decks")
    (folder / "talk.md").write_text(DECK, encoding="utf-8")
    done = run(folder / "talk.md", "--out", folder / "dist")
    assert done.returncode == 0, done.stderr
    assert "3 slides  built" in done.stdout
    return folder


def page(folder: Path) -> str:
    return (folder / "dist" / "talk" / "index.html").read_text(encoding="utf-8")


def test_a_deck_outside_slides_is_built_complete(built: Path) -> None:
    html = page(built)
    assert html.count("<section") >= 3
    assert "<svg" in html
    assert "<math" in html
    assert not re.search(r"""(?:src|href)=["']https?:""", html)
    assert {path.name for path in (built / "dist" / "talk").iterdir()} >= {"index.html", "deck.js", "deck.css"}


def test_a_second_build_says_that_nothing_is_stale_and_touches_nothing(built: Path) -> None:
    before = (built / "dist" / "talk" / "index.html").stat().st_mtime_ns
    done = run(built / "talk.md", "--out", built / "dist")
    assert done.returncode == 0, done.stderr
    assert "nothing is stale" in done.stdout
    assert (built / "dist" / "talk" / "index.html").stat().st_mtime_ns == before


def test_an_edit_of_a_line_starts_no_node_and_loads_no_heavy_package(built: Path) -> None:
    source = built / "talk.md"
    source.write_text(source.read_text(encoding="utf-8").replace("Some text", "Edited text"), encoding="utf-8")
    # With this setting any start of Node fails.
    done = run(
        source, "--out", built / "dist", options=("-X", "importtime"), NODE_OPTIONS="--require /nowhere/at-all.cjs"
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Edited text" in page(built)
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "import time:" in line}
    assert "wann_core" in loaded
    assert not loaded & HEAVY


def test_a_deleted_output_file_is_written_again(built: Path) -> None:
    (built / "dist" / "talk" / "deck.css").unlink()
    assert run(built / "talk.md", "--out", built / "dist").returncode == 0
    assert (built / "dist" / "talk" / "deck.css").is_file()


def test_an_image_that_changes_makes_its_deck_stale_and_one_that_turns_up_mends_it(tmp_path: Path) -> None:
    source = tmp_path / "talk.md"
    source.write_text("# One\n\n![A square](square.svg)\n", encoding="utf-8")
    assert run(source, "--out", tmp_path / "dist").returncode == 1
    square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    (tmp_path / "square.svg").write_text(square, encoding="utf-8")
    assert "built" in run(source, "--out", tmp_path / "dist").stdout
    (tmp_path / "square.svg").write_text(square.replace("9", "8"), encoding="utf-8")
    assert "built" in run(source, "--out", tmp_path / "dist").stdout
    copies = [path.read_text(encoding="utf-8") for path in (tmp_path / "dist" / "talk").rglob("square*.svg")]
    assert copies == [square.replace("9", "8")]


def test_a_failed_build_names_every_place_in_every_deck_and_leaves_the_old_decks(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    out = tmp_path / "dist"
    for source in (good, bad):
        source.write_text(DECK, encoding="utf-8")
    assert run(good, bad, "--out", out).returncode == 0
    before = {path: path.read_bytes() for path in out.glob("*/*") if path.is_file() and ".cache" not in path.parts}
    good.write_text(DECK.replace("# A small deck", "# Changed"), encoding="utf-8")
    broken = DECK.replace("a,1,2", "a,1,nonsense").replace("## End", "## End\n\n![x](gone.png)")
    bad.write_text(broken, encoding="utf-8")
    third = tmp_path / "third.md"
    third.write_text("# Three\n\n![y](run:swing_up/nonsense)\n", encoding="utf-8")
    done = run(good, bad, third, "--out", out)
    assert done.returncode == 1
    row = broken.splitlines().index("a,1,nonsense") + 1
    image = broken.splitlines().index("![x](gone.png)") + 1
    for place in (
        rf"bad\.md:{row}: ",
        rf"bad\.md:{image}: .*gone\.png",
        r"third\.md:3: .*swing_up/nonsense.*swing_up/scores",
    ):
        assert re.search(place, done.stderr), (place, done.stderr)
    assert {
        path: path.read_bytes() for path in out.glob("*/*") if path.is_file() and ".cache" not in path.parts
    } == before


def test_a_bad_formula_and_a_bad_diagram_are_errors_with_their_lines(tmp_path: Path) -> None:
    source = tmp_path / "talk.md"
    source.write_text("# One\n\n$\\frac{$\n\n```dot\ndigraph { a -> \n```\n", encoding="utf-8")
    done = run(source, "--out", tmp_path / "dist")
    assert done.returncode == 1
    assert re.search(r"talk\.md:3: ", done.stderr)
    assert re.search(r"talk\.md:[56]: ", done.stderr)
    assert not (tmp_path / "dist" / "talk").exists()


def test_check_finds_mistakes_without_building_and_as_json(tmp_path: Path) -> None:
    source = tmp_path / "talk.md"
    source.write_text("# One\n\n![](gone.png)\n\n[there](#nowhere)\n", encoding="utf-8")
    done = run(source, "--check", "--json", "--out", tmp_path / "dist")
    assert done.returncode == 1
    findings = json.loads(done.stdout)["findings"]
    assert {finding["line"] for finding in findings} >= {3, 5}
    assert all(finding["path"].endswith("talk.md") and finding["message"] for finding in findings)
    assert not (tmp_path / "dist" / "talk").exists()


def test_check_is_content_with_a_good_deck(built: Path) -> None:
    done = run(built / "talk.md", "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_starter_deck_builds_without_a_warning(tmp_path: Path) -> None:
    code = (
        "import datetime, pathlib, sys; from wann_core.deck.build.starter import write_starter;"
        "write_starter(pathlib.Path(sys.argv[1]), 'my-talk', datetime.date(2024, 5, 17))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=PROJECT)
    done = run(tmp_path / "my-talk.md", "--out", PROJECT / "dist" / ".cache" / "test-out")
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr


def test_figures_lists_every_name_with_what_it_shows() -> None:
    done = run("--list-figures")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^run:swing_up/scores +chart +mean scores in four", done.stdout, flags=re.MULTILINE)
    assert re.search(r"^run:params +chart ", done.stdout, flags=re.MULTILINE)


def test_single_file_is_one_page_with_everything_inside(built: Path) -> None:
    done = run(built / "talk.md", "--single-file", "--out", built / "dist")
    assert done.returncode == 0, done.stderr
    html = (built / "dist" / "talk.html").read_text(encoding="utf-8")
    html = re.sub(r"(<script\b[^>]*>).*?</script>", r"\1", html, flags=re.DOTALL)
    assert not re.search(r"""<(?:script|link|img)\b[^>]*\s(?:src|href)=["'](?!data:|#)""", html)


def test_a_second_build_at_the_same_time_waits_and_says_so(built: Path) -> None:
    holder = (
        "import sys, pathlib; from wann_core.files.lock import hold\n"
        "with hold(pathlib.Path(sys.argv[1]), print):\n    print('held', flush=True); sys.stdin.readline()\n"
    )
    lock = built / "dist" / ".cache" / "lock"
    first = subprocess.Popen(
        [sys.executable, "-c", holder, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    assert first.stdout is not None
    assert first.stdin is not None
    assert first.stdout.readline() == "held\n"
    command = [sys.executable, str(PROJECT / "build.py"), str(built / "talk.md"), "--out", str(built / "dist")]
    second = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert second.stdout is not None
    assert f"another build ({first.pid}) is writing" in second.stdout.readline()
    first.communicate("\n", timeout=10)
    second.communicate(timeout=60)
    assert second.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.md",), r"nowhere\.md: no such deck; in slides/ there are: .*wann"),
        (("--rerun", "swing_upp"), r"swing_upp.*there are: .*swing_up"),
        (("--rerun", "swing_up", "--budget", "huge"), r'no budget "huge"; there are: .*smoke'),
        (("--new", "../escape"), "letters, digits"),
        (("--verify", "nothing_here"), "no run to verify"),
    ],
)
def test_a_wrong_name_exits_1_and_says_what_there_is(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--seed", "1"),
        ("--port", "80"),
        ("--notes",),
        ("--serve", "--check"),
        ("--serve", "--port", "70000"),
        ("talk.md", "--figures"),
    ],
)
def test_settings_that_do_not_fit_their_command_are_refused(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr
