"""The scenario one future at a time, as a function that numba compiles for a processor or a GPU: every plan takes a
step as soon as the world has."""
import math

import numpy as np

import parameters as p

FLAT = np.array([(gang, *jobs, utilization, *pools) for gang, jobs, utilization, pools in p.PLANS], dtype=np.float32)
GANGS, UTILIZATIONS = FLAT[:, 0], FLAT[:, 3]
JOB_MARKETS, POOLS = FLAT[:, 1:3].astype(np.int32), FLAT[:, 4:6].astype(np.int32)
PLANS = len(FLAT)
MARKETS = 2
BY_HOUR = np.array(p.BY_HOUR, dtype=np.float32)
ON_DEMAND, SPOT_MEAN, SPOT_VOLATILITY, UP_SHARE = (
    np.array(x, dtype=np.float32) for x in (p.ON_DEMAND, p.SPOT_MEAN, p.SPOT_VOLATILITY, p.UP_SHARE))
SPOT = np.array(p.SPOT, dtype=np.float32)
SOJOURN = np.array((p.DOWN, p.UP), dtype=np.float32)  # by state and market: mean and spread of the logarithm
SPOT_RESIDUAL = np.float32(math.sqrt(1 - p.SPOT_LOADING**2))
CAPACITY_RESIDUAL = np.float32(math.sqrt(1 - p.CAPACITY_LOADING**2))
NOISE_RESIDUAL = np.float32(math.sqrt(1 - p.NOISE_LOADING**2))
FACTOR, NOISE = np.array(p.FACTOR, dtype=np.float32), np.array(p.NOISE, dtype=np.float32)
WORK, GROWTH = np.array(p.WORK, dtype=np.float32), np.array(p.GROWTH, dtype=np.float32)
SPOT_LOADING, CAPACITY_LOADING, NOISE_LOADING = (
    np.float32(x) for x in (p.SPOT_LOADING, p.CAPACITY_LOADING, p.NOISE_LOADING))
NOISE_VOLATILITY, BASE, RATE, RESTART, DEADLINE = (
    np.float32(x) for x in (p.NOISE_VOLATILITY, p.BASE, p.RATE, p.RESTART, p.DEADLINE))
BILLING, LATE_PENALTY, UNSERVED_PENALTY = (np.float32(x) for x in (p.BILLING, p.LATE_PENALTY, p.UNSERVED_PENALTY))
LEAST, MOST, MOST_SPOT = np.float32(p.LEAST), np.float32(p.MOST), np.float32(p.MOST_SPOT)
STEPS, STEPS_AN_HOUR = p.STEPS, int(1 / p.STEP_HOURS)
MONTH = np.float32(730 / p.STEP_HOURS)
STEP_HOURS = np.float32(p.STEP_HOURS)
ZERO, ONE, HALF = np.float32(0), np.float32(1), np.float32(0.5)


