"""costrisk: how much could this plan cost, and how likely is that?

    import costrisk

    scenario = costrisk.load("configs/quickstart.toml")
    scenario["market.p4d-east.spot.price.mean"] = 8
    results = scenario.run(paths=10_000)
    results.dataset.cost_quantile.sel(plan="spot", probability=0.95)
    results.explain("spot", "worst")
"""

from __future__ import annotations

import builtins
import datetime
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Sequence, Union

from . import _core, calibrate
from ._core import Backend, Backtest, BillCheck, Calibration, Check, NeededPaths, Problem, __version__, backends
from ._errors import (
    BackendUnavailable,
    DeviceFailed,
    Error,
    FileError,
    InputError,
    Interrupted,
    InvalidScenario,
    TooLarge,
    UnknownName,
)
from ._pictures import distributions, page_of_story, table_of_checks
from .calibrate import audit

if TYPE_CHECKING:
    import numpy
    import pandas
    import xarray

__all__ = [
    "Backend",
    "BackendUnavailable",
    "Backtest",
    "BillCheck",
    "Calibration",
    "Check",
    "DeviceFailed",
    "Error",
    "FileError",
    "Grades",
    "InputError",
    "Interrupted",
    "InvalidScenario",
    "NeededPaths",
    "Problem",
    "Results",
    "Scenario",
    "Story",
    "Study",
    "TooLarge",
    "UnknownName",
    "__version__",
    "audit",
    "backends",
    "calibrate",
    "compare",
    "grade",
    "load",
    "merge",
    "open",
]

Path = Union[str, "os.PathLike[str]"]
Progress = Union[bool, Callable[[int, int], None]]


def load(path_or_text: Path, name: str = "scenario") -> Scenario:
    """A scenario from a file, or from a text: a str with a line feed in it is taken as the TOML itself.

    `name` stands for a text in messages. The scenario need not be valid until it is run: see `Scenario.check`.
    Raises InputError where there is no such file, FileError where it cannot be read.
    """
    if isinstance(path_or_text, str) and "\n" in path_or_text:
        return Scenario(_core.Scenario.from_text(path_or_text, name, ""))
    return Scenario(_core.Scenario.from_file(path_or_text))


def open(path: Path) -> Results:
    """The results in a file that costrisk wrote.

    Raises InputError where there is none, or it is another file, damaged, or of another major format version.
    """
    return Results(_core.Results.read(path))


def merge(files: Iterable[Path], partial: bool = False) -> Results:
    """Results of several files of one run: shards in any order, stopped runs, and runs beyond others.

    They are, to the bit, those of a single run of all the futures. partial: futures may be missing. Raises InputError where
    files are of another version, scenario, seed or the like, or a future is in two of them or in none, and FileError.
    """
    return Results(_core.merge(list(files), partial))


def _toml(value: Any) -> str:
    """A value as TOML."""
    if hasattr(value, "item") and not hasattr(value, "__len__"):  # a number of NumPy's
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return f'"{value.total_seconds():g}s"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, Iterable):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    raise InputError(
        f"a {type(value).__name__} cannot stand in a scenario: expected a number, a text, a list or a dict"
    )


