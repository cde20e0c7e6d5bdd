// The axes of results: what they are called, and the labels of their entries.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace costrisk::results {

struct Results;

enum class Dimension {
  plan,
  job,
  service,
  category,
  owner,
  market,
  purchase,
  driver,
  other_plan,
  waste_kind,
  probability,
  time,
  checkpoint,
  driver_bin,
  latency_range,
  budget,
  budget_period
};
inline constexpr std::size_t dimension_count = 17;

struct DimensionTerms {
  Dimension dimension;
  const char* name;
  const char* units;
  const char* description;

  /// Text labels; null where the entries are numbers.
  const std::vector<std::string>& (*texts)(const Results&) = nullptr;
  /// Numbers in `units`; null where the entries have text labels.
  const std::vector<double>& (*numbers)(const Results&) = nullptr;
  /// What a reader of files sets; null where the labels follow from others or are always the same.
  std::vector<std::string>& (*set_texts)(Results&) = nullptr;
  std::vector<double>& (*set_numbers)(Results&) = nullptr;
};

/// All dimensions, in the order of the enumeration.
const std::vector<DimensionTerms>& dimensions();
const DimensionTerms& terms_of(Dimension dimension);

/// The number of entries.
std::size_t extent(const Results& results, Dimension dimension);

/// The labels as text: "spot", "0.95", "744".
std::vector<std::string> labels_of(const Results& results, Dimension dimension);
/// A number as a label: its shortest form.
std::string label_of(double number);

/// A place in each dimension.
class Cell {
 public:
  std::size_t operator[](Dimension dimension) const { return places_[static_cast<std::size_t>(dimension)]; }
  std::size_t& operator[](Dimension dimension) { return places_[static_cast<std::size_t>(dimension)]; }

 private:
  std::size_t places_[dimension_count] = {};
};

/// The place of a cell in a row-major array over `over`.
std::size_t place_of(const Results& results, const Cell& cell, const std::vector<Dimension>& over);
/// The number of values of such an array.
std::size_t cell_count(const Results& results, const std::vector<Dimension>& over);

/// Calls visit(cell) for all cells over `over`, in row-major order.
template <class Visit>
void each_cell(const Results& results, const std::vector<Dimension>& over, Visit visit) {
  const std::size_t count = cell_count(results, over);
  std::vector<std::size_t> extents;
  for (const Dimension dimension : over) extents.push_back(extent(results, dimension));
  Cell cell;
  for (std::size_t i = 0; i < count; ++i) {
    visit(static_cast<const Cell&>(cell));
    for (std::size_t axis = over.size(); axis-- > 0;) {
      if (++cell[over[axis]] < extents[axis]) break;
      cell[over[axis]] = 0;
    }
  }
}

}  // namespace costrisk::results
