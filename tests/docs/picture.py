#!/usr/bin/env python3
"""Makes the pictures of README.md, docs/index.md, the labs and the slides, of runs: docs/examples/*.svg.

usage: PYTHONPATH=build/python picture.py [--check]      --check: fail where a file is another one
Exits with 77 where the module or what it needs is missing.
"""
import math
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "examples"
COLOURS = ("#3b6fb6", "#d9822b", "#4f9a57")
GROUND = '<rect width="100%" height="100%" fill="white"/>'   # on a page of other colours black text is to be read


class Chart:
    """Points and lines over two axes, as SVG. Axes are a title, a scale to 0 … 1, and ticks with their text."""

    left, right, top, bottom = 70, 20, 20, 52
    width, height = 640, 340

    def __init__(self, title, x, y):
        self.x_title, self.x_scale, x_ticks = x
        self.y_title, self.y_scale, y_ticks = y
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} '
                      f'{self.height}" font-family="sans-serif" font-size="12" role="img" aria-label="{title}">{GROUND}']
        for value, text in x_ticks:
            self.line(self.x(value), self.y_of(0), self.x(value), self.y_of(1))
            self.text(self.x(value), self.height - 34, text, "middle")
        for value, text in y_ticks:
            self.line(self.x_of(0), self.y(value), self.x_of(1), self.y(value))
            self.text(self.left - 8, self.y(value) + 4, text, "end")
        self.text(self.x_of(0.5), self.height - 12, self.x_title, "middle")
        self.text(self.left, 13, self.y_title, "start")

    def x_of(self, share):
        return self.left + share * (self.width - self.left - self.right)

    def y_of(self, share):
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)

    def x(self, value):
        return self.x_of(self.x_scale(value))

    def y(self, value):
        return self.y_of(self.y_scale(value))

    def line(self, x1, y1, x2, y2):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>')

    def text(self, x, y, text, anchor, colour="#222"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>')

    def curve(self, points, colour, name, at):
        """Joined points, with the name above the point number `at`."""
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in points:
            self.dot(x, y, colour)
        self.text(self.x(points[at][0]), self.y(points[at][1]) - 10, name, "start" if at == 0 else "end", colour)

    def dot(self, x, y, colour, name="", below=False):
        self.parts.append(f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="4" fill="{colour}"/>')
        if name:
            self.text(self.x(x), self.y(y) + (18 if below else -8), name, "middle", colour)

    def svg(self):
        return "\n".join([*self.parts, "</svg>"]) + "\n"


def quickstart(costrisk):
    """The distributions of the quickstart's plans, as a notebook shows them."""
    page = costrisk.load(str(ROOT / "configs" / "quickstart.toml")).run()._repr_html_()
    return re.search(r"<svg.*?</svg>", page, re.DOTALL)[0].replace(">", ">" + GROUND, 1) + "\n"


def checkpoints(costrisk):
    """Mean cost by the interval between checkpoints: the U, another one, and none."""
    minutes = {"every 5 minutes": 5, "every 20 minutes": 20, "every hour": 60, "every 4 hours": 240, "every day": 1440}
    log = lambda value: math.log(value / 4) / math.log(2000 / 4)
    chart = Chart("Mean cost by the interval between checkpoints",
                  ("time between checkpoints", log, [(5, "5 min"), (20, "20 min"), (60, "1 h"), (240, "4 h"), (1440, "1 day")]),
                  ("mean cost, $k", lambda value: min(value, 20) / 20, [(value, str(value)) for value in (0, 5, 10, 15, 20)]))
    for colour, (name, at, address, value) in zip(COLOURS, (
            ("write 3 min, no notice", -1, None, None),
            ("write 12 min, no notice", 0, "job.train.checkpoint.write", "12m"),
            ("notice longer than the write", -1, "market.p4d-east.spot.notice", "5m"))):
        scenario = costrisk.load(str(ROOT / "configs" / "workshop" / "lab-checkpoints.toml"))
        if address:
            scenario[address] = value
        mean = scenario.run().dataset.cost_mean
        points = [(minutes[plan], float(mean.sel(plan=plan)) / 1000) for plan in minutes]
        chart.curve([point for point in points if point[1] <= 20], colour, name, at)
    return chart.svg()


def frontier(costrisk):
    """Cost against answers in time; what no other plan beats in both is coloured."""
    data = costrisk.load(str(ROOT / "configs" / "workshop" / "lab-frontier.toml")).run().dataset.sel(service="chat-api")
    plans = sorted((float(data.cost_mean.sel(plan=plan)) / 1000, 100 * (1 - float(data.within.sel(plan=plan))), plan)
                   for plan in data.plan.values)
    log = lambda value: math.log(value / 4) / math.log(80 / 4)
    late = lambda value: 1 - math.log(max(value, 0.005) / 0.005) / math.log(80 / 0.005)
    chart = Chart("Mean cost against requests not answered in time",
                  ("mean cost of four weeks, $k", log, [(value, str(value)) for value in (5, 10, 20, 40, 60)]),
                  ("not within two seconds, %", late, [(value, str(value)) for value in (50, 10, 1, 0.1, 0.01)]))
    best = math.inf
    for cost, missed, plan in plans:
        on = missed <= best
        best = min(best, missed)
        chart.dot(cost, missed, COLOURS[0] if on else "#999", str(plan), below=not on)
    return chart.svg()


def main():
    try:
        import costrisk
        import xarray  # noqa: F401
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    wrong = []
    for make in (quickstart, checkpoints, frontier):
        file, picture = FOLDER / f"{make.__name__}.svg", make(costrisk)
        if "--check" not in sys.argv[1:]:
            file.write_text(picture, encoding="utf-8")
            print(f"{file}: {len(picture):,} bytes")
        elif not file.exists() or file.read_text(encoding="utf-8") != picture:
            wrong.append(f"{file} is not what the runs give; run {__file__} to make it again")
    print("\n".join(wrong) or "the pictures are as made")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
