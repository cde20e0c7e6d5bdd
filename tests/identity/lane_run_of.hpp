// Instantiates the open run of a lane. Nothing of the standard library is called here, so that no code compiled
// for one processor is shared with the rest of the program.
#pragma once

#include <type_traits>

#include "kernels/model/engine.hpp"
#include "tests/identity/lane_run.hpp"

namespace costrisk::identity {

template <class L>
class OpenRun {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  static std::size_t workspace_bytes(const Parameters& p) { return Workspace<L>(p, nullptr).bytes; }

  static void record(const Parameters& p, std::uint64_t base, std::byte* memory, const Recorder& recorder,
                     Forms forms) {
    Workspace<L> work(p, memory);
    if (forms == Forms::general)
      for (int i = 0; i < p.service_count; ++i) work.service_arrays[i].form = ServiceForm::general;
    const I low = add(L::lane_index(), I(static_cast<std::int32_t>(static_cast<std::uint32_t>(base))));
    const I high(static_cast<std::int32_t>(static_cast<std::uint32_t>(base >> 32)));
    PathContext<L> path{
        p, PhiloxPath<L>(low, high, p.key), normal_table, work.law_values, work.factors_at_start, I(0), base};
    const OpenRun open(p, work, recorder);

    for (int f = 0; f < p.factor_count; ++f) work.world.factor_x[f] = F(0.0f);
    for (int i = 0; i < p.price_count; ++i) work.world.price_x[i] = F(0.0f);
    World<L> world(path, work.world);
    world.begin();
    begin_components(path, work);
    open.put_constants();
    WorldTile<L> tile{work.rows, work.capacities, 0, 0};
    while (tile.end < p.steps) {
      tile.start = tile.end;
      tile.end = tile.start + tile_steps < p.steps ? tile.start + tile_steps : p.steps;
      world.advance(tile);
      open.put_world(tile);
      open.put_histories();
      for (int i = 0; i < p.autoscaler_count; ++i) {
        advance_autoscaler(p.autoscalers[i], work.autoscalers[i], tile);
        open.put_autoscaler(i, tile);
      }
      for (int i = 0; i < p.service_count; ++i) {
        ServiceComponent<L> service = work.service(path, i);
        service.advance(tile, TileEdges{});
        service.store();
        open.put_service(i);
      }
      for (int j = 0; j < p.job_count; ++j) {
        work.advance_job(path, j, tile, TileEdges{});
        open.put_job(j, tile.end == p.steps);
      }
    }
    open.put("status", 0, 0, path.status);
  }

 private:
  OpenRun(const Parameters& p, const Workspace<L>& work, const Recorder& recorder)
      : p_(p), work_(work), recorder_(recorder) {}

  void put(const char* what, int entity, int element, F value) const {
    put_bits(what, entity, element, true, float_bits(value));
  }
  void put(const char* what, int entity, int element, I value) const { put_bits(what, entity, element, false, value); }
  void put(const char* what, int entity, int element, M value) const {
    put_bits(what, entity, element, false, select(value, I(1), I(0)));
  }
  void put_bits(const char* what, int entity, int element, bool is_float, I bits) const {
    std::int32_t lanes[L::width];
    L::store(bits, lanes);
    recorder_.put(recorder_.context, what, entity, element, is_float, lanes);
  }
  void put(const char* what, int entity, const Instant<L>& instant) const {
    put(what, entity, 0, instant.step);
    put(what, entity, 1, instant.offset);
  }
  void put(const char* what, int entity, int element, const Amount<L>& amount) const {
    put(what, entity, 2 * element, amount.units);
    put(what, entity, 2 * element + 1, amount.micros);
  }
  void put_row(const char* what, int entity, const F* row, int count) const {
    for (int k = 0; k < count; ++k) put(what, entity, k, row[k]);
  }

  void put_constants() const {
    for (int f = 0; f < p_.factor_count; ++f) put("factor at the start", f, 0, work_.factors_at_start[f]);
    for (int i = 0; i < p_.law_count; ++i) put("law", i, 0, work_.law_values[i]);
  }

