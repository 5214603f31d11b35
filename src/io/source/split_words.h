#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace veil::io {

/// What the name of a folder says of a split.
struct SplitName {
  std::string split{};  ///< "train", "valid" or "test"; empty: it has no word for one
  std::string rest{};   ///< its other words, lower case, without those that only mean "images"; empty: none
};

/// Looks for a word for a split among the words of a name: "train", "Train_Images", "seg_train", "trainA",
/// "images_val", "test_set", "t10k", "val2017". Words end where a letter does, and where a capital follows a small
/// letter, so "contest", "trains" and "valley" have none.
[[nodiscard]] SplitName split_name_of(std::string_view folder);

/// How the folders that lie side by side divide the images in them.
struct SplitFolders {
  bool are_splits = false;
  bool have_domains = false;                  ///< trainA, trainB, testA, testB: the letter is the class
  std::map<std::string, SplitName> names{};   ///< of each folder, if they are splits
  std::set<std::string> taken_for_classes{};  ///< those with a word for a split, if they are none
};

/// The names by which split folders are understood, in words for a message.
inline constexpr const char* kUnderstoodSplits =
    "understood are train, val, test and the like (training_set, Test_Images, images_val, val2017), with equal words "
    "beside them (seg_train, seg_test) or one letter for the domain (trainA, testB)";

/// Reads names side by side. They are splits if each has a word for one and their rests are equal, or single letters.
/// They are classes if none has, or if those that have name one split: whole ("train") among at least two others, or
/// with a rest that says something else ("test-tubes" beside "beakers"). `outside`: an image in no such folder, for the
/// message; `has_loose`: there are images in no folder at all. Throws DataError, whose message is the reason alone, for
/// everything else: nothing is taken for a class because its split was not understood.
[[nodiscard]] SplitFolders split_folders(const std::set<std::string>& folders, bool has_loose,
                                         const std::string& outside);

}  // namespace veil::io
