"""The Python module: addresses, results under the names of the file, exceptions, interruption, pictures."""
import os
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.etree.ElementTree

import numpy
import pandas
import xarray

import costrisk

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUICKSTART = ROOT / "configs" / "quickstart.toml"
PROGRAM = os.environ["COSTRISK"]


class Values(unittest.TestCase):
    def setUp(self):
        self.scenario = costrisk.load(QUICKSTART)

    def test_a_value_is_read_and_set(self):
        address = "market.p4d-east.spot.price.mean"
        before = self.scenario.copy()
        self.assertEqual(self.scenario[address], 6.15)
        self.scenario[address] = 8
        self.assertEqual(self.scenario[address], 8)
        self.assertEqual(before[address], 6.15)

    def test_every_kind_of_value(self):
        for address, value, read in (
            ("budget", numpy.float64(30000), 30000),
            ("budget", 30500, 30500),
            ("job.train.deadline", "30d", "30d"),
            ("market.p4d-east.spot.price", {"mean": 7, "volatility": 0.2, "half_life": "2d"}, None),
            ("simulation.probabilities", [0.5, 0.95], [0.5, 0.95]),
            ("job.train.work", {"median": 1500, "spread": 0.1}, {"median": 1500, "spread": 0.1}),
        ):
            self.scenario[address] = value
            if read is not None:
                self.assertEqual(self.scenario[address], read)
        self.assertEqual(self.scenario["market.p4d-east.spot.price.volatility"], 0.2)
        with self.assertRaisesRegex(costrisk.InputError, "a object cannot stand in a scenario"):
            self.scenario["budget"] = object()

    def test_values_that_only_fit_together(self):
        self.scenario.update({"horizon": "6w", "job.train.deadline": "5w"})
        self.assertEqual(self.scenario["horizon"], "6w")

    def test_a_refused_value_changes_nothing(self):
        with self.assertRaises(costrisk.InvalidScenario) as caught:
            self.scenario["market.p4d-est.spot.price.mean"] = 8
        self.assertIn("did you mean 'p4d-east'", str(caught.exception))
        self.assertEqual([problem.file for problem in caught.exception.problems], ["--set"])
        self.assertIsInstance(caught.exception, ValueError)
        self.assertTrue(self.scenario.check().valid)

    def test_an_address_that_there_is_not_is_a_key_error(self):
        with self.assertRaises(KeyError) as caught:
            self.scenario["market.nowhere"]
        self.assertTrue(str(caught.exception).startswith("nothing has the address 'market.nowhere'"))

    def test_problems_are_those_of_the_command_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bad.toml"
            path.write_text("horizon = 3\nbugdet = 4\n")
            done = subprocess.run([PROGRAM, "check", path], capture_output=True, text=True)
            check = costrisk.load(path).check()
            self.assertFalse(check.valid)
            self.assertEqual("\n".join(problem.text for problem in check.problems).strip(), done.stderr.strip())
            with self.assertRaises(costrisk.InvalidScenario):
                costrisk.load(path).run()

    def test_a_text_is_taken_as_it_is(self):
        scenario = costrisk.load(self.scenario.resolved())
        self.assertEqual(scenario.plans, self.scenario.plans)

    def test_files_that_are_not_there(self):
        for load in (costrisk.load, costrisk.open):
            with self.assertRaisesRegex(costrisk.InputError, "^/nowhere: there is no such file$"):
                load("/nowhere")
        with self.assertRaises(OSError):
            self.scenario.run(paths=20).save("/nowhere/at/all.h5")