class _Bar:
    """A line on stderr that says how far a run is; nothing unless stderr is a terminal or a notebook's."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty() or "ipykernel" in sys.modules
        self.start = time.monotonic()
        self.width = 0

    def __call__(self, done: int, total: int) -> None:
        seconds = time.monotonic() - self.start
        rate = done / seconds if seconds > 0 else 0.0
        self._write(f"{done:,} of {total:,} futures, {100 * done / max(total, 1):.0f} %, {rate:,.0f} a second")

    def _write(self, text: str) -> None:
        if self.shown:
            sys.stderr.write("\r" + text.ljust(self.width))
            sys.stderr.flush()
            self.width = len(text)

    def end(self) -> None:
        if self.width:
            self._write("")
            sys.stderr.write("\r")


def _watched(
    work: Callable[[Callable[[int, int], None] | None], tuple[Any, BaseException | None]],
    progress: Progress,
    wrap: Callable[[Any], Any],
) -> Any:
    """What `work` came to, or the exception that stopped it."""
    bar = _Bar() if progress is True else None
    told = bar or (progress if callable(progress) else None)
    try:
        result, exception = work(told)
    finally:
        if bar:
            bar.end()
    if isinstance(exception, KeyboardInterrupt):
        raise Interrupted(None if result is None else wrap(result)) from exception
    if exception is not None:
        raise exception
    return wrap(result)


def _forecast_held(
    forecast: _core.Scenario | _core.Results,
    bills: Path | Sequence[Path],
    owner_tag: str,
    owner_column: str,
    until: str,
    paths: int,
    threads: int,
    progress: Progress,
) -> BillCheck:
    files = [os.fspath(bill) for bill in ([bills] if isinstance(bills, (str, os.PathLike)) else bills)]

    def work(told: Callable[[int, int], None] | None) -> tuple[BillCheck | None, BaseException | None]:
        return _core.check_forecast(forecast, files, owner_tag, owner_column, until, paths, threads, told)

    return _watched(work, progress, lambda check: check)  # type: ignore[no-any-return]


def _studied(study: Callable[..., tuple[_core.Study | None, BaseException | None]], *asked: Any, progress: Progress) -> Study:
    """What a study of the compiled part came to that takes, after all else, a function to tell how far it is."""
    return _watched(lambda told: study(*asked, told), progress, Study)  # type: ignore[no-any-return]


class Scenario:
    """What is to be simulated. Values are read and set by address: `scenario["market.p4d.spot.price.mean"] = 8`."""

    def __init__(self, core: _core.Scenario) -> None:
        self._core = core

    def __getitem__(self, address: str) -> Any:
        """The value at an address, with defaults: a number, a str (durations are "15m"), a bool, a list or a dict.

        Raises UnknownName, which is a KeyError, where there is none, and InvalidScenario.
        """
        return self._core.get(address)

    def __setitem__(self, address: str, value: Any) -> None:
        """Sets a value. Raises InvalidScenario where the address is none, or the value may not stand there."""
        self._core.set([(address, _toml(value))])

    def update(self, values: Mapping[str, Any]) -> None:
        """Sets several values at once, which may only fit together."""
        self._core.set([(address, _toml(value)) for address, value in values.items()])

    def copy(self) -> Scenario:
        """An independent copy."""
        return Scenario(self._core.copy())

    def check(self) -> Check:
        """Everything that is wrong (`problems`), what is probably not meant (`advice`), and what work that is not done
        at the horizon costs (`pricing`)."""
        return self._core.check()

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self._core.name()

    @property
    def plans(self) -> list[str]:
        """Names of the plans, in the scenario's order."""
        return self._core.plans()

    def resolved(self) -> str:
        """The scenario as TOML with everything resolved."""
        return self._core.resolved()

    def run(
        self,
        paths: int = 0,
        seed: int | None = None,
        threads: int = 0,
        backend: str = "auto",
        devices: Sequence[int] = (),
        keep_paths: bool = False,
        progress: Progress = False,
        until_error: str = "",
        shard: str = "",
        resume: Sequence[Path] = (),
        beyond: Path = "",
        max_seconds: float = 0.0,
    ) -> Results:
        """Simulates the scenario.

        paths, seed: 0 and None take what the scenario says. threads: 0 takes all cores; never changes a result.
        backend: "auto", "cuda", "avx512", "avx2" or "scalar". devices: GPUs by number. keep_paths: keep every path in a
        saved file. progress: True shows a line on stderr; a function is called with the paths done and all of them, in
        the thread that called run. until_error: "[[PLAN:]STATISTIC=]X%" simulates until half the width of the
        statistic's interval is that small, and at most `paths` (0: 67,108,864).

        shard: "3/8" simulates the third of eight parts alone, "auto" that of the task of a batch system or MPI; `merge`
        puts their files together. beyond: a result file of the first paths, which are left out. resume: result files, of
        which the run goes on from the one with the most of its paths. max_seconds: stop after so long; the results are
        those of the paths that were done.

        Ctrl-C stops the run within a chunk of paths and raises Interrupted, a KeyboardInterrupt whose `results` are
        those of the paths that were done. Raises InvalidScenario, InputError, BackendUnavailable, DeviceFailed,
        TooLarge and FileError.
        """

        part = _core.shard_of_environment() if shard == "auto" else _core.parse_shard(shard) if shard else None

        def work(told: Callable[[int, int], None] | None) -> tuple[_core.Results | None, BaseException | None]:
            return _core.simulate(
                self._core,
                paths,
                seed,
                threads,
                backend,
                list(devices),
                keep_paths,
                until_error,
                part,
                list(resume),
                beyond,
                max_seconds,
                told,
            )

        return _watched(work, progress, Results)  # type: ignore[no-any-return]

    def backtest(
        self,
        model: str = "bootstrap",
        training_hours: float = 0.0,
        every_hours: float = 0.0,
        block_hours: float = 24.0,
        paths: int = 2000,
        threads: int = 0,
        backend: str = "auto",
        progress: Progress = False,
    ) -> Backtest:
        """Predictions from a rolling origin, each from the histories before it alone, held against what then happened.

        model: "bootstrap", "log_normal" or "exponential". training_hours: history before the first prediction; 0: half
        of it. every_hours: from one to the next; 0: so that there are about fifty. Raises as run, and InputError where
        the histories are too short.
        """
        if model not in _core.BacktestModel.__members__:
            raise InputError(f"'{model}' is no model; there are {', '.join(_core.BacktestModel.__members__)}")

        chosen = _core.BacktestModel.__members__[model]

        def work(told: Callable[[int, int], None] | None) -> tuple[Backtest | None, BaseException | None]:
            return _core.score_predictions(
                self._core, chosen, training_hours, every_hours, block_hours, paths, threads, backend, told
            )

        return _watched(work, progress, lambda scores: scores)  # type: ignore[no-any-return]

    def check_forecast(
        self,
        bills: Path | Sequence[Path],
        owner_tag: str = "",
        owner_column: str = "",
        until: str = "",
        paths: int = 0,
        threads: int = 0,
        progress: Progress = False,
    ) -> BillCheck:
        """The forecast that the scenario makes, held month by month and owner by owner against bills (FOCUS) since.

        It begins where [actuals] end, or at the start. owner_tag, owner_column: what names owners; as [actuals] have
        it. until: a date up to which months count; as far as the bills reach. paths, threads, progress: as run. Raises
        InputError where the bills cover no whole month of it.
        """
        return _forecast_held(self._core, bills, owner_tag, owner_column, until, paths, threads, progress)

    def sweep(
        self,
        *vary: str,
        plans: Sequence[str] = (),
        minimize: str = "mean",
        paths: int = 0,
        seed: int | None = None,
        threads: int = 0,
        backend: str = "auto",
        progress: Progress = False,
    ) -> Study:
        """The scenario over values of one or two addresses, over the same futures: "ADDRESS=0..40" or "ADDRESS=a,b".

        plans: those that are shown; none: those that vary. minimize: "mean", "p90", "cvar95", ... paths, seed, threads,
        backend, progress: as run. Ctrl-C raises Interrupted, whose `results` is the study of what was done. Raises
        InputError where a variation is none.
        """
        how = (paths, seed, threads, backend)
        return _studied(_core.sweep, self._core, list(vary), list(plans), minimize, *how, progress=progress)

    def optimize(
        self,
        *vary: str,
        minimize: str = "",
        proof_paths: int = 0,
        confidence: float = 0.0,
        paths: int = 0,
        seed: int | None = None,
        threads: int = 0,
        backend: str = "auto",
        progress: Progress = False,
    ) -> Study:
        """The plan that meets the goal with the least of a statistic of cost, shown on futures that were not searched.

        vary, minimize, proof_paths, confidence: in place of the scenario's [search]. `toml` of the study is the plan.
        `figures` has "shown" (1 or 0) and "confidence". Ctrl-C as sweep.
        """
        how = (paths, seed, threads, backend)
        return _studied(_core.optimize, self._core, list(vary), minimize, proof_paths, confidence, *how, progress=progress)

    def stress(
        self,
        usual: bool = True,
        paths: int = 0,
        seed: int | None = None,
        threads: int = 0,
        backend: str = "auto",
        progress: Progress = False,
    ) -> Study:
        """Every plan under changes of the world: the usual ones, and those of the scenario's [[stress]]."""
        how = (paths, seed, threads, backend)
        return _studied(_core.stress, self._core, usual, *how, progress=progress)

    def reverse_stress(
        self,
        plan: str = "",
        paths: int = 0,
        seed: int | None = None,
        threads: int = 0,
        backend: str = "auto",
        progress: Progress = False,
    ) -> Study:
        """What breaks the goal of a plan: the smallest move of each unknown, and the likeliest pair."""
        how = (paths, seed, threads, backend)
        return _studied(_core.reverse_stress, self._core, plan, *how, progress=progress)

    def sensitivity(
        self,
        plan: str = "",
        only: Sequence[str] = (),
        vary: str = "",
        paths: int = 0,
        seed: int | None = None,
        threads: int = 0,
        backend: str = "auto",
        progress: Progress = False,
    ) -> Study:
        """Elasticities to every number of the scenario, and what it is worth to find out (EVPI, EVPPI).

        only: beginnings of the addresses that are moved; none: all. vary: further plans that may be chosen.
        """
        how = (paths, seed, threads, backend)
        return _studied(_core.sensitivity, self._core, plan, list(only), vary, *how, progress=progress)

    def __repr__(self) -> str:
        try:
            return f"<costrisk.Scenario {self.name!r}: plans {', '.join(self.plans)}>"
        except InvalidScenario as invalid:
            return f"<costrisk.Scenario, not valid: {len(invalid.problems)} problems>"

    def _repr_html_(self) -> str:
        check = self.check()
        return table_of_checks(self.name if check.valid else "", self.plans if check.valid else [], check)