def make(jit, normal, uniform):
    """`jit` compiles; normal(random, i) and uniform(random, i) draw."""

    @jit
    def triangular(u):
        low, mode, high = GROWTH[0], GROWTH[1], GROWTH[2]
        if u * (high - low) < mode - low:
            return low + math.sqrt(u * (high - low) * (mode - low))
        return high - math.sqrt((ONE - u) * (high - low) * (high - mode))

    @jit
    def sojourn_normal(random, i, factor, is_up):
        return (-CAPACITY_LOADING if is_up else CAPACITY_LOADING) * factor + CAPACITY_RESIDUAL * normal(random, i)

    @jit
    def simulate(random, i, cost, markets, flags, plans, held):
        """What each plan costs in one future, to cost[plan]. The rest is scratch: floats [3, market] and
        [2, plan], integers [2, market] and [plan]."""
        x, left, price = markets[0], markets[1], markets[2]
        up, unbroken = flags[0], flags[1]
        work, restart = plans[0], plans[1]
        factor, noise = normal(random, i), normal(random, i)
        for m in range(MARKETS):
            x[m] = normal(random, i)
            up[m] = uniform(random, i) < UP_SHARE[m]
            mean, spread = SOJOURN[up[m], m, 0], SOJOURN[up[m], m, 1]
            # A sojourn that time zero falls into is drawn by its length.
            z = sojourn_normal(random, i, factor, up[m])
            left[m] = math.exp(mean + spread * spread + spread * z) * uniform(random, i)
            unbroken[m] = up[m]
        log_growth = math.log(ONE + triangular(uniform(random, i))) / MONTH
        hours = math.exp(WORK[0] + WORK[1] * normal(random, i))
        for plan in range(PLANS):
            held[plan] = -1
            restart[plan] = ZERO
            work[plan] = hours / (GANGS[plan] * STEP_HOURS)
            cost[plan] = 0.0

        for k in range(STEPS):
            if k > 0:
                factor += FACTOR[1] * normal(random, i) - FACTOR[0] * factor
                noise += NOISE[1] * normal(random, i) - NOISE[0] * noise
            for m in range(MARKETS):
                if k > 0:
                    x[m] += SPOT[m, 1] * normal(random, i) - SPOT[m, 0] * x[m]
                v = SPOT_VOLATILITY[m]
                z = SPOT_LOADING * factor + SPOT_RESIDUAL * x[m]
                price[m] = min(ON_DEMAND[m], SPOT_MEAN[m] * math.exp(v * z - HALF * v * v))
            z = NOISE_LOADING * factor + NOISE_RESIDUAL * noise
            v = NOISE_VOLATILITY
            demand = BASE * BY_HOUR[k // STEPS_AN_HOUR % 24] * math.exp(v * z - HALF * v * v + log_growth * np.float32(k))

            for plan in range(PLANS):
                spent = ZERO
                # The job: held capacity that broke is lost; then the first market that is up.
                if work[plan] > ZERO:
                    first, second = JOB_MARKETS[plan, 0], JOB_MARKETS[plan, 1]
                    market = held[plan]
                    if market >= 0 and not unbroken[market]:
                        market = -1
                    if market < 0:
                        if up[first]:
                            market = first
                        elif second >= 0 and up[second]:
                            market = second
                        restart[plan] = RESTART
                    held[plan] = market
                    if market >= 0:
                        time = min(ONE, restart[plan] + work[plan])
                        restarting = min(restart[plan], time)
                        restart[plan] -= restarting
                        work[plan] -= time - restarting
                        if time < ONE:
                            work[plan] = ZERO
                            spent += LATE_PENALTY * max(ZERO, np.float32(k) + time - DEADLINE)
                            time = math.ceil(time / BILLING) * BILLING
                        spent += GANGS[plan] * price[market] * time
                # The service: what the spot pools cannot give is bought on demand.
                wanted = math.ceil(demand / (RATE * UTILIZATIONS[plan]))
                fleet = max(LEAST, min(MOST, wanted))
                rest = fleet
                for pool in range(2):
                    market = POOLS[plan, pool]
                    if market >= 0 and up[market]:
                        got = min(rest, MOST_SPOT)
                        rest -= got
                        spent += got * price[market]
                spent += rest * ON_DEMAND[POOLS[plan, 0]]
                spent += UNSERVED_PENALTY * max(ZERO, demand - fleet * RATE)
                cost[plan] += spent

            for m in range(MARKETS):
                left[m] -= ONE
                unbroken[m] = up[m]
                while left[m] < ZERO:
                    up[m] = 1 - up[m]
                    unbroken[m] = 0
                    z = sojourn_normal(random, i, factor, up[m])
                    left[m] += math.exp(SOJOURN[up[m], m, 0] + SOJOURN[up[m], m, 1] * z)

        for plan in range(PLANS):
            if work[plan] > ZERO:
                late = max(ZERO, np.float32(STEPS) - DEADLINE)
                cost[plan] += LATE_PENALTY * late + GANGS[plan] * work[plan] * ON_DEMAND[JOB_MARKETS[plan, 0]]

    return simulate
