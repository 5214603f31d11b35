"""A model file that was changed after it was written is refused, whatever was changed.

usage: model_digest_test.py PATH-OF-VEIL
"""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tensor_files import digest, joined, parts  # noqa: E402
from training_case import RunCase, step_folder  # noqa: E402


class ModelDigest(RunCase):
    def parts(self):
        run = self.train("one", "--train.steps=1")
        for path in (run / "model.safetensors", step_folder(run, 1) / "ema.safetensors"):
            metadata, tensors = parts(path.read_bytes())
            self.assertEqual(metadata["veil.sha256"], digest(metadata, tensors), path)
        return parts((run / "model.safetensors").read_bytes())

    def evaluated(self, metadata, tensors, code):
        self.write("changed.safetensors", joined(metadata, tensors))
        return self.veil("evaluate", "--model", "changed.safetensors", "--limit", 1, "--passes", 2, code=code).stderr

    def test_metadata_and_tensors_are_held_to_it(self):
        metadata, tensors = self.parts()
        self.evaluated(metadata, dict(reversed(tensors.items())), 0)  # another order says the same
        config = json.loads(metadata["veil.config"])
        for key, value in (("schedule.kind", "cosine"), ("evaluate.control", "0")):
            self.assertNotEqual(config[key], value)
            other = metadata | {"veil.config": json.dumps(config | {key: value})}
            self.assertIn("damaged or changed after it was written", self.evaluated(other, tensors, 65), key)
        self.assertIn("damaged or changed", self.evaluated(metadata | {"veil.step": "2"}, tensors, 65))
        self.assertIn("damaged or changed", self.evaluated(metadata | {"note": "mine"}, tensors, 65))
        for name, (dtype, sizes, data) in tensors.items():
            flipped = tensors | {name: (dtype, sizes, bytes([data[0] ^ 1]) + data[1:])}
            self.assertIn("damaged or changed", self.evaluated(metadata, flipped, 65), name)

    def test_a_file_of_an_older_version_has_none(self):
        metadata, tensors = self.parts()
        del metadata["veil.sha256"]
        self.evaluated(metadata, tensors, 0)
        del metadata["format"]
        self.assertIn("without the metadata 'format'", self.evaluated(metadata, tensors, 65))


if __name__ == "__main__":
    unittest.main()
