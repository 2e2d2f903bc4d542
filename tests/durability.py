"""`kill -9` at random moments of loading, forgetting, deciding, projecting and exporting.

    python tests/durability.py --kills 500 --seed 7

One work is done over and over, from an empty folder to its end: two files are loaded, of which the second brings other
versions of what the first brought, items are forgotten, entities merged, many documents added at once, and in between
the graph is built, brought up to date and saved, and exported. What of it is done is told through a pipe as soon as it
is done: after each item, as `progress` tells it, and after each part. A process that does the work is killed at a
moment drawn from the seed, and another one goes on with the part that was under way. After each kill the following must
hold:

- the ledger is, in its canonical dump, one of the states that an uninterrupted run goes through: so each item is whole
  or absent, and nothing derived is stale;
- that state is none before what was told, nor before what was there after the last kill: nothing told is lost;
- `kg check` finds nothing;
- the graph opens, and is the one that is built anew of the ledger;
- the exported file is one that an uninterrupted run writes, whole, or absent.

A report of a load that comes to its end is balanced, and at the end of the work the ledger is that of the uninterrupted
run. Moments are spread evenly over the time that the work takes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from bisect import bisect_right
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents import SCHEMA, Told

from kg import pipeline
from kg.export.rdf import export
from kg.graph.embedded import EmbeddedGraph
from kg.ledger import Ledger
from kg.model import Document, Entity, Evidence, NewsItem, Observation, Statement, mint

if TYPE_CHECKING:
    from collections.abc import Callable

    Tell = Callable[[], None]

COMPANIES = ("蓝湖科技", "青岚智能", "白石软件", "远望云", "江流数据", "星河芯片", "天目机器人", "长庚能源")
FUNDS = ("云杉资本", "远山创投", "启明星基金", "北辰资本")
PEOPLE = ("林清", "张伟", "李娜", "王越")

OWN = frozenset(("kg.db", "kg.db-wal", "kg.db-shm", "kg.kgl", "kg.nt"))


# ---- the work -------------------------------------------------------------------------------------------------------


def news(folder: Path, rng: random.Random, items: int) -> None:
    """Two files of news. Some of it cannot be read, comes twice or cannot be taken, and most of the second file are
    other versions of what is in the first."""

    def sentence() -> str:
        company, other = rng.sample(COMPANIES, 2)
        return rng.choice(
            (
                f"{rng.choice(FUNDS)}投资{company}。",
                f"{rng.choice(PEOPLE)}任职{company}。",
                f"{company}携手{other}。",
                f"{company}或购{other}。",
                f"{rng.choice(PEOPLE)}投资{company}。",  # a person is no investor that the relation takes: refused
                f"{company}营收{rng.randint(1, 90)}亿元。",
                f"{company}全称{company}有限公司。",
            )
        )

    def line(number: int) -> str:
        text = "".join(sentence() for _ in range(rng.randint(1, 5)))
        row = {"id": f"讯{number}", "title": f"短讯{number}", "published": f"2021-11-{number % 28 + 1:02d}"}
        return json.dumps({**row, "source": "通讯", "text": text}, ensure_ascii=False)

    first = [line(number) for number in range(items)]
    second = [line(number) for number in range(0, items, 3)] + [line(number) for number in range(items, items * 4 // 3)]
    for lines in (first, second):
        rng.shuffle(lines)
        lines.insert(rng.randrange(len(lines)), '{"id": "坏一", "title": "没有正文"}')
        lines.insert(rng.randrange(len(lines)), '{"id": "坏二", "text": ')
        lines.insert(rng.randrange(len(lines)), '{"id": "坏三", "text": "失败。", "source": "通讯"}')
        lines.insert(rng.randrange(len(lines)), '{"id": "讯1", "text": "又一条讯1。", "source": "通讯"}')
    (folder / "first.jsonl").write_text("\n".join(first), encoding="utf-8")
    (folder / "second.jsonl").write_text("\n".join(second), encoding="utf-8")


class Reader:
    """Reads the few sentences above, in no time: what is under test comes after the reading."""

    schema = SCHEMA
    _SENTENCE = re.compile(r"(?P<a>[^。]+?)(?P<verb>投资|任职|携手|或购|营收|全称)(?P<b>[^。]+)。")

    def extract(self, item: NewsItem) -> Document:
        if "失败" in item.text:
            raise RuntimeError("the reader fails at this item")
        entities: dict[str, Entity] = {}
        statements: list[Statement] = []
        figures: list[Observation] = []

        def entity(name: str, *aliases: str) -> Any:
            kind = "Person" if name in PEOPLE else "InvestmentFirm" if name in FUNDS else "Company"
            key = SCHEMA.entity_id(name, kind, item.id)
            others = (*(entities[key].aliases if key in entities else ()), *aliases)
            entities[key] = Entity(key, name, kind, tuple(dict.fromkeys(others)))
            return entities[key].node

        for found in self._SENTENCE.finditer(item.text):
            verb, sentence = found["verb"], found[0]
            evidence = Evidence(item.id, found.start(), found.end(), sentence, sentence)
            if verb == "全称":
                entity(found["b"], found["a"])
            elif verb == "营收":
                key = mint("b", item.id, sentence)
                figures.append(
                    Observation(
                        key,
                        verb,
                        float(found["b"][:-2]),
                        "亿元",
                        None,
                        None,
                        None,
                        entity(found["a"]),
                        0.9,
                        evidence,
                        "t",
                    )
                )
            else:
                relation = {"投资": "raisedFrom", "任职": "worksFor", "携手": "partnersWith", "或购": "acquired"}[verb]
                subject, end = entity(found["a"]), entity(found["b"])
                if verb == "投资":
                    subject, end = end, subject
                status = "planned" if verb == "或购" else "asserted"
                key = SCHEMA.statement_id(relation, subject.id, end.id, {})
                statements.append(Statement(key, subject, relation, end, status, 0.9, evidence, "t", {}))
        return Document(item, tuple(entities.values()), tuple(statements), (), tuple(figures))


def document(number: int) -> Document:
    """One of those that are added at once."""
    told = Told(f"批{number}", "2021-12-01")
    told.says(told.entity(COMPANIES[number % 8]), "raisedFrom", told.entity(f"第{number}基金", "InvestmentFirm"))
    return told.document


class Work:
    """The parts of the work, in their order. Each can be begun again where it was interrupted, and tells each step."""

    def __init__(self, folder: Path, files: Path, *, early: bool = False) -> None:
        self.folder, self.files, self.early = folder, files, early
        self.ledger: Ledger | None = None
        """Open while the work goes on."""
        self.db, self.snapshot, self.out = folder / "kg.db", folder / "kg.kgl", folder / "kg.nt"
        self.parts: tuple[tuple[str, Callable[[Ledger, Tell], None]], ...] = (
            ("load", lambda ledger, tell: self._load(ledger, tell, "first.jsonl")),
            ("project", self._project),
            ("load versions", lambda ledger, tell: self._load(ledger, tell, "second.jsonl")),
            ("project changes", self._project),
            ("forget", self._forget),
            ("add many", self._add_many),
            ("decide", self._decide),
            ("project anew", self._project_anew),
            ("export", self._export),
        )

    def go(self, start: int, tell: Callable[[int], None]) -> None:
        """Do the work from a part on. `tell` gets the part's number after each of its steps."""
        with Ledger.open(self.db, SCHEMA) as ledger, ledger.bulk() if self.early else nullcontext():
            self.ledger = ledger
            for number, (_, do) in enumerate(self.parts):
                if number >= start:
                    do(ledger, lambda number=number: tell(number))  # type: ignore[misc]

    def _load(self, ledger: Ledger, tell: Tell, name: str) -> None:
        report = pipeline.load([str(self.files / name)], ledger, Reader(), progress=lambda _: tell())
        assert report.balanced, f"the report does not balance: {report}"
        assert report.items.read == len((self.files / name).read_text(encoding="utf-8").splitlines())
        assert not report.failed, report.failed

    def _project(self, ledger: Ledger, tell: Tell) -> None:
        with EmbeddedGraph.open(self.snapshot, ledger, SCHEMA) as graph:
            graph.save()
        tell()

    def _project_anew(self, ledger: Ledger, tell: Tell) -> None:
        self.snapshot.unlink(missing_ok=True)
        self._project(ledger, tell)

    def _forget(self, ledger: Ledger, tell: Tell) -> None:
        for number in range(0, 20, 4):
            if ledger.item(f"讯{number}") is not None:
                ledger.forget(f"讯{number}")
            tell()

    def _add_many(self, ledger: Ledger, tell: Tell) -> None:
        for _ in ledger.add_all(map(document, range(60)), batch=10):
            tell()

    def _decide(self, ledger: Ledger, tell: Tell) -> None:
        a, b = (SCHEMA.entity_id(name, "Company", "") for name in COMPANIES[:2])
        for decide, verdict in ((ledger.merge, "merge"), (ledger.split, "split")):
            if verdict not in {d.verdict for d in ledger.decisions()}:
                decide(a, b, "看过两家的网站")
            tell()

    def _export(self, ledger: Ledger, tell: Tell) -> None:
        export(ledger, SCHEMA, "ntriples", self.out)
        tell()


