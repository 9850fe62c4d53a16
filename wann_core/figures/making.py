"""Make figures and cache them.

A cached figure is identified by the hash of its inputs (results files, code, versions of drawing packages), never by a
file time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from wann_core.errors import WannError
from wann_core.figures.discovery import is_known, names, spec_of, store_of, task_of
from wann_core.figures.figure import Figure, FigureError, FigureOutput, FigureRequest, FigureSpec
from wann_core.figures.figure_provenance import origin_of
from wann_core.files.atomic import write_text
from wann_core.files.checked import Count, FileStruct, checked, parse_json
from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash
from wann_core.files.installed_versions import version_of
from wann_core.files.safe_read import strict_text
from wann_core.paths import EXPERIMENTS, encoder_path, runs_root
from wann_core.progress import Reporter, stage
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import entry_of, paper_tasks

SCHEMA: Final = 2
MAX_BYTES: Final = 16 * 1024 * 1024


def _inputs(name: str, runs: Path) -> tuple[FigureSpec, RunStore | None, bool, str]:
    """A figure's declaration, its store, whether the store holds a run, and the hash of all dependencies."""
    task = task_of(name)
    spec = spec_of(name)
    stores = [store_of(task, runs)] if task else [store_of(other, runs) for other in paper_tasks()]
    parts: list[Any] = [name]
    for store in stores:
        if store.exists():
            files = [getattr(store, attribute) for attribute in spec.inputs]
            parts += [file if file.is_file() else f"no {file.name}" for file in files]
        else:
            parts.append(f"no run of {store.task}")
    modules = [spec.module]
    if spec.needs_drawing and task:
        modules += [entry_of(task).task, entry_of(task).drawing]
    if spec.needs_encoder and task:
        modules += [module for module in (entry_of(task).frames,) if module]
    if spec.needs_encoder and task:
        parts.append(encoder_path(task))
    parts += [code_hash(*modules), EXPERIMENTS / "paper.toml"]
    parts += [f"{package} {version_of(package)}" for package in spec.packages]
    store_of_task = stores[0] if task else None
    return spec, store_of_task, bool(task) and stores[0].exists(), content_hash(*parts)


class EntryFields(msgspec.Struct, frozen=True):
    """The fields of a cached figure's entry that are read; the entry holds more. Files are in the manifest's folder."""

    key: str
    type: str
    alt: str
    width: Count
    height: Count
    files: dict[str, Annotated[str, Meta(pattern=r"^(?!.*\.\.)[^\0/\\][^\0\\]*$", max_length=200)]]


class ManifestFields(FileStruct):
    """Content of ``manifest.json``; its figures are checked one by one."""

    schema: Literal[2]
    figures: dict[str, dict[str, Any]]


def _whole(entries: dict[str, dict[str, Any]], path: Path) -> dict[str, dict[str, Any]]:
    """The valid entries; a figure with an invalid entry is made again."""
    kept = {}
    for name, entry in entries.items():
        with suppress(WannError):
            checked(entry, EntryFields, f"{path}.figures.{name}")
            kept[name] = entry
    return kept


def key_of(name: str, runs: Path | None = None) -> str:
    """The hash of everything that a figure depends on; if it changes, the figure is made again."""
    return _inputs(name, runs or runs_root())[3]


