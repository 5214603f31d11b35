#!/usr/bin/env python3
"""Tests the project's own rules of structure on its sources, and each rule on a violation made for it."""

import pathlib
import re
import tempfile
import unittest

import build_lists
import layers
import sizes
import source_text
import text_rules

ROOT = pathlib.Path(__file__).resolve().parents[2]


class TheProject(unittest.TestCase):
    def assert_none(self, problems):
        listing = "\n".join(f"  {problem.path.relative_to(ROOT)}:{problem.line}: {problem.message}" for problem in problems)
        self.assertFalse(problems, f"{len(problems)} problem(s):\n{listing}")

    def test_a_room_includes_only_itself_and_rooms_above(self):
        self.assert_none(layers.check(ROOT))

    def test_functions_and_files_are_short(self):
        self.assert_none(sizes.check(ROOT))

    def test_every_source_is_built(self):
        self.assert_none(build_lists.check(ROOT))

    def test_lines_are_in_order(self):
        self.assert_none(text_rules.check(ROOT))

    def test_the_order_of_rooms_is_the_one_in_the_readme(self):
        text = (ROOT / "src" / "README.md").read_text(encoding="utf-8")
        rows = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
        self.assertEqual(rows, list(layers.ORDER))

    def test_the_readme_names_files_that_exist(self):
        text = (ROOT / "src" / "README.md").read_text(encoding="utf-8")
        for line in (line for line in text.splitlines() if line.startswith("| `")):
            room, names = line.split("`")[1], re.findall(r"`([^`]+)`", line.split("|")[3])
            folder = room if (ROOT / "src" / room).is_dir() else str(pathlib.PurePath(room).parent)
            for name in names:
                places = [ROOT / "src" / folder / name, ROOT / "include/veil" / folder / name]
                self.assertTrue(any(place.exists() for place in places), f"{room}: {name}")

    def test_the_walk_reaches_every_room(self):
        found = set()
        for folder in ("include/veil", "src"):
            found |= {layers.room_of(path.relative_to(ROOT / folder).as_posix())
                      for path in source_text.files(ROOT / folder, (".",))}
        self.assertEqual(set(layers.ORDER), found)


