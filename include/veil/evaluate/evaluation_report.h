#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace veil {

/// S/k by the number k of masked positions: the information profile. At most 64 bins, logarithmic towards both ends,
/// which are disjoint, ascending and cover 1..L. In the count form L * (sum of all sums) / (sum of all samples) is the
/// mean bound in nats, estimated without the control variate.
struct ProfileBin {
  int64_t first_count = 0;  ///< smallest k of the bin
  int64_t last_count = 0;   ///< largest k of the bin
  int64_t samples = 0;      ///< passes that fell into it
  double sum = 0.0;         ///< of S/k, nats per masked token
  double sum_squares = 0.0;
};

/// What the scored examples of one class say. Bits are per dimension.
struct ClassFigure {
  int64_t label = 0;
  std::string name;      ///< empty where the data set has no names of classes
  int64_t examples = 0;  ///< scored of this class, above 0
  double bits_per_dim = 0.0;
  double standard_error = 0.0;  ///< over these examples; NaN (in JSON: null) if there is only one
};

/// A measured bound. Nats and bits are of the whole negative ELBO.
struct EvaluationReport {
  double bits_per_dim = 0.0;
  double standard_error = 0.0;       ///< over examples, as if they were drawn from a population; NaN (in JSON: null)
                                     ///< if there is only one, as is the interval
  double mask_standard_error = 0.0;  ///< the part due to mask noise: the error on these very examples
  double confidence_low = 0.0;       ///< 95 %: bits_per_dim -+ 1.96 standard errors; below 1,000 examples in place of
                                     ///< 1.96 the quantile of Student's t with a degree of freedom less than examples
  double confidence_high = 0.0;
  int64_t examples = 0;
  int64_t dataset_size = 0;  ///< examples that the data set has: more than `examples` under a limit, which takes a part
                             ///< as split_part.h says
  int64_t passes = 0;        ///< forward passes per example
  int64_t replicates = 0;
  std::string estimator;  ///< "count-controlled", "count-stratified" (no control variate), "time-stratified",
                          ///< "powers-time-stratified" or an exact order
  double control = 0.0;   ///< weight that the control variate had; 0: there was none
  std::string form;       ///< "count" or "time", of which the estimator is; empty of an exact order
  int64_t limit = 0;      ///< examples that were asked for; 0: all
  std::string dataset;
  std::string split;
  std::string weights;  ///< "ema" or "raw", set by the caller
  uint64_t seed = 0;
  int64_t length = 0;     ///< tokens of an example
  int64_t classes = 0;    ///< above 0: the network was told which of so many classes an example has, and the figure is
                          ///< conditional on that; log2(classes) / length for telling the class is not in it
  int64_t step = 0;       ///< updates that the weights have had; this and what follows is set by the caller
  std::string precision;  ///< number format of the network's products; empty, as all below: not known
  std::string device;     ///< the processor or GPU, by its maker's name
  std::string veil_version;  ///< of the program that computed it
  std::string libtorch_version;
  std::string model;                            ///< file that the weights were read from
  std::string model_sha256;                     ///< of the weights in it, lower-case hexadecimal
  std::string data_fingerprint;                 ///< DatasetInfo's, of what was scored
  int64_t examples_in_training = -1;            ///< of the whole split, those that the training data hold too, token
                                                ///< for token; -1: not known; set by the caller
  std::map<std::string, std::string> settings;  ///< keys of the configuration under which data and network were opened
                                                ///< and scored, with their texts
  std::vector<int64_t> example_indices;         ///< of the scored examples in their data set, ascending
  std::vector<double> example_bits;             ///< bits per dimension of each of them, in that order
  std::vector<double> example_replicate_bits;   ///< [examples * replicates], those of an example one after the other:
                                                ///< its bits are their mean; empty for an exact order
  std::vector<double> example_mask_variances;   ///< of each of them, given the example: from the spread between
                                                ///< replicates; empty for an exact order
  std::vector<ClassFigure> class_figures;       ///< by label; empty where the data have none
  std::vector<ProfileBin> profile;              ///< empty for a network with learned powers
};

}  // namespace veil
