// Whether two tallies hold the same integers, all of them.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "src/results/sums/tally.hpp"

namespace costrisk::emulation {

template <class Element>
bool same(const Element& a, const Element& b) {
  if constexpr (std::is_same_v<Element, results::Histogram>)
    return a.bits() == b.bits() && a.entries() == b.entries();
  else
    return a == b;
}

/// What is kept by path, in the order of paths: [path][row].
template <class Value>
std::vector<Value> path_by_path(const std::vector<results::PathBlock>& blocks,
                                std::vector<Value> results::PathBlock::*values) {
  std::vector<Value> result;
  for (const results::PathBlock& block : blocks)
    for (std::size_t path = 0; path < block.range.count; ++path)
      for (std::size_t place = path; place < (block.*values).size(); place += block.range.count)
        result.push_back((block.*values)[place]);
  return result;
}

/// The first part of the tallies that differs; empty where none does.
inline std::string difference(const results::TallyData& a, const results::TallyData& b) {
  std::string first;
  const auto compare = [&](const char* name, bool equal) {
    if (first.empty() && !equal) first = name;
  };
  compare("ranges", a.ranges == b.ranges);
  results::each_array(
      [&]<class Element>(const auto& array, const std::vector<Element>& x, const std::vector<Element>& y) {
        compare(array.name, std::equal(x.begin(), x.end(), y.begin(), y.end(), same<Element>));
      },
      a, b);
  results::each_path_array([&](const auto& array, auto values) {
    compare(array.name, path_by_path(a.blocks, values) == path_by_path(b.blocks, values));
  });
  return first;
}

}  // namespace costrisk::emulation