class Study:
    """What a study of plans came to. `str(study)` is what the command prints."""

    def __init__(self, core: _core.Study) -> None:
        self._core = core

    @property
    def complete(self) -> bool:
        """False where it was stopped, and holds what was done by then."""
        return self._core.complete

    @property
    def sentences(self) -> list[str]:
        """The conclusion, first what to do."""
        return self._core.sentences

    @property
    def figures(self) -> dict[str, float]:
        """Single figures by name, which gates of the command line may ask for."""
        return dict(self._core.figures)

    @property
    def toml(self) -> str:
        """A plan, ready to paste into a scenario; empty where there is none."""
        return self._core.toml

    @property
    def dataset(self) -> xarray.Dataset:
        """All arrays, with coordinates, units and descriptions."""
        return _dataset(self._core.dimensions, {array.name: array for array in self._core.arrays}, {"title": self._core.title})

    def json(self) -> Any:
        """What the command prints with --json."""
        return json.loads(self._core.json)

    def html(self) -> str:
        """One HTML page with plots and tables that needs nothing else."""
        return self._core.page

    def save(self, path: Path) -> None:
        """Writes the arrays (HDF5), whole or not at all. Raises FileError."""
        self._core.write(path)

    def __str__(self) -> str:
        return self._core.text(100)

    def __repr__(self) -> str:
        return f"<costrisk.Study: {self._core.title}>\n{self._core.text(100)}"


