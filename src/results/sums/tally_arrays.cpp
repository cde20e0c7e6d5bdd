// Ranges of paths, and what histograms count.
#include "src/results/sums/tally_arrays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <stdexcept>

#include "src/results/sums/numbers.hpp"

namespace costrisk::results {

void insert_range(std::vector<PathRange>& ranges, PathRange range) {
  if (range.count == 0) return;
  const auto next = std::upper_bound(ranges.begin(), ranges.end(), range);
  const bool hits_previous = next != ranges.begin() && std::prev(next)->first + std::prev(next)->count > range.first;
  if (hits_previous || (next != ranges.end() && range.first + range.count > next->first))
    throw std::invalid_argument(
        fmt::format("paths {} to {} overlap with paths added before: a path counts once; leave out one of the two",
                    range.first, range.first + range.count - 1));
  const bool joins_next = next != ranges.end() && range.first + range.count == next->first;
  const bool joins_previous = next != ranges.begin() && std::prev(next)->first + std::prev(next)->count == range.first;
  if (joins_previous) {
    std::prev(next)->count += range.count;
    if (joins_next) {
      std::prev(next)->count += next->count;
      ranges.erase(next);
    }
  } else if (joins_next) {
    next->first = range.first;
    next->count += range.count;
  } else {
    ranges.insert(next, range);
  }
}

int histogram_bits(const TallyLayout& layout, const TallyHistogram& array) {
  constexpr int fewest = 6, all_bins = 17;
  const HistogramRule& rule = array.rule;
  if (rule.sharing == 0) return rule.bits;
  const std::size_t histograms = std::max<std::size_t>(size(rule.sharing) * layout.entries(array.axes), 1);
  return std::clamp(all_bins - static_cast<int>(std::bit_width(histograms - 1)), fewest, rule.bits);
}

std::optional<HistogramSource> histogram_source(const TallyLayout& layout, const HistogramRule& rule,
                                                std::size_t index) {
  HistogramSource source{{rule.value, index}, std::nullopt, std::nullopt, rule.scale};
  const bool is_first_bin = rule.within_bin && index % size(layout.shape.bins) == 0;
  if (rule.within_bin && !is_first_bin) source.less = {rule.value, index - 1};
  if (rule.divisor != nullptr) {
    const int component = layout.service_component[index];
    const bool counts_tokens = rule.divisor == &Output::service_tokens;
    if (component < 0 || (counts_tokens && !layout.tells_tokens[index % size(layout.shape.services)])) return {};
    source.divisor = {rule.divisor, size(component)};
  }
  return source;
}

}  // namespace costrisk::results
