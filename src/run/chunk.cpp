// Lays out a chunk's arrays in one block of memory.
#include "src/run/chunk.hpp"

#include <algorithm>

namespace costrisk::run {

namespace {

constexpr std::size_t alignment = 64;

std::size_t round_up(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

}  // namespace

std::size_t ChunkBuffers::bytes_per_path(const Shape& shape) {
  std::size_t bytes = 0;
  Output output;
  each_array(shape, output,
             [&](const char*, auto* pointer, int rows) { bytes += sizeof(*pointer) * static_cast<std::size_t>(rows); });
  return bytes;
}

ChunkBuffers::ChunkBuffers(const Backend& backend, const Parameters& parameters, const Shape& shape, int capacity,
                           const scenario::Past* past)
    : shape_(shape), past_(past) {
  output_.stride = capacity;
  const auto array_bytes = [&](std::size_t element, int rows) {
    return round_up(element * static_cast<std::size_t>(rows) * static_cast<std::size_t>(capacity));
  };
  std::size_t total = round_up(backend.workspace_bytes(parameters));
  each_array(shape, output_,
             [&](const char*, auto*& pointer, int rows) { total += array_bytes(sizeof(*pointer), rows); });
  memory_ = std::make_unique<std::byte[]>(total + alignment);
  auto* next = reinterpret_cast<std::byte*>(round_up(reinterpret_cast<std::uintptr_t>(memory_.get())));
  workspace_ = next;
  next += round_up(backend.workspace_bytes(parameters));
  each_array(shape, output_, [&](const char*, auto*& pointer, int rows) {
    pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(next);
    next += array_bytes(sizeof(*pointer), rows);
  });
  result_ = output_;
  if (!past_) return;
  const auto resize = [&](auto& values, int rows) {
    values.resize(static_cast<std::size_t>(shape.plans) * static_cast<std::size_t>(rows) *
                  static_cast<std::size_t>(capacity));
    return values.data();
  };
  result_.plan_bin = resize(bins_, past_->shape.bins);
  result_.plan_period = resize(periods_, past_->shape.budget_periods);
  result_.plan_period_over = resize(periods_over_, past_->shape.budget_periods);
}

void ChunkBuffers::add_past(int paths) {
  if (!past_) return;
  const std::ptrdiff_t stride = output_.stride;
  const auto add = [&](std::int64_t* row, std::int64_t amount) {
    for (int p = 0; p < paths; ++p) row[p] += amount;
  };
  for (int plan = 0; plan < shape_.plans; ++plan) {
    add(output_.plan_cost + plan * stride, past_->cost);
    for (int c = 0; c < category_count; ++c)
      add(output_.plan_category + (plan * category_count + c) * stride, past_->category[static_cast<std::size_t>(c)]);
    for (int o = 0; o < shape_.owners; ++o)
      add(output_.plan_owner + (plan * shape_.owners + o) * stride, past_->owner[static_cast<std::size_t>(o)]);
    std::int64_t* bin = result_.plan_bin + plan * past_->shape.bins * stride;
    for (const std::int64_t cost : past_->bins) {
      std::fill_n(bin, paths, cost);
      bin += stride;
    }
    for (int b = 0; b < shape_.bins; ++b, bin += stride) {
      std::copy_n(output_.plan_bin + (plan * shape_.bins + b) * stride, paths, bin);
      add(bin, past_->cost);
    }
    add_past_periods(plan, paths);
  }
  for (int component = 0; component < shape_.job_components; ++component) {
    std::int64_t* finish = output_.job_finish + component * stride;
    for (int p = 0; p < paths; ++p)
      if (finish[p] != never_ticks) finish[p] += past_->steps * std::int64_t{ticks_per_step};
  }
}

/// Whether a budget's amount is exceeded hangs on what was paid before.
void ChunkBuffers::add_past_periods(int plan, int paths) {
  const std::ptrdiff_t stride = output_.stride;
  for (int budget = 0; budget < shape_.budgets; ++budget)
    std::fill_n(output_.plan_budget_over + (plan * shape_.budgets + budget) * stride, paths, 0);
  const std::ptrdiff_t first = std::ptrdiff_t{plan} * past_->shape.budget_periods;
  std::int64_t* cost = result_.plan_period + first * stride;
  std::int32_t* over = result_.plan_period_over + first * stride;
  const std::int64_t* simulated = output_.plan_period + plan * shape_.budget_periods * stride;
  for (const scenario::Past::Period& period : past_->periods) {
    std::int32_t* broken = output_.plan_budget_over + (plan * shape_.budgets + period.budget) * stride;
    for (int p = 0; p < paths; ++p) {
      cost[p] = period.cost + (period.is_over ? 0 : simulated[p]);
      over[p] = cost[p] > period.amount ? 1 : 0;
      broken[p] |= over[p];
    }
    if (!period.is_over) simulated += stride;
    cost += stride;
    over += stride;
  }
}

}  // namespace costrisk::run
