#!/usr/bin/env python3
"""Makes the data of the workshops' case study: a bill, an inventory, requests, spot capacity and spot prices.

Everything is made up, by a seed, so that nobody's data is shown in a class; the prices per hour are list prices of
2025 as in configs/markets. The same seed gives the same files, byte for byte.

usage: make_data.py [--seed N] [--folder FOLDER]    write the files (default: seed 7, the folder data beside this file)
       make_data.py --check                         fail where the files are not those that the script makes
"""
import argparse
import csv
import datetime
import io
import json
import math
import pathlib
import random
import sys

START = datetime.date(2026, 1, 1)
END = datetime.date(2026, 7, 1)

# List prices per instance-hour.
L40S, A10G, A100 = 1.861, 1.006, 21.96
COMMITTED_A10G = 0.63

COLUMNS = ["BillingAccountId", "SubAccountId", "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart",
           "ChargePeriodEnd", "ChargeCategory", "ChargeClass", "ChargeFrequency", "ChargeDescription", "ProviderName",
           "ServiceCategory", "ServiceName", "RegionId", "ResourceId", "PricingCategory", "CommitmentDiscountId",
           "CommitmentDiscountStatus", "ConsumedQuantity", "ConsumedUnit", "ListCost", "ContractedCost", "BilledCost",
           "EffectiveCost", "BillingCurrency", "Tags"]


def month_of(day):
    """First day of the day's month, and of the next."""
    first = day.replace(day=1)
    return first, (first + datetime.timedelta(days=32)).replace(day=1)


def days(start, end):
    return [start + datetime.timedelta(days=i) for i in range((end - start).days)]


def stamp(day):
    return f"{day.isoformat()}T00:00:00Z"


class Bill:
    """Rows of a FOCUS 1.2 bill."""

    def __init__(self):
        self.rows = []

    def add(self, start, end, what, service, cost, *, list_cost=None, billed=None, category="Usage", frequency="Usage-Based",
            charge_class="", account="production", region="us-east-1", resource="", pricing="Standard", commitment="",
            status="", quantity="", unit="", tags=None):
        service_category, service_name = service
        first, next_first = month_of(start)
        money = lambda amount: f"{amount:.4f}"
        list_cost = cost if list_cost is None else list_cost
        self.rows.append([
            "100200300400", account, stamp(first), stamp(next_first), stamp(start), stamp(end), category, charge_class,
            frequency, what, "Example Cloud", service_category, service_name, region, resource, pricing, commitment, status,
            quantity, unit, money(list_cost), money(cost), money(cost if billed is None else billed), money(cost), "USD",
            json.dumps(tags) if tags else ""])

    def text(self):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(self.rows, key=lambda row: (row[4], row[9], row[14])))
        return out.getvalue()


COMPUTE = ("Compute", "Virtual Machines")
STORAGE = ("Storage", "Object Storage")
NETWORK = ("Networking", "Data Transfer")
AI = ("AI and Machine Learning", "Hosted Models")
SUPPORT = ("Management and Governance", "Support")


def chat_fleet_size(day):
    """Sized by a person: 24 instances, doubled on the day before the spring launch and never looked at since."""
    return 24 if day < datetime.date(2026, 4, 1) else 48


