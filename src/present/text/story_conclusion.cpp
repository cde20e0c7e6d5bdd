// What made a path expensive: categories of cost first, then what stands behind them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/story.hpp"
#include "src/present/text/story_words.hpp"

namespace costrisk::present {

namespace {

double sum_of(const run::Series& series) {
  double sum = 0.0;
  for (const float value : series) sum += static_cast<double>(value);
  return sum;
}

double instance_hours(const std::vector<run::Holding>& holdings, Purchase purchase, double step_hours) {
  double hours = 0.0;
  for (const run::Holding& holding : holdings)
    if (holding.purchase == purchase) hours += sum_of(holding.instances) * step_hours;
  return hours;
}

/// Whether two figures differ enough to speak of, and more than `least`.
bool differ(double a, double b, double least) {
  return std::abs(a - b) > least && std::abs(a - b) > 0.1 * std::max(std::abs(a), std::abs(b));
}

class Conclusion {
 public:
  Conclusion(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median,
             const Story& story)
      : scenario_(scenario), timeline_(timeline), median_(median), story_(story) {}

  std::vector<std::string> sentences() {
    if (timeline_.path == median_.path) {
      report_median();
      report_draws();
      return sentences_;
    }
    report_categories();
    for (std::size_t j = 0; j < timeline_.jobs.size(); ++j) report_job(timeline_.jobs[j], median_.jobs[j]);
    for (std::size_t i = 0; i < timeline_.services.size(); ++i)
      report_service(timeline_.services[i], median_.services[i]);
    report_repricing();
    report_draws();
    return sentences_;
  }

 private:
  std::string money(double amount) const { return money_with_unit(amount, scenario_.currency); }

  void report_median() {
    const Standing& standing = story_.standing;
    if (standing.paths == 1)
      sentences_.push_back("There is no other future to compare it with.");
    else if (standing.equal == standing.paths)
      sentences_.push_back("Every future costs the same: there is nothing to compare it with.");
    else if (standing.equal > 1)
      sentences_.push_back(fmt::format(
          "This is the median future itself: of {} futures {} cost less, {} as much and {} more.",
          count(standing.paths), count(standing.cheaper), count(standing.equal), count(standing.more_expensive())));
    else
      sentences_.push_back("This is the median future itself: half of all futures cost more, half of them less.");
  }

  void report_categories() {
    const double difference = story_.cost - story_.median_cost;
    if (difference == 0.0) {
      sentences_.push_back("It costs as much as the median future.");
      return;
    }
    std::vector<CategoryDifference> causes = story_.categories;
    const auto part = [&](const CategoryDifference& c) { return (c.cost - c.median_cost) / difference; };
    std::stable_sort(causes.begin(), causes.end(), [&](const auto& a, const auto& b) { return part(a) > part(b); });
    std::vector<std::string> words, against;
    for (const CategoryDifference& cause : causes) {
      const double more = cause.cost - cause.median_cost;
      if (part(cause) >= 0.05 && words.size() < 3)
        words.push_back(
            fmt::format("{} {} for {}", money(std::abs(more)), more > 0.0 ? "more" : "less", cause.category));
      if (part(cause) <= -0.1)
        against.push_back(
            fmt::format("{} {} for {}", money(std::abs(more)), more > 0.0 ? "more" : "less", cause.category));
    }
    std::string sentence = fmt::format("It costs {} {} than the median future: {}", money(std::abs(difference)),
                                       difference > 0.0 ? "more" : "less", listed(words));
    if (!against.empty()) sentence += fmt::format(", though {}", listed(against));
    sentences_.push_back(sentence + ".");
  }

  void report_job(const run::JobTimeline& job, const run::JobTimeline& usual) {
    const std::string& name = scenario_.jobs[static_cast<std::size_t>(job.job)].name;
    const double step = timeline_.step_hours;
    std::vector<std::string> words;
    const std::string held = holdings_words(job.holdings, usual.holdings);
    if (!held.empty()) words.push_back(held);
    if (differ(job.interruptions, usual.interruptions, 1.0))
      words.push_back(fmt::format("was interrupted {} {} (median {})", job.interruptions,
                                  job.interruptions == 1 ? "time" : "times", usual.interruptions));
    if (differ(job.lost_steps * step, usual.lost_steps * step, 1.0))
      words.push_back(
          fmt::format("lost {} of work ({})", span_words(job.lost_steps * step), span_words(usual.lost_steps * step)));
    if (job.late != usual.late)
      words.push_back(job.runs > 1
                          ? fmt::format("was late in {} of {} runs ({})", job.late, job.runs, usual.late)
                          : std::string(job.late > 0 ? "was late (median on time)" : "was on time (median late)"));
    if (!words.empty()) sentences_.push_back(fmt::format("{} {}.", name, listed(words)));
    report_capacity(job);
  }

