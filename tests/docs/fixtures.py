"""Small files under the names that pages of the documentation use: scenarios, traces, prices, requests, bills."""
import json
import math
import pathlib
import random
import shutil

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

BACKTESTED = """
name = "Backtested"
horizon = "10h"
step = "10m"
[[market]]
name = "zone"
billing = { increment = "10m" }
on_demand = 3.0
[market.spot]
price = 1.0
capacity = { history = "zone.json" }
[[job]]
name = "train"
work = 6
throughput = { zone = 1.0 }
checkpoint = { interval = "0s", write = "0s" }
restart = "12m"
deadline = "9h"
[[plan]]
name = "careful"
[plan.job.train]
policy = "uniform-progress"
"""


def trace(seed, samples, gap_seconds):
    """Runs of one to twenty samples, up and down by turns."""
    dice = random.Random(seed)
    values = []
    while len(values) < samples:
        values += [(len(values) + 1) % 2] * dice.randint(1, 20)
    return json.dumps({"metadata": {"gap_seconds": gap_seconds}, "data": values[:samples]})


def spot_history():
    """Two changes a day for thirty days, the latest first, as AWS prints them."""
    dice, walk, entries = random.Random(2), 0.0, []
    for i in range(60):
        walk = 0.8 * walk + 0.05 * dice.gauss(0, 1)
        stamp = f"2026-01-{i // 2 + 1:02}T{12 * (i % 2):02}:00:00+00:00"
        entries.append({"AvailabilityZone": "us-east-1a", "InstanceType": "p4d.24xlarge",
                        "ProductDescription": "Linux/UNIX", "SpotPrice": f"{9 * math.exp(walk):.4f}", "Timestamp": stamp})
    return json.dumps({"SpotPriceHistory": entries[::-1]})


def prices(dice):
    walk, lines = 0.0, ["t_seconds,usd_per_hour"]
    for i in range(400):
        walk = 0.9 * walk + 0.05 * dice.gauss(0, 1)
        lines.append(f"{3600 * i},{math.exp(walk):.4f}")
    return "\n".join(lines) + "\n"


def rates(dice):
    lines = ["t_seconds,requests_per_second"]
    for i in range(14 * 24):
        day = 1 + 0.5 * math.sin(2 * math.pi * i / 24)
        lines.append(f"{3600 * i},{20 * day * math.exp(0.1 * dice.gauss(0, 1)):.3f}")
    return "\n".join(lines) + "\n"


def requests(dice):
    lines, second = ["timestamp,input_tokens,output_tokens"], 1767571200
    for _ in range(6000):
        second += dice.randint(1, 59)
        lines.append(f"{second},{dice.randint(50, 150)},{dice.randint(10, 40)}")
    return "\n".join(lines) + "\n"


def lifetimes(dice):
    lines = ["lifetime_hours,lost"]
    lines += [f"{dice.expovariate(0.1) + 0.01:.3f},{int(dice.random() < 0.7)}" for _ in range(60)]
    return "\n".join(lines) + "\n"


def bill():
    lines = ["BilledCost,EffectiveCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceCategory,Tags"]
    for month in range(1, 5):
        for service, cost, team in (("Storage", 300, "platform"), ("Networking", 120, "search"), ("Compute", 4000, "search")):
            cost += 10 * month
            tags = '"{""team"": ""' + team + '""}"'
            lines.append(f"{cost},{cost},Usage,2026-{month:02}-01T00:00Z,2026-{month + 1:02}-01T00:00Z,{service},{tags}")
    return "\n".join(lines) + "\n"


def write_fixtures(folder, page):
    """Files beside which the commands of a page can be run."""
    dice = random.Random(1)
    quickstart = (ROOT / "configs" / "quickstart.toml").read_text(encoding="utf-8")
    small = quickstart.replace("paths = 50_000", "paths = 2_000")
    assert small != quickstart
    files = {
        "my.toml": BACKTESTED if page.endswith("backtest.md") else small,
        "FILE": small,
        "zone.json": trace(3, 45 * 144, 600),
        "us-east-1c.json": trace(4, 3000, 600),
        "us-east-2a.json": trace(5, 3000, 600),
        "us-east-1c.csv": prices(dice),
        "rates.csv": rates(dice),
        "requests.csv": requests(dice),
        "instances.csv": lifetimes(dice),
        "focus.csv": bill(),
        "history.json": spot_history(),
        "aws.csv": "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region,AvailabilityZone\n"
                   "p4d.24xlarge,A100,8,21.957642,8.9,us-east-1,us-east-1a\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    published = (ROOT.parent / "shared" / "data" / "cbl_reference.json").resolve()
    if published.exists():
        shutil.copy(published, folder / "cbl_reference.json")
        (folder / "spot-traces").symlink_to(published.parent / "spot-traces")
