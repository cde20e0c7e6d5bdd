// What owns the arrays that kernels read, those of kernels/model/parameter_arrays.inc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/model/parameters.hpp"
#include "src/scenario/reader/sha256.hpp"

namespace costrisk::scenario {

/// The arrays behind a Parameters.
struct ParameterStorage {
#define COSTRISK_ARRAY(element, name, ...) std::vector<element> name;
#include "kernels/model/parameter_arrays.inc"
#undef COSTRISK_ARRAY
};

/// Points the parameters at the arrays and counts them. Returns which there are.
std::vector<ParameterArray> point_at(Parameters& parameters, const ParameterStorage& storage);

/// Hashes a length and the elements' bits.
template <class T>
void absorb(Sha256& hash, const std::vector<T>& array) {
  const std::uint64_t count = array.size();
  hash.update(std::as_bytes(std::span(&count, 1)));
  hash.update(std::as_bytes(std::span(array)));
}
/// Hashes the arrays of ArrayHash::hashed. Plans go without their credits, which are hashed by their terms.
void absorb(Sha256& hash, const ParameterStorage& storage);

}  // namespace costrisk::scenario
