#!/usr/bin/env python3
"""Tests the project's own rules of structure on its sources, and each rule on a violation made for it."""

import pathlib
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

    def test_a_part_includes_only_itself_and_earlier_parts(self):
        self.assert_none(layers.check(ROOT))

    def test_functions_and_files_are_short(self):
        self.assert_none(sizes.check(ROOT))

    def test_every_source_is_built(self):
        self.assert_none(build_lists.check(ROOT))

    def test_lines_are_in_order(self):
        self.assert_none(text_rules.check(ROOT))

    def test_the_order_of_parts_is_the_one_in_the_readme(self):
        text = (ROOT / "src" / "README.md").read_text(encoding="utf-8")
        rows = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
        self.assertEqual(rows, list(layers.CORE))
        for position, part in enumerate(rows):
            self.assertLessEqual(set(layers.ALLOWED[part]), set(rows[:position]))

    def test_the_walk_reaches_every_part(self):
        parts = {layers.part_of(path, ROOT) for path in source_text.files(ROOT, ("include", "src"))}
        self.assertLessEqual(set(layers.CORE) - {"kernels"}, parts)


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

    def test_an_earlier_part_is_allowed(self):
        self.write("src/nn/a.cpp", '#include "veil/data/dataset.h"\n#include "veil/nn/a.h"\n#include <torch/torch.h>\n')
        self.write("src/nn/kernel_user.cpp", '#include "kernels/a.h"\n')
        self.write("src/io/a.cpp", '#include <hdf5.h>\n#include <opencv2/core.hpp>\n#include "veil/train/trainer.h"\n')
        self.write("src/io/b.h", "#pragma once\n")
        self.write("src/io/c.cpp", '#include "b.h"\n#include "io/b.h"\n#include <boost.h>\n')
        self.assertEqual(layers.check(self.root), [])

    def test_a_later_part_is_refused_with_its_line(self):
        problem = self.assert_refused("src/data/a.cpp", '\n/* \n*/ #include "veil/nn/denoiser.h"\n', "data may not include nn")
        self.assertEqual(problem.line, 3)

    def test_evaluate_and_sample_never_include_train(self):
        self.assert_refused("include/veil/evaluate/a.h", '#include "veil/train/trainer.h"\n', "may not include train")
        self.write("include/veil/evaluate/a.h", "")
        self.assert_refused("src/sample/a.cpp", '#include "train/private.h"\n', "may not include train")

    def test_core_never_includes_io(self):
        self.assert_refused("src/train/a.cpp", '#include "veil/io/files.h"\n', "may not include io")

    def test_kernels_stay_private(self):
        self.assert_refused("include/veil/nn/a.h", '#include "kernels/a.h"\n', "public headers only")
        self.write("include/veil/nn/a.h", "")
        self.assert_refused("src/io/a.cpp", '#include "kernels/a.h"\n', "io may not include kernels")

    def test_core_uses_no_library_for_files(self):
        for header in ("opencv2/core.hpp", "hdf5.h", "H5Cpp.h", "boost/any.hpp", "png.h", "archive.h", "stb/stb_image.h"):
            self.assert_refused("src/data/a.cpp", f"#include <{header}>\n", "veil::core may not include")

    def test_public_headers_show_no_foreign_library(self):
        self.assert_refused("include/veil/io/a.h", "#include <opencv2/core.hpp>\n", "may not include OpenCV")
        self.assert_refused("include/veil/io/a.h", "void save(hid_t group);\n", "may not show hid_t")

    def test_a_comment_is_no_include(self):
        self.write("src/data/a.cpp", '// #include "veil/nn/a.h"\n/*\n#include <hdf5.h>\n*/\n')
        self.assertEqual(layers.check(self.root), [])

    def test_a_file_outside_of_the_parts_is_refused(self):
        self.assert_refused("src/stray/a.cpp", "", "no part of veil")


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


class TextRules(OnMadeUpSources):
    def test_each_rule_is_seen(self):
        self.write("include/veil/nn/a.h", "using namespace std;\n\tint a; \n" + "/" * (text_rules.MAX_WIDTH + 1) + "\nconst char* p = \"/" + "home/me\";")
        messages = " | ".join(self.messages(text_rules.check))
        for expected in ("does not end", "pragma once", f"{text_rules.MAX_WIDTH + 1} columns", "tab", "blanks at the end", "one machine", "using namespace"):
            self.assertIn(expected, messages)

    def test_a_good_header_passes(self):
        self.write("include/veil/nn/a.h", "#pragma once\n\nnamespace veil {}\n// see docs/home/x and ${root}/home/y\n")
        self.assertEqual(self.messages(text_rules.check), [])


if __name__ == "__main__":
    unittest.main()
