#include "io/file/strict_json.h"

#include <unordered_set>
#include <vector>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {

nlohmann::json parse_json(std::string_view text, const std::string& subject, int max_depth) {
  using Event = nlohmann::json::parse_event_t;
  std::vector<std::unordered_set<std::string>> names;  // of the objects that are open
  const auto check = [&](int depth, Event event, nlohmann::json& parsed) {
    if (event == Event::object_start || event == Event::array_start) {
      require<DataError>(depth < max_depth, subject, ": JSON is nested deeper than ", max_depth, " levels");
    }
    if (event == Event::object_start) {
      names.emplace_back();
    } else if (event == Event::object_end) {
      names.pop_back();
    } else if (event == Event::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      require<DataError>(names.back().insert(name).second, subject, ": the name ", in_quotes(name),
                         " appears twice in one JSON object, want unique names");
    }
    return true;
  };
  try {
    return nlohmann::json::parse(text.begin(), text.end(), check);
  } catch (const nlohmann::json::parse_error& error) {
    throw DataError(concat(subject, ": JSON syntax error at byte ", error.byte, ", want one JSON document in UTF-8"));
  } catch (const nlohmann::json::exception&) {
    throw DataError(concat(subject, ": a number in the JSON text is out of range"));
  }
}

}  // namespace veil::io
