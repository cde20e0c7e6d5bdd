// The decision memo: the plan to choose, what it may cost, what could go wrong, what would change the choice, and what
// was assumed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/present/page/distribution.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/actuals.hpp"
#include "src/present/text/drivers.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/lower/remaining.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present::html {

namespace {

/// A figure with its name, and a line below it.
std::string tile(const std::string& name, const std::string& figure, const std::string& note = "") {
  return fmt::format("<div class=\"tile\"><dt>{}</dt><dd><b>{}</b>{}</dd></div>", prose(name), escape(figure),
                     note.empty() ? "" : "<span>" + prose(note) + "</span>");
}

std::string list(const std::vector<std::string>& lines) {
  std::string html = "<ul>";
  for (const std::string& line : lines) html += "<li>" + prose(line) + "</li>";
  return html + "</ul>";
}

std::string part(const std::string& title, const std::string& content) {
  return fmt::format("<div class=\"part\"><h3>{}</h3>{}</div>", title, content);
}

/// Below it are nine of ten standard normal values.
constexpr double z_of_90_percent = 1.2815515655446004;

/// A price: its value, or where it is unknown its centre and what eight of ten futures lie between.
std::string price_words(const scenario::Law& law) {
  constexpr double z = z_of_90_percent;
  if (law.is_constant()) return price(law.mode);
  return fmt::format("{} ({} to {})", price(scenario::center_of(law)), price(scenario::quantile(law, 0.1, -z)),
                     price(scenario::quantile(law, 0.9, z)));
}

/// What an hour of a purchase costs.
std::string price_words(const scenario::Market& market, Purchase purchase) {
  const std::string unknown = "–", hour = "/h";
  switch (purchase) {
    case Purchase::on_demand:
      return market.on_demand ? price_words(market.on_demand->price) + hour : unknown;
    case Purchase::spot:
      if (!market.spot) return unknown;
      return market.spot->price ? price_words(market.spot->price->mean) + hour : "as its history has it";
    case Purchase::reserved:
      return unknown;
  }
  __builtin_unreachable();
}

class Memo {
 public:
  explicit Memo(const Material& material)
      : material_(material), plan_(material.summary.plans[material.featured]), summary_(material.summary) {}

  std::string markup(const std::string& charts) const {
    return fmt::format(
        "<section id=\"memo\" class=\"printed\" aria-labelledby=\"memo-title\"><h2 id=\"memo-title\" "
        "class=\"visually-hidden\">The decision</h2><div class=\"lead\">{}{}</div>{}<div class=\"glance\">{}{}{}</div>"
        "<div class=\"assumed\">{}{}</div>{}<p class=\"sign\">Decided: ☐ as above ☐ otherwise, namely<i></i>Name and "
        "date<i></i></p></section>\n",
        choice(), goals(), tiles(), charts, risks(), changes(), unknowns(), prices(), givens());
  }

 private:
  std::string money(double amount) const { return money_with_unit(amount, material_.currency()); }
  const results::Estimate& quantile(std::size_t level) const { return plan_.cost_quantile[level]; }

  /// What to do: the plan, and the verdict's first sentences.
  std::string choice() const {
    const Recommendation& recommendation = material_.recommendation;
    const char* kicker = recommendation.plan < 0 ? "No plan meets the goal; closest is"
                         : !recommendation.bounds.empty()
                             ? "Recommended: lowest mean cost among those that meet the goal"
                         : summary_.plans.size() > 1 ? "Recommended: lowest mean cost"
                                                     : "The plan";
    constexpr std::size_t enough = 110;
    std::string words;
    for (const std::string& sentence : verdict_.sentences) {
      if (words.size() > enough) break;
      words += (words.empty() ? "" : " ") + sentence;
    }
    return fmt::format(
        "<div><p class=\"kicker\">{}</p><p class=\"choice\">{}{}</p><p class=\"do\">{} <a href=\"#verdict\">The whole "
        "verdict</a></p></div>",
        kicker, swatch(static_cast<int>(material_.featured)), escape(plan_.plan), prose(words));
  }

