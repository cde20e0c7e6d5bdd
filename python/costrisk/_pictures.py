"""Small pictures and tables for notebooks: HTML and SVG that load nothing."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Sequence

if TYPE_CHECKING:
    from . import Results, _core

_COLOURS = ["#3b6fb6", "#d9822b", "#4f9a57", "#b5484d", "#7a5fa8", "#8a6d4b", "#c2679f", "#6f6f6f"]
_MOST_PLANS = 16
_MOST_EVENTS = 12


def _money(amount: float) -> str:
    """Three figures and what they count in: 14.9k, 1.71M."""
    for unit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(amount) >= unit:
            return f"{amount / unit:.3g}{letter}"
    return f"{amount:.3g}"


def _share(share: float) -> str:
    return "" if math.isnan(share) else f"{100 * share:.3g} %"


def _curve(counts: Sequence[int], left: float, base: float, width: float, height: float) -> str:
    """Points of a filled curve through the middles of the bins."""
    step, most = width / len(counts), max(max(counts), 1)
    points = [f"{left + (bin + 0.5) * step:.1f},{base - height * count / most:.1f}" for bin, count in enumerate(counts)]
    return " ".join([f"{left:.1f},{base:.1f}", *points, f"{left + width:.1f},{base:.1f}"])


def distributions(results: Results, histogram: _core.CostHistogram) -> str:
    """A row a plan: the distribution of its cost on one axis, its mean, and the chance to be over the budget."""
    names = set(results.names)
    currency = html.escape(results.attributes["currency"])
    budget = results.attributes.get("budget")
    left, width, row, top = 150, 420, 34, 20
    plans = results.plans[:_MOST_PLANS]
    start, span = histogram.start, max(histogram.stop - histogram.start, 1e-12)

    def x(amount: float) -> float:
        return left + width * (amount - start) / span

    marks = []
    for index, plan in enumerate(plans):
        base = top + (index + 1) * row - 6
        colour = _COLOURS[index % len(_COLOURS)]
        mean = float(results.array("cost_mean")[index])
        figures = [f"mean {_money(mean)}"]
        if "over_budget" in names:
            figures.append(f"over budget {_share(float(results.array('over_budget')[index]))}")
        marks.append(
            f'<text x="{left - 8}" y="{base}" text-anchor="end">{html.escape(plan[:22])}</text>'
            f'<polygon points="{_curve(histogram.paths[index], left, base, width, row - 10)}" '
            f'fill="{colour}" fill-opacity="0.55"/>'
            f'<line x1="{x(mean):.1f}" x2="{x(mean):.1f}" y1="{base - row + 10}" y2="{base}" '
            f'stroke="{colour}" stroke-width="2"/>'
            f'<text x="{left + width + 8}" y="{base}">{", ".join(figures)}</text>'
        )
    bottom = top + len(plans) * row
    if budget is not None and start <= budget <= histogram.stop:
        marks.append(
            f'<line x1="{x(budget):.1f}" x2="{x(budget):.1f}" y1="{top - 4}" y2="{bottom}" stroke="currentColor" '
            f'stroke-dasharray="3 3"/><text x="{x(budget):.1f}" y="{top - 7}" text-anchor="middle">budget</text>'
        )
    for amount in (histogram.start, histogram.start + span / 2, histogram.stop):
        marks.append(f'<text x="{x(amount):.1f}" y="{bottom + 12}" text-anchor="middle">{_money(amount)}</text>')
    title = f'{html.escape(results.attributes["title"])}: cost in {currency} over {results.paths:,} futures'
    if not results.complete:
        title += " (stopped early)"
    if len(results.plans) > len(plans):
        title += f", the first {len(plans)} of {len(results.plans)} plans"
    sentences = " ".join(html.escape(sentence) for sentence in results.verdict)
    return (
        f'<div class="costrisk"><b>{title}</b><br>'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="820" height="{bottom + 18}" '
        f'viewBox="0 0 820 {bottom + 18}" font-family="sans-serif" font-size="12" fill="currentColor" role="img" '
        f'aria-label="{title}">{"".join(marks)}</svg><p style="max-width:60em">{sentences}</p></div>'
    )


def table_of_checks(name: str, plans: Sequence[str], check: _core.Check) -> str:
    """A scenario's name and plans, or its problems, and advice."""
    if check.valid:
        head = f"<b>{html.escape(name)}</b>: {len(plans)} plans ({html.escape(', '.join(plans))})"
    else:
        head = f"<b>Not valid</b>: {len(check.problems)} problems"
    texts = [problem.text for problem in check.problems] + list(check.advice)
    return f'<div class="costrisk">{head}{"".join(f"<pre>{html.escape(text)}</pre>" for text in texts)}</div>'


def page_of_story(story: _core.Story) -> str:
    """Headline, the weightiest events and the conclusion."""
    weightiest = sorted(story.events, key=lambda event: -event.weight)[:_MOST_EVENTS]
    rows = "".join(
        f"<tr><td>{event.hours:.1f} h</td><td style='text-align:left'>{html.escape(event.words)}</td></tr>"
        for event in sorted(weightiest, key=lambda event: event.hours)
    )
    conclusion = html.escape(" ".join(story.conclusion))
    return (
        f'<div class="costrisk"><p style="max-width:60em"><b>{html.escape(story.headline)}</b></p>'
        f'<table>{rows}</table><p style="max-width:60em">{conclusion}</p></div>'
    )
