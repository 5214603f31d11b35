"""Prints as JSON what tensorboard's own reader finds in event files, and histograms of lists of numbers as NumPy makes them.

usage: read_events.py FOLDER < LISTS
"""

import base64
import json
import sys

import numpy
from tensorboard.backend.event_processing import event_accumulator


def content(folder):
    events = event_accumulator.EventAccumulator(folder, size_guidance={
        kind: 0 for kind in (event_accumulator.SCALARS, event_accumulator.IMAGES, event_accumulator.HISTOGRAMS,
                             event_accumulator.TENSORS)})
    events.Reload()
    tags = events.Tags()
    return {
        "version": events.file_version,
        "scalars": {tag: [[each.step, each.value, each.wall_time] for each in events.Scalars(tag)] for tag in tags["scalars"]},
        "images": {tag: [[each.step, each.width, each.height, base64.b64encode(each.encoded_image_string).decode()]
                         for each in events.Images(tag)] for tag in tags["images"]},
        "histograms": {tag: [[each.step, *_fields(each.histogram_value)] for each in events.Histograms(tag)]
                       for tag in tags["histograms"]},
        "texts": {tag: [[each.step, [text.decode() for text in each.tensor_proto.string_val]] for each in events.Tensors(tag)]
                  for tag in tags["tensors"]},
    }


def _fields(value):
    return value.min, value.max, value.num, value.sum, value.sum_squares, list(value.bucket_limit), list(value.bucket)


def histogram(values):
    counts, edges = numpy.histogram(values, bins=30)
    return {"counts": counts.tolist(), "edges": edges.tolist()}


if __name__ == "__main__":
    print(json.dumps({"events": content(sys.argv[1]), "histograms": [histogram(each) for each in json.load(sys.stdin)]}))
