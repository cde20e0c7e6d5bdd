// By Boost.Math, which computes doubles in extended precision: there the C library has one implementation for all
// processors, so that the rounded result is the same on each.
#include "src/results/estimators/distributions.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace costrisk::results {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_quantile(double p) { return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * p); }

double student_quantile(double degrees, double p) { return boost::math::quantile(boost::math::students_t(degrees), p); }

double chi_squared_tail(double x, double degrees) {
  return x > 0.0 ? boost::math::gamma_q(0.5 * degrees, 0.5 * x) : 1.0;
}

double gamma_quantile(double shape, double p) { return boost::math::gamma_p_inv(shape, p); }

}  // namespace costrisk::results
