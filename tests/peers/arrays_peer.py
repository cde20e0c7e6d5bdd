#!/usr/bin/env python3
"""The scenario in an array language on a GPU (cupy, torch or jax), or in numpy to try this file without one: all
futures side by side, a step at a time, in single precision. Not yet run on a GPU."""
import math
import sys

import parameters as p
from peer import main

BATCH = 1 << 18  # futures that fit any GPU's memory


class Eager:
    """numpy and cupy: loops are Python's."""

    def __init__(self, name):
        self.xp = __import__(name)
        self.where, self.exp, self.ceil, self.log = self.xp.where, self.xp.exp, self.xp.ceil, self.xp.log
        self.minimum, self.maximum = self.xp.minimum, self.xp.maximum
        self.stack = self.xp.stack

    def draws(self, seed):
        random = self.xp.random.default_rng(seed)
        return EagerDraws(lambda n: random.standard_normal(n, dtype=self.xp.float32),
                          lambda n: random.random(n, dtype=self.xp.float32))

    def full(self, n, value):
        return self.xp.full(n, value, dtype=self.xp.float32)

    def table(self, values):
        return self.xp.asarray(values, dtype=self.xp.float32)

    def repeat(self, count, body, state):
        for k in range(1, count):
            state = body(k, state)
        return state

    def repeat_while(self, goes_on, body, state):
        while goes_on(state).any():
            state = body(state)
        return state

    def compile(self, function):
        return function

    def to_numpy(self, costs):
        return costs.get() if hasattr(costs, "get") else costs


class EagerDraws:
    """A generator with a state of its own."""

    def __init__(self, normal, uniform):
        self.normal, self.uniform = normal, uniform

    def of(self, _):
        return self


class Torch(Eager):
    def __init__(self):
        import torch
        self.xp = torch
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.where, self.exp, self.ceil, self.log, self.stack = torch.where, torch.exp, torch.ceil, torch.log, torch.stack
        self.minimum = lambda a, b: torch.minimum(a, b) if torch.is_tensor(b) else torch.clamp(a, max=b)
        self.maximum = lambda a, b: torch.maximum(a, b) if torch.is_tensor(b) else torch.clamp(a, min=b)

    def draws(self, seed):
        random = self.xp.Generator(device=self.device).manual_seed(seed)
        return EagerDraws(lambda n: self.xp.randn(n, device=self.device, generator=random),
                          lambda n: self.xp.rand(n, device=self.device, generator=random))

    def full(self, n, value):
        return self.xp.full((n,), value, dtype=self.xp.float32, device=self.device)

    def table(self, values):
        return self.xp.tensor(values, dtype=self.xp.float32, device=self.device)

    def to_numpy(self, costs):
        return costs.cpu().numpy()


class Jax(Eager):
    """The whole simulation is one compiled program."""

    def __init__(self):
        super().__init__("jax.numpy")
        import jax
        self.jax, self.xp = jax, jax.numpy
        for name in ("where", "exp", "ceil", "log", "minimum", "maximum", "stack"):
            setattr(self, name, getattr(jax.numpy, name))

    def draws(self, seed):
        return JaxDraws(self.jax, self.jax.random.key(seed))

    def repeat(self, count, body, state):
        return self.jax.lax.fori_loop(1, count, body, state)

    def repeat_while(self, goes_on, body, state):
        return self.jax.lax.while_loop(lambda s: goes_on(s).any(), body, state)

    def compile(self, function):
        return self.jax.jit(function, static_argnums=0)

    def to_numpy(self, costs):
        return self.jax.device_get(costs)


class JaxDraws:
    """Keys that follow from a number and from how many draws came before."""

    def __init__(self, jax, key):
        self.jax, self.key, self.count = jax, key, 0

    def of(self, number):
        return JaxDraws(self.jax, self.jax.random.fold_in(self.key, number + (1 << 20)))

    def fresh(self):
        self.count += 1
        return self.jax.random.fold_in(self.key, self.count)

    def normal(self, n):
        return self.jax.random.normal(self.fresh(), (n,))

    def uniform(self, n):
        return self.jax.random.uniform(self.fresh(), (n,))


