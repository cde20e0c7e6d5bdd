// zlib's inflate in a loop, and how files of other kinds begin.
#include "src/trace/text_source.hpp"

#include <fmt/format.h>
#if __has_include(<zlib.h>)
#include <zlib.h>
#endif

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace costrisk::trace {

namespace {

constexpr std::size_t start_bytes = 8;

/// What a file is that begins with these bytes, and how it becomes text.
struct Kind {
  std::string_view start;
  const char* remedy;
};

using namespace std::string_view_literals;

constexpr std::array kinds = {
    Kind{"PAR1"sv, "is a parquet file; write it as CSV, for instance with duckdb: COPY (FROM 'FILE') TO 'FILE.csv'"},
    Kind{"ORC"sv, "is an ORC file; write it as CSV"},
    Kind{"Obj\x01"sv, "is an Avro file; write it as CSV"},
    Kind{"PK\x03\x04"sv, "is a zip archive or a workbook; unpack it, or save the sheet as CSV"},
    Kind{"\x28\xB5\x2F\xFD"sv, "is compressed by zstd; decompress it (zstd -d) or pipe it in: zstd -dc FILE | …  -"},
    Kind{"BZh"sv, "is compressed by bzip2; decompress it (bunzip2) or pipe it in: bzcat FILE | … -"},
    Kind{"\xFD\x37zXZ"sv, "is compressed by xz; decompress it (unxz) or pipe it in: xzcat FILE | … -"},
    Kind{"\x89HDF\r\n\x1A\n"sv, "is an HDF5 file; expected text"},
    Kind{"\xFF\xFE"sv, "is text in UTF-16; save it as UTF-8"},
    Kind{"\xFE\xFF"sv, "is text in UTF-16; save it as UTF-8"},
};

}  // namespace

#if __has_include(<zlib.h>)
struct TextSource::Inflater {
  static constexpr int gzip_window = 15 + 16;  // zlib: the widest window, and gzip's header and trailer

  z_stream stream{};
  std::string packed = std::string(std::size_t{1} << 16, '\0');
  bool inside = false;  ///< a member

  Inflater() {
    if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

std::size_t TextSource::read_compressed(std::span<char> room) {
  z_stream& stream = inflater_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(room.data());
  stream.avail_out = static_cast<uInt>(room.size());
  while (stream.avail_out > 0) {
    if (stream.avail_in == 0) {
      const std::size_t got = read_plain(inflater_->packed);
      stream.next_in = reinterpret_cast<Bytef*>(inflater_->packed.data());
      stream.avail_in = static_cast<uInt>(got);
      if (got == 0) {
        if (inflater_->inside) damaged("ends early");
        break;
      }
    }
    if (!inflater_->inside) {
      // Zeros may follow the last member.
      if (*stream.next_in == 0) {
        ++stream.next_in;
        --stream.avail_in;
        continue;
      }
      inflater_->inside = true;
    }
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      inflater_->inside = false;
      inflateReset(&stream);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      damaged("is damaged");
    }
  }
  return room.size() - stream.avail_out;
}
#else
// Browsers get files from the program, which has decompressed them.
struct TextSource::Inflater {};

std::size_t TextSource::read_compressed(std::span<char>) { damaged("is not decompressed here"); }
#endif

TextSource::TextSource(const std::filesystem::path& path, Pipes pipes)
    : file_(path, pipes), name_(pipes == Pipes::read && path == "-" ? "standard input" : path.string()) {
  start_.resize(start_bytes);
  start_.resize(file_.read(start_));
  for (const Kind& kind : kinds)
    if (start_.starts_with(kind.start)) throw FormatError(fmt::format("{} {}", name_, kind.remedy));
  if (start_.starts_with("\x1F\x8B")) inflater_ = std::make_unique<Inflater>();
}

TextSource::~TextSource() = default;

void TextSource::damaged(const char* how) const {
  throw FormatError(fmt::format("{} is compressed, and {}; make or copy it again", name_, how));
}

std::size_t TextSource::read_plain(std::span<char> room) {
  const std::size_t kept = std::min(room.size(), start_.size() - given_);
  std::copy_n(start_.begin() + static_cast<std::ptrdiff_t>(given_), kept, room.begin());
  given_ += kept;
  return kept + (kept < room.size() ? file_.read(room.subspan(kept)) : 0);
}

std::size_t TextSource::read(std::span<char> room) {
  constexpr std::size_t most = std::size_t{1} << 30;  // zlib counts in 32 bits
  room = room.first(std::min(room.size(), most));
  return inflater_ ? read_compressed(room) : read_plain(room);
}

}  // namespace costrisk::trace
