"""``build.py --new``."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from wann_core.deck.build.starter import StarterError, write_starter

DAY = datetime.date(2024, 5, 17)


def test_the_starter_has_its_title_and_date(tmp_path: Path) -> None:
    text = write_starter(tmp_path / "slides", "my-first-talk", DAY).read_text(encoding="utf-8")
    assert "title: My first talk" in text
    assert "date: 2024-05-17" in text
    assert "slides/my-first-talk.md" in text


def test_an_existing_deck_is_never_overwritten(tmp_path: Path) -> None:
    path = write_starter(tmp_path, "talk", DAY)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(StarterError, match=r"talk\.md exists"):
        write_starter(tmp_path, "talk.md", DAY)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["../talk", "a/b", "", ".hidden", "a:b"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StarterError, match="letters, digits"):
        write_starter(tmp_path, name, DAY)
    assert list(tmp_path.iterdir()) == []
