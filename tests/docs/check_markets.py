#!/usr/bin/env python3
"""Checks that every file of configs/markets can be included alone, and that its markets are dated and have a source.

usage: check_markets.py COSTRISK
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A job a market, on capacity of its own, so that every market is used and none needs a price.
SCENARIO = '''include = ["{file}"]
horizon = "4w"
'''
JOB = '''[[job]]
name       = "{name}"
work       = {{ median = 100, spread = 0.1 }}
throughput = {{ {market} = 1.0 }}
unfinished = "ignore"
'''
PLAN = '''[[plan]]
name = "reserved"
'''
USE = '''[plan.job.{name}]
policy = "reserved"
'''
COMMITMENT = '''[[plan.commitment]]
market         = "{market}"
kind           = "capacity"
instances      = 1
price_per_hour = 10
term           = "4w"
'''


def problems(file, program, folder):
    text = file.read_text(encoding="utf-8")
    entries = tomllib.loads(text).get("market", [])
    if not text.startswith("# "):
        yield "it does not begin with a comment on where its figures are from"
    for market in entries:
        if "as_of" not in market and "like" not in market:
            yield f"{market['name']} has no as_of"
    if not entries:
        return
    names = [market["name"] for market in entries]
    jobs = [(f"job {i}", name) for i, name in enumerate(names)]
    scenario = SCENARIO.format(file=file.name)
    scenario += "".join(JOB.format(name=name, market=market) for name, market in jobs) + PLAN
    scenario += "".join(USE.format(name=f'"{name}"') for name, _ in jobs)
    scenario += "".join(COMMITMENT.format(market=market) for market in names)
    path = folder / "try.toml"
    path.write_text(scenario, encoding="utf-8")
    done = subprocess.run([program, "check", str(path)], capture_output=True, text=True)
    # A factor that only prices and spot load on is not looked at by what is reserved.
    said = [line for line in done.stderr.splitlines() if re.search(r": (error|warning): ", line) and "factor" not in line]
    if done.returncode != 0 or said:
        yield f"`check` of a scenario with it says: {done.stderr.strip()}"


def main():
    files = sorted((ROOT / "configs" / "markets").glob("*.toml"))
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file in files:
            (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
        for file in files:
            for problem in problems(file, sys.argv[1], folder):
                failed = True
                print(f"{file.name}: {problem}")
    print(f"{len(files)} files of markets")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
