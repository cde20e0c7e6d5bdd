// costrisk._core: the library's interface for Python. What Python users see of it is made in python/costrisk/.
#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <atomic>
#include <chrono>
#include <future>

#include "costrisk/costrisk.hpp"

namespace py = pybind11;

namespace {

using namespace costrisk;
using namespace py::literals;

/// How far something is, as threads of the library say and Python's thread reads.
struct Progress {
  std::atomic<std::uint64_t> done{0}, total{0};
};

/// What work in a thread of its own came to. `interruption` is an exception of Python that stopped it, or None.
template <class Result>
struct Finished {
  std::optional<Result> result;
  py::object interruption = py::none();
};

/// Python's exception in flight, as an object.
py::object taken_exception() {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback) PyException_SetTraceback(value, traceback);
  const auto drop_type = py::reinterpret_steal<py::object>(type);
  const auto drop_traceback = py::reinterpret_steal<py::object>(traceback);
  return py::reinterpret_steal<py::object>(value);
}

/// Runs `work` in a thread of its own, without the interpreter's lock. Meanwhile this thread looks for signals, such as
/// Ctrl-C, and tells `told` how far it is; an exception of either cancels the work.
template <class Work>
auto interruptible(CancellationToken cancellation, const Progress& progress, const py::object& told, Work work) {
  constexpr std::chrono::milliseconds pause(50);
  using Result = decltype(work());
  Finished<Result> finished;
  std::uint64_t last = 0;
  const auto look = [&] {
    if (!finished.interruption.is_none()) return;
    if (PyErr_CheckSignals() != 0) {
      finished.interruption = taken_exception();
    } else if (const std::uint64_t done = progress.done.load(); !told.is_none() && done != last) {
      last = done;
      try {
        told(done, progress.total.load());
      } catch (py::error_already_set& error) {
        error.restore();
        finished.interruption = taken_exception();
      }
    }
    if (!finished.interruption.is_none()) cancellation.cancel();
  };
  std::future<Result> working = std::async(std::launch::async, std::move(work));
  const auto waits = [&] {
    const py::gil_scoped_release release;
    return working.wait_for(pause) != std::future_status::ready;
  };
  while (waits()) look();
  try {
    finished.result = working.get();
  } catch (const Cancelled&) {
    if (finished.interruption.is_none()) throw;
  }
  look();
  return finished;
}

py::object python_value(const Value& value) {
  struct Convert {
    py::object operator()(bool x) const { return py::bool_(x); }
    py::object operator()(std::int64_t x) const { return py::int_(x); }
    py::object operator()(double x) const { return py::float_(x); }
    py::object operator()(const std::string& x) const { return py::str(x); }
    py::object operator()(const Value::List& list) const {
      py::list items;
      for (const Value& item : list) items.append(python_value(item));
      return items;
    }
    py::object operator()(const Value::Table& table) const {
      py::dict entries;
      for (const auto& [key, entry] : table) entries[py::str(key)] = python_value(entry);
      return entries;
    }
  };
  return std::visit(Convert{}, value.data);
}

py::array_t<double> numbers(const std::vector<double>& values, const std::vector<std::size_t>& shape) {
  return py::array_t<double>(std::vector<py::ssize_t>(shape.begin(), shape.end()), values.data());
}

/// An exception of costrisk._errors, raised with these arguments.
template <class... Arguments>
void raise(const char* name, const Arguments&... arguments) {
  const py::object type = py::module_::import("costrisk._errors").attr(name);
  PyErr_SetObject(type.ptr(), type(arguments...).ptr());
}

void add_errors() {
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const InvalidScenario& error) {
      raise("InvalidScenario", error.what(), error.problems());
    } catch (const UnknownName& error) {
      raise("UnknownName", error.what());
    } catch (const InputError& error) {
      raise("InputError", error.what());
    } catch (const FileError& error) {
      raise("FileError", error.what());
    } catch (const BackendUnavailable& error) {
      raise("BackendUnavailable", error.what());
    } catch (const DeviceFailed& error) {
      raise("DeviceFailed", error.what());
    } catch (const TooLarge& error) {
      raise("TooLarge", error.what());
    } catch (const Error& error) {
      raise("Error", error.what());
    }
  });
}