@dataclass(slots=True)
class _Manifest:
    """The content of the cache folder: name -> the cached figure as JSON, with its key."""

    path: Path
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> _Manifest:
        """Read the manifest; a missing or damaged one is read as empty, because only time is lost."""
        try:
            value = checked(parse_json(strict_text(path, MAX_BYTES, links=True)), ManifestFields, str(path))
            whole = _whole(value.figures, path)
        except (OSError, WannError):
            whole = {}
        return cls(path, whole)

    def write(self) -> None:
        """Write it."""
        value = {"schema": SCHEMA, "figures": self.entries}
        write_text(self.path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")

    def product(self, name: str, provenance: Mapping[str, Any]) -> Figure:
        """The made figure."""
        entry = self.entries[name]
        files = {role: self.path.parent / file for role, file in entry["files"].items()}
        return Figure(name, entry["type"], files, entry["alt"], entry["width"], entry["height"], provenance)

    def is_fresh(self, name: str, key: str) -> bool:
        """Whether the cached figure is up to date."""
        entry = self.entries.get(name)
        return (
            entry is not None
            and entry.get("key") == key
            and all((self.path.parent / file).is_file() for file in entry["files"].values())
        )


def stale(wanted: Iterable[str], cache_dir: Path, runs: Path | None = None) -> tuple[str, ...]:
    """Which of the wanted figures would have to be made."""
    runs = runs or runs_root()
    manifest = _Manifest.read(cache_dir / "manifest.json")
    return tuple(name for name in dict.fromkeys(wanted) if not manifest.is_fresh(name, _inputs(name, runs)[3]))


def make(wanted: Iterable[str], cache_dir: Path, reporter: Reporter, runs: Path | None = None) -> dict[str, Figure]:
    """Bring figures up to date.

    Args:
        wanted: names of figures; other figures are not changed.
        cache_dir: folder of the figures and their manifest.
        reporter: shows progress.
        runs: folder of the results stores.

    Returns:
        The wanted figures by name.

    Raises:
        FigureError: the name is unknown, a results file is damaged, or a maker failed; the message names the figure.
    """
    runs = runs or runs_root()
    wanted = tuple(dict.fromkeys(wanted))
    for name in wanted:
        if not is_known(name, runs):
            raise FigureError(f'no figure "{name}"; there are: {", ".join(names(runs))}')
    manifest = _Manifest.read(cache_dir / "manifest.json")
    keyed = {name: _inputs(name, runs) for name in wanted}
    missing = [name for name in wanted if not manifest.is_fresh(name, keyed[name][3])]
    if missing:
        with stage(reporter, len(missing), "figures"), ThreadPoolExecutor(2) as pool:
            # Films first, because they take longest; frames are drawn outside the interpreter's lock.
            missing.sort(key=lambda name: keyed[name][0].type != "video")
            futures = {pool.submit(_make_one, name, keyed[name], cache_dir, runs): name for name in missing}
            try:
                for future in as_completed(futures):
                    manifest.entries[futures[future]] = future.result()
                    manifest.write()
                    reporter.advance(made=futures[future])
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return {name: manifest.product(name, origin_of(*keyed[name][:3])) for name in wanted}


def _make_one(
    name: str, inputs: tuple[FigureSpec, RunStore | None, bool, str], cache_dir: Path, runs: Path
) -> dict[str, Any]:
    """Make one figure in a temporary folder, then move it into place."""
    spec, store, has_run, key = inputs
    folder_name = name.replace("/", "-").replace(".", "-")
    folder, temporary = cache_dir / folder_name, cache_dir / f".{folder_name}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    maker: Callable[[FigureRequest], FigureOutput] = getattr(import_module(spec.module), spec.maker)
    try:
        made = maker(FigureRequest(name, store, has_run, runs, temporary))
    except (ValueError, OSError, RuntimeError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise FigureError(f"figure {name}: {error}") from error
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)
    return {
        "key": key,
        "type": spec.type,
        "files": {role: f"{folder_name}/{file}" for role, file in made.files.items()},
        "alt": made.alt,
        "width": made.width,
        "height": made.height,
        "inputs": _input_hashes(spec, [store] if store else [store_of(task, runs) for task in paper_tasks()]),
        "versions": {package: version_of(package) for package in spec.packages},
    }


def _input_hashes(spec: FigureSpec, stores: Iterable[RunStore]) -> dict[str, str]:
    """The results files of a figure, each with the hash of its content."""
    paths = [getattr(store, attribute) for store in stores for attribute in ("experiment", *spec.inputs)]
    return {f"{path.parent.name}/{path.name}": content_hash(path) for path in paths if path.is_file()}