  std::string goals() const {
    const Recommendation& recommendation = material_.recommendation;
    if (recommendation.bounds.empty()) return "";
    std::string html = "<div><p class=\"kicker\">The goal</p><ul class=\"goals\">";
    for (std::size_t b = 0; b < recommendation.bounds.size(); ++b) {
      const GoalBound& bound = recommendation.bounds[b];
      const bool met = recommendation.met[material_.featured][b];
      const double value = results::value_of(material_.results, material_.featured, bound.statistic);
      html += fmt::format("<li class=\"{}\"><span>{}</span> {}: {}</li>", met ? "met" : "missed",
                          met ? "met" : "missed", escape(bound.words), escape(percent(value)));
    }
    return html + "</ul></div>";
  }

  /// What it costs.
  std::string tiles() const {
    const Levels& levels = material_.levels;
    const auto& probabilities = summary_.probabilities;
    std::vector<std::string> tiles = {
        tile("Mean cost", money(plan_.cost_mean), "over " + duration(material_.results.context.horizon_hours))};
    if (levels.low != levels.high)
      tiles.push_back(tile(
          fmt::format("{:.0f} of 100 futures between",
                      100.0 * (probabilities[levels.high] - probabilities[levels.low])),
          fmt::format("{} – {}", money(quantile(levels.low).value), money(quantile(levels.high).value)),
          fmt::format("{} {}",
                      probabilities[levels.middle] == 0.5 ? "half of all below" : material_.level_name(levels.middle),
                      money(quantile(levels.middle).value))));
    if (plan_.over_budget && summary_.budget)
      tiles.push_back(tile(
          "Over the budget of " + money(*summary_.budget), percent(plan_.over_budget->value),
          fmt::format("by the sample {} to {}", percent(plan_.over_budget->low), percent(plan_.over_budget->high))));
    if (material_.tells_tail())
      tiles.push_back(
          tile("If it goes badly", money(plan_.cost_cvar[material_.tail()].value),
               fmt::format("mean of the most expensive {} % ({})",
                           results::percent_name(1.0 - probabilities[material_.tail()]), material_.tail_name())));
    if (const auto other = alternative(); other) {
      const double more = summary_.plans[*other].cost_mean - plan_.cost_mean;
      tiles.push_back(tile(
          "The next plan", fmt::format("{}{}", more < 0.0 ? "−" : "+", money(std::abs(more))),
          summary_.plans[*other].plan + (is_near_tie(*other) ? ", which cannot be told from it" : ", on average")));
    }
    if (plan_.commitments && plan_.commitments->obligation > 0.0)
      tiles.push_back(tile("Owed afterwards", money(plan_.commitments->obligation),
                           fmt::format("of which of no use: {}", money(plan_.commitments->stranded))));
    return fmt::format("<dl class=\"tiles\" style=\"--columns:{}\">{}</dl>", tiles.size(), fmt::join(tiles, ""));
  }

  bool is_near_tie(std::size_t plan) const {
    const std::vector<std::size_t>& ties = material_.recommendation.near_ties;
    return std::find(ties.begin(), ties.end(), plan) != ties.end();
  }

  /// The plan that one would take instead: of those that meet the goal too, the one of lowest mean cost.
  std::optional<std::size_t> alternative() const {
    const Recommendation& recommendation = material_.recommendation;
    std::optional<std::size_t> best;
    for (std::size_t plan = 0; plan < summary_.plans.size(); ++plan)
      if (plan != material_.featured && (recommendation.bounds.empty() || recommendation.meets_all(plan)) &&
          (!best || summary_.plans[plan].cost_mean < summary_.plans[*best].cost_mean))
        best = plan;
    return best;
  }

