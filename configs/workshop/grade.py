#!/usr/bin/env python3
"""Runs the plans of a class on futures that nobody has seen, and on worlds that went otherwise: a table a class can read.

usage: grade.py [--plan NAME] [--seeds N,...] [--paths N] [--program COSTRISK] FILE...

Every FILE is a team's copy of case.toml, in the same folder as the files that it includes. Of each the plan NAME
(default: "our plan") is run under the stresses below with each seed; figures are means over the seeds. A plan meets the
goal where it does so with every seed. Exits with 2 where a file is invalid.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

STRESSES = {
    "as expected": [],
    "spot +50 %": ["--scale", "market.*.spot.price.mean=1.5"],
    "spot down for days": ["--set", "market.*.spot.capacity.down.mean=20h"],
    "demand x 1.5": ["--scale", "demand.*.base=1.5"],
    "list prices -30 %": ["--scale", "market.*.on_demand.price=0.7"],
}


def run(program, file, seed, paths, words):
    """The results as JSON; raises with what the program says of an invalid file."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "run", str(file), "--seed", str(seed), "--paths", str(paths), "--json", "--quiet", "-o",
                   f"{folder}/result.h5", *words]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError(done.stderr)
    return json.loads(done.stdout)


def figures(result, name):
    """Mean, P95, chance over the budget, worst lateness, served and within of a plan, and whether it meets the goal."""
    plan = next((plan for plan in result["plans"] if plan["plan"] == name), None)
    if plan is None:
        raise ValueError(f"it has no plan '{name}'; --plan names another")
    known = lambda table: [value for value in table.values() if value is not None]
    verdict = next(plan for plan in result["verdict"]["plans"] if plan["plan"] == name)
    return {"mean": plan["cost_mean"], "p95": plan["cost_quantile"]["0.95"], "over": plan.get("over_budget") or 0.0,
            "late": max(known(plan.get("late", {})), default=0.0), "served": min(known(plan.get("served", {})), default=1.0),
            "within": min(known(plan.get("within", {})), default=1.0), "meets": verdict["meets_goal"]}


def graded(options):
    """Rows of team, stress and figures."""
    for file in options.files:
        for stress, words in STRESSES.items():
            try:
                runs = [figures(run(options.program, file, seed, options.paths, words), options.plan) for seed in options.seeds]
            except ValueError as error:
                raise ValueError(f"{file}: {error}") from None
            row = {key: sum(one[key] for one in runs) / len(runs) for key in runs[0]}
            yield file.stem, stress, {**row, "meets": all(one["meets"] for one in runs)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plan", default="our plan")
    parser.add_argument("--seeds", default=[2031, 2032], type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--paths", default=1000, type=int)
    parser.add_argument("--program", default="costrisk")
    parser.add_argument("files", nargs="+", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    try:
        rows = list(graded(options))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    width = max(len(team) for team, _, _ in rows) + 2
    print(f"{'team':{width}}{'world':20}{'mean':>9}{'P95':>9}{'over':>7}{'late':>7}{'served':>9}{'within':>8}  goal")
    for team, stress, row in rows:
        share = lambda value, digits: f"{100 * value:.{digits}f} %"
        print(f"{team:{width}}{stress:20}{row['mean'] / 1000:8.1f}k{row['p95'] / 1000:8.1f}k{share(row['over'], 0):>7}"
              f"{share(row['late'], 0):>7}{share(row['served'], 2):>9}{share(row['within'], 1):>8}  {'met' if row['meets'] else '-'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