class Grades(Study):
    """What the plans of teams came to. `str(grades)` is what the command prints."""

    def __init__(self, core: _core.Grades) -> None:
        super().__init__(core)
        self.ungraded: dict[str, str] = {one.team: one.reason for one in core.ungraded}
        """Teams without a grade, and why: every problem with its place."""
        self.notices: list[str] = core.notices
        """What was taken of the files, and what was not."""


def compare(before: Results, after: Results, histories: Path = "", progress: Progress = False) -> Study:
    """What changed between two results, and what that did to the money, change by change.

    histories: the folder that histories of the scenarios lie in.
    """
    return _studied(_core.compare, before._core, after._core, histories, progress=progress)


def grade(
    plans: Path | Iterable[Path],
    seeds: Sequence[int] = (2031, 2032),
    scenario: Path = "",
    plan: str = "",
    stresses: Iterable[Path] = (),
    usual: bool = False,
    minimize: str = "mean",
    settings: Mapping[str, Any] | None = None,
    paths: int = 0,
    threads: int = 0,
    backend: str = "auto",
    progress: Progress = False,
) -> Grades:
    """Plans of teams side by side on futures that none of them has seen, and in worlds that went otherwise.

    plans: files, or folders of them. seeds: of the futures, `paths` of each. scenario: the file whose world counts; of the
    teams' files then only plans and items do. plan: whose grade it is; by default the last one of each file. stresses:
    files of [[stress]] tables; usual: those of `Scenario.stress` as well. settings: values by address, set for all.

    A file that cannot be graded is in `ungraded` and costs nobody else the grade. Raises InputError where none can be, or
    a stress fits nowhere. Ctrl-C as sweep.
    """
    files = [plans] if isinstance(plans, (str, os.PathLike)) else list(plans)
    assigned = [f"{address}={_toml(value)}" for address, value in (settings or {}).items()]

    def work(told: Callable[[int, int], None] | None) -> tuple[_core.Grades | None, BaseException | None]:
        return _core.grade(
            files, list(seeds), scenario, plan, list(stresses), usual, minimize, assigned, paths, threads, backend, told
        )

    return _watched(work, progress, Grades)  # type: ignore[no-any-return]


