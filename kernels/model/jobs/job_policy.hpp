// What a job's policy wants to hold.
#pragma once

#include "kernels/model/jobs/job_work.hpp"

namespace costrisk {

/// Whole steps that certainly pass before `time` has: less 2^-18 of it for the rounding of long sums, less 0.01 for
/// the tie's tolerance. A step too few only costs a turn.
template <class F>
COSTRISK_FN F whole_steps_below(F time) {
  return floor(fma(min(time, F(0x1p20f)), F(1.0f - 0x1p-18f), F(-0.01f)));
}

/// What the policy wants, and for how many steps (at least one) it will while capacity stays as it is. On-demand
/// means what job_purchase says.
template <class L>
struct JobChoice {
  typename L::M spot, on_demand;
  typename L::F patience;
  typename L::M is_last;  ///< on-demand that is taken is kept to the end of the attempt
};

/// What else a policy is told.
template <class L>
struct JobOutlook {
  typename L::F rate;     ///< run time where on-demand would be taken over run time in the lanes' market
  typename L::F planned;  ///< run time of the whole work that it expects, in the lanes' market
  typename L::F margin;   ///< steps, where it is drawn
};

template <class L>
class JobPolicy {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN JobPolicy(const JobParameters& job, JobState<L>& state, const JobOutlook<L>& outlook)
      : job_(job), s(state), outlook_(outlook) {}

  /// Greedy and uniform progress after Wu et al., "Can't Be Late", NSDI 2024.
  /// @param here the lanes that decide
  /// @param step the step that begins
  /// @param up where the gang holds what is taken while it is up (spot, or capacity of its own), or could
  /// @param held_spot where the gang held spot until now, lost or not
  COSTRISK_FN JobChoice<L> choose(M here, I step, M up, M held_spot) const {
    JobChoice<L> choice{M(false), M(false), F(static_cast<float>(tile_steps)), M(false)};
    switch (job_.policy) {
      case Policy::on_demand:
        choice.on_demand = here;
        return choice;
      case Policy::reserved:
        choice.on_demand = here & (s.on_demand | up);
        return choice;
      case Policy::spot:
        choice.spot = here & up;
        return choice;
      case Policy::in_order:
        return choice;  // it looks at each entry, not at whether any is up
      case Policy::greedy:
      case Policy::uniform_progress:
        choice.spot = here & up;
        break;
    }

    const F restart(job_.restart);
    const WorkSeen work = seen();
    const Slack slack = slack_at(step, work.left);
    const M n1_reaches_deadline = here & (slack.need > slack.tolerance);
    const M n2_reaches_deadline = here & ((slack.need + restart) > slack.tolerance);
    const F ahead_after_changes = progress_ahead(step, work, restart + restart);

    if (traits_of(job_.policy).keeps_pace) {
      choice.on_demand = here & (progress_ahead(step, work, F(0.0f)) < F(-time_tolerance)) & (!up);
      // On-demand is left only when spot is up and progress would be ahead even after two changes.
      const M leave = up & (ahead_after_changes > F(time_tolerance));
      const M stay = here & s.on_demand & (!leave);
      choice.on_demand = choice.on_demand | stay;
      choice.spot = choice.spot & (!stay);
    }
    const M to_on_demand = n2_reaches_deadline & (!s.on_spot);
    choice.on_demand = choice.on_demand | to_on_demand;
    choice.spot = choice.spot & (!to_on_demand);
    // Without slack a gang keeps a spot instance that is past its restart and no slower than on-demand, and launches
    // on-demand otherwise; one that has just lost such an instance looks again at the next step.
    M keeps = held_spot & (s.restart_left <= F(time_tolerance));
    if (!job_.one_rate) keeps = keeps & (outlook_.rate >= F(1.0f));
    choice.spot = (n1_reaches_deadline & keeps & up) | ((!n1_reaches_deadline) & choice.spot);
    choice.on_demand = (n1_reaches_deadline & (!keeps)) | ((!n1_reaches_deadline) & choice.on_demand);
    // On-demand taken for want of slack is kept.
    const M latched = here & s.latched;
    choice.spot = choice.spot & (!latched);
    choice.on_demand = choice.on_demand | latched;
    choice.is_last = n2_reaches_deadline;

    // How long that stands. Work gains at most a step a step, and time passes a step a step: the slack of a waiting
    // gang shrinks by a step a step.
    const F one(1.0f);
    const M restarts = n2_reaches_deadline & ((!s.on_spot) | (s.restart_left > F(time_tolerance)));
    const M waits = here & (!choice.spot) & (!choice.on_demand);
    F patience = select(choice.spot & restarts, one, choice.patience);
    if (any(waits)) patience = select(waits, max(steps_waiting(step), one), patience);
    if (traits_of(job_.policy).keeps_pace) {
      // Until one on on-demand is ahead.
      const M ahead_later = choice.on_demand & up & (!n2_reaches_deadline);
      if (any(ahead_later)) {
        const F speed = max(one - work.pace, F(0x1p-20f));
        const F until_then = max(whole_steps_below((F(time_tolerance) - ahead_after_changes) / speed), one);
        patience = select(ahead_later, until_then, patience);
      }
      // What is seen changes where more is done than was planned.
      if (job_.plans_median) patience = select(choice.on_demand & (!latched), min(patience, one), patience);
    }
    if (view_moves()) patience = select(here & (!s.on_demand), min(patience, one), patience);
    // On slower spot the slack shrinks while the gang runs.
    if (!job_.one_rate) patience = select(choice.spot & (outlook_.rate < F(1.0f)), min(patience, one), patience);
    choice.patience = patience;
    return choice;
  }

