#pragma once

#include <memory>
#include <string>

#include "veil/data/dataset.h"

namespace veil {

/// `data` told in the classes of `model`: where both name their classes, a label becomes the number that `model` gives
/// to the class of that name, and info().classes and class_names become those of `model`; `data` may leave classes out.
/// Everything else, the order of the examples and their ids among it, stays as it is. Equal lists, data without labels,
/// and data or a model without names come back unchanged: there numbers are all that is known (see assumed_classes).
///
/// Throws InvalidArgument with both lists if a class of `data` is none of `model`'s, or if one of two different lists
/// holds a name twice.
[[nodiscard]] std::unique_ptr<Dataset> with_classes_of(std::unique_ptr<Dataset> data, const DatasetInfo& model);

/// What with_classes_of has to take for granted, in words: that equal numbers mean equal classes, where only one of the
/// two names its classes. Empty where names decide, where neither has any, or where one of them has no classes.
[[nodiscard]] std::string assumed_classes(const DatasetInfo& data, const DatasetInfo& model);

}  // namespace veil
