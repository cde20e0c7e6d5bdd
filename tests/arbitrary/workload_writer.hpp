// What a generated scenario runs and pays besides: jobs, services, serverless, optimizations and items.
#pragma once

#include "tests/arbitrary/world_writer.hpp"

namespace costrisk::arbitrary {

struct Job {
  std::string name;
  Names markets;  ///< where it can run
  bool has_checkpoint = false, has_deadline = false;
  std::int64_t deadline = 0;  ///< milliseconds; the horizon where there is none
};

struct Service {
  std::string name, demand;
  Names markets;
};

struct Serverless {
  std::string name;
  bool priced_by_tokens = false;
};

class WorkloadWriter : protected WorldWriter {
 protected:
  using WorldWriter::WorldWriter;

  /// Who pays for something of that name: itself, if nobody else is said to.
  void write_owner(const std::string& name, double chance) {
    owners_.push_back(draws_.chance(chance) ? draws_.one_of({"research", "product", "platform"}) : name);
    if (owners_.back() != name) key("owner", in_quotes(owners_.back()));
  }
  static std::string plan_name(int i) { return fmt::format("plan {}", i); }

  void write_job(int i) {
    Job job;
    job.name = fmt::format("job {}", i);
    job.markets = draws_.some_of(names_of_markets());
    if (std::find(job.markets.begin(), job.markets.end(), "m0") == job.markets.end()) job.markets.push_back("m0");
    line("\n[[job]]");
    key("name", in_quotes(job.name));
    write_owner(job.name, 0.6);
    // A gang of about 2 takes from a few steps to more than the horizon.
    const double span_hours = d(horizon_) * draws_.log_linear(0.03, 1.3) / d(hour);
    const double gang = draws_.log_linear(1.0, 6.0);
    key("work", law(std::max(1e-3, span_hours * gang)));
    std::string throughput;
    for (const std::string& name : job.markets)
      throughput += fmt::format("{}{} = {}", throughput.empty() ? "" : ", ", in_quotes(name),
                                draws_.chance(0.5) ? "1" : number(0.5, 2.5));
    key("throughput", "{ " + throughput + " }");
    if (draws_.chance(0.4)) key("scaling", number_text(draws_.linear(0.7, 1.0)));
    job.has_checkpoint = draws_.chance(0.7);
    if (job.has_checkpoint) key("checkpoint", checkpoint(span_hours));
    if (draws_.chance(0.75)) key("restart", duration(0.01 * d(step_), 1.5 * d(step_)));
    if (draws_.chance(0.3)) key("release", duration(before_horizon()));
    if (draws_.chance(0.3))
      key("repeat", duration(std::max(d(step_), 0.1 * d(horizon_)), std::max(2.0 * d(step_), 0.7 * d(horizon_))));
    if (draws_.chance(0.3))
      key("attempts", fmt::format("{{ success = {}, max = {} }}",
                                  random_ ? number_text(draws_.linear(0.3, 1.0)) : draws_.one_of({"1e-6", "1"}),
                                  draws_.whole(1, 3)));
    job.has_deadline = draws_.chance(0.7);
    job.deadline = job.has_deadline ? time(0.5 * d(step_), 1.3 * d(horizon_) + d(step_)) : horizon_;
    if (job.has_deadline) {
      key("deadline", duration(job.deadline));
      if (draws_.chance(0.6)) key("late_penalty", number(0.5, 100.0));
    }
    if (draws_.chance(0.4)) key("unfinished", draws_.one_of({"\"buy-out\"", "\"ignore\""}));
    if (draws_.chance(0.5)) key("state_gb", number(1.0, 500.0));
    jobs_.push_back(job);
  }

  std::string checkpoint(double span_hours) {
    if (draws_.chance(0.25)) return "{ interval = \"0s\" }";
    const double shortest = std::max(0.05 * d(step_), d(hour) * span_hours / 60.0);
    std::string text = "interval = " + duration(shortest, std::max(2.0 * shortest, 0.3 * d(horizon_)));
    if (draws_.chance(0.8)) text += ", write = " + duration(0.002 * d(step_), 0.3 * shortest + 0.01 * d(step_));
    return "{ " + text + " }";
  }

