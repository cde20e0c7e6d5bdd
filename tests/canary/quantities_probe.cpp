// Looks for the quantity `canary_range` in everything that walks the catalogue. Compiled by quantities.py in a scratch
// copy of the sources, where a row of that name stands in the table.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/present/text/gates.hpp"
#include "src/present/text/results_json.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/results/store/hdf5.hpp"
#include "src/results/store/results_file.hpp"
#include "tests/golden/results_format_page.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace {

using namespace costrisk;

bool all_hold = true;
void expect(bool holds, const char* what) {
  if (!holds) std::printf("not so: %s\n", what);
  all_hold = all_hold && holds;
}

std::string refusal(const std::string& gate, const results::Scope& scope) {
  try {
    present::parse_gate(gate, scope);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

void look() {
  const std::string name = "canary_range";
  const results::Tally tally = tests::tally_of(tests::small_layout(500), 0, 500);
  const results::Results results = evaluate(tally, tests::small_context());
  expect(results.canary_range.size() == results.context.plans.size(), "it is evaluated for every plan");
  const double value = results.canary_range.back(), range = results.cost_max.back() - results.cost_min.back();
  expect(value > 0.0 && std::abs(value - range) < 1e-9 * range, "by its formula");

  results::write_results("a.h5", results, tally);
  const results::Results read = results::read_results("a.h5");
  expect(read.canary_range == results.canary_range, "a file holds it");
  {
    const results::hdf5::Handle file = results::hdf5::open_to_read("a.h5");
    expect(results::hdf5::read_values<double>(file, name.c_str()) == results.canary_range, "by its name");
  }

  const auto document = nlohmann::json::parse(present::results_json(read, "a.h5"));
  expect(document["plans"].back()[name] == value, "JSON has it");
  expect(document["quantities"][name]["title"] == "range of cost", "with its title");

  const results::Scope scope = results::scope_of(results);
  const std::vector<std::string> names = results::addresses(scope);
  expect(std::find(names.begin(), names.end(), name) != names.end(), "gates list it");
  expect(refusal("canary_rang<1", scope).find(name) != std::string::npos, "and name it where a name is near");
  const std::string gate = results.context.plans.back() + ":" + name + "<";
  const auto judged = [&](double bound) {
    return present::failures({present::parse_gate(gate + std::to_string(bound), scope)}, results).empty();
  };
  expect(judged(1.01 * value) && !judged(0.99 * value), "and judge it");

  expect(results::quantities_table().find(
             "| `canary_range` | plan | currency | extreme |  | highest cost less lowest |") != std::string::npos,
         "the page of the format has its line");
}

}  // namespace

int main() {
  try {
    look();
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
  if (all_hold) std::printf("one row reaches the file, JSON, gates and the page of the format\n");
  return all_hold ? 0 : 1;
}
