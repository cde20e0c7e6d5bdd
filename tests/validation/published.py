"""Tables that hold the engine against the published simulator: its cases, other cases by its rules, its speed, and the
costs that its authors stored."""
import bisect
import json
import math
import random

from program import ON_DEMAND, SPOT, scenario, table

ENGINE_POLICY = {"strawman": "greedy", "rc_cr_threshold": "uniform-progress", "only_spot": "spot"}
FIGURES = ("cost", "finish_hours", "spot_hours", "ondemand_hours")


def whole_gaps(hours, gap_seconds):
    """The end of the gap that an instant falls into; instants within 2^-10 gap of its start belong to the one before."""
    if math.isinf(hours):
        return hours
    return math.ceil(hours * 3600 / gap_seconds - 2 ** -10) * gap_seconds / 3600


def lived_by_engine(v, cases, traces):
    """What the engine makes of published cases, in the published words; `traces` is the folder of their traces. Cases of
    one trace and start share runs. Spot-only jobs have no deadline here, as they watch none."""
    outcomes = [None] * len(cases)
    groups = {}
    for index, case in enumerate(cases):
        groups.setdefault((case["trace"], case["start_index"]), []).append(index)
    for (trace, start), members in groups.items():
        file = traces / trace
        gap, samples = cases[members[0]]["gap_seconds"], len(json.loads(file.read_text())["data"])
        jobs = {}
        for index in members:
            case = cases[index]
            deadline = None if case["policy"] == "only_spot" else case["deadline_hours"]
            key = (case["task_hours"], deadline, case["restart_overhead_hours"])
            jobs.setdefault(key, {})[f"case {index}"] = ENGINE_POLICY[case["policy"]]
        jobs = [(f"job {i}", task, deadline, restart * 3600, plans)
                for i, ((task, deadline, restart), plans) in enumerate(jobs.items())]
        # A gap or two beyond the last finish, or, where that is not known, all that is measured.
        latest = max(cases[index].get("finish_hours", math.inf) for index in members)
        steps = samples - start if latest == math.inf else min(samples - start, round(latest * 3600 / gap) + 2)
        capacity = f'capacity = {{ history = "{file}", offset = "{start * gap}s" }}'
        written = {}
        for first in range(0, len(jobs), 16):
            v.simulate(scenario(gap, steps, capacity, jobs[first:first + 16]), 1)
            written |= v.written()
        for index in members:
            outcomes[index] = written[f"case {index}"]
            outcomes[index]["finish_hours"] = whole_gaps(outcomes[index]["finish_hours"], gap)
    return outcomes


def published_by_engine(v):
    """The cases of the policies that the engine has, by ordinary scenarios."""
    cases = [case for case in json.loads((v.data / "cbl_reference.json").read_text())["cases"]
             if case["policy"] in ENGINE_POLICY]
    found = {policy: {"cases": 0, "preemptions": 0} | dict.fromkeys(FIGURES, 0.0) for policy in ENGINE_POLICY}
    for case, ours in zip(cases, lived_by_engine(v, cases, v.data / "spot-traces")):
        agreement = found[case["policy"]]
        agreement["cases"] += 1
        agreement["preemptions"] += ours["preemptions"] == case["preemptions"]
        for figure in FIGURES:
            agreement[figure] = max(agreement[figure], abs(ours[figure] - case[figure]))
    v.require([found[policy]["cases"] for policy in ENGINE_POLICY] == [192, 192, 48] and
              all(f["preemptions"] == f["cases"] and max(f[figure] for figure in FIGURES) <= 1e-6 for f in found.values()),
              "published cases by the engine")
    rows = [[policy, ENGINE_POLICY[policy], f["cases"], f["preemptions"]] + [f"{f[figure]:.1e}" for figure in FIGURES]
            for policy, f in found.items()]
    return table(["published policy", "policy of the engine", "cases", "with equal interruptions",
                  "largest difference of cost, dollars", "of finish, hours", "of spot, hours", "of on-demand, hours"], rows)