def bill(dice):
    bill = Bill()
    for day in days(START, END):
        after = day + datetime.timedelta(days=1)
        hours = 24 * chat_fleet_size(day)
        bill.add(day, after, "g6e.xlarge on demand, chat fleet", COMPUTE, hours * L40S, resource="group/chat-fleet",
                 quantity=hours, unit="Hours", tags={"team": "product", "env": "prod"})
        # Embeddings run in an account of their own, where the commitment of the other account does not reach.
        bill.add(day, after, "g5.xlarge on demand, embeddings", COMPUTE, 6 * 24 * A10G, account="search",
                 resource="group/embeddings", quantity=144, unit="Hours", tags={"team": "search", "env": "prod"})
        # Eight A10G committed for a year in December, for the chat model as it was; it moved to L40S on March 1st.
        used = day < datetime.date(2026, 3, 1)
        bill.add(day, after, "g5.xlarge one-year commitment, " + ("used" if used else "unused"), COMPUTE,
                 192 * COMMITTED_A10G, list_cost=192 * A10G, billed=0.0,
                 resource="group/chat-fleet-a10g" if used else "", pricing="Committed",
                 commitment="commitment/a10g-2025-12", status="Used" if used else "Unused", quantity=192, unit="Hours",
                 tags={"team": "product"} if used else None)
        # Three machines for notebooks, on day and night; the tag is spelled in another way.
        bill.add(day, after, "g6e.xlarge on demand, notebooks", COMPUTE, 72 * L40S, resource="group/notebooks",
                 quantity=72, unit="Hours", tags={"Team": "Research"})
    # Training: a few days each month. In March without checkpoints: the run began three times.
    for first, length, instances, what in (("2026-01-12", 3, 2, "run 14"), ("2026-02-09", 3, 2, "run 15"),
                                           ("2026-03-09", 4, 2, "run 16"), ("2026-03-14", 4, 2, "run 16, second try"),
                                           ("2026-03-20", 5, 2, "run 16, third try"), ("2026-05-04", 3, 2, "run 17"),
                                           ("2026-06-15", 4, 2, "run 18")):
        first = datetime.date.fromisoformat(first)
        for day in days(first, first + datetime.timedelta(days=length)):
            hours = instances * 24
            bill.add(day, day + datetime.timedelta(days=1), f"p4d.24xlarge on demand, {what}", COMPUTE, hours * A100,
                     account="research", region="us-east-2", resource="gang/" + what.split(",")[0].replace(" ", "-"),
                     quantity=hours, unit="Hours", tags={"team": "research", "env": "train"})
    # A node of run 17 that nobody stopped, and that carries no tag.
    for day in days(datetime.date(2026, 5, 7), END):
        bill.add(day, day + datetime.timedelta(days=1), "p4d.24xlarge on demand", COMPUTE, 24 * A100, account="research",
                 region="us-east-2", resource="i-0d3b9c4e77a1", quantity=24, unit="Hours")
    # From May 11th the index goes to a partner's cloud every night, whole.
    for day in days(datetime.date(2026, 5, 11), END):
        gigabytes = round(2_350 + 40 * dice.gauss(0, 1))
        bill.add(day, day + datetime.timedelta(days=1), "Data transfer out", NETWORK, 0.09 * gigabytes, account="search",
                 resource="bucket/index-export", quantity=gigabytes, unit="GB")
    bill.add(datetime.date(2026, 6, 3), datetime.date(2026, 6, 4), "Data transfer out, correction for May", NETWORK, -312.4,
             charge_class="Correction", account="search", resource="bucket/index-export")
    for month in range(1, 7):
        first, next_first = month_of(datetime.date(2026, month, 1))
        terabytes = 12 + 9.5 * (month - 1) + dice.random()      # checkpoints of every run are kept
        bill.add(first, next_first, "Object storage, checkpoints", STORAGE, 23 * terabytes, account="research",
                 resource="bucket/checkpoints", quantity=round(1000 * terabytes), unit="GB", tags={"team": "research"})
        bill.add(first, next_first, "Object storage, documents", STORAGE, 23 * (8 + 0.6 * month),
                 resource="bucket/documents", quantity=round(1000 * (8 + 0.6 * month)), unit="GB",
                 tags={"team": "product", "env": "prod"})
        for week in range(4):
            start = first + datetime.timedelta(days=7 * week)
            end = next_first if week == 3 else start + datetime.timedelta(days=7)
            tokens = (end - start).days * (95 + 11 * month + 6 * dice.gauss(0, 1))   # millions
            bill.add(start, end, "Hosted language model, tokens", AI, 0.42 * tokens, resource="model/summaries",
                     quantity=round(tokens), unit="Million tokens", tags={"team": "product", "env": "prod"})
        hours = 192 * (next_first - first).days
        bill.add(first, next_first, "g5.xlarge one-year commitment, fee of the month", COMPUTE, 0.0, list_cost=0.0,
                 billed=hours * COMMITTED_A10G, category="Purchase", frequency="Recurring",
                 commitment="commitment/a10g-2025-12")
        bill.add(first, next_first, "Business support", SUPPORT, 900.0, category="Purchase", frequency="Recurring",
                 tags={"team": "platform"})
        if month <= 3:                                          # the start-up credit, which ends in March
            bill.add(first, next_first, "Start-up credit", SUPPORT, -8_000.0, category="Credit", frequency="One-Time")
    bill.add(datetime.date(2026, 2, 16), datetime.date(2026, 2, 17), "Labelled conversations, marketplace", AI, 9_500.0,
             category="Purchase", frequency="One-Time", tags={"team": "product"})
    return bill.text()


BY_HOUR = [0.35, 0.3, 0.3, 0.3, 0.35, 0.5, 0.8, 1.1, 1.5, 1.8, 1.9, 1.8,
           1.6, 1.7, 1.8, 1.7, 1.5, 1.2, 0.9, 0.8, 0.7, 0.6, 0.45, 0.4]
BY_WEEKDAY = [1.15, 1.15, 1.15, 1.1, 1.05, 0.7, 0.7]


