// The life of a gang: runs, policies, restarts, checkpoint cycles, interruptions, billing.
#include "tests/reference/job.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/laws.hpp"
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
        restart_steps_(in_steps(assignment.restart_seconds)) {
    path_.use_hours.resize(markets.size());
    path_.runs = static_cast<int>(releases_.size());
    for (const double release : releases_) {
      deadlines_.push_back(job_.deadline_seconds ? release + in_steps(*job_.deadline_seconds)
                                                 : static_cast<double>(steps_));
    }
    list_entries();
    last_market_ = entries_.front().market;
    for (std::size_t e = 0; terms.uses && e < entries_.size(); ++e) {
      if (entries_[e].buy == Purchase::spot || (entries_[e].buy == Purchase::on_demand && !may_be_bought(e))) continue;
      if (std::any_of(uses_.begin(), uses_.end(), [&](const Use& use) { return is_of(use, entries_[e]); })) continue;
      Use use;
      use.market = entries_[e].market;
      use.buy = entries_[e].buy;
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
      if (k % waste_price_steps == 0 && holds_any()) waste_price_ = price_of_all(held_, k);
      choose_what_to_hold(k);
      note_holding(k);
      if (holds_any()) live_through(k);
    }
    close_at_horizon();
    if (terms_.uses) tell_uses();
    if (terms_.taken) add_to_taken();
    return path_;
  }

 private:
  double in_steps(double seconds) const { return seconds / scenario_.step_seconds; }

  /// Something that the gang may take.
  struct Entry {
    int market;
    Purchase buy;
    double after_steps = 0.0;  ///< waits so long for something better
    std::size_t offer = 0;     ///< of one's own: which of the plan's offers to the job
  };

  /// What the gang holds of an entry; one that does not split holds all of it there.
  struct Part {
    int entry = 0;
    int instances = 0;
    double run_steps = 0.0;  ///< since it was taken, or since its last interruption
    double run_cost = 0.0;   ///< of them
  };
  using Mix = std::vector<Part>;

  Mix all_of(int entry) const { return entry < 0 ? Mix{} : Mix{{entry, assignment_.instances}}; }

  // In the order of the plan's list; a market of a list without ways to buy is what the policy may take there.
  void list_entries() {
    std::size_t i = 0;
    for (const scenario::JobPurchase& purchase : assignment_.purchases)
      entries_.push_back({purchase.market, purchase.buy, in_steps(purchase.after_seconds), i++});
    if (!entries_.empty()) return;
    const PolicyTraits policy = traits_of(assignment_.policy);
    for (const int market : assignment_.markets) {
      if (policy.takes_own) entries_.push_back({market, Purchase::reserved, 0.0, i});
      if (policy.takes_spot && scenario_.markets[market].spot) entries_.push_back({market, Purchase::spot});
      if (policy.takes_on_demand && scenario_.markets[market].on_demand)
        entries_.push_back({market, Purchase::on_demand});
      ++i;
    }
  }

  static bool is_of(const Use& use, const Entry& entry) { return use.market == entry.market && use.buy == entry.buy; }

  bool watches_deadline() const {
    return assignment_.policy == Policy::greedy || assignment_.policy == Policy::uniform_progress;
  }

  /// Whether the gang may ever hold these on-demand instances: none is looked for behind those that can always be had.
  bool may_be_bought(std::size_t entry) const {
    if (assignment_.choose == Choose::cheapest || !assignment_.purchases.empty() ||
        assignment_.upgrade != Upgrade::never)
      return true;
    for (std::size_t e = 0; e < entry; ++e)
      if (entries_[e].buy == Purchase::on_demand && !scenario_.markets[entries_[e].market].on_demand->capacity)
        return false;
    return true;
  }

  // Runs and attempts

  // A run starts with the first step start at or after its release and the end of the run before.
  std::int64_t first_step_of_next_run() const {
    return static_cast<std::int64_t>(std::ceil(snap(std::max(releases_[run_], last_end_), time_tolerance)));
  }

  void begin_run() {
    active_ = true;
    last_market_ = entries_.front().market;
    idle_since_ = std::max(releases_[run_], last_end_);
    attempts_left_ = runs_[run_].attempts;
    begin_attempt();
  }

  // A failed attempt starts the whole work over on the instances it holds and pays `restart` again;
  // policies see only the current attempt's work.
  void begin_attempt() {
    saved_ = unsaved_ = 0.0;
    stays_on_demand_ = false;
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
    held_.clear();
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
  // never started.
  void close_at_horizon() {
    if (run_ == releases_.size()) return;
    path_.finish_hours = infinity;
    for (std::size_t run = run_; run < releases_.size(); ++run) {
      ++path_.late;
      if (!job_.deadline_seconds) continue;
      const double late_steps = static_cast<double>(steps_) - deadlines_[run];
      if (late_steps > 0.0) charge_lateness(steps_ - 1, late_steps);
    }
    if (job_.unfinished == scenario::Job::Unfinished::buy_out) buy_out();
  }

  // What is left of the run in progress, unsaved progress kept, and all of those that wait, without checkpoints,
  // restarts and further attempts, at the last step's price of the first market that could launch the gang then; where
  // none could, of the first that sells on-demand.
  void buy_out() {
    double work = active_ ? work_left() : 0.0;
    for (std::size_t run = run_ + (active_ ? 1 : 0); run < releases_.size(); ++run)
      work += runs_[run].work_instance_hours;
    int chosen = -1;
    for (const int market : listed_markets()) {
      if (!scenario_.markets[market].on_demand) continue;
      const bool launches = can_launch(market, steps_ - 1);
      if (chosen < 0 || launches) chosen = market;
      if (launches) break;
    }
    if (chosen < 0) return;
    const double instance_steps = assignment_.instances * work / work_per_step(throughput(chosen));
    bill_.charge_at_horizon(owner_, Category::unfinished,
                            instance_steps * scenario_.step_hours() * markets_[chosen].on_demand_price.back());
  }

  std::vector<int> listed_markets() const {
    if (assignment_.purchases.empty()) return assignment_.markets;
    std::vector<int> markets;
    for (const Entry& entry : entries_) markets.push_back(entry.market);
    return markets;
  }

  // Policies: decided at step starts

  void choose_what_to_hold(std::int64_t k) {
    const State last = seen(sole());
    const bool held_before = holds_any();
    const Mix lost = parts_of([&](const Part& part) { return spot_is_lost(part, k); });
    if (!lost.empty()) lose_spot(k, static_cast<double>(k), lost);
    if (!parts_of([&](const Part& part) { return reserved_is_gone(part, k); }).empty()) hold(k, {});
    if (watches_deadline()) {
      watch_deadline(k, last);
    } else if (!holds_any()) {
      if (assignment_.split)
        hold(k, mix_to_take(k, [&](const Entry& entry) { return has_waited(entry, k); }));
      else if (assignment_.policy == Policy::in_order)
        hold(k, all_of(first_ready(k)));
      else
        hold(k, all_of(first_to_take(k, [](Purchase) { return true; })));
    } else if (held_before && assignment_.split) {
      move_to_better_mix(k);
    } else if (held_before) {
      hold_entry(k, upgraded(k));
    }
  }

  bool holds_any() const { return !held_.empty(); }
  /// The entry that a gang holds that does not split; −1: none.
  int sole() const { return held_.empty() ? -1 : held_.front().entry; }
  /// Holds that entry; one that it holds already as it stands.
  void hold_entry(std::int64_t k, int entry) {
    if (entry != sole()) hold(k, all_of(entry));
  }

  template <class Wanted>
  Mix parts_of(Wanted wanted) const {
    Mix parts;
    std::copy_if(held_.begin(), held_.end(), std::back_inserter(parts), wanted);
    return parts;
  }
  const Entry& entry_of(const Part& part) const { return entries_[static_cast<std::size_t>(part.entry)]; }
  bool is_spot(const Part& part) const { return entry_of(part).buy == Purchase::spot; }
  const MarketPath& path_of(const Part& part) const {
    return markets_[static_cast<std::size_t>(entry_of(part).market)];
  }

  // A gang that splits

  /// Of each entry as many as there are, until the gang is whole; nothing where it is not.
  template <class Ready>
  Mix mix_to_take(std::int64_t k, Ready ready) const {
    Mix mix;
    int lacking = assignment_.instances;
    for (std::size_t e = 0; e < entries_.size() && lacking > 0; ++e) {
      if (!ready(entries_[e])) continue;
      const int instances =
          static_cast<int>(std::min<double>(lacking, std::floor(snap(there_are(entries_[e], k), 0.0))));
      if (instances <= 0) continue;
      mix.push_back({static_cast<int>(e), instances});
      lacking -= instances;
    }
    return lacking > 0 ? Mix{} : mix;
  }

  void move_to_better_mix(std::int64_t k) {
    if (assignment_.upgrade == Upgrade::never) return;
    const Mix other = mix_to_take(k, [](const Entry& entry) { return entry.after_steps == 0.0; });
    if (other.empty()) return;
    const auto held_of = [](const Mix& mix, std::size_t e) {
      int instances = 0;
      for (const Part& part : mix)
        if (part.entry == static_cast<int>(e)) instances += part.instances;
      return instances;
    };
    int more = 0;
    for (std::size_t e = 0; e < entries_.size() && more == 0; ++e) more = held_of(other, e) - held_of(held_, e);
    if (more == 0) return;
    if (assignment_.upgrade == Upgrade::always) {
      if (more > 0) hold(k, other);
      return;
    }
    const double hour = scenario_.step_hours();
    const double now = price_of_all(held_, k) * work_left() / work_per_step(pace_of(held_)) * hour;
    const double then = price_of_all(other, k) * (work_left() / work_per_step(pace_of(other)) + restart_steps_) * hour;
    if (then + egress_to(other) < now) hold(k, other);
  }

  // A gang that does not

  void watch_deadline(std::int64_t k, State last) {
    const auto is_gamble = [](Purchase buy) { return buy != Purchase::on_demand; };
    const auto is_sure = [](Purchase buy) { return buy == Purchase::on_demand; };
    const int gamble = seen(sole()) == State::spot ? sole() : first_to_take(k, is_gamble);
    Tick tick;
    tick.elapsed = static_cast<double>(k) - releases_[run_];
    tick.deadline = deadlines_[run_] - releases_[run_] - in_steps(3600.0 * terms_.margin_hours);
    look_at_work(k, tick);
    tick.restart = restart_steps_;
    tick.restart_left = restart_left_;
    tick.last = last;
    tick.current = seen(sole());
    tick.keeps_up = throughput(market_) >= throughput(market_that_counts(k));
    tick.spot_up = gamble >= 0;
    switch (stays_on_demand_ ? State::on_demand : decide(assignment_.policy, tick)) {
      case State::none:
        hold(k, {});
        break;
      case State::spot:
        hold_entry(k, gamble);
        break;
      case State::on_demand:
        // Where none can be launched the gang is left with nothing and waits; what runs stays.
        if (!holds(Purchase::on_demand)) hold(k, all_of(first_to_take(k, is_sure)));
        break;
    }
    // With the slack gone for two restarts on-demand is kept to the end of the attempt.
    if (holds(Purchase::on_demand) && slack_is_gone_for_two_restarts(tick)) stays_on_demand_ = true;
  }

  /// What a policy that watches the deadline sees of an entry: one's own is a gamble as spot is.
  State seen(int entry) const {
    if (entry < 0) return State::none;
    return entries_[entry].buy == Purchase::on_demand ? State::on_demand : State::spot;
  }
  bool holds(Purchase buy) const { return holds_any() && entry_of(held_.front()).buy == buy; }

  /// Instances that can be had there now.
  double there_are(const Entry& entry, std::int64_t k) const {
    switch (entry.buy) {
      case Purchase::spot:
        return markets_[entry.market].spot.depth[k] - spot_taken(entry.market, k);
      case Purchase::on_demand:
        return launchable(entry.market, k);
      case Purchase::reserved:
        break;
    }
    return terms_.offers[entry.offer][static_cast<std::size_t>(k)];
  }
  /// Whether the whole gang can be had there now.
  bool can_take(const Entry& entry, std::int64_t k) const { return is_enough(there_are(entry, k)); }

  /// The first of the list that can take the gang now, or the cheapest of them by price ÷ throughput. −1: none can.
  template <class Wanted>
  int first_to_take(std::int64_t k, Wanted wanted) const {
    return best_entry(k, [&](const Entry& entry) { return wanted(entry.buy) && can_take(entry, k); });
  }
  template <class Wanted>
  int best_entry(std::int64_t k, Wanted wanted) const {
    const auto price_of_work = [&](int e) { return price(entries_[e], k) / throughput(entries_[e].market); };
    int chosen = -1;
    for (int e = 0; e < static_cast<int>(entries_.size()); ++e) {
      if (!wanted(entries_[e])) continue;
      if (chosen < 0 || (assignment_.choose == Choose::cheapest && price_of_work(e) < price_of_work(chosen)))
        chosen = e;
    }
    return chosen;
  }

  /// The first that can take the gang now and for which it has waited long enough. −1: none.
  int first_ready(std::int64_t k) const {
    for (int e = 0; e < static_cast<int>(entries_.size()); ++e) {
      if (has_waited(entries_[e], k) && can_take(entries_[e], k)) return e;
    }
    return -1;
  }
  bool has_waited(const Entry& entry, std::int64_t k) const {
    return static_cast<double>(k) - idle_since_ >= entry.after_steps - time_tolerance;
  }

  /// What the gang holds from now on that has held something so far. Moves go to entries without a wait alone.
  int upgraded(std::int64_t k) const {
    const int held = sole();
    if (assignment_.upgrade == Upgrade::never) return held;
    const auto may_move_to = [&](int e) {
      return e != held && entries_[e].after_steps == 0.0 && can_take(entries_[e], k);
    };
    if (assignment_.upgrade == Upgrade::always) {
      for (int e = 0; e < held; ++e)
        if (may_move_to(e)) return e;
      return held;
    }
    const auto run_cost = [&](int e, double more_steps) {
      return assignment_.instances * price(entries_[e], k) *
             (work_left() / work_per_step(throughput(entries_[e].market)) + more_steps) * scenario_.step_hours();
    };
    int chosen = held;
    double least = run_cost(held, 0.0);
    for (int e = 0; e < static_cast<int>(entries_.size()); ++e) {
      if (!may_move_to(e)) continue;
      const double cost = run_cost(e, restart_steps_) + egress_to(all_of(e));
      if (cost < least) {
        chosen = e;
        least = cost;
      }
    }
    return chosen;
  }

  /// The whole work and what is left of it as the policy sees them: run time, and the pauses for checkpoints.
  void look_at_work(std::int64_t k, Tick& tick) const {
    const double done = saved_ + unsaved_;
    double whole = runs_[run_].work_instance_hours;
    if (assignment_.foresight == scenario::JobAssignment::Foresight::planned) {
      const double planned = law_at(job_.work_instance_hours, 0.0);
      if (done <= planned) whole = planned;
    }
    const double rate = work_per_step(throughput(market_that_counts(k)));
    const double since = holds_any() ? since_checkpoint_ : 0.0;
    const double passed = holds_any() && write_left_ > 0.0 ? write_steps() - write_left_ : 0.0;
    tick.total = whole / rate + pauses(whole / rate);
    tick.left = (whole - done) / rate + std::max(0.0, pauses((whole - done) / rate + since) - passed);
  }

  /// The pauses of a run time that begins with a cycle.
  double pauses(double run_time) const {
    if (std::isinf(interval_steps())) return 0.0;
    return write_steps() * std::max(0.0, std::ceil(snap(run_time / interval_steps(), 0.0)) - 1.0);
  }
  double write_steps() const { return checkpoint() ? in_steps(checkpoint()->write_seconds) : 0.0; }

  /// The market by whose throughput run time is counted: that of the on-demand held, else that which sells it, whether
  /// or not it can be launched there now.
  int market_that_counts(std::int64_t k) const {
    if (holds(Purchase::on_demand)) return market_;
    return entries_[best_entry(k, [](const Entry& entry) { return entry.buy == Purchase::on_demand; })].market;
  }

  // What those that stand first hold is taken for the whole step.
  double spot_taken(int market, std::int64_t k) const { return terms_.taken ? terms_.taken->spot(market, k) : 0.0; }
  double launchable(int market, std::int64_t k) const {
    return markets_[market].on_demand.depth[k] - (terms_.taken ? terms_.taken->on_demand(market, k) : 0.0);
  }
  bool can_launch(int market, std::int64_t k) const { return is_enough(launchable(market, k)); }
  bool is_enough(double instances) const { return instances > 0.0 && instances >= assignment_.instances; }

  /// Whether what the gang held since the step before is gone, or left to those that stand first.
  bool spot_is_lost(const Part& part, std::int64_t k) const {
    if (!is_spot(part)) return false;
    const CapacityPath& spot = path_of(part).spot;
    const double left = spot.least.empty() ? spot.depth[k] : spot.least[k];
    return spot.lost[k] || left - spot_taken(entry_of(part).market, k) < part.instances;
  }
  bool reserved_is_gone(const Part& part, std::int64_t k) const {
    return entry_of(part).buy == Purchase::reserved && there_are(entry_of(part), k) < part.instances;
  }

  void note_holding(std::int64_t k) {
    for (const Part& part : held_)
      if (entry_of(part).buy != Purchase::reserved) holdings_.push_back({k, part.entry, part.instances});
  }
  void add_to_taken() const {
    for (const Holding& holding : holdings_) {
      const Entry& entry = entries_[holding.entry];
      double& taken = entry.buy == Purchase::spot ? terms_.taken->spot(entry.market, holding.step)
                                                  : terms_.taken->on_demand(entry.market, holding.step);
      taken += holding.instances;
    }
  }

  // A stop or switch that the policy chooses saves first, at no cost; so does one without checkpoints.
  void hold(std::int64_t k, const Mix& mix) {
    if (holds_any()) {
      saved_ += unsaved_;
      unsaved_ = 0.0;
      stop_billing(k);
      idle_since_ = static_cast<double>(k);
    }
    held_ = mix;
    if (!holds_any()) return;
    bill_.charge(k, owner_, Category::egress, egress_to(held_));
    market_ = last_market_ = entry_of(held_.front()).market;
    waste_price_ = price_of_all(held_, k);
    age_hours_ = lived_hours_ = 0.0;
    begin_restart();
  }

  /// What it costs to start there, once progress has been made elsewhere.
  double egress_to(const Mix& mix) const {
    const bool stays =
        std::any_of(mix.begin(), mix.end(), [&](const Part& part) { return entry_of(part).market == last_market_; });
    if (stays || saved_ + unsaved_ <= 0.0) return 0.0;
    return job_.state_gb * scenario_.markets[last_market_].egress_per_gb;
  }

  // Inside a step

  // Goes from event to event: the end of the restart, of an interval, of a write, of the work, an
  // interruption, the loss of capacity, the end of the step.
  void live_through(std::int64_t k) {
    double offset = 0.0;
    while (active_ && 1.0 - offset > noise) {
      const double end = std::min(capacity_ends(k), life_ends(offset));
      if (end - offset <= noise) {
        if (capacity_ends(k) <= end) {
          const auto is_lost = [&](const Part& part) { return part_ends(part, k) <= end + time_tolerance; };
          return lose_spot(k, static_cast<double>(k) + end, parts_of(is_lost));
        }
        reclaim_all(k);
        continue;
      }
      const Phase now = phase();
      const double stays = end - offset;
      const double limit = std::min(phase_left(), stays);
      if (const double steps = steps_to_strike(k, limit); steps < limit) {
        pass(k, steps);
        offset += steps;
        interrupt_by_clock(k);
        continue;
      }
      const bool ends = phase_left() <= stays + noise || (now == Phase::work && finishes_within(stays));
      pass(k, limit);
      offset += limit;
      if (ends) end_phase(now, k, offset, end);
    }
  }

  /// Until when the gang may stay in this step: the loss of its capacity, the end of its lifetime, the end of the step.
  double capacity_ends(std::int64_t k) const {
    double end = 1.0;
    for (const Part& part : held_) end = std::min(end, part_ends(part, k));
    return end;
  }
  double part_ends(const Part& part, std::int64_t k) const {
    return is_spot(part) ? path_of(part).spot.lost_at(k, part.instances) : infinity;
  }
  /// On a step's start it comes once the policy has decided there.
  double life_ends(double offset) const {
    if (!holds(Purchase::spot)) return 1.0;
    const double end = offset + life_left_steps();
    return end < 1.0 - time_tolerance ? end : 1.0;
  }
  double life_left_steps() const {
    return (markets_[market_].lifetimes.most_hours - lived_hours_) / scenario_.step_hours();
  }

  // Work that would end within the tolerance after a stay ends with it.
  bool finishes_within(double steps) const {
    return work_left() / pace() <= steps + time_tolerance && interval_steps() - since_checkpoint_ > steps;
  }

  enum class Phase { restart, write, work };

  Phase phase() const {
    if (restart_left_ > 0.0) return Phase::restart;
    return write_left_ > 0.0 ? Phase::write : Phase::work;
  }

  double phase_left() const {
    if (phase() == Phase::restart) return restart_left_;
    if (phase() == Phase::write) return write_left_;
    return std::min(work_left() / pace(), interval_steps() - since_checkpoint_);
  }

  void pass(std::int64_t k, double steps) {
    until_interruption_ -= expected_strikes(k, steps);
    age_hours_ += steps * scenario_.step_hours();
    lived_hours_ += steps * scenario_.step_hours();
    for (Part& part : held_) {
      part.run_steps += steps;
      use(k, part, steps);
    }
    if (phase() == Phase::restart) {
      restart_left_ -= steps;
      path_.restart_cost += waste_of(steps);
    } else if (phase() == Phase::write) {
      write_left_ -= steps;
    } else {
      unsaved_ += steps * pace();
      since_checkpoint_ += steps;
    }
  }

  // Work finished exactly at the end of an interval needs no write.
  void end_phase(Phase ended, std::int64_t k, double offset, double end_of_stay) {
    if (ended == Phase::restart) {
      restart_left_ = 0.0;
    } else if (ended == Phase::write) {
      write_left_ = 0.0;
      complete_checkpoint();
    } else if (work_left() / pace() <= (offset >= end_of_stay - noise ? time_tolerance : noise)) {
      finish_attempt(k, offset);
    } else if (checkpoint()->write_seconds > 0.0) {
      write_left_ = write_steps();
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
  double expected_strikes(std::int64_t k, double steps) const {
    const double hours = steps * scenario_.step_hours();
    double sum = 0.0;
    for (const Part& part : held_) {
      double of_one = path_of(part).failures_per_hour * hours;
      const Lifetimes& lifetimes = path_of(part).lifetimes;
      if (is_spot(part))
        of_one += lifetimes.multiplier_at(k) * (lifetimes.hazard(age_hours_ + hours) - lifetimes.hazard(age_hours_));
      sum += part.instances * of_one;
    }
    return sum;
  }

  /// When the clock strikes, if that is within so many steps; else these.
  double steps_to_strike(std::int64_t k, double limit) const {
    if (expected_strikes(k, limit) <= until_interruption_) return limit;
    double low = 0.0, high = limit;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2.0;
      (expected_strikes(k, middle) < until_interruption_ ? low : high) = middle;
    }
    return low;
  }

  /// What strikes: one of the instances of a part.
  struct Strike {
    Part* part;
    bool is_reclaim;
    double rate;
  };
  Strike drawn_strike(std::int64_t k) {
    std::vector<Strike> strikes;
    double all = 0.0;
    for (const bool is_reclaim : {false, true}) {
      for (Part& part : held_) {
        if (is_reclaim && !is_spot(part)) continue;
        const Lifetimes& lifetimes = path_of(part).lifetimes;
        const double rate = is_reclaim ? lifetimes.multiplier_at(k) * lifetimes.hazard_per_hour(age_hours_)
                                       : path_of(part).failures_per_hour;
        strikes.push_back({&part, is_reclaim, part.instances * rate});
        if (std::isinf(rate)) return strikes.back();
        all += strikes.back().rate;
      }
    }
    double left = clock_.uniform() * all;
    for (const Strike& strike : strikes) {
      left -= strike.rate;
      if (left < 0.0) return strike;
    }
    return strikes.back();
  }

  // One instance is struck and replaced; the gang is then as old as one that will be struck next as likely.
  void interrupt_by_clock(std::int64_t k) {
    until_interruption_ = clock_.exponential();
    const Strike strike = drawn_strike(k);
    const double n = assignment_.instances;
    if (holds(Purchase::spot)) {
      const Lifetimes& lifetimes = path_of(held_.front()).lifetimes;
      age_hours_ = n > 1.0 ? lifetimes.age_of(lifetimes.hazard(age_hours_) * (n - 1.0) / n, age_hours_) : 0.0;
    }
    if (assignment_.instances == 1) lived_hours_ = 0.0;
    interrupt(strike.is_reclaim && saves_with_notice(entry_of(*strike.part).market));
    const double free = strike.is_reclaim && is_early(*strike.part) ? 1.0 / strike.part->instances : 0.0;
    stop_billing(k, *strike.part, free);
    begin_again(k);
  }

  // No instance lives longer than its market lets it.
  void reclaim_all(std::int64_t k) {
    age_hours_ = lived_hours_ = 0.0;
    interrupt(saves_with_notice(market_));
    for (Part& part : held_) stop_billing(k, part, is_early(part) ? 1.0 : 0.0);
    begin_again(k);
  }

  void begin_again(std::int64_t k) {
    waste_price_ = price_of_all(held_, k);
    begin_restart();
  }

  // The loss of spot capacity is a reclaim with notice.
  void lose_spot(std::int64_t k, double instant, const Mix& lost) {
    interrupt(std::all_of(lost.begin(), lost.end(),
                          [&](const Part& part) { return saves_with_notice(entry_of(part).market); }));
    for (Part& part : held_) {
      const bool is_lost = std::any_of(lost.begin(), lost.end(), [&](const Part& p) { return p.entry == part.entry; });
      stop_billing(k, part, is_lost && is_early(part) ? 1.0 : 0.0);
    }
    held_.clear();
    idle_since_ = instant;
  }

  /// Whether what ends now is free where its market ends it.
  bool is_early(const Part& part) const {
    if (!is_spot(part)) return false;
    const double free_within =
        scenario_.markets[static_cast<std::size_t>(entry_of(part).market)].spot->free_within_seconds;
    return free_within > 0.0 && part.run_steps <= in_steps(free_within) + time_tolerance;
  }

  // An interruption within a write loses the interval being written.
  void interrupt(bool has_notice) {
    ++path_.interruptions;
    if (!(has_notice || loses_nothing())) {
      const double lost_steps = unsaved_ / pace();
      path_.lost_hours += lost_steps * scenario_.step_hours();
      path_.lost_work_cost += waste_of(lost_steps);
      unsaved_ = 0.0;
    }
    saved_ += unsaved_;
    unsaved_ = 0.0;
  }

  bool loses_nothing() const { return checkpoint() && checkpoint()->interval_seconds == 0.0; }
  /// Hardware failures come without notice.
  bool saves_with_notice(int market) const {
    return checkpoint() && scenario_.markets[market].spot->notice_seconds >= checkpoint()->write_seconds;
  }

  // Money: use at the step's price; what rounding adds when a run of instances ends, at that step's price

  /// Of an hour of all parts.
  double price_of_all(const Mix& mix, std::int64_t k) const {
    double sum = 0.0;
    for (const Part& part : mix) sum += part.instances * price(entry_of(part), k);
    return sum;
  }
  double price(const Entry& entry, std::int64_t k) const {
    if (entry.buy == Purchase::reserved) return 0.0;
    return entry.buy == Purchase::spot ? markets_[entry.market].spot_price[k]
                                       : markets_[entry.market].on_demand_price[k];
  }
  double waste_of(double steps) const { return steps * scenario_.step_hours() * waste_price_; }
  Category category(const Part& part) const { return is_spot(part) ? Category::spot : Category::on_demand; }

  // Use is what is billed, the rounding of a run's end included.
  void use(std::int64_t k, Part& part, double steps) {
    const Entry& entry = entry_of(part);
    const double hours = part.instances * steps * scenario_.step_hours();
    const double cost = hours * price(entry, k);
    path_.use_hours[entry.market][static_cast<int>(entry.buy)] += hours;
    bill_.charge(k, owner_, category(part), cost);
    part.run_cost += cost;
    for (Use& use : uses_) {
      if (!is_of(use, entry)) continue;
      use.hours[static_cast<std::size_t>(k)] += hours;
      use.list_cost[static_cast<std::size_t>(k)] += cost;
    }
  }

  /// Increments within which a run ends at one: many of them a step are told apart no finer than instants are.
  static double increment_tolerance(double increments_per_step) {
    return std::clamp(increments_per_step * 0x1p-18, time_tolerance, 1.0 / 16.0);
  }

  void tell_uses() const { terms_.uses->insert(terms_.uses->end(), uses_.begin(), uses_.end()); }

  void stop_billing(std::int64_t k) {
    for (Part& part : held_) stop_billing(k, part, 0.0);
  }
  /// @param free share of what the run has come to that is not billed
  void stop_billing(std::int64_t k, Part& part, double free) {
    const scenario::Market& market = scenario_.markets[static_cast<std::size_t>(entry_of(part).market)];
    const double seconds = part.run_steps * scenario_.step_seconds;
    double billed = seconds;
    if (market.billing_increment_seconds > 0.0) {
      const double increment = market.billing_increment_seconds;
      billed = std::ceil(seconds / increment - increment_tolerance(scenario_.step_seconds / increment)) * increment;
    }
    billed = std::max({billed, seconds, market.billing_minimum_seconds});
    use(k, part, in_steps(billed - seconds));
    if (free > 0.0) bill_.charge(k, owner_, category(part), -free * part.run_cost);
    part.run_steps = part.run_cost = 0.0;
  }

  // Work

  double throughput(int market) const {
    for (const scenario::MarketRate& rate : job_.throughput) {
      if (rate.market == market) return law_at(rate.rate, 0.0);
    }
    return 1.0;
  }
  /// Instance-hours of work (at throughput 1) that the gang does in one step.
  double work_per_step(double throughput_of_one) const {
    return throughput_of_one * terms_.speedup * std::pow(assignment_.instances, 1.0 + std::log2(job_.scaling)) *
           scenario_.step_hours();
  }
  /// The throughput of the slowest part.
  double pace_of(const Mix& mix) const {
    double slowest = infinity;
    for (const Part& part : mix) slowest = std::min(slowest, throughput(entry_of(part).market));
    return slowest;
  }
  double pace() const { return work_per_step(pace_of(held_)); }
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

  std::vector<Entry> entries_;
  Mix held_;                  ///< in the order of the list; empty: nothing
  double idle_since_ = 0.0;   ///< since when nothing is held: the run was due, or something was held last; in steps
  int market_ = 0;            ///< of what is held, or was held last: of its first part
  int last_market_ = 0;       ///< where the run last ran; the first of its list before any start
  double waste_price_ = 0.0;  ///< an hour of all parts, when the gang started, or at the start of the current 32 steps

  bool stays_on_demand_ = false;  ///< to the end of the attempt

  double until_interruption_ = 0.0;     ///< unit-exponential clock
  double age_hours_ = 0.0;              ///< by which the gang's reclaims come
  double lived_hours_ = 0.0;            ///< of its oldest instance
  double restart_left_ = 0.0;           ///< steps
  double write_left_ = 0.0;             ///< steps
  double since_checkpoint_ = 0.0;       ///< steps of run time in this interval
  double saved_ = 0.0, unsaved_ = 0.0;  ///< instance-hours of work at throughput 1

  struct Holding {
    std::int64_t step;
    int entry, instances;
  };
  std::vector<Holding> holdings_;  ///< at the starts of steps

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
