// The chance that a request waits in a queue with several servers (Erlang C), from a table that the host makes.
#pragma once

#include "kernels/model/parameters.hpp"

namespace costrisk {

/// The table is over 1/√servers, a row each, and (1 − load)·√servers, in which the chance hardly changes with the
/// servers (Halfin and Whitt, Operations Research 29(3), 1981). Beyond its last column the chance is below 4e-5.
inline constexpr int erlang_intervals = 32;  ///< of 1/√servers from 0 to 1, and in 1 of the other
inline constexpr float erlang_most_slack = 4.0f;
inline constexpr int erlang_columns = static_cast<int>(erlang_most_slack) * erlang_intervals + 1;

/// The chance that a request waits, between the table's entries linearly: right to 2e-4 from three servers on, to 2e-3
/// from one and a half, and to 6e-3 below.
/// @param root √servers, at least 1
/// @param load below 1
template <class L>
COSTRISK_FN typename L::F chance_to_wait(const float* table, typename L::F root, typename L::F load) {
  using F = typename L::F;
  using I = typename L::I;
  const F x = F(static_cast<float>(erlang_intervals)) / root;
  const F y = min((F(1.0f) - load) * root, F(erlang_most_slack)) * F(static_cast<float>(erlang_intervals));
  const F row = min(floor(x), F(static_cast<float>(erlang_intervals - 1)));
  const F column = min(floor(y), F(static_cast<float>(erlang_columns - 2)));
  const I place = to_int(fma(row, F(static_cast<float>(erlang_columns)), column));
  const auto between = [&](I at) COSTRISK_INLINE {
    const F left = L::gather(table, at);
    return fma(y - column, L::gather(table + 1, at) - left, left);
  };
  const F here = between(place);
  return fma(x - row, between(add(place, I(erlang_columns))) - here, here);
}

}  // namespace costrisk
