"""Jars of Java programs that tests ask: where Maven put them.

    python tests/jars.py        fetches those that are not here (needs Maven)

They lie in Maven's own folder; where, is remembered in `.neo4j/`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["JAVA", "KEPT", "NEO4J", "READERS", "Jars", "Missing", "found"]

JAVA: Final = Path(__file__).parent / "java"
KEPT: Final = Path(__file__).parents[1] / ".neo4j"


class Missing(Exception):
    """Something of Java is not here, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Jars:
    """The jars that a pom.xml names."""

    what: str
    pom: Path
    record: str
    """A file of `KEPT`."""
    remedy: str

    def classpath(self) -> str:
        """Where they are. Raises Missing unless all of them are there and are those that the pom.xml names."""
        try:
            version, classpath = (KEPT / self.record).read_text(encoding="utf-8").split("\n", 1)
        except (OSError, ValueError):
            version = classpath = ""
        jars = classpath.strip().split(os.pathsep)
        if version != self._version() or not all(Path(jar).exists() for jar in jars):
            raise Missing(f"the jars of {self.what} are not here: '{self.remedy}' fetches them")
        return classpath.strip()

    def fetch(self) -> None:
        """Fetch them, if they are not here. Raises Missing where Maven is not here or fails."""
        try:
            self.classpath()
        except Missing:
            pass
        else:
            return
        KEPT.mkdir(exist_ok=True)
        written = KEPT / f"{self.record}.new"
        command = [
            *(found("mvn"), "--quiet", "--batch-mode", "--no-transfer-progress", "--file", str(self.pom)),
            *("dependency:build-classpath", f"-Dmdep.outputFile={written}"),
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"Maven could not fetch {self.what}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        (KEPT / self.record).write_text(f"{self._version()}\n{written.read_text()}", encoding="utf-8")
        written.unlink()

    def _version(self) -> str:
        return hashlib.sha256(self.pom.read_bytes()).hexdigest()


NEO4J: Final = Jars("Neo4j", JAVA / "pom.xml", "classpath", "make neo4j")
READERS: Final = Jars("RDF4J and Jena", JAVA / "readers.xml", "classpath-readers", "python tests/jars.py")


def found(command: str) -> str:
    """The path of a command. Raises Missing where it is not here."""
    path = shutil.which(command)
    if path is None:
        raise Missing(f"{command} is not here: install a JDK (17 or newer) and Maven")
    return path


def main() -> int:
    try:
        for jars in (NEO4J, READERS):
            jars.fetch()
    except Missing as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
