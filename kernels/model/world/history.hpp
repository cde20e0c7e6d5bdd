// How a path reads a measured history: a position in its tables that goes on step by step, and jumps to a start drawn
// anew where a block or a run ends.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/world/history_parameters.hpp"

namespace costrisk {

template <class L>
struct HistoryState {
  typename L::I position;  ///< step of the history that the coming step reads
  typename L::I left;      ///< steps to the next jump
  typename L::I ordinal;   ///< of the next jump's event
  typename L::M up;        ///< of runs: the current one has capacity
};

template <class L>
class HistoryReader {
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN HistoryReader(const PathContext<L>& path, const HistoryParameters& history, HistoryState<L>& state)
      : path_(path), history_(history), state_(state) {}

  /// Finds where the path begins.
  COSTRISK_FN void begin() {
    state_.position = I(0);
    state_.left = I(INT32_MAX);
    state_.ordinal = I(0);
    state_.up = M(false);
    switch (history_.sampling) {
      case HistorySampling::replay:
        state_.position = replay_start();
        break;
      case HistorySampling::window:
        state_.position = start(drawn(I(0), history_.start_count));
        break;
      case HistorySampling::blocks:
        state_.left = I(0);
        break;
      case HistorySampling::runs:
        begin_within_a_run();
        break;
    }
  }

  /// Runs `body(k, position)` over `steps` steps, k from 0 on.
  template <class Body>
  COSTRISK_FN void each_step(int steps, Body body) {
    for (int k = 0; k < steps; ++k) {
      const M due = state_.left == I(0);
      if (any(due)) jump(due);
      body(k, state_.position);
      state_.position = add(state_.position, I(1));
      state_.left = subtract(state_.left, I(1));
    }
  }

  /// What the tables hold at a position.
  COSTRISK_FN I capacity_state(I position) const {
    return L::gather(path_.parameters.history_states + history_.first_state, position);
  }
  COSTRISK_FN typename L::F value(I position) const {
    return L::gather(path_.parameters.history_values + history_.first_value, position);
  }
  COSTRISK_FN typename L::F least(I position) const {
    return L::gather(path_.parameters.history_values + history_.first_least, position);
  }
  COSTRISK_FN typename L::F loss(const HistoryLossParameters& losses, I position) const {
    return L::gather(path_.parameters.history_values + losses.first_value, position);
  }

 private:
  /// A number below `count` from word 0 of an event.
  COSTRISK_FN I drawn(I ordinal, std::int32_t count) const {
    return scaled(path_.philox.event(history_.stream, ordinal).word[0], count);
  }
  COSTRISK_FN static I scaled(I word, std::int32_t count) {
    return narrow(high_half(product(widen(word), static_cast<std::uint32_t>(count))));
  }
  COSTRISK_FN I start(I number) const {
    return history_.starts < 0 ? number : L::gather(path_.parameters.history_numbers + history_.starts, number);
  }

  COSTRISK_FN I replay_start() const {
    std::int32_t steps[L::width];
    for (int lane = 0; lane < L::width; ++lane) {
      const std::uint64_t path = path_.first_path + static_cast<std::uint64_t>(lane);
      const auto number = static_cast<std::int32_t>(path % static_cast<std::uint64_t>(history_.start_count));
      steps[lane] = history_.offset + number * history_.every;
    }
    return L::gather(steps, L::lane_index());
  }

  /// Stationary: any step of the whole runs is as likely, and the rest of its run follows.
  COSTRISK_FN void begin_within_a_run() {
    state_.position = add(I(history_.offset), drawn(I(0), history_.start_count));
    const I word = capacity_state(state_.position);
    state_.up = test(word, I(history_up));
    state_.left = shift_right_logical<history_state_bits>(word);
    state_.ordinal = I(1);
  }

  COSTRISK_FN void jump(M due) {
    switch (history_.sampling) {
      case HistorySampling::replay:
      case HistorySampling::window:
        return;  // one stretch is the whole horizon
      case HistorySampling::blocks:
        return jump_to_block(due);
      case HistorySampling::runs:
        return jump_to_run(due);
    }
    __builtin_unreachable();
  }
  COSTRISK_FN void jump_to_block(M due) {
    state_.position = select(due, start(drawn(state_.ordinal, history_.start_count)), state_.position);
    state_.left = select(due, I(history_.block), state_.left);
    state_.ordinal = select(due, add(state_.ordinal, I(1)), state_.ordinal);
  }
  COSTRISK_FN void jump_to_run(M due) {
    // A run without capacity that no step saw has no length, one with capacity has: after two turns at most, all
    // lanes are within a run.
    while (any(due)) {
      const I word = path_.philox.event(history_.stream, state_.ordinal).word[0];
      const I up_run = add(I(history_.up_runs.first), shift_left<1>(scaled(word, history_.up_runs.count)));
      const I down_run = add(I(history_.down_runs.first), shift_left<1>(scaled(word, history_.down_runs.count)));
      const I run = select(state_.up, down_run, up_run);
      const std::int32_t* numbers = path_.parameters.history_numbers;
      state_.position = select(due, L::gather(numbers, run), state_.position);
      state_.left = select(due, L::gather(numbers + 1, run), state_.left);
      state_.ordinal = select(due, add(state_.ordinal, I(1)), state_.ordinal);
      state_.up = (due & (!state_.up)) | ((!due) & state_.up);
      due = due & (state_.left == I(0));
    }
  }

  const PathContext<L>& path_;
  const HistoryParameters& history_;
  HistoryState<L>& state_;
};

}  // namespace costrisk
