// Files known by the marks in them.
#include "src/results/store/file_type.hpp"

#include <algorithm>
#include <string>

#include "src/trace/files.hpp"

namespace costrisk::results {

namespace fs = std::filesystem;

std::string start_of(const fs::path& path, std::size_t bytes) { return trace::read_file(path, bytes); }

std::string end_of(const fs::path& path, std::size_t bytes) {
  trace::FileReader file(path);
  std::string end, piece(std::max(bytes, std::size_t{1} << 16), '\0');
  for (std::size_t got = piece.size(); got == piece.size();) {
    got = file.read(piece);
    end.append(piece, 0, got);
    end.erase(0, end.size() - std::min(bytes, end.size()));
  }
  return end;
}

FileType file_type(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return FileType::none;
  if (!fs::is_regular_file(path, error)) return FileType::other;
  const std::string start = start_of(path, mark_reach);
  if (start.empty()) return FileType::none;
  if (!start.starts_with(hdf5_signature)) return FileType::other;
  if (start.find(checksum_mark) != std::string::npos) return FileType::results;
  if (start.find(study_filetype) != std::string::npos) return FileType::study;
  return start.find(timeline_filetype) != std::string::npos ? FileType::timeline : FileType::other_hdf5;
}

}  // namespace costrisk::results
