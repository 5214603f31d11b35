#include "cli/command/bench/bench_figures.h"

#include <nlohmann/json.hpp>
#include <string>

#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {

void print_figures(const nlohmann::ordered_json& figures, bool as_json) {
  if (as_json) {
    print(figures.dump() + "\n");
    return;
  }
  std::string text;
  for (const auto& [name, value] : figures.items()) {
    if (name == "schema_version") {  // for programs
      continue;
    }
    text += concat(name, std::string(name.size() < 26 ? 26 - name.size() : 1, ' '),
                   value.is_string()         ? value.get<std::string>()
                   : value.is_number_float() ? significant(value.get<double>(), 4)
                                             : value.dump(),
                   "\n");
  }
  print(text);
}

}  // namespace veil::cli
