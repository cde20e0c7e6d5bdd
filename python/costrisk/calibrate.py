"""From measured histories to fragments of a scenario. Every function raises InputError or FileError."""

from __future__ import annotations

import os
from typing import Sequence, TypeVar, Union

from . import _core
from ._core import Calibration
from ._errors import InputError

__all__ = ["Calibration", "audit", "billing", "capacity", "demand", "lifetimes", "price"]

Path = Union[str, "os.PathLike[str]"]
_History = TypeVar("_History", bound=_core.HistoryOptions)


def _read_by(options: _History, time_column: str, value_column: str, accept: bool, laws: bool) -> _History:
    options.time_column = time_column
    options.value_column = value_column
    options.accept = accept
    options.laws = laws
    return options


def _list_of(files: Path | Sequence[Path]) -> list[Path]:
    return [files] if isinstance(files, (str, os.PathLike)) else list(files)


def capacity(
    files: Path | Sequence[Path],
    markets: Sequence[str] = (),
    instances: float = 1.0,
    by: str = "automatic",
    factor: str = "shortage",
    half_life_hours: float | None = None,
    time_column: str = "",
    value_column: str = "",
    accept: bool = False,
    laws: bool = False,
) -> Calibration:
    """Runs of availability of one market, or of several and what they have in common.

    files: traces, one a market (JSON or CSV). markets: their names; by default the stems of the files. instances: a
    sample is up where its value is at least this. by: where mean and cv come from: "automatic", "likelihood" or
    "moments". factor, half_life_hours: of the factor that several traces share. accept: take a fit although its mean is
    more than a tenth from that of the data. laws: write estimates as distributions by their standard errors.
    """
    options = _read_by(_core.CapacityOptions(), time_column, value_column, accept, laws)
    chosen = _core.CapacityBy.__members__.get(by)
    if chosen is None:
        raise InputError(f"'{by}' is none of {', '.join(_core.CapacityBy.__members__)}")
    options.by = chosen
    options.markets = list(markets)
    options.instances = instances
    options.factor = factor
    options.half_life_hours = half_life_hours
    return _core.calibrate_capacity(_list_of(files), options)


def price(
    file: Path,
    cap: float | None = None,
    until: str = "",
    grid_hours: float | None = None,
    time_column: str = "",
    value_column: str = "",
    accept: bool = False,
    laws: bool = False,
) -> Calibration:
    """Mean, volatility and half-life of a spot price.

    file: prices at any times, such as at their changes (CSV or JSON), or a spot price history of one market. cap: the
    on-demand price. until: when the history was asked for; until then its last price holds. grid_hours: how far apart the
    price is looked at; by default the mean time between changes.
    """
    options = _read_by(_core.PriceOptions(), time_column, value_column, accept, laws)
    options.cap = cap
    options.until = until
    options.grid_hours = grid_hours
    return _core.calibrate_price(file, options)


def demand(
    file: Path,
    name: str = "demand",
    log: bool = False,
    unit: str = "",
    window_hours: float | None = None,
    start: str = "",
    utc_offset_hours: float = 0.0,
    input_tokens_column: str = "",
    output_tokens_column: str = "",
    time_column: str = "",
    value_column: str = "",
    accept: bool = False,
    laws: bool = False,
) -> Calibration:
    """Profile, growth, noise and bursts of requests.

    file: rates or counts at even distances, or with log a row a request (CSV or JSON). unit: of values, "per-second",
    "per-minute", "per-hour", "per-day", "count" or "counter"; by default as their name says. window_hours: with log,
    length of the windows. start: a date such as "2026-01-05T00:00", where the file counts from a zero of its own.
    """
    options = _read_by(_core.DemandOptions(), time_column, value_column, accept, laws)
    options.name = name
    options.log = log
    options.unit = unit
    options.window_hours = window_hours
    options.start = start
    options.utc_offset_hours = utc_offset_hours
    options.input_tokens_column = input_tokens_column
    options.output_tokens_column = output_tokens_column
    return _core.calibrate_demand(file, options)


def lifetimes(
    file: Path,
    lifetime_column: str = "",
    start_column: str = "",
    end_column: str = "",
    flag_column: str = "",
    lost_words: Sequence[str] = (),
    all_lost: bool = False,
    accept: bool = False,
    laws: bool = False,
) -> Calibration:
    """How often single instances are reclaimed.

    file: a row an instance (CSV or JSON). Columns are found by their names where none are given. flag_column says which
    ends were losses, or why they came; lost_words are those of its words that mean a loss. all_lost: every end was one.
    """
    options = _core.LifetimeOptions()
    options.lifetime_column = lifetime_column
    options.start_column = start_column
    options.end_column = end_column
    options.flag_column = flag_column
    options.lost_words = list(lost_words)
    options.all_lost = all_lost
    options.accept = accept
    options.laws = laws
    return _core.calibrate_lifetimes(file, options)


def _bill_options(billed_cost: bool, owner_tag: str, owner_column: str, keep_copies: bool) -> _core.BillingOptions:
    """How the rows of a bill are read, whatever is made of them."""
    options = _core.BillingOptions()
    options.billed_cost = billed_cost
    options.owner_tag = owner_tag
    options.owner_column = owner_column
    options.keep_copies = keep_copies
    return options


def billing(
    files: Path | Sequence[Path],
    by_service: bool = False,
    billed_cost: bool = False,
    owner_tag: str = "",
    owner_column: str = "",
    leave_out: Sequence[str] = (),
    most_items: int = 12,
    keep_copies: bool = False,
    accept: bool = False,
) -> Calibration:
    """Items, owners and commitments of a bill in the FOCUS format (CSV), in one file or several.

    by_service: services become items, else categories. billed_cost: billed cost, else effective cost. owner_tag or
    owner_column: what names owners. leave_out: categories or services that the scenario simulates itself. keep_copies:
    count rows twice that stand in the files twice.
    """
    options = _bill_options(billed_cost, owner_tag, owner_column, keep_copies)
    options.by_service = by_service
    options.leave_out = list(leave_out)
    options.most_items = most_items
    options.accept = accept
    return _core.calibrate_billing(_list_of(files), options)


def audit(
    files: Path | Sequence[Path],
    owner_tag: str = "",
    owner_column: str = "",
    billed_cost: bool = False,
    usage: Path = "",
    utc_offset_hours: float = 0.0,
    pseudonyms: bool = False,
    keep_copies: bool = False,
) -> Calibration:
    """What a bill in the FOCUS format says of money that may be saved, the most money first, as `costrisk audit` prints it.

    owner_tag or owner_column: what names owners. billed_cost: billed cost, else effective cost. usage: a table of resources
    and their utilization. utc_offset_hours: what the clock by which people work is ahead of UTC. pseudonyms: "service 1",
    "owner 2" in the place of names. keep_copies: count rows twice that stand in the files twice. The findings
    are in `json`, as text in `toml`.
    """
    options = _core.AuditOptions()
    options.billing = _bill_options(billed_cost, owner_tag, owner_column, keep_copies)
    options.usage = usage
    options.utc_offset_hours = utc_offset_hours
    options.pseudonyms = pseudonyms
    return _core.audit_bill(_list_of(files), options)