class Runs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scenario = costrisk.load(QUICKSTART)
        cls.results = cls.scenario.run(paths=500)

    def test_the_dataset_is_that_of_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "run.h5"
            self.results.save(path)
            with xarray.open_dataset(path, engine="h5netcdf") as stored:
                ours = self.results.dataset
                self.assertEqual(set(ours.data_vars), {name for name in stored.data_vars if stored[name].dims})
                for name in ours.data_vars:
                    self.assertEqual(ours[name].dims, stored[name].dims)
                    self.assertEqual(ours[name].attrs["units"], stored[name].attrs["units"])
                    numpy.testing.assert_array_equal(ours[name].values, stored[name].values)
                for name in ours.coords:
                    self.assertEqual(list(ours[name].values), list(stored[name].values))
                for name, value in self.results.attributes.items():
                    self.assertEqual(value, stored.attrs[name], name)
            again = costrisk.open(path)
            xarray.testing.assert_identical(again.dataset, ours)
            self.assertEqual(str(again.explain("spot")), str(self.results.explain("spot")))

    def test_selection_by_labels(self):
        p95 = self.results.dataset.cost_quantile.sel(plan="spot", probability=0.95)
        costs = numpy.sort(self.results.path_costs("spot"))
        self.assertEqual(float(p95), costs[474])

    def test_frames(self):
        frame = self.results.frame("cost_quantile")
        self.assertIsInstance(frame, pandas.DataFrame)
        self.assertEqual(frame.index.names, ["plan", "probability"])
        dataset = self.results.dataset
        self.assertEqual(
            frame.loc[("spot", 0.95), "cost_quantile"], float(dataset.cost_quantile.sel(plan="spot", probability=0.95))
        )
        self.assertEqual(list(self.results.frame("cost_mean").index), self.results.plans)
        with self.assertRaisesRegex(KeyError, "did you mean 'cost_mean'"):
            self.results.frame("cost_maen")

    def test_paths_are_paired(self):
        costs = self.results.path_costs()
        self.assertEqual(list(costs.columns), self.results.plans)
        self.assertAlmostEqual(
            (costs["spot"] - costs["uniform"]).mean(),
            float(self.results.dataset.difference_mean.sel(plan="spot", other_plan="uniform")),
            places=4,
        )

    def test_threads_and_backends_change_nothing(self):
        for backend in costrisk.backends():
            if backend.available:
                other = self.scenario.run(paths=500, threads=1, backend=backend.name)
                self.assertEqual(other.backend, backend.name)
                xarray.testing.assert_identical(other.dataset, self.results.dataset)
            else:
                with self.assertRaises(costrisk.BackendUnavailable):
                    self.scenario.run(paths=500, backend=backend.name)

    def test_seeds(self):
        other = self.scenario.run(paths=500, seed=7)
        self.assertEqual(other.attributes["seed"], 7)
        self.assertNotEqual(other.array("cost_mean")[0], self.results.array("cost_mean")[0])

    def test_stories(self):
        story = self.results.explain("spot", "worst")
        self.assertEqual(story.cost, self.results.path_costs("spot").max())
        self.assertEqual(self.results.explain("spot", 17).path, 17)
        self.assertEqual(self.results.explain("spot", "median").cost, story.median_cost)
        self.assertEqual(self.results.explain("spot", 0.5).cost, story.median_cost)
        self.assertGreater(len(story.events), 0)
        self.assertAlmostEqual(story.timeline["cost"].sum(), story.cost, places=3)
        self.assertEqual(story.json()["path"], story.path)
        self.assertIn(story.headline.split()[0], str(story))
        for wrong in ("best", 1.5, -1, 500):
            with self.assertRaises(costrisk.InputError):
                self.results.explain("spot", wrong)

    def test_json_is_that_of_the_command_line(self):
        self.assertEqual([plan["plan"] for plan in self.results.json()["plans"]], self.results.plans)

    def test_pictures(self):
        page = self.results._repr_html_()
        picture = xml.etree.ElementTree.fromstring(re.search(r"<svg.*</svg>", page, re.DOTALL)[0])
        self.assertEqual(len([one for one in picture.iter() if one.tag.endswith("polygon")]), len(self.results.plans))
        self.assertIn("over budget", page)
        self.assertIn("Quickstart", self.scenario._repr_html_())
        self.assertIn("<table>", self.results.explain("spot")._repr_html_())
        self.assertIn(
            "&lt;b&gt;", costrisk.load("bad = '<b>'\n")._repr_html_() + costrisk.load('name = "<b>"\n')._repr_html_()
        )

    def test_progress(self):
        seen = []
        self.scenario.run(paths=20000, progress=lambda done, total: seen.append((done, total)))
        self.assertEqual(seen[-1], (20000, 20000))
        self.assertEqual(seen, sorted(seen))

    def test_a_run_goes_on_until_the_error_is_reached(self):
        results = costrisk.load(QUICKSTART).run(until_error="spot:mean=3%")
        self.assertGreaterEqual(results.paths, 4096)
        with self.assertRaises(costrisk.InputError):
            costrisk.load(QUICKSTART).run(until_error="sd=3%")

    def test_a_failing_progress_ends_the_run(self):
        def fails(done, total):
            raise ZeroDivisionError("mine")

        with self.assertRaisesRegex(ZeroDivisionError, "mine"):
            self.scenario.run(paths=2_000_000, threads=1, progress=fails)

    def test_the_lock_is_released(self):
        ticks = []
        stop = threading.Event()

        def tick():
            while not stop.wait(0.005):
                ticks.append(time.monotonic())

        thread = threading.Thread(target=tick)
        thread.start()
        start = time.monotonic()
        self.scenario.run(paths=50_000, threads=1)
        end = time.monotonic()
        stop.set()
        thread.join()
        during = [one for one in ticks if start < one < end]
        self.assertGreater(len(during), (end - start) / 0.1)

    def test_interruption_keeps_what_is_done(self):
        timer = threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        start = time.monotonic()
        with self.assertRaises(KeyboardInterrupt) as caught:
            self.scenario.run(paths=50_000_000)
        self.assertLess(time.monotonic() - start, 10.0)
        self.assertIsInstance(caught.exception, costrisk.Interrupted)
        partial = caught.exception.results
        self.assertFalse(partial.complete)
        self.assertTrue(0 < partial.paths < 50_000_000)
        self.assertIn("stopped early", partial._repr_html_())


