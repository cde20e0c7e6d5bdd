#!/usr/bin/env python3
"""Runs the engine and its peers on one scenario, shows that they agree, and prints how fast each is.

Agreement is tested on every plan: the means by their z-score, the quantiles by the share of a peer's futures below the
engine's quantile, which differs from its probability by no more than two samples of these sizes do. The bound is one
for all comparisons together: a run in which all agree fails with a chance of 1 in 10,000. Exit status 1: one differs.

Measurements go round by round through all contestants, so that what else the machine does meets all of them; the
least time of each counts. No time includes starting a program, compiling, or writing files, nor, on a GPU, the engine's
start-up, which its --timings tell apart; only the processor time of the engine does, which is that of the whole command. What is said by thread goes by processor time, which other programs
on the machine disturb least.
"""
import argparse
import array
import datetime
import json
import math
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCENARIO = HERE / "scenario.toml"
STEPS = 2688
PLANS = 8
PROBABILITIES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
FALSE_ALARM = 1e-4


def run(command, **options):
    """Runs a command; returns what it printed, the most memory it had, in MB, and its processor time."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen([str(x) for x in command], stdout=out, stderr=err, **options)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{err.read()[-2000:]}")
        return out.read(), usage.ru_maxrss / 1024.0, usage.ru_utime + usage.ru_stime


class Engine:
    """costrisk on one backend and a number of threads."""

    def __init__(self, program, backend, threads, folder):
        self.program, self.backend, self.threads, self.folder = program, backend, threads, folder
        self.name = f"costrisk, {backend}"
        self.is_engine, self.on_gpu = True, backend == "cuda"
        self.first_paths = 4096

    def measure(self, paths, seed):
        timings = self.folder / "timings.json"
        text, peak, cpu = run([self.program, "run", SCENARIO, "--paths", paths, "--seed", seed, "--backend", self.backend,
                               "--threads", self.threads, "--json", "--timings", timings, "-o",
                               self.folder / "costs.h5", "--quiet"])
        self.results = json.loads(text)
        told = json.loads(timings.read_text())
        return {"seconds": told["wall_seconds"] - told["start_up_seconds"],
                "start_up_seconds": told["start_up_seconds"], "cpu_seconds": cpu, "peak_mb": peak}


class Peer:
    """Another program of the same model: PROGRAM PATHS SEED OUTPUT."""

    def __init__(self, name, command, threads, folder, on_gpu=False, first_paths=1024):
        self.name, self.command, self.threads, self.on_gpu, self.first_paths = name, command, threads, on_gpu, first_paths
        self.output = folder / "costs.f64"
        self.is_engine = False

    def measure(self, paths, seed):
        text, peak, _ = run([*self.command, paths, seed, self.output])
        self.paths = paths
        told = json.loads(text)
        return {"seconds": told["seconds"], "cpu_seconds": told["cpu_seconds"], "peak_mb": peak}

    def costs(self):
        """The last measurement's costs, by plan."""
        values = array.array("d")
        with open(self.output, "rb") as file:
            values.fromfile(file, PLANS * self.paths)
        return [values[plan * self.paths:(plan + 1) * self.paths] for plan in range(PLANS)]


def normal_bound(comparisons):
    return statistics.NormalDist().inv_cdf(1.0 - FALSE_ALARM / 2.0 / comparisons)


def differences(engine, peer, bias=1.0):
    """The z-scores of a peer's means and quantiles against the engine's, as (what, z)."""
    found = []
    for plan, costs in zip(engine["plans"], peer.costs()):
        costs = sorted(cost * bias for cost in costs)
        count = len(costs)
        mean = math.fsum(costs) / count
        variance = math.fsum((cost - mean) ** 2 for cost in costs) / (count - 1)
        error = math.hypot(plan["cost_mean_se"], math.sqrt(variance / count))
        found.append((f"mean of '{plan['plan']}'", (mean - plan["cost_mean"]) / error))
        for p in PROBABILITIES:
            quantile = plan["cost_quantile"][f"{p:g}"]
            below = sum(cost <= quantile for cost in costs) / count
            spread = math.sqrt(p * (1 - p) * (1 / count + 1 / engine["paths"]))
            found.append((f"p{p * 100:g} of '{plan['plan']}'", (below - p) / spread))
    return found


def importable(python, module):
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def compile_plain(folder):
    compiler = os.environ.get("CXX") or shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")
    if not compiler:
        raise RuntimeError("no C++ compiler was found: install g++, or set CXX")
    program = folder / "plain"
    run([compiler, "-std=c++20", "-O2", HERE / "plain.cpp", "-o", program])
    return [program]


