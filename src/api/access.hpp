// What stands behind the public classes.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/explain.hpp"
#include "costrisk/results.hpp"
#include "costrisk/scenario.hpp"
#include "costrisk/simulate.hpp"
#include "src/present/text/story.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk {

struct __attribute__((visibility("hidden"))) Scenario::Data {
  /// What was made of the text when it was first asked for. Copies of a scenario share it until one is changed.
  struct Reading {
    std::mutex mutex;
    std::shared_ptr<const scenario::Loaded> whole, outline;  ///< with the contents of histories, and without
  };

  std::string text, name;
  std::filesystem::path file, folder, root;  ///< file: that the text was read from; empty: none
  scenario::Assignments overrides;           ///< after what the text says
  std::shared_ptr<Reading> reading = std::make_shared<Reading>();

  /// @throws scenario::InvalidScenario
  std::shared_ptr<const scenario::Loaded> loaded() const;
  /// Perhaps without the contents of histories.
  /// @throws scenario::InvalidScenario
  std::shared_ptr<const scenario::Loaded> outlined() const;

 private:
  std::shared_ptr<const scenario::Loaded> load(scenario::HistoryFiles histories) const;
};

struct __attribute__((visibility("hidden"))) Results::Data {
  results::Results results;
  std::string file;                                    ///< that they were read from; empty: simulated here
  std::shared_ptr<const scenario::Scenario> scenario;  ///< absent where they were read from a file
  Timings timings;

  /// Reads it where results came from a file.
  const results::Tally& tally() const;

  mutable std::mutex mutex;
  mutable std::shared_ptr<const results::Tally> tally_;
};

struct __attribute__((visibility("hidden"))) CancellationToken::Wish {
  std::atomic<bool> stop{false};
};

struct __attribute__((visibility("hidden"))) Story::Data {
  scenario::Scenario scenario;
  run::Timeline timeline, median;
  present::Story story;
};

/// The only way from outside the classes to what stands behind them.
struct Access {
  static Scenario::Data& data(const Scenario& scenario) { return *scenario.data_; }
  static const Results::Data& data(const Results& results) { return *results.data_; }
  static Results results(std::shared_ptr<const Results::Data> data) { return Results(std::move(data)); }
  static const std::atomic<bool>& stop(const CancellationToken& token) { return token.wish_->stop; }
  static Story story(Story::Data data);
  template <class Public, class Data>
  static Public with(Public result, std::shared_ptr<Data> data) {
    result.data_ = std::move(data);
    return result;
  }
  /// The place in `costs` of the future that is meant.
  static std::size_t place(const Future& future, const std::vector<std::int64_t>& costs, std::uint64_t first_path);
};

/// @throws UnknownName
std::size_t plan_of(const std::vector<std::string>& plans, const std::string& name);

}  // namespace costrisk
