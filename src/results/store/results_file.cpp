// Root attributes and datasets, and the checksum over all of it.
#include "src/results/store/results_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "src/results/quantities/quantities.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/hdf5.hpp"
#include "src/results/store/scaled_group.hpp"
#include "src/results/store/soundness.hpp"
#include "src/results/store/tally_group.hpp"
#include "src/trace/files.hpp"

namespace costrisk::results {
namespace {

namespace fs = std::filesystem;
using results::Results;
using results::ResultsContext;

/// The checksum attribute: this mark, then eight hexadecimal digits of the CRC-32 of the file with zeros in
/// their place. The mark finds it without HDF5, which must not be trusted with damaged files.
constexpr std::string_view checksum_zeros = "00000000";

/// Where the digits stand; the size of `bytes` where there are none.
std::size_t checksum_place(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), mark_reach));
  const std::size_t mark = text.find(checksum_mark);
  if (mark == std::string_view::npos) return bytes.size();
  const std::size_t place = mark + checksum_mark.size();
  return place + checksum_zeros.size() <= text.size() ? place : bytes.size();
}

/// CRC-32 of what it is given, piece by piece.
class Checksum {
 public:
  void add(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t size = std::min(bytes.size(), std::size_t{1} << 30);
      crc_ = crc32(crc_, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(size));
      bytes = bytes.subspan(size);
    }
  }
  std::string digits() const { return fmt::format("{:08x}", crc_); }

 private:
  uLong crc_ = crc32(0, nullptr, 0);
};

const char* status_name(results::RunStatus status) {
  return status == results::RunStatus::complete ? "complete" : "partial";
}

/// A text of the context and the root attribute that holds it.
struct TextAttribute {
  const char* name;
  std::string ResultsContext::*value;
};
constexpr std::array<TextAttribute, 8> text_attributes = {{
    {"costrisk_version", &ResultsContext::costrisk_version},
    {"currency", &ResultsContext::currency},
    {"git_sha", &ResultsContext::git_sha},
    {"parameters_sha256", &ResultsContext::parameters_sha256},
    {"rng", &ResultsContext::rng},
    {"scenario_sha256", &ResultsContext::scenario_sha256},
    {"scenario_toml", &ResultsContext::scenario_toml},
    {"title", &ResultsContext::scenario_name},
}};
constexpr const char* histories_attribute = "histories";  ///< only where there are any
constexpr const char* shard_attribute = "shard";          ///< only in shards

void write_attributes(hid_t file, const Results& results) {
  const ResultsContext& context = results.context;
  hdf5::write_attribute(file, "Conventions", std::string("CF-1.8"));
  hdf5::write_attribute(file, "filetype", std::string("costrisk"));
  const std::array<std::int32_t, 2> version = {format_major, format_minor};
  hdf5::write_attribute<std::int32_t>(file, "format_version", version);
  for (const TextAttribute& attribute : text_attributes)
    hdf5::write_attribute(file, attribute.name, context.*attribute.value);
  if (!context.histories.empty()) hdf5::write_attribute(file, histories_attribute, context.histories);
  hdf5::write_attribute(file, "status", std::string(status_name(context.status)));
  if (context.shard) {
    const std::array<std::int32_t, 2> shard = {context.shard->index, context.shard->count};
    hdf5::write_attribute<std::int32_t>(file, shard_attribute, shard);
  }
  hdf5::write_attribute(file, "seed", context.seed);
  hdf5::write_attribute(file, "first_path", results.first_path);
  hdf5::write_attribute(file, "paths", results.paths);
  hdf5::write_attribute(file, "step_hours", results.step_hours);
  hdf5::write_attribute(file, "horizon_hours", context.horizon_hours);
  if (results.budget) hdf5::write_attribute(file, "budget", *results.budget);
  if (context.actual_until_hours) hdf5::write_attribute(file, "actual_until_hours", *context.actual_until_hours);
}

void write_root(hid_t file, const Results& results) {
  ScaledGroup root(file);
  for (const DimensionTerms& dimension : dimensions())
    if (dimension.texts)
      root.add_labels(dimension.name, dimension.texts(results), dimension.description);
    else
      root.add_coordinate(dimension.name, dimension.numbers(results), dimension.units, dimension.description);
  for (const Quantity& quantity : quantities()) {
    const std::vector<double>& values = results.*quantity.values;
    if (values.empty()) continue;
    DatasetTerms terms{quantity.name, {}, units_of(quantity.unit, results.context.currency), described(quantity)};
    for (const Dimension dimension : quantity.dimensions) terms.dimensions.push_back(terms_of(dimension).name);
    root.add<double>(terms, values);
  }
  root.finish();
}

