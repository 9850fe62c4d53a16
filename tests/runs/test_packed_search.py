"""A search continues from a clone, because the population is stored with the run."""

from __future__ import annotations

import json
import lzma
import shutil
from pathlib import Path

import pytest
from store_contents import contents

from wann_core.progress import Silent
from wann_core.runs.execution import Execution
from wann_core.runs.experiment import load_experiment
from wann_core.runs.packed_search import pack_search, unpack_search
from wann_core.runs.rerun import RunRequest, rerun, search_only
from wann_core.runs.store import ResultsError, RunStore, read_json

TEST = Execution(Silent(), "test", threads=1)


def request(work: Path, generations: int, **more: bool) -> RunRequest:
    experiment = load_experiment("swing_up", "smoke", generations=generations)
    return RunRequest(experiment, 1, RunStore(work / "swing_up"), **more)


def run(work: Path, store: RunStore, generations: int, **more: bool) -> None:
    rerun(request(work, generations, **more), store, TEST, lambda _: None)


@pytest.fixture
def made(tmp_path: Path) -> RunStore:
    """A run of three generations without its work folder."""
    store = RunStore(tmp_path / "store", "swing_up")
    run(tmp_path / "work", store, 3)
    shutil.rmtree(tmp_path / "work")
    return store


def test_a_search_carried_on_from_its_store_equals_one_that_was_not_interrupted(made: RunStore, tmp_path: Path) -> None:
    assert made.packed_search.is_file()
    run(tmp_path / "elsewhere", made, 6, resume=True)
    whole = RunStore(tmp_path / "whole", "swing_up")
    run(tmp_path / "other", whole, 6)
    assert contents(made.root) == contents(whole.root)
    first, second = (json.loads(lzma.decompress(store.packed_search.read_bytes())) for store in (made, whole))
    for one, other in zip(first["checkpoint"]["restarts"], second["checkpoint"]["restarts"], strict=True):
        assert one["search"] == other["search"]
    assert first["identity"] == second["identity"]


def test_the_provenance_has_a_leg_for_each_part(made: RunStore, tmp_path: Path) -> None:
    before = read_json(made.provenance)["stages"]["search"]
    assert "legs" not in before
    run(tmp_path / "elsewhere", made, 6, resume=True)
    search = read_json(made.provenance)["stages"]["search"]
    assert [set(leg) for leg in search["legs"]] == [
        {"command", "finished", "seconds", "environment_steps", "machine"}
    ] * 2
    assert sum(leg["environment_steps"] for leg in search["legs"]) == search["environment_steps"]
    assert search["legs"][0]["environment_steps"] == before["environment_steps"]


def test_a_run_of_other_settings_is_not_carried_on(made: RunStore, tmp_path: Path) -> None:
    other = RunRequest(load_experiment("swing_up", "smoke"), 2, RunStore(tmp_path / "w" / "swing_up"), resume=True)
    with pytest.raises(ResultsError, match=r"was begun with seed = 1 \(now 2\)"):
        rerun(other, made, TEST, lambda _: None)


@pytest.mark.parametrize("damage", ["cut", "text", "deep", "bomb", "empty"])
def test_a_damaged_population_is_refused(made: RunStore, tmp_path: Path, damage: str) -> None:
    whole = made.packed_search.read_bytes()
    made.packed_search.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "text": b"{}",
            "deep": lzma.compress(b"[" * 100_000),
            "bomb": lzma.compress(bytes(600 * 1024 * 1024), preset=0),
            "empty": lzma.compress(b"{}"),
        }[damage]
    )
    with pytest.raises(
        ResultsError, match=r"search\.json\.xz: cannot be read as a population.*; restore it|restore it"
    ):
        unpack_search(made, RunStore(tmp_path / "work" / "swing_up"))


def test_an_unfinished_search_is_not_thrown_away_unless_asked(tmp_path: Path) -> None:
    work = RunStore(tmp_path / "work" / "swing_up")
    search_only(request(tmp_path / "work", 3), TEST)
    work.champion.unlink()  # as if it had been stopped early
    with pytest.raises(
        ResultsError, match="holds a run that was stopped; --resume goes on with it, --anew throws it away"
    ):
        search_only(request(tmp_path / "work", 3), TEST)
    search_only(request(tmp_path / "work", 3, discards=True), TEST)
    assert work.champion.is_file()


def test_a_search_ends_by_the_clock(tmp_path: Path) -> None:
    soon = RunRequest(load_experiment("swing_up", "smoke", generations=10_000_000), 1, RunStore(tmp_path / "swing_up"),
                      hours=0.5 / 3600)  # fmt: skip
    search_only(soon, TEST)
    assert soon.work.champion.is_file()
    assert 0 < max(read_json(soon.work.provenance)["stages"]["search"]["generations"]) < 10_000_000


def test_nothing_is_packed_where_there_is_no_checkpoint(tmp_path: Path) -> None:
    pack_search(RunStore(tmp_path))
    assert list(tmp_path.iterdir()) == []
