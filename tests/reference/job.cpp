// The life of a gang: runs, policies, restarts, checkpoint cycles, interruptions, billing.
#include "tests/reference/job.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/policies.hpp"

namespace costrisk::reference {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// What is wasted is told at a price that is looked up anew after so many steps.
constexpr std::int64_t waste_price_steps = 32;
/// Rounding noise of sums of step fractions in double.
constexpr double noise = 1e-9;

class Gang {
 public:
  Gang(const scenario::Scenario& scenario, const scenario::JobAssignment& assignment,
       const std::vector<MarketPath>& markets, const std::vector<RunDraw>& runs, Stream clock, int owner, Bill& bill,
       const JobTerms& terms)
      : scenario_(scenario),
        assignment_(assignment),
        job_(scenario.jobs[assignment.job]),
        markets_(markets),
        runs_(runs),
        clock_(clock),
        owner_(owner),
        bill_(bill),
        terms_(terms),
        steps_(scenario.steps()),
        releases_(release_steps(scenario, job_)),
        restart_steps_(in_steps(assignment.restart_seconds)),
        last_market_(assignment.markets.front()) {
    path_.use_hours.resize(markets.size());
    path_.runs = static_cast<int>(releases_.size());
    for (const double release : releases_) {
      deadlines_.push_back(job_.deadline_seconds ? release + in_steps(*job_.deadline_seconds)
                                                 : static_cast<double>(steps_));
    }
    for (const int market : assignment.markets) {
      if (!terms.uses) break;
      if (assignment.policy != Policy::reserved && !may_buy_on_demand(market)) continue;
      Use use;
      use.market = market;
      use.buy = assignment.policy == Policy::reserved ? Purchase::reserved : Purchase::on_demand;
      use.owner = owner;
      use.hours.assign(static_cast<std::size_t>(steps_), 0.0);
      use.list_cost = use.hours;
      uses_.push_back(use);
    }
    until_interruption_ = clock_.exponential();
  }

  JobPath live() {
    for (std::int64_t k = 0; k < steps_; ++k) {
      if (!active_ && run_ < releases_.size() && first_step_of_next_run() <= k) begin_run();
      if (!active_) continue;
      if (k % waste_price_steps == 0 && held_ != State::none) waste_price_ = price(k);
      choose_what_to_hold(k);
      if (held_ != State::none) live_through(k);
    }
    close_at_horizon();
    if (terms_.uses) tell_uses();
    return path_;
  }

 private:
  double in_steps(double seconds) const { return seconds / scenario_.step_seconds; }

  /// Whether the gang may ever hold on-demand instances there.
  bool may_buy_on_demand(int market) const {
    if (assignment_.policy == Policy::spot || !scenario_.markets[market].on_demand) return false;
    if (assignment_.choose == Choose::cheapest) return true;
    const auto sells = [&](int m) { return scenario_.markets[m].on_demand.has_value(); };
    return market == *std::find_if(assignment_.markets.begin(), assignment_.markets.end(), sells);
  }

  // Runs and attempts

  // A run starts with the first step start at or after its release and the end of the run before.
  std::int64_t first_step_of_next_run() const {
    return static_cast<std::int64_t>(std::ceil(snap(std::max(releases_[run_], last_end_), time_tolerance)));
  }

  void begin_run() {
    active_ = true;
    last_market_ = assignment_.markets.front();
    attempts_left_ = runs_[run_].attempts;
    begin_attempt();
  }

  // A failed attempt starts the whole work over on the instances it holds and pays `restart` again;
  // policies see only the current attempt's work.
  void begin_attempt() {
    saved_ = unsaved_ = 0.0;
    begin_restart();
  }

  void begin_restart() {
    restart_left_ = restart_steps_;
    since_checkpoint_ = 0.0;
    write_left_ = 0.0;
  }