/// @throws FormatError unless the file is, to the last bit, what costrisk wrote; IoError
void check_integrity(const fs::path& path) {
  trace::FileReader file(path);
  std::vector<char> piece(mark_reach);
  const auto read_piece = [&] { return std::as_writable_bytes(std::span(piece).first(file.read(piece))); };

  std::span<std::byte> bytes = read_piece();
  if (bytes.size() < hdf5_signature.size() ||
      std::memcmp(bytes.data(), hdf5_signature.data(), hdf5_signature.size()) != 0)
    throw FormatError(fmt::format("'{}' is no HDF5 file: name a file that 'costrisk run' wrote", path.string()));
  const std::size_t place = checksum_place(bytes);
  if (place == bytes.size() && file_type(path) == FileType::study)
    throw FormatError(
        fmt::format("'{}' is the file of a study of plans (sweep, optimize, stress, sensitivity or compare), and no "
                    "result file; name a file that 'costrisk run' wrote",
                    path.string()));
  if (place == bytes.size() && file_type(path) == FileType::timeline)
    throw FormatError(
        fmt::format("'{}' is the timeline of one future, as 'costrisk explain --hdf5' writes it, and no result file; "
                    "name a file that 'costrisk run' wrote",
                    path.string()));
  if (place == bytes.size())
    throw FormatError(
        fmt::format("'{}' is an HDF5 file, but not of costrisk, or it is damaged: it bears no costrisk checksum; name "
                    "a file that 'costrisk run' wrote",
                    path.string()));
  const std::string stored(reinterpret_cast<const char*>(bytes.data()) + place, checksum_zeros.size());
  std::memcpy(bytes.data() + place, checksum_zeros.data(), checksum_zeros.size());
  Checksum checksum;
  for (; !bytes.empty(); bytes = read_piece()) checksum.add(bytes);
  if (checksum.digits() != stored)
    throw FormatError(
        fmt::format("'{}' is damaged or was changed after costrisk wrote it: its checksum does not fit; make it again",
                    path.string()));
}

/// An open results file and its major format version.
struct OpenFile {
  hdf5::Handle file;
  std::int32_t major;
};

OpenFile open_results(const fs::path& path) {
  check_integrity(path);
  hdf5::Handle file = hdf5::open_to_read(path);
  if (!hdf5::attribute_exists(file, "filetype") || hdf5::read_text_attribute(file, "filetype") != "costrisk")
    throw FormatError(
        fmt::format("'{}' is no results file of costrisk: its attribute 'filetype' is not 'costrisk'", path.string()));
  std::array<std::int32_t, 2> version{};
  hdf5::read_attribute_values(file, "format_version", hdf5::Type<std::int32_t>::memory(), version.size(),
                              version.data());
  if (version[0] < oldest_major || version[0] > format_major)
    throw FormatError(
        fmt::format("'{}' has format version {}.{}, this costrisk reads {}.x to {}.x: read it with the version that "
                    "wrote it, or run the scenario again",
                    path.string(), version[0], version[1], oldest_major, format_major));
  return {std::move(file), version[0]};
}

/// What a quantity is called in a file.
const char* name_in(const Quantity& quantity, std::int32_t major) {
  return major == 1 && quantity.name_in_1 ? quantity.name_in_1 : quantity.name;
}

/// The numbers of a dimension's entries, of which there may be none.
std::vector<double> read_coordinates(hid_t file, const char* name) {
  if (!hdf5::exists(file, name)) return {};
  std::vector<double> values = hdf5::read_values<double>(file, name);
  hdf5::expect_shape(hdf5::open_stored(file, name), name, {values.size()});
  return values;
}

/// A file from before the last labels of a dimension has nothing in them.
/// @param before labels that it has
template <std::size_t count>
void complete_labels(Results& results, Dimension dimension, std::size_t before,
                     const std::array<const char*, count>& names) {
  if (before == 0 || before >= count) return;
  if (dimension == Dimension::category) results.context.categories.assign(names.begin(), names.end());
  for (const Quantity& quantity : quantities()) {
    std::vector<double>& values = results.*quantity.values;
    if (quantity.dimensions.empty() || quantity.dimensions.back() != dimension) continue;
    std::vector<double> complete;
    for (std::size_t i = 0; i < values.size(); ++i) {
      complete.push_back(values[i]);
      if ((i + 1) % before == 0) complete.resize(complete.size() + (count - before));
    }
    values = std::move(complete);
  }
}
/// How many of the names a file has as labels, where these are the first of them; else all.
template <std::size_t count>
std::size_t known_labels(const std::vector<std::string>& labels, const std::array<const char*, count>& names) {
  const bool first =
      !labels.empty() && labels.size() < count && std::equal(labels.begin(), labels.end(), names.begin());
  return first ? labels.size() : count;
}

