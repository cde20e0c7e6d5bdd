// What became of the rows that tally.py adds to the table of a tally's arrays, in one program with all that walks it.
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

// clang-format off
#include "src/results/sums/drivers.cpp"
#include "src/results/sums/histogram.cpp"
#include "src/results/sums/sort.cpp"
#include "src/results/sums/tally.cpp"
#include "src/results/sums/tally_add.cpp"
#include "src/results/sums/tally_arrays.cpp"
#include "src/results/sums/tally_layout.cpp"
#include "src/results/sums/wide.cpp"
#include "src/results/store/hdf5.cpp"
#include "src/results/store/hdf5_text.cpp"
#include "src/results/store/scaled_group.cpp"
#include "src/results/store/tally_group.cpp"
#include "src/run/device_tally.cpp"
#include "tests/cuda/tallies_equal.hpp"
#include "tests/unit/tally_fixture.hpp"
// clang-format on

using namespace costrisk;
using results::Tally;
using results::TallyData;

namespace {

void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::cout << "the added rows are not " << what << '\n';
  std::exit(1);
}

/// The tally of a file that holds this one.
Tally filed(const Tally& tally) {
  const results::hdf5::Handle file = results::hdf5::create_in_memory();
  results::write_tally_groups(file, tally, tests::small_context());
  for (const char* name : {"tally/canary_sum", "tally/canary_count", "tally/driver_canary",
                           "tally/canary_histogram_count", "paths/canary"})
    expect(H5Lexists(file, name, H5P_DEFAULT) > 0, "in the file");
  return results::read_tally_groups(file);
}

template <class Change>
bool difference_is_found(const TallyData& data, const char* name, Change change) {
  TallyData changed = data;
  change(changed);
  return emulation::difference(data, changed) == name;
}

}  // namespace

int main() {
  results::TallyLayout layout = tests::small_layout(1000);
  layout.keep_paths = true;
  const Tally empty(layout);
  expect(empty.data().canary_sum.size() == 3 * waste_kind_count, "made empty with their size");
  expect(empty.data().canary_count == std::vector<std::uint64_t>(2, 0), "made empty with their size");
  expect(empty.data().drivers.canary.size() == 2, "made empty with their size");
  expect(empty.data().canary_histogram.size() == 3, "made empty with their size");

  Tally tally = tests::tally_of(layout, 0, 400);
  expect(tally.data().canary_sum == tally.data().waste, "added up");
  expect(emulation::same(tally.data().canary_histogram[1], tally.data().canary_histogram[1]) &&
             !tally.data().canary_histogram[1].entries().empty(),
         "added up");
  // How a chunk is added to the others would be written by hand.
  TallyData data = tally.data();
  data.canary_count = {7, 8};
  data.drivers.canary[1].value = -3;
  for (results::PathBlock& block : data.blocks) block.canary.assign(2 * block.range.count, 0.5f);
  tally = Tally(layout, data);

  const std::string changed_by_file = emulation::difference(filed(tally).data(), tally.data());
  expect(changed_by_file.empty(), "read as they were written: " + changed_by_file);
  Tally merged = tests::tally_of(layout, 400, 600);
  TallyData other = merged.data();
  for (results::PathBlock& block : other.blocks) block.canary.assign(2 * block.range.count, 1.5f);
  other.canary_count = {1, 1};
  other.drivers.canary[1].value = 5;
  merged = Tally(layout, other);
  merged.merge(std::move(tally));
  expect(merged.data().canary_sum == merged.data().waste, "merged");
  expect(merged.data().canary_count == std::vector<std::uint64_t>{8, 9}, "merged");
  expect(merged.data().drivers.canary[1].value == -3, "merged");
  expect(merged.by_path(&results::PathBlock::canary, 1)[500] == 1.5f, "merged");

  expect(difference_is_found(data, "canary_sum", [](TallyData& d) { ++d.canary_sum[4]; }), "compared");
  expect(difference_is_found(data, "canary_count", [](TallyData& d) { ++d.canary_count[1]; }), "compared");
  expect(difference_is_found(data, "driver_canary", [](TallyData& d) { ++d.drivers.canary[0].value; }), "compared");
  expect(difference_is_found(data, "canary_histogram", [](TallyData& d) { d.canary_histogram[2].add(5); }), "compared");
  expect(difference_is_found(data, "canary", [](TallyData& d) { d.blocks[0].canary[3] = 2; }), "compared");

  data.canary_count.push_back(0);
  bool refused = false;
  try {
    Tally(layout, data);
  } catch (const std::invalid_argument& error) {
    refused = std::string(error.what()).find("canary_count") != std::string::npos;
  }
  expect(refused, "refused where their size is wrong");

  const auto asked = [&](auto array) {
    std::size_t count = 0;
    for (const cuda::RowRequest& request : run::reduction_for(layout).rows)
      count += request.row.array == cuda::output_array(array) ? 1 : 0;
    return count;
  };
  expect(asked(&Output::plan_waste) == 2 * 3 * waste_kind_count, "asked of a device");
  std::cout << "the added rows are made, added up, merged, written, read, compared, checked and asked of a device\n";
}
