// Files as they are, put into the program by the assembler. The build defines the paths.
#include "src/present/page/assets.hpp"

#define COSTRISK_EMBED(name, path)                \
  asm(".pushsection .rodata\n"                    \
      ".global costrisk_" name                    \
      "_begin\n"                                  \
      ".global costrisk_" name                    \
      "_end\n"                                    \
      "costrisk_" name "_begin:\n.incbin \"" path \
      "\"\n"                                      \
      "costrisk_" name                            \
      "_end:\n.byte 0\n"                          \
      ".popsection\n")

COSTRISK_EMBED("report_style", COSTRISK_REPORT_STYLE);
COSTRISK_EMBED("live_style", COSTRISK_LIVE_FOLDER "/live.css");
COSTRISK_EMBED("live_script", COSTRISK_LIVE_SCRIPT);
COSTRISK_EMBED("live_worker", COSTRISK_LIVE_FOLDER "/worker.js");
#ifdef COSTRISK_REPORT_SCRIPT
COSTRISK_EMBED("report_script", COSTRISK_REPORT_SCRIPT);
#endif

extern "C" {
extern const char costrisk_report_style_begin[], costrisk_report_style_end[];
extern const char costrisk_live_style_begin[], costrisk_live_style_end[];
extern const char costrisk_live_script_begin[], costrisk_live_script_end[];
extern const char costrisk_live_worker_begin[], costrisk_live_worker_end[];
#ifdef COSTRISK_REPORT_SCRIPT
extern const char costrisk_report_script_begin[], costrisk_report_script_end[];
#endif
}

namespace costrisk::present::html {

namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

std::string_view style_sheet() { return between(costrisk_report_style_begin, costrisk_report_style_end); }

std::string_view live_style() { return between(costrisk_live_style_begin, costrisk_live_style_end); }
std::string_view live_script() { return between(costrisk_live_script_begin, costrisk_live_script_end); }
std::string_view live_worker() { return between(costrisk_live_worker_begin, costrisk_live_worker_end); }

std::string_view script() {
#ifdef COSTRISK_REPORT_SCRIPT
  return between(costrisk_report_script_begin, costrisk_report_script_end);
#else
  return {};
#endif
}

}  // namespace costrisk::present::html