Results read_root(hid_t file, std::int32_t major) {
  Results results;
  ResultsContext& context = results.context;
  for (const TextAttribute& attribute : text_attributes)
    context.*attribute.value = hdf5::read_text_attribute(file, attribute.name);
  if (hdf5::attribute_exists(file, histories_attribute))
    context.histories = hdf5::read_text_attribute(file, histories_attribute);
  context.status = hdf5::read_text_attribute(file, "status") == status_name(results::RunStatus::complete)
                       ? results::RunStatus::complete
                       : results::RunStatus::partial;
  if (hdf5::attribute_exists(file, shard_attribute)) {
    std::array<std::int32_t, 2> shard{};
    hdf5::read_attribute_values(file, shard_attribute, hdf5::Type<std::int32_t>::memory(), shard.size(), shard.data());
    context.shard = {shard[0], shard[1]};
  }
  context.seed = hdf5::read_attribute<std::uint64_t>(file, "seed");
  results.first_path = hdf5::read_attribute<std::uint64_t>(file, "first_path");
  results.paths = hdf5::read_attribute<std::uint64_t>(file, "paths");
  results.step_hours = hdf5::read_attribute<double>(file, "step_hours");
  context.horizon_hours = hdf5::read_attribute<double>(file, "horizon_hours");
  if (hdf5::attribute_exists(file, "budget")) results.budget = hdf5::read_attribute<double>(file, "budget");
  if (hdf5::attribute_exists(file, "actual_until_hours"))
    context.actual_until_hours = hdf5::read_attribute<double>(file, "actual_until_hours");

  for (const DimensionTerms& dimension : dimensions())
    if (dimension.set_texts && hdf5::exists(file, dimension.name))
      dimension.set_texts(results) = hdf5::read_strings(file, dimension.name);
    else if (dimension.set_numbers)
      dimension.set_numbers(results) = read_coordinates(file, dimension.name);
  const char* waste_name = terms_of(Dimension::waste_kind).name;
  const std::size_t categories = known_labels(context.categories, category_names);
  const std::size_t waste_kinds =
      known_labels(hdf5::exists(file, waste_name) ? hdf5::read_strings(file, waste_name) : std::vector<std::string>{},
                   waste_kind_names);
  for (const Quantity& quantity : quantities()) {
    const char* name = name_in(quantity, major);
    std::vector<std::size_t> shape;
    for (const Dimension dimension : quantity.dimensions)
      shape.push_back(dimension == Dimension::waste_kind ? waste_kinds : extent(results, dimension));
    if (hdf5::exists(file, name) || !may_be_absent(quantity, results))
      results.*quantity.values = hdf5::read_values<double>(file, name, shape);
  }
  complete_labels(results, Dimension::category, categories, category_names);
  complete_labels(results, Dimension::waste_kind, waste_kinds, waste_kind_names);
  context.obligation = results.obligation;
  context.commitment_cost = results.commitment_cost;
  context.discount_cost = results.discount_cost;
  context.driver_bin_low = results.driver_bin_low;
  context.driver_bin_high = results.driver_bin_high;
  context.latency_range_start = results.latency_range_start;
  context.budget_amount = results.budget_amount;
  context.actual_owner = results.actual_owner;
  context.actual_category = results.actual_category;
  expect_sound(results);
  return results;
}

/// Reads a file with `read`, whose complaints get the file's name.
template <class Read>
auto read_named(const fs::path& path, Read read) {
  const OpenFile opened = open_results(path);
  try {
    return read(opened.file, opened.major);
  } catch (const FormatError& error) {
    throw FormatError(fmt::format("'{}': {}", path.string(), error.what()));
  }
}

}  // namespace

std::string write_results(const fs::path& path, const Results& results, const results::Tally& tally,
                          const fs::path& outdated) {
  std::vector<std::byte> bytes;
  {
    const hdf5::Handle file = hdf5::create_in_memory();
    hdf5::write_fixed_attribute(file, "checksum", std::string(checksum_mark) + std::string(checksum_zeros));
    write_attributes(file, results);
    write_root(file, results);
    write_tally_groups(file, tally, results.context);
    bytes = hdf5::image(file);
  }
  const std::size_t place = checksum_place(bytes);
  if (place == bytes.size())
    throw IoError(
        fmt::format("'{}' was not written: the checksum has no place in it; please report this", path.string()));
  Checksum checksum;
  checksum.add(bytes);
  const std::string digits = checksum.digits();
  std::memcpy(bytes.data() + place, digits.data(), digits.size());
  write_file_atomically(path, bytes, outdated);
  return digits;
}

std::string borne_checksum(const fs::path& path) {
  const std::string start = start_of(path, mark_reach);
  const std::size_t place = checksum_place(std::as_bytes(std::span(start)));
  return start.substr(std::min(place, start.size()), checksum_zeros.size());
}

StoredFrame read_frame(const fs::path& path) {
  return read_named(path, [](hid_t file, std::int32_t major) {
    StoredFrame stored{read_root(file, major), check_tally_groups(file)};
    expect_same_run(stored.results, stored.tally);
    stored.results.run_paths = stored.tally.layout.paths;
    return stored;
  });
}

Results read_results(const fs::path& path) { return read_frame(path).results; }

results::Tally read_tally(const fs::path& path) {
  return read_named(path, [](hid_t file, std::int32_t major) {
    const Results results = read_root(file, major);
    Tally tally = read_tally_groups(file);
    expect_same_run(results, tally.frame());
    return tally;
  });
}

}  // namespace costrisk::results
