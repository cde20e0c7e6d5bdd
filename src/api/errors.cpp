// Errors of the interface, and which of the engine's each stands for.
#include "costrisk/errors.hpp"

#include <exception>
#include <new>

#include "costrisk/costrisk.hpp"
#include "src/api/boundary.hpp"
#include "src/api/problems.hpp"
#include "src/present/page/page.hpp"
#include "src/results/store/errors.hpp"
#include "src/results/store/version.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk {

namespace {

std::string joined(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += (text.empty() ? "" : "\n") + problem.text;
  return text;
}

}  // namespace

// Out of line, so that an exception of one library is the same type in another.
Error::~Error() = default;
InvalidScenario::~InvalidScenario() = default;
InputError::~InputError() = default;
UnknownName::~UnknownName() = default;
FileError::~FileError() = default;
BackendUnavailable::~BackendUnavailable() = default;
DeviceFailed::~DeviceFailed() = default;
TooLarge::~TooLarge() = default;
Cancelled::~Cancelled() = default;

InvalidScenario::InvalidScenario(std::vector<Problem> problems)
    : Error(joined(problems)), problems_(std::move(problems)) {}

std::vector<Problem> problems_of(const scenario::InvalidScenario& invalid) {
  std::vector<Problem> problems;
  for (const scenario::Diagnostic& diagnostic : invalid.diagnostics)
    problems.push_back({diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message, diagnostic.rendered});
  return problems;
}

void rethrow_translated() {
  try {
    throw;
  } catch (const scenario::InvalidScenario& invalid) {
    throw InvalidScenario(problems_of(invalid));
  } catch (const run::BackendUnavailable& error) {
    throw BackendUnavailable(error.what());
  } catch (const run::DeviceFailed& error) {
    throw DeviceFailed(error.what());
  } catch (const run::TooLarge& error) {
    throw TooLarge(error.what());
  } catch (const results::FormatError& error) {
    throw InputError(error.what());
  } catch (const results::IoError& error) {
    throw FileError(error.what());
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
}

Version version() {
  const results::Version version = results::version();
  return {version.version, version.git_sha, version.compiler, present::interactive_reports()};
}

std::string bill_of_materials() { return results::bill_of_materials(); }

}  // namespace costrisk