class Parts(unittest.TestCase):
    def test_shards_merge_to_the_single_run(self):
        scenario = costrisk.load(QUICKSTART)
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder) / f"{part}.h5" for part in (1, 2, 3)]
            for part, file in enumerate(files, 1):
                results = scenario.run(paths=301, shard=f"{part}/3", threads=part)
                self.assertEqual(results.shard, (part, 3))
                self.assertEqual(results.run_paths, 301)
                self.assertFalse(results.complete)
                results.save(file)
            merged, single = pathlib.Path(folder) / "merged.h5", pathlib.Path(folder) / "single.h5"
            whole = costrisk.merge(reversed(files))
            self.assertTrue(whole.complete)
            self.assertIsNone(whole.shard)
            whole.save(merged)
            scenario.run(paths=301).save(single)
            self.assertEqual(merged.read_bytes(), single.read_bytes())
            with self.assertRaisesRegex(costrisk.InputError, "100 are in no file: futures 100 to 199"):
                costrisk.merge([files[0], files[2]])
            self.assertEqual(costrisk.merge([files[0], files[2]], partial=True).paths, 201)
            self.assertGreater(whole.needed_paths("mean=0.1%").needed, 301)
            scenario.run(paths=301, resume=[files[0]]).save(merged)
            self.assertEqual(merged.read_bytes(), single.read_bytes())
            scenario.run(paths=301, beyond=files[0], shard="1/1").save(files[1])
            costrisk.merge(files[:2]).save(merged)
            self.assertEqual(merged.read_bytes(), single.read_bytes())
        with self.assertRaisesRegex(costrisk.InputError, "is no shard"):
            scenario.run(shard="4/3")

    def test_time_limits_keep_what_is_done(self):
        results = costrisk.load(QUICKSTART).run(paths=50_000_000, max_seconds=0.3)
        self.assertFalse(results.complete)
        self.assertTrue(0 < results.paths < 50_000_000)


