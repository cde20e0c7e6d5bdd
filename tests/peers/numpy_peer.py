#!/usr/bin/env python3
"""The scenario in NumPy: all futures of a batch side by side, a step at a time.

Tuned, in single precision and with the fastest generator; or, with `double` as first argument, as NumPy comes: in
double precision and with its default generator.
"""
import math
import sys

import numpy as np

import parameters as p
from peer import main

IS_DOUBLE = sys.argv[1:2] == ["double"]
if IS_DOUBLE:
    del sys.argv[1]
REAL = np.float64 if IS_DOUBLE else np.float32
BATCH = 8192 if IS_DOUBLE else 16384  # the fastest of 1024 … 65536 where it was measured


class Process:
    """An Ornstein-Uhlenbeck process with mean 0 and variance 1."""

    def __init__(self, random, paths, law):
        self.random, (self.c, self.b) = random, (REAL(law[0]), REAL(law[1]))
        self.x = random.standard_normal(paths, dtype=REAL)
        self.fresh = np.empty_like(self.x)

    def advance(self):
        self.random.standard_normal(out=self.fresh, dtype=REAL)
        self.fresh *= self.b
        self.x *= REAL(1) - self.c
        self.x += self.fresh


def loaded(beta, factor, x):
    return REAL(beta) * factor + REAL(math.sqrt(1 - beta * beta)) * x


class Capacity:
    """Up and down with log-normal sojourns; `left` is the time to the next change."""

    def __init__(self, random, paths, market, factor):
        self.random = random
        self.means = np.array((p.DOWN[market][0], p.UP[market][0]), REAL)
        self.spreads = np.array((p.DOWN[market][1], p.UP[market][1]), REAL)
        self.up = random.random(paths, dtype=REAL) < REAL(p.UP_SHARE[market])
        # The sojourn that time zero falls into is drawn by its length.
        bias = self.spreads[self.up.astype(np.intp)] ** 2
        self.left = self.sojourn(self.up, factor, bias) * random.random(paths, dtype=REAL)
        self.unbroken = self.up.copy()

    def sojourn(self, up, factor, bias=0):
        state = up.astype(np.intp)
        beta = np.where(up, REAL(-p.CAPACITY_LOADING), REAL(p.CAPACITY_LOADING))
        residual = REAL(math.sqrt(1 - p.CAPACITY_LOADING**2))
        z = beta * factor + residual * self.random.standard_normal(len(up), dtype=REAL)
        return np.exp(self.means[state] + self.spreads[state] * z + bias)

    def advance(self, factor):
        self.left -= 1
        np.copyto(self.unbroken, self.up)
        changed = np.flatnonzero(self.left < 0)
        while changed.size > 0:
            self.unbroken[changed] = False
            up = ~self.up[changed]
            self.up[changed] = up
            self.left[changed] += self.sojourn(up, factor[changed])
            changed = changed[self.left[changed] < 0]


class Job:
    def __init__(self, plan, hours):
        self.gang, self.markets = plan[0], [m for m in plan[1] if m >= 0]
        self.work = hours / REAL(self.gang * p.STEP_HOURS)
        self.restart = np.zeros_like(hours)
        self.held = [np.zeros(len(hours), bool) for _ in self.markets]
        self.active = np.ones(len(hours), bool)

    def advance(self, k, capacities, prices, cost):
        if not self.active.any():
            return
        for held, m in zip(self.held, self.markets):
            held &= capacities[m].unbroken
        free = self.active & ~np.logical_or.reduce(self.held)
        self.restart[free] = p.RESTART
        for held, m in zip(self.held, self.markets):
            starts = free & capacities[m].up
            held |= starts
            free &= ~starts
        holds = np.logical_or.reduce(self.held)
        time = np.minimum(self.restart + self.work, REAL(1)) * holds
        restarting = np.minimum(self.restart, time)
        self.restart -= restarting
        self.work -= time - restarting
        done = np.flatnonzero(holds & (time < 1))
        if done.size > 0:
            self.active[done] = False
            late = np.maximum(k + time[done] - REAL(p.DEADLINE), 0)
            cost[done] += late * REAL(p.LATE_PENALTY)
            time[done] = np.ceil(time[done] / REAL(p.BILLING)) * REAL(p.BILLING)
        price = prices[self.markets[0]]
        if len(self.markets) > 1:
            price = np.where(self.held[1], prices[self.markets[1]], price)
        cost += price * time * REAL(self.gang)
        for held in self.held:
            held[done] = False

    def end(self, cost):
        late = max(0.0, p.STEPS - p.DEADLINE) * p.LATE_PENALTY
        left = self.work * REAL(self.gang * p.ON_DEMAND[self.markets[0]])
        cost += np.where(self.active, late + left, 0)


def advance_service(plan, demand, capacities, prices, cost):
    fleet = np.clip(np.ceil(demand * REAL(1 / (p.RATE * plan[2]))), p.LEAST, p.MOST)
    rest = fleet.copy()
    for m in (m for m in plan[3] if m >= 0):
        got = np.minimum(rest, REAL(p.MOST_SPOT)) * capacities[m].up
        rest -= got
        cost += got * prices[m]
    cost += rest * REAL(p.ON_DEMAND[plan[3][0]])
    cost += np.maximum(demand - fleet * REAL(p.RATE), 0) * REAL(p.UNSERVED_PENALTY)


def simulate_batch(paths, random):
    factor = Process(random, paths, p.FACTOR)
    spots = [Process(random, paths, law) for law in p.SPOT]
    noise = Process(random, paths, p.NOISE)
    capacities = [Capacity(random, paths, m, factor.x) for m in range(2)]
    growth = random.triangular(*p.GROWTH, paths).astype(REAL)
    log_growth = np.log1p(growth) / REAL(730 / p.STEP_HOURS)
    hours = np.exp(REAL(p.WORK[0]) + REAL(p.WORK[1]) * random.standard_normal(paths, dtype=REAL))
    jobs = [Job(plan, hours) for plan in p.PLANS]
    costs = np.zeros((len(p.PLANS), paths))
    for k in range(p.STEPS):
        if k > 0:
            for process in (factor, *spots, noise):
                process.advance()
        prices = []
        for m, v in enumerate(p.SPOT_VOLATILITY):
            z = loaded(p.SPOT_LOADING, factor.x, spots[m].x)
            free = np.exp(REAL(v) * z + REAL(math.log(p.SPOT_MEAN[m]) - v * v / 2))
            prices.append(np.minimum(free, REAL(p.ON_DEMAND[m])))
        v, hour = p.NOISE_VOLATILITY, int(k * p.STEP_HOURS) % 24
        level = REAL(math.log(p.BASE * p.BY_HOUR[hour]) - v * v / 2)
        demand = np.exp(REAL(v) * loaded(p.NOISE_LOADING, factor.x, noise.x) + log_growth * REAL(k) + level)
        for plan, job, cost in zip(p.PLANS, jobs, costs):
            job.advance(k, capacities, prices, cost)
            advance_service(plan, demand, capacities, prices, cost)
        for capacity in capacities:
            capacity.advance(factor.x)
    for job, cost in zip(jobs, costs):
        job.end(cost)
    return costs


def simulate(paths, seed):
    random = np.random.default_rng(seed) if IS_DOUBLE else np.random.Generator(np.random.SFC64(seed))
    batches = [simulate_batch(min(BATCH, paths - first), random) for first in range(0, paths, BATCH)]
    return np.concatenate(batches, axis=1)


if __name__ == "__main__":
    main(simulate, warm_up=1)