def _dataset(dimensions: Iterable[Any], arrays: Mapping[str, Any], attributes: Mapping[str, Any]) -> xarray.Dataset:
    import numpy
    import xarray

    coordinates = {}
    for one in dimensions:
        values = numpy.array(one.labels, dtype=object) if one.labels else numpy.array(one.coordinates)
        coordinates[one.name] = (one.name, values, {"units": one.unit, "description": one.description})
    entries = {
        name: (array.dimensions, array.values, {"units": array.unit, "description": array.description})
        for name, array in arrays.items()
    }
    used = {dimension for entry in entries.values() for dimension in entry[0]}
    return xarray.Dataset(entries, {name: entry for name, entry in coordinates.items() if name in used}, attributes)


class Results:
    """The results of a run: arrays by the names, dimensions and units of the result file."""

    def __init__(self, core: _core.Results) -> None:
        self._core = core

    @property
    def names(self) -> list[str]:
        """Names of all arrays, as in the result file."""
        return self._core.names()

    @property
    def dataset(self) -> xarray.Dataset:
        """All arrays, with coordinates, units and descriptions."""
        return _dataset(
            self._core.dimensions(), {name: self._core.array(name) for name in self.names}, self.attributes
        )

    @property
    def attributes(self) -> dict[str, Any]:
        """What holds for the whole run, by the names of the result file's attributes."""
        core = self._core
        attributes = {
            "title": core.name(),
            "currency": core.currency(),
            "paths": core.paths(),
            "first_path": core.first_path(),
            "seed": core.seed(),
            "status": "complete" if core.complete() else "partial",
            "step_hours": core.step_hours(),
            "horizon_hours": core.horizon_hours(),
            "costrisk_version": core.version(),
            "scenario_toml": core.scenario(),
        }
        if (budget := core.budget()) is not None:
            attributes["budget"] = budget
        return attributes

    def array(self, name: str) -> numpy.ndarray[Any, Any]:
        """An array by its name. Raises UnknownName, which is a KeyError."""
        return self._core.array(name).values

    def frame(self, name: str) -> pandas.DataFrame:
        """An array as a table: a row an entry, indexed by its dimensions. Raises UnknownName, which is a KeyError."""
        import pandas

        array = self._core.array(name)
        entries = {one.name: one.labels or one.coordinates for one in self._core.dimensions()}
        if len(array.dimensions) == 1:
            index = pandas.Index(entries[array.dimensions[0]], name=array.dimensions[0])
        else:
            index = pandas.MultiIndex.from_product([entries[name] for name in array.dimensions], names=array.dimensions)
        return pandas.DataFrame({name: array.values.reshape(-1)}, index=index)

    def path_costs(self, plan: str | None = None) -> Any:
        """The cost of every path: of one plan as a Series, else of all as a DataFrame with a column a plan.

        Raises InputError where they were not kept.
        """
        import pandas

        first = self._core.first_path()
        index = pandas.RangeIndex(first, first + self.paths, name="path")
        if plan is not None:
            return pandas.Series(self._core.path_costs(plan), index, name=plan)
        return pandas.DataFrame({one: self._core.path_costs(one) for one in self.plans}, index)

    @property
    def plans(self) -> list[str]:
        """Names of the plans, in the scenario's order."""
        return next((list(one.labels) for one in self._core.dimensions() if one.name == "plan"), [])

    @property
    def paths(self) -> int:
        """Number of simulated futures."""
        return self._core.paths()

    @property
    def complete(self) -> bool:
        """False where these are not all paths of the run: it was stopped, they are a shard, or some are missing."""
        return self._core.complete()

    @property
    def run_paths(self) -> int:
        """Number of futures of the whole run."""
        return self._core.run_paths()

    @property
    def shard(self) -> tuple[int, int] | None:
        """Which of how many shards was asked for, from 1; None for a whole run."""
        return self._core.shard()

    def needed_paths(self, until_error: str) -> NeededPaths:
        """How many futures an error needs, as `run(until_error=…)` has it. Raises InputError."""
        return _core.needed_paths(self._core, until_error)

    @property
    def backend(self) -> str:
        """The backend that computed it; empty where it was read from a file."""
        return self._core.backend()

    @property
    def verdict(self) -> list[str]:
        """The plan to choose, what it may cost, and what stands against the cheaper ones, in sentences."""
        return self._core.verdict()

    def table(self, width: int = 0) -> str:
        """The tables of `costrisk show`. width: columns that they are to fit in; 0: any."""
        return self._core.table(width)

    def json(self) -> Any:
        """What `costrisk show --json` prints."""
        return json.loads(self._core.json())

    def save(self, path: Path) -> None:
        """Writes the result file (HDF5), whole or not at all; an older one is replaced. Raises FileError."""
        self._core.write(path)

    def report(self, path: Path) -> None:
        """Writes the report of `costrisk report`: one HTML page that needs nothing else."""
        with builtins.open(path, "w", encoding="utf-8", newline="") as file:
            file.write(self._core.report())

    def check_forecast(
        self,
        bills: Path | Sequence[Path],
        owner_tag: str = "",
        owner_column: str = "",
        until: str = "",
        paths: int = 0,
        threads: int = 0,
        progress: Progress = False,
    ) -> BillCheck:
        """What these results foretold, held against bills since: as Scenario.check_forecast. Their futures are
        simulated again, by months."""
        return _forecast_held(self._core, bills, owner_tag, owner_column, until, paths, threads, progress)

    def explain(self, plan: str = "", which: str | float = "worst", histories: Path = "") -> Story:
        """The story of one future of a plan.

        plan: may be left out where there is only one. which: "worst", "median", a quantile such as 0.99 (a float), or
        the number of a path (an int). histories: the folder of the scenario file, for results that were read from a file.
        Raises UnknownName for a plan, InputError for a future that there is not.
        """
        if which == "worst":
            future = _core.Future.worst()
        elif which == "median":
            future = _core.Future.quantile(0.5)
        elif isinstance(which, float):
            future = _core.Future.quantile(which)
        elif isinstance(which, int) and not isinstance(which, bool) and which >= 0:
            future = _core.Future.path(which)
        else:
            raise InputError(
                f'{which!r} names no future: expected "worst", "median", a quantile such as 0.99 or a path'
            )
        return Story(_core.explain(self._core, plan, future, histories))

    def __repr__(self) -> str:
        return (
            f"<costrisk.Results of {self._core.name()!r}: {self.paths:,} futures of {', '.join(self.plans)}>\n"
            + self.table(100)
        )

    def _repr_html_(self) -> str:
        return distributions(self, self._core.cost_histogram(48))