  void put_world(const WorldTile<L>& tile) const {
    const WorldState<L>& s = work_.world;
    const int steps = tile.end - tile.start;
    const I inside = low_bits(I(steps));
    for (int f = 0; f < p_.factor_count; ++f) {
      put("factor state", f, 0, s.factor_x[f]);
      put_row("factor", f, s.factor_rows + f * tile_steps, steps);
      if (p_.factors[f].shock >= 0) put_run("shock", f, s.renewals[f]);
    }
    for (int i = 0; i < p_.capacity_count; ++i) {
      const CapacityState<L>& c = s.capacities[i];
      if (p_.capacities[i].source >= 0) continue;  // what a component leaves of one
      put("capacity up", i, 0, tile.capacities[i].up & inside);
      put("capacity unbroken", i, 0, tile.capacities[i].unbroken & inside);
      put("capacity lost", i, 0, tile.capacities[i].lost & inside);
      if (p_.capacities[i].depth_slot >= 0) put_row("depth", i, tile.row(p_.capacities[i].depth_slot), steps);
      if (p_.capacities[i].least_slot >= 0) put_row("least depth", i, tile.row(p_.capacities[i].least_slot), steps);
      if (p_.capacities[i].loss_slot >= 0) put_row("losses", i, tile.row(p_.capacities[i].loss_slot), steps);
      if (p_.capacities[i].history >= 0) continue;
      put_run("capacity run", i, c.run);
      put("capacity next down", i, 0, c.next_down);
      put("capacity last change", i, 0, c.last_down);
      put("capacity last change", i, 1, c.last_up);
    }
    for (int i = 0; i < p_.repricing_count; ++i) {
      put("next repricing", i, s.repricings[i].next);
      put("repricing", i, 0, s.repricings[i].multiplier);
      put_row("repricing row", i, tile.row(p_.repricings[i].slot), steps);
      put_row("repricing sums", i, tile.row(p_.repricings[i].sum_slot), steps + 1);
      put("repricing base", i, 0, tile.row(p_.repricings[i].sum_slot)[base_place]);
    }
    for (int i = 0; i < p_.price_count; ++i) {
      put("price state", i, 0, s.price_x[i]);
      put_row("price", i, tile.row(p_.prices[i].slot), steps);
      put_row("price sums", i, tile.row(p_.prices[i].sum_slot), steps + 1);
      put("price base", i, 0, tile.row(p_.prices[i].sum_slot)[base_place]);
    }
    for (int d = 0; d < p_.demand_count; ++d) {
      put("demand level", d, 0, s.demands[d].level);
      put("demand noise", d, 0, s.demands[d].noise_x);
      if (p_.demands[d].bursts >= 0) put_run("burst", d, s.demands[d].bursts);
      put_row("demand", d, tile.row(p_.demands[d].slot), steps);
    }
  }
  void put_histories() const {
    for (int h = 0; h < p_.history_count; ++h) {
      const HistoryState<L>& state = work_.world.histories[h];
      put("history position", h, 0, state.position);
      put("history steps left", h, 0, state.left);
      put("history ordinal", h, 0, state.ordinal);
      put("history up", h, 0, state.up);
    }
  }
  void put_run(const char* what, int entity, const RunState<L>& run) const {
    put(what, entity, 2, run.on);
    put(what, entity, 3, run.ordinal);
    put(what, entity, run.end);
  }

  void put_job(int j, bool at_the_end) const {
    const JobState<L>& s = work_.jobs[j];
    put("job active", j, 0, s.active);
    put("job on spot", j, 0, s.on_spot);
    put("job on-demand", j, 0, s.on_demand);
    put("job market", j, 0, s.market);
    put("job restart left", j, 0, s.restart_left);
    put("job checkpoints", j, 0, s.checkpoints);
    put("job tail", j, 0, s.tail);
    put("job position", j, 0, s.position);
    put("job total", j, 0, s.total);
    put("job pace", j, 0, s.pace);
    put("job clock", j, 0, s.clock);
    put("job hazard", j, 0, s.hazard);
    put("job until interruption", j, 0, s.until_interruption);
    put("job clock ordinal", j, 0, s.clock_ordinal);
    for (int m = 0; p_.jobs[j].split >= 0 && m < p_.jobs[j].markets.count; ++m) {
      const JobPart<L>& part = work_.job_memory->parts[p_.jobs[j].first_part + m];
      put("job parts", j, 8 * m, part.held);
      // What was chosen last counts where a lane looks for a mix, and is anything elsewhere.
      put("job parts", j, 8 * m + 1, part.spend.sum);
      put("job parts", j, 8 * m + 2, part.used);
      put("job parts", j, 8 * m + 3, part.rest);
    }
    if (p_.jobs[j].ages >= 0) {
      const JobAges<L>& a = work_.job_memory->ages[p_.jobs[j].ages];
      put("job ages", j, 0, a.age);
      put("job ages", j, 1, a.since_start);
      put("job ages", j, 2, a.reclaim_clock);
      put("job ages", j, 3, a.failure_clock);
      put("job ages", j, 4, a.passed);
    }
    put("job interruptions", j, 0, s.interruptions);
    put("job attempts left", j, 0, s.attempts_left);
    put("job runs begun", j, 0, s.runs_begun);
    put("job release", j, s.release);
    if (!at_the_end) {  // where these two are used up
      put("job deadline", j, s.deadline);
      put("job next release", j, s.next_release);
    }
    put("job late", j, 0, s.late);
    put("job finish", j, s.finish);
    put("job unfinished", j, 0, s.unfinished);
    put("job held since", j, s.held_since);
    put("job row", j, 0, s.row);
    put("job scale", j, 0, s.scale);
    put("job price", j, 0, s.base_price);
    put("job price", j, 1, s.recent_price);
    put("job used", j, 0, s.used);
    put("job spend", j, 0, s.spend.sum);
    put("job spend", j, 1, s.spend.rest);
    if (p_.jobs[j].split < 0) {  // whose parts have each their own
      put("job money", j, 0, s.money_high);
      put("job money", j, 1, s.money_low);
    }
    put("job rest", j, 0, s.rest);
    for (int k = 0; k < job_category_count; ++k) put("job account", j, k, s.accounts[k]);
    put("job lost", j, 0, s.lost_steps);
    put("job lost", j, 1, s.lost_ticks);
    for (int m = 0; m < p_.jobs[j].markets.count; ++m) {
      const int index = p_.jobs[j].markets.first + m;
      for (int holding = 0; holding < job_holding_count; ++holding) {
        put("job use", index, 2 * holding, work_.job_memory->use[index].steps[holding]);
        put("job use", index, 2 * holding + 1, work_.job_memory->use[index].ticks[holding]);
      }
      const int row = p_.job_markets[index].use_row;
      if (row >= 0) put_row("job use row", index, work_.use_rows + row * tile_steps, tile_steps);
    }
  }