void add_scenario(py::module_& module) {
  py::class_<Problem>(module, "Problem", "An error about a scenario, with its place.")
      .def_readonly("file", &Problem::file)
      .def_readonly("line", &Problem::line)
      .def_readonly("column", &Problem::column)
      .def_readonly("message", &Problem::message)
      .def_readonly("text", &Problem::text)
      .def("__repr__", [](const Problem& problem) { return "<Problem " + problem.text + ">"; });
  py::class_<Check>(module, "Check", "What a check of a scenario found.")
      .def_readonly("problems", &Check::problems)
      .def_readonly("advice", &Check::advice)
      .def_readonly("pricing", &Check::pricing)
      .def_property_readonly("valid", &Check::valid);
  const py::call_guard<py::gil_scoped_release> unlocked;
  py::class_<Scenario>(module, "Scenario")
      .def_static(
          "from_file", [](const std::filesystem::path& path) { return Scenario::from_file(path); }, "path"_a, unlocked)
      .def_static("from_text", &Scenario::from_text, "text"_a, "name"_a, "folder"_a, unlocked)
      .def(
          "set",
          [](Scenario& scenario, const std::vector<std::pair<std::string, std::string>>& values) {
            scenario.set(values);
          },
          "values"_a, unlocked)
      .def(
          "get",
          [](const Scenario& scenario, const std::string& address) { return python_value(scenario.get(address)); },
          "address"_a)
      .def("check", &Scenario::check, unlocked)
      .def("resolved", &Scenario::resolved, unlocked)
      .def("plans", &Scenario::plans, unlocked)
      .def("name", &Scenario::name, unlocked)
      .def("text", &Scenario::text)
      .def("copy", [](const Scenario& scenario) { return Scenario(scenario); });
}

void add_results(py::module_& module) {
  const py::call_guard<py::gil_scoped_release> unlocked;
  py::class_<Dimension>(module, "Dimension")
      .def_readonly("name", &Dimension::name)
      .def_readonly("size", &Dimension::size)
      .def_readonly("labels", &Dimension::labels)
      .def_readonly("coordinates", &Dimension::coordinates)
      .def_readonly("unit", &Dimension::unit)
      .def_readonly("description", &Dimension::description);
  py::class_<Array>(module, "Array")
      .def_readonly("name", &Array::name)
      .def_readonly("dimensions", &Array::dimensions)
      .def_readonly("unit", &Array::unit)
      .def_readonly("description", &Array::description)
      .def_property_readonly("values", [](const Array& array) { return numbers(array.values, array.shape); });
  py::class_<CostHistogram>(module, "CostHistogram")
      .def_readonly("start", &CostHistogram::from)
      .def_readonly("stop", &CostHistogram::to)
      .def_readonly("paths", &CostHistogram::paths);
  py::class_<Results>(module, "Results")
      .def_static("read", &Results::read, "path"_a, unlocked)
      .def(
          "write", [](const Results& results, const std::filesystem::path& path) { results.write(path); }, "path"_a,
          unlocked)
      .def("names", &Results::names)
      .def("array", &Results::array, "name"_a)
      .def("dimensions", &Results::dimensions)
      .def("name", &Results::name)
      .def("currency", &Results::currency)
      .def("budget", &Results::budget)
      .def("paths", &Results::paths)
      .def("first_path", &Results::first_path)
      .def("seed", &Results::seed)
      .def("run_paths", &Results::run_paths)
      .def("shard",
           [](const Results& results) -> std::optional<std::pair<int, int>> {
             const std::optional<Shard> shard = results.shard();
             return shard ? std::optional(std::make_pair(shard->index, shard->count)) : std::nullopt;
           })
      .def("complete", &Results::complete)
      .def("step_hours", &Results::step_hours)
      .def("horizon_hours", &Results::horizon_hours)
      .def("scenario", &Results::scenario)
      .def("version", &Results::version)
      .def("backend", [](const Results& results) { return results.timings().backend; })
      .def("seconds", [](const Results& results) { return results.timings().wall_seconds; })
      .def("holds_path_costs", &Results::holds_path_costs, unlocked)
      .def(
          "path_costs",
          [](const Results& results, const std::string& plan) {
            const std::vector<double> costs = results.path_costs(plan);
            return numbers(costs, {costs.size()});
          },
          "plan"_a)
      .def("cost_histogram", &Results::cost_histogram, "bins"_a, unlocked)
      .def("verdict", &Results::verdict, unlocked)
      .def(
          "table",
          [](const Results& results, int width) {
            TableOptions options;
            options.width = width;
            return results.table(options);
          },
          "width"_a, unlocked)
      .def(
          "json", [](const Results& results) { return results.json(); }, unlocked)
      .def("report", &Results::report, unlocked);
}

