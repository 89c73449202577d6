"""List the published builds, find one by its name, and open the first good one."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from kpi.errors import BuildUnavailable, NothingPublished
from kpi.warehouse.manifest import Damage, Manifest, damage, known_damage
from kpi.warehouse.publish import POINTER, candidates, manifests

LOG = logging.getLogger(__name__)
CURRENT = "current"
PREVIOUS = "previous"
ATTEMPTS = 20

Opened = TypeVar("Opened")


@dataclass(frozen=True)
class PublishedBuild:
    """Tell of one published build; `damage` is None when its bytes are the published ones."""

    manifest: Manifest
    is_current: bool
    damage: Damage | None

    @property
    def is_intact(self) -> bool:
        """Tell whether readers may open it."""
        return self.damage is None


def published_builds(workspace: Path) -> tuple[PublishedBuild, ...]:
    """List the builds, last published first; `is_current` marks the one that readers get.

    Raises `NothingPublished` when there is none.
    """
    folder = workspace / "warehouse"
    by_id = {manifest.build_id: manifest for manifest in reversed(list(candidates(folder)))}
    current = current_build_id(workspace)
    found = [
        PublishedBuild(manifest, manifest.build_id == current, damage(folder, manifest))
        for manifest in sorted(by_id.values(), key=lambda manifest: manifest.order, reverse=True)
    ]
    if not found:
        raise NothingPublished("nothing_published", workspace=workspace)
    return tuple(found)


def nothing_to_read(workspace: Path) -> NothingPublished:
    """Return the error that says why nobody can read: nothing was published, or all of it is damaged, and how."""
    folder = workspace / "warehouse"
    for manifest in candidates(folder):
        if found := known_damage(folder, manifest):
            return NothingPublished("published_damaged", workspace=workspace, build=manifest.build_id, damage=found)
    return NothingPublished("nothing_published", workspace=workspace)


def current_build_id(workspace: Path, build_id: str | None = None) -> str | None:
    """Return the id of the build readers get now, or of the one asked for; None when nothing can be read.

    Cheap: it reads the pointer, and a file's bytes only once for each state of the file.
    """
    folder = workspace / "warehouse"
    if build_id is not None:
        return find_build(workspace, build_id).build_id
    return next((found.build_id for found in candidates(folder) if known_damage(folder, found) is None), None)


def previous_good(workspace: Path, build_id: str) -> str | None:
    """Return the id of the readable build published before another one; None when there is none."""
    folder = workspace / "warehouse"
    known = _known(folder)
    if build_id not in known:
        return None
    older = [manifest for manifest in known.values() if manifest.order < known[build_id].order]
    newest_first = sorted(older, key=lambda manifest: manifest.order, reverse=True)
    return next((found.build_id for found in newest_first if known_damage(folder, found) is None), None)


def find_build(workspace: Path, build_id: str) -> Manifest:
    """Find a build by its id, the beginning of its id, `current` or `previous`.

    Raises `BuildUnavailable` when it is not published here or the beginning fits several, `NothingPublished` when
    there is no build at all.
    """
    folder = workspace / "warehouse"
    if not (known := _known(folder)):
        raise NothingPublished("nothing_published", workspace=workspace)
    current = current_build_id(workspace)
    if build_id == CURRENT and current:
        return known[current]
    if build_id == PREVIOUS and current:
        older = [manifest for manifest in known.values() if manifest.order < known[current].order]
        found = [max(older, key=lambda manifest: manifest.order)] if older else []
    else:
        found = [manifest for name, manifest in known.items() if name.startswith(build_id)]
        found = [known[build_id]] if build_id in known else found
    if len(found) != 1:
        raise BuildUnavailable("build_unknown", build=build_id, known=", ".join(sorted(known)))
    return found[0]


def open_first_good(
    workspace: Path, build_id: str | None, opener: Callable[[Path], Opened]
) -> tuple[Path, Manifest, Opened]:
    """Open the build in service, the last good one when that is damaged, or exactly the one asked for.

    A build that is pruned while it is being opened is no fault: the pointer is read again. Raises `NothingPublished`
    when no build can be read, `BuildUnavailable` when the one asked for cannot.
    """
    folder = workspace / "warehouse"
    for _ in range(ATTEMPTS):
        seen = Manifest.read(folder / POINTER)
        for manifest in _wanted(workspace, build_id):
            path = folder / manifest.file
            found = damage(folder, manifest)
            try:
                if found is None:
                    return path, manifest, opener(path)
            except duckdb.IOException as error:
                LOG.warning("Build %s vanished while it was opened: %s", manifest.build_id, error)
                continue
            if build_id is not None:
                raise BuildUnavailable("build_damaged", build=manifest.build_id, damage=found)
            LOG.error("Build %s is damaged (%s) and is left out", manifest.build_id, found)
        if Manifest.read(folder / POINTER) == seen:
            break
    raise nothing_to_read(workspace)


def _wanted(workspace: Path, build_id: str | None) -> Iterator[Manifest]:
    if build_id is None:
        yield from candidates(workspace / "warehouse")
    else:
        yield find_build(workspace, build_id)


def _known(folder: Path) -> dict[str, Manifest]:
    # A build's own manifest comes last and wins over a pointer that may be damaged.
    return {manifest.build_id: manifest for manifest in [*candidates(folder), *manifests(folder)]}
