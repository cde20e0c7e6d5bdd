// By NLopt's simplex and Eigen's Cholesky decomposition.
#include "src/calibrate/minimize.hpp"

#include <nlopt.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <exception>
#include <limits>
#include <memory>
#include <stdexcept>

namespace costrisk::calibrate {

namespace {

/// An objective as C calls it, through which no exception may pass.
struct Called {
  const Objective& f;
  nlopt_opt search;
  std::exception_ptr thrown;

  static double value(unsigned n, const double* x, double*, void* data) {
    auto& called = *static_cast<Called*>(data);
    try {
      const double value = called.f(std::vector<double>(x, x + n));
      return std::isfinite(value) ? value : std::numeric_limits<double>::max();
    } catch (...) {
      called.thrown = std::current_exception();
      nlopt_force_stop(called.search);
      return std::numeric_limits<double>::max();
    }
  }
};

void descend(const Objective& f, std::vector<double>& at, double step, int evaluations) {
  const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> search(
      nlopt_create(NLOPT_LN_NELDERMEAD, static_cast<unsigned>(at.size())), nlopt_destroy);
  Called called{f, search.get(), nullptr};
  if (!search || nlopt_set_min_objective(search.get(), Called::value, &called) < 0 ||
      nlopt_set_initial_step1(search.get(), step) < 0 || nlopt_set_xtol_abs1(search.get(), 1e-6) < 0 ||
      nlopt_set_maxeval(search.get(), evaluations) < 0)
    throw std::runtime_error("the search for a least value could not be set up: out of memory");
  double least = 0.0;
  nlopt_optimize(search.get(), at.data(), &least);  // whatever ends it, `at` is the best that was found
  if (called.thrown) std::rethrow_exception(called.thrown);
}

}  // namespace

std::vector<double> minimize(const Objective& f, std::vector<double> start, double step, int evaluations) {
  descend(f, start, step, evaluations);
  descend(f, start, 0.2 * step, evaluations);
  return start;
}

std::optional<Eigen::LLT<Eigen::MatrixXd>> decomposed(const Eigen::MatrixXd& matrix) {
  constexpr double least_pivot = 1e-12;
  Eigen::LLT<Eigen::MatrixXd> cholesky(matrix);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  const auto pivots = cholesky.matrixLLT().diagonal().array().square();
  if (!(pivots > least_pivot * matrix.diagonal().array().abs()).all()) return std::nullopt;
  return cholesky;
}

Eigen::MatrixXd covariance_at(const Objective& f, const std::vector<double>& at, double step) {
  const std::size_t n = at.size();
  const auto value = [&](std::size_t i, double a, std::size_t j, double b) {
    std::vector<double> x = at;
    x[i] += a;
    x[j] += b;
    return f(x);
  };
  const double middle = f(at);
  Eigen::MatrixXd curvature(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    curvature(i, i) = (value(i, step, i, 0.0) - 2.0 * middle + value(i, -step, i, 0.0)) / (step * step);
    for (std::size_t j = 0; j < i; ++j)
      curvature(i, j) = curvature(j, i) =
          (value(i, step, j, step) - value(i, step, j, -step) - value(i, -step, j, step) + value(i, -step, j, -step)) /
          (4.0 * step * step);
  }
  if (const auto cholesky = decomposed(curvature)) return cholesky->solve(Eigen::MatrixXd::Identity(n, n));
  return Eigen::VectorXd::Constant(n, std::numeric_limits<double>::infinity()).asDiagonal();
}

}  // namespace costrisk::calibrate