def request_rates(dice):
    """Requests per second of the chat, hour by hour for the eight weeks to the end of June."""
    first = END - datetime.timedelta(weeks=8)
    lines, noise = ["time,requests_per_second"], 0.0
    for i in range(8 * 7 * 24):
        day = first + datetime.timedelta(days=i // 24)
        noise = 0.85 * noise + 0.1 * dice.gauss(0, 1)
        rate = 16 * 1.03 ** (i / 730) * BY_HOUR[i % 24] * BY_WEEKDAY[day.weekday()] * math.exp(noise)
        lines.append(f"{day.isoformat()}T{i % 24:02}:00:00Z,{rate:.3f}")
    return "\n".join(lines) + "\n"


def request_log(dice):
    """Every 400th request of a Tuesday, with its tokens and the time to its last one."""
    lines, second = ["timestamp,input_tokens,output_tokens,latency_ms"], 0.0
    while True:
        rate = 16 * BY_HOUR[min(int(second // 3600), 23)] * BY_WEEKDAY[1] / 400
        second += dice.expovariate(rate)
        if second >= 86_400:
            return "\n".join(lines) + "\n"
        read = round(math.exp(math.log(700) + 0.6 * dice.gauss(0, 1)))
        written = max(1, round(math.exp(math.log(220) + 0.5 * dice.gauss(0, 1))))
        hour, minute, rest = int(second // 3600), int(second // 60) % 60, second % 60
        lines.append(f"2026-06-16T{hour:02}:{minute:02}:{int(rest):02}Z,{read},{written},{round(350 + 4.1 * written)}")


def availability(dice, mean_up, mean_down, spread):
    """Whether a zone had spot capacity, every ten minutes for 45 days: log-normal runs, up and down by turns."""
    values, up = [], True
    while len(values) < 45 * 144:
        mean = 6 * (mean_up if up else mean_down)
        run = max(1, round(math.exp(math.log(mean) - spread**2 / 2 + spread * dice.gauss(0, 1))))
        values += [int(up)] * run
        up = not up
    return json.dumps({"metadata": {"gap_seconds": 600}, "data": values[:45 * 144]}, separators=(",", ":")) + "\n"


def spot_prices(dice, mean):
    """Prices per instance-hour at their changes, two a day for 45 days."""
    lines, walk, second = ["t_seconds,usd_per_hour"], 0.0, 0
    for _ in range(90):
        walk = 0.93 * walk + 0.04 * dice.gauss(0, 1)
        lines.append(f"{second},{mean * math.exp(walk):.4f}")
        second += 3600 * dice.randint(6, 18)
    return "\n".join(lines) + "\n"


def inventory(dice):
    """What runs on June 30th, a row an instance, with what its GPU did in June."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["instance", "type", "gpus", "account", "region", "group", "team", "launched", "purchase", "price_per_hour",
                     "gpu_use_mean", "gpu_use_p95", "gpu_memory_used_gb", "requests_per_second"])
    name = lambda: f"i-{dice.getrandbits(48):012x}"
    share = lambda value: f"{min(max(value, 0.0), 1.0):.2f}"
    for i in range(48):                       # 16 requests a second where four are within the objective for each instance
        writer.writerow([name(), "g6e.xlarge", 1, "production", "us-east-1", "chat-fleet", "product",
                         "2026-03-31" if i >= 24 else "2026-03-01", "on-demand", L40S, share(0.11 + 0.02 * dice.gauss(0, 1)),
                         share(0.24 + 0.03 * dice.gauss(0, 1)), f"{21 + dice.random():.1f}", f"{0.34 + 0.02 * dice.random():.2f}"])
    for _ in range(6):
        writer.writerow([name(), "g5.xlarge", 1, "search", "us-east-1", "embeddings", "search", "2025-11-04", "on-demand", A10G,
                         share(0.18 + 0.02 * dice.gauss(0, 1)), share(0.41 + 0.03 * dice.gauss(0, 1)), f"{5 + dice.random():.1f}",
                         f"{7.5 + dice.random():.2f}"])
    for _ in range(3):
        writer.writerow([name(), "g6e.xlarge", 1, "production", "us-east-1", "notebooks", "Research", "2026-01-08", "on-demand",
                         L40S, share(0.04 + 0.01 * dice.gauss(0, 1)), share(0.33 + 0.05 * dice.gauss(0, 1)),
                         f"{9 + 4 * dice.random():.1f}", ""])
    writer.writerow(["i-0d3b9c4e77a1", "p4d.24xlarge", 8, "research", "us-east-2", "", "", "2026-05-04", "on-demand", A100,
                     "0.00", "0.00", "2.1", ""])
    return out.getvalue()


def make(seed):
    """File names and their text."""
    dice = lambda part: random.Random(f"{seed} {part}")
    return {
        "bill.csv": bill(dice("bill")),
        "inventory.csv": inventory(dice("inventory")),
        "requests.csv": request_rates(dice("requests")),
        "request-log.csv": request_log(dice("log")),
        "spot-east.json": availability(dice("east"), 4.0, 1.6, 1.3),
        "spot-west.json": availability(dice("west"), 9.0, 1.1, 1.2),
        "spot-prices-east.csv": spot_prices(dice("prices east"), 6.2),
        "spot-prices-west.csv": spot_prices(dice("prices west"), 7.4),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=7, help="another seed: another company, for a second class")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent / "data")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    files = make(options.seed)
    if options.check:
        wrong = [name for name, text in files.items() if (options.folder / name).read_bytes() != text.encode()]
        print("\n".join(f"{name} is not what the script makes" for name in wrong) or f"{len(files)} files are as made")
        return 1 if wrong else 0
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (options.folder / name).write_bytes(text.encode())
        print(f"{options.folder / name}: {len(text):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