# ---- what is there --------------------------------------------------------------------------------------------------


def digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def dumped(ledger: Ledger | None) -> str:
    assert ledger is not None
    out = io.StringIO()
    ledger.dump(out)
    return digest(out.getvalue().encode())


def looked_at(work: Work) -> dict[str, Any]:
    """What is there, as one finds it who comes later."""
    with Ledger.open(work.db, SCHEMA) as ledger:
        dump, problems = dumped(ledger), ledger.check()
        kept = EmbeddedGraph.open(work.snapshot, ledger, SCHEMA) if work.snapshot.exists() else None
        graph = kept is None or list(kept.dump()) == list(EmbeddedGraph.open(None, ledger, SCHEMA).dump())
    export = digest(work.out.read_bytes()) if work.out.exists() else None
    beside = sorted(p.name for p in work.folder.iterdir())
    return {"dump": dump, "problems": problems, "graph": graph, "export": export, "beside": beside}


# ---- processes ------------------------------------------------------------------------------------------------------


class Child:
    """A forked process. What it tells are lines in a pipe."""

    def __init__(self, do: Callable[[Callable[[str], object]], None]) -> None:
        sys.stdout.flush()
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            code = 1
            try:
                do(lambda line: os.write(writing, f"{line}\n".encode()))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(writing)
        self.lines = os.fdopen(reading, encoding="utf-8")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, negative for a signal."""
        _, status = os.waitpid(self.pid, 0)
        self.lines.close()
        return os.waitstatus_to_exitcode(status)


def answer(do: Callable[[], Any]) -> Any:
    """What a function gives in a process of its own. The engine's threads would not survive a fork, so this process
    never calls it."""
    child = Child(lambda tell: void(tell(json.dumps(do()))))
    told = child.lines.read()
    code = child.wait()
    if code:
        raise Failure(f"whoever looked at what was there ended with {code}")
    return json.loads(told)


def void(_: object) -> None: ...


# ---- killing --------------------------------------------------------------------------------------------------------


class Failure(Exception):
    """Something that must hold does not."""


@dataclass
class Course:
    """The course of an uninterrupted run, step by step; step 0 is the beginning."""

    parts: list[int]
    """The part that each step belongs to."""
    times: list[float]
    """When each was told, in seconds."""
    states: list[str]
    """The ledger after each."""
    export: str

    def first(self, part: int) -> int:
        """How many steps there are before a part."""
        return next((n for n, p in enumerate(self.parts) if n and p >= part), len(self.parts)) - 1

    def last_of(self, state: str) -> int | None:
        """The last step after which the ledger is so."""
        return max((n for n, s in enumerate(self.states) if s == state), default=None)


def course(folder: Path, files: Path) -> Course:
    """Go through the work twice: for its states, which takes time, and for the time that it takes."""
    parts, states, times = [0], [""], [0.0]
    work = Work(fresh(folder), files)

    def watch(tell: Callable[[str], object]) -> None:
        with Ledger.open(work.db, SCHEMA) as empty:
            tell(f"0 {dumped(empty)}")
        work.go(0, lambda part: void(tell(f"{part} {dumped(work.ledger)}")))

    child = Child(watch)
    lines = [line.split() for line in child.lines]
    if child.wait():
        raise Failure("the uninterrupted run failed")
    parts, states = [int(part) for part, _ in lines], [state for _, state in lines]
    work = Work(fresh(folder), files)
    child = Child(lambda tell: work.go(0, lambda part: void(tell(str(part)))))
    began = time.perf_counter()
    times += [time.perf_counter() - began for _ in child.lines]
    if child.wait() or len(times) != len(parts):
        raise Failure("the second uninterrupted run took another course")
    found = answer(lambda: looked_at(work))
    if found["problems"] or not found["graph"] or found["dump"] != states[-1]:
        raise Failure(f"the uninterrupted run ended otherwise: {found}")
    return Course(parts, times, states, found["export"])


def warm(folder: Path, files: Path) -> None:
    """Import what the work needs, so that those who are forked need not."""
    import kglite  # noqa: F401
    import pandas  # noqa: F401

    work = Work(fresh(folder), files)
    with Ledger.open(work.db, SCHEMA) as ledger:
        for name, do in work.parts:
            if "project" not in name:
                do(ledger, lambda: None)


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def moment(known: Course, told: int, rng: random.Random) -> float:
    """When to kill whoever goes on after a step: either in the next step or within a tenth of the whole after it, so
    that all parts are met again and again, and passed; or in one of the next steps, however quick it is."""
    last = len(known.times) - 1
    if rng.random() < 0.5:
        begin = min(told + rng.randrange(12), last - 1)
        end = known.times[begin + 1]
    else:
        begin, end = told, known.times[min(told + 1, last)] + known.times[-1] / 10
    return known.times[begin] + rng.random() * (end - known.times[begin])


def go_on(work: Work, known: Course, told: int, when: float | None) -> tuple[int, int]:
    """Do the work from a step on, to the moment or to the end. The step that was told last, and the exit code."""
    part = known.parts[min(told + 1, len(known.parts) - 1)]
    step = known.first(part)
    until = len(known.parts) if when is None else bisect_right(known.times, when) - 1
    child = Child(lambda tell: work.go(part, lambda number: void(tell(str(number)))))
    for line in child.lines if step < until else ():
        step += 1
        if known.parts[step] != int(line):
            raise Failure(f"step {step} was told by part {line}")
        if step >= until:
            break
    if when is not None:
        time.sleep(max(0.0, when - known.times[until]))
        child.kill()
    # What it told before it died.
    step += sum(1 for _ in child.lines)
    return step, child.wait()


def killed(kills: int, seed: int, items: int, folder: Path, *, early: bool = False) -> dict[str, Any]:
    """Kill so often; what was hit. Raises Failure where something does not hold."""
    rng = random.Random(seed)
    news(folder, rng, items)
    warm(folder / "work", folder)
    known = course(folder / "work", folder)
    last = len(known.parts) - 1
    hit: Counter[str] = Counter()
    completed = told = floor = 0
    work = Work(fresh(folder / "work"), folder, early=early)
    while hit.total() < kills:
        step, code = go_on(work, known, told, moment(known, told, rng) if told < last else None)
        where = f"kill {hit.total() + 1}, after step {step} ({work.parts[known.parts[step]][0]})"
        if code not in (0, -signal.SIGKILL):
            raise Failure(f"{where}: the work failed")
        told = max(told, step)
        found = answer(partial(looked_at, work))
        state = known.last_of(found["dump"])
        if state is None:
            raise Failure(f"{where}: the ledger is in no state that an uninterrupted run goes through")
        if state < max(told, floor):
            raise Failure(f"{where}: the ledger is as after step {state}, {max(told, floor)} was told or there before")
        if found["problems"]:
            raise Failure(f"{where}: {found['problems']}")
        if not found["graph"]:
            raise Failure(f"{where}: the graph does not show the ledger")
        if found["export"] not in {None, known.export}:
            raise Failure(f"{where}: an export is half there")
        floor = state
        if code != 0:
            hit[work.parts[known.parts[min(step + 1, last)]][0]] += 1
            continue
        if state != last or told != last or found["export"] is None:
            raise Failure(f"{where}: the work ended before its end")
        if not OWN.issuperset(found["beside"]):
            raise Failure(f"{where}: killed processes left {found['beside']}")
        completed, told, floor = completed + 1, 0, 0
        work = Work(fresh(folder / "work"), folder, early=early)
    return {"kills": hit.total(), "under way": hit, "completed": completed, "steps": last}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, default=15, help="items of the first file")
    parser.add_argument("--early", action="store_true", help="tell before it is kept, which must be found out")
    given = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = killed(given.kills, given.seed, given.items, Path(folder), early=given.early)
        except Failure as failure:
            print(f"seed {given.seed}: {failure}", file=sys.stderr)
            return 1
    print(json.dumps({**found, "seconds": round(time.perf_counter() - began, 1)}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
