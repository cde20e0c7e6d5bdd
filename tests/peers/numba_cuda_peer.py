#!/usr/bin/env python3
"""The scenario in numba on a GPU, one future a thread; NUMBA_ENABLE_CUDASIM=1 tries it without one. Not yet run on a
GPU."""
import numba
import numpy as np
from numba import cuda
from numba.cuda.random import (create_xoroshiro128p_states, xoroshiro128p_normal_float32, xoroshiro128p_uniform_float32)

import numba_path
from numba_path import MARKETS, PLANS
from peer import main

THREADS = 64
MOST_THREADS = 1 << 18

jit = cuda.jit(device=True, fastmath=True)


@jit
def normal(random, i):
    return xoroshiro128p_normal_float32(random, i)


@jit
def uniform(random, i):
    return xoroshiro128p_uniform_float32(random, i)


simulate_path = numba_path.make(jit, normal, uniform)


@cuda.jit(fastmath=True)
def simulate_all(random, costs):
    i = cuda.grid(1)
    markets = cuda.local.array((3, MARKETS), numba.float32)
    flags = cuda.local.array((2, MARKETS), numba.int32)
    plans = cuda.local.array((2, PLANS), numba.float32)
    held = cuda.local.array(PLANS, numba.int32)
    cost = cuda.local.array(PLANS, numba.float64)
    for path in range(i, costs.shape[1], cuda.gridsize(1)):
        simulate_path(random, i, cost, markets, flags, plans, held)
        for plan in range(PLANS):
            costs[plan, path] = cost[plan]


def simulate(paths, seed):
    blocks = (min(paths, MOST_THREADS) + THREADS - 1) // THREADS
    random = create_xoroshiro128p_states(blocks * THREADS, seed)
    costs = cuda.device_array((PLANS, paths), np.float64)
    simulate_all[blocks, THREADS](random, costs)
    return costs.copy_to_host()


if __name__ == "__main__":
    main(simulate)
