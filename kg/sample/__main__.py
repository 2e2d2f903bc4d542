"""Load the sample newsletter into an embedded graph, show what was found, and ask three questions."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

import kg
from kg import render
from kg.errors import KgError
from kg.sample import newsletter

QUESTIONS = (
    (
        "Who put money into whom, and in which round?",
        "MATCH (c)-[r:RAISED_FROM]->(i) "
        "RETURN c.name AS company, r.round AS round, r.amount AS amount, i.name AS investor, r.role AS role, "
        "r.evidence AS sentence ORDER BY company, role DESC, investor LIMIT 5",
    ),
    (
        "Who won what, and for which project?",
        "MATCH (w)-[r:WON]->(a) "
        "RETURN w.name AS winner, a.name AS award, r.year AS year, r.project AS project, r.evidence AS sentence "
        "ORDER BY award, winner LIMIT 5",
    ),
    (
        "What is only planned, rumoured or denied?",
        "MATCH (s)<-[:SUBJECT]-(c:Claim)-[:OBJECT]->(o) "
        "RETURN s.name AS subject, c.predicate AS predicate, o.name AS object, c.status AS status, "
        "c.evidence AS sentence ORDER BY status, subject LIMIT 5",
    ),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, kg.open(Path(folder, "sample.db")) as graph:
        click.echo(f"Loading {newsletter().name}, a newsletter written for this project, into an embedded graph …\n")
        for line in render.report(graph.load(str(newsletter()))):
            click.echo(line)
        for question, cypher in QUESTIONS:
            result = graph.query(cypher)
            click.echo("\n" + click.style(question, bold=True))
            click.echo(click.style(f"  {cypher}", fg="bright_black"))
            for row in result:
                sentence = row.pop("sentence")
                click.echo("  " + " · ".join(render.plain(v) for v in row.values() if v is not None))
                click.echo(click.style(f"    “{render.plain(sentence)}”", fg="cyan"))
    click.echo("\nYour own news: kg load FILE…, then kg show NAME, kg query …, kg export …  (kg --help)")


if __name__ == "__main__":
    try:
        main()
    except KgError as error:
        raise SystemExit(f"kg: {error}") from error
