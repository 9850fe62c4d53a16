"""The pipeline: what is stale, the order of the stages, and what is put in place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from wann_core.deck.build import drawings, manifest, node, outcome, pipeline
from wann_core.deck.build.sources import NoDeckError, deck_sources
from wann_core.deck.problem import Problem, Severity
from wann_core.figures import making
from wann_core.figures.figure import Figure
from wann_core.paths import PROJECT
from wann_core.progress import Reporter, Silent

SCORES = "# One\n\n![Scores](run:biped/scores)\n"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Records the stages in order; figures, drawings and bundle are quick replacements."""
    log: list[str] = []

    def make(names: Sequence[str], cache: Path, reporter: Reporter) -> dict[str, Figure]:
        del reporter
        log.append(f"figures {', '.join(names)}")
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "option.json").write_text("{}", encoding="utf-8")
        files = {"option": cache / "option.json"}
        return {name: Figure(name, "chart", files, "alt", 100, 50, {}) for name in names}

    def draw(jobs: Mapping[str, Sequence[node.Job]], folder: Path) -> tuple[dict[str, dict[str, node.Result]], int]:
        del folder
        log.append("drawings")
        results = {
            deck: {job["id"]: {"id": job["id"], "svg": "<svg></svg>"} for job in own} for deck, own in jobs.items()
        }
        return results, 1

    def bundle(cache: Path) -> Path:
        log.append("bundle")
        folder = cache / "kept"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("deck.js", "deck.css"):
            (folder / name).write_text(name, encoding="utf-8")
        return folder

    monkeypatch.setattr(making, "make", make)
    monkeypatch.setattr(making, "stale", lambda names, _: tuple(names))
    monkeypatch.setattr(drawings, "draw", draw)
    monkeypatch.setattr(node, "bundle", bundle)
    (tmp_path / "talk.md").write_text(SCORES, encoding="utf-8")
    return log


def build(folder: Path, log: list[str], *names: str) -> outcome.BuildOutcome:
    sources = [folder / f"{name}.md" for name in names or ("talk",)]
    return pipeline.build_decks(sources, folder / "dist", Silent(), log.append)


def test_figures_come_before_drawings(tmp_path: Path, made: list[str]) -> None:
    built = build(tmp_path, made)
    assert made == ["figures biped/scores", "drawings", "bundle"]
    assert built.figures_made == ("biped/scores",)
    assert not built.is_fresh


def test_nothing_is_done_twice(tmp_path: Path, made: list[str]) -> None:
    build(tmp_path, made)
    made.clear()
    assert build(tmp_path, made).is_fresh
    assert made == []


def test_only_the_deck_that_changed_is_built(tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "other.md").write_text("# Other\n", encoding="utf-8")
    build(tmp_path, made, "talk", "other")
    (tmp_path / "other.md").write_text("# Another\n", encoding="utf-8")
    made.clear()
    built = build(tmp_path, made, "talk", "other")
    assert [deck.is_fresh for deck in built.decks] == [True, False]
    assert made == ["drawings", "bundle"]


def test_two_decks_of_one_name_do_not_pass_for_each_other(tmp_path: Path, made: list[str]) -> None:
    build(tmp_path, made)
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "talk.md").write_text(SCORES, encoding="utf-8")
    built = pipeline.build_decks([other / "talk.md"], tmp_path / "dist", Silent(), made.append)
    assert not built.is_fresh


def test_with_an_error_in_one_deck_no_figure_is_made_and_no_deck_is_touched(tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "bad.md").write_text("# Bad\n\n![x](gone.png)\n", encoding="utf-8")
    with pytest.raises(outcome.BuildError) as caught:
        build(tmp_path, made, "talk", "bad")
    assert [problem.line for problem in caught.value.problems if problem.severity is Severity.ERROR] == [3]
    assert tmp_path / "gone.png" in caught.value.inputs
    assert not any(step.startswith("figures") for step in made)
    assert not (tmp_path / "dist" / "talk").exists()