  std::string risks() const {
    std::vector<std::string> lines;
    if (plan_.over_budget && plan_.over_budget->value > 0.0 && summary_.budget)
      lines.push_back(fmt::format("It costs more than the budget of {} in {} of the futures; {} is {}.",
                                  money(*summary_.budget), percent(plan_.over_budget->value),
                                  material_.level_name(material_.tail()), money(quantile(material_.tail()).value)));
    std::vector<std::string> others;
    if (plan_.commitments && plan_.commitments->obligation > 0.0)
      others.push_back(
          fmt::format("{} is still owed when the horizon ends, of which {} will be of no use; {} of what "
                      "is committed is used until then.",
                      money(plan_.commitments->obligation), money(plan_.commitments->stranded),
                      percent(plan_.commitments->utilization)));
    waste(others);
    for (const std::string& warning : verdict_.warnings) others.push_back(warning);
    // What falls short gives way, from the least on: the rest is said once or not at all.
    constexpr std::size_t most_lines = 7, fewest_shortcomings = 3;
    const std::size_t taken = lines.size() + others.size();
    const std::size_t room = std::max(fewest_shortcomings, most_lines - std::min(most_lines, taken));
    const std::vector<Shortcoming> all = shortcomings();
    const std::size_t told = all.size() <= room ? all.size() : room - 1;
    for (std::size_t i = 0; i < told; ++i) lines.push_back(all[i].words);
    if (told < all.size())
      lines.push_back(fmt::format("{} more of its budgets, jobs and services fall short, in {} at most.",
                                  all.size() - told, percent(all[told].share)));
    lines.insert(lines.end(), others.begin(), others.end());
    if (lines.empty()) lines.push_back("No future that was simulated is over a budget, late, or without an answer.");
    return part("What could go wrong", list(lines));
  }

  /// A budget, job or service that does not keep to what is asked of it.
  struct Shortcoming {
    double share = 0.0;  ///< of futures, runs or requests
    std::string words;
  };
  /// @returns the worst first
  std::vector<Shortcoming> shortcomings() const {
    std::vector<Shortcoming> all;
    const auto add = [&all](double share, std::string words) {
      if (share > 0.0) all.push_back({share, std::move(words)});
    };
    for (const results::BudgetSummary& budget : plan_.budgets)
      if (!plan_.over_budget || !material_.scenario || !is_budget_of_all(*material_.scenario, budget.budget))
        add(budget.over.value,
            fmt::format("The budget “{}” is broken in {} of the futures.", budget.budget, percent(budget.over.value)));
    for (const results::JobSummary& job : plan_.jobs)
      add(job.late, fmt::format("{} is late or unfinished in {} of its runs.", job.job, percent(job.late)));
    for (const results::ServiceSummary& service : plan_.services) {
      add(1.0 - service.served,
          fmt::format("{}: {} of requests get no answer.", service.service, percent(1.0 - service.served)));
      add(1.0 - service.within, fmt::format("{}: {} of requests are not answered within the objective.",
                                            service.service, percent(1.0 - service.within)));
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Shortcoming& x, const Shortcoming& y) { return x.share > y.share; });
    return all;
  }

  void waste(std::vector<std::string>& lines) const {
    double sum = 0.0, paid = 0.0;
    for (std::size_t kind = 0; kind < waste_kind_count; ++kind)
      if (is_avoidable(static_cast<WasteKind>(kind)))
        sum += material_.results.waste_mean[material_.featured * waste_kind_count + kind];
    for (const double amount : material_.results.context.actual_category) paid += amount;
    if (sum > 0.0)
      lines.push_back(fmt::format("{}, {} of the mean cost{}, is spent to no use.", money(sum),
                                  percent(sum / (plan_.cost_mean - paid)),
                                  paid > 0.0 ? " of what is still to come" : ""));
  }