  void put_autoscaler(int i, const WorldTile<L>& tile) const {
    const AutoscalerParameters& autoscaler = p_.autoscalers[i];
    const AutoscalerState<L>& s = work_.autoscalers[i];
    put("autoscaler path constant", i, 0, s.instance_requests);
    put("autoscaler path constant", i, 1, s.inverse_target_rate);
    put("autoscaler window", i, 0, s.scale_down.prefix);
    put("autoscaler window", i, 1, s.scale_down.previous);
    put("autoscaler window", i, 2, s.scale_up.prefix);
    put("autoscaler window", i, 3, s.scale_up.previous);
    if (autoscaler.asked_slot < 0) return;
    put_row("autoscaler asks", i, tile.row(autoscaler.asked_slot), tile.end - tile.start);
    put_row("autoscaler wants", i, tile.row(autoscaler.wanted_slot), tile.end - tile.start);
  }

  void put_service(int i) const {
    const ServiceParameters& service = p_.services[i];
    const ServiceState<L>& s = work_.services[i];
    const ServiceArrays<L>& arrays = work_.service_arrays[i];
    put("service path constant", i, 0, s.instance_requests);
    put("service path constant", i, 1, s.serverless_price);
    put("service path constant", i, 2, s.output_tokens);
    put("service fleet", i, 0, s.got);
    put("service fleet", i, 1, s.peak);
    put("service backlog", i, 0, s.backlog);
    put("service sums", i, 0, s.backlog_before);
    put("service sums", i, 2, s.overflowed.sum);
    put("service sums", i, 3, s.overflowed.rest);
    put("service sums", i, 4, s.unserved.sum);
    put("service sums", i, 5, s.unserved.rest);
    put("service sums", i, 6, s.waiting);
    put("service sums", i, 7, s.idle);
    for (int account = 0; account < service_category_count; ++account)
      put("service rests", i, account, work_.service_totals[i].money[account].carry);
    put("service rests", i, service_category_count, work_.service_totals[i].idle.carry);
    put_row("service losses", i, arrays.losses, service.scale_up_delay.whole + 1);
    if (service.latency.kind != LatencyKind::unknown)
      put_row("service latency", i, arrays.latency_counts, latency_counts);
    for (int q = 0; q < service.pools.count; ++q) {
      const PoolState<L>& pool = arrays.pools[q];
      const int index = service.pools.first + q;
      put("pool", index, 0, pool.relative);
      put("pool", index, 1, pool.price_scale);
      put("pool", index, 2, pool.instances);
      put("pool", index, 3, pool.instance_steps);
      put("pool", index, 4, pool.excess);
      const int row = p_.pools[index].use_row;
      if (row >= 0) put_row("pool use row", index, work_.use_rows + row * tile_steps, tile_steps);
    }
    for (int k = 0; k < service.service_items.count; ++k) {
      put("service item", service.service_items.first + k, 0, arrays.items[k].amount);
      put("service item", service.service_items.first + k, 1, arrays.items[k].rest);
    }
  }

  const Parameters& p_;
  const Workspace<L>& work_;
  const Recorder& recorder_;
};

template <class L>
consteval LaneRun run_of(const char* name) {
  return {name, L::width, OpenRun<L>::workspace_bytes, OpenRun<L>::record};
}

}  // namespace costrisk::identity
