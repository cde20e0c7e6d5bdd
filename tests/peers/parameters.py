"""The numbers of scenario.toml as the peers take them. Times are in steps of a quarter of an hour, prices per
instance and step; what the words mean stands in docs/model.md."""
import math

STEP_HOURS = 0.25
STEPS = int(4 * 7 * 24 / STEP_HOURS)


def half_life(hours):
    """An Ornstein-Uhlenbeck process on the grid: x <- x - c x + b e."""
    kept = 2.0 ** (-STEP_HOURS / hours)
    return 1.0 - kept, math.sqrt(1.0 - kept * kept)


def log_normal(mean_hours, cv):
    """Mean and spread of the logarithm of a length in steps."""
    variance = math.log(1.0 + cv * cv)
    return math.log(mean_hours / STEP_HOURS) - variance / 2.0, math.sqrt(variance)


FACTOR = half_life(5 * 24)
# Of markets a and b.
ON_DEMAND = (22.0 * STEP_HOURS, 23.5 * STEP_HOURS)
SPOT_MEAN = (8.9 * STEP_HOURS, 9.6 * STEP_HOURS)
SPOT_VOLATILITY = (0.25, 0.35)
SPOT = (half_life(3 * 24), half_life(24))
SPOT_LOADING = 0.5
UP = (log_normal(5.5, 2.5), log_normal(9.8, 2.6))
DOWN = (log_normal(1.8, 1.7), log_normal(1.1, 1.3))
UP_SHARE = (5.5 / (5.5 + 1.8), 9.8 / (9.8 + 1.1))
CAPACITY_LOADING = 0.6

BASE = 35.0 * 3600.0 * STEP_HOURS  # requests a step
GROWTH = (0.02, 0.08, 0.2)  # a month of 730 hours: least, likeliest, most
BY_HOUR = (0.5, 0.4, 0.4, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.6, 1.6, 1.5, 1.5, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8,
           0.7, 0.6)
NOISE = half_life(6)
NOISE_VOLATILITY = 0.2
NOISE_LOADING = 0.3

WORK = (math.log(2400.0), 0.2)  # instance-hours: mean and spread of the logarithm
RESTART = 10.0 / 60.0 / STEP_HOURS
DEADLINE = 17 * 24 / STEP_HOURS
LATE_PENALTY = 100.0 * STEP_HOURS  # a step
BILLING = 1.0 / 3600.0 / STEP_HOURS  # increment

RATE = 4.0 * 3600.0 * STEP_HOURS  # requests a step and instance
LEAST, MOST, MOST_SPOT = 2, 28, 10
UNSERVED_PENALTY = 0.002

# Eight plans: the gang; the job's markets, in order; the service's utilization; its spot pools, in order. -1: none.
# On-demand is bought in the first market.
PLANS = tuple((gang, jobs, utilization, pools)
              for gang, utilization in ((8, 0.70), (16, 0.85))
              for jobs, pools in (((0, 1), (0, -1)), ((1, 0), (1, -1)), ((0, -1), (0, 1)), ((1, -1), (1, 0))))