void add_simulate(py::module_& module) {
  py::class_<BackendInfo>(module, "Backend", "Something that runs could be computed on.")
      .def_readonly("name", &BackendInfo::name)
      .def_readonly("available", &BackendInfo::available)
      .def_readonly("detail", &BackendInfo::detail)
      .def("__repr__", [](const BackendInfo& backend) {
        return "<Backend " + backend.name + (backend.available ? ": " : ", not available: ") + backend.detail + ">";
      });
  module.def("backends", &backends, "Everything that runs could be computed on, fastest first.");
  module.def(
      "simulate",
      [](const Scenario& scenario, std::uint64_t paths, std::optional<std::uint64_t> seed, int threads,
         const std::string& backend, const std::vector<int>& devices, bool keep_paths, const std::string& until_error,
         const std::optional<std::pair<int, int>>& shard, const std::vector<std::filesystem::path>& resume,
         const std::filesystem::path& beyond, double max_seconds, const py::object& told) {
        RunOptions options;
        if (shard) options.shard = Shard{shard->first, shard->second};
        options.resume = resume;
        options.beyond = beyond;
        options.max_seconds = max_seconds;
        options.until_error = until_error;
        options.paths = paths;
        options.seed = seed;
        options.threads = threads;
        options.backend = backend;
        options.devices = devices;
        options.keep_paths = keep_paths;
        Progress progress;
        options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
          progress.total.store(total);
          progress.done.store(done);
        };
        Finished<Results> run =
            interruptible(options.cancellation, progress, told, [&] { return simulate(scenario, options); });
        return std::make_pair(std::move(run.result), std::move(run.interruption));
      },
      "scenario"_a, "paths"_a, "seed"_a, "threads"_a, "backend"_a, "devices"_a, "keep_paths"_a, "until_error"_a,
      "shard"_a, "resume"_a, "beyond"_a, "max_seconds"_a, "progress"_a,
      "Results (None where an exception stopped it before the first paths), and the exception that stopped it or "
      "None.");
}

/// The options that all studies have, and the work with them, stopped by signals and exceptions of `told`.
template <class Options, class Work>
auto studied(Options options, std::uint64_t paths, std::optional<std::uint64_t> seed, int threads,
             const std::string& backend, const py::object& told, Work work) {
  options.paths = paths;
  options.seed = seed;
  options.threads = threads;
  options.backend = backend;
  Progress progress;
  options.progress = [&progress](std::uint64_t done, std::uint64_t total, const std::string&) {
    progress.total.store(total);
    progress.done.store(done);
  };
  auto study = interruptible(options.cancellation, progress, told, [&] { return work(options); });
  return std::make_pair(std::move(study.result), std::move(study.interruption));
}

