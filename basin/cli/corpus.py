"""`basin corpus`: where agents start that were trained on a corpus, and how many of them end aligned."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from basin.cli import stopping
from basin.cli.map import PLAIN_SHADES, SHADES, TALLEST, WIDEST
from basin.cli.options import (
    Expected,
    Json,
    Objections,
    OptionError,
    Out,
    Quiet,
    Seed,
    Sets,
    Threads,
    Version,
    complete_scenario,
    positive,
    whole,
)
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

    from basin.corpus import Persona

DRAWN = 300  # starts of the cloud that the terminal's picture shows

About = Annotated[
    str, typer.Argument(metavar="[SCENARIO]", help="A scenario's name or file.", autocompletion=complete_scenario)
]
Personas = Annotated[
    list[str] | None,
    typer.Option(
        "--persona", metavar="NAME.FIELD=VALUE", help="aligned or misaligned; care, overlap or knowledge; repeatable."
    ),
]
Spread = Annotated[float | None, typer.Option("--spread", metavar="S", help="How wide the clouds are; 0.5 unless given.")]
Samples = Annotated[
    int | None, typer.Option("--samples", metavar="N", parser=positive, help="Starts around each persona; 2048 unless given.")
]
Grid = Annotated[int | None, typer.Option("--n", metavar="N", parser=whole, help="Side of the map below the cloud.")]


def corpus(
    about: About = "near-aligned-llm", personas: Personas = None, spread: Spread = None, samples: Samples = None,
    n: Grid = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0, expected: Expected = False,
    threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Show the cloud of starts that a corpus gives, the share of it that ends aligned, and what was measured elsewhere."""
    from basin.cli.options import configured
    from basin.questions import corpus as ask

    chosen = configured(about, sets, objections)
    kinds = _personas(chosen, personas)
    check_out(out)
    more: dict[str, Any] = {
        name: value for name, value in (("spread", spread), ("samples", samples), ("n", n)) if value is not None
    }
    with progress(quiet) as bar:
        result = ask(
            chosen, personas=kinds, seed=seed, expected=expected, threads=threads, progress=bar, cancel=stopping.cancel, **more
        )
    if out is not None:
        keep(result, out)
    summary = summarised(result)

    def words(console: Console) -> None:
        console.print(title(chosen), style="bold")
        _say_cloud(console, result, summary)
        _say_measured(console, summary)
        if out is not None:
            console.print(f"\nWritten to {out}")

    report(summary, words, as_json, quiet)