def test_what_is_saved_while_figures_are_made_is_stale_for_the_next_build(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bundle_while_the_author_saves(cache: Path) -> Path:
        (tmp_path / "talk.md").write_text(SCORES + "\nsaved later\n", encoding="utf-8")
        return real(cache)

    real = node.bundle
    monkeypatch.setattr(node, "bundle", bundle_while_the_author_saves)
    build(tmp_path, made)
    monkeypatch.setattr(node, "bundle", real)
    assert not build(tmp_path, made).is_fresh
    assert "saved later" in (tmp_path / "dist" / "talk" / "index.html").read_text(encoding="utf-8")


def test_a_file_that_is_no_longer_named_is_gone_from_the_deck(tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "a.svg").write_text("<svg></svg>", encoding="utf-8")
    (tmp_path / "talk.md").write_text("# One\n\n![a](a.svg)\n", encoding="utf-8")
    build(tmp_path, made)
    assert (tmp_path / "dist" / "talk" / "media" / "a.svg").is_file()
    (tmp_path / "talk.md").write_text("# One\n", encoding="utf-8")
    build(tmp_path, made)
    assert not (tmp_path / "dist" / "talk" / "media").exists()


def test_warnings_are_told_again_by_a_build_that_does_nothing(tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "a.svg").write_text("<svg></svg>", encoding="utf-8")
    (tmp_path / "talk.md").write_text("# One\n\n![](a.svg)\n", encoding="utf-8")
    first, second = build(tmp_path, made), build(tmp_path, made)
    assert "warning: " in first.decks[0].remarks[0]
    assert second.decks[0].remarks == first.decks[0].remarks


def test_an_error_shows_its_place_first_and_a_warning_says_so_first() -> None:
    problem = Problem(Path("talk.md"), 3, "no file", "write it")
    assert outcome.as_line(problem) == "talk.md:3: no file; write it"
    warning = Problem(Path("talk.md"), 3, "no alt", "", Severity.WARNING)
    assert outcome.as_line(warning) == "warning: talk.md:3: no alt"


def test_decks_are_all_of_slides_or_those_that_are_named(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "image.png"):
        (tmp_path / name).write_text("# x\n", encoding="utf-8")
    assert [path.name for path in deck_sources([], tmp_path)] == ["a.md", "b.md"]
    assert deck_sources([tmp_path / "b.md", tmp_path / "b.md"], tmp_path) == [tmp_path / "b.md"]


def test_two_decks_that_would_have_one_folder_are_refused(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "talk.md").write_text("# x\n", encoding="utf-8")
    with pytest.raises(NoDeckError, match="different folders"):
        deck_sources([tmp_path / "one" / "talk.md", tmp_path / "two" / "talk.md"], tmp_path)


def test_an_empty_slides_folder_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(NoDeckError, match="--new"):
        deck_sources([], tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": 99}', '{"schema": 1, "key": "x"}', "null"])
def test_a_record_that_cannot_be_used_means_to_build(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    assert manifest.read_record(tmp_path / "record.json") is None


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    record = manifest.DeckRecord("key", ("a.md",), ("b.png",), {"index.html": 3}, ("warning: x",), 2)
    manifest.write_record(tmp_path / "r" / "record.json", record)
    assert manifest.read_record(tmp_path / "r" / "record.json") == record
    assert json.loads((tmp_path / "r" / "record.json").read_text(encoding="utf-8"))["schema"] == 1


def test_the_program_is_its_code_its_settings_its_browser_sources_and_its_results() -> None:
    names = {path.relative_to(PROJECT).as_posix() for path in manifest.program_files()}
    assert {
        "wann_core/deck/build/render.py",
        "wann_core/experiments/swing_up.toml",
        "assets/package-lock.json",
    } <= names
    assert {"assets/deck/template.html.j2", "assets/deck/index.mjs", "assets/deck/css/index.css"} <= names
    assert not any("node_modules" in name or "__pycache__" in name for name in names)
