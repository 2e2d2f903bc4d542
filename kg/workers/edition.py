"""What an extraction depends on beside the item, so that machines which differ in it are found out."""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

__all__ = ["differences", "edition"]

_LIBRARIES = ("jieba", "opencc-python-reimplemented", "python-crfsuite", "numpy")
_CODE = (".py",)
_LISTS = (".ttl", ".toml", ".txt")


def edition(folder: Path | None = None) -> dict[str, str]:
    """Versions and fingerprints by what they are of, for a person to read. `folder` is as in `Extractor.load`.

    Raises OSError where the folder cannot be read.
    """
    packaged = files("kg.ontology")
    lists: Traversable | Path = folder if folder is not None else packaged
    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}")
    own = folder is not None and (folder / "models").is_dir()
    return {
        "kg": f"{_version('kg-news')}, code {_fingerprint(files('kg'), _CODE)}",
        "the ontology": f"{folder or 'packaged'}, {_fingerprint(lists, _LISTS)}",
        "the models": _fingerprint(lists / "models" if own else files("kg.extract") / "models", ()),
        "Python": ".".join(map(str, sys.version_info[:2])),
        **{name: _version(name) for name in _LIBRARIES},
    }


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What is not the same, in words."""
    return [f"{name}: {there.get(name)} there, {here[name]} here" for name in here if there.get(name) != here[name]]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _fingerprint(root: Traversable | Path, endings: tuple[str, ...]) -> str:
    """Of the files in and under a folder that have one of these endings, whatever their line ends; none means all."""
    digest = hashlib.blake2b(digest_size=6)
    for name, file in _files(root, ""):
        if not endings or name.endswith(endings):
            data = file.read_bytes()
            if endings:
                data = data.replace(b"\r\n", b"\n")
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def _files(root: Traversable | Path, path: str) -> Iterator[tuple[str, Traversable | Path]]:
    for entry in sorted(root.iterdir(), key=lambda e: e.name):
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry, name)
        else:
            yield name, entry
