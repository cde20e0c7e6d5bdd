"""What can go wrong. Messages are those of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

if TYPE_CHECKING:
    from . import Results, Study
    from ._core import Backtest, Problem


class Error(Exception):
    """Base of the errors of costrisk."""


class InvalidScenario(Error, ValueError):
    """A scenario that cannot be simulated. `problems` is all that is wrong with it, each with file, line and column."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)


class InputError(Error, ValueError):
    """An argument that cannot be done as it stands, or an input file that is not what it should be."""


class UnknownName(InputError, KeyError):
    """A name or an address that there is not."""

    def __str__(self) -> str:  # a KeyError would put quotes around it
        return Exception.__str__(self)


class FileError(Error, OSError):
    """The system refused to read or write a file. Nothing is damaged."""


class BackendUnavailable(Error, RuntimeError):
    """A backend that was asked for by name is not available on this machine."""


class DeviceFailed(Error, RuntimeError):
    """A GPU was lost, or failed, while it computed."""


class TooLarge(Error, MemoryError):
    """A run would need more memory than there is; it was not begun."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C stopped a run or a study. `results` is what was done by then; None where nothing was."""

    def __init__(self, results: Results | Backtest | Study | None = None) -> None:
        super().__init__(
            "stopped; what was done is in .results" if results is not None else "stopped before anything was done"
        )
        self.results = results
