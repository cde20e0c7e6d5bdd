#!/usr/bin/env python3
"""Makes the tables of docs/validation.md anew, by the program's own commands.

usage: regenerate.py [--program build/costrisk] [--data ../shared/data] [--only NAME ...] [--check]

Every table stands between <!-- NAME --> and <!-- end --> in docs/validation.md and is replaced. --check writes nothing and
fails where what must hold does not: all published cases reproduced, distributions that agree. The data are not part of the
repository; without them nothing is done.
"""
import argparse
import bisect
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "validation.md"
SPOT, ON_DEMAND = 0.9731, 3.06
ZONES = ["us-east-1c", "us-east-2a", "us-west-2b"]
ENGINE_POLICY = {"strawman": "greedy", "rc_cr_threshold": "uniform-progress"}


class Validation:
    def __init__(self, program, data, folder):
        self.program, self.data, self.folder = program, data, pathlib.Path(folder)
        self.failures = []

    def costrisk(self, *arguments, codes=(0,)):
        """What the program prints as JSON."""
        ended = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, cwd=self.folder)
        if ended.returncode not in codes:
            raise SystemExit(f"{' '.join(map(str, arguments))}: exit code {ended.returncode}\n{ended.stderr}")
        return json.loads(ended.stdout)

    def simulate(self, text, paths, *more):
        (self.folder / "s.toml").write_text(text)
        run = self.costrisk("run", "s.toml", "--paths", paths, "--json", "--quiet", "-o", "s.h5", *more)
        return {plan["plan"]: plan for plan in run["plans"]}

    def require(self, holds, what):
        if not holds:
            self.failures.append(what)

    def zone(self, name):
        return self.data / f"spot-traces/availability/1-node/aws-02-15-2023/{name}_v100_1.json"


def scenario(step_seconds, horizon_steps, capacity, jobs, billing=None):
    """A market at the published prices, and a plan for each job and policy.

    jobs: (name, work hours, deadline hours or None, restart seconds, {plan: policy})"""
    text = [f'horizon = "{horizon_steps * step_seconds}s"', f'step = "{step_seconds}s"', "[simulation]",
            f'bins = "{horizon_steps * step_seconds}s"', "[[market]]", 'name = "zone"',
            f'billing = {{ increment = "{billing or step_seconds}s" }}', f"on_demand = {ON_DEMAND}", "[market.spot]",
            f"price = {SPOT}", capacity]
    plans = []
    for name, work, deadline, restart, policies in jobs:
        text += ["[[job]]", f'name = "{name}"', f"work = {work}", "throughput = { zone = 1.0 }",
                 'checkpoint = { interval = "0s", write = "0s" }', f'restart = "{restart:.10g}s"']
        if deadline is not None:
            text.append(f'deadline = "{deadline:.10g}h"')
        for plan, policy in policies.items():
            plans += ["[[plan]]", f'name = "{plan}"', f'[plan.job."{name}"]', f'policy = "{policy}"']
    return "\n".join(text + plans) + "\n"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def published_by_engine(v):
    """The 384 cases of the two policies that the engine has, by ordinary scenarios."""
    groups = {}
    for index, case in enumerate(json.loads((v.data / "cbl_reference.json").read_text())["cases"]):
        if case["policy"] in ENGINE_POLICY:
            groups.setdefault((case["trace"], case["start_index"]), []).append((index, case))
    equal = {policy: [0, 0, 0.0] for policy in ENGINE_POLICY.values()}
    for (trace, start), cases in groups.items():
        file = v.data / "spot-traces" / trace
        samples, gap = len(json.loads(file.read_text())["data"]), cases[0][1]["gap_seconds"]
        latest = max(case["finish_hours"] for _, case in cases)
        steps = min(samples - start, round(latest * 3600 / gap) + 2)
        jobs = {}
        for index, case in cases:
            key = (case["task_hours"], case["deadline_hours"], case["restart_overhead_hours"])
            jobs.setdefault(key, {})[f"case {index}"] = ENGINE_POLICY[case["policy"]]
        jobs = [(f"job {i}", task, deadline, restart * 3600, plans)
                for i, ((task, deadline, restart), plans) in enumerate(jobs.items())]
        capacity = f'capacity = {{ history = "{file}", offset = "{start * gap}s" }}'
        costs = {}
        for first in range(0, len(jobs), 16):
            costs |= v.simulate(scenario(gap, steps, capacity, jobs[first:first + 16]), 1)
        for index, case in cases:
            counts = equal[ENGINE_POLICY[case["policy"]]]
            error = abs(costs[f"case {index}"]["mean"] - case["cost"])
            counts[0] += 1
            counts[1] += error <= 1e-6
            counts[2] = max(counts[2], error / case["cost"])
    v.require(all(cases == same for cases, same, _ in equal.values()), "published cases by the engine")
    rows = [[name, cases, same, f"{worst:.1e}"] for name, (cases, same, worst) in equal.items()]
    return table(["policy of the engine", "cases", "equal to 1e-6", "largest relative error"], rows)


