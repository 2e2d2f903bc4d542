"""The store beside a ledger: its triples on disk, brought up to date by what changed.

The folder holds generations: stores that are never written again, so that any number of processes may read them while
another makes the next. `current` names the one that holds. A new generation shares the files of the one before (they
are linked, not copied) and takes up what changed; where too much did, or the ledger, the ontology, the namespace or the
form of the triples is another, it is built anew. Two processes that do so at once both succeed, and the later takes the
place.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import GraphError
from kg.export import description, nodes, statements, terms, triples
from kg.export.alignments import Alignments
from kg.sparql.quads import Quads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["Replica"]

_log = logging.getLogger(__name__)
_CURRENT: Final = "current"
_STAMP: Final = "stamp.json"
_FEW: Final = 1_000
_SHARE: Final = 100
"""Where fewer than so many things changed, or less than one for so many quads, taking up what changed is faster."""
_FILES: Final = 60
"""So many files of a store are too many: they are merged."""
_GRACE: Final = 60.0
"""Seconds that a generation stays at least, since another process may be about to open it."""
_LEFTOVER: Final = 3600.0
"""Seconds after which a draft that nobody finished goes."""
_GENERATION: Final = re.compile(r"g-[0-9a-f]+")


class Replica:
    """The triples of a ledger in a store on disk. Safe to use from several threads.

    Without a folder, or where it cannot be written, they are kept in a temporary one, which goes with the replica.
    """

    def __init__(self, folder: Path | None, ledger: Ledger, schema: Schema, ontology: Path | None = None) -> None:
        """`ontology` is a folder laid out like the packaged one, whose lists of names elsewhere are used."""
        self._ledger = ledger
        self._schema = schema
        self._ontology = ontology
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()
        self._shown: Path | None = None

    def current(self) -> Path:
        """The folder of a store that shows the ledger as it is.

        While another thread brings the store up to date, the one before is given, if there is one. It may be gone when
        it is opened, if another process made a newer one: then ask again. Raises GraphError where no store can be made.
        """
        shown = self._shown
        if not self._lock.acquire(blocking=shown is None):
            assert shown is not None
            return shown
        try:
            with self._ledger.reading():
                self._shown = self._refreshed()
            return self._shown
        finally:
            self._lock.release()

    def discard(self, generation: Path) -> None:
        """Say that a store cannot be opened: if it is the one that holds, the next is built anew."""
        with suppress(OSError):
            (generation / _STAMP).unlink()

    def close(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    # -- generations

    def _refreshed(self) -> Path:
        place = self._place()
        stamp = self._stamp()
        held, shown, quads = _current(place)
        if held is not None and shown == stamp:
            return held
        try:
            return self._made(place, held, shown, quads, stamp)
        except OSError as error:
            if self._temporary is not None:
                raise GraphError(f"{place}: the store for SPARQL cannot be made ({error})") from error
            _log.warning(
                "%s: the store for SPARQL cannot be kept there (%s); it goes into a temporary folder", place, error
            )
            self._temporary = tempfile.TemporaryDirectory(prefix="kg-sparql-")
            return self._refreshed()

    @cached_property
    def _alignments(self) -> Alignments:
        return Alignments.load(self._schema, self._ontology)

    def _place(self) -> Path:
        if self._temporary is None and self._folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="kg-sparql-")
        return Path(self._temporary.name) if self._temporary is not None else self._folder or Path()

    def _stamp(self) -> dict[str, object]:
        sequence = self._ledger.sequence
        return {
            "ledger": self._ledger.id,
            "sequence": sequence,
            "lineage": self._ledger.lineage(sequence),
            "form": [self._schema.fingerprint, self._schema.base_iri, self._alignments.fingerprint, _form()],
        }

    def _made(
        self, place: Path, held: Path | None, shown: dict[str, object], quads: int, stamp: dict[str, object]
    ) -> Path:
        """A new generation; those before the last go."""
        place.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=place))
        try:
            since = _continues(shown, stamp) if held is not None else None
            if since is not None and self._ledger.lineage(since) != shown.get("lineage"):
                # An old copy of the ledger was put back and written to.
                since = None
            if held is None or since is None or not self._continued(held, draft, since, quads):
                quads = self._built(draft)
            (draft / _STAMP).write_text(json.dumps({"stamp": stamp, "quads": quads}), encoding="utf-8")
            generation = place / f"g-{secrets.token_hex(8)}"
            draft.rename(generation)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        _point(place, generation.name)
        _sweep(place, {generation, held})
        return generation

    def _built(self, draft: Path) -> int:
        store = ox.Store(str(draft))
        number = 0

        def counted() -> Iterator[ox.Quad]:
            nonlocal number
            for quad in Quads(self._ledger, self._schema, self._alignments):
                number += 1
                yield quad

        store.bulk_extend(counted())
        store.flush()
        return number

    def _continued(self, held: Path, draft: Path, since: int, quads: int) -> bool:
        """Take up what changed since. False where it is too much, or cannot be."""
        touched = self._ledger.changes(since)
        number = sum(map(len, (touched.items, touched.entities, touched.facts, touched.events, touched.observations)))
        if number > max(_FEW, quads // _SHARE):
            return False
        try:
            files = _share(held, draft)
            store = ox.Store(str(draft))
            Quads(self._ledger, self._schema, self._alignments).renew(store, touched)
            store.flush()
            if files > _FILES:
                store.optimize()
        except (OSError, RuntimeError) as error:
            _log.info("%s: cannot be continued (%s); it is built anew", held.name, error)
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            return False
        return True


def _continues(shown: dict[str, object], stamp: dict[str, object]) -> int | None:
    """The sequence number of a state that this one goes on from; None where it does not."""
    since, now = shown.get("sequence"), stamp["sequence"]
    same = all(shown.get(key) == stamp[key] for key in ("ledger", "form"))
    return since if same and isinstance(since, int) and isinstance(now, int) and since <= now else None


@cache
def _form() -> str:
    """What the triples look like, and the store that holds them: another program may write others."""
    from importlib.metadata import version

    parts = (
        *(module.__file__ for module in (description, nodes, statements, terms, triples)),
        Path(__file__).with_name("quads.py"),
    )
    text = b"".join(Path(part).read_bytes() for part in parts if part is not None)
    return f"{hashlib.blake2b(text, digest_size=8).hexdigest()}/{version('pyoxigraph')}"


def _current(place: Path) -> tuple[Path | None, dict[str, object], int]:
    """The generation that holds, its stamp, and how many quads it was built with; a damaged one is none."""
    try:
        name = (place / _CURRENT).read_text(encoding="utf-8").strip()
        told = json.loads((place / name / _STAMP).read_text(encoding="utf-8"))
        stamp, quads = dict(told["stamp"]), int(told["quads"])
    except (OSError, ValueError, TypeError, KeyError):
        return None, {}, 0
    return (place / name, stamp, quads) if _GENERATION.fullmatch(name) else (None, {}, 0)


def _point(place: Path, name: str) -> None:
    number, draft = tempfile.mkstemp(prefix="draft-", dir=place)
    with os.fdopen(number, "w", encoding="utf-8") as stream:
        stream.write(name)
    Path(draft).replace(place / _CURRENT)


def _share(held: Path, draft: Path) -> int:
    """Give a new store what an old one has: tables are never written again and are linked, all else is copied. How many
    tables there are."""
    tables = 0
    for file in held.iterdir():
        if file.name in ("LOCK", _STAMP) or file.name.startswith("LOG"):
            continue
        if file.suffix == ".sst":
            tables += 1
            try:
                os.link(file, draft / file.name)
                continue
            except OSError:
                pass
        shutil.copy2(file, draft / file.name)
    return tables


def _sweep(place: Path, kept: set[Path | None]) -> None:
    """Remove what nobody needs: old generations, and drafts that were left lying."""
    for entry in place.iterdir():
        if entry in kept:
            continue
        old = _GRACE if _GENERATION.fullmatch(entry.name) else _LEFTOVER if entry.name.startswith("draft-") else None
        with suppress(OSError):
            if old is not None and time.time() - entry.stat().st_mtime >= old:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
