"""Damaged files of every kind: the error names the file, and nothing crashes."""

from __future__ import annotations

import copy
import functools
import itertools
import json
import math
import time
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import Reader, all_readers

from wann_core.errors import WannError

NAMES = (
    "champion.json", "baseline.json", "snapshots.json", "scores.json", "provenance.json", "history.csv",
    "experiment.toml", "mine.toml", "network.out", "network.json", "search-checkpoint.json", "manifest.json",
    "identity.json", "tune-3-0-checkpoint.json", "encoder.onnx", "deck-record.json", "scaling.json",
)  # fmt: skip
FORGIVING = {"manifest.json", "deck-record.json"}
"""Caches: a damaged cache is read as empty."""
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
    except WannError as error:
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


DEEP: Any = functools.reduce(lambda inner, _: [inner], range(60), cast("Any", []))
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, -(10**30), 2**31, 2**53 + 1, 2**63, 2**64, 10**400, 0.5, -0.5, 1e308, -1e308, math.inf,
    -math.inf, math.nan, "", "x", "1", "\0", "../../x", "\ud800", "x" * 100_000, [], {}, [[]], [None], {"": None},
    DEEP,
)  # fmt: skip
"""Values that no field expects."""
MAX_SECONDS = 2.0
STRUCTURED = tuple(name for name in NAMES if name.endswith((".json", ".toml")))


def with_values(content: bytes, name: str, changes: list[tuple[tuple[Any, ...], Any]]) -> bytes:
    """The file with other values at these places; if one place is inside another, the first one counts."""
    value = json.loads(content) if name.endswith(".json") else tomllib.loads(content.decode())
    for (*parents, last), new in changes:
        inside = value
        for part in parents:
            inside = (
                inside[part]
                if isinstance(inside, dict) and part in inside
                else (
                    inside[part] if isinstance(inside, list) and isinstance(part, int) and part < len(inside) else None
                )
            )
        if isinstance(inside, dict) or (isinstance(inside, list) and isinstance(last, int) and last < len(inside)):
            inside[last] = copy.deepcopy(new)
    return (json.dumps(value) if name.endswith(".json") else tomli_w.dumps(value)).encode(errors="surrogatepass")


def places(content: bytes, name: str) -> list[tuple[Any, ...]]:
    """The place of every value in a file."""
    return paths_of(json.loads(content) if name.endswith(".json") else tomllib.loads(content.decode()))[1:]


def fits_toml(value: Any) -> bool:
    """TOML has neither null nor surrogates."""
    if isinstance(value, dict):
        return all(fits_toml(item) for item in value.values())
    return all(fits_toml(item) for item in value) if isinstance(value, list) else value not in {None, "\ud800"}


