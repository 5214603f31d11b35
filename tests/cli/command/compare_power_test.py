"""veil compare sees a true difference of 0.002 bits/dim on the model that ships, with a few hundred images.

usage: compare_power_test.py PATH-OF-VEIL            looks on the way and stops early: half a minute
       compare_power_test.py PATH-OF-VEIL --whole    also measures the difference on all 10,000 test images: 20 minutes
"""

import json
import pathlib
import struct
import sys
import unittest
from array import array
from random import Random

WHOLE = "--whole" in sys.argv and not sys.argv.remove("--whole")
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from veil_case import ROOT, VeilCase  # noqa: E402

MODEL = ROOT / "models/fashion-mnist.safetensors"
NOISE = 0.01  # every weight times 1 + this times a normal number: as far from the model as a little less training
TRUE, TRUE_HALF = -0.002, 0.0005  # what --whole finds, and how far it may be from that


def perturbed(content):
    """The model with noise in every weight."""
    random = Random(1)
    first = 8 + struct.unpack("<Q", content[:8])[0]
    values = array("f", content[first:])
    return content[:first] + array("f", (value * (1 + NOISE * random.gauss(0, 1)) for value in values)).tobytes()


class Power(VeilCase):
    def compare(self, *words):
        arm = self.write("arm.safetensors", perturbed(MODEL.read_bytes()))
        return json.loads(self.veil("compare", MODEL, arm, "--data", "fashion-mnist", "--json", *words).stdout)

    def test_a_thousand_images_are_more_than_enough(self):
        found = self.compare("--limit", 1000, "--stop-early")
        self.assertTrue(found["settled"])
        self.assertLess(found["confidence_high"], 0)
        self.assertLess(found["confidence_low"], TRUE + TRUE_HALF)
        self.assertLessEqual(found["examples"], 1000)

    @unittest.skipUnless(WHOLE, "20 minutes: --whole")
    def test_the_difference_on_the_whole_split(self):
        found = self.compare("--passes", 2)
        print(found["difference"], found["standard_error"], found["examples"])
        self.assertAlmostEqual(found["difference"], TRUE, delta=TRUE_HALF)


if __name__ == "__main__":
    unittest.main()
