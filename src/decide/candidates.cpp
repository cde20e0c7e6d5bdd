#include "src/decide/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace costrisk::decide {

scenario::Scenario beside_one_another(const scenario::Scenario& scenario, const std::vector<Candidate>& candidates) {
  scenario::Scenario all = scenario;
  all.plans.clear();
  for (const Candidate& candidate : candidates) {
    scenario::Plan& plan = all.plans.emplace_back(*candidate.plan);
    plan.name = fmt::format("{}", all.plans.size() - 1);
  }
  for (scenario::Item& item : all.items) {
    const std::vector<int> payers = std::move(item.plans);
    item.plans.clear();
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (std::find(payers.begin(), payers.end(), static_cast<int>(candidates[i].of)) != payers.end())
        item.plans.push_back(static_cast<int>(i));
  }
  return all;
}

std::vector<Record> observe_candidates(const scenario::Scenario& scenario, const std::vector<Candidate>& candidates,
                                       const Sampling& sampling) {
  std::vector<Record> records;
  for (std::size_t begin = 0; begin < candidates.size(); begin += most_plans) {
    const std::size_t end = std::min(begin + most_plans, candidates.size());
    const std::vector<Candidate> batch(candidates.begin() + static_cast<std::ptrdiff_t>(begin),
                                       candidates.begin() + static_cast<std::ptrdiff_t>(end));
    Sampling part = sampling;
    if (sampling.progress)
      part.progress = [&](std::uint64_t done, std::uint64_t) {
        sampling.progress(begin * sampling.paths + done * (end - begin), candidates.size() * sampling.paths);
      };
    Observations observed = observe(beside_one_another(scenario, batch), part);
    const bool whole = observed.plans.front().paths() == sampling.paths;
    if (!whole && begin > 0) break;
    for (Record& record : observed.plans) records.push_back(std::move(record));
    if (!whole) break;
  }
  records.resize(candidates.size());
  return records;
}

}  // namespace costrisk::decide