def find_python():
    """A Python with NumPy: this one, or the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and importable(python, "numpy"):
            return python
    return None


def find_peers(wanted, threads, folder):
    """The peers that this machine has, and a line for each that it has not."""
    peers, missing = [], []
    python, gpu = find_python(), shutil.which("nvidia-smi") is not None
    kinds = {
        "numpy": ("numpy", "numpy_peer.py", [], 1, 16384),  # a whole batch
        "numpy-double": ("numpy", "numpy_peer.py", ["double"], 1, 16384),
        "numba": ("numba", "numba_peer.py", [], threads, 1024),
        "cupy": ("cupy", "arrays_peer.py", ["cupy"], 1, 65536),
        "torch": ("torch", "arrays_peer.py", ["torch"], 1, 65536),
        "jax": ("jax", "arrays_peer.py", ["jax"], 1, 65536),
        "numba-cuda": ("numba.cuda", "numba_cuda_peer.py", [], 1, 65536),
    }
    titles = {"numpy": "NumPy", "numpy-double": "NumPy, double", "numba": "numba, parallel"}
    for name in wanted:
        try:
            if name == "plain":
                peers.append(Peer("plain C++, -O2", compile_plain(folder), 1, folder))
                continue
            module, script, arguments, count, first_paths = kinds[name]
            on_gpu = name not in ("numpy", "numpy-double", "numba")
            if on_gpu and not gpu:
                raise RuntimeError("no GPU")
            if not python or not importable(python, module):
                raise RuntimeError(f"Python has no {module}")
            peers.append(Peer(titles.get(name, name), [python, HERE / script, *arguments],
                              count, folder, on_gpu, first_paths))
        except RuntimeError as error:
            missing.append(f"{name}: {error}")
    return peers, missing


def check(engine, peers, paths, bias):
    """Runs each once and compares. Returns lines, and whether all agree."""
    engine.measure(paths, 42)
    results, lines, agree = engine.results, [], True
    bound = normal_bound(len(peers) * PLANS * (1 + len(PROBABILITIES)))
    for peer in peers:
        peer.measure(paths, 1)
        what, z = max(differences(results, peer, bias), key=lambda d: abs(d[1]))
        agree = agree and abs(z) <= bound
        lines.append(f"{peer.name}: largest difference {z:+.2f} standard errors, {what} (bound {bound:.2f}): "
                     + ("agrees" if abs(z) <= bound else "DIFFERS"))
    return lines, agree


def measure_all(contestants, seconds, rounds):
    """Rows by contestant: paths, its measurements, and rates of the best of them."""
    rows = []
    for contestant in contestants:
        paths = contestant.first_paths
        told = contestant.measure(paths, 1)
        while told["seconds"] < 0.3 * seconds:
            paths = int(paths * min(8.0, max(1.5, 0.8 * seconds / max(told["seconds"], 1e-3))))
            told = contestant.measure(paths, 1)
        rows.append({"contestant": contestant, "paths": paths, "measured": [told]})
    for i in range(1, rounds):
        for row in rows:
            row["measured"].append(row["contestant"].measure(row["paths"], 1 + i))
    for row in rows:
        least = {key: min(told[key] for told in row["measured"]) for key in ("seconds", "cpu_seconds")}
        row["seconds"] = least["seconds"]
        row["rate"] = row["paths"] * STEPS / least["seconds"]
        row["rate_per_thread"] = row["paths"] * STEPS / least["cpu_seconds"]
        row["peak_mb"] = max(told["peak_mb"] for told in row["measured"])
    return rows


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def machine(program):
    version, *_ = run([program, "--version"])
    gpus = []
    if shutil.which("nvidia-smi"):
        gpus = run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"])[0].split("\n")[:-1]
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    return {"processor": processor(), "processors": len(os.sched_getaffinity(0)), "avx512": "avx512f" in flags,
            "gpus": gpus, "load": round(os.getloadavg()[0], 1), "costrisk": version.strip(), "date": datetime.date.today().isoformat()}


def table_of(rows):
    names = [row["contestant"].name for row in rows if not row["contestant"].is_engine]
    rates = {row["contestant"].name: row for row in rows}
    lines = [["", "threads", "futures", "seconds", "M steps/s", "peak MB", *[f"× {name}" for name in names]]]
    for row in rows:
        it = row["contestant"]
        lines.append([it.name, str(it.threads), f"{row['paths']:,}", f"{row['seconds']:.2f}", f"{row['rate'] / 1e6:.2f}",
                      f"{row['peak_mb']:.0f}", *[f"{row['rate'] / rates[name]['rate']:.1f}" for name in names]])
    for row in rows:
        it = row["contestant"]
        if not it.on_gpu:
            lines.append([f"{it.name}: a thread of {it.threads}", "1", "", "", f"{row['rate_per_thread'] / 1e6:.2f}", "",
                          *["–" if rates[name]["contestant"].on_gpu else
                            f"{row['rate_per_thread'] / rates[name]['rate_per_thread']:.1f}" for name in names]])
    return lines


def as_text(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in
                               enumerate(zip(line, widths))).rstrip() for line in lines) + "\n"


def as_markdown(lines):
    head, *body = lines
    return "\n".join(["| " + " | ".join(line) + " |" for line in
                      [head, ["---"] + ["---:"] * (len(head) - 1), *body]]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--costrisk", default="build/costrisk", help="the program (default: build/costrisk)")
    parser.add_argument("--peers", default="plain,numpy,numpy-double,numba,cupy,torch,jax,numba-cuda")
    parser.add_argument("--backends", default="", help="the engine's (default: the fastest of the processor, and cuda if there)")
    parser.add_argument("--seconds", type=float, default=6.0, help="wanted length of a measurement (default: 6)")
    parser.add_argument("--rounds", type=int, default=4, help="the least time of so many counts (default: 4)")
    parser.add_argument("--paths", type=int, default=16384, help="futures of the comparison (default: 16384)")
    parser.add_argument("--check", action="store_true", help="compare only, measure nothing")
    parser.add_argument("--plant", type=float, default=1.0, help="multiply the peers' costs, to see a difference found")
    parser.add_argument("--record", metavar="STEM", help="write STEM.md and STEM.json")
    parser.add_argument("--bench", action="store_true", help="with what `costrisk bench` says in the record")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return compare(given, pathlib.Path(name))


def compare(given, folder):
    program = pathlib.Path(given.costrisk).resolve()
    devices = json.loads(run([program, "devices", "--json"])[0])
    there = [b["name"] for b in devices["backends"] if b["available"]]
    backends = [b for b in given.backends.split(",") if b] or [b for b in there if b == "cuda"] + \
        [b for b in there if b != "cuda"][:1]
    threads = devices["threads"]
    engines = []
    for backend in backends:
        engines += [Engine(program, backend, count, folder) for count in
                    ([threads] if backend == "cuda" else sorted({1, threads}))]
    peers, missing = find_peers([p for p in given.peers.split(",") if p], threads, folder)
    for line in missing:
        print(f"not here: {line}", file=sys.stderr)
    if not peers:
        print("no peer can be run here", file=sys.stderr)
        return 4
    lines, agree = check(engines[-1], peers, given.paths, given.plant)
    if given.check:
        print("\n".join(lines))
        return 0 if agree else 1
    rows = measure_all(engines + peers, given.seconds, given.rounds)
    table = table_of(rows)
    record = {"machine": machine(program), "scenario": "tests/peers/scenario.toml", "steps": STEPS, "plans": PLANS,
              "rounds": given.rounds, "agreement": lines, "agree": agree, "missing": missing,
              "contestants": [{"name": row["contestant"].name, "threads": row["contestant"].threads,
                               "engine": row["contestant"].is_engine, "paths": row["paths"], "measured": row["measured"],
                               "path_steps_per_second": row["rate"],
                               "path_steps_per_second_and_thread": row["rate_per_thread"]} for row in rows]}
    if given.record:
        write_record(given, program, record, table)
    print(json.dumps(record, indent=2) if given.json else as_text(table) + "\n" + "\n".join(lines))
    return 0 if agree else 1


def bench(program):
    """What the engine says of itself, as text and JSON."""
    options = ["bench", "--scaling", "--until-error", "0.5%"]
    return run([program, *options], env={**os.environ, "NO_COLOR": "1"})[0], json.loads(run([program, *options, "--json"])[0])


def write_record(given, program, record, table):
    stem = pathlib.Path(given.record)
    stem.parent.mkdir(parents=True, exist_ok=True)
    it = record["machine"]
    where = ", ".join([f"{it['processor']}, {it['processors']} processors" + (", AVX-512" if it["avx512"] else ""),
                       *it["gpus"]])
    text = (f"# Measured on {where}\n\n{it['costrisk']}, {it['date']}. Made by\n\n"
            f"    python3 tests/peers/compare.py --record {given.record}{' --bench' if given.bench else ''}\n\n"
            f"## Against peers\n\nOne scenario, `{record['scenario']}`: {record['plans']} plans over {record['steps']} "
            f"steps, agreeing as said below; {record['rounds']} rounds through all, the least time of each. A step is one of a future, with all "
            f"plans; what is said of a thread goes by processor time. Load of the machine: {it['load']} on "
            f"{it['processors']} processors, these programs included.\n\n" + as_markdown(table) + "\n" + "".join(f"- {line}\n" for line in record["agreement"])
            + "".join(f"- not here: {line}\n" for line in record["missing"]))
    if given.bench:
        shown, record["bench"] = bench(program)
        text += "\n## The engine alone\n\n```\n" + shown + "```\n"
    stem.with_suffix(".json").write_text(json.dumps(record, indent=2) + "\n")
    stem.with_suffix(".md").write_text(text)


if __name__ == "__main__":
    sys.exit(main())