class Histories(unittest.TestCase):
    def test_calibrations(self):
        traces = ROOT / "tests" / "stat" / "scenarios" / "traces"
        price = costrisk.calibrate.price(traces / "prices.csv")
        done = subprocess.run(
            [PROGRAM, "calibrate", "price", traces / "prices.csv", "--quiet"], capture_output=True, text=True
        )
        self.assertEqual(price.toml, done.stdout)
        self.assertIn("mean", costrisk.calibrate.price(str(traces / "prices.json"), laws=True).toml)
        with self.assertRaisesRegex(costrisk.InputError, "there is no such file"):
            costrisk.calibrate.capacity("/nowhere.json")
        with self.assertRaisesRegex(costrisk.InputError, "'guess' is none of automatic, likelihood, moments"):
            costrisk.calibrate.capacity(traces / "prices.csv", by="guess")

    def test_an_audit_is_that_of_the_command_line(self):
        bill = ROOT / "configs" / "workshop" / "data" / "bill.csv"
        audit = costrisk.audit(bill, owner_tag="team", pseudonyms=True)
        done = subprocess.run(
            [PROGRAM, "audit", bill, "--owner-tag", "team", "--pseudonyms", "--quiet"], capture_output=True, text=True
        )
        self.assertEqual(audit.toml, done.stdout)
        self.assertIn("service 1", audit.toml)
        with self.assertRaisesRegex(costrisk.InputError, "there is no such file"):
            costrisk.audit("/nowhere.csv")

    def test_backtests_need_histories(self):
        with self.assertRaises(costrisk.InputError):
            costrisk.load(QUICKSTART).backtest()
        with self.assertRaisesRegex(costrisk.InputError, "'guess' is no model"):
            costrisk.load(QUICKSTART).backtest(model="guess")


class Class(unittest.TestCase):
    """Plans of teams: the figures of the command line, and what is wrong with a file beside them."""

    def test_grades(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder) / "bad.toml"
            bad.write_text("[[plan]]\nname = 5\n")
            grades = costrisk.grade([QUICKSTART, bad], seeds=(5, 6), paths=100)
        self.assertEqual(grades.dataset.team.values.tolist(), ["quickstart"])
        self.assertIn("bad.toml:2:", grades.ungraded["bad"])
        self.assertEqual(len(grades.notices), 1)  # which of its plans counts
        done = subprocess.run(
            [PROGRAM, "grade", QUICKSTART, "--seeds", "5,6", "--paths", "100", "--json", "--quiet"],
            capture_output=True, text=True,
        )
        self.assertEqual(grades.json()["teams"], json.loads(done.stdout)["teams"])
        dear = costrisk.grade(QUICKSTART, seeds=(5, 6), paths=100, settings={"market.p4d-east.on_demand.price": 99})
        self.assertGreaterEqual(dear.dataset.cost_mean.values.min(), grades.dataset.cost_mean.values.min())
        with self.assertRaisesRegex(costrisk.InputError, "no team can be graded"):
            costrisk.grade("/nowhere.toml")


class Order(unittest.TestCase):
    """No result hangs on the order in which a file names its entities, but for workloads that share a depth."""

    @staticmethod
    def shuffled(text, seed):
        """Everything but jobs and services in another order: these share depth in the order of the file."""
        head, *blocks = re.split(r"^(?=\[\[\w+\]\]$)", text, flags=re.MULTILINE)
        kept = [block for block in blocks if block.startswith(("[[job]]", "[[service]]"))]
        random.Random(seed).shuffle(blocks)
        in_order = iter(kept)
        return head + "".join(next(in_order) if block in kept else block for block in blocks)

    def test_every_config_shuffled(self):
        for path in sorted((ROOT / "configs").glob("*.toml")):
            with self.subTest(path.stem):
                text = costrisk.load(path).resolved()
                expected = costrisk.load(text).run(paths=300).dataset
                other = self.shuffled(text, 7)
                self.assertNotEqual(text, other)
                found = costrisk.load(other).run(paths=300).dataset
                for name, values in expected.data_vars.items():
                    if name == "cheapest":  # of equal plans the first counts
                        continue
                    labels = {dim: expected[dim] for dim in values.dims
                              if dim in expected.coords and expected[dim].dtype.kind in "UO"}
                    numpy.testing.assert_allclose(found[name].sel(labels).transpose(*values.dims), values, rtol=1e-6,
                                                  atol=1e-6 * float(numpy.nan_to_num(abs(values)).max() or 1),
                                                  err_msg=f"{path.stem}: {name}")


if __name__ == "__main__":
    print(f"costrisk {costrisk.__version__} from {costrisk.__file__}", file=sys.stderr)
    unittest.main()