def _personas(chosen: Any, texts: list[str] | None) -> dict[str, Persona] | None:
    """`NAME.FIELD=VALUE`, on top of the personas that the scenario has."""
    if not texts:
        return None
    from basin.questions.corpus import personas_of
    from basin.questions.subject import ScenarioSubject

    kinds = personas_of(ScenarioSubject(chosen))
    for text in texts:
        path, equals, value = text.partition("=")
        name, dot, field = path.strip().partition(".")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not (equals and dot) or name not in kinds or number != number:
            raise OptionError(f"--persona {text!r}: write NAME.FIELD=VALUE with NAME {' or '.join(kinds)}, "
                              f"as in misaligned.care=0.05")  # fmt: skip
        kinds[name] = kinds[name].with_(**{field: number})
    return kinds


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What the Dataset says, for JSON."""
    about = result.attrs
    fitted = ("talk_good", "human_bad", "talk_bad", "relevance", "relevance_bad", "asymmetry")
    rows = [
        {
            "name": str(one["comparison"].values),
            "corpus": str(one["words"].values),
            "published": float(one["published"]),
            "model": float(one["model"]),
            "difference": float(one["model"] - one["published"]),
            "role": str(one["role"].values),
            "assumes": str(one["assumes"].values),
            "within_two_points": bool(one["holds"]),
            "falls_as_predicted": None if one["falls"] < 0 else bool(one["falls"]),
        }
        for one in (result.isel(comparison=at) for at in range(result.sizes["comparison"]))
    ]
    return {
        "scenario": str(about["scenario"]),
        "seed": int(about["seed"]),
        "corpus": {name.removeprefix("mix_"): float(about[name]) for name in about if name.startswith("mix_")},
        "odds": float(about["odds"]),
        "misaligned": float(about["misaligned"]),
        "lock": float(about["lock"]),
        "personas": [
            {
                "name": str(name),
                "weight": float(one["weight"]),
                **{field: float(one[f"persona_{field}"]) for field in ("care", "overlap", "knowledge")},
                "aligned": {"fraction": float(one["ends_aligned"]), "low": float(one["ends_low"]),
                            "high": float(one["ends_high"])},
            }
            for name in result["persona"].values for one in (result.sel(persona=name),)
        ],
        "aligned": {"fraction": about["aligned"], "low": about["aligned_low"], "high": about["aligned_high"]},
        "spread": float(about["spread"]),
        "samples": int(about["samples"]),
        "fit": {name: float(about[f"fit_{name}"]) for name in fitted},
        "measured": [row for row in rows if row["role"] == "fit"],
        "predictions": [row for row in rows if row["role"] != "fit"],
        "mixes": [
            {"name": str(name), "misaligned": misaligned, "aligned": {"fraction": share, "low": low, "high": high}}
            for name, misaligned, share, low, high in zip(
                result["mix"].values,
                *(result[f"mix_{kept}"].values.tolist() for kept in ("misaligned", "aligned", "low", "high")), strict=True,
            )
        ],
    }  # fmt: skip


def _say_cloud(console: Console, result: xr.Dataset, summary: dict[str, Any]) -> None:
    aligned, bad = summary["aligned"], summary["misaligned"]
    console.print(
        f"{percent(bad)} of the starts are a misaligned persona's, odds {summary['odds']:.3g} to 1; "
        f"{percent(aligned['fraction'])} of all starts end fully aligned (95% interval {between(aligned)})"
    )
    if summary["lock"] > 0:
        console.print(f"Tags lock the character with {summary['lock']:.2f}.")
    console.print()
    console.print(picture(result))
    console.print(
        f"across   {result['x'].attrs['path']} from -1 to 1; upwards  motives.care; the darker, the more runs end aligned"
    )
    console.print("a, m: starts around the aligned and the misaligned persona, as often as the corpus gives them\n")
    shown = table("persona", ">weight", ">care", ">overlap", ">knowledge", ">ends aligned", "95% interval")
    for kind in summary["personas"]:
        numbers = (f"{kind[name]:g}" for name in ("care", "overlap", "knowledge"))
        end = kind["aligned"]
        shown.add_row(kind["name"], percent(kind["weight"]), *numbers, percent(end["fraction"]), between(end))
    console.print(shown)
    console.print(f"{summary['samples']:,} starts around each, spread {summary['spread']:g}; seed {summary['seed']}")


def _say_measured(console: Console, summary: dict[str, Any]) -> None:
    fit = summary["fit"]
    console.print("\nWhat was measured, and what the rule says", style="bold")
    console.print(
        f"Fitted to four shares, with talk_good = {fit['talk_good']:g}: h_b = {fit['human_bad']:.3f}, a_b = "
        f"{fit['talk_bad']:.3f}, relevance = {fit['relevance']:.1f}, relevance_bad = {fit['relevance_bad']:.1f}."
    )
    console.print(
        f"Documents about good conduct count {fit['asymmetry']:.0f} times as much as those about bad: no count of tokens "
        f"says why.\n"
    )
    shown = table("", "corpus", ">measured", ">rule", ">difference", "within 2 points", "assumes")
    for row in summary["measured"] + summary["predictions"]:
        falls = row["falls_as_predicted"]
        direction = "" if falls is None else ", but falls as it says" if falls and not row["within_two_points"] else ""
        direction = ", and does not even fall" if falls is False else direction
        holds = "set" if row["role"] == "set" else ("yes" if row["within_two_points"] else "no") + direction
        shown.add_row(
            row["role"], row["corpus"], percent(row["published"]), percent(row["model"]), f"{100 * row['difference']:+.1f}",
            holds, row["assumes"],
        )  # fmt: skip
    console.print(shown)
    shown = table("published corpus", ">misaligned persona", ">ends aligned", "95% interval")
    for mix in summary["mixes"]:
        end = mix["aligned"]
        shown.add_row(mix["name"].replace("_", " "), percent(mix["misaligned"]), percent(end["fraction"]), between(end))
    console.print("\nWhere this scenario would end from the four corpora, the same starts weighted anew:")
    console.print(shown)
    console.print("The shares say where agents start. They are no evidence for how motives move.")


def picture(result: xr.Dataset) -> str:
    """The map in characters, and on it a letter where starts of the cloud lie: that of the persona with more of them."""
    shades = SHADES if "utf" in (sys.stdout.encoding or "").lower() else PLAIN_SHADES
    field = result["map"].values
    rows = np.array_split(np.arange(field.shape[0]), min(TALLEST, field.shape[0]))
    columns = np.array_split(np.arange(field.shape[1]), min(WIDEST, field.shape[1]))
    bottom, top = float(result["y"][0]), float(result["y"][-1])
    count = np.zeros((2, len(rows), len(columns)), int)
    weights = result["weight"].values.astype(float)
    for k, weight in enumerate(weights):
        some = slice(0, round(min(DRAWN, result.sizes["start"] / weights.max()) * weight))
        y = (result["care"].values[k, some] - bottom) / (top - bottom)
        x = (result["overlap"].values[k, some] + 1) / 2
        at = (
            np.clip((y * len(rows)).astype(int), 0, len(rows) - 1),
            np.clip((x * len(columns)).astype(int), 0, len(columns) - 1),
        )
        np.add.at(count[k], at, 1)
    lines = []
    for r, row in reversed(list(enumerate(rows))):
        letters = [shades[round(float(field[np.ix_(row, column)].mean()) * (len(shades) - 1))] for column in columns]
        for c in np.flatnonzero(count[:, r].sum(axis=0)):
            letters[c] = "a" if count[0, r, c] >= count[1, r, c] else "m"
        lines.append("  │" + "".join(letters) + "│")
    return "\n".join(lines) + "\n"
