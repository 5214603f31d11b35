#include <torch/types.h>

#include <iostream>

#include "veil/diffusion/mask_schedule.h"
#include "veil/io/format/safetensors.h"

// Writes the cosine schedule to the file that is named, reads it back and prints its middle.
int main(int, char** argv) {
  const veil::MaskSchedule schedule({.kind = veil::ScheduleKind::kCosine});
  const auto middle = torch::full({1}, schedule.alpha(0.5), torch::kFloat64);
  veil::io::write_safetensors(argv[1], {.tensors = {{"alpha", middle}}, .metadata = {}});
  std::cout << veil::io::read_safetensors(argv[1]).find("alpha")->item<double>() << '\n';
}