  /// What would have to be otherwise for another plan to be chosen, each computed from the results.
  std::string changes() const {
    std::vector<std::string> lines;
    const Recommendation& recommendation = material_.recommendation;
    for (std::size_t b = 0; b < recommendation.bounds.size(); ++b)
      if (!recommendation.met[material_.featured][b])
        lines.push_back(fmt::format(
            "It misses the goal by {}, where {} was asked for: who accepts that, or can mend it, "
            "has a plan.",
            accepted_words(material_.featured, recommendation.bounds[b]), percent(recommendation.bounds[b].limit)));
    budget_for_goal(lines);
    for (std::size_t other = 0; other < summary_.plans.size(); ++other) {
      const double less = summary_.plans[material_.featured].cost_mean - summary_.plans[other].cost_mean;
      if (other == material_.featured || less <= 0.0) continue;
      std::vector<std::string> accepted;
      for (std::size_t b = 0; b < recommendation.bounds.size(); ++b)
        if (!recommendation.met[other][b])
          accepted.push_back(fmt::format("{} instead of {}", accepted_words(other, recommendation.bounds[b]),
                                         percent(recommendation.bounds[b].limit)));
      if (!accepted.empty())
        lines.push_back(fmt::format("Whoever accepts {} saves {} on average with {}.", fmt::join(accepted, " and "),
                                    money(less), summary_.plans[other].plan));
    }
    const std::vector<std::string> turns = driver_turns(material_);
    constexpr std::size_t most_lines = 4;
    if (lines.size() + turns.size() > most_lines)
      lines.resize(std::min(lines.size(), most_lines - std::min(turns.size(), most_lines / 2)));
    lines.insert(lines.end(), turns.begin(), turns.end());
    if (lines.size() > most_lines) lines.resize(most_lines);
    if (!recommendation.near_ties.empty() && lines.size() < most_lines)
      lines.push_back("More futures: others cannot be told from it by mean cost yet.");
    if (lines.empty())
      lines.push_back(summary_.plans.size() == 1
                          ? "There is no other plan to choose."
                          : "Nothing that this run has: no other plan costs less on average, and no single unknown "
                            "turns the order.");
    return part("What would change it", list(lines));
  }

  std::string accepted_words(std::size_t plan, const GoalBound& bound) const {
    const double value = results::value_of(material_.results, plan, bound.statistic);
    const std::string subject = bound.statistic.substr(bound.statistic.find('.') + 1);
    if (bound.statistic == "over_budget") return percent(value) + " of futures over the budget";
    if (bound.statistic.starts_with("budget."))
      return fmt::format("the budget {} broken in {} of futures", subject, percent(value));
    if (bound.side == GoalBound::Side::at_least)
      return fmt::format("{} of requests to {} {}", percent(value), subject, bound.answered);
    return std::isnan(value) ? subject + " not being run"
                             : fmt::format("{} late in {} of its runs", subject, percent(value));
  }

  void budget_for_goal(std::vector<std::string>& lines) const {
    for (const GoalBound& bound : material_.recommendation.bounds) {
      if (bound.statistic != "over_budget" || bound.limit <= 0.0 || bound.limit >= 1.0) continue;
      const CostDistribution cost(material_.tally, static_cast<int>(material_.featured));
      const double needed = cost.quantile(1.0 - bound.limit);
      lines.push_back(bound.holds(results::value_of(material_.results, material_.featured, bound.statistic))
                          ? fmt::format("With a budget below {}, {} would go over it in more than {} % of the futures.",
                                        money(needed), plan_.plan, results::percent_name(bound.limit))
                          : fmt::format("With a budget of {}, {} would go over it in no more than {} % of the futures.",
                                        money(needed), plan_.plan, results::percent_name(bound.limit)));
    }
  }

  /// The unknowns that weigh most, each with a picture of its distribution.
  std::string unknowns() const {
    constexpr std::size_t most = 4;
    std::vector<const results::DriverSummary*> drivers = leading_drivers(plan_, most);
    for (const results::DriverSummary& driver : plan_.drivers)
      if (drivers.size() < most && !driver.stands_out) drivers.push_back(&driver);
    std::string html = "<div><h3>What was assumed, where it is not known</h3>";
    if (drivers.empty())
      return html +
             "<p class=\"hint\">No value of this scenario is unknown and the same all through a future: what "
             "spread there is comes from what fluctuates, such as prices, capacity and failures.</p></div>";
    html += "<ul class=\"shapes\">";
    for (const results::DriverSummary* driver : drivers) html += "<li>" + unknown(*driver) + "</li>";
    return html +
           "</ul><p class=\"hint\">Heights: how likely a value was taken to be. Percent: the share of the variance "
           "of cost that is due to it. <a href=\"#drivers\">All unknowns</a></p></div>";
  }

