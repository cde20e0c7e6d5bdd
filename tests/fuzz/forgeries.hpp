// Result files that somebody forged: sound HDF5 whose objects are others than costrisk writes, under a checksum that
// fits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/fuzz/mutations.hpp"

namespace costrisk::fuzz {

/// Whether what was done to a file leaves something that costrisk may have written.
enum class Verdict { may_be_sound, is_unsound };

struct Forgery {
  std::string what;  ///< for messages: "cost_mean: an external link"
  Verdict verdict = Verdict::may_be_sound;
};

/// Changes a result file in place: one to three of its objects become others, or some of its bytes do; then its
/// checksum is made to fit. The same for the same mutations.
std::vector<Forgery> forge(const std::filesystem::path& file, Mutations& mutations);

}  // namespace costrisk::fuzz