def published_by_rules(v):
    """All cases by the rules themselves."""
    result = v.costrisk("backtest", "replay", "--cases", v.data / "cbl_reference.json", "--json", codes=(0, 3))
    v.require(result["cases"] == result["equal"] == 630, "published cases by the rules")
    rows = [[p["policy"], p["cases"], p["equal"], f"{p['largest_relative_error']:.1e}", f"{p['cases_per_second']:,.0f}"]
            for p in result["policies"]]
    return table(["policy", "cases", "equal", "largest relative error of cost", "cases a second"], rows)


def throughput(v):
    """Many windows of one zone in a run: window p begins p gaps later."""
    rows = []
    samples, gap = len(json.loads(v.zone("us-east-1c").read_text())["data"]), 195
    steps = round(52 * 3600 / gap)
    windows = samples - steps + 1
    capacity = f'capacity = {{ history = "{v.zone("us-east-1c")}", every = "{gap}s" }}'
    for threads in (1, 2):
        jobs = [("job", 48, 52, 720, {"greedy": "greedy", "uniform-progress": "uniform-progress"})]
        (v.folder / "s.toml").write_text(scenario(gap, steps, capacity, jobs))
        seconds = []
        for _ in range(3):
            v.costrisk("run", "s.toml", "--paths", windows, "--json", "--quiet", "-o", "s.h5", "--threads", threads,
                       "--timings", "t.json")
            seconds.append(json.loads((v.folder / "t.json").read_text())["wall_seconds"])
        rate = 2 * windows / min(seconds)
        rows.append([threads, f"{2 * windows:,}", f"{min(seconds):.2f}", f"{rate:,.0f}", f"{0.010 * rate:,.0f} to {0.060 * rate:,.0f}"])
    return table(["threads", "cases", "seconds", "cases a second", "times the published 10 to 60 ms a case"], rows)


