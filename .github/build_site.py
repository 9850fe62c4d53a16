"""Build every deck of ``slides/`` and collect them with a page that lists them: ``python .github/build_site.py site``.

A deck that does not build does not stop the others. The page leaves it out, and GitHub gets its name as the output
``failed``. If no deck builds, the program exits with 1.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Slides</title>
<style>
  body {{ font: 1.25rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }}
  :root {{ color-scheme: light dark; }}
</style>
<h1>Slides</h1>
<ul>
{entries}
</ul>
</html>
"""


def main(folder: Path) -> int:
    """Write the site into an empty or new folder; return the exit status."""
    sources = [path for path in sorted((PROJECT / "slides").glob("*.md")) if not path.name.startswith((".", "_"))]
    built = {path.stem: _build(path) for path in sources}
    names = [name for name, works in built.items() if works]
    failed = [name for name, works in built.items() if not works]
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copytree(PROJECT / "dist" / name, folder / name)
    (folder / "index.html").write_text(index_page({name: title_of(folder / name) for name in names}), encoding="utf-8")
    _tell_github(failed)
    return 0 if names else 1


def index_page(titles: dict[str, str]) -> str:
    """The page that lists decks: folder -> title."""
    entries = [f'  <li><a href="{html.escape(name)}/">{html.escape(title)}</a></li>' for name, title in titles.items()]
    return PAGE.format(entries="\n".join(entries))


def title_of(deck: Path) -> str:
    """The title of a built deck, or the name of its folder."""
    found = re.search(r"<title>(.*?)</title>", (deck / "index.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    return html.unescape(found[1]).strip() if found and found[1].strip() else deck.name


def _build(source: Path) -> bool:
    done = subprocess.run([sys.executable, "build.py", str(source)], check=False, cwd=PROJECT)
    return done.returncode == 0


def _tell_github(failed: list[str]) -> None:
    output = os.environ.get("GITHUB_OUTPUT")
    if output:
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"failed={' '.join(failed)}\n")
    for name in failed:
        sys.stderr.write(f"{name}: does not build, so it is not published\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