  void finish_attempt(std::int64_t k, double offset) {
    if (--attempts_left_ > 0) {
      begin_attempt();
      return;
    }
    stop_billing(k);
    held_ = State::none;
    active_ = false;
    last_end_ = static_cast<double>(k) + offset;
    path_.finish_hours = last_end_ * scenario_.step_hours();
    if (job_.deadline_seconds && last_end_ > deadlines_[run_] + time_tolerance) {
      ++path_.late;
      charge_lateness(k, last_end_ - deadlines_[run_]);
    }
    ++run_;
  }

  void charge_lateness(std::int64_t k, double steps) {
    bill_.charge(k, owner_, Category::penalty, job_.late_penalty_per_hour * steps * scenario_.step_hours());
  }

  // Each run released and not finished is late and pays from its deadline to the horizon, also one that
  // never started. Only what is left of the run in progress is bought out (one whose turn never came at a step
  // start is not), unsaved progress kept, without checkpoints or restarts, at the last step's price of the first of its
  // markets that sells on-demand.
  void close_at_horizon() {
    if (run_ == releases_.size()) return;
    path_.finish_hours = infinity;
    for (std::size_t run = run_; run < releases_.size(); ++run) {
      ++path_.late;
      if (!job_.deadline_seconds) continue;
      const double late_steps = static_cast<double>(steps_) - deadlines_[run];
      if (late_steps > 0.0) charge_lateness(steps_ - 1, late_steps);
    }
    if (!active_ || job_.unfinished == scenario::Job::Unfinished::ignore) return;
    for (const int market : assignment_.markets) {
      if (!scenario_.markets[market].on_demand) continue;
      const double instance_steps = assignment_.instances * work_left() / work_per_step(market);
      bill_.charge(steps_ - 1, owner_, Category::unfinished,
                   instance_steps * scenario_.step_hours() * markets_[market].on_demand_price.back());
      return;
    }
  }

  // Policies: decided at step starts

  void choose_what_to_hold(std::int64_t k) {
    const State last = held_;
    if (held_ == State::spot && is_lost(markets_[market_].spot, k)) lose_spot(k);

    const int spot_market = choose_spot_market(k);
    Tick tick;
    tick.elapsed = static_cast<double>(k) - releases_[run_];
    tick.deadline = deadlines_[run_] - releases_[run_];
    tick.total = runs_[run_].work_instance_hours / work_per_step(last_market_);
    tick.left = work_left() / work_per_step(last_market_);
    tick.restart = restart_steps_;
    tick.restart_left = restart_left_;
    tick.last = last;
    tick.current = held_;
    tick.spot_up = spot_market >= 0;

    State wanted = decide(assignment_.policy, tick);
    int market = last_market_;
    if (wanted == State::spot) market = spot_market;
    if (wanted == State::reserved) {
      market = choose_reserved_market(k);
      if (market < 0) wanted = State::none;
    }
    if (wanted == State::on_demand) {
      market = choose_on_demand_market(k);
      // Where on-demand cannot be launched the gang is left with nothing and waits; what runs stays.
      const bool runs_there = held_ == State::on_demand && market_ == market;
      if (market < 0 || (!runs_there && !enough(markets_[market].on_demand, k))) wanted = State::none;
    }
    hold(k, wanted, market);
  }

  bool enough(const CapacityPath& capacity, std::int64_t k) const {
    return capacity.depth[k] > 0.0 && capacity.depth[k] >= assignment_.instances;
  }

  /// Whether what the gang held there since the step before is gone.
  bool is_lost(const CapacityPath& capacity, std::int64_t k) const {
    return capacity.lost[k] || (!capacity.least.empty() && capacity.least[k] < assignment_.instances);
  }

  // Spot stays where it is while that is up; else the first market of the list that is up, or the cheapest
  // of them by price ÷ throughput. −1: none is up.
  int choose_spot_market(std::int64_t k) const {
    if (held_ == State::spot) return market_;
    int chosen = -1;
    for (const int market : assignment_.markets) {
      if (!scenario_.markets[market].spot || !enough(markets_[market].spot, k)) continue;
      if (chosen < 0) {
        chosen = market;
      } else if (assignment_.choose == Choose::cheapest && markets_[market].spot_price[k] / throughput(market) <
                                                               markets_[chosen].spot_price[k] / throughput(chosen)) {
        chosen = market;
      }
    }
    return chosen;
  }

