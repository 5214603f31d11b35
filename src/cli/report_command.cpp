#include "veil/cli/commands.h"
#include "veil/cli/output.h"
#include "veil/cli/usage_error.h"
#include "veil/io/report.h"

namespace veil::cli {

int run_report(const Arguments& arguments) {
  require<UsageError>(!arguments.positionals.empty(), "veil report wants the folder of a run");
  for (const std::string& run : arguments.positionals) {
    print(concat("report ", io::write_report(run).string(), "\n"));
  }
  return 0;
}

}  // namespace veil::cli
