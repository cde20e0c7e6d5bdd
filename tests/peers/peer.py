"""What the Python peers share: their command line, and what they print."""
import argparse
import json
import resource
import sys
import time


def main(simulate, warm_up=64):
    """Runs simulate(paths, seed), which returns costs [plan, path], once for a few paths (None: for all, where what is
    compiled depends on them) without counting the time, since compilers run at the first call, and once in earnest."""
    arguments = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    arguments.add_argument("paths", type=int)
    arguments.add_argument("seed", type=int)
    arguments.add_argument("output", help="file for the costs: doubles, plan by plan")
    given = arguments.parse_args()
    import numpy as np
    simulate(warm_up or given.paths, given.seed + 1)
    start, cpu_start = time.perf_counter(), time.process_time()
    costs = np.asarray(simulate(given.paths, given.seed), dtype=np.float64)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    np.ascontiguousarray(costs).tofile(given.output)
    print(json.dumps({"paths": given.paths, "seconds": seconds, "cpu_seconds": cpu_seconds,
                      "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0}))
