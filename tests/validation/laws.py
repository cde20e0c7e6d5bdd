"""Tables that hold laws of capacity against measured traces: on the trace that they were fitted to, and on what came after."""
import json
import re

import numpy

from program import scenario, table

ZONES = ["us-east-1c", "us-east-2a", "us-west-2b"]


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


def p95_errors(v, zone, steps, jobs):
    """Standard errors of the P95 of a zone's windows, as shares of it: a circular bootstrap of the windows in the order of
    their beginnings, by blocks as long as a window."""
    windows = len(json.loads(v.zone(zone).read_text())["data"]) - steps + 1
    capacity = f'capacity = {{ history = "{v.zone(zone)}", every = "195s" }}'
    v.simulate(scenario(195, steps, capacity, jobs), windows, "--keep-paths")
    dice = numpy.random.default_rng(20230215)
    errors = {}
    for plan, costs in v.path_costs().items():
        costs, blocks = numpy.array(costs), windows // steps
        begins = dice.integers(0, windows, (1000, blocks, 1))
        drawn = costs[(begins + numpy.arange(steps)) % windows].reshape(1000, -1)
        errors[plan] = numpy.quantile(drawn, 0.95, axis=1).std(ddof=1) / numpy.quantile(costs, 0.95)
    return errors


def capacity_laws(v):
    """24 h of work within 36 h on the zones of 2023, under each law."""
    rows, errors = [], {}
    steps = round(37 * 3600 / 195)
    jobs = [("job", 24, 36, 720, {"uniform-progress": "uniform-progress", "greedy": "greedy"})]
    for zone in ZONES:
        real, known = {}, p95_errors(v, zone, steps, jobs)
        for law, capacity in laws(v, zone).items():
            plans = v.simulate(scenario(195, steps, capacity, jobs), 100_000)
            for name, plan in plans.items():
                p95 = plan["cost_quantile"]["0.95"]
                if law == "real windows":
                    real[name] = p95
                error = p95 / real[name] - 1
                if law != "real windows":
                    errors.setdefault(law, []).append(error)
                rows.append([zone, name, law, f"{plan['cost_mean']:.2f}", f"{plan['cost_sd']:.2f}",
                             f"{plan['cost_quantile']['0.5']:.2f}", f"{p95:.2f}",
                             f"(± {100 * known[name]:.1f} %)" if law == "real windows" else f"{100 * error:+.1f} %"])
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
