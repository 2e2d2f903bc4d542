"""Files and folders that appear whole, or not at all; gzip where the name says so."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from kg import files
from kg.errors import KgError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GZIP", "Folder", "compressed", "draft", "draft_folder", "writing"]

GZIP: Final = ".gz"
_BUFFER: Final = 1 << 20
_LEVEL: Final = 6


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Raises KgError, which names the file, in place of OSError."""
    try:
        yield
    except OSError as error:
        raise KgError(f"{out}: cannot be written ({error.strerror or error}); check the path and the space.") from error


@contextmanager
def compressed(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """A gzip stream over another, without name and time: the same content gives the same bytes."""
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=raw, mtime=0) as stream:
        yield cast("IO[bytes]", stream)


@contextmanager
def draft(out: Path) -> Iterator[IO[bytes]]:
    """A file beside `out` that takes its place when all went well, and goes when it did not.

    Where `out` ends in `.gz`, what is written is compressed. Raises UsageError where `out` is a folder.
    """
    with writing(out), ExitStack() as open_:
        if out.is_dir():
            raise UsageError(f"{out} is a folder; name a file in it")
        stream = open_.enter_context(files.draft(out))
        yield open_.enter_context(compressed(stream)) if out.resolve().suffix == GZIP else stream


@dataclass(slots=True)
class Folder:
    """A folder while it is being written."""

    path: Path
    gzip: bool
    names: list[str] = field(default_factory=list)
    """What was written, in order."""

    @contextmanager
    def file(self, name: str, *, gzip: bool | None = None) -> Iterator[IO[bytes]]:
        """A new file in it; `.gz` is added to the name where files are compressed."""
        packed = self.gzip if gzip is None else gzip
        name += GZIP if packed else ""
        self.names.append(name)
        with ExitStack() as open_:
            stream: IO[bytes] = open_.enter_context((self.path / name).open("xb", buffering=_BUFFER))
            yield open_.enter_context(compressed(stream)) if packed else stream


@contextmanager
def draft_folder(out: Path, ours: re.Pattern[str]) -> Iterator[Folder]:
    """A folder beside `out` that takes its place when all went well, and goes when it did not.

    A folder that is there is replaced as a whole, but only where every file in it has a name that fits `ours`: nobody
    else's files are ever removed. Where `out` ends in `.gz`, its files are compressed.

    Raises UsageError where something else is in the folder, or it is the working directory.
    """
    with writing(out):
        target = out.resolve()
        _replaceable(out, target, ours)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Both in one folder beside the target, so that whatever is left of a crash lies in one place.
        files.sweep(target.parent, rf"\.{re.escape(target.name)}\.(\d+)\.\w+\.draft")
        room = Path(tempfile.mkdtemp(".draft", f".{target.name}.{os.getpid()}.", target.parent))
        new, old = room / "new", room / "old"
        try:
            new.mkdir()
            yield Folder(new, target.suffix == GZIP)
            new.chmod(files.mode_of(target, 0o777))
            # Once more: a folder may have got other files while this one was written.
            _replaceable(out, target, ours)
            if target.exists():
                target.rename(old)
            try:
                new.rename(target)
            except BaseException:
                if old.exists():
                    old.rename(target)
                raise
        finally:
            shutil.rmtree(room, ignore_errors=True)


def _replaceable(out: Path, target: Path, ours: re.Pattern[str]) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{out} is a file, and this format is a folder of several; name a folder")
    if target == Path.cwd():
        raise UsageError(f"{out} is the folder that you are in, and would be replaced as a whole; name one in it")
    others = sorted(p.name for p in target.iterdir() if p.is_dir() or not ours.fullmatch(p.name.removesuffix(GZIP)))
    if others:
        raise UsageError(f"{out} holds {others[0]}, which no such export writes; name a new folder, or empty it first")
