// The HTML report: one file that loads nothing, runs nothing but its own script, and says what the results say.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "src/present/page/distribution.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/page/page.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/text/drivers.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/dimensions.hpp"
#include "src/results/store/results_file.hpp"
#include "tests/cli/page_parts.hpp"
#include "tests/cli/program.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;
namespace html = present::html;

constexpr std::uint64_t paths = 400;
constexpr std::uint64_t enough = 5000;  ///< for the mean of the worst twentieth, and for a course

std::string unescape(std::string text) {
  const std::vector<std::pair<std::string, std::string>> entities = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities)
    for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; at += character.size())
      text.replace(at, entity.size(), character);
  return text;
}

/// The page without what the build embeds.
std::string own_markup(const std::string& page) {
  const std::size_t script = page.rfind("<script>");
  const std::string style = between(page, "<style>", "</style>");
  std::string text = script == std::string::npos ? page : page.substr(0, script);
  return text.erase(text.find(style), style.size());
}

std::string page_of(const results::ResultsContext& context, const results::TallyLayout& layout,
                    std::uint64_t most_paths = paths) {
  const results::Tally tally = tests::tally_of(layout, 0, std::min(most_paths, layout.paths));
  return present::html_report(results::evaluate(tally, context), tally);
}

TEST(Report, IsOneFileUnderTheSizeLimitThatLoadsNothing) {
  const std::string page = page_of(tests::small_context(), tests::small_layout(paths));
  EXPECT_LT(page.size(), 1'200'000u);
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(contains(page, "content=\"default-src 'none';"));
  const std::regex loading(R"(\s(src|href|action|data|poster)\s*=\s*"(?!#)|url\(|@import|https?://)");
  std::smatch found;
  const std::string markup = own_markup(page);
  EXPECT_FALSE(std::regex_search(markup, found, loading)) << found.str();
  // Names of XML vocabularies are no addresses.
  const std::regex address(R"(https?://(?!www\.w3\.org/))");
  EXPECT_FALSE(std::regex_search(page, found, address)) << page.substr(static_cast<std::size_t>(found.position()), 80);
}

TEST(Report, OfSixtyFourPlansStaysUnderTheSizeLimitToo) {
  constexpr int plans = 64, bins = 52;
  results::TallyLayout layout = tests::small_layout(paths);
  results::ResultsContext context = tests::small_context();
  layout.shape.plans = plans;
  layout.shape.bins = bins;
  layout.job_component.clear();
  layout.service_component.clear();
  context.plans.clear();
  context.time_hours.clear();
  context.obligation.assign(plans, 0.0);
  context.commitment_cost = context.discount_cost = context.obligation;
  context.probabilities = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
  for (int bin = 1; bin <= bins; ++bin) context.time_hours.push_back(context.horizon_hours * bin / bins);
  for (int plan = 0; plan < plans; ++plan) {
    context.plans.push_back("plan number " + std::to_string(plan));
    layout.job_component.insert(layout.job_component.end(), {0, 1});
    layout.service_component.insert(layout.service_component.end(), {0, 1});
  }
  EXPECT_LT(page_of(context, layout).size(), 1'200'000u);
}

TEST(Report, RunsNoScriptButTheOneItNames) {
  const std::string page = page_of(tests::small_context(), tests::small_layout(paths));
  std::size_t scripts = 0;
  for (std::size_t at = 0; (at = page.find("<script", at)) != std::string::npos; ++at) ++scripts;
  if (present::interactive_reports()) {
    EXPECT_EQ(scripts, 2u) << "the data, and the script";
    EXPECT_TRUE(std::regex_search(page.substr(0, 2000), std::regex("script-src 'sha256-[A-Za-z0-9+/]{43}='")));
  } else {
    EXPECT_EQ(scripts, 0u);
    EXPECT_FALSE(contains(page.substr(0, 2000), "script-src"));
    EXPECT_TRUE(contains(page, "built without npm"));
  }
}

TEST(Report, HostileNamesStayText) {
  const std::vector<std::string> hostile = {"<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>",
                                            "\"quotes\" & 'apostrophes' <!-- \u202e ü 漢 \u2028"};
  results::ResultsContext context = tests::small_context();
  context.plans = context.owners = hostile;
  context.jobs = context.services = {hostile[0], hostile[1]};
  context.markets = {hostile[1], hostile[2]};
  context.scenario_name = hostile[0] + hostile[1] + hostile[2];
  context.scenario_toml = "name = '''" + hostile[1] + "'''\n</pre></details>";
  context.currency = "<b>";
  const std::string page = page_of(context, tests::small_layout(paths));
  const std::string markup = own_markup(page);
  EXPECT_FALSE(contains(markup, "<script>"));
  EXPECT_FALSE(contains(markup, "<img"));
  EXPECT_FALSE(contains(markup, "<!--"));
  EXPECT_FALSE(contains(markup, "<b>\""));
  EXPECT_FALSE(contains(markup, "</pre></details></pre>"));
  EXPECT_TRUE(contains(markup, html::escape(hostile[0])));
  EXPECT_EQ(unescape(between(page, "<pre id=\"scenario\" tabindex=\"0\">", "</pre>")), context.scenario_toml);
  if (!present::interactive_reports()) return;
  const std::string raw = between(page, "id=\"data\">", "</script>");
  EXPECT_FALSE(contains(raw, "<"));
  const Json data = data_of(page);
  for (std::size_t plan = 0; plan < hostile.size(); ++plan) EXPECT_EQ(data["plans"][plan]["plan"], hostile[plan]);
}

TEST(Report, ItsNumbersAreThoseOfTheResults) {
  if (!present::interactive_reports()) GTEST_SKIP() << "this build has no charts";
  const results::Tally tally = tests::tally_of(tests::small_layout(paths), 0, paths);
  const results::Results results = results::evaluate(tally, tests::small_context());
  const Json data = data_of(present::html_report(results, tally));
  EXPECT_EQ(data["paths"], paths);
  const std::size_t probabilities = results.context.probabilities.size();
  EXPECT_EQ(data["budget"], *results.budget);
  const Json& budget = data["page"]["budget"];
  for (std::size_t plan = 0; plan < 3; ++plan) {
    EXPECT_NEAR(data["plans"][plan]["cost_mean"].get<double>(), results.cost_mean[plan],
                1e-5 * results.cost_mean[plan]);
    EXPECT_EQ(data["plans"][plan]["over_budget"], results.over_budget[plan]);
    for (std::size_t i = 0; i < probabilities; ++i)
      if (const Json quantile = data["plans"][plan]["cost_quantile"].value(
              results::labels_of(results, results::Dimension::probability)[i], Json());
          !quantile.is_null()) {
        const double wanted = results.cost_quantile[plan * probabilities + i];
        EXPECT_NEAR(quantile.get<double>(), wanted, 1e-5 * wanted);
      }
    // Wherever the budget line is put, it counts the paths above it.
    const std::vector<std::int64_t> costs = tally.costs_by_path(static_cast<int>(plan));
    for (std::size_t stop = 0; stop < budget["stops"].size(); ++stop) {
      const double micros = 1e6 * budget["stops"][stop].get<double>();
      const auto over = std::count_if(costs.begin(), costs.end(),
                                      [&](std::int64_t cost) { return static_cast<double>(cost) > micros; });
      EXPECT_EQ(budget["over"][plan][stop], over) << stop;
    }
    const std::size_t start = budget["start"];
    EXPECT_EQ(budget["over"][plan][start].get<double>() / static_cast<double>(paths), results.over_budget[plan]);
  }
  EXPECT_EQ(budget["stops"][budget["start"].get<std::size_t>()], *results.budget);
}

TEST(Report, ANumberStaysOnTheLineOfItsUnit) {
  EXPECT_EQ(html::prose("costs 25 d or 4.9 % in 100 futures"), "costs 25\u00a0d or 4.9\u00a0% in 100 futures");
  EXPECT_EQ(html::prose("25 €, <b>"), "25\u00a0€, &lt;b&gt;");
  EXPECT_EQ(html::prose("a b 3 "), "a b 3 ");
}

TEST(Report, NamesEveryPlanAndHasATableForEveryChart) {
  const results::ResultsContext context = tests::small_context();
  const std::string page = page_of(context, tests::small_layout(enough), enough);
  for (const std::string section :
       {"memo", "plans", "verdict", "exceedance", "density", "time", "categories", "owners", "waste", "commitments",
        "drivers", "finish", "services", "risk", "differences", "convergence", "assumptions"}) {
    const std::string text = between(page, "<section id=\"" + section + "\"", "</section>");
    ASSERT_FALSE(text.empty()) << section;
    if (section == "verdict") continue;
    EXPECT_EQ(contains(text, "<figure"), contains(text, "<figcaption>")) << section;
    if (section == "memo") continue;
    EXPECT_TRUE(!contains(text, "<figure") || contains(text, "<table>")) << section;
    if (section != "commitments" && section != "assumptions")
      for (const std::string& plan : context.plans) {
        EXPECT_TRUE(contains(text, plan)) << section << ": " << plan;
      }
  }
}

TEST(Report, TellsOfEachPlanWhatMakesItsCostUncertain) {
  const results::Tally tally = tests::tally_of(tests::small_layout(enough), 0, enough);
  results::Results results = results::evaluate(tally, tests::small_context());
  results.cost_mean[0] = 1.0;  // the plan that the first screen is about
  const std::string page = present::html_report(results, tally);
  const std::string section = between(page, "<section id=\"drivers\"", "</section>");
  const results::DriverSummary driver = results::drivers_of(results, 0).front();
  ASSERT_TRUE(driver.stands_out);
  const std::vector<double> amounts = {driver.lowest.mean, driver.highest.mean};
  const present::MoneyUnit unit = present::money_unit(amounts, "USD");
  for (const std::string& figure :
       {driver.driver, present::variance_percent(driver.share), present::money(driver.lowest.mean, unit),
        present::money(driver.highest.mean, unit), present::percent(*driver.highest.over_budget),
        present::break_words(driver.budget_break)})
    EXPECT_TRUE(contains(section, html::escape(figure))) << figure;
  EXPECT_TRUE(contains(between(page, "<section id=\"memo\"", "</section>"), "growth of chat"));
  if (!present::interactive_reports()) return;
  const Json drawn = data_of(page)["plans"][0]["drivers"][0];
  EXPECT_EQ(drawn["driver"], driver.driver);
  EXPECT_NEAR(drawn["lowest"]["cost_mean"].get<double>(), driver.lowest.mean, 1e-5 * driver.lowest.mean);
  EXPECT_NEAR(drawn["highest"]["cost_mean"].get<double>(), driver.highest.mean, 1e-5 * driver.highest.mean);
}

TEST(Report, SaysHowToFindOutWhereNothingIsUnknown) {
  results::TallyLayout layout = tests::small_layout(paths);
  results::ResultsContext context = tests::small_context();
  layout.shape.drivers = 0;
  context.drivers.clear();
  context.driver_bin_low.clear();
  context.driver_bin_high.clear();
  const std::string page = page_of(context, layout);
  EXPECT_TRUE(contains(between(page, "<section id=\"drivers\"", "</section>"), "can be given as a law"));
}

TEST(Report, WithholdsTheMeanOfATailOfFewFutures) {
  results::ResultsContext context = tests::small_context();
  const std::string few = own_markup(page_of(context, tests::small_layout(paths)));
  EXPECT_TRUE(contains(few, "CVaR95 is withheld"));
  EXPECT_FALSE(contains(few, ">CVaR95<"));
  EXPECT_FALSE(contains(few, "id=\"risk-chart\""));
  const std::string many = own_markup(page_of(context, tests::small_layout(enough), enough));
  EXPECT_FALSE(contains(many, "withheld"));
  EXPECT_TRUE(contains(many, ">CVaR95<"));
  EXPECT_EQ(contains(many, "id=\"risk-chart\""), present::interactive_reports());
}

TEST(Report, ShowsHowTheEstimatesSettled) {
  const results::Tally tally = tests::tally_of(tests::small_layout(enough), 0, enough);
  const results::Results results = results::evaluate(tally, tests::small_context());
  const std::string page = present::html_report(results, tally);
  const std::string section = between(page, "<section id=\"convergence\"", "</section>");
  const present::MoneyUnit unit = present::money_unit(results.convergence_p95, "USD");
  EXPECT_TRUE(contains(section, ">4,096<") && contains(section, ">5,000<"));
  EXPECT_TRUE(contains(section, present::money(results.convergence_p95[0], unit)));
  for (const std::string chart : {"mean", "p95", "cvar95", "over"})
    EXPECT_EQ(contains(section, "id=\"convergence-" + chart + "\""), present::interactive_reports()) << chart;
  EXPECT_FALSE(contains(page_of(tests::small_context(), tests::small_layout(paths)), "id=\"convergence\""));
}

TEST(Report, CarriesTheCostOfEachPeriodAsTheResultsHaveIt) {
  if (!present::interactive_reports()) GTEST_SKIP() << "this build has no charts";
  const results::Tally tally = tests::tally_of(tests::small_layout(paths), 0, paths);
  const results::Results results = results::evaluate(tally, tests::small_context());
  const Json data = data_of(present::html_report(results, tally));
  const std::size_t probabilities = results.context.probabilities.size();
  const std::vector<std::string> times = results::labels_of(results, results::Dimension::time);
  const std::vector<std::string> levels = results::labels_of(results, results::Dimension::probability);
  const std::size_t middle = data["page"]["levels"]["middle"];
  for (std::size_t plan = 0; plan < results.context.plans.size(); ++plan)
    for (std::size_t t = 0; t < times.size(); ++t) {
      const double median = results.period_quantile[(plan * times.size() + t) * probabilities + middle];
      EXPECT_NEAR(data["plans"][plan]["period_quantile"][times[t]][levels[middle]].get<double>(), median,
                  1e-5 * median);
    }
}

TEST(Report, DecidesFirst) {
  const results::Tally tally = tests::tally_of(tests::small_layout(enough), 0, enough);
  const results::Results results = results::evaluate(tally, tests::small_context());
  const std::string page = own_markup(present::html_report(results, tally));
  EXPECT_EQ(page.find("<section"), page.find("<section id=\"memo\""));
  const std::string memo = between(page, "<section id=\"memo\"", "</section>");
  const auto featured = static_cast<std::size_t>(present::recommend(results).plan);
  EXPECT_TRUE(contains(memo, results.context.plans[featured]));
  EXPECT_TRUE(contains(memo, html::escape(present::money_with_unit(results.cost_mean[featured], "USD"))));
  EXPECT_TRUE(contains(memo, html::prose(present::verdict(results).sentences.front())));
  for (const std::string part : {"What could go wrong", "What would change it", "What was assumed", "Mean cost"})
    EXPECT_TRUE(contains(memo, part)) << part;
  const std::string over = html::prose(present::percent(results.over_budget[featured]));
  EXPECT_TRUE(contains(memo, over)) << over;
  if (present::interactive_reports()) {
    EXPECT_TRUE(contains(memo, "data-shape=\"demand.chat.growth\""));
  }
}

TEST(Report, LeavesOutWhatTheRunHasNothingOf) {
  results::TallyLayout layout = tests::small_layout(paths);
  results::ResultsContext context = tests::small_context();
  layout.jobs = layout.shape.job_components = layout.shape.services = layout.shape.service_components = 0;
  layout.job_component.clear();
  layout.service_component.clear();
  layout.tells_tokens.clear();
  layout.budget_micros.reset();
  context.jobs.clear();
  context.services.clear();
  context.commitment_cost = context.discount_cost = context.obligation = {0.0, 0.0, 0.0};
  const std::string page = page_of(context, layout);
  for (const std::string section : {"finish", "services", "commitments"})
    EXPECT_FALSE(contains(page, "<section id=\"" + section + "\"")) << section;
  EXPECT_FALSE(contains(own_markup(page), "the budget of"));
}

TEST(Report, OfASinglePathAndPlanStands) {
  results::TallyLayout layout = tests::small_layout(1);
  layout.shape.plans = 1;
  layout.job_component.resize(2);
  layout.service_component.resize(2);
  results::ResultsContext context = tests::small_context();
  context.plans.resize(1);
  context.obligation.resize(1);
  context.commitment_cost.resize(1);
  context.discount_cost.resize(1);
  const std::string page = page_of(context, layout);
  EXPECT_FALSE(contains(own_markup(page), "nan"));
  EXPECT_FALSE(contains(page, "<section id=\"differences\""));
}

TEST(Report, WithoutResultsIsRefused) {
  const results::Tally tally(tests::small_layout(paths));
  EXPECT_THROW(present::html_report(results::evaluate(tally, tests::small_context()), tally), std::invalid_argument);
}

TEST(CostDistribution, CountsAboveAnAmountAlikeFromCostsAndFromBins) {
  results::TallyLayout many = tests::small_layout(std::uint64_t{1} << 30);
  ASSERT_FALSE(many.exact());
  const results::Tally binned = tests::tally_of(many, 0, paths);
  const results::Tally sorted = tests::tally_of(tests::small_layout(paths), 0, paths);
  const html::CostDistribution bins(binned, 0), costs(sorted, 0);
  for (const double p : {0.01, 0.3, 0.5, 0.9, 0.99}) {
    EXPECT_NEAR(bins.quantile(p), costs.quantile(p), 1e-3 * costs.quantile(p)) << p;
    const double amount = costs.quantile(p);
    EXPECT_EQ(costs.count_above(amount), paths - results::quantile_rank(paths, p)) << p;
    // A bin is 2^-13 of an octave wide: at most the paths that share the amount's bin are counted otherwise.
    EXPECT_NEAR(static_cast<double>(bins.count_above(amount)), static_cast<double>(costs.count_above(amount)), 2.0);
  }
}

TEST(DoneBy, RisesToTheShareThatGetsDoneAndStaysLevelBetween) {
  constexpr double step_hours = 0.25;
  const auto ticks = [](double hours) { return static_cast<std::int64_t>(hours / step_hours * ticks_per_step); };
  results::Histogram finish;
  for (int i = 0; i < 30; ++i) finish.add(ticks(100.0));
  for (int i = 0; i < 20; ++i) finish.add(ticks(200.0));
  const html::Line line = html::done_by(finish, 100, step_hours, 400.0, 0, 50);
  EXPECT_TRUE(std::is_sorted(line.x.begin(), line.x.end()));
  EXPECT_TRUE(std::is_sorted(line.y.begin(), line.y.end()));
  EXPECT_EQ(line.x.back(), 400.0);
  EXPECT_DOUBLE_EQ(line.y.back(), 0.5);
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    const double x = line.x[i];
    if (x < 99.0) {
      EXPECT_EQ(line.y[i], 0.0);
    } else if (x > 101.0 && x < 199.0) {
      EXPECT_DOUBLE_EQ(line.y[i], 0.3);
    }
  }
}

TEST(Scale, TicksAreRoundAndWithinTheAxis) {
  EXPECT_EQ(html::round_ticks(0.0, 100.0, 5), (std::vector<double>{0, 20, 40, 60, 80, 100}));
  EXPECT_EQ(html::round_ticks(-3.0, 12.0, 4), (std::vector<double>{0, 5, 10}));
  EXPECT_EQ(html::round_ticks(950.0, 1010.0, 6), (std::vector<double>{950, 960, 970, 980, 990, 1000, 1010}));
  const html::Axis axis = html::money_axis("cost", 0.0, 12'500.0, "USD");
  EXPECT_EQ(axis.title, "cost, $k");
  EXPECT_EQ(html::tick_label(axis, 7'500.0), "7.5");
}

TEST(Scale, InstantsAndMonthsFollowTheCalendar) {
  scenario::StartTime start;
  start.year = 2026;
  start.month = 2;
  start.day = 27;
  start.hour = 22;
  EXPECT_EQ(html::instant(0.0, start), "27 Feb 2026, 22:00");
  EXPECT_EQ(html::instant(26.5, start), "1 Mar 2026, 00:30");
  EXPECT_EQ(html::instant(36.0, std::nullopt), "day 1.5");
  const html::Axis axis = html::time_axis(8760.0, start);
  ASSERT_GE(axis.ticks.size(), 12u);
  EXPECT_EQ(axis.ticks.front().label, "Mar\n2026");
  EXPECT_EQ(axis.ticks.front().at, 26.0);
}

TEST(Verdict, ChoosesTheLowestMeanAndKeepsChancesApartFromTheSample) {
  const results::Tally tally = tests::tally_of(tests::small_layout(paths), 0, paths);
  const results::Results results = results::evaluate(tally, tests::small_context());
  const present::Recommendation recommendation = present::recommend(results);
  const auto lowest = std::min_element(results.cost_mean.begin(), results.cost_mean.end()) - results.cost_mean.begin();
  EXPECT_EQ(recommendation.plan, lowest);
  EXPECT_TRUE(recommendation.bounds.empty());
  std::string text;
  for (const std::string& sentence : present::verdict_sentences(results)) text += sentence + "\n";
  EXPECT_TRUE(contains(text, results.context.plans[static_cast<std::size_t>(lowest)])) << text;
  EXPECT_TRUE(contains(text, "of the futures")) << text;
  EXPECT_TRUE(contains(text, "says nothing about wrong inputs")) << text;
}

TEST(Verdict, NamesWhatCheaperPlansFailToDo) {
  const ScratchFolder folder;
  folder.write("small.toml", small_scenario() + "[goal]\nlate = { train = 0.05 }\n");
  ASSERT_EQ(costrisk({"run", "small.toml", "-o", "small.h5", "--quiet"}, folder).code, 0);
  const results::Results results = results::read_results(folder / "small.h5");
  const present::Recommendation recommendation = present::recommend(results);
  ASSERT_EQ(recommendation.bounds.size(), 1u);
  EXPECT_EQ(recommendation.plan, 0) << "gamble is often late";
  std::string text;
  for (const std::string& sentence : present::verdict_sentences(results)) text += sentence + "\n";
  EXPECT_TRUE(contains(text, "train is late in")) << text;
}

class ReportCommand : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(costrisk({"run", "small.toml", "-o", "small.h5", "--quiet"}, folder).code, 0); }

  ScratchFolder folder;
  std::string small = folder.write("small.toml", small_scenario());
};

TEST_F(ReportCommand, WritesBesideTheResultsOrWhereItIsTold) {
  const Ended beside = costrisk({"report", "small.h5"}, folder);
  EXPECT_EQ(beside.code, 0) << beside.err;
  EXPECT_EQ(beside.out, "written to small.html\n");
  EXPECT_EQ(costrisk({"report", "small.h5", "-o", "other.html"}, folder).code, 0);
  EXPECT_EQ(read_text(folder / "small.html"), read_text(folder / "other.html"));
  EXPECT_EQ(costrisk({"report", "small.h5"}, folder).code, 0) << "a report replaces an earlier one";
}

TEST_F(ReportCommand, IsWhatRunWritesWithReport) {
  ASSERT_EQ(costrisk({"report", "small.h5", "-o", "from-file.html"}, folder).code, 0);
  const Ended run = costrisk({"run", "small.toml", "-o", "again.h5", "--report"}, folder);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "report in again.html")) << run.out;
  EXPECT_EQ(read_text(folder / "from-file.html"), read_text(folder / "again.html"));
}