class OnMadeUpSources(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def messages(self, check):
        return [str(problem.message) for problem in check(self.root)]


class Layers(OnMadeUpSources):
    def assert_refused(self, path, text, expected):
        self.write(path, text)
        problems = layers.check(self.root)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(expected, problems[0].message)
        return problems[0]

    def make(self, *paths):
        for path in paths:
            self.write(path, "#pragma once\n")

    def test_an_earlier_room_is_allowed(self):
        self.make("include/veil/data/dataset.h", "include/veil/nn/a.h", "include/veil/train/trainer.h", "src/kernels/a.h",
                  "src/io/file/b.h", "src/nn/layers/c.h")
        self.write("src/nn/a.cpp", '#include "veil/data/dataset.h"\n#include "veil/nn/a.h"\n#include <torch/torch.h>\n')
        self.write("src/nn/image/kernel_user.cpp", '#include "kernels/a.h"\n#include "nn/layers/c.h"\n')
        self.write("src/io/packed/a.cpp", '#include <hdf5.h>\n#include <opencv2/core.hpp>\n#include "veil/train/trainer.h"\n')
        self.write("src/io/image/c.cpp", '#include "io/file/b.h"\n')
        self.write("src/cli/a.cpp", '#include "io/file/b.h"\n#include "nn/layers/c.h"\n#include <boost/any.hpp>\n')
        self.assertEqual(layers.check(self.root), [])

    def test_the_room_of_a_file_is_the_longest_name(self):
        self.assertEqual([layers.room_of(name) for name in ("nn/denoiser.h", "nn/image/unet.h", "nn/make_denoiser.cpp",
                                                            "cli/command/train/a.h", "cli/a.h", "stray/a.h", "io/a.h")],
                         ["nn", "nn/image", "nn/make_denoiser", "cli/command", "cli", None, None])

    def test_a_later_room_is_refused_with_its_line(self):
        self.make("include/veil/nn/denoiser.h")
        problem = self.assert_refused("src/data/a.cpp", '\n/* \n*/ #include "veil/nn/denoiser.h"\n',
                                      "data may not include nn, which lies below it")
        self.assertEqual(problem.line, 3)

    def test_the_second_level_has_an_order_too(self):
        self.make("src/io/report/a.h", "src/nn/image/a.h", "src/nn/text/a.h")
        for path, include in (("src/io/file/a.cpp", "io/report/a.h"), ("src/nn/layers/a.cpp", "nn/image/a.h"),
                              ("src/nn/a.cpp", "nn/text/a.h"), ("src/nn/image/b.cpp", "nn/text/a.h")):
            self.assert_refused(path, f'#include "{include}"\n', "which lies below it")
            self.write(path, "")

    def test_a_command_never_includes_another(self):
        self.make("src/cli/command/train/a.h")
        self.assert_refused("src/cli/command/sample/a.cpp", '#include "cli/command/train/a.h"\n', "not include another")
        self.write("src/cli/command/sample/a.cpp", "")
        self.write("src/cli/command/train/b.cpp", '#include "cli/command/train/a.h"\n')
        self.assertEqual(layers.check(self.root), [])

    def test_evaluate_and_sample_never_include_train(self):
        self.make("include/veil/train/trainer.h", "src/train/private.h")
        self.assert_refused("include/veil/evaluate/a.h", '#include "veil/train/trainer.h"\n', "may not include train")
        self.write("include/veil/evaluate/a.h", "")
        self.assert_refused("src/sample/a.cpp", '#include "train/private.h"\n', "may not include train")

    def test_core_never_includes_io_and_io_no_private_header_of_core(self):
        self.make("src/io/file/files.h", "src/objective/private.h", "src/base/words.h")
        self.assert_refused("src/train/a.cpp", '#include "io/file/files.h"\n', "may not include io/file")
        self.write("src/train/a.cpp", "")
        self.assert_refused("src/io/model/a.cpp", '#include "objective/private.h"\n#include "base/words.h"\n',
                            "public headers of veil::core only")

    def test_kernels_stay_private(self):
        self.make("src/kernels/a.h")
        self.assert_refused("include/veil/nn/a.h", '#include "kernels/a.h"\n', "public headers only")
        self.write("include/veil/nn/a.h", "")
        self.assert_refused("src/cli/a.cpp", '#include "kernels/a.h"\n', "cli may not include kernels")
        self.write("src/cli/a.cpp", "")
        self.assert_refused("src/data/a.cpp", '#include "kernels/a.h"\n', "data may not include kernels")

    def test_a_header_that_is_nowhere_or_twice_is_refused(self):
        self.assert_refused("src/nn/a.cpp", '#include "nn/gone.h"\n', "no such file in src/")
        self.write("src/nn/a.cpp", "")
        self.make("src/nn/twice.h")
        self.assert_refused("include/veil/nn/twice.h", "", "private too")

    def test_core_uses_no_library_for_files(self):
        for header in ("opencv2/core.hpp", "hdf5.h", "H5Cpp.h", "boost/any.hpp", "png.h", "archive.h", "stb/stb_image.h"):
            self.assert_refused("src/data/a.cpp", f"#include <{header}>\n", "veil::core may not include")
        self.write("src/data/a.cpp", "")
        self.assert_refused("src/io/file/a.cpp", "#include <boost/any.hpp>\n", "veil::io may not include Boost")

    def test_public_headers_show_no_foreign_library(self):
        self.assert_refused("include/veil/io/image/a.h", "#include <opencv2/core.hpp>\n", "may not include OpenCV")
        self.assert_refused("include/veil/io/image/a.h", "void save(hid_t group);\n", "may not show hid_t")

    def test_a_comment_is_no_include(self):
        self.write("src/data/a.cpp", '// #include "veil/nn/a.h"\n/*\n#include <hdf5.h>\n*/\n')
        self.assertEqual(layers.check(self.root), [])

    def test_a_file_outside_of_the_rooms_is_refused(self):
        self.assert_refused("src/stray/a.cpp", "", "no room of veil")


class Sizes(OnMadeUpSources):
    def test_lengths_of_functions(self):
        text = """
namespace veil {
template <class T, typename U = std::vector<T>>
struct S : Base {
 public:
  S() : a_{1}, b_("{") {
    run();
  }
  int a_{}, values[2] = {1, 2};
};
// A comment { with a brace
const char* kText = R"x(}}{)x";
auto f(char c = '{', int n = 1'000) -> std::map<int, int> {
  if (n) {

    // not counted
    auto g = [&] { return S{}; };
  }
  return {};
}
enum class E { kOne, kTwo };
}
TEST(Name, Sentence) {
  x();
}
"""
        self.assertEqual([(function.line, function.length) for function in sizes.functions(text) if function.length > 1],
                         [(6, 3), (13, 6), (23, 3)])

    def test_a_long_function_is_refused_and_one_at_the_limit_is_not(self):
        for length, expected in ((sizes.MAX_FUNCTION, 0), (sizes.MAX_FUNCTION + 1, 1)):
            self.write("src/nn/a.cpp", "namespace veil {\nvoid f() {\n" + "  g();\n" * (length - 2) + "}\n}\n")
            self.assertEqual(len(self.messages(sizes.check)), expected)

    def test_a_long_python_function_is_refused(self):
        self.write("tools/a.py", "def f():\n" + "    g()\n" * sizes.MAX_FUNCTION)
        self.assertIn("f has 61 lines", self.messages(sizes.check)[0])

    def test_a_long_file_is_refused(self):
        self.write("tools/a.sh", "true\n" * (sizes.MAX_FILE + 1))
        self.assertIn("the file has 301 lines", self.messages(sizes.check)[0])


class BuildLists(OnMadeUpSources):
    def test_forgotten_and_missing_sources_are_named(self):
        self.write("src/nn/CMakeLists.txt", "target_sources(veil_core PRIVATE a.cpp gone.cpp) # comment.cpp\n")
        self.write("src/nn/a.cpp", "")
        self.write("src/nn/forgotten.cpp", "")
        self.assertEqual(self.messages(build_lists.check), ["gone.cpp does not exist", "no CMakeLists.txt lists this file"])

    def test_a_plain_source_includes_no_libtorch(self):
        self.write("src/io/CMakeLists.txt", "veil_sources(veil_io TORCH a.cpp PLAIN\n  b.cpp\n  c.cpp\n  d.cpp\n  e.cpp)\n")
        self.write("src/io/a.cpp", "#include <torch/types.h>\n")
        self.write("src/io/b.cpp", "#include <ATen/Parallel.h>\n")
        self.write("src/io/c.cpp", '#include <string>\n#include "veil/io/deep.h"\n#include "io/shallow.h"\n')
        self.write("src/io/d.cpp", '// #include <torch/types.h>\n#include "veil/io/deep.h"\n')
        self.write("src/io/e.cpp", '#include "io/round.h"\n')
        self.write("include/veil/io/deep.h", "#include <vector>\n")
        self.write("src/io/shallow.h", '#include "io/under.h"\n')
        self.write("src/io/under.h", "#include <c10/core/Device.h>\n")
        self.write("src/io/round.h", '#include "io/round.h"\n')
        self.assertEqual([(problem.line, problem.message) for problem in build_lists.check(self.root)],
                         [(2, "b.cpp is PLAIN, but includes LibTorch: ATen/Parallel.h"),
                          (3, "c.cpp is PLAIN, but includes LibTorch: io/shallow.h > io/under.h > c10/core/Device.h")])


class TextRules(OnMadeUpSources):
    def test_each_rule_is_seen(self):
        self.write("include/veil/nn/a.h", "using namespace std;\n\tint a; \n" + "/" * (text_rules.MAX_WIDTH + 1) + "\nconst char* p = \"/" + "home/me\";")
        self.write("src/nn/a.cpp", "std::cout << bits;\n")
        messages = " | ".join(self.messages(text_rules.check))
        for expected in ("std::cout", "does not end", "pragma once", f"{text_rules.MAX_WIDTH + 1} columns", "tab", "blanks at the end", "one machine", "using namespace"):
            self.assertIn(expected, messages)

    def test_a_good_header_passes(self):
        self.write("include/veil/nn/a.h", "#pragma once\n\nnamespace veil {}\n// see docs/home/x and ${root}/home/y\n")
        self.assertEqual(self.messages(text_rules.check), [])


if __name__ == "__main__":
    unittest.main()