  std::string unknown(const results::DriverSummary& driver) const {
    const bool chance = driver.sort == results::DriverSort::chance;
    std::string range, picture = fmt::format("<span class=\"shape\" data-shape=\"{}\"></span>", escape(driver.driver));
    const results::ResultsContext& context = material_.results.context;
    const auto place = static_cast<std::size_t>(
        std::find(context.drivers.begin(), context.drivers.end(), driver.driver) - context.drivers.begin());
    if (chance) {
      // The mean cost lies between those of its two cases, the nearer to the likelier.
      const double share =
          std::clamp((plan_.cost_mean - driver.highest.mean) / (driver.lowest.mean - driver.highest.mean), 0.0, 1.0);
      if (std::isfinite(share)) {
        range = fmt::format("in {} of the futures", percent(share));
        picture = fmt::format("<span class=\"bar\"><i style=\"width:{:.1f}%\"></i></span>", 100.0 * share);
      }
    } else
      range = fmt::format("{}3 of 4 between {} and {}", driver.driver.starts_with("factor.") ? "standard normal, " : "",
                          driver_value(context.driver_bin_low[place * driver_bins + 2]),
                          driver_value(context.driver_bin_high[place * driver_bins + driver_bins - 3]));
    const std::string ends =
        fmt::format("cost {} {}, {} {}", money(driver.lowest.mean), chance ? "if so" : "where lowest",
                    money(driver.highest.mean), chance ? "if not" : "where highest");
    return fmt::format(
        "<span class=\"who\">{}</span><b>{}</b>{}<span class=\"ends\">{}</span><span class=\"ends\">{}</span>",
        escape(label_of(driver)), escape(variance_percent(driver.share)), picture, prose(range), prose(ends));
  }

  std::string prices() const {
    if (!material_.scenario) return "";
    Table table;
    table.caption = fmt::format("What {} pays, in {}", plan_.plan, material_.currency());
    table.columns = {"what", "bought", "price", "as of", "hours"};
    table.text_columns = 2;
    constexpr std::size_t most_rows = 8;
    const std::size_t left_out = price_rows(table, most_rows);
    return "<div><h3>What was assumed, as given: prices</h3><div class=\"basis\">" + table_markup(table) +
           (left_out > 0
                ? fmt::format("<p class=\"hint\">{} more in <a href=\"#assumptions\">the scenario</a></p>", left_out)
                : "") +
           "</div></div>";
  }

  /// The rest of what the figures rest on.
  std::string givens() const {
    std::vector<std::string> lines;
    if (material_.scenario) {
      const scenario::Scenario& scenario = *material_.scenario;
      std::string from = instant(0.0, scenario.start);
      from = from.substr(0, from.find(','));
      lines.push_back(
          fmt::format("{} from {}, in steps of {:g} min; upfront payments are counted {}.",
                      duration(material_.results.context.horizon_hours), from, 60.0 * material_.results.step_hours,
                      scenario.accounting == scenario::Accounting::billed ? "when paid" : "spread over their term"));
      if (const std::string paid = paid_words(material_.results); !paid.empty())
        lines.push_back(paid + ", by the bills; the futures go on from there.");
      demands(lines);
    }
    lines.push_back(
        fmt::format("{} drawn with seed {}. The chances say nothing about prices, demand or plans that are "
                    "given wrongly.",
                    counted(summary_.paths, "future"), material_.results.context.seed));
    return "<div class=\"part given\">" + list(lines) + "</div>";
  }