void add_studies(py::module_& module) {
  using Seed = std::optional<std::uint64_t>;
  const py::call_guard<py::gil_scoped_release> unlocked;
  py::class_<Study>(module, "Study")
      .def_readonly("title", &Study::title)
      .def_readonly("complete", &Study::complete)
      .def_readonly("sentences", &Study::sentences)
      .def_readonly("figures", &Study::figures)
      .def_readonly("toml", &Study::toml)
      .def_readonly("json", &Study::json)
      .def_readonly("page", &Study::page)
      .def_readonly("dimensions", &Study::dimensions)
      .def_readonly("arrays", &Study::arrays)
      .def(
          "text", [](const Study& study, int width) { return study.text(width); }, "width"_a, unlocked)
      .def("write", &Study::write, "path"_a, unlocked);
  module.def(
      "sweep",
      [](const Scenario& scenario, const std::vector<std::string>& vary, const std::vector<std::string>& plans,
         const std::string& minimize, std::uint64_t paths, Seed seed, int threads, const std::string& backend,
         const py::object& told) {
        SweepOptions options;
        options.vary = vary;
        options.plans = plans;
        options.minimize = minimize;
        return studied(options, paths, seed, threads, backend, told,
                       [&](const SweepOptions& asked) { return sweep(scenario, asked); });
      },
      "scenario"_a, "vary"_a, "plans"_a, "minimize"_a, "paths"_a, "seed"_a, "threads"_a, "backend"_a, "progress"_a);
  module.def(
      "optimize",
      [](const Scenario& scenario, const std::vector<std::string>& vary, const std::string& minimize,
         std::uint64_t proof_paths, double confidence, std::uint64_t paths, Seed seed, int threads,
         const std::string& backend, const py::object& told) {
        OptimizeOptions options;
        options.vary = vary;
        options.minimize = minimize;
        options.proof_paths = proof_paths;
        options.confidence = confidence;
        return studied(options, paths, seed, threads, backend, told,
                       [&](const OptimizeOptions& asked) { return optimize(scenario, asked); });
      },
      "scenario"_a, "vary"_a, "minimize"_a, "proof_paths"_a, "confidence"_a, "paths"_a, "seed"_a, "threads"_a,
      "backend"_a, "progress"_a);
  module.def(
      "stress",
      [](const Scenario& scenario, bool usual, std::uint64_t paths, Seed seed, int threads, const std::string& backend,
         const py::object& told) {
        StressOptions options;
        options.usual = usual;
        return studied(options, paths, seed, threads, backend, told,
                       [&](const StressOptions& asked) { return stress(scenario, asked); });
      },
      "scenario"_a, "usual"_a, "paths"_a, "seed"_a, "threads"_a, "backend"_a, "progress"_a);
  module.def(
      "reverse_stress",
      [](const Scenario& scenario, const std::string& plan, std::uint64_t paths, Seed seed, int threads,
         const std::string& backend, const py::object& told) {
        return studied(StudyOptions{}, paths, seed, threads, backend, told,
                       [&](const StudyOptions& asked) { return reverse_stress(scenario, plan, asked); });
      },
      "scenario"_a, "plan"_a, "paths"_a, "seed"_a, "threads"_a, "backend"_a, "progress"_a);
  module.def(
      "sensitivity",
      [](const Scenario& scenario, const std::string& plan, const std::vector<std::string>& only,
         const std::string& vary, std::uint64_t paths, Seed seed, int threads, const std::string& backend,
         const py::object& told) {
        SensitivityOptions options;
        options.plan = plan;
        options.only = only;
        options.vary = vary;
        return studied(options, paths, seed, threads, backend, told,
                       [&](const SensitivityOptions& asked) { return sensitivity(scenario, asked); });
      },
      "scenario"_a, "plan"_a, "only"_a, "vary"_a, "paths"_a, "seed"_a, "threads"_a, "backend"_a, "progress"_a);
  module.def(
      "compare",
      [](const Results& a, const Results& b, const std::filesystem::path& folder, const py::object& told) {
        return studied(StudyOptions{}, 0, std::nullopt, 0, "auto", told,
                       [&](const StudyOptions& asked) { return compare(a, b, asked, folder); });
      },
      "a"_a, "b"_a, "folder"_a, "progress"_a);
}

