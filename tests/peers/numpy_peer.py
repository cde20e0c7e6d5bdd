#!/usr/bin/env python3
"""The scenario in NumPy: all futures of a batch side by side, a step at a time, in single precision."""
import math

import numpy as np

import parameters as p
from peer import main

BATCH = 16384  # the fastest of 1024 … 65536 where it was measured


class Process:
    """An Ornstein-Uhlenbeck process with mean 0 and variance 1."""

    def __init__(self, random, paths, law):
        self.random, (self.c, self.b) = random, (np.float32(law[0]), np.float32(law[1]))
        self.x = random.standard_normal(paths, dtype=np.float32)
        self.fresh = np.empty_like(self.x)

    def advance(self):
        self.random.standard_normal(out=self.fresh, dtype=np.float32)
        self.fresh *= self.b
        self.x *= np.float32(1) - self.c
        self.x += self.fresh


def loaded(beta, factor, x):
    return np.float32(beta) * factor + np.float32(math.sqrt(1 - beta * beta)) * x


class Capacity:
    """Up and down with log-normal sojourns; `left` is the time to the next change."""

    def __init__(self, random, paths, market, factor):
        self.random = random
        self.means = np.array((p.DOWN[market][0], p.UP[market][0]), np.float32)
        self.spreads = np.array((p.DOWN[market][1], p.UP[market][1]), np.float32)
        self.up = random.random(paths, dtype=np.float32) < np.float32(p.UP_SHARE[market])
        # The sojourn that time zero falls into is drawn by its length.
        bias = self.spreads[self.up.astype(np.intp)] ** 2
        self.left = self.sojourn(self.up, factor, bias) * random.random(paths, dtype=np.float32)
        self.unbroken = self.up.copy()

    def sojourn(self, up, factor, bias=0):
        state = up.astype(np.intp)
        beta = np.where(up, np.float32(-p.CAPACITY_LOADING), np.float32(p.CAPACITY_LOADING))
        residual = np.float32(math.sqrt(1 - p.CAPACITY_LOADING**2))
        z = beta * factor + residual * self.random.standard_normal(len(up), dtype=np.float32)
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
        self.work = hours / np.float32(self.gang * p.STEP_HOURS)
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
        time = np.minimum(self.restart + self.work, np.float32(1)) * holds
        restarting = np.minimum(self.restart, time)
        self.restart -= restarting
        self.work -= time - restarting
        done = np.flatnonzero(holds & (time < 1))
        if done.size > 0:
            self.active[done] = False
            late = np.maximum(k + time[done] - np.float32(p.DEADLINE), 0)
            cost[done] += late * np.float32(p.LATE_PENALTY)
            time[done] = np.ceil(time[done] / np.float32(p.BILLING)) * np.float32(p.BILLING)
        price = prices[self.markets[0]]
        if len(self.markets) > 1:
            price = np.where(self.held[1], prices[self.markets[1]], price)
        cost += price * time * np.float32(self.gang)
        for held in self.held:
            held[done] = False

    def end(self, cost):
        late = max(0.0, p.STEPS - p.DEADLINE) * p.LATE_PENALTY
        left = self.work * np.float32(self.gang * p.ON_DEMAND[self.markets[0]])
        cost += np.where(self.active, late + left, 0)


def advance_service(plan, demand, capacities, prices, cost):
    fleet = np.clip(np.ceil(demand * np.float32(1 / (p.RATE * plan[2]))), p.LEAST, p.MOST)
    rest = fleet.copy()
    for m in (m for m in plan[3] if m >= 0):
        got = np.minimum(rest, np.float32(p.MOST_SPOT)) * capacities[m].up
        rest -= got
        cost += got * prices[m]
    cost += rest * np.float32(p.ON_DEMAND[plan[3][0]])
    cost += np.maximum(demand - fleet * np.float32(p.RATE), 0) * np.float32(p.UNSERVED_PENALTY)


def simulate_batch(paths, random):
    factor = Process(random, paths, p.FACTOR)
    spots = [Process(random, paths, law) for law in p.SPOT]
    noise = Process(random, paths, p.NOISE)
    capacities = [Capacity(random, paths, m, factor.x) for m in range(2)]
    growth = random.triangular(*p.GROWTH, paths).astype(np.float32)
    log_growth = np.log1p(growth) / np.float32(730 / p.STEP_HOURS)
    hours = np.exp(np.float32(p.WORK[0]) + np.float32(p.WORK[1]) * random.standard_normal(paths, dtype=np.float32))
    jobs = [Job(plan, hours) for plan in p.PLANS]
    costs = np.zeros((len(p.PLANS), paths))
    for k in range(p.STEPS):
        if k > 0:
            for process in (factor, *spots, noise):
                process.advance()
        prices = []
        for m, v in enumerate(p.SPOT_VOLATILITY):
            z = loaded(p.SPOT_LOADING, factor.x, spots[m].x)
            free = np.exp(np.float32(v) * z + np.float32(math.log(p.SPOT_MEAN[m]) - v * v / 2))
            prices.append(np.minimum(free, np.float32(p.ON_DEMAND[m])))
        v, hour = p.NOISE_VOLATILITY, int(k * p.STEP_HOURS) % 24
        level = np.float32(math.log(p.BASE * p.BY_HOUR[hour]) - v * v / 2)
        demand = np.exp(np.float32(v) * loaded(p.NOISE_LOADING, factor.x, noise.x) + log_growth * np.float32(k) + level)
        for plan, job, cost in zip(p.PLANS, jobs, costs):
            job.advance(k, capacities, prices, cost)
            advance_service(plan, demand, capacities, prices, cost)
        for capacity in capacities:
            capacity.advance(factor.x)
    for job, cost in zip(jobs, costs):
        job.end(cost)
    return costs


def simulate(paths, seed):
    random = np.random.Generator(np.random.SFC64(seed))
    batches = [simulate_batch(min(BATCH, paths - first), random) for first in range(0, paths, BATCH)]
    return np.concatenate(batches, axis=1)


if __name__ == "__main__":
    main(simulate, warm_up=1)
