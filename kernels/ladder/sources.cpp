// Files as they are, put into the program by the assembler. The build defines the folder.
#include "kernels/ladder/sources.hpp"

#include <cstddef>

#define COSTRISK_EMBED(name, file)                                                  \
  asm(".pushsection .rodata\n"                                                      \
      ".global costrisk_ladder_" name                                               \
      "_begin\n"                                                                    \
      ".global costrisk_ladder_" name                                               \
      "_end\n"                                                                      \
      "costrisk_ladder_" name "_begin:\n.incbin \"" COSTRISK_LADDER_FOLDER "/" file \
      "\"\n"                                                                        \
      "costrisk_ladder_" name                                                       \
      "_end:\n.byte 0\n"                                                            \
      ".popsection\n");                                                             \
  static_assert(true)

#define COSTRISK_EMBED_RUNGS(X)     \
  X(1, "01_arrays.cpp");            \
  X(2, "02_paths.cpp");             \
  X(3, "03_counter_based.cpp");     \
  X(4, "04_fused.cpp");             \
  X(5, "05_avx2.cpp");              \
  X(6, "06_avx512.cpp");            \
  X(7, "07_threads.cpp");           \
  X(8, "08_shared_components.hpp"); \
  X(9, "09_stages.cuh");            \
  X(10, "10_coalesced.cuh");        \
  X(11, "11_counter_based.cuh");    \
  X(12, "12_fused.cuh");            \
  X(13, "13_placed.cuh");           \
  X(14, "14_shared_world.cuh");     \
  X(15, "15_reduced.cuh");          \
  X(16, "16_launch_shape.cuh")

#define COSTRISK_EMBED_RUNG(number, file) COSTRISK_EMBED(#number, file)
#define COSTRISK_DECLARE_RUNG(number, file) \
  extern "C" const char costrisk_ladder_##number##_begin[], costrisk_ladder_##number##_end[]
#define COSTRISK_RUNG_TEXT(number, file) \
  if (rung == number) return between(costrisk_ladder_##number##_begin, costrisk_ladder_##number##_end)

COSTRISK_EMBED("scenario", "ladder.toml");
COSTRISK_EMBED_RUNGS(COSTRISK_EMBED_RUNG);

extern "C" const char costrisk_ladder_scenario_begin[], costrisk_ladder_scenario_end[];
COSTRISK_EMBED_RUNGS(COSTRISK_DECLARE_RUNG);

namespace costrisk::ladder {

namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

std::string_view rung_source(int rung) {
  COSTRISK_EMBED_RUNGS(COSTRISK_RUNG_TEXT);
  return {};
}

std::string_view scenario_text() { return between(costrisk_ladder_scenario_begin, costrisk_ladder_scenario_end); }

}  // namespace costrisk::ladder