  // On-demand stays where it is; else the first market of the list that sells it, or the cheapest of them,
  // whether or not it can be launched there now. −1: none sells it.
  int choose_on_demand_market(std::int64_t k) const {
    if (held_ == State::on_demand) return market_;
    int chosen = -1;
    for (const int market : assignment_.markets) {
      if (!scenario_.markets[market].on_demand) continue;
      if (chosen < 0) {
        chosen = market;
      } else if (assignment_.choose == Choose::cheapest &&
                 markets_[market].on_demand_price[k] / throughput(market) <
                     markets_[chosen].on_demand_price[k] / throughput(chosen)) {
        chosen = market;
      }
    }
    return chosen;
  }

  // Reserved stays where it is while that is offered; else the first market of the list that offers enough. With
  // nothing to pay the cheapest is the first. −1: none does.
  int choose_reserved_market(std::int64_t k) const {
    int chosen = -1;
    for (std::size_t i = 0; i < assignment_.markets.size(); ++i) {
      if (terms_.offers[i][static_cast<std::size_t>(k)] < assignment_.instances) continue;
      const int market = assignment_.markets[i];
      if (held_ == State::reserved && market == market_) return market;
      if (chosen < 0) chosen = market;
    }
    return chosen;
  }

  // A stop or switch that the policy chooses saves first, at no cost; so does one without checkpoints.
  void hold(std::int64_t k, State wanted, int market) {
    if (wanted == held_ && (wanted == State::none || market == market_)) return;
    if (held_ != State::none) {
      saved_ += unsaved_;
      unsaved_ = 0.0;
      stop_billing(k);
    }
    held_ = wanted;
    if (wanted == State::none) return;
    if (market != last_market_ && saved_ + unsaved_ > 0.0) {
      bill_.charge(k, owner_, Category::egress, job_.state_gb * scenario_.markets[last_market_].egress_per_gb);
    }
    market_ = last_market_ = market;
    held_steps_ = 0.0;
    waste_price_ = price(k);
    begin_restart();
  }

  // Inside a step

  // Goes from event to event: the end of the restart, of an interval, of a write, of the work, an
  // interruption, the end of the step.
  void live_through(std::int64_t k) {
    double offset = 0.0;
    while (active_ && 1.0 - offset > noise) {
      const Phase now = phase();
      const double step_left = 1.0 - offset;
      const double hazard = interruptions_per_step();
      const double to_interruption = hazard > 0.0 ? until_interruption_ / hazard : infinity;
      if (to_interruption < std::min(phase_left(), step_left)) {
        pass(k, to_interruption, hazard);
        offset += to_interruption;
        interrupt_by_clock(k);
        continue;
      }
      const bool ends = phase_left() <= step_left + noise || (now == Phase::work && finishes_within(step_left));
      const double passed = std::min(phase_left(), step_left);
      pass(k, passed, hazard);
      offset += passed;
      if (ends) end_phase(now, k, offset);
    }
  }

  // Work that would end within the tolerance after a step ends with it.
  bool finishes_within(double steps) const {
    return work_left() / work_per_step(market_) <= steps + time_tolerance &&
           interval_steps() - since_checkpoint_ > steps;
  }

  enum class Phase { restart, write, work };

  Phase phase() const {
    if (restart_left_ > 0.0) return Phase::restart;
    return write_left_ > 0.0 ? Phase::write : Phase::work;
  }

  double phase_left() const {
    if (phase() == Phase::restart) return restart_left_;
    if (phase() == Phase::write) return write_left_;
    return std::min(work_left() / work_per_step(market_), interval_steps() - since_checkpoint_);
  }

