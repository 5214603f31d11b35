#include "toys/toy_suite.h"

#include "toys/chain_toys.h"
#include "toys/image_toys.h"
#include "toys/simple_toys.h"
#include "toys/toy_joint.h"

namespace veil {

std::vector<std::unique_ptr<Toy>> toy_suite() {
  std::vector<std::unique_ptr<Toy>> toys;
  toys.push_back(std::make_unique<ProductToy>(16, std::vector<double>{0.6, 0.25, 0.1, 0.05}));
  toys.push_back(std::make_unique<AllEqualToy>(6, 4));
  toys.push_back(std::make_unique<ParityToy>(8));
  toys.push_back(std::make_unique<EnumeratedToy>(random_joint(5, 3, 1)));
  toys.push_back(std::make_unique<MarkovToy>(64, 16, discretised_ou(16, 0.9)));
  toys.push_back(std::make_unique<HmmToy>(32, 6, 27, random_hmm(6, 27, 1)));
  toys.push_back(std::make_unique<IsingToy>(6, 8, 0.44));
  toys.push_back(std::make_unique<TemplateToy>(TokenShape{.height = 6, .width = 6, .channels = 1}, 16,
                                               random_templates(8, 36, 16, 1), std::vector<double>{0.5, 0.3, 0.2}));
  toys.push_back(std::make_unique<BitPlaneToy>(16, 0.9));
  return toys;
}

std::vector<std::unique_ptr<Toy>> small_toy_suite() {
  std::vector<std::unique_ptr<Toy>> toys;
  toys.push_back(std::make_unique<ProductToy>(4, std::vector<double>{0.7, 0.2, 0.1}));
  toys.push_back(std::make_unique<AllEqualToy>(5, 3));
  toys.push_back(std::make_unique<ParityToy>(6));
  toys.push_back(std::make_unique<EnumeratedToy>(random_joint(5, 3, 1)));
  toys.push_back(std::make_unique<EnumeratedToy>(random_joint(4, 4, 2)));
  toys.push_back(std::make_unique<MarkovToy>(5, 3, sticky_transitions(3, 0.75)));
  toys.push_back(std::make_unique<HmmToy>(5, 2, 3, random_hmm(2, 3, 1)));
  toys.push_back(std::make_unique<IsingToy>(2, 4, 0.44));
  toys.push_back(std::make_unique<TemplateToy>(TokenShape{.height = 2, .width = 2, .channels = 1}, 6,
                                               random_templates(3, 4, 6, 1), std::vector<double>{0.6, 0.4}));
  return toys;
}

}  // namespace veil