  /// "held 1412 instance-hours on-demand (median 264) and 606 on spot (median 1228)"; empty where they do not differ.
  std::string holdings_words(const std::vector<run::Holding>& here, const std::vector<run::Holding>& there) const {
    std::vector<std::string> words;
    for (const auto& [purchase, how] :
         {std::pair(Purchase::on_demand, "on-demand"), std::pair(Purchase::spot, "on spot")}) {
      const double hours = instance_hours(here, purchase, timeline_.step_hours),
                   usual = instance_hours(there, purchase, timeline_.step_hours);
      if (differ(hours, usual, 10.0))
        words.push_back(fmt::format("{}{} {} (median {})", amount_words(hours), words.empty() ? " instance-hours" : "",
                                    how, amount_words(usual)));
    }
    return words.empty() ? "" : "held " + listed(words);
  }

  /// How much of the time spot was there, in the markets that a job could use.
  void report_capacity(const run::JobTimeline& job) {
    std::vector<std::string> words;
    for (std::size_t m = 0; m < timeline_.markets.size(); ++m) {
      const run::MarketTimeline& market = timeline_.markets[m];
      const bool used = std::any_of(job.holdings.begin(), job.holdings.end(), [&](const run::Holding& holding) {
        return holding.market == market.market && traits_of(holding.purchase).limit == CapacityLimit::use;
      });
      if (!used || market.spot_up.empty() || market.spot_up.size() != median_.markets[m].spot_up.size()) continue;
      const auto share = [](const std::vector<std::uint8_t>& up) {
        return static_cast<double>(std::count(up.begin(), up.end(), 1)) / static_cast<double>(up.size());
      };
      const double here = share(market.spot_up), there = share(median_.markets[m].spot_up);
      if (std::abs(here - there) > 0.05)
        words.push_back(fmt::format("{:.0f} % of the time in {} (median {:.0f} %)", 100.0 * here,
                                    scenario_.markets[static_cast<std::size_t>(market.market)].name, 100.0 * there));
    }
    if (!words.empty()) sentences_.push_back(fmt::format("Spot capacity was there {}.", listed(words)));
  }

  void report_service(const run::ServiceTimeline& service, const run::ServiceTimeline& usual) {
    const std::string& name = scenario_.services[static_cast<std::size_t>(service.service)].name;
    const auto asked = [](const run::ServiceTimeline& s) { return sum_of(s.served) + sum_of(s.unserved); };
    std::vector<std::string> words;
    const double here = asked(service), there = asked(usual);
    if (differ(here, there, 1.0))
      words.push_back(fmt::format("was asked {} requests (median {})", amount_words(here), amount_words(there)));
    const auto figure = [&](double a, double b, const char* verb, const char* what) {
      if (differ(a, b, 10.0))
        words.push_back(fmt::format("{} {} {} ({})", verb, amount_words(a), what, amount_words(b)));
    };
    figure(sum_of(service.unserved), sum_of(usual.unserved), "left", "requests unserved");
    figure(sum_of(service.overflowed), sum_of(usual.overflowed), "sent", "requests to serverless");
    const std::string held = holdings_words(service.pools, usual.pools);
    if (!held.empty()) words.push_back(held);
    if (!words.empty()) sentences_.push_back(fmt::format("{} {}.", name, listed(words)));
  }

  void report_repricing() {
    std::vector<std::string> words;
    for (std::size_t m = 0; m < timeline_.markets.size(); ++m) {
      const auto product = [](const run::MarketTimeline& market) {
        double all = 1.0;
        for (const float factor : market.repricing) all *= static_cast<double>(factor);
        return all;
      };
      const double here = product(timeline_.markets[m]), there = product(median_.markets[m]);
      if (std::abs(here - there) > 0.02)
        words.push_back(fmt::format("×{:.2f} in {} (median ×{:.2f})", here,
                                    scenario_.markets[static_cast<std::size_t>(timeline_.markets[m].market)].name,
                                    there));
    }
    if (!words.empty()) sentences_.push_back(fmt::format("List prices ended at {}.", listed(words)));
  }

  void report_draws() {
    std::vector<std::string> words;
    for (const DrawWords& draw : story_.draws) {
      if (draw.extremity < 0.8 || words.size() == 3) break;
      words.push_back(draw.value.empty() ? fmt::format("{} ({})", draw.unknown, draw.words)
                                         : fmt::format("{}, {} ({})", draw.unknown, draw.value, draw.words));
    }
    if (!words.empty()) sentences_.push_back(fmt::format("Unusual among what was drawn: {}.", fmt::join(words, "; ")));
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const run::Timeline& median_;
  const Story& story_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> conclude(const scenario::Scenario& scenario, const run::Timeline& timeline,
                                  const run::Timeline& median, const Story& story) {
  return Conclusion(scenario, timeline, median, story).sentences();
}

}  // namespace costrisk::present
