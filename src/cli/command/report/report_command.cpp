#include "cli/command/report/report_command.h"

#include "cli/arguments/usage_error.h"
#include "cli/terminal/output.h"
#include "io/report/report.h"

namespace veil::cli {

int run_report(const Arguments& arguments) {
  require<UsageError>(!arguments.positionals.empty(), "veil report wants the folder of a run");
  for (const std::string& run : arguments.positionals) {
    print(concat("report ", io::write_report(run).string(), "\n"));
  }
  return 0;
}

}  // namespace veil::cli