@pytest.mark.parametrize("name", STRUCTURED)
@QUIET
@given(data=st.data())
def test_an_odd_value_in_any_field_is_refused_or_read_within_two_seconds(
    name: str, readers: dict[str, Reader], tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    reader = readers[name]
    odd = st.sampled_from([value for value in ODD if name.endswith(".json") or fits_toml(value)])
    where = st.sampled_from(places(reader.valid, name))
    changes = data.draw(st.lists(st.tuples(where, odd), min_size=1, max_size=2))
    content = with_values(reader.valid, name, changes)
    began = time.process_time()
    read(reader, tmp_path_factory.mktemp("odd"), content)
    assert time.process_time() - began < MAX_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("name", STRUCTURED)
def test_every_field_refuses_every_odd_value_or_reads_it(name: str, readers: dict[str, Reader], tmp_path: Path) -> None:
    reader = readers[name]
    alike: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for place in places(reader.valid, name):  # one item represents all items of a list
        alike.setdefault(tuple("item" if isinstance(part, int) else part for part in place), place)
    odd = [value for value in ODD if name.endswith(".json") or fits_toml(value)]
    for place, value in itertools.product(alike.values(), odd):
        began = time.process_time()
        read(reader, tmp_path, with_values(reader.valid, name, [(place, value)]))
        assert time.process_time() - began < MAX_SECONDS, (place, value)


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"9" * 5000, b"1e999999999999"])
@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".json") and name not in FORGIVING])
def test_a_number_too_large_to_be_one_is_refused_wherever_it_is(
    name: str, number: bytes, readers: dict[str, Reader], tmp_path: Path
) -> None:
    content = readers[name].valid
    at = content.rindex(b"}")
    assert not read(readers[name], tmp_path, content[:at] + b', "more": ' + number + content[at:])


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".json")])
def test_deep_nesting_is_refused_by_every_reader(
    name: str, bracket: str, readers: dict[str, Reader], tmp_path: Path
) -> None:
    closing = "]" if bracket == "[" else "}"
    for depth in (100, 900, 100_000):
        inside = bracket * depth + "0" + closing * depth
        content = b'{"schema": 1, "more": ' + inside.encode() + b"}"
        taken = read(readers[name], tmp_path, content)
        assert not taken or name in FORGIVING


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("generation", -1), ("generation", 10**30), ("innovation", -1), ("innovation", 0), ("node_id", 3),
        ("rng", {}), ("rng", None), ("population", None), ("population", [None]), ("seeds", [2**40]), ("seeds", [-1]),
        ("seeds", "x"), ("weights", [1.0]), ("weights", [None] * 6), ("known", []), ("known", {"99999999": []}),
        ("known", {"x": []}), ("known", {"0": [[1.0]]}), ("known", {"-1": []}),
    ],
)  # fmt: skip
def test_a_search_does_not_go_on_from_a_state_that_is_none(
    field: str, value: Any, readers: dict[str, Reader], tmp_path: Path
) -> None:
    """A negative generation made the search endless; other values were an AttributeError or an OverflowError."""
    reader = readers["search-checkpoint.json"]
    checkpoint = json.loads(reader.valid)
    checkpoint["restarts"][0]["search"][field] = value
    assert not read(reader, tmp_path, json.dumps(checkpoint).encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [("state", -1), ("state", 2**128), ("inc", 2), ("inc", -1), ("inc", 2**128 + 1), ("inc", 0.5), ("state", None)],
)
def test_a_generator_that_numpy_cannot_have_is_refused(
    name: str, value: Any, readers: dict[str, Reader], tmp_path: Path
) -> None:
    reader = readers["search-checkpoint.json"]
    checkpoint = json.loads(reader.valid)
    checkpoint["restarts"][0]["search"]["rng"]["state"][name] = value
    assert not read(reader, tmp_path, json.dumps(checkpoint).encode())


def test_a_checkpoint_of_networks_of_another_task_is_refused(readers: dict[str, Reader], tmp_path: Path) -> None:
    """Their lanes would be read from places without inputs."""
    reader = readers["search-checkpoint.json"]
    for where in ("population", "champion", "tried", "snapshots"):
        checkpoint = json.loads(reader.valid)
        restart = checkpoint["restarts"][0]
        inside = restart["search"]["population"] if where == "population" else restart[where]
        genome = inside[0] if isinstance(inside, list) else inside
        gone = genome["nodes"].pop(1)["id"]
        genome["connections"] = [gene for gene in genome["connections"] if gone not in {gene["source"], gene["target"]}]
        assert not read(reader, tmp_path, json.dumps(checkpoint).encode())


@pytest.mark.parametrize("name", sorted(set(NAMES) - FORGIVING - {"mine.toml", "experiment.toml"}))
def test_half_a_file_is_refused(name: str, readers: dict[str, Reader], tmp_path: Path) -> None:
    valid = readers[name].valid
    assert not read(readers[name], tmp_path, valid[: len(valid) // 2])


FROM_ANYWHERE = {"mine.toml", "network.out", "network.json", "encoder.onnx"}
"""Files outside a store: a user may keep them anywhere."""


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
        file.truncate(200 * 1024 * 1024)  # a sparse file, which takes no space on disk
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