  /// From where demands grow: as planned, or where what was paid ends.
  void demands(std::vector<std::string>& lines) const {
    constexpr std::size_t most_demands = 4;
    const scenario::Scenario& scenario = *material_.scenario;
    const std::vector<scenario::Continued> continued =
        scenario.actuals ? scenario::continued_demands(scenario) : std::vector<scenario::Continued>();
    for (std::size_t i = 0; i < scenario.demands.size() && i < most_demands; ++i) {
      const scenario::Demand& demand = scenario.demands[i];
      const auto goes_on = std::find_if(continued.begin(), continued.end(),
                                        [&](const scenario::Continued& c) { return c.demand == demand.name; });
      const std::string from =
          goes_on == continued.end()
              ? price_words(demand.base) + " requests a second to begin with"
              : fmt::format("{} requests a second from there on, {}", rounded_number(goes_on->base),
                            goes_on->is_measured ? "as measured" : "as planned");
      lines.push_back(fmt::format("{}: {}, growing {} a month.", demand.name, from, growth(demand.growth_per_month)));
    }
  }

  static std::string growth(const scenario::Law& law) {
    constexpr double z = z_of_90_percent;
    const auto points = [](double share) { return fmt::format("{:.3g} %", 100.0 * share); };
    if (law.is_constant()) return points(law.mode);
    return fmt::format("{} ({} to {})", points(scenario::center_of(law)), points(scenario::quantile(law, 0.1, -z)),
                       points(scenario::quantile(law, 0.9, z)));
  }

  /// Whether one of the plan's services has it beside its pools.
  bool is_overflow(const scenario::Serverless& offer) const {
    const scenario::Scenario& scenario = *material_.scenario;
    for (const scenario::Plan& plan : scenario.plans)
      for (const scenario::ServiceAssignment& service : plan.services)
        if (plan.name == plan_.plan && service.overflow >= 0 &&
            &scenario.serverless[static_cast<std::size_t>(service.overflow)] == &offer)
          return true;
    return false;
  }

  /// Contracts first, then what is used most.
  /// @returns how many rows found no room
  std::size_t price_rows(Table& table, std::size_t most) const {
    const scenario::Scenario& scenario = *material_.scenario;
    const std::string hour = "/h";
    std::vector<TableRow> rows;
    const auto market_words = [](const scenario::Market& market) {
      std::string words = market.name;
      if (!market.instance.empty() && market.instance != market.name) words += ", " + market.instance;
      return words;
    };
    const auto known = [](const std::string& text) { return text.empty() ? std::string("–") : text; };
    for (const scenario::Plan& plan : scenario.plans) {
      if (plan.name != plan_.plan) continue;
      for (const scenario::Commitment& commitment : plan.commitments) {
        const scenario::Market& market = scenario.markets[static_cast<std::size_t>(commitment.market)];
        rows.push_back(
            {-1,
             {market_words(market),
              fmt::format("{} for {}", commitment.instances, duration(commitment.term_seconds / seconds_per_hour)),
              price(commitment.price_per_hour) + hour +
                  (commitment.upfront > 0.0 ? ", " + money(commitment.upfront) + " upfront" : ""),
              known(market.as_of), "–"}});
      }
      for (const scenario::SavingsPlan& savings : plan.savings_plans)
        rows.push_back({-1,
                        {"savings plan", "committed for " + duration(savings.term_seconds / seconds_per_hour),
                         price(savings.spend_per_hour) + hour, "–", "–"}});
    }
    const results::Results& results = material_.results;
    const std::size_t markets = results.context.markets.size();
    const std::size_t purchases =
        results.use_hours_mean.empty() ? 0 : results.use_hours_mean.size() / (summary_.plans.size() * markets);
    std::vector<std::pair<double, TableRow>> used;
    for (std::size_t m = 0; m < markets && m < scenario.markets.size(); ++m) {
      const scenario::Market& market = scenario.markets[m];
      for (std::size_t p = 0; p < purchases; ++p) {
        const double time = results.use_hours_mean[(material_.featured * markets + m) * purchases + p];
        if (!(time > 0.0)) continue;
        used.push_back({time,
                        {-1,
                         {market_words(market), purchase_names[p], price_words(market, static_cast<Purchase>(p)),
                          known(market.as_of), count(static_cast<std::uint64_t>(std::llround(time)))}}});
      }
    }
    std::stable_sort(used.begin(), used.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (auto& [time, row] : used) rows.push_back(std::move(row));
    for (const scenario::Serverless& offer : scenario.serverless) {
      if (!is_overflow(offer)) continue;
      rows.push_back(
          {-1,
           {offer.name, "serverless",
            scenario::highest(offer.per_request) > 0.0
                ? price_words(offer.per_request) + " a request"
                : fmt::format("{} in, {} out per million", price(scenario::center_of(offer.input_per_million)),
                              price(scenario::center_of(offer.output_per_million))),
            "–", "–"}});
    }
    const std::size_t shown = std::min(rows.size(), most);
    table.rows.assign(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown));
    return rows.size() - shown;
  }

