"""The program as the tables use it: scenarios for it, what it prints, and what it writes."""
import json
import math
import pathlib
import subprocess

import h5py

SPOT, ON_DEMAND = 0.9731, 3.06


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

    def written(self):
        """What the last run wrote of each plan, which has one job: its cost, finish, interruptions and hours of use."""
        with h5py.File(self.folder / "s.h5") as file:
            spot, on_demand = (list(file["purchase"].asstr()).index(name) for name in ("spot", "on-demand"))
            plans = {}
            for p, name in enumerate(file["plan"].asstr()):
                interruptions = file["interruptions_mean"][p]
                job = next(j for j, count in enumerate(interruptions) if not math.isnan(count))
                use = file["use_hours_mean"][p, 0]
                plans[name] = {"cost": file["cost_mean"][p], "finish_hours": file["finish_quantile"][p, job, 0],
                               "preemptions": interruptions[job], "spot_hours": use[spot], "ondemand_hours": use[on_demand]}
            return plans

    def path_costs(self):
        """The costs of all futures of the last run, which kept them, by plan."""
        with h5py.File(self.folder / "s.h5") as file:
            return {plan: (costs * 1e-6).tolist() for plan, costs in zip(file["plan"].asstr(), file["paths/cost"][()])}

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
