// Part of a job: how old the instances of its gang are, where the chance of a reclaim depends on it. All of a gang are
// as old as one another. Only jobs with such a market have any of this.
#pragma once

#include "kernels/math/elementary.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/jobs/job_state.hpp"

namespace costrisk {

/// What strikes a gang, by lane.
template <class L>
struct Strike {
  typename L::M reclaimed;  ///< one instance or, where `expired`, all of them
  typename L::M expired;
};

template <class L>
class JobAging {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param curves Parameters::lifetime_curves
  COSTRISK_FN JobAging(const JobParameters& job, const float* curves, JobState<L>& state, JobAges<L>& ages)
      : job_(job), curves_(curves), s(state), a(ages) {}

  COSTRISK_FN void begin(const PhiloxWords<L>& words) {
    a.rate = a.shape = a.most = a.failure = a.multiplier = F(0.0f);
    a.age = a.level = a.since_start = a.passed = F(0.0f);
    a.until_reclaim = a.until_failure = a.until_end = F(far);
    a.curve = a.knots = I(0);
    a.reclaim_clock = unit_exponential(words.word[0]);
    a.failure_clock = unit_exponential(words.word[1]);
  }

  /// The lanes start on new instances.
  /// @param spot where they are spot, so that they are reclaimed
  /// @param rate 1 / scale of their lifetime, a step
  /// @param failure hazard of the gang, a step
  COSTRISK_FN void start(M where, M spot, const LifetimeParameters& lifetime, F rate, F failure, F multiplier) {
    a.rate = select(where, select(spot, rate, F(0.0f)), a.rate);
    a.shape = select(where, F(lifetime.shape), a.shape);
    a.most = select(where, select(spot, F(lifetime.most), F(far)), a.most);
    a.curve = select(where, I(lifetime.curve.first), a.curve);
    a.knots = select(where, I(lifetime.curve.count), a.knots);
    a.failure = select(where, failure, a.failure);
    a.multiplier = select(where, multiplier, a.multiplier);
    a.age = select(where, F(0.0f), a.age);
    a.level = expected(a.age);
    a.since_start = select(where, F(0.0f), a.since_start);
    a.passed = select(where, F(0.0f), a.passed);
    foresee(where);
  }
  /// The rate of reclaims is multiplied by another number from now on.
  COSTRISK_FN void change_multiplier(M where, F multiplier) {
    settle(where);
    a.multiplier = select(where, multiplier, a.multiplier);
    foresee(where);
  }
  COSTRISK_FN void pass(F steps) { a.passed = a.passed + steps; }
  /// The lanes let go of what they hold: their clocks stand until they start again.
  COSTRISK_FN void let_go(M where) { settle(where); }

  COSTRISK_FN Strike<L> strike() const {
    const M expired = a.until_end <= min(a.until_reclaim, a.until_failure);
    const M reclaimed = expired | (a.until_reclaim <= a.until_failure);
    return {reclaimed, expired};
  }
  /// What was struck is replaced: all that have expired, one of the others.
  COSTRISK_FN void replace(M where, const Strike<L>& strike, const PhiloxWords<L>& words) {
    settle(where);
    const M one = where & (!strike.expired), all = where & strike.expired;
    // n·H(age) becomes (n − 1)·H(age).
    F younger(0.0f);
    if (job_.gang > 1.0f) {
      const float share = (job_.gang - 1.0f) / job_.gang;
      younger = a.age * exponential(logarithm(F(share)) / max(a.shape, F(1e-3f)));
      // Where the curve is level there are many such ages, and none above its own is younger.
      if (job_.most_knots > 0) younger = select(is_curve(), min(age_on_curve(a.level * F(share)), a.age), younger);
    }
    a.age = select(one, younger, select(all, F(0.0f), a.age));
    a.level = expected(a.age);
    a.since_start = select(all | (one & M(job_.gang <= 1.0f)), F(0.0f), a.since_start);
    a.reclaim_clock = select(one & strike.reclaimed, unit_exponential(words.word[0]), a.reclaim_clock);
    a.failure_clock = select(one & (!strike.reclaimed), unit_exponential(words.word[1]), a.failure_clock);
    foresee(where);
  }