  const Material& material_;
  const results::PlanSummary& plan_;
  const results::Summary& summary_;
  const Verdict verdict_ = verdict(material_.results);
};

Table comparison_table(const Material& material) {
  const results::Summary& summary = material.summary;
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans) amounts.push_back(plan.cost_quantile[material.tail()].value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  std::vector<std::size_t> levels = {material.levels.low, material.levels.middle, material.levels.high};
  if (material.tail() != material.levels.high) levels.push_back(material.tail());
  bool late = false, served = false, within = false, owed = false;
  for (const results::PlanSummary& plan : summary.plans) {
    late = late || !std::isnan(plan.late);
    served = served || !plan.services.empty();
    within = within || !std::isnan(plan.within);
    owed = owed || results::owes_much(summary, plan);
  }
  Table table;
  table.caption = fmt::format("All plans over {}, cost in {}", counted(summary.paths, "future"), unit.name);
  if (!material.tells_tail()) table.caption += ". " + withheld_tail(material);
  table.columns = {"plan"};
  for (const std::size_t level : levels) table.columns.push_back(material.level_name(level));
  if (material.tells_tail()) table.columns.push_back(material.tail_name());
  if (summary.budget) table.columns.push_back(results::heading_of(&results::Results::over_budget));
  if (late) table.columns.push_back(results::heading_of(&results::Results::late));
  if (served) table.columns.push_back(results::heading_of(&results::Results::served));
  if (within) table.columns.push_back(results::heading_of(&results::Results::within));
  if (owed) table.columns.push_back(results::heading_of(&results::Results::obligation));
  table.columns.push_back("cheapest in");
  if (!material.recommendation.bounds.empty()) table.columns.push_back("goal");
  for (std::size_t p = 0; p < summary.plans.size(); ++p) {
    const results::PlanSummary& plan = summary.plans[p];
    TableRow row{static_cast<int>(p), {plan.plan}};
    for (const std::size_t level : levels) row.cells.push_back(money(plan.cost_quantile[level].value, unit));
    if (material.tells_tail()) row.cells.push_back(money(plan.cost_cvar[material.tail()].value, unit));
    if (plan.over_budget) row.cells.push_back(percent(plan.over_budget->value));
    if (late) row.cells.push_back(plan.jobs.empty() ? "–" : percent(plan.late));
    if (served) row.cells.push_back(plan.services.empty() ? "–" : percent(plan.served));
    if (within) row.cells.push_back(std::isnan(plan.within) ? "–" : percent(plan.within));
    if (owed) row.cells.push_back(money(plan.commitments ? plan.commitments->obligation : 0.0, unit));
    row.cells.push_back(percent(plan.cheapest));
    if (!material.recommendation.bounds.empty())
      row.cells.push_back(material.recommendation.meets_all(p) ? "met" : "missed");
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

Section plans_section(const Material& material) {
  Section section;
  section.id = "plans";
  section.title = "How do the plans compare?";
  section.tables = {comparison_table(material)};
  section.open = section.printed = true;
  return section;
}

std::string memo(const Material& material, const std::string& charts) { return Memo(material).markup(charts); }

}  // namespace costrisk::present::html
