"""Coverage-guided fuzzing with atheris, of every reader or of the named one.

    pip install -e '.[fuzz]'
    python tests/fuzz/fuzz_readers.py champion.json -max_total_time=600
    python tests/fuzz/fuzz_readers.py all -max_total_time=600
    python tests/fuzz/fuzz_readers.py --list

A crash stops it and leaves the input in the file that libFuzzer names.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "fuzz")]

import atheris  # noqa: E402  # the path comes first

with atheris.instrument_imports(include=["wann_core", "json", "tomllib", "csv"]):
    from readers import Reader, all_readers

    from wann_core.errors import WannError


def main() -> None:
    """Fuzz until libFuzzer's own limit (``-max_total_time``, ``-runs``) or a crash."""
    wanted, *options = sys.argv[1:] or ["all"]
    with tempfile.TemporaryDirectory() as folder:
        valid, corpus, work = (Path(folder) / name for name in ("valid", "corpus", "work"))
        for path in (valid, corpus, work):
            path.mkdir()
        readers = all_readers(valid)
        if wanted == "--list":
            print("\n".join(readers))
            return
        if wanted != "all" and wanted not in readers:
            sys.exit(f"no reader of {wanted}; there are: all, {', '.join(readers)}")
        chosen = [reader for name, reader in readers.items() if wanted in ("all", name)]
        for reader in chosen:
            (corpus / reader.name).write_bytes(bytes([chosen.index(reader)]) + reader.valid)

        def one(data: bytes) -> None:
            if data:
                feed(chosen[data[0] % len(chosen)], work, data[1:])

        atheris.Setup([sys.argv[0], *options, str(corpus)], one)
        atheris.Fuzz()


def feed(reader: Reader, folder: Path, content: bytes) -> None:
    """Let a reader read the content; an error that names the file is expected."""
    for path in folder.iterdir():
        path.unlink()
    (folder / reader.name).write_bytes(content)
    try:
        reader.read(folder)
    except WannError as error:
        if reader.name not in str(error):
            raise


if __name__ == "__main__":
    main()
