#include "cli/opening/batch_advice.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <new>

#include "veil/base/error.h"

namespace veil::cli {

int64_t fitting_rows(const BatchSetting& setting, int64_t most) {
  int64_t rows = std::min(most, setting.rows);
  while (setting.part_of > 0 && rows > 0 && setting.part_of % rows != 0) {
    --rows;
  }
  return std::max<int64_t>(rows, 0);
}

std::string batch_advice(const BatchSetting& setting, int64_t rows) {
  return rows > 0 ? concat("try ", setting.key, " = ", rows, setting.remark)
                  : std::string("not even one example fits: it takes a smaller network or another machine");
}

bool is_of_memory(const std::string& message) {
  return message.find("out of memory") != std::string::npos ||
         message.find("can't allocate memory") != std::string::npos;
}

void advise_if_out_of_memory(const BatchSetting& setting) {
  const auto fail = [&] {
    throw OutOfMemory(concat("out of memory with ", setting.rows, " examples at once; ",
                             batch_advice(setting, fitting_rows(setting, setting.rows / 2))));
  };
  try {
    throw;
  } catch (const c10::OutOfMemoryError&) {
    fail();
  } catch (const std::bad_alloc&) {
    fail();
  } catch (const OutOfMemory&) {
    throw;
  } catch (const c10::Error& error) {
    if (is_of_memory(error.what_without_backtrace())) {
      fail();
    }
  } catch (const std::runtime_error& error) {  // out of a backward pass or a library
    if (is_of_memory(error.what())) {
      fail();
    }
  } catch (...) {  // left to the caller
  }
}

}  // namespace veil::cli
