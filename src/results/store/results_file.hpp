// The results file: HDF5 that h5py, xarray and h5dump open, described in docs/results-format.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "src/results/estimators/results.hpp"
#include "src/results/store/errors.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::results {

inline constexpr std::int32_t format_major = 2;
/// The oldest major version that can be read: names of 1.x are those of the catalogue's `name_in_1`.
inline constexpr std::int32_t oldest_major = 1;
inline constexpr std::int32_t format_minor = 1;

/// Writes a results file, whole or not at all. Equal arguments give equal bytes.
/// @param results what `evaluate` made of `tally`
/// @param outdated as write_file_atomically takes it
/// @returns the checksum that the file bears
/// @throws IoError
std::string write_results(const std::filesystem::path& path, const results::Results& results,
                          const results::Tally& tally, const std::filesystem::path& outdated = {});

/// The checksum that a results file bears, whether or not it fits; empty where it bears none.
/// @throws IoError, FormatError where it is no regular file
std::string borne_checksum(const std::filesystem::path& path);

/// Reads the numbers, labels and attributes of a results file. All of the file is checked that its tally is read from,
/// but for the values of costs by path.
/// @throws IoError where there is no such file, FormatError where it is no results file, is damaged, was
/// changed since, or has a major format version that is not read
results::Results read_results(const std::filesystem::path& path);

/// Reads the tally of a results file, which merges with others and evaluates to the same results again.
/// @throws as read_results
results::Tally read_tally(const std::filesystem::path& path);

/// What read_results reads, and what the tally is of.
struct StoredFrame {
  Results results;
  TallyFrame tally;
};

/// @throws as read_results
StoredFrame read_frame(const std::filesystem::path& path);

}  // namespace costrisk::results