class Story:
    """One future of a plan beside the median one. `str(story)` is what `costrisk explain` prints."""

    def __init__(self, core: _core.Story) -> None:
        self._core = core

    def __getattr__(self, name: str) -> Any:
        """plan, path, cost, median_path, median_cost, paths, cheaper, headline, conclusion."""
        if name in ("plan", "path", "cost", "median_path", "median_cost", "paths", "cheaper", "headline", "conclusion"):
            return getattr(self._core, name)
        raise AttributeError(f"a story has no {name!r}")

    @property
    def events(self) -> pandas.DataFrame:
        """What happened, in order of time: hours since the start, words, and what each weighs."""
        import pandas

        rows = [(event.hours, event.words, event.weight) for event in self._core.events]
        return pandas.DataFrame(rows, columns=["hours", "words", "weight"])

    @property
    def draws(self) -> pandas.DataFrame:
        """What was drawn once for this future, the farthest from the middle first."""
        import pandas

        rows = [(draw.address, draw.value, draw.level, draw.words) for draw in self._core.draws]
        return pandas.DataFrame(rows, columns=["address", "value", "level", "words"])

    @property
    def categories(self) -> pandas.DataFrame:
        """Cost by category, in this future and in the median one."""
        import pandas

        rows = [(one.category, one.cost, one.median_cost) for one in self._core.categories]
        return pandas.DataFrame(rows, columns=["category", "cost", "median_cost"]).set_index("category")

    @property
    def timeline(self) -> pandas.DataFrame:
        """A row a step, with the columns of `costrisk explain --csv` that hold numbers."""
        import pandas

        return pandas.DataFrame(self._core.timeline())

    def html(self) -> str:
        """One HTML page with charts that needs nothing else, as `costrisk explain --html` writes it."""
        return self._core.html()

    def json(self) -> Any:
        """What `costrisk explain --json` prints."""
        return json.loads(self._core.json())

    def __str__(self) -> str:
        return self._core.text(100)

    def __repr__(self) -> str:
        return f"<costrisk.Story of future {self._core.path} of {self._core.plan!r}: {self._core.headline}>"

    def _repr_html_(self) -> str:
        return page_of_story(self._core)
