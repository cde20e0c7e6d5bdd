// What the engine reports of jobs, as a timeline.
#include <algorithm>

#include "src/run/recorder.hpp"

namespace costrisk::run {

bool Recorder::was_reclaim(const JobParameters& job, const JobState<Lane>& state) const {
  if (const JobMix<Lane>* split = mix(job)) return split->reclaimed;
  const JobMarketParameters& market = parameters_.job_markets[job.markets.first + state.market];
  const auto rate = [&](LawIndex law) { return law < 0 ? 0.0f : path_->law(law); };
  const float reclaim = rate(market.reclaim_rate), failure = rate(market.failure_rate);
  const auto words = path_->philox.event(job.clock_stream, state.clock_ordinal);
  return state.on_spot && uniform(words.word[1]) * (reclaim + failure) < reclaim;
}

bool Recorder::saves(const JobParameters& job, const JobState<Lane>& state, JobRecord::Kind kind) const {
  if (const JobMix<Lane>* split = mix(job)) return job.lossless || split->saves;
  const bool has_notice = kind != JobRecord::Kind::failed;
  return job.lossless || (has_notice && parameters_.job_markets[job.markets.first + state.market].notice_saves);
}

void Recorder::happens(int j, JobEvent event, const Instant<Lane>& at, const JobState<Lane>& state) {
  using Kind = JobRecord::Kind;
  const std::size_t place = jobs_[static_cast<std::size_t>(j)].place;
  if (place == none_here) return;
  const JobParameters& job = parameters_.jobs[j];
  JobTimeline& timeline = timeline_.jobs[place];
  JobRecord record;
  record.step = static_cast<double>(at.step) + static_cast<double>(at.offset);
  record.run = state.runs_begun;
  record.deadline_step = static_cast<double>(state.deadline.step) + static_cast<double>(state.deadline.offset);
  const JobMarketParameters& market = parameters_.job_markets[job.markets.first + state.market];
  record.market = market.market;
  record.purchase = job_purchase(job.policy, market, state.on_spot ? holding_spot : holding_steady);
  if (job.split >= 0) describe_parts(job, record);
  switch (event) {
    case JobEvent::released:
      record.kind = Kind::released;
      record.market = -1;
      break;
    case JobEvent::taken:
      record.kind = Kind::taken;
      break;
    case JobEvent::left:
      record.kind = Kind::left;
      break;
    case JobEvent::capacity_lost:
      record.kind = Kind::capacity_lost;
      if (at.offset > 0.0f) let_go_inside(j, at, state);
      break;
    case JobEvent::struck:
      record.kind = was_reclaim(job, state) ? Kind::reclaimed : Kind::failed;
      break;
    case JobEvent::reclaimed:
      record.kind = Kind::reclaimed;
      break;
    case JobEvent::failed:
      record.kind = Kind::failed;
      break;
    case JobEvent::starts_over:
      record.kind = Kind::starts_over;
      break;
    case JobEvent::finished:
      record.kind = Kind::finished;
      let_go_inside(j, at, state);
      break;
  }
  if (record.kind == Kind::capacity_lost || record.kind == Kind::reclaimed || record.kind == Kind::failed) {
    if (const JobMix<Lane>* split = mix(job)) {
      const JobMarketParameters& hit = parameters_.job_markets[job.markets.first + split->struck];
      record.market = hit.market;
      record.purchase = job_purchase(job.policy, hit, hit.has_on_demand ? holding_steady : holding_spot);
    }
    JobState<Lane> copy = state;
    record.saved = saves(job, state, record.kind);
    record.lost_steps = record.saved ? 0.0 : static_cast<double>(JobWork<Lane>(job, copy).unsaved());
  }
  timeline.records.push_back(record);
}

void Recorder::let_go_inside(int j, const Instant<Lane>& at, const JobState<Lane>& state) {
  add_holding(j, at.step, state, at.offset);
  jobs_[static_cast<std::size_t>(j)].let_go_step = at.step;
}

void Recorder::add_holding(int j, int step, const JobState<Lane>& state, float share) {
  const JobParameters& job = parameters_.jobs[j];
  const JobMemory& memory = jobs_[static_cast<std::size_t>(j)];
  const auto add = [&](int entry, int held, float instances) {
    const std::size_t place = memory.holdings[static_cast<std::size_t>(entry * job_holding_count + held)];
    timeline_.jobs[memory.place].holdings[place].instances[static_cast<std::size_t>(step)] += instances * share;
  };
  if (job.split < 0) {
    add(state.market, state.on_spot ? holding_spot : holding_steady, job.gang);
    return;
  }
  for (int m = 0; m < job.markets.count; ++m)
    add(m, parameters_.job_markets[job.markets.first + m].has_on_demand ? holding_steady : holding_spot,
        parts_[job.first_part + m].held);
}

void Recorder::describe_parts(const JobParameters& job, JobRecord& record) const {
  for (int m = 0; m < job.markets.count; ++m) {
    const float held = parts_[job.first_part + m].held;
    if (held <= 0.0f) continue;
    const JobMarketParameters& entry = parameters_.job_markets[job.markets.first + m];
    record.parts.push_back({entry.market,
                            job_purchase(job.policy, entry, entry.has_on_demand ? holding_steady : holding_spot),
                            static_cast<int>(held)});
  }
  if (record.parts.empty()) return;
  record.market = record.parts.front().market;
  record.purchase = record.parts.front().purchase;
}

void Recorder::note_progress(int j, int step, const JobState<Lane>& before, const JobState<Lane>& now) {
  JobTimeline& timeline = timeline_.jobs[jobs_[static_cast<std::size_t>(j)].place];
  JobState<Lane> copy = now;
  const float left = JobWork<Lane>(parameters_.jobs[j], copy).left();
  const float done = before.total > 0.0f ? 1.0f - left / before.total : 1.0f;
  // A run that is over stays done until the next is released.
  timeline.progress[static_cast<std::size_t>(step)] =
      now.active ? std::clamp(done, 0.0f, 1.0f) : (now.runs_begun > 0 ? 1.0f : 0.0f);
  timeline.run[static_cast<std::size_t>(step)] = now.runs_begun;
}

void Recorder::passes(int j, int from, int until, const JobState<Lane>& state) {
  const std::size_t place = jobs_[static_cast<std::size_t>(j)].place;
  if (place == none_here) return;
  const JobParameters& job = parameters_.jobs[j];
  JobState<Lane> copy = state;
  for (int step = from; step < until; ++step) {
    if (state.on_spot || state.on_demand) {
      add_holding(j, step, state, 1.0f);
      JobWork<Lane>(job, copy).run(1.0f);
    }
    note_progress(j, step, state, copy);
  }
}

void Recorder::lived(int j, int step, const JobState<Lane>& state) {
  const JobMemory& memory = jobs_[static_cast<std::size_t>(j)];
  if (memory.place == none_here) return;
  if (memory.let_go_step != step) add_holding(j, step, state, 1.0f);
  note_progress(j, step, state, state);
}

}  // namespace costrisk::run
