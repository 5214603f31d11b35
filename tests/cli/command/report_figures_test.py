"""The curves of a report lie where its axes say, and what is called a 95 % interval is as wide as that: Student's t below 1,000 values.

usage: report_figures_test.py VEIL
"""

import json
import math
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from veil_case import VeilCase  # noqa: E402

EVALUATED = {10: (5.0, 0.5), 20: (4.25, 0.125), 40: (4.0, 0.25)}  # step: bits, standard error
PROFILE = [(1, 1, 50, 100.0, 250.0), (2, 3, 8, 12.0, 26.0), (4, 9, 25, 25.0, 41.0)]  # as in evaluation.json


class Plot:
    """A picture of the report: its curves in the numbers that its axis is labelled with."""

    def __init__(self, page, title):
        svg = next(each for each in re.findall(r"<svg.*?</svg>", page, re.S) if f"<title>{title}</title>" in each)
        ticks = re.findall(r'<text x="[^"]*" y="([^"]*)" text-anchor="end">([^<]*)</text>', svg)
        (low_y, low), (high_y, high) = ((float(y) - 4, float(label)) for y, label in (ticks[0], ticks[-1]))
        self.pixel = abs((high - low) / (high_y - low_y))

        def values(points):
            return [low + (float(point.split(",")[1]) - low_y) * (high - low) / (high_y - low_y)
                    for point in points.split()]
        band = values(re.search(r'<polygon [^>]*points="([^"]*)"', svg)[1])
        middle = len(band) // 2
        self.high, self.low = band[:middle], band[:middle - 1:-1]
        self.line = values(re.findall(r'<polyline [^>]*points="([^"]*)"', svg)[-1])


class Intervals(VeilCase):
    def setUp(self):
        super().setUp()
        events = [{"step": step, "event": "evaluate", "bits_per_dim": bits, "standard_error": error, "examples": 9}
                  for step, (bits, error) in EVALUATED.items()]
        self.write("run/log.jsonl", "".join(json.dumps(event) + "\n" for event in events).encode())
        names = ("first_count", "last_count", "samples", "sum", "sum_squares")
        report = {"bits_per_dim": 4.0, "confidence_low": 3.5, "confidence_high": 4.5,
                  "profile": [dict(zip(names, each)) for each in PROFILE]}
        self.write("run/evaluation.json", json.dumps(report).encode())
        self.veil("report", "run")
        self.page = (self.folder / "run/report.html").read_text()

    def check(self, plot, wanted):
        """wanted: middle, standard error and the quantile of Student's t for each point."""
        for got, part in ((plot.line, 0), (plot.low, -1), (plot.high, 1)):
            self.assertEqual(len(got), len(wanted))
            for value, (middle, error, quantile) in zip(got, wanted):
                self.assertAlmostEqual(value, middle + part * quantile * error, delta=0.03 * plot.pixel)

    def test_evaluations_during_training(self):
        self.check(Plot(self.page, "Bits per dimension"), [(*each, 2.3060041) for each in EVALUATED.values()])

    def test_cross_entropy_by_masked_positions(self):
        quantiles = {50: 2.0095752, 8: 2.3646243, 25: 2.0638986}  # with a degree of freedom less, from tables
        wanted = [(total / count, math.sqrt((squares / count - (total / count)**2) / (count - 1)), quantiles[count])
                  for _, _, count, total, squares in PROFILE]
        self.check(Plot(self.page, "Cross-entropy by the number of masked positions"), wanted)

    def test_the_headline(self):
        self.assertIn(">4.0000</data> ± 0.5000", self.page)


if __name__ == "__main__":
    unittest.main()
