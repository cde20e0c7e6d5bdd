"""From measured histories to fragments of a scenario. Every function raises InputError or FileError."""

from __future__ import annotations

import os
from typing import Sequence, TypeVar, Union

from . import _core
from ._core import Calibration
from ._errors import InputError

__all__ = ["Calibration", "billing", "capacity", "demand", "lifetimes", "price"]

Path = Union[str, "os.PathLike[str]"]
_History = TypeVar("_History", bound=_core.HistoryOptions)


def _read_by(options: _History, time_column: str, value_column: str, laws: bool) -> _History:
    options.time_column = time_column
    options.value_column = value_column
    options.laws = laws
    return options


def capacity(
    files: Path | Sequence[Path],
    markets: Sequence[str] = (),
    instances: float = 1.0,
    by: str = "automatic",
    factor: str = "shortage",
    half_life_hours: float | None = None,
    time_column: str = "",
    value_column: str = "",
    laws: bool = False,
) -> Calibration:
    """Runs of availability of one market, or of several and what they have in common.

    files: traces, one a market (JSON or CSV). markets: their names; by default the stems of the files. instances: a
    sample is up where its value is at least this. by: where mean and cv come from: "automatic", "likelihood" or
    "moments". factor, half_life_hours: of the factor that several traces share. laws: write estimates as distributions
    by their standard errors.
    """
    options = _read_by(_core.CapacityOptions(), time_column, value_column, laws)
    chosen = _core.CapacityBy.__members__.get(by)
    if chosen is None:
        raise InputError(f"'{by}' is none of {', '.join(_core.CapacityBy.__members__)}")
    options.by = chosen
    options.markets = list(markets)
    options.instances = instances
    options.factor = factor
    options.half_life_hours = half_life_hours
    return _core.calibrate_capacity([files] if isinstance(files, (str, os.PathLike)) else list(files), options)


def price(
    file: Path,
    cap: float | None = None,
    grid_hours: float | None = None,
    time_column: str = "",
    value_column: str = "",
    laws: bool = False,
) -> Calibration:
    """Mean, volatility and half-life of a spot price.

    file: prices at any times, such as at their changes (CSV or JSON). cap: the on-demand price. grid_hours: how far
    apart the price is looked at; by default the mean time between changes.
    """
    options = _read_by(_core.PriceOptions(), time_column, value_column, laws)
    options.cap = cap
    options.grid_hours = grid_hours
    return _core.calibrate_price(file, options)


def demand(
    file: Path,
    name: str = "demand",
    log: bool = False,
    window_hours: float | None = None,
    start: str = "",
    utc_offset_hours: float = 0.0,
    input_tokens_column: str = "",
    output_tokens_column: str = "",
    time_column: str = "",
    value_column: str = "",
    laws: bool = False,
) -> Calibration:
    """Profile, growth, noise and bursts of requests.

    file: requests a second at even distances, or with log a row a request (CSV). window_hours: with log, length of the
    windows. start: a date such as "2026-01-05T00:00", where the file counts from a zero of its own.
    """
    options = _read_by(_core.DemandOptions(), time_column, value_column, laws)
    options.name = name
    options.log = log
    options.window_hours = window_hours
    options.start = start
    options.utc_offset_hours = utc_offset_hours
    options.input_tokens_column = input_tokens_column
    options.output_tokens_column = output_tokens_column
    return _core.calibrate_demand(file, options)


def lifetimes(file: Path, laws: bool = False) -> Calibration:
    """How often single instances are reclaimed. file: a row an instance (CSV)."""
    return _core.calibrate_lifetimes(file, laws)


def billing(
    file: Path,
    by_service: bool = False,
    billed_cost: bool = False,
    owner_tag: str = "",
    leave_out: Sequence[str] = (),
    most_items: int = 12,
) -> Calibration:
    """Items, owners and commitments of a bill in the FOCUS format (CSV).

    by_service: services become items, else categories. billed_cost: billed cost, else effective cost. leave_out:
    categories or services that the scenario simulates itself.
    """
    options = _core.BillingOptions()
    options.by_service = by_service
    options.billed_cost = billed_cost
    options.owner_tag = owner_tag
    options.leave_out = list(leave_out)
    options.most_items = most_items
    return _core.calibrate_billing(file, options)
