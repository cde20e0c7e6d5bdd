// A job's records become sentences: an interruption is reported together with how the job goes on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/story_events.hpp"
#include "src/present/text/story_words.hpp"

namespace costrisk::present {

namespace {

using run::JobRecord;
using Kind = JobRecord::Kind;

bool interrupts(Kind kind) { return kind == Kind::capacity_lost || kind == Kind::reclaimed || kind == Kind::failed; }

class JobStory {
 public:
  JobStory(const scenario::Scenario& scenario, const run::Timeline& timeline, std::size_t place, const PathMoney& money,
           std::vector<StoryEvent>& events)
      : scenario_(scenario),
        timeline_(timeline),
        job_(timeline.jobs[place]),
        described_(scenario.jobs[static_cast<std::size_t>(job_.job)]),
        name_(described_.name),
        has_deadline_(described_.deadline_seconds.has_value()),
        place_(place),
        money_(money),
        events_(events) {
    for (const scenario::JobAssignment& assignment : scenario.plans[static_cast<std::size_t>(timeline.plan)].jobs) {
      if (assignment.job != job_.job) continue;
      instances_ = assignment.instances;
      for (const Purchase purchase : {Purchase::on_demand, Purchase::spot})
        if (hour_worth_ == 0.0) hour_worth_ = instances_ * money.price(assignment.markets.front(), purchase, 0.0);
    }
  }

  void report() {
    for (std::size_t i = 0; i < job_.records.size(); ++i) report_record(i);
    report_together();
    if (job_.never_done == 0) return;
    const std::string what = job_.runs > 1
                                 ? fmt::format("{} of the {} runs of {} {} not done", job_.never_done, job_.runs, name_,
                                               job_.never_done == 1 ? "is" : "are")
                                 : fmt::format("{} is not done, {} of its work is left", name_, left_at(end()));
    add(end(), what + ", when the horizon ends", money_.of_plan(0.0, end()));
  }

 private:
  /// Of one kind, as they come.
  struct Together {
    std::size_t count = 0;
    double step = 0.0;  ///< of the first
    double lost_steps = 0.0, weight = 0.0;
  };

  void add(double step, const std::string& words, double weight) {
    events_.push_back({step * timeline_.step_hours, words, weight});
  }
  double end() const { return static_cast<double>(timeline_.steps()); }

  /// The first start and the end of a job that runs once: reported, unless there are very many of them.
  double milestone() const {
    return money_.of_plan(0.0, end()) / static_cast<double>(timeline_.jobs.size() + timeline_.services.size());
  }
  double waiting(double steps) const { return wait_weight * hours(steps) * hour_worth_; }
  /// Of a run that ends so long after its deadline.
  double penalty(double late_hours) const { return late_hours * described_.late_penalty_per_hour; }
  double late_weight(double late_hours) const { return penalty(late_hours) + wait_weight * late_hours * hour_worth_; }

  /// What a change of purchase moves until the next one.
  double moved(const JobRecord& before, std::size_t after) const {
    if (after >= job_.records.size() || job_.records[after].kind != Kind::taken) return 0.0;
    const JobRecord& taken = job_.records[after];
    return held_hours(after) * std::abs(price(taken, taken.step) - price(before, taken.step));
  }
  /// Currency an hour of what a record says is held.
  double price(const JobRecord& record, double step) const {
    if (record.parts.empty()) return instances_ * money_.price(record.market, record.purchase, step);
    double sum = 0.0;
    for (const run::GangPart& part : record.parts)
      sum += part.instances * money_.price(part.market, part.purchase, step);
    return sum;
  }

  /// Interruptions, and runs that are done, where there are many of them.
  void report_together() {
    if (interruptions_.count >= fewest_reported_together)
      add(interruptions_.step,
          fmt::format("the first of {} interruptions of {}, {} of work lost in all", interruptions_.count, name_,
                      span_words(hours(interruptions_.lost_steps))),
          interruptions_.weight);
    if (job_.runs < 2 || done_ == 0) return;
    std::string words =
        fmt::format("{} of the {} runs of {} {} done by now", done_, job_.runs, name_, done_ == 1 ? "is" : "are");
    if (has_deadline_) words += done_late_ == 0 ? ", none of them late" : fmt::format(", {} of them late", done_late_);
    if (const double all = penalty(late_hours_); all > 0.0)
      words += fmt::format(": penalty {}", money_with_unit(all, scenario_.currency));
    add(last_done_, words, money_.of_job(place_, 0.0, end()));
  }
  double hours(double steps) const { return steps * timeline_.step_hours; }
  const JobRecord* next(std::size_t i) const { return i + 1 < job_.records.size() ? &job_.records[i + 1] : nullptr; }