  void write_service(int i) {
    Service service;
    service.name = fmt::format("service {}", i);
    const Demand& demand = draws_.one_of(demands_);
    service.demand = demand.name;
    service.markets = draws_.some_of(names_of_markets());
    line("\n[[service]]");
    key("name", in_quotes(service.name));
    write_owner(service.name, 0.6);
    key("demand", in_quotes(service.demand));
    const bool by_tokens = demand.tells_tokens && draws_.chance(0.4);
    const double fleet = draws_.log_linear(1.0, 40.0);
    const bool reads = by_tokens && later_.chance(0.5);
    std::string rates, input_rates;
    for (const std::string& name : service.markets) {
      const double rate = demand.base / fleet * draws_.log_linear(0.5, 2.0) * (by_tokens ? 150.0 : 1.0);
      rates += fmt::format("{}{} = {}", rates.empty() ? "" : ", ", in_quotes(name), law(rate, Of::numbers, 0.2));
      const double input_rate = demand.base / fleet * demand.input_tokens * later_.log_linear(1.0, 20.0);
      if (reads)
        input_rates += fmt::format("{}{} = {}", input_rates.empty() ? "" : ", ", in_quotes(name),
                                   later([&] { return law(input_rate, Of::numbers, 0.2); }));
    }
    key(by_tokens ? "output_token_rate" : "rate", "{ " + rates + " }");
    if (reads) key("input_token_rate", "{ " + input_rates + " }");
    if (draws_.chance(0.6)) key("unserved_penalty", number(1e-5, 0.05));
    if (draws_.chance(0.4))
      key("queue",
          fmt::format("{{ drain = {}, limit = {} }}", duration(0.3 * d(step_), 10.0 * d(step_)),
                      number(0.05 * demand.base * d(step_) / d(second), 10.0 * demand.base * d(step_) / d(second))));
    if (draws_.chance(0.4)) key("latency", latency());
    int gpus = 8, slices = 7;
    for (const std::string& name : service.markets) {
      gpus = std::min(gpus, market(name).gpus);
      slices = std::min(slices, market(name).slices);
    }
    if (gpus > 0 && draws_.chance(0.5))
      key("replica", draws_.chance(0.5) ? fmt::format("{{ gpus = {} }}", draws_.whole(1, gpus))
                                        : fmt::format("{{ slices = {} }}", draws_.whole(1, slices)));
    services_.push_back(service);
  }

  std::string latency() {
    const double fastest = d(second) * draws_.log_linear(0.01, 3.0);
    const std::int64_t objective = time(0.8 * fastest, 6.0 * fastest);
    if (draws_.chance(0.4))
      return fmt::format("{{ model = \"mmc\", service_time = {}, objective = {} }}", duration(fastest, 1.1 * fastest),
                         duration(objective));
    std::string points;
    double load = 0.0, seconds = fastest / d(second);
    const int count = draws_.whole(1, 4);
    for (int i = 0; i < count; ++i) {
      load += (1.0 - load) * draws_.linear(0.2, 0.7);
      points += fmt::format("{}[{}, {}]", i ? ", " : "", number_text(load), number_text(seconds));
      seconds *= draws_.log_linear(1.0, 3.0);
    }
    return fmt::format("{{ curve = [{}], objective = {} }}", points, duration(objective));
  }

  void write_serverless(int i) {
    Serverless serverless;
    serverless.name = fmt::format("hosted {}", i);
    line("\n[[serverless]]");
    key("name", in_quotes(serverless.name));
    serverless.priced_by_tokens = draws_.chance(0.5);
    if (!serverless.priced_by_tokens || draws_.chance(0.3)) key("per_request", law(draws_.log_linear(1e-5, 1e-2)));
    if (serverless.priced_by_tokens) {
      const std::string cached = later([this] {
        return draws_.chance(0.5) ? ", cached_input = " + law(draws_.log_linear(0.01, 1.0), Of::amounts) : "";
      });
      key("per_million", fmt::format("{{ input = {}, output = {}{} }}", law(draws_.log_linear(0.1, 3.0), Of::amounts),
                                     law(draws_.log_linear(0.5, 10.0)), cached));
    }
    if (draws_.chance(0.5)) key("max_rate", number(0.1, 100.0));
    if (draws_.chance(0.4)) key("latency", duration(0.01 * d(second), 8.0 * d(second)));
    serverless_.push_back(serverless);
  }

  void write_optimization(int i) {
    const std::string name = fmt::format("optimization {}", i);
    line("\n[[optimization]]");
    key("name", in_quotes(name));
    key("throughput", law(draws_.linear(0.9, 2.0)));
    if (draws_.chance(0.6)) key("once", law(draws_.log_linear(1.0, 1000.0)));
    optimizations_.push_back(name);
  }

  void write_item(int i) {
    line("\n[[item]]");
    const std::string name = fmt::format("item {}", i);
    key("name", in_quotes(name));
    write_owner(name, 0.5);
    const int kind = draws_.whole(demands_.empty() ? 1 : 0, 3);
    const std::string amount = law(draws_.log_linear(1.0, 3000.0), Of::amounts);
    if (kind == 0) {
      key("per_1000", law(draws_.log_linear(0.01, 2.0)));
      key("demand", in_quotes(draws_.one_of(demands_).name));
    } else if (kind == 1) {
      key("monthly", amount);
    } else if (kind == 2) {
      key("once", amount);
    } else {
      key("share", number_text(draws_.linear(0.01, 0.3)));
      key("of", list_text(draws_.some_of(Names{"commitment", "on-demand", "spot", "serverless", "egress", "penalty",
                                               "one-off", "unfinished"})));
    }
    if (draws_.chance(0.3)) key("chance", chance_text());
    if (kind != 3 && draws_.chance(0.5)) {
      const std::int64_t from = before_horizon();
      key("from", duration(from));
      if (draws_.chance(0.5)) key("until", duration(from + time(0.1 * d(step_), d(horizon_))));
    }
    if (draws_.chance(0.3)) {
      Names plans;
      for (int p = 0; p < plan_count_; ++p) plans.push_back(plan_name(p));
      key("plans", list_text(draws_.some_of(plans)));
    }
  }

  int plan_count_ = 0;
  Names owners_;  ///< of workloads and items, some more than once
  Names optimizations_;
  std::vector<Job> jobs_;
  std::vector<Service> services_;
  std::vector<Serverless> serverless_;
};

}  // namespace costrisk::arbitrary
