// Items of the bill that no component counts: spread over time, paid once, or a share of other cost.
#pragma once

#include "kernels/model/arithmetic.hpp"
#include "kernels/model/draws.hpp"

namespace costrisk {

/// Scales money by a share in 2^-60, to nearest: exact in 128 bits.
COSTRISK_FN std::int64_t scale_micros(std::int64_t micros, std::uint64_t share) {
  __extension__ using Wide = __int128;
  return static_cast<std::int64_t>((static_cast<Wide>(micros) * static_cast<Wide>(share) + (Wide{1} << 59)) >> 60);
}

/// Whether the item is paid as time goes by, and not with requests or at the horizon.
COSTRISK_FN bool is_paid_by_time(const ItemParameters& item) {
  switch (item.kind) {
    case ItemKind::spread:
    case ItemKind::once:
      return true;
    case ItemKind::share:
    case ItemKind::per_request:
      return false;
  }
  __builtin_unreachable();
}

/// The category in which what is paid is booked.
COSTRISK_FN Category item_category(ItemKind kind) {
  switch (kind) {
    case ItemKind::once:
      return Category::one_off;
    case ItemKind::spread:
    case ItemKind::share:
    case ItemKind::per_request:
      return Category::item;
  }
  __builtin_unreachable();
}

/// Whether the item is a share of other cost.
COSTRISK_FN bool is_share(const ItemParameters& item) { return item.kind == ItemKind::share; }

template <class L>
class Items {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param micros [item][lane]: what each item has cost so far; of a share, whether it happens
  COSTRISK_FN Items(PathContext<L>& path, std::int64_t* micros) : path_(path), micros_(micros) {}

  /// Brings the items to an edge.
  COSTRISK_FN void pay(int edge) {
    const Parameters& p = path_.parameters;
    const int step = p.edges[edge];
    const StepTime month = p.item_count > 0 ? p.edge_months[edge] : StepTime{};
    for (int i = 0; i < p.item_count; ++i) {
      const ItemParameters& item = p.items[i];
      if (!is_paid_by_time(item)) continue;
      const float since = static_cast<float>(step - item.from.step) - item.from.offset;
      float share = since > 0.0f ? 1.0f : 0.0f;
      const bool lasts = step < item.until.step || (step == item.until.step && item.until.offset > 0.0f);
      if (item.kind == ItemKind::spread && lasts) {
        const float months =
            static_cast<float>(month.step - item.from_month.step) + (month.offset - item.from_month.offset);
        share = since > 0.0f ? min(max(months, 0.0f) * item.inverse_months, 1.0f) : 0.0f;
      }
      const F part = select(path_.happens(item), path_.law(item.amount) * F(share), F(0.0f));
      CompensatedSum<L> sum = CompensatedSum<L>::zero();
      sum.add(part);
      path_.check_money(M(true), part * F(item.money.high));
      std::int64_t* micros = micros_ + i * L::width;
      for (int lane = 0; lane < L::width; ++lane) micros[lane] = 0;
      F rest(0.0f);
      accumulate<L>(micros, sum.amount(item.money, rest));
    }
  }

  /// Draws which of the shares happen.
  COSTRISK_FN void draw_shares() {
    const Parameters& p = path_.parameters;
    for (int i = 0; i < p.item_count; ++i) {
      if (!is_share(p.items[i])) continue;
      std::int32_t happens[L::width];
      L::store(select(path_.happens(p.items[i]), I(1), I(0)), happens);
      for (int lane = 0; lane < L::width; ++lane) micros_[i * L::width + lane] = happens[lane];
    }
  }

  /// One number a lane.
  COSTRISK_FN const std::int64_t* micros(int item) const { return micros_ + item * L::width; }
  /// What a share of `base` micro-units costs on a lane.
  COSTRISK_FN std::int64_t share_of(std::int64_t base, int item, int lane) const {
    const ItemParameters& share = path_.parameters.items[item];
    return micros(item)[lane] * scale_micros(base, (std::uint64_t{share.share_high} << 32) | share.share_low);
  }

 private:
  PathContext<L>& path_;
  std::int64_t* micros_;
};

}  // namespace costrisk
