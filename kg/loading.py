"""From paths to news items: what a loader is, which loaders there are, and which one reads a source.

A loader is a class in the entry-point group `kg.loaders`; one of a user's own package is found like ours:

    [project.entry-points."kg.loaders"]
    minutes = "my_package.minutes:MinutesLoader"
"""

from __future__ import annotations

import glob
import logging
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from kg.errors import KgError, SourceError, UnknownNameError, UsageError
from kg.letters import fold
from kg.model import NewsItem, Rejection, Span, mint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.source import Source

__all__ = [
    "MAX_ITEM",
    "BrokenLoader",
    "ItemError",
    "Loader",
    "Record",
    "check_length",
    "choose",
    "expand",
    "item_id",
    "loaders",
    "origin",
]

GROUP = "kg.loaders"
MAX_ITEM = 200_000
"""The longest item that is taken, in characters. A longer one is a book, or a newsletter taken for one item."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """One raw item of a source, counted before anything of it is parsed. It can be pickled."""

    number: int
    """1-based, in the source."""
    line: int
    """1-based: where it begins."""
    payload: Any
    """What the loader's `item` needs, and nobody else looks into."""


class ItemError(KgError):
    """One item of a source cannot be taken; the others go on."""

    def __init__(self, rule: str, reason: str, span: Span | None = None) -> None:
        self.rule = rule
        """A stable name: `empty-item`, `item-too-long`, `bad-json`, `bad-date`, `missing-text`, `duplicate-id` …"""
        self.reason = reason
        """For a person: which line, what is wrong, what would be right."""
        self.span = span
        super().__init__(reason)

    def __reduce__(self) -> tuple[type[ItemError], tuple[str, str, Span | None]]:
        return type(self), (self.rule, self.reason, self.span)

    def rejection(self, source: Source) -> Rejection:
        """The row that the quarantine keeps of it."""
        text = source.text[self.span.start : self.span.end] if self.span else ""
        return Rejection("read", self.rule, self.reason, source=source.name, span=self.span, text=text)


@runtime_checkable
class Loader(Protocol):
    """Reads one kind of source. It keeps no state between calls, so that items can be built in several processes."""

    name: str
    description: str
    suffixes: tuple[str, ...]
    """File suffixes that it looks for in a directory, with their dot, in lower case."""

    def accepts(self, source: Source) -> float:
        """How sure it is that the source is of its kind: 0 (not at all) to 1. Looks at the beginning only."""
        ...

    def records(self, source: Source) -> Iterator[Record]:
        """The source's raw items in order, lazily. Raises nothing for a broken item: that shows in `item`."""
        ...

    def item(self, source: Source, record: Record) -> NewsItem:
        """Build an item. Raises ItemError where that cannot be."""
        ...


class BrokenLoader:
    """Stands in for a plug-in that could not be loaded: listed, accepting nothing, saying why when asked to read."""

    suffixes: tuple[str, ...] = ()

    def __init__(self, name: str, package: str, reason: str) -> None:
        self.name = name
        self.reason = f"the loader '{name}' of {package} is broken ({reason}); repair or uninstall that package"
        self.description = f"broken: {reason}"

    def accepts(self, source: Source) -> float:
        return 0.0

    def records(self, source: Source) -> Iterator[Record]:
        raise UsageError(self.reason)

    def item(self, source: Source, record: Record) -> NewsItem:
        raise UsageError(self.reason)


def loaders() -> dict[str, Loader]:
    """All loaders by name, in alphabetical order. One that cannot be loaded is a `BrokenLoader`."""
    return dict(_installed())


@cache
def _installed() -> dict[str, Loader]:
    found: dict[str, Loader] = {}
    values: dict[str, str] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, _package(p) != "kg-news", _package(p))):
        if values.get(point.name) == point.value:
            continue  # one package, seen twice (installed and editable)
        name = f"{_package(point)}.{point.name}" if point.name in found else point.name
        values[name] = point.value
        found[name] = _load(point, name)
    return found


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown package"