TEST_F(ReportCommand, ReplacesNothingThatIsNoReport) {
  folder.write("notes.html", "<p>mine</p>");
  for (const std::string output : {"notes.html", "small.h5", "."}) {
    const Ended ended = costrisk({"report", "small.h5", "-o", output}, folder);
    EXPECT_EQ(ended.code, 2) << output;
    EXPECT_TRUE(contains(ended.err, "error")) << ended.err;
  }
  EXPECT_EQ(read_text(folder / "notes.html"), "<p>mine</p>");
  EXPECT_EQ(costrisk({"report", "small.toml"}, folder).code, 2);
  EXPECT_EQ(costrisk({"report", "nowhere.h5"}, folder).code, 2);
}

TEST_F(ReportCommand, CanBeMadeAgainFromItself) {
  ASSERT_EQ(costrisk({"report", "small.h5"}, folder).code, 0);
  const std::string page = read_text(folder / "small.html");
  folder.write("scenario.toml", unescape(between(page, "<pre id=\"scenario\" tabindex=\"0\">", "</pre>")));
  const std::string command = unescape(between(page, "<pre class=\"command\">costrisk ", "</pre>"));
  std::vector<std::string> arguments;
  for (std::size_t start = 0; start < command.size();) {
    const std::size_t end = std::min(command.find(' ', start), command.size());
    arguments.push_back(command.substr(start, end - start));
    start = end + 1;
  }
  const Ended ended = costrisk(arguments, folder);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(read_text(folder / "result.h5"), read_text(folder / "small.h5"));
  EXPECT_EQ(read_text(folder / "result.html"), page);
}

}  // namespace
}  // namespace costrisk::tests
