// Walks the table of arrays.
#include "src/scenario/lower/parameter_storage.hpp"

#include <cstddef>

namespace costrisk::scenario {

namespace {

template <class T>
void absorb_array(Sha256& hash, const std::vector<T>& array) {
  absorb(hash, array);
}
void absorb_array(Sha256& hash, std::vector<PlanParameters> plans) {
  for (PlanParameters& plan : plans) plan.credit_edge = none;
  absorb(hash, plans);
}

}  // namespace

std::vector<ParameterArray> point_at(Parameters& parameters, const ParameterStorage& storage) {
  std::vector<ParameterArray> arrays;
  each_parameter_array(
      [&](auto row, auto*& pointer, const auto& array) {
        pointer = array.data();
        row.set_count(parameters, array.size());
        const auto offset =
            reinterpret_cast<const std::byte*>(&pointer) - reinterpret_cast<const std::byte*>(&parameters);
        arrays.push_back(
            {static_cast<std::size_t>(offset), array.data(), array.size() * sizeof(*array.data()), row.memory});
      },
      parameters, storage);
  return arrays;
}

void absorb(Sha256& hash, const ParameterStorage& storage) {
  each_parameter_array(
      [&](auto row, const auto& array) {
        if constexpr (row.hash == ArrayHash::hashed) absorb_array(hash, array);
      },
      storage);
}

}  // namespace costrisk::scenario
