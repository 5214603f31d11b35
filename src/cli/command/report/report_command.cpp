#include "cli/command/report/report_command.h"

#include "cli/arguments/usage_error.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/output.h"
#include "io/report/report.h"
#include "io/run/run_layout.h"

namespace veil::cli {

int run_report(const Arguments& arguments) {
  require<UsageError>(!arguments.positionals.empty(), "veil report wants the folder of a run");
  Outputs outputs(arguments);
  for (const std::string& run : arguments.positionals) {
    outputs.writes("RUN", io::RunLayout(run).report, OutputKind::kReport);
  }
  outputs.check();
  for (const std::string& run : arguments.positionals) {
    print(concat("report ", io::write_report(run).string(), "\n"));
  }
  return 0;
}

}  // namespace veil::cli
