"""A file or folder is the old one or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from wann_core.atomic import replace_directory, sweep, write_bytes, write_text


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