def _load(point: EntryPoint, name: str) -> Loader:
    try:
        made = point.load()
        loader = made() if isinstance(made, type) else made
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
    else:
        if isinstance(loader, Loader):
            return loader
        reason = f"{point.value} lacks {', '.join(_lacking(loader))}"
    log.warning("loader '%s' of %s left out: %s", name, _package(point), reason)
    return BrokenLoader(name, _package(point), reason)


def _lacking(loader: object) -> list[str]:
    wanted = ("name", "description", "suffixes", "accepts", "records", "item")
    return [name for name in wanted if not hasattr(loader, name)]


def choose(source: Source, name: str | None = None) -> Loader:
    """The loader of that name, or the one that is surest about the source.

    Raises UnknownNameError (with the nearest names) for a name that is none, UsageError for a broken plug-in asked for
    by name, SourceError where no loader accepts the source.
    """
    known = _installed()
    if name is not None:
        if name not in known:
            raise UnknownNameError("loader", name, tuple(get_close_matches(name, known, 5, 0.4)))
        chosen = known[name]
        if isinstance(chosen, BrokenLoader):
            raise UsageError(chosen.reason)
        return chosen
    best: Loader | None = None
    surest = 0.0
    for key, loader in known.items():
        try:
            sure = float(loader.accepts(source))
        except Exception as error:  # a plug-in's fault is not the file's
            log.warning("loader '%s' failed to look at %s: %s: %s", key, source.name, type(error).__name__, error)
            continue
        if sure > surest:
            best, surest = loader, sure
    if best is None:
        names = ", ".join(known) or "none installed"
        raise SourceError(f"{source.name}: no loader takes it for its kind; name one with --loader ({names})")
    return best


def expand(paths: Iterable[str]) -> list[Path]:
    """Files named by paths, directories and globs (`**` included), in the order given, each once.

    A directory stands for the files in and under it that have a loader's suffix, sorted, hidden ones left out.
    Raises UsageError that names every path that matches nothing.
    """
    suffixes = {suffix for loader in _installed().values() for suffix in loader.suffixes}
    found: dict[Path, None] = {}
    missing: list[str] = []
    for given in paths:
        path = Path(given).expanduser()
        if path.exists():
            matches = [path]
        elif glob.has_magic(given):
            matches = [m for m in _matches(path) if not _is_hidden(m, set(path.parts))]
        else:
            matches = []
        files = [file for match in matches for file in (_under(match, suffixes) if match.is_dir() else [match])]
        if matches and not files:
            missing.append(f"{given} (no file in it ends in {', '.join(sorted(suffixes))})")
        elif not files:
            missing.append(f"{given} (no such {'match' if glob.has_magic(given) else 'file or directory'})")
        found.update(dict.fromkeys(files))
    if missing:
        raise UsageError(f"nothing to load at {'; '.join(missing)}")
    return list(found)


def _matches(pattern: Path) -> list[Path]:
    return sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))


def _is_hidden(path: Path, named: set[str]) -> bool:
    return any(part.startswith(".") and part not in named for part in path.parts)


def _under(folder: Path, suffixes: set[str]) -> list[Path]:
    found = (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in suffixes and file.is_file())
    return [file for file in found if not _is_hidden(file.relative_to(folder), set())]


def item_id(source: str, title: str, text: str) -> str:
    """The id of an item whose source gives none: a hash of the source's name, its title and its text.

    Blanks and line ends do not count, so a file converted anew gives the same ids.
    """
    return mint("n", source, "".join(title.split()), "".join(text.split()))


def origin(text: str) -> str:
    """The fingerprint of a wording: equal for reprints that differ in letters' variants, blanks or quotes only."""
    return mint("o", fold(text))


def check_length(text: str, where: str, span: Span | None = None) -> None:
    """Raise ItemError where an item's text is longer than `MAX_ITEM`."""
    if len(text) > MAX_ITEM:
        reason = f"{where}: {len(text):,} characters, at most {MAX_ITEM:,} are taken as one item; split it"
        raise ItemError("item-too-long", reason, span)
