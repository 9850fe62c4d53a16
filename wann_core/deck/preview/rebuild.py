"""Decks that are rebuilt while they are written, and what to watch after each build, including failed builds."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wann_core.deck.build.manifest import program_files
from wann_core.deck.build.outcome import BuildError, BuildOutcome
from wann_core.deck.build.sources import NoDeckError, deck_sources
from wann_core.deck.preview.watch import Built, watched_folders


@dataclass(slots=True)
class Rebuild:
    """Builds decks when it is called.

    Attributes:
        named: decks that were named; if there are none, all decks in ``slides`` are built.
        slides: folder of the decks.
        build: builds decks and returns a report.
        complain: shows an error.
    """

    named: Sequence[Path]
    slides: Path
    build: Callable[[list[Path]], BuildOutcome]
    complain: Callable[[str], None]
    _decks: tuple[str, ...] = ()
    _files: tuple[Path, ...] = ()
    _said: tuple[list[str], list[int]] | None = None

    def __call__(self) -> Built:
        """Build. If the build fails, the decks are still watched, because a missing deck may come back."""
        try:
            sources = deck_sources(self.named, self.slides)
        except NoDeckError as error:
            return self._failed([str(error)])
        self._decks = tuple(source.stem for source in sources)
        try:
            outcome = self.build(sources)
        except BuildError as failed:
            self._files = (*sources, *failed.inputs)
            return self._failed(list(map(str, failed.problems)))
        except ValueError as error:
            return self._failed([str(error)])
        except Exception as error:  # the server continues with the last good build
            traceback.print_exc()
            return self._failed([f"the build broke off: {error!r} (the trace is in the terminal)"])
        self._said = None
        self._files = (*sources, *(path for deck in outcome.decks for path in deck.inputs))
        return Built((), not outcome.is_fresh, self._folders(), self._decks)

    def _failed(self, errors: list[str]) -> Built:
        """Show an error, once for each state of the files."""
        files = self._files or self.named
        said = errors, [_changed(path) for path in files]
        if said != self._said:
            self.complain("\n".join(errors))
        self._said = said
        return Built(tuple(errors), changed=False, folders=self._folders(), decks=self._decks)

    def _folders(self) -> frozenset[Path]:
        asked_for = self.named or [self.slides / "any.md"]
        return watched_folders([*program_files(), *asked_for, *self._files])


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # the file is missing
