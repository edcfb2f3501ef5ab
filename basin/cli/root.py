"""All commands, put together."""

from __future__ import annotations

from typing import Any

import typer

from basin.cli import demo, figure, paper, run, runs, scenarios
from basin.cli.app import app as open_app
from basin.cli.attractors import attractors
from basin.cli.bench import command as bench
from basin.cli.boundary import boundary
from basin.cli.check import check
from basin.cli.cite import cite
from basin.cli.claims import claims
from basin.cli.continuation import continuation, tipping
from basin.cli.corpus import corpus
from basin.cli.edge import edge
from basin.cli.fractality import fractality
from basin.cli.learn import learn
from basin.cli.map import map as map_
from basin.cli.objections import objections
from basin.cli.options import Version
from basin.cli.passage import committor, rare
from basin.cli.population import population
from basin.cli.portrait import portrait
from basin.cli.requirements import requirements
from basin.cli.resilience import resilience
from basin.cli.sensitivity import sensitivity
from basin.cli.shock import shock
from basin.cli.signs import signs
from basin.cli.size import size
from basin.cli.soft import soft
from basin.cli.stability import stability
from basin.cli.sweep import sweep
from basin.cli.system import system
from basin.cli.time import time
from basin.cli.worst import worst


def command() -> Any:
    """The command line, ready to be run."""
    app = typer.Typer(
        help="From which starting points does an agent that learns human values end fully aligned?",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def basin(version: Version = False) -> None:
        pass

    app.command()(demo.demo)
    app.command()(scenarios.scenarios)
    app.command()(scenarios.show)
    app.command()(run.run)
    app.command()(run.trajectory)
    app.command("map")(map_)
    app.command()(stability)
    app.command()(size)
    app.command()(time)
    app.command()(system)
    app.command()(boundary)
    app.command()(shock)
    app.command("continue")(continuation)
    app.command()(tipping)
    app.command()(resilience)
    app.command()(sensitivity)
    app.command()(worst)
    app.command()(requirements)
    app.command()(objections)
    app.command()(signs)
    app.command()(corpus)
    app.command()(population)
    app.command()(committor)
    app.command()(rare)
    app.command()(fractality)
    app.command()(edge)
    app.command()(attractors)
    app.command()(soft)
    app.command()(portrait)
    app.command()(learn)
    app.command()(sweep)
    app.add_typer(runs.runs(), name="runs")
    app.add_typer(figure.figures(), name="figure")
    app.add_typer(paper.papers(), name="paper")
    app.command()(claims)
    app.command()(cite)
    app.command()(check)
    app.command("bench")(bench)
    app.command("app")(open_app)
    return typer.main.get_command(app)
