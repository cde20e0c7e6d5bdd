// Whatever stands in a file, its reader takes it or refuses it with reasons; nothing else happens. Short by default;
// the suites that begin with Long take COSTRISK_FUZZ_SECONDS each, ten minutes where that is not set. tests/fuzz/run.sh
// lets libFuzzer look for what these changes do not find.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "tests/fuzz/mutations.hpp"
#include "tests/fuzz/readers.hpp"

namespace costrisk::fuzz {

void PrintTo(const Reader& reader, std::ostream* out) { *out << reader.name; }

namespace {

using Clock = std::chrono::steady_clock;

struct Counts {
  std::uint64_t taken = 0, refused = 0;
};

/// Reads changed texts until `goes_on(how many)` says no. Changed texts are changed again now and then.
template <class GoesOn>
void read_changed_texts(const Reader& reader, std::uint64_t seed, Counts& counts, const GoesOn& goes_on) {
  Mutations mutations(seed);
  // What was taken is changed further, and now and then what was refused, since errors have ways of their own.
  std::vector<std::string> sound = reader.seeds, broken = reader.seeds;
  const auto keep = [&](std::vector<std::string>& texts, const std::string& text) {
    if (texts.size() < reader.seeds.size() + 32)
      texts.push_back(text);
    else
      texts[reader.seeds.size() + mutations.below(32)] = text;
  };
  for (std::uint64_t count = 0; goes_on(count); ++count) {
    const std::vector<std::string>& texts = mutations.below(8) == 0 ? broken : sound;
    const std::string& text = texts[mutations.below(texts.size())];
    const std::string changed = mutations.changed(text, sound[mutations.below(sound.size())], reader.words);
    try {
      const bool taken = reader.read(changed);
      ++(taken ? counts.taken : counts.refused);
      keep(taken ? sound : broken, changed);
    } catch (const std::exception& error) {
      FAIL() << "change " << count << ": " << error.what() << "\nin the text:\n" << changed;
    }
  }
}

class Readers : public testing::TestWithParam<Reader> {};

TEST_P(Readers, SeedsAreReadWithoutComplaint) {
  for (const std::string& seed : GetParam().seeds) EXPECT_TRUE(GetParam().read(seed)) << seed;
}

TEST_P(Readers, ChangedTextsAreReadOrRefused) {
  const auto begin = Clock::now();
  // A fixed number of texts, cut off only where a slow build would take minutes.
  Counts counts;
  read_changed_texts(GetParam(), 20260105, counts, [begin](std::uint64_t count) {
    return count < 3000 && Clock::now() - begin < std::chrono::seconds(60);
  });
  // Changes neither spare every text nor spoil them all.
  EXPECT_GT(counts.taken, (counts.taken + counts.refused) / 100);
  EXPECT_GT(counts.refused, (counts.taken + counts.refused) / 100);
}

class LongReaders : public testing::TestWithParam<Reader> {};

TEST_P(LongReaders, ChangedTextsAreReadOrRefused) {
  const char* given = std::getenv("COSTRISK_FUZZ_SECONDS");
  const auto end = Clock::now() + std::chrono::seconds(given != nullptr ? std::atol(given) : 600);
  Counts counts;
  read_changed_texts(GetParam(), 1, counts, [end](std::uint64_t) { return Clock::now() < end; });
  RecordProperty("taken", std::to_string(counts.taken));
  RecordProperty("refused", std::to_string(counts.refused));
}

std::string name_of(const testing::TestParamInfo<Reader>& tested) {
  std::string name;
  for (const char c : std::string(tested.param.name)) name += c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Of, Readers, testing::ValuesIn(readers()), name_of);
INSTANTIATE_TEST_SUITE_P(LongOf, LongReaders, testing::ValuesIn(readers()), name_of);

}  // namespace
}  // namespace costrisk::fuzz