def load(name):
    return Torch() if name == "torch" else Jax() if name == "jax" else Eager(name)


class Model:
    def __init__(self, arrays):
        self.a = arrays
        self.by_hour = arrays.table(p.BY_HOUR)

    def loaded(self, beta, factor, x):
        return beta * factor + math.sqrt(1 - beta * beta) * x

    def advance(self, law, x, fresh):
        return (1 - law[0]) * x + law[1] * fresh

    def sojourn(self, m, up, factor, normal, biased=0.0):
        """Log-normal; `biased` 1: of the sojourn that an instant falls into."""
        a = self.a
        z = a.where(up, -p.CAPACITY_LOADING, p.CAPACITY_LOADING) * factor + math.sqrt(1 - p.CAPACITY_LOADING**2) * normal
        lengths = [a.exp(mean + biased * spread**2 + spread * z) for mean, spread in (p.UP[m], p.DOWN[m])]
        return a.where(up, *lengths)

    def advance_capacity(self, m, capacity, factor, draws, paths):
        a = self.a
        up, left, _ = capacity

        def change(state):
            up, left, broken, turn = state
            due = left < 0
            turned = up ^ due
            fresh = self.sojourn(m, turned, factor, draws.of(turn).normal(paths))
            return turned, left + a.where(due, fresh, 0.0), broken | due, turn + 1

        up_now, left, broken, _ = a.repeat_while(lambda s: s[1] < 0, change, (up, left - 1.0, left < 0, m * 1000))
        return up_now, left, up & ~broken

    def prices(self, factor, spots):
        return [self.a.minimum(p.SPOT_MEAN[m] * self.a.exp(v * self.loaded(p.SPOT_LOADING, factor, spots[m]) - v * v / 2),
                               p.ON_DEMAND[m]) for m, v in enumerate(p.SPOT_VOLATILITY)]

    def demand(self, k, factor, noise, log_growth):
        v = p.NOISE_VOLATILITY
        level = p.BASE * self.by_hour[k // int(1 / p.STEP_HOURS) % 24]
        return level * self.a.exp(v * self.loaded(p.NOISE_LOADING, factor, noise) - v * v / 2 + log_growth * (k * 1.0))

    def advance_job(self, k, plan, job, capacities, prices):
        a = self.a
        gang, markets = plan[0], [m for m in plan[1] if m >= 0]
        work, restart, *held = job
        held = [h & capacities[m][2] for h, m in zip(held, markets)]
        active = work > 0
        free = active
        for h in held:
            free = free & ~h
        restart = a.where(free, p.RESTART, restart)
        for i, m in enumerate(markets):
            starts = free & capacities[m][0]
            held[i] = held[i] | starts
            free = free & ~starts
        holds = active & ~free
        time = a.where(holds, a.minimum(restart + work, 1.0), 0.0)
        restarting = a.minimum(restart, time)
        done = holds & (time < 1.0)
        late = a.where(done, a.maximum(k + time - p.DEADLINE, 0.0), 0.0)
        price = prices[markets[0]]
        if len(markets) > 1:
            price = a.where(held[1], prices[markets[1]], price)
        billed = a.where(done, a.ceil(time / p.BILLING) * p.BILLING, time)
        work = a.where(done, 0.0, work - (time - restarting))
        return (work, restart - restarting, *[h & ~done for h in held]), late * p.LATE_PENALTY + gang * price * billed

    def service(self, plan, demand, capacities, prices):
        a = self.a
        fleet = a.maximum(a.minimum(a.ceil(demand / (p.RATE * plan[2])), float(p.MOST)), float(p.LEAST))
        rest, spent = fleet, p.UNSERVED_PENALTY * a.maximum(demand - fleet * p.RATE, 0.0)
        for m in (m for m in plan[3] if m >= 0):
            got = a.where(capacities[m][0], a.minimum(rest, float(p.MOST_SPOT)), 0.0)
            rest = rest - got
            spent = spent + got * prices[m]
        return spent + rest * p.ON_DEMAND[plan[3][0]]

    def step(self, k, world, plans, log_growth):
        """What all plans do in a step of the world: their states and costs."""
        factor, noise, spots, capacities = world
        prices = self.prices(factor, spots)
        demand = self.demand(k, factor, noise, log_growth)
        advanced = []
        for plan, (job, cost, rest) in zip(p.PLANS, plans):
            job, spent = self.advance_job(k, plan, job, capacities, prices)
            spent = spent + self.service(plan, demand, capacities, prices) + rest
            total = cost + spent
            advanced.append((job, total, spent - (total - cost)))  # the rounding is carried on
        return advanced

    def simulate(self, paths, draws):
        a = self.a
        normal = lambda: draws.normal(paths)
        factor, noise, spots = normal(), normal(), [normal(), normal()]
        capacities = []
        for m in range(2):
            up = draws.uniform(paths) < p.UP_SHARE[m]
            left = self.sojourn(m, up, factor, normal(), 1.0) * draws.uniform(paths)
            capacities.append((up, left, up))
        u, (low, mode, high) = draws.uniform(paths), p.GROWTH
        rising, falling = u * ((high - low) * (mode - low)), (1 - u) * ((high - low) * (high - mode))
        growth = a.where(u * (high - low) < mode - low, low + rising**0.5, high - falling**0.5)
        log_growth = a.log(1 + growth) / (730 / p.STEP_HOURS)
        hours = a.exp(p.WORK[0] + p.WORK[1] * normal())
        nothing, nobody = a.full(paths, 0.0), a.full(paths, 0.0) > 0
        plans = [((hours / (plan[0] * p.STEP_HOURS), nothing, *[nobody] * sum(m >= 0 for m in plan[1])), nothing, nothing)
                 for plan in p.PLANS]
        world = (factor, noise, spots, capacities)
        plans = self.step(0, world, plans, log_growth)

        def advance(k, state):
            (factor, noise, spots, capacities), plans = state
            fresh = draws.of(k)
            capacities = [self.advance_capacity(m, capacity, factor, fresh, paths)
                          for m, capacity in enumerate(capacities)]
            factor = self.advance(p.FACTOR, factor, fresh.normal(paths))
            noise = self.advance(p.NOISE, noise, fresh.normal(paths))
            spots = [self.advance(law, x, fresh.normal(paths)) for law, x in zip(p.SPOT, spots)]
            world = (factor, noise, spots, capacities)
            return world, self.step(k, world, plans, log_growth)

        _, plans = a.repeat(p.STEPS, advance, (world, plans))
        late = max(0.0, p.STEPS - p.DEADLINE) * p.LATE_PENALTY
        return a.stack([cost + a.where(job[0] > 0, late + plan[0] * p.ON_DEMAND[plan[1][0]] * job[0], 0.0)
                        for plan, (job, cost, _) in zip(p.PLANS, plans)])


def simulator(name):
    arrays = load(name)
    model = Model(arrays)
    run = arrays.compile(lambda paths, seed: model.simulate(paths, arrays.draws(seed)))

    def simulate(paths, seed):
        import numpy as np
        return np.concatenate([arrays.to_numpy(run(min(BATCH, paths - first), seed + i))
                               for i, first in enumerate(range(0, paths, BATCH))], axis=1)

    return simulate


if __name__ == "__main__":
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if name not in ("numpy", "cupy", "torch", "jax"):
        sys.exit(f"usage: {sys.argv[0]} numpy|cupy|torch|jax PATHS SEED OUTPUT")
    simulate = simulator(name)
    main(simulate, warm_up=None if name == "jax" else 64)