def drawn_traces(dice, folder):
    """Traces of single gaps, of long runs, that begin down, and of other gaps than were measured."""
    names = []
    for gap in (60, 240, 300, 600, 900, 1800):
        for kind in ("single gaps", "short and long", "begins down"):
            up, ticks = dice.random() < 0.5, []
            while len(ticks) < 130 * 3600 // gap:
                longest = 1 if kind == "single gaps" else dice.choice([1, 2, 5, 40])
                ticks += [int(up)] * dice.randint(1, longest)
                up = not up if kind != "single gaps" else dice.random() < 0.6
            if kind == "begins down":
                ticks[:len(ticks) // 6] = [0] * (len(ticks) // 6)
            names.append(f"{kind}, {gap} s.json")
            (folder / names[-1]).write_text(json.dumps({"metadata": {"gap_seconds": gap}, "data": ticks}))
    return names


def others_by_engine(v):
    """Cases that nobody printed: other windows and traces, held against the rules in double precision."""
    dice = random.Random(20261122)
    folder = v.folder / "traces"
    folder.mkdir()
    measured = []
    for file in sorted((v.data / "spot-traces").glob("*/*/*/*.json")):
        measured.append(f"{file.parent.name} {file.name}")
        (folder / measured[-1]).symlink_to(file)
    rows = []
    for kind, traces, starts in (("measured", measured, 12), ("drawn", drawn_traces(dice, folder), 3)):
        cases = []
        for trace in traces:
            content = json.loads((folder / trace).read_text())
            gap, samples = content["metadata"]["gap_seconds"], len(content["data"])
            for _ in range(starts):
                start = dice.randrange(samples - 100 * 3600 // gap)
                for _ in range(8):
                    task = dice.choice([4, 12, 24, 48])
                    deadline = task + dice.choice([1, 4, 8, 12, 22, 44])
                    for policy in ("strawman", "rc_cr_threshold", "only_spot"):
                        cases.append({"trace": trace, "start_index": start, "policy": policy, "task_hours": task,
                                      "deadline_hours": 1000 if policy == "only_spot" else deadline, "gap_seconds": gap,
                                      "restart_overhead_hours": dice.choice([0.02, 0.1, 0.2, 0.5]), "price_spot": SPOT,
                                      "price_ondemand": ON_DEMAND})
        for case, ours in zip(cases, lived_by_engine(v, cases, folder)):
            case |= ours
            case["idle_hours"] = max(case["finish_hours"] - case["spot_hours"] - case["ondemand_hours"], 0.0)
        # Where spot alone does not come to an end within the trace there is no finish to compare.
        cases = [case for case in cases if case["finish_hours"] < math.inf]
        (v.folder / "cases.json").write_text(json.dumps({"cases": cases}))
        result = v.costrisk("backtest", "replay", "--cases", v.folder / "cases.json", "--traces", folder, "--json",
                            codes=(0, 3))
        for policy in result["policies"]:
            different = [cases[index] for index in policy["different"]]
            v.require(not different, f"others: {json.dumps(different)}")
            rows.append([kind, policy["policy"], f"{policy['cases']:,}", f"{policy['equal']:,}"])
    return table(["traces", "policy", "cases", "equal"], rows)


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
        rows.append([threads, f"{2 * windows:,}", f"{min(seconds):.2f}", f"{rate:,.0f}",
                     f"{0.010 * rate:,.0f} to {0.060 * rate:,.0f}"])
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
        ours = v.simulate(text, paths, "--keep-paths")["spot"]
        costs = sorted(v.path_costs()["spot"])
        # Costs are whole gaps, so both distribution functions are compared between them.
        n = len(published)
        farthest = max(abs(bisect.bisect(published, cost + 0.01) / n - bisect.bisect(costs, cost + 0.01) / paths)
                       for cost in sorted(set(costs) | set(published)))
        critical = 1.358 * (1 / n + 1 / paths) ** 0.5
        mean, p95 = sum(published) / n, published[-(-95 * n // 100) - 1]
        z = (ours["cost_mean"] - mean) / (facts[f"only_spot@{rate}"]["sd"] / n ** 0.5)
        gap_cost = SPOT / 6
        v.require(farthest < critical and abs(z) < 3 and abs(ours["cost_quantile"]["0.95"] - p95) < 1.01 * gap_cost,
                  f"memoryless {rate}")
        rows.append([rate, f"{mean:.4f}", f"{ours['cost_mean']:.4f}", f"{z:+.2f}", f"{p95:.3f}",
                     f"{ours['cost_quantile']['0.95']:.3f}", f"{farthest:.4f}", f"{critical:.4f}"])
    return table(["hourly rate", "mean, published", "mean, costrisk", "difference in standard errors", "P95, published",
                  "P95, costrisk", "Kolmogorov–Smirnov distance", "5 % limit"], rows)