def memoryless(v):
    """Spot only on traces without memory, whose ticks the program draws from a long one of the same chance."""
    rows = []
    facts = json.loads((v.data / "cbl_reference.json").read_text())["published_only_spot"]
    for rate in ("0.2", "0.4"):
        published = sorted(json.loads((v.data / f"cbl-published/only_spot-rate_{rate}-ddl_1000.0.json").read_text())["costs"])
        chance = 1 - (1 - float(rate)) ** (1 / 6)
        dice = random.Random(20240416)
        ticks = [0 if dice.random() < chance else 1 for _ in range(400_000)]
        (v.folder / "memoryless.json").write_text(json.dumps({"gap_seconds": 600, "data": ticks}))
        capacity = 'capacity = { history = "memoryless.json", sampling = "bootstrap" }'
        text = scenario(600, 6 * 100, capacity, [("job", 48, None, 360, {"spot": "spot"})])
        paths = 100_000
        ours = v.simulate(text, paths)["spot"]
        # The costs are whole gaps: the engine's distribution function at each published one, by the chance of more.
        farthest = 0.0
        for value in sorted(set(round(cost, 6) for cost in published)):
            over = v.simulate(text, paths, "--set", f"budget={value + 0.01:.4f}")["spot"]["over_budget"]["value"]
            farthest = max(farthest, abs(bisect.bisect_right(published, value + 0.01) / len(published) - (1 - over)))
        n = len(published)
        critical = 1.358 * (1 / n + 1 / paths) ** 0.5
        mean, p95 = sum(published) / n, published[-(-95 * n // 100) - 1]
        z = (ours["mean"] - mean) / (facts[f"only_spot@{rate}"]["sd"] / n ** 0.5)
        gap_cost = SPOT / 6
        v.require(farthest < critical and abs(z) < 3 and abs(ours["quantiles"]["p95"]["value"] - p95) < 1.01 * gap_cost,
                  f"memoryless {rate}")
        rows.append([rate, f"{mean:.4f}", f"{ours['mean']:.4f}", f"{z:+.2f}", f"{p95:.3f}",
                     f"{ours['quantiles']['p95']['value']:.3f}", f"{farthest:.4f}", f"{critical:.4f}"])
    return table(["hourly rate", "mean, published", "mean, costrisk", "difference in standard errors", "P95, published",
                  "P95, costrisk", "Kolmogorov–Smirnov distance", "5 % limit"], rows)


def laws(v, zone):
    """What may stand for a zone's capacity."""
    fit = v.costrisk("calibrate", "capacity", v.zone(zone), "--json", "--quiet")
    sides = dict(re.findall(r"^(up|down) = (\{.*\})$", fit["toml"], re.M))
    market = fit["markets"][0]
    moments = market["written_by"] == "moments"
    mean = {side: market[side]["observed"]["mean_hours"] if moments else market[side]["exponential"]["mean_hours"]["value"]
            for side in ("up", "down")}
    file = v.zone(zone)
    return {
        "real windows": f'capacity = {{ history = "{file}", sampling = "window" }}',
        "bootstrap": f'capacity = {{ history = "{file}", sampling = "bootstrap" }}',
        "log-normal": f"capacity = {{ up = {sides['up']}, down = {sides['down']} }}",
        "exponential": f'capacity = {{ up = {{ mean = "{mean["up"]:.5g}h", cv = 1.0 }}, '
                       f'down = {{ mean = "{mean["down"]:.5g}h", cv = 1.0 }} }}',
    }


def capacity_laws(v):
    """24 h of work within 36 h on the zones of 2023, under each law."""
    rows, errors = [], {}
    steps = round(37 * 3600 / 195)
    for zone in ZONES:
        real = {}
        for law, capacity in laws(v, zone).items():
            jobs = [("job", 24, 36, 720, {"uniform-progress": "uniform-progress", "greedy": "greedy"})]
            plans = v.simulate(scenario(195, steps, capacity, jobs), 100_000)
            for name, plan in plans.items():
                p95 = plan["quantiles"]["p95"]["value"]
                if law == "real windows":
                    real[name] = p95
                error = p95 / real[name] - 1
                if law != "real windows":
                    errors.setdefault(law, []).append(error)
                rows.append([zone, name, law, f"{plan['mean']:.2f}", f"{plan['sd']:.2f}",
                             f"{plan['quantiles']['p50']['value']:.2f}", f"{p95:.2f}",
                             "" if law == "real windows" else f"{100 * error:+.1f} %"])
    rows.sort(key=lambda row: (row[0], row[1]))
    worst = [[law, f"{100 * sum(map(abs, e)) / len(e):.1f} %", f"{100 * min(e):+.1f} %", f"{100 * max(e):+.1f} %"]
             for law, e in errors.items()]
    return (table(["zone", "policy", "capacity", "mean", "sd", "P50", "P95", "error of P95"], rows) + "\n\n" +
            table(["capacity", "mean absolute error of P95", "lowest", "highest"], worst))


def rolling(v):
    """Predictions from the history before each origin alone."""
    rows = []
    steps = round(37 * 3600 / 195)
    for zone in ZONES:
        jobs = [("job", 24, 36, 720, {"uniform-progress": "uniform-progress", "greedy": "greedy"})]
        (v.folder / "s.toml").write_text(scenario(195, steps, f'capacity = {{ history = "{v.zone(zone)}" }}', jobs))
        for model in ("bootstrap", "log-normal", "exponential"):
            scores = v.costrisk("backtest", "s.toml", "--model", model, "--json", "--quiet", "--paths", 1000)
            for plan in scores["plans"]:
                cover = plan["coverage_p5_p95"]
                rows.append([zone, plan["plan"], model, scores["origins"], scores["blocks"],
                             f"{100 * cover['value']:.0f} % ({100 * cover['low']:.0f} – {100 * cover['high']:.0f})",
                             f"{100 * plan['at_most_p95']['value']:.0f} %", f"{plan['transform_mean']['value']:.2f}",
                             f"{plan['pinball_loss']['value']:.3f}", f"{plan['crps']['value']:.3f}"])
    rows.sort(key=lambda row: (row[0], row[1]))
    return table(["zone", "policy", "predicted by", "windows", "blocks", "within P5–P95", "at most P95", "mean transform",
                  "pinball loss", "CRPS"], rows)


TABLES = {
    "published-by-engine": published_by_engine,
    "published-by-rules": published_by_rules,
    "throughput": throughput,
    "memoryless": memoryless,
    "capacity-laws": capacity_laws,
    "rolling": rolling,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build" / "costrisk", type=pathlib.Path)
    parser.add_argument("--data", default=ROOT / ".." / "shared" / "data", type=pathlib.Path)
    parser.add_argument("--only", nargs="*", choices=TABLES, default=list(TABLES))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    data = options.data.resolve()
    if not (data / "cbl_reference.json").exists():
        print(f"skipped: there is no {data / 'cbl_reference.json'}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        v = Validation(options.program.resolve(), data, folder)
        for name in options.only:
            begin = time.monotonic()
            text = TABLES[name](v)
            print(f"{name}: {time.monotonic() - begin:.0f} s\n{text}\n", flush=True)
            if options.check:
                continue
            page = PAGE.read_text(encoding="utf-8")
            pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
            if not pattern.search(page):
                raise SystemExit(f"{PAGE} has no place for {name}")
            PAGE.write_text(pattern.sub(lambda match: match[1] + text + "\n" + match[2], page), encoding="utf-8")
    for failure in v.failures:
        print(f"does not hold: {failure}", file=sys.stderr)
    return 1 if v.failures else 0


if __name__ == "__main__":
    sys.exit(main())
