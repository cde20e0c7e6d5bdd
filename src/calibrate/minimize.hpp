// Least values of smooth functions of a few unknowns, and how sharply they are bent there.
#pragma once

#include <Eigen/Cholesky>
#include <functional>
#include <optional>
#include <vector>

namespace costrisk::calibrate {

using Objective = std::function<double(const std::vector<double>&)>;

/// Nelder and Mead 1965, restarted once from where it ends. Where the function is not finite it counts as very high.
/// @param step the size of the first simplex in each direction
std::vector<double> minimize(const Objective& f, std::vector<double> start, double step, int evaluations = 600);

/// Inverse of the matrix of second derivatives at a least value, by central differences: of a negative log-likelihood,
/// the covariance of the estimates. Infinite on the diagonal where the function is not convex there.
Eigen::MatrixXd covariance_at(const Objective& f, const std::vector<double>& at, double step = 1e-3);

/// Cholesky's decomposition of a symmetric matrix; nothing where it is singular or not positive definite.
std::optional<Eigen::LLT<Eigen::MatrixXd>> decomposed(const Eigen::MatrixXd& matrix);

}  // namespace costrisk::calibrate