  static std::string bought(Purchase purchase) {
    return traits_of(purchase).coverage == Coverage::capacity ? "its own capacity"
                                                              : purchase_names[static_cast<std::size_t>(purchase)];
  }
  std::string place(int market, Purchase purchase) const {
    return bought(purchase) + " in " + scenario_.markets[static_cast<std::size_t>(market)].name;
  }
  /// "spot in east", or of a split gang "4 of its own capacity in block and 2 of spot in east".
  std::string place(const JobRecord& record) const {
    if (record.parts.size() < 2) return place(record.market, record.purchase);
    std::vector<std::string> parts;
    for (const run::GangPart& part : record.parts)
      parts.push_back(fmt::format("{} of {}", part.instances, place(part.market, part.purchase)));
    return listed(parts);
  }
  /// What is held after a record, without its market where that is the same.
  std::string place_after(const JobRecord& record, const JobRecord& after) const {
    const bool whole = record.parts.size() < 2 && after.parts.size() < 2;
    return whole && after.market == record.market ? bought(after.purchase) : place(after);
  }
  static bool holds_other(const JobRecord& record, const JobRecord& after) {
    return after.purchase != record.purchase || after.parts != record.parts;
  }
  /// "train", or "run 2 of train".
  std::string run_name(int run) const { return job_.runs > 1 ? fmt::format("run {} of {}", run, name_) : name_; }

  std::string left_at(double step) const {
    const auto place = static_cast<std::size_t>(std::max(step, 1.0)) - 1;
    const double left = 1.0 - static_cast<double>(job_.progress[std::min(place, job_.progress.size() - 1)]);
    return fmt::format("{:.{}f} %", 100.0 * left, left < 0.1 ? 1 : 0);
  }

  void report_record(std::size_t i) {
    const JobRecord& record = job_.records[i];
    switch (record.kind) {
      case Kind::released:
        if (record.step > 0.0) add(record.step, run_name(record.run) + " is released", 0.0);
        attempt_step_ = record.step;
        deadline(i);
        return;
      case Kind::taken:
        begin(i);
        return;
      case Kind::left:
        leave(i);
        return;
      case Kind::capacity_lost:
      case Kind::reclaimed:
      case Kind::failed:
        interruption(i);
        return;
      case Kind::starts_over:
        add(record.step, run_name(record.run) + " fails and starts over",
            money_.of_job(place_, attempt_step_, record.step));
        attempt_step_ = record.step;
        return;
      case Kind::finished:
        finish(record);
        return;
    }
  }

  /// A start that no interruption or change reports.
  void begin(std::size_t i) {
    const JobRecord& record = job_.records[i];
    const Kind before = i > 0 ? job_.records[i - 1].kind : Kind::released;
    if (before == Kind::left || interrupts(before)) return;
    const double waited = i > 0 ? record.step - job_.records[i - 1].step : record.step;
    std::string words =
        fmt::format("{} starts {}{}", run_name(record.run),
                    is_at_list_price(record.purchase) && record.parts.size() < 2 ? "" : "on ", place(record));
    if (hours(waited) >= timeline_.step_hours) words += fmt::format(" after a wait of {}", span_words(hours(waited)));
    add(record.step, words,
        waiting(waited) + (i >= 2           ? 0.0
                           : job_.runs == 1 ? milestone()
                                            : money_.of_job(place_, 0.0, end()) / job_.runs));
  }

  /// Whose event it is, where the plan has more than one workload: "train: ".
  std::string prefix() const { return timeline_.jobs.size() + timeline_.services.size() > 1 ? name_ + ": " : ""; }

  /// What comes after a loss or a change: "; 3.2 h later on-demand in p4d-west".
  std::string sequel(std::size_t i, double& waited) const {
    const JobRecord* after = next(i);
    const double step = job_.records[i].step;
    if (!after || after->kind != Kind::taken) {
      waited = end() - step;
      return "; waits to the end";
    }
    waited = after->step - step;
    const std::string where = place_after(job_.records[i], *after);
    return waited < 0x1p-10 ? "; at once " + where : fmt::format("; {} later {}", span_words(hours(waited)), where);
  }

