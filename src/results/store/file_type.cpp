// Files known by the marks in them.
#include "src/results/store/file_type.hpp"

#include <algorithm>
#include <limits>

#include "src/trace/files.hpp"

namespace costrisk::results {

namespace fs = std::filesystem;

std::string start_of(const fs::path& path, std::size_t bytes) { return trace::read_file(path, bytes); }

std::string end_of(const fs::path& path, std::size_t bytes) {
  const std::string all = trace::read_file(path, std::numeric_limits<std::size_t>::max());
  return all.substr(all.size() - std::min(bytes, all.size()));
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
