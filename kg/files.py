"""Files that appear whole or not at all, and what a killed process left beside them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["draft", "is_running", "mode_of", "sweep"]


@contextmanager
def draft(target: Path) -> Iterator[IO[bytes]]:
    """A file beside `target` that takes its place when all went well, and goes when it did not.

    Once it has taken the place it is on the disk. Drafts that killed processes left are swept first. Raises OSError.
    """
    target = target.resolve()
    sweep(target.parent, rf"\.{re.escape(target.name)}\.(\d+)\.\w+\.draft")
    number, name = tempfile.mkstemp(".draft", f".{target.name}.{os.getpid()}.", target.parent)
    try:
        with os.fdopen(number, "wb", buffering=1 << 20) as stream:
            yield stream
            stream.flush()
            os.fsync(number)
        Path(name).chmod(mode_of(target, 0o666))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def mode_of(target: Path, most: int) -> int:
    """The permissions of what is there, else those that a new one gets."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return most & ~mask


def sweep(folder: Path, pattern: str) -> None:
    """Remove the files and folders in a folder whose whole name fits a pattern, where the process that the pattern's
    first group names is gone. What cannot be removed stays."""
    for file in folder.iterdir() if folder.is_dir() else ():
        found = re.fullmatch(pattern, file.name)
        if found and not is_running(int(found[1])):
            with suppress(OSError):
                shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)


def is_running(pid: int) -> bool:
    """Whether there is a process of that number on this machine; True where that cannot be told."""
    if os.name == "nt":
        # There signal 0 is no question but Ctrl+C.
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
