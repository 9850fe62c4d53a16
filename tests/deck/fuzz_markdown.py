"""Coverage-guided fuzzing of the code that reads and renders decks, with atheris:

    pip install -e '.[fuzz]'
    python tests/deck/fuzz_markdown.py -max_total_time=300

Arguments are libFuzzer's; a folder among them keeps the inputs that reached new code. It begins with the fixtures and
knows the pieces that mean something in a deck. An input that fails is written to ``crash-…`` and printed; it belongs
into ``test_any_markdown.py`` as an ``@example``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

HERE = Path(__file__).parent

with atheris.instrument_imports(include=["wann_core.deck", "markdown_it", "mdit_py_plugins"]):
    from markdown_it.utils import read_fixture_file
    from rendering import PIECES, assert_sound, render


def write_seeds(folder: Path) -> None:
    """Write the markdown of all fixtures, one file each."""
    for path in (*sorted((HERE / "fixtures").glob("*.md")), HERE / "mistakes.md"):
        for line, _, markdown, *_ in read_fixture_file(path):
            (folder / f"{path.stem}-{line}").write_text(markdown, encoding="utf-8")


def write_dictionary(path: Path) -> None:
    """Write the pieces as a dictionary of libFuzzer."""
    words = ["".join(f"\\x{byte:02x}" for byte in piece.encode("utf-8", "surrogatepass")) for piece in PIECES]
    path.write_text("".join(f'"{word}"\n' for word in words), encoding="ascii")


def main() -> None:
    """Fuzz until an input fails or the time is over."""
    memory = Path("/dev/shm")  # a deck is written for each input, so a real disk would dominate the time
    with tempfile.TemporaryDirectory(prefix="wann-fuzz-", dir=memory if memory.is_dir() else None) as temporary:
        folder = Path(temporary)
        deck, seeds, dictionary = folder / "deck", folder / "seeds", folder / "pieces.dict"
        for made in (deck, seeds):
            made.mkdir()
        write_seeds(seeds)
        write_dictionary(dictionary)

        def read_and_render(data: bytes) -> None:
            html, _ = render(deck, data.decode("utf-8", "replace"))
            assert_sound(html)

        own = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        flags = [argument for argument in sys.argv[1:] if argument.startswith("-")]
        # libFuzzer writes into the first folder. If the user named a folder, it must come first, not the seeds' folder.
        arguments = [sys.argv[0], *flags, f"-dict={dictionary}", "-max_len=600", "-timeout=20", *own, str(seeds)]
        atheris.Setup(arguments, read_and_render)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