 private:
  static constexpr float far = 1e30f;

  /// The reclaims that an instance of an age has had to expect, without the multiplier.
  COSTRISK_FN F expected(F age) const {
    const F x = age * a.rate;
    const F closed = select(x > F(0.0f), exponential(a.shape * logarithm(max(x, F(1e-30f)))), F(0.0f));
    return job_.most_knots > 0 ? select(is_curve(), on_curve(age), closed) : closed;
  }

  // Curves: linear from knot to knot, and beyond the last as before it.

  COSTRISK_FN M is_curve() const { return (a.knots > I(0)) & (a.rate > F(0.0f)); }
  struct Knot {
    F age, level, slope;
  };
  /// The last knot of each lane's curve with its age, or its level, at `value` or below.
  template <class At>
  COSTRISK_FN Knot knot_below(F value, const At& at) const {
    Knot found{F(0.0f), F(0.0f), F(0.0f)};
    COSTRISK_ROLLED
    for (int k = 0; k < job_.most_knots; ++k) {
      const M exists = I(k) < a.knots;
      const I place = select(exists, add(a.curve, I(3 * k)), I(0));
      const Knot knot{L::gather(curves_, place), L::gather(curves_ + 1, place), L::gather(curves_ + 2, place)};
      const M below = exists & (at(knot) <= value);
      found.age = select(below, knot.age, found.age);
      found.level = select(below, knot.level, found.level);
      found.slope = select(below, knot.slope, found.slope);
    }
    return found;
  }
  COSTRISK_FN F on_curve(F age) const {
    const Knot knot = knot_below(age, [](const Knot& k) COSTRISK_INLINE { return k.age; });
    return fma(age - knot.age, knot.slope, knot.level);
  }
  COSTRISK_FN F age_on_curve(F level) const {
    const Knot knot = knot_below(level, [](const Knot& k) COSTRISK_INLINE { return k.level; });
    const F after = (level - knot.level) / max(knot.slope, F(1e-30f));
    return select(knot.slope > F(0.0f), min(knot.age + after, F(far)), F(far));
  }

  /// Clocks and ages take in the time that has passed.
  COSTRISK_FN void settle(M where) {
    const F time = select(where, a.passed, F(0.0f)), age = a.age + time;
    const F level = expected(age);
    const F reclaims = F(job_.gang) * a.multiplier * (level - a.level);
    a.reclaim_clock = max(a.reclaim_clock - select(where, reclaims, F(0.0f)), F(0.0f));
    a.failure_clock = max(a.failure_clock - time * a.failure, F(0.0f));
    a.age = age;
    a.level = level;
    a.since_start = a.since_start + time;
    a.passed = select(where, F(0.0f), a.passed);
  }

  /// When the lanes are struck next.
  COSTRISK_FN void foresee(M where) {
    const F hazard = F(job_.gang) * a.multiplier;
    const F level = a.level + a.reclaim_clock / max(hazard, F(1e-30f));
    F age = exponential(logarithm(max(level, F(1e-30f))) / max(a.shape, F(1e-3f))) / max(a.rate, F(1e-30f));
    if (job_.most_knots > 0) age = select(is_curve(), age_on_curve(level), age);
    const M reclaims = (a.rate > F(0.0f)) & (hazard > F(0.0f));
    const F until_reclaim = select(reclaims, min(max(age - a.age, F(0.0f)), F(far)), F(far));
    const F until_failure = select(a.failure > F(0.0f), a.failure_clock / max(a.failure, F(1e-30f)), F(far));
    const F until_end = max(a.most - a.since_start, F(0.0f));
    a.until_reclaim = select(where, until_reclaim, a.until_reclaim);
    a.until_failure = select(where, until_failure, a.until_failure);
    a.until_end = select(where, until_end, a.until_end);
    s.until_interruption = select(where, min(min(until_reclaim, until_failure), until_end), s.until_interruption);
  }

  const JobParameters& job_;
  const float* curves_;
  JobState<L>& s;
  JobAges<L>& a;
};

}  // namespace costrisk
