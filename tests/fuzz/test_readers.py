"""Damaged files of every kind: refused by name, never a crash."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import Reader, all_readers

NAMES = (
    "champion.json", "baseline.json", "snapshots.json", "scores.json", "provenance.json", "history.csv",
    "experiment.toml", "mine.toml", "network.out", "network.json", "search-checkpoint.json", "manifest.json",
    "identity.json", "tune-3-0-checkpoint.json", "encoder.onnx", "deck-record.json", "scaling.json",
)  # fmt: skip
FORGIVING = {"manifest.json", "deck-record.json"}
"""Caches: a damaged one is an empty one."""
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=8)
    | st.sampled_from([[], {}, "bias", "hidden", "tanh", -1, 1e308, float("nan"), "../../x", "[" * 200])
)  # fmt: skip


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    found = all_readers(tmp_path_factory.mktemp("valid"))
    assert set(found) == set(NAMES)
    return found


def read(reader: Reader, folder: Path, content: bytes) -> bool:
    """Whether the reader takes the content; a refusal must name the file."""
    for path in folder.iterdir():
        path.unlink()
    (folder / reader.name).write_bytes(content)
    refusal = ""
    try:
        reader.read(folder)
    except ValueError as error:
        refusal = str(error) or "nothing said"
    assert not refusal or reader.name in refusal, refusal
    return not refusal


@pytest.mark.parametrize("name", NAMES)
def test_the_valid_file_is_taken(name: str, readers: dict[str, Reader], tmp_path: Path) -> None:
    assert read(readers[name], tmp_path, readers[name].valid)


@pytest.mark.parametrize("name", NAMES)
@QUIET
@given(data=st.data())
def test_bytes_cut_changed_or_inserted_never_crash_a_reader(
    name: str, readers: dict[str, Reader], tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    reader = readers[name]
    content = bytearray(reader.valid)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        what = data.draw(st.sampled_from(["cut", "change", "insert", "drop"]))
        if what == "cut":
            del content[at:]
        elif what == "change" and content:
            content[at] = data.draw(st.integers(0, 255))
        elif what == "insert":
            content[at:at] = data.draw(
                st.binary(max_size=6) | st.sampled_from([b"NaN", b"1e999", b"\x00", b"[" * 5000])
            )
        else:
            del content[at : at + data.draw(st.integers(1, 40))]
    read(reader, tmp_path_factory.mktemp("damaged"), bytes(content))


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value in a JSON value."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += paths_of(item, (*path, key))
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".json")])
@QUIET
@given(data=st.data())
def test_values_exchanged_or_removed_never_crash_a_reader(
    name: str, readers: dict[str, Reader], tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    reader = readers[name]
    value = copy.deepcopy(json.loads(reader.valid))
    for _ in range(data.draw(st.integers(1, 2))):
        *parents, last = data.draw(st.sampled_from(paths_of(value)[1:] or [("schema",)]))
        inside = value
        for part in parents:
            inside = inside[part]
        if data.draw(st.booleans()):
            inside[last] = data.draw(SCALARS)
        else:
            del inside[last]
    read(reader, tmp_path_factory.mktemp("damaged"), json.dumps(value).encode())


@pytest.mark.parametrize("name", sorted(set(NAMES) - FORGIVING - {"mine.toml", "experiment.toml"}))
def test_half_a_file_is_refused(name: str, readers: dict[str, Reader], tmp_path: Path) -> None:
    valid = readers[name].valid
    assert not read(readers[name], tmp_path, valid[: len(valid) // 2])


FROM_ANYWHERE = {"mine.toml", "network.out", "network.json", "encoder.onnx"}
"""No files of a store: a person may keep them where he likes."""


@pytest.mark.parametrize("name", sorted(set(NAMES) - FORGIVING - FROM_ANYWHERE))
def test_a_link_out_of_the_store_is_refused(name: str, readers: dict[str, Reader], tmp_path: Path) -> None:
    store, outside = tmp_path / "store", tmp_path / "outside"
    store.mkdir()
    outside.write_bytes(readers[name].valid)
    (store / name).symlink_to(outside)
    with pytest.raises(ValueError, match="link out of its results store"):
        readers[name].read(store)


@pytest.mark.parametrize("name", sorted(set(NAMES) - FORGIVING))
def test_a_huge_file_is_refused_before_it_is_read(name: str, readers: dict[str, Reader], tmp_path: Path) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(200 * 1024 * 1024)  # a hole: it takes no room on disk
    with pytest.raises(ValueError, match=r"\d{9} bytes; (such a file|an encoder) has at most"):
        readers[name].read(tmp_path)


def test_a_record_of_a_deck_with_a_number_for_a_path_is_none(readers: dict[str, Reader], tmp_path: Path) -> None:
    """Found by atheris: it was read, and the next build ended with a TypeError."""
    reader = readers["deck-record.json"]
    record = json.loads(reader.valid)
    for damage in ({"absent": [7]}, {"inputs": [None]}, {"outputs": [1]}, {"outputs": {"a": "b"}}, {"n_slides": "3"},
                   {"inputs": ["\0"]}, {"absent": ["\0"]}):  # fmt: skip
        (tmp_path / reader.name).write_text(json.dumps({**record, **damage}))
        assert reader.read(tmp_path) is False
