#!/usr/bin/env bash
# From a fresh copy of the project to a trained model, its bits per dimension and a grid of samples.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: tools/quickstart.sh [--run DIR] [OPTION…]

Installs what is needed, builds the program, trains the small model of configs/quickstart.cfg on a data set that comes with
the project, and shows its bits per dimension and samples. Run it again after an interruption: training goes on from the
last checkpoint.

  --run DIR   where the results go; default: results/quickstart
Further options go to `veil train`, for example --train.steps=200
TEXT
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/common.sh
source "$root/tools/common.sh"

run=$root/results/quickstart
case ${1:-} in
  -h | --help) usage && exit 0 ;;
  --run) run=${2:?"--run wants a folder"} && shift 2 ;;
esac

# "3.214 ± 0.012 bits/dim (95 % confidence, 1000 examples of fashion-mnist, test)" from evaluation.json.
figure() {
  python3 -I - "$1" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
half = (report["confidence_high"] - report["confidence_low"]) / 2
print(f"{report['bits_per_dim']:.4f} ± {half:.4f} bits/dim (95 % confidence, {report['examples']} examples of "
      f"{report['dataset']}, {report['split']})")
PYTHON
}

"$root/tools/build.sh"
veil=$root/build/release/bin/veil
status=0
"$veil" train --config "$root/configs/quickstart.cfg" --run "$run" "$@" || status=$?
if ((status == 75)); then
  say "stopped; what was learnt is saved in $run. Run tools/quickstart.sh again to go on."
fi
((status == 0)) || exit "$status"

samples=$(find "$run/samples" -name '*.png' | sort | tail -n 1)
cat <<TEXT

  result   $(figure "$run/evaluation.json")
  samples  ${samples:-none}
  report   $run/report.html (opens in a browser)

Next, draw more samples of your model:
  build/release/bin/veil sample --model ${run#"$root/"} --count 64 --grid samples.png
TEXT
