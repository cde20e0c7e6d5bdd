/// @file
/// Scenarios: what is to be simulated, read from a file or a text and changed value by value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "costrisk/errors.hpp"
#include "costrisk/export.hpp"

namespace costrisk {

/// A value of a scenario as it stands in its resolved text: durations are texts such as "15m", dates texts such as
/// "2026-01-05T00:00:00", money is a number in the scenario's currency.
struct Value {
  /// Values by their places.
  using List = std::vector<Value>;
  /// Values by their keys, in the order of the resolved text.
  using Table = std::vector<std::pair<std::string, Value>>;

  std::variant<bool, std::int64_t, double, std::string, List, Table> data;  ///< what it is
};

/// What a history of a scenario, or a bill of what was paid so far, was taken for.
struct HistoryCheck {
  std::string address;               ///< of the table that names it: "market.p4d.spot.price", "actuals.bill"
  std::string text;                  ///< columns, units, rows, span and mean, as a line
  std::vector<std::string> remarks;  ///< rows that were left out and why, and what was made good, a line each
};

/// What a check of a scenario found.
struct Check {
  std::vector<HistoryCheck> histories;  ///< what they were taken for, in the scenario's order; bills last
  std::vector<Problem> problems;        ///< why it cannot be simulated; none where it can
  std::vector<std::string>
      advice;  ///< what its author probably does not want, each with its place, as several lines of text
  std::vector<std::string> pricing;  ///< what work costs that is not done at the horizon, a sentence each
  /// Whether it can be simulated.
  bool valid() const noexcept { return problems.empty(); }
};

/// How many there are of what a scenario has.
struct Contents {
  std::size_t factors = 0;   ///< shared random influences
  std::size_t markets = 0;   ///< where capacity is bought
  std::size_t demands = 0;   ///< streams of requests
  std::size_t jobs = 0;      ///< that are to be done
  std::size_t services = 0;  ///< that answer requests
  std::size_t items = 0;     ///< of other cost
  std::size_t plans = 0;     ///< that are compared
  std::uint64_t steps = 0;   ///< of the simulated time
  double step_hours = 0.0;   ///< length of a step
  std::uint64_t paths = 0;   ///< futures that are simulated where nothing else is asked for
};

/// How a scenario file is read.
struct FileOptions {
  std::vector<std::string> settings;  ///< "ADDRESS=VALUE", as `--set` takes them; what is wrong with them check() finds
  /// The folder in which all files must lie that the scenario names, links followed; empty: that of the scenario file
  /// (of a pipe, the current one).
  std::filesystem::path root;
};

/// A scenario file, or a text of the same form, and values set in it by address. It need not be valid until it is
/// simulated. Not to be used from two threads at once; copies are independent.
class COSTRISK_API Scenario {
 public:
  struct Data;  ///< What stands behind it; not part of the interface.

  /// Reads a scenario file (TOML). What it includes and the histories that it names are read when they are first
  /// needed, and again after a change of the scenario.
  /// @param path the file, or a pipe
  /// @param options what is set in it, and what it may read
  /// @throws InputError where there is no such file or it is a folder
  /// @throws FileError where it cannot be read
  static Scenario from_file(const std::filesystem::path& path, const FileOptions& options = {});

  /// Takes the text of a scenario (TOML).
  /// @param text the scenario, at most 1 MiB
  /// @param name stands for the file in messages, and names a scenario that gives itself no name
  /// @param folder what paths in the text are relative to; empty: the current folder
  static Scenario from_text(std::string text, std::string name = "scenario", std::filesystem::path folder = {});

  Scenario(const Scenario& other);                 ///< An independent copy.
  Scenario& operator=(const Scenario& other);      ///< An independent copy.
  Scenario(Scenario&& other) noexcept;             ///< Leaves the other fit for destruction alone.
  Scenario& operator=(Scenario&& other) noexcept;  ///< Leaves the other fit for destruction alone.
  ~Scenario();

  /// Sets the value at an address, as `--set ADDRESS=VALUE` of the command line does.
  /// @param address such as "market.p4d.spot.price.mean" or "plan.spot first.job.train.instances"
  /// @param toml the value as TOML ("8", "\"15m\"", "{ mean = 8, volatility = 0.1 }"); a bare word is a text
  /// @throws InvalidScenario where the address is none or the value is not one that may stand there; nothing is
  /// changed.
  ///         What else is wrong with the scenario is left to check()
  void set(const std::string& address, const std::string& toml);
  /// Likewise, a number.
  void set(const std::string& address, double number);
  /// Likewise, several values at once, which may only fit together: pairs of address and TOML.
  void set(const std::vector<std::pair<std::string, std::string>>& values);

  /// The value at an address, defaults, includes and likenesses resolved.
  /// @throws UnknownName where there is none
  /// @throws InvalidScenario where the scenario is not valid
  Value get(const std::string& address) const;
  /// Likewise, of a number.
  /// @throws InputError where it is no number, and as get()
  double number(const std::string& address) const;

  /// Looks for everything that is wrong, and for what is probably not meant. Reads histories.
  /// @throws FileError where a file cannot be read
  Check check() const;

  /// The scenario with everything resolved, as a text that from_text takes again.
  /// @throws InvalidScenario
  std::string resolved() const;

  /// How many there are of what it has.
  /// @throws InvalidScenario
  Contents contents() const;

  /// Names of the plans, in the scenario's order.
  /// @throws InvalidScenario
  std::vector<std::string> plans() const;
  /// The scenario's name.
  /// @throws InvalidScenario
  std::string name() const;

  /// What from_file read, or from_text was given.
  const std::string& text() const noexcept;

 private:
  friend struct Access;
  explicit Scenario(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

/// A few facts, of which a first scenario is made.
struct Draft {
  std::string name = "first";                 ///< of the scenario
  std::vector<std::filesystem::path> prices;  ///< published prices, as published_prices() takes them; empty: none
  std::string instance;                       ///< only this instance type of them; empty: all
  std::string region;                         ///< only this region of them; empty: all
  double on_demand_price = 0.0;               ///< an instance-hour, where there are no published prices
  double spot_price = 0.0;                    ///< likewise; 0: no spot
  int gpus = 8;                               ///< of an instance, likewise

  std::string job;              ///< name of a job; empty: none
  double instance_hours = 0.0;  ///< its work
  int instances = 1;            ///< that do it together
  double deadline_hours = 0.0;  ///< from the start

  std::string service;               ///< name of a service; empty: none
  double requests_per_second = 0.0;  ///< at the start
  double growth = 0.0;               ///< a month, as a share
  double rate = 0.0;                 ///< requests a second that an instance answers

  double budget = 0.0;  ///< 0: none
};

/// A first scenario (TOML), with plans to compare, a goal, and a [search]; comments say what of it is a guess.
/// @throws InputError where there is no price, or neither job nor service, or a number that is needed is not above 0
/// @throws FileError
COSTRISK_API std::string draft_scenario(const Draft& draft);

/// Hours of a duration as scenarios have it ("15m", "1h30m", "13w"); nothing where the text is none.
COSTRISK_API std::optional<double> duration_hours(const std::string& text);

/// Hours as a duration, the shortest spelling of them to a microsecond: "15m".
COSTRISK_API std::string duration_text(double hours);

/// The JSON Schema (draft 2020-12) of scenario files.
COSTRISK_API std::string scenario_schema();

}  // namespace costrisk
