"""A file or folder is the old one or the new one."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from wann_core.files import atomic
from wann_core.files.atomic import copy_directory, replace_directory, sweep, write_bytes, write_text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(path, b"new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_written_with_unix_line_ends_and_readable_by_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_text(path, "ä\n")
    assert path.read_bytes() == b"\xc3\xa4\n"
    assert path.stat().st_mode & 0o777 == 0o644


def folder(path: Path, content: str) -> Path:
    path.mkdir()
    (path / "file").write_text(content)
    return path


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    target = folder(tmp_path / "run", "old")
    replace_directory(folder(tmp_path / "work", "new"), target)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (target / "file").read_text() == "new"


def test_a_folder_takes_a_place_that_was_empty(tmp_path: Path) -> None:
    replace_directory(folder(tmp_path / "work", "new"), tmp_path / "run")
    assert (tmp_path / "run" / "file").read_text() == "new"


@pytest.mark.parametrize("can_exchange", [True, False])
def test_at_every_step_of_a_replacement_the_old_or_the_new_folder_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if can_exchange and sys.platform not in ("linux", "darwin"):
        pytest.skip("this system cannot exchange two names in one step")
    if not can_exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda one, other: False)
    target = folder(tmp_path / "run", "old")
    seen: list[str | None] = []

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in {"os.rename", "os.remove", "os.rmdir"}:
            seen.append((target / "file").read_text() if (target / "file").exists() else None)

    new, watching = folder(tmp_path / "work", "new"), True
    sys.addaudithook(look)
    replace_directory(new, target)
    watching = False
    assert seen[0] == ("new" if can_exchange else "old")
    assert seen[-1] == "new"
    assert (None in seen) is not can_exchange


def test_a_folder_comes_from_another_disk(tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk here")
    target = folder(tmp_path / "run", "old")
    with tempfile.TemporaryDirectory(dir=other) as place:
        replace_directory(folder(Path(place) / "work", "new"), target)
        assert list(Path(place).iterdir()) == []
    assert (target / "file").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_copy_takes_a_place_and_leaves_what_it_is_of(tmp_path: Path) -> None:
    copy_directory(folder(tmp_path / "store", "kept"), folder(tmp_path / "work", "old"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "work"]
    assert [(tmp_path / name / "file").read_text() for name in ("store", "work")] == ["kept", "kept"]


@pytest.mark.parametrize("was_cut_off", ["before the new folder came", "before the old one was removed"])
def test_a_replacement_that_was_cut_off_does_no_harm_to_the_next(tmp_path: Path, was_cut_off: str) -> None:
    target = tmp_path / "run"
    folder(tmp_path / ".run.old", "oldest")
    if was_cut_off == "before the old one was removed":
        folder(target, "old")
    replace_directory(folder(tmp_path / "work", "new"), target)
    assert (target / "file").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_a_killed_write_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    write_text(tmp_path / "kept.json", "{}")
    (tmp_path / ".champion.json.x1y2.tmp").write_text("half of")
    (tmp_path / "notes.tmp").write_text("a person's")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.json", "notes.tmp"]


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_linked_folder_stays_a_link_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "old.txt").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for text in ("new", "newer"):
        new = tmp_path / "made"
        new.mkdir()
        (new / "new.txt").write_text(text)
        atomic.replace_directory(new, tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert {path.name: path.read_text() for path in (tmp_path / "real").iterdir()} == {"new.txt": text}
    assert {path.name for path in tmp_path.iterdir()} == {"real", "link"}