void add_merge(py::module_& module) {
  const py::call_guard<py::gil_scoped_release> unlocked;
  py::class_<NeededPaths>(module, "NeededPaths", "How many futures an error needs.")
      .def_readonly("paths", &NeededPaths::paths)
      .def_readonly("needed", &NeededPaths::needed)
      .def_readonly("plan", &NeededPaths::plan)
      .def_readonly("statistic", &NeededPaths::statistic)
      .def_readonly("error", &NeededPaths::error)
      .def_readonly("wanted", &NeededPaths::wanted);
  module.def(
      "merge", [](const std::vector<std::filesystem::path>& files, bool partial) { return merge(files, {partial}); },
      "files"_a, "partial"_a, unlocked);
  module.def("needed_paths", &needed_paths, "results"_a, "until_error"_a, unlocked);
  const auto numbers_of = [](const Shard& shard) { return std::make_pair(shard.index, shard.count); };
  module.def("shard_of_environment", [=] { return numbers_of(shard_of_environment()); });
  module.def(
      "parse_shard", [=](const std::string& text) { return numbers_of(parse_shard(text)); }, "text"_a);
}

void add_grade(py::module_& module) {
  using Paths = std::vector<std::filesystem::path>;
  py::class_<Ungraded>(module, "Ungraded", "A team that has no grade.")
      .def_readonly("team", &Ungraded::team)
      .def_readonly("file", &Ungraded::file)
      .def_readonly("reason", &Ungraded::reason);
  py::class_<Grades, Study>(module, "Grades")
      .def_readonly("ungraded", &Grades::ungraded)
      .def_readonly("notices", &Grades::notices);
  module.def(
      "grade",
      [](const Paths& plans, const std::vector<std::uint64_t>& seeds, const std::filesystem::path& scenario,
         const std::string& plan, const Paths& stresses, bool usual, const std::string& minimize,
         const std::vector<std::string>& settings, std::uint64_t paths, int threads, const std::string& backend,
         const py::object& told) {
        GradeOptions options;
        options.seeds = seeds;
        options.scenario = scenario;
        options.plan = plan;
        options.stresses = stresses;
        options.usual = usual;
        options.minimize = minimize;
        options.settings = settings;
        return studied(options, paths, std::nullopt, threads, backend, told,
                       [&](const GradeOptions& asked) { return grade(plans, asked); });
      },
      "plans"_a, "seeds"_a, "scenario"_a, "plan"_a, "stresses"_a, "usual"_a, "minimize"_a, "settings"_a, "paths"_a,
      "threads"_a, "backend"_a, "progress"_a);
}

