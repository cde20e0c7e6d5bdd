// Nelder and Mead's simplex, finite differences and Cholesky's decomposition.
#include "src/calibrate/minimize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace costrisk::calibrate {

namespace {

struct Vertex {
  std::vector<double> at;
  double value;
};

class Simplex {
 public:
  Simplex(const Objective& f, const std::vector<double>& start, double step) : f_(f) {
    add(start);
    for (std::size_t i = 0; i < start.size(); ++i) {
      std::vector<double> corner = start;
      corner[i] += step;
      add(corner);
    }
  }

  void descend(int evaluations) {
    while (evaluations_ < evaluations) {
      std::sort(vertices_.begin(), vertices_.end(), [](const Vertex& a, const Vertex& b) { return a.value < b.value; });
      if (vertices_.back().value - vertices_.front().value < 1e-9 && extent() < 1e-6) return;
      turn();
    }
  }

  const Vertex& best() const {
    return *std::min_element(vertices_.begin(), vertices_.end(),
                             [](const Vertex& a, const Vertex& b) { return a.value < b.value; });
  }

 private:
  Vertex vertex(std::vector<double> at) {
    ++evaluations_;
    const double value = f_(at);
    return {std::move(at), std::isfinite(value) ? value : std::numeric_limits<double>::max()};
  }
  void add(const std::vector<double>& at) { vertices_.push_back(vertex(at)); }

  double extent() const {
    double extent = 0.0;
    for (const Vertex& v : vertices_)
      for (std::size_t i = 0; i < v.at.size(); ++i) extent = std::max(extent, std::abs(v.at[i] - vertices_[0].at[i]));
    return extent;
  }

  /// From the centre of all but the worst, beyond it (positive) or towards the worst (negative).
  Vertex moved(const std::vector<double>& centre, double factor) {
    std::vector<double> at = centre;
    for (std::size_t i = 0; i < at.size(); ++i) at[i] += factor * (centre[i] - vertices_.back().at[i]);
    return vertex(std::move(at));
  }

  void turn() {
    const std::size_t n = vertices_.size() - 1;
    std::vector<double> centre(n, 0.0);
    for (std::size_t v = 0; v < n; ++v)
      for (std::size_t i = 0; i < n; ++i) centre[i] += vertices_[v].at[i] / static_cast<double>(n);
    Vertex reflected = moved(centre, 1.0);
    if (reflected.value < vertices_[0].value) {
      Vertex further = moved(centre, 2.0);
      vertices_.back() = further.value < reflected.value ? further : reflected;
    } else if (reflected.value < vertices_[n - 1].value) {
      vertices_.back() = reflected;
    } else {
      Vertex nearer = moved(centre, reflected.value < vertices_.back().value ? 0.5 : -0.5);
      if (nearer.value < std::min(reflected.value, vertices_.back().value)) {
        vertices_.back() = nearer;
        return;
      }
      for (std::size_t v = 1; v <= n; ++v) {
        std::vector<double> at = vertices_[v].at;
        for (std::size_t i = 0; i < n; ++i) at[i] = 0.5 * (at[i] + vertices_[0].at[i]);
        vertices_[v] = vertex(std::move(at));
      }
    }
  }

  const Objective& f_;
  std::vector<Vertex> vertices_;
  int evaluations_ = 0;
};

}  // namespace

std::vector<double> minimize(const Objective& f, std::vector<double> start, double step, int evaluations) {
  Simplex first(f, start, step);
  first.descend(evaluations);
  Simplex second(f, first.best().at, 0.2 * step);
  second.descend(evaluations);
  return second.best().at;
}

std::vector<double> solve_symmetric(std::vector<double> matrix, std::vector<double> right,
                                    std::vector<double>* inverse) {
  const std::size_t n = right.size();
  for (std::size_t j = 0; j < n; ++j) {
    double pivot = matrix[j * n + j];
    const double scale = std::abs(pivot);
    for (std::size_t k = 0; k < j; ++k) pivot -= matrix[j * n + k] * matrix[j * n + k];
    if (!(pivot > 1e-12 * scale)) return {};
    matrix[j * n + j] = std::sqrt(pivot);
    for (std::size_t i = j + 1; i < n; ++i) {
      double sum = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= matrix[i * n + k] * matrix[j * n + k];
      matrix[i * n + j] = sum / matrix[j * n + j];
    }
  }
  const auto solve = [&](std::vector<double>& x) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < i; ++k) x[i] -= matrix[i * n + k] * x[k];
      x[i] /= matrix[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t k = i + 1; k < n; ++k) x[i] -= matrix[k * n + i] * x[k];
      x[i] /= matrix[i * n + i];
    }
  };
  if (inverse) {
    inverse->assign(n * n, 0.0);
    for (std::size_t column = 0; column < n; ++column) {
      std::vector<double> unit(n, 0.0);
      unit[column] = 1.0;
      solve(unit);
      for (std::size_t row = 0; row < n; ++row) (*inverse)[row * n + column] = unit[row];
    }
  }
  solve(right);
  return right;
}

std::vector<double> covariance_at(const Objective& f, const std::vector<double>& at, double step) {
  const std::size_t n = at.size();
  std::vector<double> curvature(n * n, 0.0);
  const auto value = [&](std::size_t i, double a, std::size_t j, double b) {
    std::vector<double> x = at;
    x[i] += a;
    x[j] += b;
    return f(x);
  };
  const double middle = f(at);
  for (std::size_t i = 0; i < n; ++i) {
    curvature[i * n + i] = (value(i, step, i, 0.0) - 2.0 * middle + value(i, -step, i, 0.0)) / (step * step);
    for (std::size_t j = 0; j < i; ++j) {
      const double mixed =
          (value(i, step, j, step) - value(i, step, j, -step) - value(i, -step, j, step) + value(i, -step, j, -step)) /
          (4.0 * step * step);
      curvature[i * n + j] = curvature[j * n + i] = mixed;
    }
  }
  std::vector<double> inverse;
  if (solve_symmetric(curvature, std::vector<double>(n, 0.0), &inverse).empty()) {
    inverse.assign(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) inverse[i * n + i] = std::numeric_limits<double>::infinity();
  }
  return inverse;
}

}  // namespace costrisk::calibrate