  void interruption(std::size_t i) {
    const JobRecord& record = job_.records[i];
    const std::string& market = scenario_.markets[static_cast<std::size_t>(record.market)].name;
    const std::string what = record.kind == Kind::capacity_lost ? "spot gone in " + market
                             : record.kind == Kind::reclaimed   ? "reclaimed in " + market
                                                                : "hardware failure in " + market;
    std::string words = fmt::format("{}{}, {}", prefix(), what,
                                    record.lost_steps > 0.0 ? span_words(hours(record.lost_steps)) + " of work lost"
                                    : record.saved          ? "work saved"
                                                            : "no work lost");
    double waited = 0.0;
    if (record.kind == Kind::capacity_lost)
      words += sequel(i, waited);
    else
      words += "; restarts at once";
    const JobRecord* after = next(i);
    const bool switches =
        record.kind == Kind::capacity_lost && after && after->kind == Kind::taken && holds_other(record, *after);
    const double weight =
        hours(record.lost_steps) * hour_worth_ + waiting(waited) + (switches ? moved(record, i + 1) : 0.0);
    add(record.step, words, weight);
    if (interruptions_.count++ == 0) interruptions_.step = record.step;
    interruptions_.lost_steps += record.lost_steps;
    interruptions_.weight += weight;
  }

  void leave(std::size_t i) {
    const JobRecord& record = job_.records[i];
    double waited = 0.0;
    const JobRecord* after = next(i);
    std::string words;
    if (after && after->kind == Kind::taken && after->step - record.step < 0.5)
      words = fmt::format(
          "{} switches from {} to {}", name_,
          after->market == record.market && record.parts.size() < 2 ? bought(record.purchase) : place(record),
          place(*after));
    else
      words = fmt::format("{} lets go of {}", name_, place(record)) + sequel(i, waited);
    add(record.step, words, waiting(waited) + moved(record, i + 1));
  }

  /// For how long what a record takes is held.
  double held_hours(std::size_t i) const {
    if (i >= job_.records.size()) return 0.0;
    for (std::size_t j = i + 1; j < job_.records.size(); ++j)
      if (job_.records[j].kind == Kind::left || job_.records[j].kind == Kind::capacity_lost ||
          job_.records[j].kind == Kind::finished)
        return hours(job_.records[j].step - job_.records[i].step);
    return hours(end() - job_.records[i].step);
  }

  /// The deadline, where the run that is released here is not done by then.
  void deadline(std::size_t released) {
    const JobRecord& record = job_.records[released];
    if (!has_deadline_ || record.deadline_step >= end()) return;
    double done = end();
    for (std::size_t i = released; i < job_.records.size(); ++i)
      if (job_.records[i].kind == Kind::finished && job_.records[i].run == record.run) done = job_.records[i].step;
    const double late_hours = hours(done - record.deadline_step);
    if (late_hours <= 0.01) return;
    // Half, since the end of the run reports the same.
    add(record.deadline_step,
        fmt::format("the deadline of {} passes, {} of its work is left", run_name(record.run),
                    left_at(record.deadline_step)),
        0.5 * (late_weight(late_hours) + (job_.runs == 1 ? milestone() : 0.0)));
  }

  void finish(const JobRecord& record) {
    std::string words = run_name(record.run) + " is done";
    const double early = hours(record.deadline_step - record.step);
    double weight = job_.runs == 1 ? milestone() : 0.0;
    ++done_;
    last_done_ = record.step;
    if (has_deadline_) {
      if (early >= 1.0 / 60.0) {
        words += fmt::format(", {} before its deadline", span_words(early));
      } else if (early <= -1.0 / 60.0) {
        words += fmt::format(", {} late", span_words(-early));
        if (penalty(-early) > 0.0)
          words += fmt::format(": penalty {}", money_with_unit(penalty(-early), scenario_.currency));
        weight += late_weight(-early);
        late_hours_ += -early;
        ++done_late_;
      } else {
        words += ", just in time";
      }
    }
    add(record.step, words, weight);
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const run::JobTimeline& job_;
  const scenario::Job& described_;
  const std::string& name_;
  bool has_deadline_;
  std::size_t place_;
  const PathMoney& money_;
  double instances_ = 1.0;
  double hour_worth_ = 0.0;  ///< currency an hour of all its instances
  double attempt_step_ = 0.0;
  Together interruptions_;
  int done_ = 0, done_late_ = 0;
  double last_done_ = 0.0, late_hours_ = 0.0;
  std::vector<StoryEvent>& events_;
};

}  // namespace

void add_job_events(const scenario::Scenario& scenario, const run::Timeline& timeline, const PathMoney& money,
                    std::vector<StoryEvent>& events) {
  for (std::size_t place = 0; place < timeline.jobs.size(); ++place)
    JobStory(scenario, timeline, place, money, events).report();
}

}  // namespace costrisk::present