void add_explain(py::module_& module) {
  const py::call_guard<py::gil_scoped_release> unlocked;
  py::class_<StoryEvent>(module, "StoryEvent", "What happened at some time.")
      .def_readonly("hours", &StoryEvent::hours)
      .def_readonly("words", &StoryEvent::words)
      .def_readonly("weight", &StoryEvent::weight);
  py::class_<StoryDraw>(module, "StoryDraw", "An unknown that is drawn once per future.")
      .def_readonly("address", &StoryDraw::address)
      .def_readonly("unknown", &StoryDraw::unknown)
      .def_readonly("value", &StoryDraw::value)
      .def_readonly("words", &StoryDraw::words)
      .def_readonly("level", &StoryDraw::level);
  py::class_<StoryCategory>(module, "StoryCategory", "What a category of cost came to.")
      .def_readonly("category", &StoryCategory::category)
      .def_readonly("cost", &StoryCategory::cost)
      .def_readonly("median_cost", &StoryCategory::median_cost);
  py::class_<Story>(module, "Story")
      .def_readonly("plan", &Story::plan)
      .def_readonly("path", &Story::path)
      .def_readonly("cost", &Story::cost)
      .def_readonly("median_path", &Story::median_path)
      .def_readonly("median_cost", &Story::median_cost)
      .def_readonly("paths", &Story::paths)
      .def_readonly("cheaper", &Story::cheaper)
      .def_readonly("headline", &Story::headline)
      .def_readonly("categories", &Story::categories)
      .def_readonly("events", &Story::events)
      .def_readonly("draws", &Story::draws)
      .def_readonly("conclusion", &Story::conclusion)
      .def(
          "text",
          [](const Story& story, int width) {
            StoryTextOptions options;
            options.width = width;
            return story.text(options);
          },
          "width"_a, unlocked)
      .def("json", &Story::json, unlocked)
      .def("html", &Story::html, unlocked)
      .def("csv", &Story::csv, unlocked)
      .def("timeline", [](const Story& story) {
        py::dict columns;
        for (const Series& series : story.timeline())
          columns[py::str(series.name)] = numbers(series.values, {series.values.size()});
        return columns;
      });
  py::class_<Future>(module, "Future")
      .def_static("worst", &Future::worst)
      .def_static("quantile", &Future::quantile, "probability"_a)
      .def_static("path", &Future::path, "number"_a);
  module.def(
      "explain",
      [](const Results& results, const std::string& plan, const Future& future,
         const std::filesystem::path& histories) {
        ExplainOptions options;
        options.histories = histories;
        return explain(results, plan, future, options);
      },
      "results"_a, "plan"_a, "future"_a, "histories"_a, unlocked);
}

void add_calibrate(py::module_& module) {
  using By = CapacityOptions::By;
  const py::call_guard<py::gil_scoped_release> unlocked;
  py::class_<Calibration>(module, "Calibration")
      .def_readonly("title", &Calibration::title)
      .def_readonly("toml", &Calibration::toml)
      .def_readonly("json", &Calibration::json)
      .def_readonly("notes", &Calibration::notes)
      .def_readonly("warnings", &Calibration::warnings)
      .def_readonly("page", &Calibration::page);
  py::enum_<By>(module, "CapacityBy")
      .value("automatic", By::automatic)
      .value("likelihood", By::likelihood)
      .value("moments", By::moments);
  py::class_<HistoryOptions>(module, "HistoryOptions")
      .def_readwrite("time_column", &HistoryOptions::time_column)
      .def_readwrite("value_column", &HistoryOptions::value_column)
      .def_readwrite("accept", &HistoryOptions::accept)
      .def_readwrite("laws", &HistoryOptions::laws);
  py::class_<CapacityOptions, HistoryOptions>(module, "CapacityOptions")
      .def(py::init<>())
      .def_readwrite("markets", &CapacityOptions::markets)
      .def_readwrite("instances", &CapacityOptions::instances)
      .def_readwrite("by", &CapacityOptions::by)
      .def_readwrite("factor", &CapacityOptions::factor)
      .def_readwrite("half_life_hours", &CapacityOptions::half_life_hours);
  py::class_<PriceOptions, HistoryOptions>(module, "PriceOptions")
      .def(py::init<>())
      .def_readwrite("cap", &PriceOptions::cap)
      .def_readwrite("until", &PriceOptions::until)
      .def_readwrite("grid_hours", &PriceOptions::grid_hours);
  py::class_<DemandOptions, HistoryOptions>(module, "DemandOptions")
      .def(py::init<>())
      .def_readwrite("name", &DemandOptions::name)
      .def_readwrite("log", &DemandOptions::log)
      .def_readwrite("unit", &DemandOptions::unit)
      .def_readwrite("window_hours", &DemandOptions::window_hours)
      .def_readwrite("start", &DemandOptions::start)
      .def_readwrite("utc_offset_hours", &DemandOptions::utc_offset_hours)
      .def_readwrite("input_tokens_column", &DemandOptions::input_tokens_column)
      .def_readwrite("output_tokens_column", &DemandOptions::output_tokens_column);
  py::class_<LifetimeOptions>(module, "LifetimeOptions")
      .def(py::init<>())
      .def_readwrite("lifetime_column", &LifetimeOptions::lifetime_column)
      .def_readwrite("start_column", &LifetimeOptions::start_column)
      .def_readwrite("end_column", &LifetimeOptions::end_column)
      .def_readwrite("flag_column", &LifetimeOptions::flag_column)
      .def_readwrite("lost_words", &LifetimeOptions::lost_words)
      .def_readwrite("all_lost", &LifetimeOptions::all_lost)
      .def_readwrite("accept", &LifetimeOptions::accept)
      .def_readwrite("laws", &LifetimeOptions::laws);
  py::class_<BillingOptions>(module, "BillingOptions")
      .def(py::init<>())
      .def_readwrite("by_service", &BillingOptions::by_service)
      .def_readwrite("billed_cost", &BillingOptions::billed_cost)
      .def_readwrite("owner_tag", &BillingOptions::owner_tag)
      .def_readwrite("owner_column", &BillingOptions::owner_column)
      .def_readwrite("leave_out", &BillingOptions::leave_out)
      .def_readwrite("most_items", &BillingOptions::most_items)
      .def_readwrite("keep_copies", &BillingOptions::keep_copies)
      .def_readwrite("accept", &BillingOptions::accept);
  py::class_<AuditOptions>(module, "AuditOptions")
      .def(py::init<>())
      .def_readwrite("billing", &AuditOptions::billing)
      .def_readwrite("usage", &AuditOptions::usage)
      .def_readwrite("utc_offset_hours", &AuditOptions::utc_offset_hours)
      .def_readwrite("pseudonyms", &AuditOptions::pseudonyms);
  module.def("audit_bill", &audit_bill, "files"_a, "options"_a, unlocked);
  module.def("calibrate_capacity", &calibrate_capacity, "files"_a, "options"_a, unlocked);
  module.def("calibrate_price", &calibrate_price, "file"_a, "options"_a, unlocked);
  module.def("calibrate_demand", &calibrate_demand, "file"_a, "options"_a, unlocked);
  module.def("calibrate_lifetimes", &calibrate_lifetimes, "file"_a, "options"_a, unlocked);
  module.def("calibrate_billing", &calibrate_billing, "files"_a, "options"_a, unlocked);
}

