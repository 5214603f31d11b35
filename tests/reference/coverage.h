#pragma once

#include <string>

namespace veil::test {

enum class Use { kInput, kCompared };

/// Notes that a test used a tensor of tests/fixtures/reference. At the end of a run of all tests, every tensor of the
/// manifest has to be accounted for: see coverage.cpp.
void note_use(const std::string& file, const std::string& tensor, Use use);

}  // namespace veil::test
