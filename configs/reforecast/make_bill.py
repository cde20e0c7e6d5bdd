#!/usr/bin/env python3
"""Makes the bill of configs/reforecast: the first quarter of 2027 of an assistant, a training run and what stands around them.

Everything is made up, by a seed. The assistant's demand grows by 7 % a month, faster than plan.toml expects. The same
seed gives the same file, byte for byte.

usage: make_bill.py [--seed N] [--folder FOLDER]    write 2027-q1.csv (default: seed 7, the folder of this file)
       make_bill.py --check                         fail where the file is not the one that the script makes
"""
import argparse
import csv
import datetime
import io
import pathlib
import random
import sys

START, END = datetime.date(2027, 1, 1), datetime.date(2027, 4, 1)
ON_DEMAND, COMMITTED, INSTANCES = 1.2, 0.75, 10
COLUMNS = ["BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory",
           "ChargeClass", "ChargeFrequency", "ServiceCategory", "ServiceName", "PricingCategory", "CommitmentDiscountId",
           "CommitmentDiscountStatus", "ListCost", "BilledCost", "EffectiveCost", "BillingCurrency", "Tags"]


def month_of(day):
    """First day of the day's month, and of the next."""
    first = day.replace(day=1)
    return first, (first + datetime.timedelta(days=32)).replace(day=1)


class Bill:
    def __init__(self):
        self.rows = []

    def add(self, begin, end, cost, team, category, service, charge="Usage", frequency="Usage-Based", pricing="Standard",
            commitment="", status="", billed=None, list_cost=None):
        first, after = month_of(begin)
        cost = round(cost, 4)
        self.rows.append([
            f"{first}T00:00:00Z", f"{after}T00:00:00Z", f"{begin}T00:00:00Z", f"{end}T00:00:00Z", charge, "", frequency,
            category, service, pricing, commitment, status, round(cost if list_cost is None else list_cost, 4),
            cost if billed is None else round(billed, 4), cost, "USD", f'{{"team": "{team}"}}' if team else ""])

    def text(self):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self.rows)
        return out.getvalue()


def make(seed):
    draw = random.Random(seed)
    bill = Bill()
    day = START
    while day < END:
        after = day + datetime.timedelta(days=1)
        months = (day - START).days / (730 / 24)
        weekend = 0.6 if day.weekday() >= 5 else 1.0
        instances = 46 * 1.07 ** months * weekend * draw.lognormvariate(0.0, 0.05) / (4 * 0.7)
        used = min(INSTANCES, instances)
        bill.add(day, after, 24 * used * COMMITTED, "assistant", "Compute", "GPU instances", pricing="Committed",
                 commitment="one-year", status="Used", billed=0.0, list_cost=24 * used * ON_DEMAND)
        if used < INSTANCES:
            bill.add(day, after, 24 * (INSTANCES - used) * COMMITTED, "", "Compute", "GPU instances", pricing="Committed",
                     commitment="one-year", status="Unused", billed=0.0, list_cost=0.0)
        if instances > INSTANCES:
            bill.add(day, after, 24 * (instances - INSTANCES) * ON_DEMAND, "assistant", "Compute", "GPU instances")
        if day >= datetime.date(2027, 2, 1):
            share = draw.uniform(0.5, 1.0)
            bill.add(day, after, 24 * 8 * share * 2.9 * draw.uniform(0.9, 1.1), "research", "Compute", "GPU instances, large",
                     pricing="Dynamic")
        bill.add(day, after, 14.0 + 0.05 * (day - START).days, "platform", "Storage", "Object storage")
        if draw.random() < 0.3:
            bill.add(day, after, draw.uniform(4, 30), "", "Networking", "Data transfer out")
        day = after
    day = START
    while day < END:
        first, after = month_of(day)
        bill.add(first, after, 24 * (after - first).days * INSTANCES * COMMITTED, "", "Compute", "GPU instances",
                 charge="Purchase", frequency="Recurring", commitment="one-year",
                 billed=24 * (after - first).days * INSTANCES * COMMITTED, list_cost=0.0)
        bill.rows[-1][COLUMNS.index("EffectiveCost")] = 0.0
        bill.add(first, after, 600.0, "platform", "Management and Governance", "Support", frequency="Recurring")
        day = after
    bill.add(datetime.date(2027, 1, 12), datetime.date(2027, 1, 13), 2400.0, "research", "Other", "Data set",
             charge="Purchase", frequency="One-Time")
    bill.add(datetime.date(2027, 3, 2), datetime.date(2027, 3, 3), -450.0, "assistant", "Compute", "GPU instances",
             charge="Credit", frequency="One-Time")
    bill.rows.sort(key=lambda row: (row[2], row[8], str(row[16]), row[14]))
    return bill.text()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--check", action="store_true", help="fail where the file is not the one that the script makes")
    options = parser.parse_args()
    file, text = options.folder / "2027-q1.csv", make(options.seed)
    if not options.check:
        file.write_text(text)
    elif not file.is_file() or file.read_text() != text:
        sys.exit(f"{file} is not what make_bill.py makes; write it again")


if __name__ == "__main__":
    main()