void add_backtest(py::module_& module) {
  using Model = BacktestOptions::Model;
  py::enum_<Model>(module, "BacktestModel")
      .value("bootstrap", Model::bootstrap)
      .value("log_normal", Model::log_normal)
      .value("exponential", Model::exponential);
  py::class_<Score>(module, "Score", "A mean over predictions with its 95 % interval.")
      .def_readonly("value", &Score::value)
      .def_readonly("low", &Score::low)
      .def_readonly("high", &Score::high);
  py::class_<Prediction>(module, "Prediction", "One plan at one instant, in the scenario's currency.")
      .def_readonly("came", &Prediction::came)
      .def_readonly("mean", &Prediction::mean)
      .def_readonly("p5", &Prediction::p5)
      .def_readonly("p10", &Prediction::p10)
      .def_readonly("p50", &Prediction::p50)
      .def_readonly("p90", &Prediction::p90)
      .def_readonly("p95", &Prediction::p95)
      .def_readonly("crps", &Prediction::crps);
  py::class_<PlanBacktest>(module, "PlanBacktest", "How well a plan's cost was predicted.")
      .def_readonly("plan", &PlanBacktest::plan)
      .def_readonly("predictions", &PlanBacktest::predictions)
      .def_readonly("coverage90", &PlanBacktest::coverage90)
      .def_readonly("coverage80", &PlanBacktest::coverage80)
      .def_readonly("below_p95", &PlanBacktest::below_p95)
      .def_readonly("crps", &PlanBacktest::crps);
  py::class_<Backtest>(module, "Backtest")
      .def_readonly("origin_hours", &Backtest::origin_hours)
      .def_readonly("planned", &Backtest::planned)
      .def_readonly("plans", &Backtest::plans)
      .def_property_readonly("complete", &Backtest::complete);
  module.def(
      "score_predictions",
      [](const Scenario& scenario, Model model, double training_hours, double every_hours, double block_hours,
         std::uint64_t paths, int threads, const std::string& backend, const py::object& told) {
        BacktestOptions options;
        options.model = model;
        options.training_hours = training_hours;
        options.every_hours = every_hours;
        options.block_hours = block_hours;
        options.paths = paths;
        options.threads = threads;
        options.backend = backend;
        Progress progress;
        options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
          progress.total.store(total);
          progress.done.store(done);
        };
        Finished<Backtest> scores =
            interruptible(options.cancellation, progress, told, [&] { return score_predictions(scenario, options); });
        return std::make_pair(std::move(scores.result), std::move(scores.interruption));
      },
      "scenario"_a, "model"_a, "training_hours"_a, "every_hours"_a, "block_hours"_a, "paths"_a, "threads"_a,
      "backend"_a, "progress"_a);
}