  /// For how many steps from `step` on a gang that holds nothing, and can have neither spot nor capacity of its own,
  /// certainly waits: until its slack is gone; under uniform progress, until it is behind.
  COSTRISK_FN F steps_waiting(I step) const {
    if (!takes_on_demand(job_.policy)) return F(static_cast<float>(tile_steps));
    const WorkSeen work = seen();
    const Slack slack = slack_at(step, work.left);
    F steps = whole_steps_below(slack.tolerance - (slack.need + F(job_.restart)));
    if (traits_of(job_.policy).keeps_pace) {
      const F ahead = progress_ahead(step, work, F(0.0f)) + F(time_tolerance);
      steps = min(steps, whole_steps_below(ahead / max(work.pace, F(0x1p-20f))));
    }
    if (view_moves()) steps = min(steps, F(1.0f));
    return max(steps, F(0.0f));
  }

 private:
  // The rule compares n1 = ⌈left + restart⌉ and n2 = ⌈left + 2·restart⌉ with R, the whole steps to the
  // deadline. For whole R, ⌈x⌉ ≥ R is x > R − 1 beyond the tie's tolerance.
  struct Slack {
    F need;  ///< left + restart − (R − 1)
    F tolerance;
  };
  COSTRISK_FN Slack slack_at(I step, F left) const {
    const Instant<L> due = planned_deadline();
    const I deadline = select(due.offset >= F(1.0f - time_tolerance), add(due.step, I(1)), due.step);
    const F room = to_float(subtract(subtract(deadline, step), I(1)));
    return {(left + F(job_.restart)) - room, max(abs(room) * F(0x1p-20f), F(time_tolerance))};
  }
  COSTRISK_FN Instant<L> planned_deadline() const {
    if (job_.plain_view) return s.deadline;
    return job_.margin_law < 0 ? minus(s.deadline, job_.margin) : minus(s.deadline, outlook_.margin);
  }

  /// The work as the policy sees it, in steps where on-demand would be taken, with the pauses for checkpoints.
  struct WorkSeen {
    F left, whole;
    F pace;  ///< the whole over the time from release to deadline
  };
  COSTRISK_FN WorkSeen seen() const {
    WorkSeen work{this->work().left(), s.total, s.pace};
    if (job_.plain_view) return work;
    if (job_.plans_median) {
      const F done = work.whole - work.left;
      const M as_planned = done <= outlook_.planned;
      work.left = select(as_planned, outlook_.planned - done, work.left);
      work.whole = select(as_planned, outlook_.planned, work.whole);
    }
    if (!job_.one_rate) {
      work.left = work.left * outlook_.rate;
      work.whole = work.whole * outlook_.rate;
    }
    if (job_.write > 0.0f) {
      const F interval(job_.interval);
      work.left = (work.left + pauses(work.left + min(s.position, interval))) - max(s.position - interval, F(0.0f));
      work.whole = work.whole + pauses(work.whole);
    }
    work.pace = work.whole / max(planned_deadline().since(s.release), F(time_tolerance));
    return work;
  }
  /// The pauses in so much run time from the start of a cycle on.
  COSTRISK_FN F pauses(F run_time) const {
    return max(ceil_snapped(run_time * F(job_.inverse_interval)) - F(1.0f), F(0.0f)) * F(job_.write);
  }
  /// Whether the market where on-demand would be taken, and with it what is seen of the work, may change any step.
  COSTRISK_FN bool view_moves() const { return !job_.one_rate && job_.choose == Choose::cheapest; }

  /// What is done beyond uniform progress, once `changes` steps more have passed.
  COSTRISK_FN F progress_ahead(I step, const WorkSeen& work, F changes) const {
    const F elapsed = to_float(subtract(step, s.release.step)) - s.release.offset;
    return (work.whole - work.left) - (elapsed + changes) * work.pace;
  }
  COSTRISK_FN JobWork<L> work() const { return {job_, s}; }

  const JobParameters& job_;
  JobState<L>& s;
  const JobOutlook<L> outlook_;
};

}  // namespace costrisk