  void pass(std::int64_t k, double steps, double hazard) {
    until_interruption_ -= steps * hazard;
    held_steps_ += steps;
    use(k, steps);
    if (phase() == Phase::restart) {
      restart_left_ -= steps;
      path_.restart_cost += waste_of(steps);
    } else if (phase() == Phase::write) {
      write_left_ -= steps;
    } else {
      unsaved_ += steps * work_per_step(market_);
      since_checkpoint_ += steps;
    }
  }

  // Work finished exactly at the end of an interval needs no write.
  void end_phase(Phase ended, std::int64_t k, double offset) {
    if (ended == Phase::restart) {
      restart_left_ = 0.0;
    } else if (ended == Phase::write) {
      write_left_ = 0.0;
      complete_checkpoint();
    } else if (work_left() / work_per_step(market_) <= (offset >= 1.0 - noise ? time_tolerance : noise)) {
      finish_attempt(k, offset);
    } else if (checkpoint()->write_seconds > 0.0) {
      write_left_ = in_steps(checkpoint()->write_seconds);
    } else {
      complete_checkpoint();
    }
  }

  void complete_checkpoint() {
    saved_ += unsaved_;
    unsaved_ = 0.0;
    since_checkpoint_ = 0.0;
  }

  // Interruptions

  // The hazards of all instances of the gang add up; reclaims come only to spot.
  double reclaims_per_hour() const { return held_ == State::spot ? markets_[market_].reclaims_per_hour : 0.0; }
  double interruptions_per_step() const {
    return assignment_.instances * (reclaims_per_hour() + markets_[market_].failures_per_hour) * scenario_.step_hours();
  }

  void interrupt_by_clock(std::int64_t k) {
    until_interruption_ = clock_.exponential();
    const double failures = markets_[market_].failures_per_hour;
    const bool is_reclaim = clock_.uniform() * (reclaims_per_hour() + failures) >= failures;
    interrupt(k, is_reclaim);
    waste_price_ = price(k);
    held_steps_ = 0.0;
    begin_restart();
  }

  // The loss of a spot market is a reclaim with notice.
  void lose_spot(std::int64_t k) {
    interrupt(k, true);
    held_ = State::none;
  }

  // Hardware failures come without notice. An interruption within a write loses the interval being written.
  void interrupt(std::int64_t k, bool is_reclaim) {
    ++path_.interruptions;
    if (!saves_when_interrupted(is_reclaim)) {
      const double lost_steps = unsaved_ / work_per_step(market_);
      path_.lost_hours += lost_steps * scenario_.step_hours();
      path_.lost_work_cost += waste_of(lost_steps);
      unsaved_ = 0.0;
    }
    saved_ += unsaved_;
    unsaved_ = 0.0;
    stop_billing(k);
  }

  bool saves_when_interrupted(bool is_reclaim) const {
    if (!checkpoint()) return false;
    if (checkpoint()->interval_seconds == 0.0) return true;
    return is_reclaim && scenario_.markets[market_].spot->notice_seconds >= checkpoint()->write_seconds;
  }

  // Money: use at the step's price; what rounding adds when a run of instances ends, at that step's price

  double price(std::int64_t k) const {
    if (held_ == State::reserved) return 0.0;
    return held_ == State::spot ? markets_[market_].spot_price[k] : markets_[market_].on_demand_price[k];
  }
  double cost_of(std::int64_t k, double steps) const { return instance_hours(steps) * price(k); }
  double waste_of(double steps) const { return instance_hours(steps) * waste_price_; }
  double instance_hours(double steps) const { return assignment_.instances * steps * scenario_.step_hours(); }
  Category category() const { return held_ == State::spot ? Category::spot : Category::on_demand; }
  Purchase purchase() const {
    if (held_ == State::reserved) return Purchase::reserved;
    return held_ == State::spot ? Purchase::spot : Purchase::on_demand;
  }

