#include "veil/objective/loss_terms.h"

#include <numbers>

namespace veil {

double bits_per_dim(double nats, int64_t length) {
  return nats / (static_cast<double>(length) * std::numbers::ln2);
}

}  // namespace veil
