// A job's records become sentences: an interruption is told together with how the job goes on.
#include <fmt/format.h>

#include <algorithm>

#include "src/report/story_events.hpp"
#include "src/report/story_words.hpp"

namespace costrisk::report {

namespace {

using run::JobRecord;
using Kind = JobRecord::Kind;

bool interrupts(Kind kind) { return kind == Kind::capacity_lost || kind == Kind::reclaimed || kind == Kind::failed; }

class JobStory {
 public:
  JobStory(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::JobTimeline& job,
           std::vector<StoryEvent>& events)
      : scenario_(scenario),
        timeline_(timeline),
        job_(job),
        name_(scenario.jobs[static_cast<std::size_t>(job.job)].name),
        has_deadline_(scenario.jobs[static_cast<std::size_t>(job.job)].deadline_seconds.has_value()),
        events_(events) {}

  void tell() {
    for (std::size_t i = 0; i < job_.records.size(); ++i) tell_record(i);
    if (job_.never_done == 0) return;
    const double horizon = static_cast<double>(timeline_.steps());
    const std::string what =
        job_.runs > 1 ? fmt::format("{} of the {} runs of {} are not done", job_.never_done, job_.runs, name_)
                      : fmt::format("{} is not done, {} of its work is left", name_, left_at(horizon));
    add(horizon, what + ", when the horizon ends", milestone);
  }

 private:
  void add(double step, const std::string& words, double weight) {
    events_.push_back({step * timeline_.step_hours, words, weight});
  }
  double hours(double steps) const { return steps * timeline_.step_hours; }
  const JobRecord* next(std::size_t i) const { return i + 1 < job_.records.size() ? &job_.records[i + 1] : nullptr; }

  static std::string bought(const JobRecord& record) {
    return record.purchase == Purchase::reserved ? "its own capacity"
                                                 : purchase_names[static_cast<std::size_t>(record.purchase)];
  }
  std::string place(const JobRecord& record) const {
    return bought(record) + " in " + scenario_.markets[static_cast<std::size_t>(record.market)].name;
  }
  /// "train", or "run 2 of train".
  std::string run_name(int run) const { return job_.runs > 1 ? fmt::format("run {} of {}", run, name_) : name_; }

  std::string left_at(double step) const {
    const auto place = static_cast<std::size_t>(std::max(step, 1.0)) - 1;
    const double left = 1.0 - static_cast<double>(job_.progress[std::min(place, job_.progress.size() - 1)]);
    return fmt::format("{:.{}f} %", 100.0 * left, left < 0.1 ? 1 : 0);
  }

  void tell_record(std::size_t i) {
    const JobRecord& record = job_.records[i];
    switch (record.kind) {
      case Kind::released:
        if (record.step > 0.0) add(record.step, run_name(record.run) + " is released", 30.0);
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
        add(record.step, run_name(record.run) + " does not please and starts over", milestone);
        return;
      case Kind::finished:
        finish(record);
        return;
    }
  }

  /// A start that no interruption or change tells of.
  void begin(std::size_t i) {
    const JobRecord& record = job_.records[i];
    const Kind before = i > 0 ? job_.records[i - 1].kind : Kind::released;
    if (before == Kind::left || interrupts(before)) return;
    const double waited = i > 0 ? record.step - job_.records[i - 1].step : record.step;
    std::string words = fmt::format("{} starts on {}", run_name(record.run), place(record));
    if (hours(waited) >= timeline_.step_hours) words += fmt::format(" after a wait of {}", span_words(hours(waited)));
    add(record.step, words, i < 2 ? milestone : 30.0 + hours(waited));
  }

  /// Whose event it is, where the plan has more than one workload: "train: ".
  std::string prefix() const { return timeline_.jobs.size() + timeline_.services.size() > 1 ? name_ + ": " : ""; }

  /// What comes after a loss or a change: "; 3.2 h later on-demand in p4d-west".
  std::string sequel(std::size_t i, double& waited) const {
    const JobRecord* after = next(i);
    const double step = job_.records[i].step;
    if (!after || after->kind != Kind::taken) {
      waited = static_cast<double>(timeline_.steps()) - step;
      return "; waits to the end";
    }
    waited = after->step - step;
    const std::string where = after->market == job_.records[i].market ? bought(*after) : place(*after);
    return waited < 0.5 ? "; at once " + where : fmt::format("; {} later {}", span_words(hours(waited)), where);
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
        record.kind == Kind::capacity_lost && after && after->kind == Kind::taken && after->purchase != record.purchase;
    add(record.step, words, hours(waited + record.lost_steps) + (switches ? held_hours(i + 1) : 0.0));
  }

  void leave(std::size_t i) {
    const JobRecord& record = job_.records[i];
    double waited = 0.0;
    const JobRecord* after = next(i);
    std::string words;
    if (after && after->kind == Kind::taken && after->step - record.step < 0.5)
      words = fmt::format("{} switches from {} to {}", name_,
                          after->market == record.market ? bought(record) : place(record), place(*after));
    else
      words = fmt::format("{} lets go of {}", name_, place(record)) + sequel(i, waited);
    add(record.step, words, hours(waited) + held_hours(i + 1));
  }

  /// For how long what a record takes is held.
  double held_hours(std::size_t i) const {
    if (i >= job_.records.size()) return 0.0;
    for (std::size_t j = i + 1; j < job_.records.size(); ++j)
      if (job_.records[j].kind == Kind::left || job_.records[j].kind == Kind::capacity_lost ||
          job_.records[j].kind == Kind::finished)
        return hours(job_.records[j].step - job_.records[i].step);
    return hours(static_cast<double>(timeline_.steps()) - job_.records[i].step);
  }

  /// The deadline, where the run that is released here is not done by then.
  void deadline(std::size_t released) {
    const JobRecord& record = job_.records[released];
    const auto horizon = static_cast<double>(timeline_.steps());
    if (!has_deadline_ || record.deadline_step >= horizon) return;
    for (std::size_t i = released; i < job_.records.size(); ++i)
      if (job_.records[i].kind == Kind::finished && job_.records[i].run == record.run &&
          hours(job_.records[i].step - record.deadline_step) <= 0.01)
        return;
    add(record.deadline_step,
        fmt::format("the deadline of {} passes, {} of its work is left", run_name(record.run),
                    left_at(record.deadline_step)),
        milestone);
  }

  void finish(const JobRecord& record) {
    std::string words = run_name(record.run) + " is done";
    const double early = hours(record.deadline_step - record.step);
    if (has_deadline_) {
      if (early >= 1.0 / 60.0)
        words += fmt::format(", {} before its deadline", span_words(early));
      else if (early <= -1.0 / 60.0)
        words += fmt::format(", {} late", span_words(-early));
      else
        words += ", just in time";
    }
    add(record.step, words, milestone);
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const run::JobTimeline& job_;
  const std::string& name_;
  bool has_deadline_;
  std::vector<StoryEvent>& events_;
};

}  // namespace

void add_job_events(const scenario::Scenario& scenario, const run::Timeline& timeline,
                    std::vector<StoryEvent>& events) {
  for (const run::JobTimeline& job : timeline.jobs) JobStory(scenario, timeline, job, events).tell();
}

}  // namespace costrisk::report