  // Use is what is billed, the rounding of a run's end included.
  void use(std::int64_t k, double steps) {
    const double hours = instance_hours(steps);
    path_.use_hours[market_][static_cast<int>(purchase())] += hours;
    bill_.charge(k, owner_, category(), cost_of(k, steps));
    if (held_ == State::spot) return;
    for (Use& use : uses_) {
      if (use.market != market_) continue;
      use.hours[static_cast<std::size_t>(k)] += hours;
      use.list_cost[static_cast<std::size_t>(k)] += cost_of(k, steps);
    }
  }

  /// Increments within which a run ends at one: many of them a step are told apart no finer than instants are.
  static double increment_tolerance(double increments_per_step) {
    return std::clamp(increments_per_step * 0x1p-18, time_tolerance, 1.0 / 16.0);
  }

  void tell_uses() const { terms_.uses->insert(terms_.uses->end(), uses_.begin(), uses_.end()); }

  void stop_billing(std::int64_t k) {
    const scenario::Market& market = scenario_.markets[market_];
    const double seconds = held_steps_ * scenario_.step_seconds;
    double billed = seconds;
    if (market.billing_increment_seconds > 0.0) {
      const double increment = market.billing_increment_seconds;
      billed = std::ceil(seconds / increment - increment_tolerance(scenario_.step_seconds / increment)) * increment;
    }
    billed = std::max({billed, seconds, market.billing_minimum_seconds});
    use(k, in_steps(billed - seconds));
    held_steps_ = 0.0;
  }

  // Work

  double throughput(int market) const {
    for (const scenario::MarketRate& rate : job_.throughput) {
      if (rate.market == market) return law_at(rate.rate, 0.0);
    }
    return 1.0;
  }
  /// Instance-hours of work (at throughput 1) that the gang does in one step.
  double work_per_step(int market) const {
    return throughput(market) * terms_.speedup * std::pow(assignment_.instances, 1.0 + std::log2(job_.scaling)) *
           scenario_.step_hours();
  }
  double work_left() const { return runs_[run_].work_instance_hours - saved_ - unsaved_; }

  const std::optional<scenario::Checkpoint>& checkpoint() const { return assignment_.checkpoint; }
  double interval_steps() const {
    if (!checkpoint() || checkpoint()->interval_seconds == 0.0) return infinity;
    return in_steps(checkpoint()->interval_seconds);
  }

  const scenario::Scenario& scenario_;
  const scenario::JobAssignment& assignment_;
  const scenario::Job& job_;
  const std::vector<MarketPath>& markets_;
  const std::vector<RunDraw>& runs_;
  Stream clock_;
  const int owner_;
  Bill& bill_;
  const JobTerms& terms_;
  const std::int64_t steps_;
  const std::vector<double> releases_;
  std::vector<double> deadlines_;  ///< in steps; the horizon where there is none
  const double restart_steps_;

  std::size_t run_ = 0;  ///< the one in progress, or the next
  bool active_ = false;
  double last_end_ = 0.0;
  int attempts_left_ = 0;

  State held_ = State::none;
  int market_ = 0;            ///< of what is held
  int last_market_ = 0;       ///< where the run last ran; the first of its list before any start
  double held_steps_ = 0.0;   ///< since this uninterrupted run of instances began
  double waste_price_ = 0.0;  ///< when it began, or at the start of the current 32 steps

  double until_interruption_ = 0.0;     ///< unit-exponential clock
  double restart_left_ = 0.0;           ///< steps
  double write_left_ = 0.0;             ///< steps
  double since_checkpoint_ = 0.0;       ///< steps of run time in this interval
  double saved_ = 0.0, unsaved_ = 0.0;  ///< instance-hours of work at throughput 1

  std::vector<Use> uses_;  ///< by its markets; of on-demand, or reserved

  JobPath path_;
};

}  // namespace

JobPath simulate_job(const scenario::Scenario& scenario, const scenario::JobAssignment& assignment,
                     const std::vector<MarketPath>& markets, const std::vector<RunDraw>& runs, Stream clock, int owner,
                     Bill& bill, const JobTerms& terms) {
  return Gang(scenario, assignment, markets, runs, clock, owner, bill, terms).live();
}

}  // namespace costrisk::reference