void add_bill_check(py::module_& module) {
  py::class_<PeriodCheck>(module, "PeriodCheck", "What came in a month, and what was foretold of it, in the currency.")
      .def_readonly("plan", &PeriodCheck::plan)
      .def_readonly("owner", &PeriodCheck::owner)
      .def_readonly("period", &PeriodCheck::period)
      .def_readonly("came", &PeriodCheck::came)
      .def_readonly("mean", &PeriodCheck::mean)
      .def_readonly("p5", &PeriodCheck::p5)
      .def_readonly("p25", &PeriodCheck::p25)
      .def_readonly("p50", &PeriodCheck::p50)
      .def_readonly("p75", &PeriodCheck::p75)
      .def_readonly("p95", &PeriodCheck::p95)
      .def_readonly("transform", &PeriodCheck::transform)
      .def_readonly("within50", &PeriodCheck::within50)
      .def_readonly("within90", &PeriodCheck::within90);
  py::class_<BillCheck>(module, "BillCheck", "A forecast held against the bills since.")
      .def_readonly("checks", &BillCheck::checks)
      .def_readonly("plans", &BillCheck::plans)
      .def_readonly("held", &BillCheck::held)
      .def_readonly("verdict", &BillCheck::verdict)
      .def_readonly("json", &BillCheck::json);
  const auto check = [](const auto& forecast, const std::vector<std::string>& bills, const std::string& owner_tag,
                        const std::string& owner_column, const std::string& until, std::uint64_t paths, int threads,
                        const py::object& told) {
    BillCheckOptions options;
    options.bills.assign(bills.begin(), bills.end());
    options.owner_tag = owner_tag;
    options.owner_column = owner_column;
    options.until = until;
    options.paths = paths;
    options.threads = threads;
    Progress progress;
    options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
      progress.total.store(total);
      progress.done.store(done);
    };
    Finished<BillCheck> found =
        interruptible(options.cancellation, progress, told, [&] { return check_forecast(forecast, options); });
    return std::make_pair(std::move(found.result), std::move(found.interruption));
  };
  const auto add = [&]<class Forecast>(const Forecast*) {
    module.def(
        "check_forecast",
        [check](const Forecast& forecast, const std::vector<std::string>& bills, const std::string& owner_tag,
                const std::string& owner_column, const std::string& until, std::uint64_t paths, int threads,
                const py::object& told) {
          return check(forecast, bills, owner_tag, owner_column, until, paths, threads, told);
        },
        "forecast"_a, "bills"_a, "owner_tag"_a, "owner_column"_a, "until"_a, "paths"_a, "threads"_a, "progress"_a);
  };
  add(static_cast<const Scenario*>(nullptr));
  add(static_cast<const Results*>(nullptr));
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  module.doc() = "The library behind costrisk.";
  add_errors();
  add_scenario(module);
  add_results(module);
  add_simulate(module);
  add_studies(module);
  add_merge(module);
  add_grade(module);
  add_explain(module);
  add_calibrate(module);
  add_backtest(module);
  add_bill_check(module);
  module.attr("__version__") = version().version;
}
